"""The coverage radar: which organisations of which kind, and which themes, are still silent in which country.

Two queries, however many countries. For who runs a country or follows all: names by identity.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import pgettext_lazy

from planning_portal.organisations.identity import Viewer, name_of
from planning_portal.organisations.models import Country, Organisation, OrganisationKind
from planning_portal.programme.models import Step, Theme

from .models import LISTED, Consultation, ConsultationState, Participation, Priority, PriorityState, Reminder
from .progress import Choice
from .queries import option_label

SHORT_KINDS: dict[str, Any] = {
    OrganisationKind.TRADE_UNION: pgettext_lazy("organisations", "Unions"),
    OrganisationKind.HEALTH_MUTUAL: pgettext_lazy("organisations", "Mutuals"),
    OrganisationKind.NGO: pgettext_lazy("organisations", "NGOs"),
    OrganisationKind.SOCIAL_ECONOMY: pgettext_lazy("organisations", "Economy"),
    OrganisationKind.YOUTH: pgettext_lazy("organisations", "Youth"),
    OrganisationKind.WOMEN: pgettext_lazy("organisations", "Women"),
    OrganisationKind.OLDER_PEOPLE: pgettext_lazy("organisations", "Older"),
    OrganisationKind.NETWORK: pgettext_lazy("organisations", "Networks"),
}


@dataclass(frozen=True)
class Cell:
    """Of ``listed`` organisations, how many have submitted."""

    spoken: int = 0
    listed: int = 0

    @property
    def is_silent(self) -> bool:
        return bool(self.listed) and not self.spoken

    @property
    def share(self) -> float | None:
        return self.spoken / self.listed if self.listed else None

    def __str__(self) -> str:
        return f"{self.spoken}/{self.listed}" if self.listed else ""


@dataclass(frozen=True)
class Silent:
    """An organisation from which nothing is submitted, and the day it was last reminded."""

    organisation: Organisation
    name: str
    reminded_on: date | None


@dataclass
class CountryCoverage:
    """One country of the radar."""

    consultation: Consultation
    cells: list[Cell] = field(default_factory=list)
    themes: list[int] = field(default_factory=list)
    silent: list[Silent] = field(default_factory=list)
    can_remind: bool = False

    @property
    def country(self) -> Country:
        return self.consultation.country

    @property
    def whole(self) -> Cell:
        return Cell(sum(cell.spoken for cell in self.cells), sum(cell.listed for cell in self.cells))


@dataclass
class Coverage:
    """The radar: its columns, a line for each country, and how many are silent in all."""

    kinds: list[str]
    themes: list[str]
    lines: list[CountryCoverage]

    @property
    def kind_names(self) -> list[str]:
        return [str(OrganisationKind(kind).label) for kind in self.kinds]

    @property
    def silent(self) -> int:
        return sum(len(line.silent) for line in self.lines)

    @property
    def listed(self) -> int:
        return sum(line.whole.listed for line in self.lines)

    @property
    def silent_themes(self) -> list[str]:
        """The themes on which no country has submitted anything."""
        return [
            title for number, title in enumerate(self.themes) if not any(line.themes[number] for line in self.lines)
        ]


def coverage_of(user: Any, step: Step | None, choice: Choice, viewer: Viewer) -> Coverage:
    """The radar of one step for ``user``, narrowed. Countries without anybody on their list are not in it."""
    rows = list(_rows(user, step, choice)) if step else []
    if step is None or not rows:
        return Coverage([], [], [])
    by_consultation: dict[int, list[Any]] = {}
    for row in rows:
        by_consultation.setdefault(row.consultation_id, []).append(row)
    kinds = [kind for kind in OrganisationKind.values if any(row.organisation.kind == kind for row in rows)]
    themes, counts = _themes(step)
    lines = [_line(user, listed, kinds, list(themes), counts, viewer) for listed in by_consultation.values()]
    lines.sort(key=lambda line: (line.country.zone.order, line.country.name))
    return Coverage(kinds, list(themes.values()), lines)


def _rows(user: Any, step: Step, choice: Choice) -> QuerySet[Any]:
    spoken: QuerySet[Any] = QuerySet(Priority).filter(
        consultation=OuterRef("consultation"), organisation=OuterRef("organisation")
    )
    reminders = Reminder.objects.filter(consultation=OuterRef("consultation"), organisation=OuterRef("organisation"))
    rows = Participation.objects.filter(consultation__in=Consultation.objects.followed_by(user).filter(step=step))
    if choice.zone:
        rows = rows.filter(consultation__country__zone=int(choice.zone))
    if choice.state:
        rows = rows.filter(consultation__state=choice.state)
    return (
        rows.annotate(
            has_spoken=Exists(spoken.exclude(state__in=[PriorityState.DRAFT, PriorityState.UNDONE])),
            reminded_on=Subquery(reminders.order_by("-day").values("day")[:1]),
        )
        .select_related("consultation__country__zone", "consultation__step", "organisation__country__zone")
        .defer(*(f"consultation__{text}_{code}" for text in Consultation.TEXTS for code in ("en", "es", "fr", "nl")))
        .order_by("pk")
    )


def _themes(step: Step) -> tuple[dict[int, str], dict[tuple[int, int], int]]:
    """The themes with their titles, and how many priorities are submitted by consultation and theme."""
    handed_in = Q(priorities__consultation__step=step) & Q(priorities__state__in=LISTED)
    rows = (
        Theme.objects.filter(programme=step.programme_id)
        .annotate(number=Count("priorities", filter=handed_in))
        .values("pk", "priorities__consultation_id", "number", "order", "source_language", "slug", *_titles())
        .order_by("order", "pk")
    )
    titles: dict[int, str] = {}
    counts: dict[tuple[int, int], int] = {}
    for row in rows:
        if row["pk"] not in titles:
            theme = Theme(**{name: row[name] for name in ("source_language", "slug", *_titles())})
            titles[row["pk"]] = option_label(theme, "title")
        if row["number"]:
            counts[row["priorities__consultation_id"], row["pk"]] = row["number"]
    return titles, counts


def _titles() -> tuple[str, ...]:
    return ("title_en", "title_es", "title_fr", "title_nl")


def _line(
    user: Any,
    rows: Sequence[Any],
    kinds: Iterable[str],
    themes: Iterable[int],
    counts: dict[tuple[int, int], int],
    viewer: Viewer,
) -> CountryCoverage:
    consultation = rows[0].consultation
    cells = []
    for kind in kinds:
        of_kind = [row for row in rows if row.organisation.kind == kind]
        cells.append(Cell(sum(row.has_spoken for row in of_kind), len(of_kind)))
    silent = [
        Silent(row.organisation, name_of(row.organisation, viewer), row.reminded_on)
        for row in rows
        if not row.has_spoken and row.organisation.is_active
    ]
    return CountryCoverage(
        consultation,
        cells,
        [counts.get((consultation.pk, theme), 0) for theme in themes],
        sorted(silent, key=lambda one: one.name.casefold()),
        consultation.state == ConsultationState.OPEN and user.has_perm("consultations.remind", consultation),
    )
