"""A country's consultation from its plan to its agreed list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from planning_portal.languages.services import set_source, source_text, sync_units
from planning_portal.organisations.models import Country, Organisation
from planning_portal.programme.models import Step
from planning_portal.programme.services import touch
from planning_portal.workflow.services import WrongState, log_change

from ..history import sign_version
from ..models import (
    LISTED,
    Consultation,
    ConsultationState,
    CountryDecision,
    Participation,
    Priority,
    PriorityState,
    Support,
)
from ..versions import EditConflict, changed_since, mark_changed
from ..workflow import CONSULTATION, PRIORITY
from .amendments import open_amendments
from .summary import make_summary, withdraw_summary


class NotReady(Exception):
    """The consultation cannot be closed yet; ``blockers`` are sentences for the reader, in the order to mend them."""

    def __init__(self, blockers: list[str]):
        self.blockers = blockers
        super().__init__(" ".join(blockers))


@dataclass(frozen=True)
class Presence:
    """What one line of the attendance table says of an invited organisation."""

    is_present: bool = False
    women: int = 0
    men: int = 0
    other: int = 0
    under_35: int = 0


@transaction.atomic
def plan_consultation(
    step: Step,
    country: Country,
    *,
    by: Any,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    place: str = "",
    link: str = "",
    language: str = "",
    organisations: Iterable[Organisation] | None = None,
) -> Consultation:
    """Plan the consultation of ``country`` in ``step`` and invite ``organisations`` (default: all that take part).

    ``language`` is the one its companion works in (default: the country's). ``by`` None is the system itself.
    Raises PermissionDenied, ValidationError (dates, a second consultation).
    """
    if by is not None and not by.has_perm("consultations.plan_consultation", country):
        raise PermissionDenied(_("Only the companion of this country or a coordinator can plan its consultation."))
    consultation = Consultation(
        step=step,
        country=country,
        starts_at=starts_at,
        ends_at=ends_at,
        place=place,
        link=link,
        source_language=language or country.working_language,
    )
    consultation.full_clean()
    consultation.save()
    if organisations is None:
        organisations = country.organisations.active()
    Participation.objects.bulk_create(
        Participation(consultation=consultation, organisation=organisation) for organisation in organisations
    )
    log_change(consultation, "plan", by=by, after=ConsultationState.PLANNED)
    return consultation


@transaction.atomic
def open_consultation(consultation: Consultation, *, by: Any) -> Consultation:
    """From now on the organisations of the country can propose priorities. Raises WrongState, PermissionDenied."""
    return CONSULTATION.apply(consultation, "open", by=by)


@transaction.atomic
def reopen_consultation(consultation: Consultation, *, by: Any, reason: str) -> Consultation:
    """A coordinator opens a closed consultation again, and says why. Its decisions stand until they are changed; its
    summary is withdrawn until it closes again."""
    fresh = CONSULTATION.apply(consultation, "reopen", by=by, reason=reason, closed_at=None)
    withdraw_summary(fresh)
    touch(fresh.step.programme_id)
    return fresh


@transaction.atomic
def record_participation(
    consultation: Consultation,
    *,
    by: Any,
    version: int,
    rows: Mapping[Organisation, Presence | None],
    editor: str = "",
) -> Consultation:
    """The whole attendance table: who was invited (a Presence) or is no longer (None), who was there, how many.

    Raises EditConflict, PermissionDenied, ValidationError (counts that cannot be, an organisation of another country).
    """
    fresh = lock_to_run(consultation, by=by)
    if any(organisation.country_id != fresh.country_id for organisation in rows):
        raise ValidationError(_("Only organisations of this country take part in its consultation."))
    known = {row.organisation_id: row for row in fresh.participations.select_related("answer")}
    mine = {f"row-{organisation.pk}": _cells(presence) for organisation, presence in rows.items()}
    theirs = {f"row-{o.pk}": _cells(_presence_of(known[o.pk]) if o.pk in known else None) for o in rows}
    if not has_news(fresh, mine, theirs, version, editor):
        return fresh
    for organisation, presence in rows.items():
        row = known.get(organisation.pk)
        if presence is None:
            if row is not None:
                if hasattr(row, "answer"):
                    raise ValidationError(_("An organisation that has answered its invitation stays on the list."))
                row.delete()
            continue
        row = row or Participation(consultation=fresh, organisation=organisation)
        for name in ("is_present", "women", "men", "other", "under_35"):
            setattr(row, name, getattr(presence, name))
        row.full_clean(exclude={"consultation", "organisation"}, validate_unique=False)
        row.save()
    return save_parts(fresh, mine, by=by, name="record_participation", editor=editor)


@transaction.atomic
def save_arrangement(
    consultation: Consultation,
    *,
    by: Any,
    version: int,
    ordered: Sequence[Priority],
    reasons: Mapping[Priority, str],
    notes: Mapping[Priority, str] | None = None,
    undecided: Sequence[Priority] = (),
    editor: str = "",
) -> Consultation:
    """Keep the list as it is being put in order: nothing is agreed yet. ``notes`` are reasons written beside
    priorities that are not set aside all the same, ``undecided`` are those among ``ordered`` for which nothing was
    chosen yet. Raises EditConflict, PermissionDenied."""
    fresh = lock_to_run(consultation, by=by)
    arrangement: dict[str, Any] = {
        "order": [priority.pk for priority in ordered],
        "reasons": {str(priority.pk): reason.strip() for priority, reason in reasons.items()},
    }
    if notes:
        arrangement["notes"] = {str(priority.pk): note.strip() for priority, note in notes.items()}
    if undecided:
        arrangement["undecided"] = [priority.pk for priority in undecided]
    mine = {"list": arrangement}
    theirs = {"list": fresh.arrangement or {}}
    if not has_news(fresh, mine, theirs, version, editor):
        return fresh
    fresh.arrangement = mine["list"]
    return save_parts(fresh, mine, by=by, name="save_arrangement", editor=editor)


@transaction.atomic
def agree_list(
    consultation: Consultation,
    *,
    by: Any,
    version: int,
    ordered: Sequence[Priority],
    not_retained: Mapping[Priority, str],
    editor: str = "",
) -> Consultation:
    """The country agrees its list: ``ordered`` in order of importance, the others set aside, each with a reason.

    Every submitted priority must be in one of the two. Can be done again while the consultation is open: a priority
    then changes its place or its side. In order: lock the consultation, compare versions, change each state, write
    places, decisions and the log, offer the agreed texts to translators.
    Raises EditConflict, PermissionDenied, WrongState, ValidationError (also while a proposal to merge is open).
    """
    fresh = lock_to_run(consultation, by=by, permission="consultations.agree_list")
    submitted = {p.pk: p for p in fresh.priorities.filter(state__in=LISTED).select_for_update(of=("self",))}
    wanted = [priority.pk for priority in ordered]
    aside = {priority.pk: reason.strip() for priority, reason in not_retained.items()}
    if open_amendments(fresh):
        raise ValidationError(waiting_for_answers())
    _check_list(submitted, wanted, aside)
    if changed_since(fresh, ["list"], version, editor):
        mine = {"list": {"order": wanted, "reasons": {str(pk): reason for pk, reason in aside.items()}}}
        raise EditConflict(fresh, mine=mine, theirs={"list": fresh.arrangement})
    fresh.priorities.filter(position__isnull=False).update(position=F("position") + 10_000)
    for pk, reason in aside.items():
        _set_aside(submitted[pk], reason, fresh.source_language, by=by)
    agreed = [_agree(submitted[pk], place, fresh.source_language, by=by) for place, pk in enumerate(wanted, start=1)]
    sync_units(agreed)
    sync_units(Support.objects.filter(priority__in=agreed))
    fresh.arrangement = {}
    return save_parts(fresh, {"list": wanted}, by=by, name="agree_list", editor=editor)


def waiting_for_answers() -> str:
    """Why no list is agreed while a proposal is open."""
    return _("A proposal to merge, split or reword still waits for answers: wait for them, decide, or withdraw it.")


def _check_list(submitted: Mapping[int, Priority], wanted: Sequence[int], aside: Mapping[int, str]) -> None:
    named = [*wanted, *aside]
    if len(set(named)) != len(named):
        raise ValidationError(_("A priority can stand in the list only once."))
    if set(named) != set(submitted):
        raise ValidationError(
            _("The list has changed: a priority was submitted meanwhile. Decide on each of them, then agree the list.")
        )
    if not all(aside.values()):
        raise ValidationError(
            _("Say why, for each priority that the country does not retain: its authors will read it.")
        )


def _agree(priority: Priority, place: int, language: str, *, by: Any) -> Priority:
    if priority.state == PriorityState.AGREED:
        Priority.objects.filter(pk=priority.pk).update(position=place)
        priority.position = place
        return priority
    fresh = PRIORITY.apply(priority, "agree", by=by, position=place)
    sign_version(fresh, by=by)
    _decide(fresh, PriorityState.AGREED, "", language, by=by)
    return fresh


def _set_aside(priority: Priority, reason: str, language: str, *, by: Any) -> None:
    if priority.state != PriorityState.NOT_RETAINED:
        priority = PRIORITY.apply(priority, "not_retain", by=by, reason=reason, position=None)
        sign_version(priority, by=by)
    _decide(priority, PriorityState.NOT_RETAINED, reason, language, by=by)


def _decide(priority: Priority, outcome: str, reason: str, language: str, *, by: Any) -> None:
    decision = CountryDecision.objects.filter(priority=priority).first() or CountryDecision(priority=priority)
    if decision.outcome == outcome and source_text(decision, "reason") == reason:
        return
    if decision.pk:
        set_source(decision, reason="")
    decision.outcome = outcome
    decision.source_language = language
    set_source(decision, reason=reason)
    decision.decided_by = by
    decision.save()


def closing_blockers(consultation: Consultation) -> list[str]:
    """What must still be done before the consultation can be closed, as sentences."""
    blockers = []
    if open_amendments(consultation):
        blockers.append(waiting_for_answers())
    if consultation.priorities.filter(state=PriorityState.SUBMITTED).exists():
        blockers.append(_("Decide on every submitted priority and agree the list."))
    if not consultation.participations.filter(is_present=True).exists():
        blockers.append(_("Record who was there: at least one organisation."))
    return blockers


@transaction.atomic
def close_consultation(consultation: Consultation, *, by: Any, closing_note: str = "") -> Consultation:
    """End the consultation: its list stands, nothing more can be proposed or supported.

    In order: lock, check what is missing, change the state, write the note and the log, freeze the outcome and ask for
    its summary in four languages, refresh the public pages.
    Raises NotReady with what is missing, WrongState, PermissionDenied.
    """
    locked = Consultation.objects.select_for_update(of=("self",)).get(pk=consultation.pk)
    if CONSULTATION.is_possible(locked, "close") and (blockers := closing_blockers(locked)):
        raise NotReady(blockers)
    fresh = CONSULTATION.apply(locked, "close", by=by, closed_at=timezone.now(), version=locked.version + 1)
    if closing_note.strip():
        set_source(fresh, closing_note=closing_note.strip())
        fresh.save()
    make_summary(fresh, by=by)
    touch(fresh.step.programme_id)
    return fresh


def lock_to_run(
    consultation: Consultation, *, by: Any, permission: str = "consultations.run_consultation"
) -> Consultation:
    """The fresh row, locked, for who may run it. Raises WrongState when it is closed, PermissionDenied."""
    fresh = (
        Consultation.objects.select_for_update(of=("self",)).select_related("step", "country").get(pk=consultation.pk)
    )
    if by is not None and not by.has_perm(permission, fresh):
        if fresh.state == ConsultationState.CLOSED:
            raise WrongState(_("This consultation is closed: a coordinator can reopen it."))
        raise PermissionDenied(_("Only the companion of this country or a coordinator can do this."))
    return fresh


def has_news(fresh: Consultation, mine: dict[str, Any], theirs: dict[str, Any], version: int, editor: str) -> bool:
    """Whether ``mine`` changes anything. Raises EditConflict when somebody else changed the same parts meanwhile."""
    changed = {part: value for part, value in mine.items() if value != theirs[part]}
    if changed_since(fresh, changed, version, editor):
        raise EditConflict(fresh, mine=changed, theirs={part: theirs[part] for part in changed})
    return bool(changed)


def save_parts(fresh: Consultation, parts: Iterable[str], *, by: Any, name: str, editor: str) -> Consultation:
    """Save the row as a new version in which ``parts`` changed, and log it."""
    mark_changed(fresh, parts, editor)
    fresh.save()
    log_change(fresh, name, by=by, before=fresh.state, after=fresh.state)
    return fresh


def _presence_of(row: Participation) -> Presence:
    return Presence(row.is_present, row.women, row.men, row.other, row.under_35)


def _cells(presence: Presence | None) -> list[Any] | None:
    if presence is None:
        return None
    return [presence.is_present, presence.women, presence.men, presence.other, presence.under_35]
