"""The coverage radar: who is still silent, by country, kind of organisation and theme.

Two queries, however many countries. For who runs a country or follows all: names by identity.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.text import capfirst

from planning_portal.organisations.identity import Viewer, name_of
from planning_portal.organisations.models import Country, Organisation, OrganisationKind
from planning_portal.programme.models import Step, Theme

from .models import LISTED, Consultation, ConsultationState, Participation, Reminder
from .progress import Choice
from .queries import option_label
from .reminders import spoken_words


@dataclass(frozen=True)
class Silent:
    """An organisation from which nothing is submitted (on the theme, if one is chosen), and the day it was last
    reminded."""

    organisation: Organisation
    name: str
    reminded_on: date | None


@dataclass(frozen=True)
class Cell:
    """The organisations of one kind on a country's list: how many have submitted, and who has not. Who has left the
    programme without a word is not waited for."""

    kind: str = ""
    spoken: int = 0
    silent: Sequence[Silent] = ()

    @property
    def listed(self) -> int:
        return self.spoken + len(self.silent)

    @property
    def tint(self) -> str:
        """The class of its colour; the numbers say the same."""
        return "" if not self.listed else "stop" if not self.spoken else "waiting" if self.silent else "done"

    def __str__(self) -> str:
        return f"{self.spoken}/{self.listed}" if self.listed else ""


@dataclass
class CountryCoverage:
    """One country of the radar."""

    consultation: Consultation
    cells: list[Cell] = field(default_factory=list)
    themes: dict[int, int] = field(default_factory=dict)
    can_remind: bool = False

    @property
    def country(self) -> Country:
        return self.consultation.country

    @property
    def whole(self) -> Cell:
        silent = [one for cell in self.cells for one in cell.silent]
        silent.sort(key=lambda one: one.name.casefold())
        return Cell("", sum(cell.spoken for cell in self.cells), silent)

    def cell_of(self, kind: str) -> Cell:
        """The cell of ``kind``, the whole line without one."""
        return next((cell for cell in self.cells if cell.kind == kind), Cell(kind)) if kind else self.whole


@dataclass
class Coverage:
    """The radar: its columns, a line for each country, and what of it is looked at more closely."""

    kinds: list[str]
    themes: dict[int, str]
    lines: list[CountryCoverage]
    choice: Choice = field(default_factory=Choice)

    @property
    def columns(self) -> list[str]:
        """The kinds in words."""
        return [kind_in_words(kind) for kind in self.kinds]

    @property
    def base(self) -> str:
        """The beginning of the addresses of cells: all that is chosen but the cell."""
        return _beginning(self.choice.but(country="", kind=""))

    @property
    def base_of_themes(self) -> str:
        """The same for the cells of themes."""
        return _beginning(self.choice.but(country="", kind="", theme=""))

    @property
    def theme(self) -> str:
        """The title of the chosen theme."""
        return self.themes.get(int(self.choice.theme), "") if self.choice.theme else ""

    @property
    def kind(self) -> str:
        """The chosen kind in words."""
        return kind_in_words(self.choice.kind) if self.choice.kind else ""

    @property
    def country(self) -> str:
        """The name of the chosen country."""
        return next((line.country.name for line in self.lines if str(line.country.pk) == self.choice.country), "")

    @property
    def whole(self) -> Cell:
        cells = [line.whole for line in self.lines]
        return Cell("", sum(cell.spoken for cell in cells), [one for cell in cells for one in cell.silent])

    @property
    def totals(self) -> list[Cell]:
        """By kind, all countries together."""
        columns = zip(*(line.cells for line in self.lines), strict=True)
        return [
            Cell(cells[0].kind, sum(cell.spoken for cell in cells), [one for cell in cells for one in cell.silent])
            for cells in columns
        ]

    @property
    def chosen(self) -> list[tuple[CountryCoverage, Cell]]:
        """Who is silent in the chosen cell, country by country; in all of them while none is chosen."""
        found = [
            (line, line.cell_of(self.choice.kind))
            for line in self.lines
            if not self.choice.country or str(line.country.pk) == self.choice.country
        ]
        return [(line, cell) for line, cell in found if cell.silent]

    @property
    def chosen_silent(self) -> int:
        return sum(len(cell.silent) for _line_, cell in self.chosen)

    @property
    def can_remind(self) -> bool:
        """Whether the reader may remind anyone of the chosen ones."""
        return any(line.can_remind for line, _cell_ in self.chosen)

    def to_remind(self, today: date) -> int:
        """How many of the chosen ones a reminder would reach today."""
        cells = [cell for line, cell in self.chosen if line.can_remind]
        return sum(one.reminded_on != today for cell in cells for one in cell.silent)

    @property
    def silent_themes(self) -> list[str]:
        """The themes on which no country has submitted anything."""
        return [title for pk, title in self.themes.items() if not any(line.themes[pk] for line in self.lines)]


def _beginning(choice: Choice) -> str:
    query = choice.as_query()
    return f"?{query}&" if query else "?"


def kind_in_words(kind: str) -> str:
    return capfirst(str(OrganisationKind(kind).label))


def coverage_of(user: Any, step: Step | None, choice: Choice, viewer: Viewer) -> Coverage:
    """The radar of one step for ``user``, narrowed. Countries without anybody on their list are not in it."""
    themes, counts = _themes(step) if step else ({}, {})
    if choice.theme and int(choice.theme) not in themes:
        choice = choice.but(theme="")
    rows = list(_rows(user, step, choice)) if step else []
    if not rows:
        return Coverage([], themes, [], choice)
    by_consultation: dict[int, list[Any]] = {}
    for row in rows:
        by_consultation.setdefault(row.consultation_id, []).append(row)
    kinds = [kind for kind in OrganisationKind.values if any(row.organisation.kind == kind for row in rows)]
    lines = [_line(user, listed, kinds, list(themes), counts, viewer) for listed in by_consultation.values()]
    lines.sort(key=lambda line: (line.country.zone.order, line.country.name))
    return Coverage(kinds, themes, lines, choice)


def _rows(user: Any, step: Step, choice: Choice) -> QuerySet[Any]:
    spoken = spoken_words(OuterRef("consultation"), OuterRef("organisation"), choice.theme)
    reminders = Reminder.objects.filter(consultation=OuterRef("consultation"), organisation=OuterRef("organisation"))
    rows = Participation.objects.filter(consultation__in=Consultation.objects.followed_by(user).filter(step=step))
    if choice.zone:
        rows = rows.filter(consultation__country__zone=int(choice.zone))
    if choice.state:
        rows = rows.filter(consultation__state=choice.state)
    return (
        rows.annotate(
            has_spoken=Exists(spoken),
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
        silent = [
            Silent(row.organisation, name_of(row.organisation, viewer), row.reminded_on)
            for row in of_kind
            if not row.has_spoken and row.organisation.is_active
        ]
        silent.sort(key=lambda one: one.name.casefold())
        cells.append(Cell(kind, sum(row.has_spoken for row in of_kind), silent))
    return CountryCoverage(
        consultation,
        cells,
        {theme: counts.get((consultation.pk, theme), 0) for theme in themes},
        consultation.state == ConsultationState.OPEN and user.has_perm("consultations.remind", consultation),
    )
