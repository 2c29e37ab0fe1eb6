"""Who was there and who was heard, for the facilitators: by session, zone, kind of organisation and language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from planning_portal.languages.names import language_name
from planning_portal.languages.queries import attach_units

from ..models import Attendance, AttendanceSource, Hand, Session, Workshop
from .room import seconds_of


@dataclass
class Row:
    """The organisations of one group. ``visits`` counts an organisation once for each session it was at."""

    label: str
    entitled: int = 0
    present: int = 0
    visits: int = 0
    turns: int = 0
    seconds: int = 0

    @property
    def minutes(self) -> int:
        return round(self.seconds / 60)

    @property
    def average(self) -> float:
        """Sessions attended by an organisation of this group, on average."""
        return self.visits / self.entitled if self.entitled else 0.0


@dataclass(frozen=True)
class Table:
    title: str
    rows: list[Row]
    note: str = ""


@dataclass(frozen=True)
class SessionTotal:
    session: Session
    present: int
    by_phone: int


@dataclass(frozen=True)
class Totals:
    entitled: int
    present: int
    minutes: int
    sessions: list[SessionTotal]
    tables: list[Table]


def totals_of(workshop: Workshop) -> Totals:
    """Five queries, whatever the size of the workshop."""
    delegations = list(workshop.delegations.select_related("organisation__country__zone"))
    sessions = [one for one in workshop.sessions.all() if one.started_at]
    attach_units(sessions)
    visits = list(
        Attendance.objects.filter(session__workshop=workshop).values_list("session_id", "organisation_id", "source")
    )
    hands = list(
        Hand.objects.filter(session__workshop=workshop, started_at__isnull=False).select_related(
            "organisation__country__zone"
        )
    )
    now = timezone.now()
    at_session = Counter(session for session, _organisation, _source in visits)
    by_phone = Counter(session for session, _organisation, source in visits if source == AttendanceSource.PHONE)
    of_organisation = Counter(organisation for _session, organisation, _source in visits)
    reader = get_language() or "en"

    def table(title: str, of: Callable[[Any], str], of_hand: Callable[[Hand], str], note: str = "") -> Table:
        rows: dict[str, Row] = {}

        def row(label: str) -> Row:
            return rows.setdefault(label, Row(label))

        for one in delegations:
            found = row(of(one.organisation))
            found.entitled += 1
            found.present += one.is_present
            found.visits += of_organisation[one.organisation_id]
        for hand in hands:
            found = row(of_hand(hand))
            found.turns += 1
            found.seconds += seconds_of(hand, now)
        return Table(title, sorted(rows.values(), key=lambda found: found.label), note)

    def zone(organisation: Any) -> str:
        return str(organisation.country.zone.name or organisation.country.zone.slug)

    def kind(organisation: Any) -> str:
        return capfirst(str(organisation.get_kind_display()))

    return Totals(
        len(delegations),
        sum(one.is_present for one in delegations),
        round(sum(seconds_of(hand, now) for hand in hands) / 60),
        [SessionTotal(one, at_session[one.pk], by_phone[one.pk]) for one in sessions],
        [
            table(pgettext("of the world", "Zone"), zone, lambda hand: zone(hand.organisation)),
            table(_("Kind of organisation"), kind, lambda hand: kind(hand.organisation)),
            table(
                _("Language"),
                lambda one: capfirst(language_name(one.country.working_language, reader)),
                lambda hand: capfirst(language_name(hand.language, reader)),
                _("Organisations by the working language of their country, turns by the language that was spoken."),
            ),
        ],
    )
