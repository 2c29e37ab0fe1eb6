"""Merging, splitting and rewording submitted texts, with the consent of those who wrote them.

Whatever touches what an organisation submitted locks the consultation first, so that its list is not agreed meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from planning_portal.languages.services import LANGUAGE_CODES, set_source, source_text
from planning_portal.organisations.models import Organisation
from planning_portal.organisations.permissions import memberships_of
from planning_portal.workflow.services import WrongState, log_change

from ..history import sign_version
from ..models import (
    Amendment,
    AmendmentAnswer,
    AmendmentKind,
    AmendmentSource,
    AmendmentState,
    Answer,
    ChangeRequest,
    Consultation,
    ConsultationState,
    Priority,
    PriorityState,
    RequestState,
)
from ..parts import Incomplete, plain_parts
from ..versions import EditConflict, changed_since, mark_changed
from ..workflow import AMENDMENT, PRIORITY
from .drafts import new_receipt
from .telling import tell_companions, tell_organisations
from .words import language_of, says_already, write_words

TEXT_PARTS = (*Priority.TEXTS, "theme", "level", "groups")
NEEDED = (*Priority.TEXTS, "theme", "level")
MOST_SOURCES = 8
MOST_RESULTS = 6


def authors_of(priority: Priority) -> list[Organisation]:
    """The organisations whose text it is: the one that submitted it, or all that were asked when it was made."""
    if priority.amendment_id is None:
        return [priority.organisation]
    return [answer.organisation for answer in AmendmentAnswer.objects.filter(amendment=priority.amendment_id)]


@transaction.atomic
def start_amendment(consultation: Consultation, *, by: Any, kind: str, sources: Sequence[Priority]) -> Amendment:
    """Begin a proposal, for the companion alone, filled with the texts of its sources.

    Raises PermissionDenied, WrongState (a source is decided on), ValidationError (too few or too many sources).
    """
    fresh = _lock_consultation(consultation.pk, by=by)
    known = {priority.pk: priority for priority in fresh.priorities.filter(pk__in=[source.pk for source in sources])}
    chosen = [known[source.pk] for source in sources if source.pk in known]
    _check_number(kind, chosen)
    _check_free(chosen)
    languages = {source.source_language for source in chosen}
    amendment = Amendment.objects.create(
        consultation=fresh,
        kind=kind,
        source_language=languages.pop() if len(languages) == 1 else fresh.source_language,
        texts=_first_texts(kind, chosen),
        proposed_by=by,
    )
    AmendmentSource.objects.bulk_create(AmendmentSource(amendment=amendment, priority=source) for source in chosen)
    log_change(amendment, "start", by=by, after=AmendmentState.DRAFT)
    return amendment


def _check_number(kind: str, sources: Sequence[Priority]) -> None:
    if kind == AmendmentKind.MERGE:
        if not 2 <= len(sources) <= MOST_SOURCES:
            raise ValidationError(_("Choose between two and %(most)d priorities to merge.") % {"most": MOST_SOURCES})
    elif len(sources) != 1:
        raise ValidationError(_("Choose one priority to split or to reword."))


def _check_free(sources: Sequence[Priority]) -> None:
    if any(source.state != PriorityState.SUBMITTED for source in sources):
        raise WrongState(str(PRIORITY.transitions["replace"].refusal))
    if AmendmentSource.objects.filter(priority__in=sources, is_holding=True).exists():
        raise WrongState(_("Another proposal is already about one of these priorities: wait for its answers."))


def _check_not_sent_back(sources: Sequence[Priority]) -> None:
    if ChangeRequest.objects.filter(priority__in=sources).exclude(state=RequestState.RESOLVED).exists():
        raise WrongState(_("A change of one of these texts has been asked for: resolve that request first."))


def _first_texts(kind: str, sources: Sequence[Priority]) -> list[dict[str, Any]]:
    """The texts to begin with: one under the other for a merge (theme, level and title of the first), twice the same
    for a split, the same for a rewording."""
    all_parts = [plain_parts(source, TEXT_PARTS) for source in sources]
    first = dict(all_parts[0])
    if kind == AmendmentKind.SPLIT:
        return [first, dict(first)]
    if kind == AmendmentKind.MERGE:
        for name in Priority.TEXTS[1:]:
            first[name] = "\n\n".join(parts[name] for parts in all_parts if parts[name])
        first["groups"] = sorted({pk for parts in all_parts for pk in parts["groups"]})
    return [first]


@transaction.atomic
def save_amendment(
    amendment: Amendment,
    *,
    by: Any,
    version: int,
    texts: Sequence[Mapping[str, Any]],
    why: str,
    language: str = "",
    editor: str = "",
) -> Amendment:
    """Keep the companion's draft as it is typed. Raises EditConflict, PermissionDenied, WrongState once it is sent."""
    fresh = _lock_draft(amendment, by=by)
    mine = {f"text-{number}": _plain_text(text) for number, text in enumerate(texts)}
    theirs = {f"text-{number}": dict(text) for number, text in enumerate(fresh.texts)}
    mine["why"], theirs["why"] = why.replace("\r\n", "\n").strip(), source_text(fresh, "why")  # type: ignore[assignment]
    mine["language"], theirs["language"] = language or fresh.source_language, fresh.source_language  # type: ignore[assignment]
    changed = {part: value for part, value in mine.items() if value != theirs.get(part)}
    if changed_since(fresh, changed, version, editor):
        raise EditConflict(fresh, mine=changed, theirs={part: theirs.get(part) for part in changed})
    if not changed:
        return fresh
    set_source(fresh, why="")
    if language in LANGUAGE_CODES:
        fresh.source_language = language
    set_source(fresh, why=mine["why"])  # type: ignore[arg-type]
    fresh.texts = [mine[f"text-{number}"] for number in range(len(texts))]
    mark_changed(fresh, changed, editor)
    fresh.save()
    return fresh


def _plain_text(text: Mapping[str, Any]) -> dict[str, Any]:
    plain = {name: str(text.get(name) or "").replace("\r\n", "\n").strip() for name in (*Priority.TEXTS, "level")}
    return {**plain, "theme": text.get("theme") or None, "groups": sorted(text.get("groups") or [])}


@transaction.atomic
def add_text(amendment: Amendment, *, by: Any) -> Amendment:
    """One more text to split into, empty but for theme, level and groups of the first."""
    fresh = _lock_draft(amendment, by=by)
    if fresh.kind != AmendmentKind.SPLIT or len(fresh.texts) >= MOST_RESULTS:
        raise WrongState(_("No further text can be added."))
    fresh.texts = [*fresh.texts, {**fresh.texts[0], **dict.fromkeys(Priority.TEXTS, "")}]
    mark_changed(fresh, [f"text-{len(fresh.texts) - 1}"])
    fresh.save()
    return fresh


@transaction.atomic
def propose_amendment(amendment: Amendment, *, by: Any, version: int, answer_by: datetime) -> Amendment:
    """Ask every organisation that submitted a source; from now on the texts are held and stand still.

    In order: lock the consultation, check the texts and that each source is free, change the state, hold the sources,
    ask. Raises Incomplete (parts as "0-title"), ValidationError (the deadline has passed), EditConflict (a colleague
    changed the draft meanwhile), WrongState, PermissionDenied.
    """
    consultation = _lock_consultation(amendment.consultation_id, by=by)
    fresh = Amendment.objects.select_for_update(of=("self",)).get(pk=amendment.pk)
    if not fresh.is_draft:
        raise WrongState(str(AMENDMENT.transitions["propose"].refusal))
    if fresh.version != version:
        raise EditConflict(fresh, mine={}, theirs={})
    if missing := missing_in(fresh):
        raise Incomplete(missing)
    if answer_by <= timezone.now():
        raise ValidationError({"answer_by": _("Choose a day that is still to come: they need time to answer.")})
    sources = list(fresh.sources.select_for_update(of=("self",)).order_by("source_rows__id"))
    _check_free(sources)
    _check_not_sent_back(sources)
    proposed = AMENDMENT.apply(fresh, "propose", by=by, proposed_at=timezone.now(), answer_by=answer_by, proposed_by=by)
    try:
        with transaction.atomic():
            proposed.source_rows.update(is_holding=True)
    except IntegrityError as error:
        raise WrongState(
            _("Another proposal is already about one of these priorities: wait for its answers.")
        ) from error
    asked = {organisation.pk: organisation for source in sources for organisation in authors_of(source)}
    AmendmentAnswer.objects.bulk_create(
        AmendmentAnswer(amendment=proposed, organisation=organisation, source_language=consultation.source_language)
        for organisation in asked.values()
    )
    tell_organisations(asked.values())
    return proposed


def missing_in(amendment: Amendment) -> list[str]:
    """What the proposed texts still lack, as "number-part"; "why" when nothing is said to the organisations."""
    missing = [
        f"{number}-{part}" for number, text in enumerate(amendment.texts) for part in NEEDED if not text.get(part)
    ]
    return missing if source_text(amendment, "why") else [*missing, "why"]


@transaction.atomic
def answer_amendment(
    amendment: Amendment,
    *,
    by: Any,
    organisation: Organisation,
    accepts: bool,
    reason: str = "",
    language: str = "",
) -> Amendment:
    """An organisation accepts or declines; it may think again while the proposal is open, and the same again changes
    nothing. The last one that accepts carries it out.

    Raises WrongState, PermissionDenied, ValidationError (declined without a reason).
    """
    consultation = _lock_consultation(amendment.consultation_id)
    fresh = Amendment.objects.select_for_update(of=("self",)).with_parts().get(pk=amendment.pk)
    if organisation.pk not in memberships_of(by):
        raise PermissionDenied(_("You can only answer for an organisation that you belong to."))
    if not fresh.is_open:
        raise WrongState(str(AMENDMENT.transitions["carry_out"].refusal))
    if not by.has_perm("consultations.answer_amendment", fresh):
        raise PermissionDenied(_("Only the organisations that submitted these priorities are asked."))
    answer = fresh.answers.filter(organisation=organisation).first()
    if answer is None:
        raise PermissionDenied(_("Only the organisations that submitted these priorities are asked."))
    if not accepts and not reason.strip():
        raise ValidationError({"reason": _("Say why you decline: the others will read it.")})
    given = Answer.ACCEPTED if accepts else Answer.DECLINED
    if answer.answer == given and says_already(answer, "reason", reason.strip(), language):
        return fresh
    write_words(answer, language_of(language, by), reason=reason.strip())
    answer.answer = given
    answer.by, answer.answered_at = by, timezone.now()
    answer.save()
    tell_companions(consultation)
    name = "accept" if accepts else "decline"
    log_change(fresh, name, by=by, organisation=organisation, before=fresh.state, after=fresh.state, reason=reason)
    if fresh.answers.exclude(answer=Answer.ACCEPTED).exists():
        return fresh
    return _carry_out(fresh, by=by)


@transaction.atomic
def decide_amendment(amendment: Amendment, *, by: Any, carries_out: bool, reason: str) -> Amendment:
    """After the deadline the companion decides in the place of those who declined or said nothing, and says why.

    Raises WrongState (the deadline has not passed), PermissionDenied, ValidationError (no reason).
    """
    fresh = _lock_open(amendment, by=by)
    if fresh.answer_by is not None and timezone.now() < fresh.answer_by:
        raise WrongState(_("The organisations can still answer: you can decide after the deadline."))
    _say(fresh, reason)
    return _carry_out(fresh, by=by, reason=reason) if carries_out else _drop(fresh, by=by, reason=reason)


@transaction.atomic
def withdraw_amendment(amendment: Amendment, *, by: Any, reason: str = "") -> Amendment:
    """The companion takes the proposal back: the sources stay as they are. Who was asked reads why; a draft needs no
    reason. Raises WrongState, PermissionDenied, ValidationError."""
    _lock_consultation(amendment.consultation_id, by=by)
    fresh = Amendment.objects.select_for_update(of=("self",)).get(pk=amendment.pk)
    if not AMENDMENT.is_possible(fresh, "drop"):
        raise WrongState(str(AMENDMENT.transitions["drop"].refusal))
    if fresh.is_open:
        _say(fresh, reason)
    return _drop(fresh, by=by, reason=reason)


@transaction.atomic
def undo_amendment(amendment: Amendment, *, by: Any, reason: str) -> Amendment:
    """The sources return to as they were, the texts made from them are taken back. Possible until the country has
    agreed its list. Raises WrongState, PermissionDenied, ValidationError (no reason)."""
    _lock_consultation(amendment.consultation_id, by=by)
    fresh = Amendment.objects.select_for_update(of=("self",)).get(pk=amendment.pk)
    if not AMENDMENT.is_possible(fresh, "undo"):
        raise WrongState(str(AMENDMENT.transitions["undo"].refusal))
    results = list(fresh.results.all())
    if AmendmentSource.objects.filter(priority__in=results, is_holding=True).exists():
        raise WrongState(_("A later proposal is about the new text: withdraw or undo that one first."))
    _say(fresh, reason)
    for result in results:
        sign_version(PRIORITY.apply(result, "take_back", by=by, reason=reason), by=by)
    fresh.source_rows.update(is_holding=False)
    for source in fresh.sources.order_by("source_rows__id"):
        sign_version(PRIORITY.apply(source, "restore", by=by, reason=reason), by=by)
    return AMENDMENT.apply(fresh, "undo", by=by, reason=reason, ended_at=timezone.now())


def open_amendments(consultation: Consultation) -> list[Amendment]:
    """Those that still wait for answers: no list is agreed before."""
    return list(consultation.amendments.filter(state=AmendmentState.OPEN).order_by("id"))


def _carry_out(amendment: Amendment, *, by: Any, reason: str = "") -> Amendment:
    """Put the proposed texts in the place of the sources, each a submitted priority with a receipt of its own."""
    sources = list(amendment.sources.select_related("organisation").order_by("source_rows__id"))
    for source in sources:
        sign_version(PRIORITY.apply(source, "replace", by=by, reason=reason), by=by)
    for text in amendment.texts:
        _make_result(amendment, text, sources[0].organisation, by=by)
    return AMENDMENT.apply(amendment, "carry_out", by=by, reason=reason, ended_at=timezone.now())


def _make_result(amendment: Amendment, text: Mapping[str, Any], organisation: Organisation, *, by: Any) -> Priority:
    result = Priority(
        consultation_id=amendment.consultation_id,
        organisation=organisation,
        author=amendment.proposed_by,
        state=PriorityState.SUBMITTED,
        amendment=amendment,
        source_language=amendment.source_language,
        theme_id=text["theme"],
        level=text["level"],
        receipt=_unused_receipt(),
        submitted_at=timezone.now(),
    )
    set_source(result, **{name: text[name] for name in Priority.TEXTS})
    result.full_clean(validate_unique=False)
    result._history_user = by  # type: ignore[attr-defined]
    result.save()
    result.groups.set(text["groups"])
    log_change(result, amendment.kind, by=by, after=PriorityState.SUBMITTED)
    return result


def _unused_receipt() -> str:
    receipt = new_receipt()
    while Priority.objects.filter(receipt=receipt).exists():
        receipt = new_receipt()
    return receipt


def _drop(amendment: Amendment, *, by: Any, reason: str) -> Amendment:
    amendment.source_rows.update(is_holding=False)
    return AMENDMENT.apply(amendment, "drop", by=by, reason=reason, ended_at=timezone.now())


def _say(amendment: Amendment, reason: str) -> None:
    if not reason.strip():
        raise ValidationError({"reason": _("Say why: the organisations will read it.")})
    set_source(amendment, verdict=reason.strip())
    amendment.save(update_fields=[f"verdict_{amendment.source_language}"])


def _lock_open(amendment: Amendment, *, by: Any) -> Amendment:
    _lock_consultation(amendment.consultation_id, by=by)
    fresh = Amendment.objects.select_for_update(of=("self",)).get(pk=amendment.pk)
    if not fresh.is_open:
        raise WrongState(str(AMENDMENT.transitions["carry_out"].refusal))
    return fresh


def _lock_draft(amendment: Amendment, *, by: Any) -> Amendment:
    _lock_consultation(amendment.consultation_id, by=by)
    fresh = Amendment.objects.select_for_update(of=("self",)).get(pk=amendment.pk)
    if not fresh.is_draft:
        raise WrongState(str(AMENDMENT.transitions["propose"].refusal))
    return fresh


def _lock_consultation(pk: int, *, by: Any = None) -> Consultation:
    """Lock it; it must be open, and ``by`` (if given) must run it."""
    fresh = Consultation.objects.select_for_update(of=("self",)).select_related("step").get(pk=pk)
    if by is not None and not by.has_perm("consultations.view_run", fresh):
        raise PermissionDenied(_("Only the companion of this country or a coordinator can do this."))
    if fresh.state != ConsultationState.OPEN:
        raise WrongState(_("Texts are merged, split or reworded only while the consultation is open."))
    return fresh
