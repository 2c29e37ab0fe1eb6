"""The room at one moment: the queue of those who want to speak, who has been heard, and what the screen shows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import get_language, override, pgettext
from django.utils.translation import gettext as _

from planning_portal.languages.names import language_name
from planning_portal.languages.queries import attach_units, shown
from planning_portal.organisations.identity import EVERYONE, Viewer, name_of, short_name_of
from planning_portal.web.formatting import format_number

from ..models import (
    Attendance,
    Ballot,
    Candidate,
    Gender,
    Hand,
    Room,
    Round,
    RoundEntitlement,
    RoundState,
    Session,
    Workshop,
)
from .desk import linked_to
from .schedule import Timer, running_of, timer_of, upcoming_of
from .temperature import Share, Temperature, mark_of, temperature_of

# As many as can be read from the back of a room.
ON_SCREEN = 6
CHOSEN_ON_SCREEN = 12

# The same words in each language of the screen: (language, text), equal ones once.
Words = list[tuple[str, str]]


@dataclass(frozen=True)
class Turn:
    """A raised hand as its reader may know it. ``hints`` say in words why it could come earlier."""

    hand: Hand
    name: str
    zone: str
    zone_name: str
    language: str
    hints: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Heard:
    """How many turns, and for how long in whole seconds, those of one kind have spoken."""

    label: str
    turns: int
    seconds: int

    @property
    def minutes(self) -> int:
        return round(self.seconds / 60)


@dataclass
class Queue:
    """Who speaks, who waits, and who has been heard in the whole workshop."""

    speaking: Turn | None = None
    waiting: list[Turn] = field(default_factory=list)
    heard: list[tuple[str, list[Heard]]] = field(default_factory=list)

    @property
    def has_spoken(self) -> bool:
        return bool(self.heard)


def seconds_of(hand: Hand, now: datetime) -> int:
    """How long a hand has spoken, in whole seconds."""
    if hand.started_at is None:
        return 0
    return max(0, int(((hand.ended_at or now) - hand.started_at).total_seconds()))


def queue_of(workshop: Workshop, running: Session | None, viewer: Viewer) -> Queue:
    """The queue of the running session and who was heard in the workshop: one query."""
    hands = list(
        Hand.objects.filter(session__workshop=workshop, lowered_at__isnull=True)
        .select_related("organisation__country__zone")
        .order_by("position", "id")
    )
    now = timezone.now()
    spoken = [hand for hand in hands if hand.started_at is not None]
    queue = Queue(heard=_heard(spoken, now))
    if running is None:
        return queue
    for hand in hands:
        if hand.session_id != running.pk:
            continue
        if hand.is_speaking:
            queue.speaking = _turn(hand, viewer)
        elif hand.is_waiting:
            queue.waiting.append(_turn(hand, viewer, _hints(hand, spoken, now)))
    return queue


def _turn(hand: Hand, viewer: Viewer, hints: list[str] | None = None) -> Turn:
    zone = hand.organisation.country.zone
    return Turn(
        hand,
        short_name_of(hand.organisation, viewer),
        zone.code,
        zone.name or zone.slug,
        language_name(hand.language, get_language() or "en"),
        hints or [],
    )


def _hints(hand: Hand, spoken: list[Hand], now: datetime) -> list[str]:
    """What speaks for an earlier turn: who has not been heard in this workshop."""
    country = hand.organisation.country
    hints = []
    if all(one.organisation_id != hand.organisation_id for one in spoken):
        hints.append(_("first time"))
    if spoken and all(one.organisation.country.zone_id != country.zone_id for one in spoken):
        hints.append(_("zone not heard yet"))
    if spoken and all(one.organisation.kind != hand.organisation.kind for one in spoken):
        hints.append(_("kind of organisation not heard yet"))
    if spoken and all(one.language != hand.language for one in spoken):
        hints.append(_("language not heard yet"))
    if hand.gender == Gender.WOMAN and _time(spoken, Gender.WOMAN, now) < _time(spoken, Gender.MAN, now):
        hints.append(_("women have spoken less"))
    return hints


def _time(spoken: Iterable[Hand], gender: str, now: datetime) -> int:
    return sum(seconds_of(one, now) for one in spoken if one.gender == gender)


def _heard(spoken: list[Hand], now: datetime) -> list[tuple[str, list[Heard]]]:
    """Turns and time by zone, kind of organisation, language and gender: most time first."""
    if not spoken:
        return []
    reader = get_language() or "en"
    groups: list[tuple[str, Callable[[Hand], str]]] = [
        (_("Zone"), lambda one: one.organisation.country.zone.name or one.organisation.country.zone.slug),
        (_("Kind of organisation"), lambda one: capfirst(str(one.organisation.get_kind_display()))),
        (_("Language"), lambda one: capfirst(language_name(one.language, reader))),
        (_("Gender, where it was said"), lambda one: capfirst(str(one.get_gender_display())) if one.gender else ""),
    ]
    found = []
    for title, of in groups:
        totals: dict[str, list[int]] = {}
        for one in spoken:
            if label := of(one):
                totals.setdefault(label, []).append(seconds_of(one, now))
        lines = [Heard(label, len(times), sum(times)) for label, times in totals.items()]
        if lines:
            found.append((title, sorted(lines, key=lambda line: (-line.seconds, line.label))))
    return found


# --- The screen ----------------------------------------------------------------------------------------------


@dataclass
class Screen:
    """Everything on the screen at one moment; names as everyone may know them, for an address can be passed on."""

    room: Room
    workshop: Workshop
    now: datetime
    running: Session | None = None
    upcoming: Session | None = None
    linked: list[tuple[str, Words]] = field(default_factory=list)
    queue: Queue = field(default_factory=Queue)
    temperature: Temperature | None = None
    received: int | None = None
    entitled: int = 0
    result: Round | None = None
    chosen: list[tuple[str, Words, int | None]] = field(default_factory=list)

    @property
    def view(self) -> str:
        """What is shown: a result only once there is one."""
        if self.room.view == "result" and self.result is None:
            return "now"
        return str(self.room.view)

    @property
    def version(self) -> str:
        return screen_version(self.room, self.workshop, self.now, is_running=self.running is not None)

    @property
    def title(self) -> Words:
        return texts_of(self.workshop, self.room.languages)

    @property
    def running_title(self) -> Words:
        return texts_of(self.running, self.room.languages) if self.running else []

    @property
    def upcoming_title(self) -> Words:
        return texts_of(self.upcoming, self.room.languages) if self.upcoming else []

    @property
    def timer(self) -> Timer | None:
        return timer_of(self.running, self.now)

    @property
    def question(self) -> Words:
        """What the temperature check asks: the typed words in their language, else the item."""
        if self.temperature is None:
            return []
        check, session = self.temperature.check, self.temperature.session
        if check.question or session is None:
            return [(check.language, check.question)]
        return texts_of(session, self.room.languages)

    @property
    def answered(self) -> Words:
        number = format_number(self.temperature.answered or 0) if self.temperature else ""
        return in_languages(self.room.languages, lambda: _("Answers: %(number)s") % {"number": number})

    @property
    def shares(self) -> list[tuple[Words, Share]]:
        """The levels in the languages of the room, with how many said so."""
        shares = self.temperature.shares if self.temperature else []
        return [(in_languages(self.room.languages, partial(str, one.level.label)), one) for one in shares]

    @property
    def waiting(self) -> list[Turn]:
        return self.queue.waiting[:ON_SCREEN]

    @property
    def more_waiting(self) -> int:
        return max(0, len(self.queue.waiting) - ON_SCREEN)

    @property
    def received_percent(self) -> int:
        return (self.received or 0) * 100 // self.entitled if self.entitled else 0

    @property
    def words(self) -> dict[str, Any]:
        """The fixed words of the screen, each in the languages of the room."""
        said = {name: in_languages(self.room.languages, words) for name, words in _fixed_words().items()}
        return {**said, "ballots_label": _("Ballots received")}

    @property
    def ballots(self) -> Words:
        """How many ballots are in, of how many."""
        numbers = {"received": self.received or 0, "entitled": self.entitled}
        return in_languages(
            self.room.languages,
            lambda: (
                _("%(received)s of %(entitled)s ballots are in")
                % {name: format_number(value) for name, value in numbers.items()}
            ),
        )


def _fixed_words() -> dict[str, Callable[[], str]]:
    return {
        "now": lambda: _("Now"),
        "pause": lambda: _("No session is running"),
        "paused": lambda: _("Paused"),
        "soon": lambda: _("Ends soon"),
        "temperature": lambda: _("What do you think? Tap on your phone"),
        "shares": lambda: _("What the organisations think"),
        "few": lambda: _("Too few have answered to show it"),
        "next": lambda: pgettext("what comes after", "Next"),
        "speaks": lambda: pgettext("has the floor", "Speaking"),
        "then": lambda: pgettext("in the queue", "Waiting to speak"),
        "nobody": lambda: _("Nobody waits to speak"),
        "join": lambda: _("Join with your phone"),
        "result": lambda: _("The organisations have chosen"),
    }


def in_languages(languages: Iterable[str], words: Callable[[], Any]) -> Words:
    """What ``words()`` says in each language, equal ones once."""
    said: Words = []
    for language in languages:
        with override(language):
            text = str(words())
        if text not in [other for _language, other in said]:
            said.append((language, text))
    return said


def texts_of(obj: Any, languages: Iterable[str], name: str = "title") -> Words:
    """A text of people in each language: where one is missing, the original once."""
    said: Words = []
    for language in languages:
        text = shown(obj, name, language)
        if text and text.text not in [other for _language, other in said]:
            said.append((text.language, text.text))
    return said


def screen_version(room: Room, workshop: Workshop, now: datetime, *, is_running: bool) -> str:
    """What the screen looks like, in a word: it changes with the workshop and, while time runs, with the minute."""
    minute = f".{int(now.timestamp()) // 60}" if is_running else ""
    return f"{room.pk}.{workshop.revision}{minute}{mark_of(workshop, now)}"


def is_running_now(workshop: Workshop) -> bool:
    return workshop.sessions.filter(started_at__isnull=False, ended_at__isnull=True).exists()


def screen_of(room: Room) -> Screen:
    """The screen of a room (with its ``workshop``): at most eight queries, whatever its size."""
    workshop = room.workshop
    screen = Screen(room, workshop, timezone.now())
    sessions = list(workshop.sessions.all())
    screen.temperature = temperature_of(workshop, sessions, screen.now)
    screen.running, screen.upcoming = running_of(sessions), upcoming_of(sessions)
    rounds = list(workshop.rounds.order_by("number"))
    open_round = next((one for one in rounds if one.state == RoundState.OPEN), None)
    closed = [one for one in rounds if one.state == RoundState.CLOSED]
    screen.result = closed[-1] if closed else None
    candidates = _chosen_candidates(screen.result) if screen.view == "result" else []
    linked = linked_to(screen.running) if screen.view == "now" else []
    attach_units([workshop, *sessions, *candidates, *linked])
    screen.linked = [(one.code, texts_of(one, room.languages)) for one in linked[:ON_SCREEN]]
    with override(room.language):
        screen.queue = queue_of(workshop, screen.running, EVERYONE)
    if open_round is not None:
        screen.received, screen.entitled = ballots_in(open_round)
    totals = screen.result.result["shown"]["totals"] if screen.result and candidates else {}  # type: ignore[index]
    screen.chosen = [(one.code, texts_of(one, room.languages), totals.get(str(one.pk))) for one in candidates]
    return screen


def _chosen_candidates(round_: Round | None) -> list[Candidate]:
    """What the round chose, in its order."""
    keys = (round_.result or {}).get("chosen", [])[:CHOSEN_ON_SCREEN] if round_ else []
    known = Candidate.objects.in_bulk(keys)
    return [known[key] for key in keys if key in known]


def ballots_in(round_: Round) -> tuple[int, int]:
    """How many ballots have come in, of how many: one query."""
    cast = Ballot.objects.filter(round=round_, organisation=OuterRef("organisation"))
    rows = list(RoundEntitlement.objects.filter(round=round_).annotate(has=Exists(cast)).values_list("has", flat=True))
    return sum(rows), len(rows)


# --- A delegate's place --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Seat:
    """One of the reader's organisations in the workshop: is it there, is its hand raised, how many wait before it."""

    organisation: Any
    name: str
    is_present: bool
    hand: Hand | None
    before: int = 0


def seats_of(
    workshop: Workshop, running: Session | None, organisations: Iterable[Any], queue: Queue, viewer: Viewer
) -> list[Seat]:
    """The reader's organisations that are on the list, each there or not in what runs, if something does: one query."""
    delegations = workshop.delegations.filter(organisation__in=[one.pk for one in organisations])
    if running is not None:
        here = Attendance.objects.filter(session=running, organisation=OuterRef("organisation"))
        present = dict(delegations.annotate(here=Exists(here)).values_list("organisation_id", "here"))
    else:
        present = dict(delegations.values_list("organisation_id", "is_present"))
    turns = [turn for turn in [queue.speaking, *queue.waiting] if turn is not None]
    places = {turn.hand.organisation_id: number for number, turn in enumerate(queue.waiting)}
    hands = {turn.hand.organisation_id: turn.hand for turn in turns}
    return [
        Seat(one, name_of(one, viewer), present[one.pk], hands.get(one.pk), places.get(one.pk, 0))
        for one in organisations
        if one.pk in present
    ]


def listed_organisations(workshop: Workshop, viewer: Viewer) -> list[tuple[str, str]]:
    """Every organisation on the list, as choices by name: for a hand that is raised at the desk. One query."""
    delegations = workshop.delegations.select_related("organisation__country__zone")
    rows = [(str(one.organisation.public_id), name_of(one.organisation, viewer)) for one in delegations]
    return sorted(rows, key=lambda row: row[1].casefold())
