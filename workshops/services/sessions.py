"""The run sheet, live: what is going on, for how long, and who is there. Every click can be repeated safely."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from planning_portal.workflow.services import WrongState, log_change

from ..models import Delegation, Session, Workshop, WorkshopState
from .edits import lock_workshop, not_going_on, rewrite, touch
from .room import end_turns


@transaction.atomic
def start_session(session: Session, *, by: Any, ending: Session | None = None) -> bool:
    """Start a session, and end the one that is running when it is ``ending``: one click leads to the next item.

    A session that had ended goes on again. False when it was running already: the click was a repetition.
    Raises WrongState when another session is running, PermissionDenied.
    """
    workshop = lock_workshop(session.workshop, by=by)
    fresh = workshop.sessions.select_for_update().get(pk=session.pk)
    if _is_running(fresh):
        return False
    running = workshop.sessions.filter(started_at__isnull=False, ended_at__isnull=True).first()
    if running is not None:
        if ending is None or ending.pk != running.pk:
            raise WrongState(_("Another session is still running. End it first."))
        _end(running, workshop, by=by)
    fresh.started_at = fresh.started_at or timezone.now()
    fresh.ended_at = None
    fresh.save(update_fields=["started_at", "ended_at"])
    log_change(fresh, "start", by=by, after="running")
    touch(workshop)
    return True


@transaction.atomic
def end_session(session: Session, *, by: Any) -> bool:
    """End a running session. False when it was not running: the click was a repetition.

    Raises WrongState, PermissionDenied.
    """
    workshop = lock_workshop(session.workshop, by=by)
    fresh = workshop.sessions.select_for_update().get(pk=session.pk)
    if not _is_running(fresh):
        return False
    _end(fresh, workshop, by=by)
    touch(workshop)
    return True


@transaction.atomic
def add_session(workshop: Workshop, *, by: Any, kind: str, title: str, language: str, planned_minutes: int) -> Session:
    """Add an item at the end of the run sheet. Raises WrongState, PermissionDenied, ValidationError."""
    fresh = _lock_sheet(workshop, by=by)
    last = fresh.sessions.aggregate(last=Max("position"))["last"] or 0
    session = Session(workshop=fresh, kind=kind, position=last + 1, planned_minutes=planned_minutes)
    rewrite(session, language, title=title)
    session.full_clean()
    session.save()
    touch(fresh)
    return session


@transaction.atomic
def update_session(
    session: Session, *, by: Any, kind: str, title: str, language: str, planned_minutes: int, position: int
) -> Session:
    """Change an item; ``position`` counts from one, the others make room. Raises as ``add_session`` does."""
    workshop = _lock_sheet(session.workshop, by=by)
    sessions = list(workshop.sessions.select_for_update())
    fresh = next(one for one in sessions if one.pk == session.pk)
    fresh.kind, fresh.planned_minutes = kind, planned_minutes
    rewrite(fresh, language, title=title)
    fresh.full_clean(validate_constraints=False)
    fresh.save()
    sessions.remove(fresh)
    sessions.insert(max(0, min(position, len(sessions) + 1) - 1), fresh)
    _renumber(sessions)
    touch(workshop)
    return fresh


@transaction.atomic
def remove_session(session: Session, *, by: Any) -> None:
    """Take an item that was never started off the run sheet. Raises WrongState, PermissionDenied."""
    workshop = _lock_sheet(session.workshop, by=by)
    fresh = workshop.sessions.select_for_update().filter(pk=session.pk).first()
    if fresh is None:
        return
    if fresh.started_at:
        raise WrongState(_("This session has been held: it stays in the record."))
    fresh.delete()
    _renumber(list(workshop.sessions.all()))
    touch(workshop)


@transaction.atomic
def set_presence(workshop: Workshop, *, by: Any, present: Iterable[int], listed: Iterable[int]) -> int:
    """Record which of the ``listed`` organisations (ids) are there; others stay as they were. Return how many changed.

    The page sends what it listed, so that an organisation that came in meanwhile is not marked absent.
    Raises WrongState, PermissionDenied.
    """
    fresh = lock_workshop(workshop, by=by)
    present, listed = set(present), set(listed)
    delegations = fresh.delegations.select_for_update().filter(organisation_id__in=listed)
    changed = [one for one in delegations if one.is_present != (one.organisation_id in present)]
    for delegation in changed:
        delegation.is_present = not delegation.is_present
    Delegation.objects.bulk_update(changed, ["is_present"])
    if changed:
        log_change(fresh, "set_presence", by=by, before=fresh.state, after=fresh.state)
        touch(fresh)
    return len(changed)


def _is_running(session: Session) -> bool:
    return session.started_at is not None and session.ended_at is None


def _end(session: Session, workshop: Workshop, *, by: Any) -> None:
    session.ended_at = timezone.now()
    session.save(update_fields=["ended_at"])
    end_turns(session)
    log_change(session, "end", by=by, before="running", after="ended")


def _lock_sheet(workshop: Workshop, *, by: Any) -> Workshop:
    """The run sheet can be changed before the workshop opens and while it goes on."""
    permission = "workshops.open_workshop" if workshop.state == WorkshopState.PLANNED else "workshops.run_workshop"
    fresh = lock_workshop(workshop, by=by, permission=permission)
    if fresh.state not in {WorkshopState.PLANNED, WorkshopState.OPEN}:
        raise WrongState(not_going_on(fresh))
    return fresh


def _renumber(sessions: list[Session]) -> None:
    """Positions 1, 2, 3 …; by way of high numbers, because two sessions never share one."""
    moved = [session for place, session in enumerate(sessions, start=1) if session.position != place]
    places = {session.pk: place for place, session in enumerate(sessions, start=1)}
    for offset in (10_000, 0):
        for session in moved:
            session.position = places[session.pk] + offset
        Session.objects.bulk_update(moved, ["position"])
