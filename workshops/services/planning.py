"""A workshop from its plan to its opening."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, time
from typing import Any
from zoneinfo import available_timezones

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from planning_portal.languages.services import LANGUAGE_CODES
from planning_portal.organisations.models import User, Zone
from planning_portal.programme.models import Step
from planning_portal.workflow.services import WrongState, log_change

from ..models import Workshop, WorkshopFormat, WorkshopState
from ..workflow import workshop_flow
from .edits import clean_text, lock_workshop, refuse_while_weighing, rewrite, touch
from .handover import fill_candidates, fill_delegations
from .run_sheets import copy_organisations, copy_run_sheet, lay_out, model_for


@transaction.atomic
def plan_workshop(
    step: Step,
    *,
    by: Any,
    title: str,
    language: str,
    starts_on: date,
    ends_on: date,
    zone: Zone | None = None,
    format: str = WorkshopFormat.MIXED,
    place: str = "",
    begins_at: time | None = None,
    time_zone: str = "",
    interpretation: Iterable[str] = (),
    facilitators: Iterable[User] = (),
    run_sheet: str = "",
    like: Workshop | None = None,
) -> Workshop:
    """Plan a workshop, intercontinental without a ``zone``, with the run sheet of a model (``SheetModel``; by default
    the one for its kind), or *like* another: its run sheet, languages and organisations, nothing that happened in it.

    Raises PermissionDenied, ValidationError.
    """
    if by is not None and not by.has_perm("workshops.plan_workshop"):
        raise PermissionDenied(_("Only facilitators and coordinators can plan a workshop."))
    if like is not None and by is not None and not by.has_perm("workshops.view_desk", like):
        raise PermissionDenied(_("Only its facilitators and coordinators can plan another workshop like this one."))
    interpretation = list(interpretation) or (like.interpretation if like else [])
    workshop = Workshop(
        step=step,
        zone=zone,
        format=format,
        place=clean_text(place),
        starts_on=starts_on,
        ends_on=ends_on,
        begins_at=begins_at,
        time_zone=_known_zone(time_zone),
        interpretation=_known_languages(interpretation),
    )
    rewrite(workshop, language, title=title)
    workshop.full_clean()
    workshop.save()
    workshop.facilitators.set(facilitators)
    if like is not None:
        copy_run_sheet(like, workshop)
        copy_organisations(like, workshop)
    else:
        lay_out(workshop, run_sheet or model_for(workshop), language)
    log_change(workshop, "plan", by=by, after=WorkshopState.PLANNED)
    return workshop


@transaction.atomic
def update_workshop(
    workshop: Workshop,
    *,
    by: Any,
    title: str,
    language: str,
    starts_on: date,
    ends_on: date,
    format: str,
    place: str,
    facilitators: Iterable[User],
    begins_at: time | None = None,
    time_zone: str = "",
    interpretation: Iterable[str] = (),
) -> Workshop:
    """Change the plan of a workshop that is not closed yet.

    Raises PermissionDenied, WrongState, ValidationError, also when a session is planned on a day that would be gone.
    """
    fresh = lock_workshop(workshop, by=by, permission="workshops.plan_workshop")
    if fresh.state not in {WorkshopState.PLANNED, WorkshopState.OPEN}:
        raise WrongState(_("This workshop is closed: its outcome is frozen."))
    rewrite(fresh, language, title=title)
    fresh.starts_on, fresh.ends_on, fresh.format, fresh.place = starts_on, ends_on, format, clean_text(place)
    fresh.begins_at, fresh.time_zone = begins_at, _known_zone(time_zone)
    fresh.interpretation = _known_languages(interpretation)
    fresh.full_clean()
    if fresh.sessions.filter(day__gt=fresh.days).exists():
        raise ValidationError({"ends_on": _("A session is planned on a later day: move it first.")})
    fresh.save()
    fresh.facilitators.set(facilitators)
    log_change(fresh, "update", by=by, before=fresh.state, after=fresh.state)
    touch(fresh)
    return fresh


@transaction.atomic
def open_workshop(workshop: Workshop, *, by: Any) -> Workshop:
    """Open a workshop: the hand-over from the consultations (``handover`` says what comes in).

    In order: change the state, entitle the organisations, copy the agreed priorities into candidates with all their
    languages, write the log. Raises WrongState (also when nothing has been agreed yet), PermissionDenied.
    """
    fresh = workshop_flow.apply(workshop, "open", by=by, opened_at=timezone.now())
    fill_delegations(fresh)
    if not fill_candidates(fresh):
        raise WrongState(
            _("No agreed priority has reached this workshop yet. Its countries must close their consultations first.")
        )
    touch(fresh)
    return fresh


@transaction.atomic
def take_in_late_priorities(workshop: Workshop, *, by: Any) -> int:
    """Add the priorities of consultations that closed after the workshop was opened; say how many there were.

    Raises WrongState (closed, or a round is open), PermissionDenied.
    """
    fresh = lock_workshop(workshop, by=by)
    refuse_while_weighing(fresh)
    candidates = fill_candidates(fresh)
    if candidates:
        log_change(fresh, "take_in_late_priorities", by=by, before=fresh.state, after=fresh.state)
        touch(fresh)
    return len(candidates)


def _known_zone(key: str) -> str:
    if key and key not in available_timezones():
        raise ValidationError({"time_zone": _("Choose the clock from the list.")})
    return key


def _known_languages(codes: Iterable[str]) -> list[str]:
    """The languages of the portal among ``codes``, in the portal's order."""
    wanted = set(codes)
    return [code for code in LANGUAGE_CODES if code in wanted]
