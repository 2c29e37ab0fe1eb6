"""A priority from its first word to its receipt."""

from __future__ import annotations

import copy
import secrets
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from planning_portal.languages.services import LANGUAGE_CODES
from planning_portal.organisations.models import Organisation
from planning_portal.organisations.permissions import memberships_of
from planning_portal.programme.models import StepStatus
from planning_portal.workflow.services import WrongState, log_change, log_changes

from ..limits import LIMITS
from ..models import Consultation, ConsultationState, ParkedEdit, Priority, PriorityState, Support
from ..parts import (
    Incomplete,
    MovedOn,
    keep_versions,
    missing_parts,
    plain_part,
    plain_parts,
    save_version,
    set_columns,
)
from ..versions import EditConflict, changed_since, mark_of, only_stood_there
from ..workflow import PRIORITY
from .telling import tell_organisations

# Letters and figures that nobody confuses when reading aloud or copying by hand: no 0 O, 1 I L, 5 S, Z, U V.
RECEIPT_LETTERS = "2346789ABCDEFGHJKMNPQRTWXY"


@transaction.atomic
def start_draft(consultation: Consultation, *, by: Any, organisation: Organisation, language: str = "") -> Priority:
    """Begin an empty draft of ``organisation``, written in ``language`` (default: the author's own).

    Raises PermissionDenied when ``by`` does not act for the organisation, it is of another country, or nothing can
    be proposed here any more.
    """
    _check_author(consultation, by=by, organisation=organisation)
    if not by.has_perm("consultations.write_priority", consultation):
        raise PermissionDenied(closed_reason(consultation) or _("This consultation is not open yet."))
    priority = _empty_draft(consultation, by, organisation, language)
    priority._history_user = by  # type: ignore[attr-defined]
    priority.save()
    log_change(priority, "start", by=by, after=PriorityState.DRAFT, organisation=organisation)
    return priority


@transaction.atomic
def start_drafts(
    consultation: Consultation,
    texts: Iterable[Mapping[str, Any]],
    *,
    by: Any,
    organisation: Organisation,
    language: str = "",
    editor: str = "",
) -> list[Priority]:
    """Begin many drafts at once, each with its parts: the same drafts, versions and log as one by one, but in a few
    queries for all of them.

    ``texts``: plain values by part (``parts.plain_part``), without supports; themes, groups and the consultation's
    being open are the caller's to check. Raises PermissionDenied when ``by`` does not act for the organisation or it
    is of another country, ValidationError for what a column cannot hold.
    """
    _check_author(consultation, by=by, organisation=organisation)
    made, ticks = [], []
    for parts in texts:
        priority = _empty_draft(consultation, by, organisation, language)
        set_columns(priority, {part: value for part, value in parts.items() if part != "theme"})
        priority.theme_id = parts.get("theme")
        priority.changed_in = {part: [priority.version, editor] for part in parts}
        made.append(priority)
        ticks.append(parts.get("groups") or [])
    Priority.objects.bulk_create(made)
    Priority.groups.through.objects.bulk_create(
        Priority.groups.through(priority_id=priority.pk, workergroup_id=group)
        for priority, groups in zip(made, ticks, strict=True)
        for group in groups
    )
    keep_versions(made, by=by, are_new=True)
    log_changes(made, "start", by=by, after=PriorityState.DRAFT, organisation=organisation)
    return made


def _check_author(consultation: Consultation, *, by: Any, organisation: Organisation) -> None:
    """Raises PermissionDenied when ``by`` does not act for the organisation, or it is of another country."""
    if organisation.pk not in memberships_of(by) or organisation.country_id != consultation.country_id:
        raise PermissionDenied(_("You can only write for an organisation of this country that you belong to."))


def _empty_draft(consultation: Consultation, by: Any, organisation: Organisation, language: str) -> Priority:
    return Priority(
        consultation=consultation,
        organisation=organisation,
        author=by,
        source_language=language if language in LANGUAGE_CODES else by.preferred_language,
    )


def save_draft(
    priority: Priority,
    *,
    by: Any,
    version: int,
    is_autosave: bool = False,
    language: str = "",
    editor: str = "",
    seen: Mapping[str, str] | None = None,
    **parts: Any,
) -> Priority:
    """Save some parts of a draft; those not given stay. A replay of what is already saved changes nothing.

    ``priority``: as ``by`` was shown it, or as it is now. ``parts``: any of the five texts (in the draft's own
    language), ``theme`` (or None), ``level``, ``groups`` (WorkerGroup each), ``supports`` (organisation -> why).
    ``language`` changes the language it is written in, and takes the texts along; ``editor`` names the open page
    (``versions.changed_since``), ``seen`` what it was filled with (``versions.only_stood_there``). In order: check the
    right, compare with what others saved since ``version``, write (``parts.save_version``) on the very row that was
    compared, keep the history (an autosave joins the same person's last one of the past ten minutes).

    Raises PermissionDenied, ValidationError for what does not belong, WrongState once it is submitted, and
    EditConflict when somebody else changed the same parts: what ``by`` typed is then kept (``ParkedEdit``) until
    they have chosen (``resolve_conflict``) or thrown it away (``drop_parked_edit``).
    """
    mine = {part: plain_part(part, value) for part, value in parts.items()}
    try:
        return _save_draft(
            priority,
            by=by,
            version=version,
            is_autosave=is_autosave,
            language=language,
            editor=editor,
            mine=mine,
            seen=seen or {},
        )
    except EditConflict as conflict:
        _park(priority, conflict.mine, by=by)
        raise
    except WrongState:
        _park(
            priority, {part: value for part, value in mine.items() if (seen or {}).get(part) != mark_of(value)}, by=by
        )
        raise


def _save_draft(priority: Priority, **given: Any) -> Priority:
    """Save on the row as it was read; when it is no longer so, or somebody loses by it, decide on the locked row.

    Nearly always the first holds, and the transaction is as short as it can be.
    """
    try:
        return _save_parts(copy.copy(priority), **given)
    except (MovedOn, EditConflict, WrongState):
        with transaction.atomic():
            return _save_parts(Priority.objects.select_for_update(of=("self",)).get(pk=priority.pk), **given)


def _save_parts(
    priority: Priority,
    *,
    by: Any,
    version: int,
    mine: dict[str, Any],
    is_autosave: bool = False,
    language: str = "",
    editor: str = "",
    seen: Mapping[str, str] | None = None,
) -> Priority:
    if priority.organisation_id not in memberships_of(by):
        raise PermissionDenied
    if not priority.is_draft:
        raise WrongState(_("This priority has already been submitted: its text can no longer be changed here."))
    theirs = plain_parts(priority, mine)
    changed = {part: value for part, value in mine.items() if value != theirs[part]}
    for part in only_stood_there(priority, changed, seen or {}, editor):
        del changed[part]
    if changed_since(priority, changed, version, editor):
        raise EditConflict(priority, mine=changed, theirs={part: theirs[part] for part in changed})
    if language not in LANGUAGE_CODES or language == priority.source_language:
        language = ""
    if changed or language:
        columns = set_columns(priority, changed, language)
        save_version(priority, columns, changed, by=by, editor=editor, joins_last=is_autosave)
    elif not Priority.objects.filter(pk=priority.pk, version=priority.version, state=priority.state).exists():
        raise MovedOn
    return priority


@transaction.atomic
def _park(priority: Priority, mine: dict[str, Any], *, by: Any) -> None:
    if not mine:
        return
    parked, _created = ParkedEdit.objects.select_for_update().get_or_create(
        priority=priority, user=by, defaults={"fields": {}}
    )
    parked.fields = {**parked.fields, **mine}
    parked.save()


def resolve_conflict(priority: Priority, *, by: Any, version: int, choices: Mapping[str, str]) -> Priority:
    """Settle a parked edit part by part: "mine", "theirs", or "both" (of a text: theirs, then mine).

    Raises ValidationError when both together are too long, EditConflict when somebody saved once more meanwhile
    (the parked edit stays), and what ``save_draft`` raises.
    """
    with transaction.atomic():
        parked = ParkedEdit.objects.select_for_update().filter(priority=priority, user=by).first()
        if parked is None:
            return priority
        theirs = plain_parts(priority, parked.fields)
        mine = {part: _chosen(part, choices.get(part), value, theirs[part]) for part, value in parked.fields.items()}
        fresh = _save_draft(priority, by=by, version=version, mine=mine)
        parked.delete()
    return fresh


def _chosen(part: str, choice: str | None, mine: Any, theirs: Any) -> Any:
    if choice == "mine":
        return mine
    if choice != "both" or part not in Priority.TEXTS:
        return theirs
    both = f"{theirs} / {mine}" if part == "title" else f"{theirs}\n\n{mine}"
    limit = LIMITS[part]
    if len(both) > limit:
        raise ValidationError(
            {part: _("Both together are longer than %(limit)d characters: choose one of them.") % {"limit": limit}}
        )
    return both


def drop_parked_edit(priority: Priority, *, by: Any) -> None:
    """The person throws away what was parked: the text stays as the others saved it."""
    ParkedEdit.objects.filter(priority=priority, user=by).delete()


def closed_reason(consultation: Consultation) -> str:
    """Why nothing can be proposed here any more, in the reader's words; empty while it can."""
    if consultation.state == ConsultationState.CLOSED:
        return _("The consultation of this country is closed.")
    if consultation.step.status == StepStatus.DONE:
        return _("This step of the planning is over.")
    return ""


@transaction.atomic
def submit_priority(priority: Priority, *, by: Any) -> Priority:
    """Hand the draft to the country's meeting and give it a receipt number that is its own for ever.

    In order: lock the consultation (so that it cannot close meanwhile), check that it is open and the text complete,
    change the state, write the log. Raises WrongState with the reason (the draft is kept), Incomplete,
    PermissionDenied.
    """
    consultation = (
        Consultation.objects.select_for_update(of=("self",)).select_related("step").get(pk=priority.consultation_id)
    )
    fresh = Priority.objects.select_for_update(of=("self",)).get(pk=priority.pk)
    fresh.consultation = consultation
    if not fresh.is_draft:
        raise WrongState(str(PRIORITY.transitions["submit"].refusal))
    reason = closed_reason(consultation)
    if reason:
        raise WrongState(_("%(reason)s Your draft is kept, but it was not submitted.") % {"reason": reason})
    if missing := missing_parts(fresh):
        raise Incomplete(missing)
    if fresh.organisation_id not in memberships_of(by):
        raise PermissionDenied
    submitted = _submit_with_receipt(fresh, by=by, organisation=memberships_of(by)[fresh.organisation_id].organisation)
    named = Support.objects.filter(priority=fresh, is_confirmed=False)
    tell_organisations(Organisation.objects.filter(pk__in=named.values("organisation")))
    return submitted


def _submit_with_receipt(priority: Priority, *, by: Any, organisation: Organisation) -> Priority:
    priority._history_user = by  # type: ignore[attr-defined]
    for attempt in range(5):
        try:
            with transaction.atomic():
                return PRIORITY.apply(
                    copy.copy(priority),
                    "submit",
                    by=by,
                    organisation=organisation,
                    is_locked=True,
                    receipt=new_receipt(),
                    submitted_at=timezone.now(),
                    version=priority.version + 1,
                )
        except IntegrityError:
            if attempt == 4:
                raise
    raise AssertionError("unreachable")


def new_receipt() -> str:
    """Eight letters and figures in two groups, such as "7KQ3-M2XB": 2 × 10^11 of them, none confusable."""
    letters = "".join(secrets.choice(RECEIPT_LETTERS) for _number in range(8))
    return f"{letters[:4]}-{letters[4:]}"
