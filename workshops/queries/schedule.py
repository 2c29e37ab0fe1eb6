"""The run sheet in time: what runs, what comes next, when each item should begin and when it is expected to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import get_language

from planning_portal.languages.names import language_name
from planning_portal.languages.queries import attach_units
from planning_portal.web.formatting import format_words, zone_name

from ..models import Session, SetAside, Workshop


@dataclass(frozen=True)
class SessionLine:
    """An item of the run sheet with its time: planned, real so far, and by the clock where the plan has one.

    ``state`` is "waiting", "now", "done", "skipped" or "parked". ``expected_at`` is told only when the day drifts.
    """

    session: Session
    state: str
    minutes: int | None
    planned_at: datetime | None = None
    expected_at: datetime | None = None

    @property
    def owner(self) -> str:
        """Who leads it. Read at the desk only: a name that was typed is nobody's whose identity is known."""
        owner = self.session.owner
        return (owner.name or owner.email) if owner else self.session.owner_name

    @property
    def spoken(self) -> str:
        return spoken_in(self.session)

    @property
    def over(self) -> int:
        """Minutes beyond what was planned (negative: still left)."""
        return (self.minutes or 0) - self.session.planned_minutes


def running_of(sessions: Iterable[Session]) -> Session | None:
    return next((one for one in sessions if one.is_running), None)


def upcoming_of(sessions: Sequence[Session]) -> Session | None:
    """What comes next: the first that waits; once nothing does, the first that was parked."""
    waiting = (one for one in sessions if one.started_at is None and not one.set_aside)
    parked = (one for one in sessions if one.set_aside == SetAside.PARKED)
    return next(waiting, None) or next(parked, None)


def planned_times(workshop: Workshop, sessions: Iterable[Session]) -> dict[int, datetime]:
    """When each session should begin by the plan, by id: at its own hour, else at the end of the one before on its
    day. Empty when nobody said when a day begins. What is skipped keeps its place: skipping it wins time."""
    if workshop.begins_at is None:
        return {}
    ends: dict[int, datetime] = {}
    planned = {}
    for session in sessions:
        date = workshop.starts_on + timedelta(days=session.day - 1)
        begins = datetime.combine(date, session.begins_at or workshop.begins_at, workshop.clock)
        if session.begins_at is None:
            begins = ends.get(session.day, begins)
        planned[session.pk] = begins
        ends[session.day] = begins + timedelta(minutes=session.planned_minutes)
    return planned


def expected_times(sessions: Sequence[Session], planned: Mapping[int, datetime], now: datetime) -> dict[int, datetime]:
    """When what still waits today is likely to begin, by id: after what runs, not before an hour that was fixed."""
    current = running_of(sessions) or upcoming_of(sessions)
    if current is None:
        return {}
    moment = max(now, ends_at(current, now)) if current.is_running else now
    expected = {}
    for session in sessions:
        if session.day != current.day or session.started_at is not None or session.set_aside:
            continue
        if session.begins_at is not None and session.pk in planned:
            moment = max(moment, planned[session.pk])
        expected[session.pk] = moment
        moment += timedelta(minutes=session.planned_minutes)
    return expected


def ends_at(session: Session, now: datetime) -> datetime:
    """When a session that runs should end by its planned minutes; while it is paused, that moves on with ``now``."""
    paused = session.paused_seconds + ((now - session.paused_at).total_seconds() if session.paused_at else 0)
    return (session.started_at or now) + timedelta(minutes=session.planned_minutes, seconds=paused)


@dataclass(frozen=True)
class Timer:
    """How much of its planned time a session that runs has left."""

    ends_at: datetime
    seconds_left: int
    soon_seconds: int
    paused_at: datetime | None

    @property
    def minutes_left(self) -> int:
        return self.seconds_left // 60

    @property
    def minutes_over(self) -> int:
        return max(0, -self.seconds_left // 60)

    @property
    def is_over(self) -> bool:
        return self.seconds_left < 0

    @property
    def ends_soon(self) -> bool:
        return 0 <= self.seconds_left <= self.soon_seconds


def timer_of(session: Session | None, now: datetime) -> Timer | None:
    """The timer of the session that runs; it warns in its last fifth, at most five minutes before its end."""
    if session is None or not session.is_running:
        return None
    end = ends_at(session, now)
    soon = min(5 * 60, session.planned_minutes * 60 // 5)
    return Timer(end, int((end - now).total_seconds()), soon, session.paused_at)


def drift_of(sessions: Sequence[Session], planned: Mapping[int, datetime], now: datetime) -> int:
    """By how many minutes the day of the latest session runs late (negative: is ahead).

    By the clock where the plan has clock times for today; else what its sessions took more than was planned.
    """
    begun = [one for one in sessions if one.started_at is not None]
    latest = running_of(begun) or max(begun, key=lambda one: one.ended_at or now, default=None)
    if latest is None:
        return 0
    if latest.pk in planned and planned[latest.pk].date() == now.astimezone(planned[latest.pk].tzinfo).date():
        end = latest.ended_at or max(now, ends_at(latest, now))
        return _minutes(end - planned[latest.pk]) - latest.planned_minutes
    over = 0
    for one in begun:
        if one.day == latest.day:
            more = minutes_of(one, now) - one.planned_minutes
            over += max(0, more) if one.is_running else more
    return over


def minutes_of(session: Session, now: datetime) -> int:
    """How long a session has taken so far, in whole minutes; pauses do not count."""
    if session.started_at is None:
        return 0
    end = session.ended_at or session.paused_at or now
    return max(0, _minutes(end - session.started_at - timedelta(seconds=session.paused_seconds)))


def _minutes(length: timedelta) -> int:
    return int(length.total_seconds() // 60)


def spoken_in(session: Session) -> str:
    """The language that is spoken, in the reader's words; empty when nobody said."""
    reader = get_language() or "en"
    return language_name(session.spoken_language, reader) if session.spoken_language else ""


def interpreted_into(workshop: Workshop, session: Session | None = None) -> str:
    """The languages with interpretation, in the reader's words, the one that is spoken left out."""
    reader = get_language() or "en"
    spoken = session.spoken_language if session is not None else ""
    return format_words(language_name(code, reader) for code in workshop.interpretation if code != spoken)


def line_of(
    session: Session, now: datetime, planned: Mapping[int, datetime], expected: Mapping[int, datetime]
) -> SessionLine:
    planned_at, expected_at = planned.get(session.pk), expected.get(session.pk)
    if planned_at is not None and expected_at is not None and abs(expected_at - planned_at) < timedelta(minutes=1):
        expected_at = None
    state = session.set_aside or ("waiting" if session.started_at is None else "done" if session.ended_at else "now")
    minutes = None if session.started_at is None else minutes_of(session, now)
    return SessionLine(session, state, minutes, planned_at, expected_at)


@dataclass(frozen=True)
class Sheet:
    """The run sheet as its writers read it."""

    lines: list[SessionLine]
    minutes: int
    has_hours: bool
    clock_name: str


def sheet_of(workshop: Workshop) -> Sheet:
    """The run sheet with its hours, owners and candidates (``session.candidates``): three queries."""
    sessions = list(workshop.sessions.select_related("owner").prefetch_related("candidates"))
    attach_units([workshop, *sessions])
    now = timezone.now()
    planned = planned_times(workshop, sessions)
    return Sheet(
        [line_of(session, now, planned, {}) for session in sessions],
        sum(session.planned_minutes for session in sessions if session.set_aside != SetAside.SKIPPED),
        bool(planned),
        zone_name(timezone.localtime(now)) if workshop.time_zone else "",
    )
