"""What the facilitator's desk shows: how far a workshop is, what runs now, and the one thing to do next."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from planning_portal.languages.queries import attach_units, shown
from planning_portal.web.formatting import zone_name

from ..models import (
    Attendance,
    Ballot,
    Candidate,
    Delegation,
    LineOfWork,
    Round,
    RoundEntitlement,
    RoundState,
    Session,
    SessionKind,
    Workshop,
    WorkshopState,
)
from .schedule import (
    SessionLine,
    Timer,
    drift_of,
    expected_times,
    interpreted_into,
    line_of,
    planned_times,
    running_of,
    timer_of,
    upcoming_of,
)
from .temperature import Temperature, mark_of, temperature_of

SHOWN_UNDECIDED = 6
SHOWN_LINKED = 8


def with_counts(workshops: QuerySet[Workshop]) -> QuerySet[Workshop]:
    """Every workshop with the numbers that say how far it is: still one query."""

    def number(queryset: QuerySet[Any]) -> Coalesce:
        rows = queryset.filter(workshop=OuterRef("pk")).order_by().values("workshop").annotate(n=Count("pk"))
        return Coalesce(Subquery(rows.values("n")), 0)

    return workshops.annotate(
        candidate_count=number(Candidate.objects.all()),
        undecided_count=number(Candidate.objects.filter(decision__isnull=True)),
        delegation_count=number(Delegation.objects.all()),
        present_count=number(Delegation.objects.filter(is_present=True)),
        attending_count=Coalesce(Subquery(_attending().values("n")), 0),
        line_count=number(LineOfWork.objects.all()),
        session_count=number(Session.objects.all()),
        waiting_count=number(Session.objects.filter(started_at__isnull=True, set_aside="")),
        open_round_count=number(Round.objects.filter(state=RoundState.OPEN)),
        running_count=number(Session.objects.filter(started_at__isnull=False, ended_at__isnull=True)),
    )


def _attending() -> QuerySet[Any]:
    """How many are at the session that runs."""
    running = Attendance.objects.filter(
        session__workshop=OuterRef("pk"), session__started_at__isnull=False, session__ended_at__isnull=True
    )
    return running.order_by().values("session__workshop").annotate(n=Count("pk"))


@dataclass(frozen=True)
class Step:
    """The next thing to do. ``url`` is a page, or the target of a form when ``post`` says so with its fields."""

    text: str
    url: str
    post: bool = False
    fields: dict[str, str] = field(default_factory=dict)
    note: str = ""
    confirm: str = ""


@dataclass(frozen=True)
class ZoneBallots:
    """How many ballots a zone has sent, of how many; never what is on them."""

    code: str
    name: str
    received: int
    entitled: int

    @property
    def percent(self) -> int:
        return self.received * 100 // self.entitled if self.entitled else 0


@dataclass
class Desk:
    """Everything on the desk at one moment. ``now`` is server time, so that every screen agrees."""

    workshop: Any
    now: datetime
    lines: list[SessionLine]
    rounds: list[Round]
    ballots: list[ZoneBallots]
    undecided: list[Candidate]
    drift: int = 0
    linked: list[Candidate] = field(default_factory=list)
    timer: Timer | None = None
    temperature: Temperature | None = None

    @property
    def running(self) -> SessionLine | None:
        return next((line for line in self.lines if line.state == "now"), None)

    @property
    def upcoming(self) -> SessionLine | None:
        """What comes next: the first that waits, then the first that was parked."""
        coming = upcoming_of([line.session for line in self.lines])
        return next((line for line in self.lines if line.session is coming), None)

    @property
    def open_round(self) -> Round | None:
        return next((one for one in self.rounds if one.state == RoundState.OPEN), None)

    @property
    def prepared_round(self) -> Round | None:
        return next((one for one in self.rounds if one.state == RoundState.PREPARED), None)

    @property
    def last_closed_round(self) -> Round | None:
        return next((one for one in reversed(self.rounds) if one.state == RoundState.CLOSED), None)

    @property
    def received(self) -> int:
        return sum(zone.received for zone in self.ballots)

    @property
    def entitled(self) -> int:
        return sum(zone.entitled for zone in self.ballots)

    @property
    def received_percent(self) -> int:
        return self.received * 100 // self.entitled if self.entitled else 0

    @property
    def ahead(self) -> int:
        """By how many minutes the day is ahead of its plan."""
        return max(0, -self.drift)

    @property
    def others(self) -> list[SessionLine]:
        """Every session but the running one: to go there, skip it or park it."""
        return [line for line in self.lines if line.state != "now"]

    @property
    def noted(self) -> Session | None:
        """The session whose note stands on the desk: what runs, else what comes next."""
        line = self.running or self.upcoming
        return line.session if line else None

    @property
    def interpreted(self) -> str:
        """The languages with interpretation while the running session goes on."""
        return interpreted_into(self.workshop, self.running.session if self.running else None)

    @property
    def clock_name(self) -> str:
        """By which clock the hours on the page are, when the workshop has one of its own."""
        return zone_name(timezone.localtime(self.now)) if self.workshop.time_zone else ""

    @property
    def day(self) -> int:
        """Which day of the workshop today is; 0 outside of its dates."""
        today = timezone.localdate(self.now)
        if not self.workshop.starts_on <= today <= self.workshop.ends_on:
            return 0
        return int((today - self.workshop.starts_on).days) + 1

    @property
    def version(self) -> str:
        return version_of(self.workshop, self.now, is_running=self.running is not None)

    @property
    def next_step(self) -> Step | None:
        return next_step(self)


def version_of(workshop: Workshop, now: datetime, *, is_running: bool) -> str:
    """What the live part of the desk looks like, in a word: it changes with the workshop and, while time runs, with
    the minute."""
    minute = f".{int(now.timestamp()) // 60}" if is_running else ""
    return f"{workshop.pk}.{workshop.revision}{minute}{mark_of(workshop, now)}.{get_language()}"


def desk_of(workshop: Workshop) -> Desk:
    """The desk of a workshop that ``with_counts`` has read: five queries, one more for what a running
    session is about, one more while a temperature check is there."""
    now = timezone.now()
    sessions = list(workshop.sessions.select_related("owner", "note"))
    planned = planned_times(workshop, sessions)
    expected = expected_times(sessions, planned, now) if workshop.state == WorkshopState.OPEN else {}
    rounds = list(workshop.rounds.defer("result"))
    open_round = next((one for one in rounds if one.state == RoundState.OPEN), None)
    undecided = (
        []
        if open_round or workshop.state != WorkshopState.OPEN
        else list(Candidate.objects.of(workshop).undecided()[:SHOWN_UNDECIDED])
    )
    running = running_of(sessions)
    linked = linked_to(running)
    attach_units([workshop, *sessions, *undecided, *linked])
    return Desk(
        workshop=workshop,
        now=now,
        lines=[line_of(session, now, planned, expected) for session in sessions],
        rounds=rounds,
        ballots=zone_ballots(open_round) if open_round else [],
        undecided=undecided,
        drift=drift_of(sessions, planned, now),
        linked=linked,
        timer=timer_of(running, now),
        temperature=temperature_of(workshop, sessions, now),
    )


def zone_ballots(round_: Round) -> list[ZoneBallots]:
    """The ballots received by zone, in one query."""
    cast = Ballot.objects.filter(round=round_, organisation=OuterRef("organisation"))
    rows = (
        RoundEntitlement.objects.filter(round=round_)
        .annotate(has_cast=Exists(cast))
        .values("organisation__country__zone")
        .annotate(entitled=Count("pk"), received=Count("pk", filter=Q(has_cast=True)))
        .order_by("organisation__country__zone__order")
        .values_list(
            "organisation__country__zone__code",
            F(f"organisation__country__zone__name_{get_language() or 'en'}"),
            "received",
            "entitled",
        )
    )
    return [ZoneBallots(code, name or code, received, entitled) for code, name, received, entitled in rows]


def linked_to(session: Session | None) -> list[Candidate]:
    """The candidates that a session is about: one query, none without a session."""
    return list(session.candidates.order_by("id")[:SHOWN_LINKED]) if session is not None else []


def next_step(desk: Desk) -> Step | None:
    """The one thing to do next, in the order of a workshop; None when all is done."""
    workshop = desk.workshop
    here = [workshop.public_id]
    if workshop.state == WorkshopState.PLANNED:
        return Step(_("Open the workshop"), reverse("workshops:workshop-open", args=here), post=True)
    if workshop.state == WorkshopState.CLOSED:
        return Step(_("Look at the summary, then publish it"), reverse("workshops:workshop-close", args=here))
    if workshop.state == WorkshopState.PUBLISHED:
        return None
    if desk.open_round is not None:
        return Step(
            _("Close the round"),
            reverse("workshops:round-close", args=[desk.open_round.public_id]),
            post=True,
            confirm=_("Close the round? No ballot can be cast or changed after that."),
        )
    return _step_of_session(desk) or _step_after_sessions(desk)


def _step_of_session(desk: Desk) -> Step | None:
    """What the running session asks for, else the way to the next one."""
    running, upcoming = desk.running, desk.upcoming
    if running is not None and (step := _step_of_kind(desk, running.session)):
        return step
    if upcoming is not None:
        fields = {"ending": str(running.session.public_id)} if running else {}
        title = {"title": shown(upcoming.session, "title").text}
        text = _("Go on to: %(title)s") % title if running else _("Start: %(title)s") % title
        return Step(
            text, reverse("workshops:session-start", args=[upcoming.session.public_id]), post=True, fields=fields
        )
    if running is not None:
        url = reverse("workshops:session-end", args=[running.session.public_id])
        return Step(_("End: %(title)s") % {"title": shown(running.session, "title").text}, url, post=True)
    return None


def _step_of_kind(desk: Desk, session: Session) -> Step | None:
    workshop = desk.workshop
    if session.kind == SessionKind.WEIGHING:
        if desk.prepared_round is not None:
            url = reverse("workshops:round-open", args=[desk.prepared_round.public_id])
            return Step(_("Open the round to the organisations"), url, post=True)
        if not any(one.session_id == session.pk for one in desk.rounds):
            return Step(_("Prepare a round of weighing"), reverse("workshops:round-list", args=[workshop.public_id]))
    if session.kind == SessionKind.DECISION and desk.undecided:
        return _decide(desk)
    return None


def _step_after_sessions(desk: Desk) -> Step:
    if desk.undecided:
        return _decide(desk)
    return Step(_("Close the workshop"), reverse("workshops:workshop-close", args=[desk.workshop.public_id]))


def _decide(desk: Desk) -> Step:
    candidate = desk.undecided[0]
    left = ngettext(
        "%(count)s candidate is still to be decided.",
        "%(count)s candidates are still to be decided.",
        desk.workshop.undecided_count,
    ) % {"count": desk.workshop.undecided_count}
    url = reverse("workshops:decision-edit", args=[candidate.public_id])
    return Step(_("Decide %(code)s") % {"code": candidate.code}, url, note=left)


def needs_of(workshop: Any) -> str:
    """What a workshop needs next, in words, from its counts (``with_counts``): for the list of workshops."""
    if workshop.state == WorkshopState.PLANNED:
        return _("To be opened: then the agreed priorities become its candidates.")
    if workshop.state == WorkshopState.CLOSED:
        return _("Closed. Its summary waits to be published.")
    if workshop.state == WorkshopState.PUBLISHED:
        return _("All done: its summary is published.")
    if workshop.open_round_count:
        return _("A round of weighing is open.")
    if workshop.running_count:
        return _("A session is running.")
    if workshop.waiting_count:
        return ngettext(
            "%(count)s session is still to be held.", "%(count)s sessions are still to be held.", workshop.waiting_count
        ) % {"count": workshop.waiting_count}
    if workshop.undecided_count:
        return ngettext(
            "%(count)s candidate is still to be decided.",
            "%(count)s candidates are still to be decided.",
            workshop.undecided_count,
        ) % {"count": workshop.undecided_count}
    return _("Everything is decided: it can be closed.")
