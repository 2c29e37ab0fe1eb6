"""The result of a round as it is kept: everything that is needed to check it, and what of it may be shown.

The layout is plain JSON, so that a result reads the same in ten years:

- ``rule``, ``rule_version``, ``seats``, ``weights``, ``floor``, ``secrecy``, ``seed``: the terms by which it was made;
- ``candidates``: ids in their published order; ``ranking``, ``chosen``, ``tied_at_edge``: ids;
- ``floors``: by zone what was asked, possible and taken; ``for_floor``: ids chosen only because of it;
- ``counts``: approvals by id; ``ballots``, ``entitled``, ``blank``, ``covered``: numbers of organisations;
- ``sources``: how the ballots came in;
- ``zones``: by code ``ballots``, ``entitled``, ``covered``, ``minimum`` and ``counts``;
- ``file``: how the file of ballots may be given out (``Release``);
- ``shown``: the part that leaves this place (``disclosure``): ``minimum``; ``totals`` by id; ``zones`` by id and code;
  ``ballots``, ``entitled`` and ``covered`` each with ``total`` and ``zones`` by code; ``quorum`` (``percent``,
  ``is_met``, and by zone whether it is met); ``consensus`` by id, in hundredths. A number that must stay hidden
  is null.

Rounds that were closed before there were terms have no ``weights``, ``floor``, ``floors``, ``secrecy``, ``seed``,
``quorum``, ``consensus`` and ``file``.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil
from typing import Any

from planning_portal.organisations.models import Country, Organisation

from .disclosure import LOWEST_MINIMUM, Cell, show, show_number
from .models import Ballot, BallotRecord, Candidate, Round
from .queries.lineage import Lineage
from .weighing import Outcome, Terms, decide
from .weighing.agreement import group_consensus
from .weighing.ballot_file import APPROVALS, BallotFile, read_ballots, write_ballots
from .weighing.weights import ONE


class Release:
    """How the file of a round's ballots may be given to those who take part.

    Each ballot in it must be one of at least so many of its zone as a tally may show. Where a zone is smaller, the
    zones are left out; where the weights need them to work the result out again, the file stays here.
    """

    WITH_ZONES = "with_zones"
    WITHOUT_ZONES = "without_zones"
    WITHHELD = "withheld"


@dataclass(frozen=True)
class Counted:
    """What closing a round computes: the result, and the ballots for the record."""

    result: dict[str, Any]
    file: BallotFile


@dataclass(frozen=True)
class Cast:
    """The approvals of an open round as they lie in the database: one frozen read for counting."""

    candidates: dict[int, str]
    homes: dict[int, str]
    entitled: list[Organisation]
    ballots: dict[int, frozenset[int]]
    sources: dict[str, int]

    @property
    def zones(self) -> dict[int, str]:
        return {organisation.pk: organisation.country.zone.code for organisation in self.entitled}

    def weighed(self, terms: Terms) -> Outcome[int]:
        return decide(
            terms, list(self.candidates), self.ballots, zones=self.zones, homes=self.homes, codes=self.candidates
        )


def count_round(round_: Round) -> Counted:
    """Count the ballots of ``round_`` by its rule. A fixed number of queries."""
    cast = _read(round_)
    terms = terms_of(round_, cast.homes)
    outcome = cast.weighed(terms)
    without = cast.weighed(replace(terms, floors={})) if terms.floors else outcome
    for_floor = [pk for pk in outcome.chosen if pk not in without.chosen]
    return Counted(_result(round_, terms, cast, outcome, for_floor), _file(terms, cast))


def terms_of(round_: Round, homes: Mapping[int, str]) -> Terms:
    """The terms of ``round_``: its floor holds for every zone in which one of the candidates was proposed."""
    zones = sorted(set(filter(None, homes.values())))
    return Terms(
        round_.rule,
        round_.seats,
        version=round_.rule_version,
        weights=round_.weights,
        floors=dict.fromkeys(zones, round_.floor) if round_.floor else {},
        seed=round_.seed,
    )


def homes_of(workshop: Any, candidates: Any) -> dict[int, str]:
    """The zone in which each candidate was proposed, for those that come from one: one query."""
    lineage = Lineage.of_workshop(workshop)
    return {pk: home for pk in candidates if (home := lineage.home_of(pk))}


def released_file(round_: Round) -> bytes | None:
    """The file of ballots as those who take part may have it; None when there is none, or it stays here. One query."""
    release = (round_.result or {}).get("file", Release.WITHHELD)
    if release == Release.WITHHELD:
        return None
    content = BallotRecord.objects.get(round=round_).file.encode()
    if release == Release.WITH_ZONES:
        return content
    return write_ballots(replace(read_ballots(content), zones={}, sizes={}))


def minimums_of(organisations: list[Organisation]) -> dict[str, int]:
    """By zone code, the smallest number a tally may show: the strictest among the countries that take part."""
    minimums: dict[str, int] = {}
    for organisation in organisations:
        country: Country = organisation.country
        minimums[country.zone.code] = max(minimums.get(country.zone.code, LOWEST_MINIMUM), country.minimum_cell)
    return minimums


def needed_for(quorum: int, entitled: int) -> int:
    """How many of ``entitled`` organisations make ``quorum`` hundredths of them, rounded up."""
    return ceil(Fraction(quorum * entitled, 100))


def _read(round_: Round) -> Cast:
    candidates = dict(
        Candidate.objects.of(round_.workshop).on_ballot().order_by("id").values_list("pk", "code")  # type: ignore[arg-type]
    )
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
    return Cast(
        candidates=candidates,
        homes=homes_of(round_.workshop, candidates),
        entitled=entitled,
        ballots={organisation_id: frozenset(choices) for organisation_id, choices in ballots.items()},
        sources=dict(sources),
    )


def _result(round_: Round, terms: Terms, cast: Cast, outcome: Outcome[int], for_floor: list[int]) -> dict[str, Any]:
    by_zone = _zones(outcome, cast.entitled)
    return {
        "rule": terms.rule,
        "rule_version": terms.version,
        "seats": terms.seats,
        "weights": terms.weights,
        "floor": round_.floor,
        "secrecy": round_.secrecy,
        "seed": terms.seed,
        "candidates": list(cast.candidates),
        "ranking": outcome.ranking,
        "chosen": outcome.chosen,
        "tied_at_edge": outcome.tied_at_edge,
        "floors": {
            zone: {"asked": floor.asked, "possible": floor.possible, "taken": floor.taken}
            for zone, floor in outcome.floors.items()
        },
        "for_floor": for_floor,
        "counts": _by_id(outcome.counts),
        "ballots": outcome.ballots,
        "blank": outcome.blank,
        "covered": outcome.covered,
        "entitled": len(cast.entitled),
        "sources": cast.sources,
        "zones": by_zone,
        "file": _release(by_zone, terms),
        "shown": _shown(outcome, by_zone, round_.quorum),
    }


def _file(terms: Terms, cast: Cast) -> BallotFile:
    """The ballots under words drawn by chance, in their order: nothing tells which organisation is which."""
    code, zones = cast.candidates, cast.zones
    voters = dict(zip(sorted(_words(len(cast.ballots))), _shuffled(cast.ballots), strict=True))
    return BallotFile(
        kind=APPROVALS,
        candidates=list(code.values()),
        ballots={word: frozenset(code[pk] for pk in cast.ballots[voter]) for word, voter in voters.items()},
        zones={word: zones[voter] for word, voter in voters.items()},
        head={
            "rule": terms.rule,
            "version": terms.version,
            "seats": str(terms.seats),
            "weights": terms.weights,
            "seed": terms.seed,
        },
        floors=dict(terms.floors),
        sizes=dict(Counter(zones.values())),
        homes={code[pk]: home for pk, home in cast.homes.items()},
    )


def _shuffled(ballots: Mapping[int, Any]) -> list[int]:
    voters = list(ballots)
    secrets.SystemRandom().shuffle(voters)
    return voters


def _words(number: int) -> set[str]:
    """So many different words; none that a spreadsheet would take for a number."""
    words: set[str] = set()
    while len(words) < number:
        words.add(f"v{secrets.token_hex(4)}")
    return words


def _release(zones: Mapping[str, Any], terms: Terms) -> str:
    voting = {code: zone for code, zone in zones.items() if zone["ballots"]}
    if all(zone["ballots"] >= zone["minimum"] for zone in voting.values()):
        return Release.WITH_ZONES
    strictest = max(zone["minimum"] for zone in voting.values())
    if terms.weights == ONE and sum(zone["ballots"] for zone in voting.values()) >= strictest:
        return Release.WITHOUT_ZONES
    return Release.WITHHELD


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


def _shown(outcome: Outcome[int], zones: dict[str, Any], quorum: int) -> dict[str, Any]:
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
    for name in ("ballots", "entitled"):
        row = show([Cell(zone[name], zone["entitled"], zone["minimum"], bound=everybody) for zone in zones.values()])
        shown[name] = {"total": row.total, "zones": dict(zip(zones, row.cells, strict=True))}
    # Where one candidate is chosen, these are its approvals: they hide what the row of that candidate hides.
    row = show([Cell(zone["covered"], zone["ballots"], zone["minimum"], hides_rest=True) for zone in zones.values()])
    shown["covered"] = {"total": row.total, "zones": dict(zip(zones, row.cells, strict=True))}
    # How many see a choice of theirs in the result is no result: where nearly all do, it says what few of them chose.
    voted = sum(zone["ballots"] for zone in zones.values())
    covered = sum(zone["covered"] for zone in zones.values())
    if show_number(covered, shown["minimum"], of=voted) is None:
        shown["covered"] = {"total": None, "zones": dict.fromkeys(zones)}
    shown["quorum"] = _quorum(zones, shown["ballots"]["zones"], quorum)
    shown["consensus"] = {pk: _consensus(row, shown["ballots"]["zones"]) for pk, row in cells.items()}
    return shown


def _quorum(zones: dict[str, Any], ballots: Mapping[str, int | None], quorum: int) -> dict[str, Any]:
    """Met or not, in each zone whose number of ballots is shown, and in all together."""
    met = {code: zone["ballots"] >= needed_for(quorum, zone["entitled"]) for code, zone in zones.items()}
    return {
        "percent": quorum,
        "is_met": all(met.values()),
        "zones": {code: is_met if ballots[code] is not None else None for code, is_met in met.items()},
    }


def _consensus(approving: Mapping[str, int | None], ballots: Mapping[str, int | None]) -> int | None:
    """The agreement across the zones in hundredths, from numbers that are shown and no others."""
    known = {code: number for code, number in approving.items() if number is not None}
    voting = {code: number for code, number in ballots.items() if number is not None}
    if len(voting) < len(ballots) or len(known) < len(approving) or len(list(filter(None, voting.values()))) < 2:
        return None
    return int(group_consensus(known, voting).root * 100)


def _by_id(counts: dict[int, int]) -> dict[str, int]:
    return {str(candidate): number for candidate, number in counts.items()}
