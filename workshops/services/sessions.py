"""The run sheet, live: what is going on, and for how long. Every click can be repeated safely."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from planning_portal.workflow.services import WrongState, log_change

from ..models import Candidate, Session, SessionNote, SetAside, TemperatureCheck, Workshop
from ..permissions import facilitates
from .edits import check_version, clean_text, lock_until_closed, lock_workshop, rewrite, touch
from .room import end_turns

# What the writer of a run sheet says of an item beside its title and its candidates.
ITEM = ("kind", "planned_minutes", "day", "begins_at", "owner", "owner_name", "spoken_language")


@transaction.atomic
def start_session(session: Session, *, by: Any, ending: Session | None = None) -> bool:
    """Start a session, and end the one that is running when it is ``ending``: one click leads to the next item.

    A session that had ended or was set aside goes on. False when it was running already: the click was a repetition.
    Raises WrongState when another session is running, PermissionDenied.
    """
    workshop = lock_workshop(session.workshop, by=by)
    fresh = workshop.sessions.select_for_update().get(pk=session.pk)
    if fresh.is_running:
        return False
    running = workshop.sessions.filter(started_at__isnull=False, ended_at__isnull=True).first()
    if running is not None:
        if ending is None or ending.pk != running.pk:
            raise WrongState(_("Another session is still running. End it first."))
        _end(running, workshop, by=by)
    now = timezone.now()
    if fresh.ended_at:
        fresh.paused_seconds += _seconds_between(fresh.ended_at, now)
    fresh.started_at = fresh.started_at or now
    fresh.ended_at, fresh.set_aside = None, ""
    fresh.save(update_fields=["started_at", "ended_at", "set_aside", "paused_seconds"])
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
    if not fresh.is_running:
        return False
    _end(fresh, workshop, by=by)
    touch(workshop)
    return True


@transaction.atomic
def pause_session(session: Session, *, by: Any) -> bool:
    """Stop the clock of a running session. False when it stands already. Raises WrongState, PermissionDenied."""
    workshop, fresh = _lock_running(session, by=by)
    if fresh.paused_at:
        return False
    fresh.paused_at = timezone.now()
    fresh.save(update_fields=["paused_at"])
    log_change(fresh, "pause", by=by, before="running", after="paused")
    touch(workshop)
    return True


@transaction.atomic
def resume_session(session: Session, *, by: Any) -> bool:
    """Let the clock of a session go on; the pause does not count. False when it goes. Raises as ``pause_session``."""
    workshop, fresh = _lock_running(session, by=by)
    if not fresh.paused_at:
        return False
    _count_pause(fresh)
    fresh.save(update_fields=["paused_at", "paused_seconds"])
    log_change(fresh, "resume", by=by, before="paused", after="running")
    touch(workshop)
    return True


def _lock_running(session: Session, *, by: Any) -> tuple[Workshop, Session]:
    workshop = lock_workshop(session.workshop, by=by)
    fresh = workshop.sessions.select_for_update().get(pk=session.pk)
    if not fresh.is_running:
        raise WrongState(_("This session is not running."))
    return workshop, fresh


def _count_pause(session: Session) -> None:
    """A pause that is over is counted; nothing without one."""
    if session.paused_at is not None:
        session.paused_seconds += _seconds_between(session.paused_at, timezone.now())
        session.paused_at = None


def _seconds_between(start: datetime, end: datetime) -> int:
    return max(0, round((end - start).total_seconds()))


@transaction.atomic
def save_note(session: Session, *, text: str, by: Any, version: int | None = None) -> SessionNote:
    """Keep the facilitators' note of a session; ``version`` is what the form showed, 0 for none yet.

    Not logged: nobody else learns that there is one. Raises EditConflict with both texts, PermissionDenied.
    """
    workshop = lock_workshop(session.workshop, by=by, permission="workshops.keep_note")
    note = SessionNote.objects.filter(session=session).first() or SessionNote(session=session, version=0)
    mine, theirs = {"text": clean_text(text)}, {"text": note.text}
    if note.pk:
        check_version(note, version, mine=mine, theirs=theirs)
    if mine == theirs:
        return note
    note.text, note.version = mine["text"], note.version + 1
    note.save()
    touch(workshop)
    return note


@transaction.atomic
def add_session(workshop: Workshop, *, by: Any, **item: Any) -> Session:
    """Add an item, as ``_write`` takes it, at the end of the run sheet.

    Raises WrongState, PermissionDenied, ValidationError.
    """
    fresh = lock_until_closed(workshop, by=by)
    last = fresh.sessions.aggregate(last=Max("position"))["last"] or 0
    session = Session(workshop=fresh, position=last + 1)
    _write(session, fresh, **item)
    touch(fresh)
    return session


@transaction.atomic
def update_session(session: Session, *, by: Any, position: int, **item: Any) -> Session:
    """Change an item, as ``_write`` takes it; ``position`` counts from one, the others make room.

    Raises as ``add_session`` does.
    """
    workshop = lock_until_closed(session.workshop, by=by)
    sessions = list(workshop.sessions.select_for_update())
    fresh = next(one for one in sessions if one.pk == session.pk)
    _write(fresh, workshop, **item)
    sessions.remove(fresh)
    sessions.insert(max(0, min(position, len(sessions) + 1) - 1), fresh)
    _renumber(sessions)
    touch(workshop)
    return fresh


def _write(
    session: Session,
    workshop: Workshop,
    *,
    title: str,
    language: str,
    candidates: Iterable[Candidate] | None = None,
    **fields: Any,
) -> None:
    """Write what was given of an item: its ``fields`` of ``ITEM``, its title in ``language``, its ``candidates``.

    Raises ValidationError, also for a day after the workshop, another's candidate, an owner who does not facilitate.
    """
    for name, value in fields.items():
        if name not in ITEM:
            raise TypeError(f"a session has no {name}")
        setattr(session, name, value)
    session.owner_name = clean_text(session.owner_name)
    rewrite(session, language, title=title)
    session.full_clean(validate_constraints=session.pk is None)
    if session.day > workshop.days:
        raise ValidationError({"day": _("The workshop is over on that day.")})
    if session.owner and session.owner_name:
        raise ValidationError({"owner_name": _("Choose an owner or type a name, not both.")})
    if session.owner and not facilitates(session.owner, workshop):
        raise ValidationError({"owner": _("Choose one of the facilitators, or type a name.")})
    session.save()
    if candidates is not None:
        keys = {one.pk for one in candidates}
        session.candidates.set(workshop.candidates.filter(pk__in=keys))


@transaction.atomic
def set_session_aside(session: Session, *, by: Any, how: str) -> bool:
    """Skip a session, or park it until everything else was held; one that runs is ended when it is parked.

    False when it was so already. Raises WrongState (what was held is not skipped), PermissionDenied, ValidationError.
    """
    if how not in SetAside.values:
        raise ValidationError(_("A session is skipped or parked."))
    workshop = lock_until_closed(session.workshop, by=by)
    fresh = workshop.sessions.select_for_update().get(pk=session.pk)
    if fresh.set_aside == how:
        return False
    if how == SetAside.SKIPPED and fresh.started_at:
        raise WrongState(_("This session has been held: it can be parked, not skipped."))
    if fresh.is_running:
        _end(fresh, workshop, by=by)
    _set_aside(fresh, how, act=how, by=by)
    touch(workshop)
    return True


@transaction.atomic
def take_session_back(session: Session, *, by: Any) -> bool:
    """A session that was set aside stands in the run sheet as before. False when it did so already.

    Raises WrongState, PermissionDenied.
    """
    workshop = lock_until_closed(session.workshop, by=by)
    fresh = workshop.sessions.select_for_update().get(pk=session.pk)
    if not fresh.set_aside:
        return False
    _set_aside(fresh, "", act="take_back", by=by)
    touch(workshop)
    return True


def _set_aside(session: Session, how: str, *, act: str, by: Any) -> None:
    before, session.set_aside = session.set_aside, how
    session.save(update_fields=["set_aside"])
    log_change(session, act, by=by, before=before, after=how)


@transaction.atomic
def remove_session(session: Session, *, by: Any) -> None:
    """Take an item that was never started off the run sheet. Raises WrongState, PermissionDenied."""
    workshop = lock_until_closed(session.workshop, by=by)
    fresh = workshop.sessions.select_for_update().filter(pk=session.pk).first()
    if fresh is None:
        return
    if fresh.started_at:
        raise WrongState(_("This session has been held: it stays in the record."))
    fresh.delete()
    _renumber(list(workshop.sessions.all()))
    touch(workshop)


def _end(session: Session, workshop: Workshop, *, by: Any) -> None:
    _count_pause(session)
    session.ended_at = timezone.now()
    session.save(update_fields=["ended_at", "paused_at", "paused_seconds"])
    end_turns(session)
    # What was asked about it is not kept (``temperature``).
    TemperatureCheck.objects.filter(session=session).delete()
    log_change(session, "end", by=by, before="running", after="ended")


def _renumber(sessions: list[Session]) -> None:
    """Positions 1, 2, 3 …; by way of high numbers, because two sessions never share one."""
    moved = [session for place, session in enumerate(sessions, start=1) if session.position != place]
    places = {session.pk: place for place, session in enumerate(sessions, start=1)}
    for offset in (10_000, 0):
        for session in moved:
            session.position = places[session.pk] + offset
        Session.objects.bulk_update(moved, ["position"])
