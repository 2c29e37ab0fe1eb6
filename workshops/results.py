"""The result of a round as it is kept: everything that is needed to check it, and what of it may be shown.

The layout is plain JSON, so that a result reads the same in ten years:

- ``rule``, ``rule_version``, ``seats``: by which rule it was made;
- ``candidates``: ids in their published order; ``ranking``, ``chosen``, ``tied_at_edge``: ids;
- ``counts``: approvals by id; ``ballots``, ``entitled``, ``blank``, ``covered``: numbers of organisations;
- ``sources``: how the ballots came in;
- ``zones``: by code ``ballots``, ``entitled``, ``covered``, ``minimum`` and ``counts``;
- ``shown``: the part that leaves this place (``disclosure``): ``minimum``; ``totals`` by id; ``zones`` by id and code;
  ``ballots``, ``entitled`` and ``covered`` each with ``total`` and ``zones`` by code. A number that must stay hidden
  is null.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from planning_portal.organisations.models import Country, Organisation

from .disclosure import LOWEST_MINIMUM, Cell, show, show_number
from .models import Ballot, Candidate, Round
from .weighing import Outcome, weigh

RULE_VERSION = "1"
"""The version by which ``weigh`` weighs: of every rule the first."""


def result_of(round_: Round) -> dict[str, Any]:
    """Count the ballots of ``round_`` by its rule. A fixed number of queries."""
    candidates = list(Candidate.objects.of(round_.workshop).on_ballot().order_by("id").values_list("pk", flat=True))
    entitled = list(
        Organisation.objects.filter(pk__in=round_.entitlements.values("organisation_id"))
        .select_related("country__zone")
        .order_by("country__zone__order", "id")
    )
    ballots: dict[int, set[int]] = {}
    sources: Counter[str] = Counter()
    cast = Ballot.objects.filter(round=round_).order_by("id")
    for organisation_id, source in cast.values_list("organisation_id", "source"):
        ballots[organisation_id] = set()
        sources[source] += 1
    approvals = Ballot.choices.through.objects.filter(ballot__round=round_)
    for organisation_id, candidate_id in approvals.values_list("ballot__organisation_id", "candidate_id"):
        ballots[organisation_id].add(candidate_id)
    zones = {organisation.pk: organisation.country.zone.code for organisation in entitled}
    outcome = weigh(
        round_.rule,
        candidates,
        {organisation_id: frozenset(choices) for organisation_id, choices in ballots.items()},
        seats=round_.seats,
        zones=zones,
    )
    return {
        "rule": round_.rule,
        "rule_version": RULE_VERSION,
        "seats": round_.seats,
        "candidates": candidates,
        "ranking": outcome.ranking,
        "chosen": outcome.chosen,
        "tied_at_edge": outcome.tied_at_edge,
        "counts": _by_id(outcome.counts),
        "ballots": outcome.ballots,
        "blank": outcome.blank,
        "covered": outcome.covered,
        "entitled": len(entitled),
        "sources": dict(sources),
        "zones": (by_zone := _zones(outcome, entitled)),
        "shown": _shown(outcome, by_zone),
    }


def minimums_of(organisations: list[Organisation]) -> dict[str, int]:
    """By zone code, the smallest number a tally may show: the strictest among the countries that take part."""
    minimums: dict[str, int] = {}
    for organisation in organisations:
        country: Country = organisation.country
        minimums[country.zone.code] = max(minimums.get(country.zone.code, LOWEST_MINIMUM), country.minimum_cell)
    return minimums


def _zones(outcome: Outcome[int], entitled: list[Organisation]) -> dict[str, Any]:
    sizes = Counter(organisation.country.zone.code for organisation in entitled)
    return {
        code: {
            "ballots": outcome.groups[code].ballots,
            "entitled": sizes[code],
            "covered": outcome.groups[code].covered,
            "minimum": minimum,
            "counts": _by_id(outcome.groups[code].counts),
        }
        for code, minimum in minimums_of(entitled).items()
    }


def _shown(outcome: Outcome[int], zones: dict[str, Any]) -> dict[str, Any]:
    totals: dict[str, int | None] = {}
    cells: dict[str, dict[str, int | None]] = {}
    for candidate in outcome.ranking:
        row = show(
            [
                Cell(zone["counts"][str(candidate)], zone["ballots"], zone["minimum"], hides_rest=True)
                for zone in zones.values()
            ]
        )
        totals[str(candidate)] = row.total
        cells[str(candidate)] = dict(zip(zones, row.cells, strict=True))
    shown: dict[str, Any] = {
        "minimum": max((zone["minimum"] for zone in zones.values()), default=LOWEST_MINIMUM),
        "totals": totals,
        "zones": cells,
    }
    everybody = sum(zone["entitled"] for zone in zones.values())
    for name, of in (("ballots", "entitled"), ("entitled", "entitled"), ("covered", "ballots")):
        row = show([Cell(zone[name], zone[of], zone["minimum"], bound=everybody) for zone in zones.values()])
        shown[name] = {"total": row.total, "zones": dict(zip(zones, row.cells, strict=True))}
    # How many see a choice of theirs in the result is no result: where nearly all do, it says what few of them chose.
    voted = sum(zone["ballots"] for zone in zones.values())
    covered = sum(zone["covered"] for zone in zones.values())
    if show_number(covered, shown["minimum"], of=voted) is None:
        shown["covered"] = {"total": None, "zones": dict.fromkeys(zones)}
    return shown


def _by_id(counts: dict[int, int]) -> dict[str, int]:
    return {str(candidate): number for candidate, number in counts.items()}
