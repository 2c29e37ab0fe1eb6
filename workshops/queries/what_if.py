"""What if: the ballots of a closed round under each rule and each weight, in what may be shown of it."""

from __future__ import annotations

from dataclasses import dataclass
from string import ascii_uppercase
from typing import Any

from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from planning_portal.languages.queries import attach_units
from planning_portal.organisations.models import Zone
from planning_portal.web.charts import matrix
from planning_portal.web.charts.matrix import Column
from planning_portal.web.formatting import format_number

from ..disclosure import show_alternatives, why_hidden
from ..models import BallotRecord, Candidate, Round
from ..weighing.ballot_file import APPROVALS, read_ballots
from ..weighing.comparison import Alternative, compare
from ..weighing.recompute import terms_of
from ..weighing.words import RULE_WORDS, WEIGHT_WORDS


@dataclass(frozen=True)
class Way:
    """One way to weigh: its letter in tables and pictures, its name, and what it changes, as codes."""

    letter: str
    name: str
    is_in_force: bool
    enters: list[str]
    leaves: list[str]
    is_tied: bool


@dataclass(frozen=True)
class ZoneRow:
    """How many organisations of a zone see a choice of theirs in the result, by way to weigh; None: not shown."""

    code: str
    name: str
    ballots: int | None
    covered: list[int | None]


@dataclass(frozen=True)
class WhatIf:
    """The ways beside each other. ``rows``: candidates that are chosen in any of them, with a mark for each way.

    ``origins``: how many of the chosen were proposed in each zone (the last row: in several), by way to weigh.
    """

    alternatives: list[Way]
    rows: list[tuple[Candidate, list[str]]]
    origins: list[tuple[str, list[int]]]
    zones: list[ZoneRow]
    minimum: int

    @property
    def words(self) -> str:
        others = len(self.alternatives) - 1
        same = sum(1 for way in self.alternatives[1:] if not way.enters and not way.leaves)
        return ngettext(
            "%(same)s of %(others)s other way to weigh gives the same candidates.",
            "%(same)s of %(others)s other ways to weigh give the same candidates.",
            others,
        ) % {"same": format_number(same), "others": format_number(others)}

    @property
    def why_hidden(self) -> str:
        return why_hidden(self.minimum)

    @property
    def picture(self) -> SafeString:
        """From where the chosen come, by way to weigh."""
        return matrix(
            [name for name, _numbers in self.origins],
            [Column(way.letter, way.name) for way in self.alternatives],
            [numbers for _name, numbers in self.origins],
            title=_("In which zone the chosen candidates were proposed"),
            description=self.words,
            full_width=560.0,
        )

    @property
    def has_coverage(self) -> bool:
        return any(number is not None for zone in self.zones for number in zone.covered)


def what_if_of(round_: Round) -> WhatIf | None:
    """Four queries; None when the ballots of the round were not kept, or approve nothing."""
    record = BallotRecord.objects.filter(round=round_).first()
    if record is None:
        return None
    file = read_ballots(record.file.encode())
    if file.kind != APPROVALS or not file.ballots:
        return None
    found = compare(terms_of(file), file.candidates, file.ballots, zones=file.zones, sizes=file.sizes, homes=file.homes)
    chosen = list(dict.fromkeys(code for one in found for code in one.chosen))
    known = {one.code: one for one in Candidate.objects.of(round_.workshop).filter(code__in=chosen)}
    attach_units([round_.workshop, *known.values()])
    names = {zone.code: zone.name or zone.slug for zone in Zone.objects.order_by("order", "slug")}
    result = round_.result or {}
    return WhatIf(
        alternatives=[_way(letter, one) for letter, one in zip(ascii_uppercase, found, strict=False)],
        rows=[(known[code], [_mark(code, one) for one in found]) for code in chosen if code in known],
        origins=_origins(file.homes, names, found),
        zones=[
            _zone_row(code, names[code], result, found)
            for code in names
            if result["zones"].get(code, {}).get("ballots")
        ],
        minimum=result["shown"]["minimum"],
    )


def _way(letter: str, one: Alternative[str, str]) -> Way:
    name = _("%(rule)s; %(weights)s") % {
        "rule": capfirst(str(RULE_WORDS[one.terms.rule].name)),
        "weights": WEIGHT_WORDS[one.terms.weights].name,
    }
    return Way(letter, name, one.is_in_force, one.enters, one.leaves, bool(one.tied_at_edge))


def _mark(code: str, one: Alternative[str, str]) -> str:
    if code in one.leaves:
        return "−"
    if code in one.enters:
        return "+"
    return "✓" if code in one.chosen else ""


def _origins(
    homes: dict[str, str], names: dict[str, str], found: list[Alternative[str, str]]
) -> list[tuple[str, list[int]]]:
    zones = [(code, f"{code} {name}") for code, name in names.items()] + [("", _("Several zones"))]
    rows = [(name, [sum(homes.get(one, "") == code for one in way.chosen) for way in found]) for code, name in zones]
    return [(name, numbers) for name, numbers in rows if any(numbers)]


def _zone_row(code: str, name: str, result: dict[str, Any], found: list[Alternative[str, str]]) -> ZoneRow:
    kept, shown = result["zones"][code], result["shown"]
    values = [one.zones[code].covered for one in found]
    covered = show_alternatives(shown["covered"]["zones"][code], values, kept["ballots"], kept["minimum"])
    ballots = shown["ballots"]["zones"][code]
    return ZoneRow(code, name, ballots, covered)
