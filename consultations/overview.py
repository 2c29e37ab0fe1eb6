"""What the countries have agreed, at a glance: themes, levels and groups of workers by zone, or by country of one zone.

What a workshop starts from. Members may read each agreed priority, so their numbers hide nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from planning_portal.organisations.models import Zone
from planning_portal.programme.models import Level
from planning_portal.web import charts

from .models import Consultation, ConsultationState, Priority, PriorityState
from .queries import FilterOptions, Filters


@dataclass(frozen=True)
class Place:
    """A column: a zone, or a country of the chosen zone. ``query`` narrows the list of priorities to it."""

    key: int
    code: str
    name: str
    query: str
    zone: str = ""
    is_waiting: bool = False


@dataclass(frozen=True)
class Line:
    """A row: how many agreed priorities in each place, and all together. ``query`` narrows the list to it."""

    label: str
    cells: list[tuple[int, Place]]
    query: str

    @property
    def total(self) -> int:
        return sum(number for number, _place in self.cells)


@dataclass(frozen=True)
class Part:
    """One table. A priority can concern several groups of workers, so those rows have no sum under them."""

    caption: str
    head: str
    lines: list[Line]
    totals: list[int] = field(default_factory=list)

    @property
    def total(self) -> int:
        return sum(self.totals)


@dataclass(frozen=True)
class Overview:
    """The whole page."""

    places: list[Place]
    parts: list[Part]
    total: int
    waiting: list[str]
    picture: Any = ""


def overview_for(user: Any, filters: Filters, options: FilterOptions) -> Overview:
    """The overview under a zone, a level and a group of workers: 3 queries, whatever the number of priorities.

    ``options`` names the themes and the groups.
    """
    consultations = list(
        Consultation.objects.visible_to(user)
        .filter(step__programme__is_current=True)
        .select_related("country__zone")
        .order_by("country__zone__order", "country__iso2", "step__order")
    )
    zone = filters.zone
    inside = [one for one in consultations if not zone or str(one.country.zone_id) == zone]
    places = _countries(inside) if zone else _zones(inside)
    column = "consultation__country" if zone else "consultation__country__zone"
    agreed = _agreed(user, filters)
    counts = Counter[tuple[Any, Any, Any]]()
    rows = agreed.order_by().annotate(place=F(column)).values_list("place", "theme", "level").annotate(n=Count("pk"))
    for place, theme, level, number in rows:
        counts[place, theme, level] += number
    groups = Counter[tuple[Any, Any]]()
    by_group = agreed.order_by().annotate(place=F(column)).values_list("place", "groups").annotate(n=Count("pk"))
    for place, group, number in by_group:
        groups[place, group] += number
    parts = [
        _part(
            _("Agreed priorities by theme"),
            _("Theme"),
            [(name, f"theme={key}", int(key)) for key, name in options.themes],
            places,
            _summed(counts, lambda _place, theme, _level: theme),
        ),
        _part(
            _("By the level that must answer"),
            _("Level"),
            [(capfirst(str(level.label)), f"level={level.value}", level.value) for level in Level],
            places,
            _summed(counts, lambda _place, _theme, level: level),
        ),
        _part(
            _("By group of workers concerned"),
            _("Group of workers"),
            [(name, f"group={key}", int(key)) for key, name in options.groups],
            places,
            groups,
            has_totals=False,
        ),
    ]
    total = sum(counts.values())
    return Overview(places, parts, total, _waiting(inside), _picture(parts[0], places) if total and places else "")


def _agreed(user: Any, filters: Filters) -> Any:
    narrowed = Filters(level=filters.level, group=filters.group, zone=filters.zone, theme=filters.theme)
    return narrowed.apply(Priority.objects.visible_to(user)).filter(
        state=PriorityState.AGREED, consultation__step__programme__is_current=True
    )


def _countries(consultations: Iterable[Consultation]) -> list[Place]:
    found: dict[int, Place] = {}
    for one in consultations:
        country = one.country
        found[country.pk] = Place(
            country.pk,
            country.iso2,
            country.name,
            f"country={country.pk}",
            is_waiting=one.state != ConsultationState.CLOSED,
        )
    return list(found.values())


def _zones(consultations: Iterable[Consultation]) -> list[Place]:
    zones: dict[int, Zone] = {one.country.zone_id: one.country.zone for one in consultations}
    return [Place(pk, zone.code, str(zone), f"zone={pk}", zone=zone.code) for pk, zone in zones.items()]


def _waiting(consultations: Iterable[Consultation]) -> list[str]:
    """The countries whose last consultation is not closed: what is counted here can still grow."""
    last = {one.country_id: one for one in consultations}
    return sorted(one.country.name for one in last.values() if one.state != ConsultationState.CLOSED)


def _summed(counts: Mapping[tuple[Any, Any, Any], int], key: Any) -> Counter[tuple[Any, Any]]:
    summed = Counter[tuple[Any, Any]]()
    for (place, theme, level), number in counts.items():
        summed[place, key(place, theme, level)] += number
    return summed


def _part(
    caption: str,
    head: str,
    rows: Iterable[tuple[str, str, Any]],
    places: list[Place],
    counts: Counter[tuple[Any, Any]],
    *,
    has_totals: bool = True,
) -> Part:
    lines = [Line(label, [(counts[place.key, key], place) for place in places], query) for label, query, key in rows]
    totals = [sum(line.cells[number][0] for line in lines) for number in range(len(places))] if has_totals else []
    return Part(caption, head, lines, totals)


def _picture(part: Part, places: list[Place]) -> Any:
    return charts.matrix(
        [line.label for line in part.lines],
        [charts.Column(place.code, place.name, place.zone) for place in places],
        [[number for number, _place in line.cells] for line in part.lines],
        title=part.caption,
    )
