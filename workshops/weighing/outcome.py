"""From ballots that approve candidates to the outcome of a round, whole and by zone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Generic, TypeVar

from .approvals import Approvals, Seats, Step
from .errors import WeighingError
from .rules import PUBLISHED_ORDER, RULES, Terms, rule_of
from .ties import tie_key
from .weights import ballot_weights

# A candidate and a voter: a number in the portal, a code and a pseudonym in a file.
K = TypeVar("K", bound=Hashable)
V = TypeVar("V", bound=Hashable)


@dataclass(frozen=True)
class Group(Generic[K]):
    """What the ballots of one zone say. ``covered`` organisations have at least one of their choices in the result.

    ``weight`` is what each of its ballots weighs; only the ratios between zones matter.
    """

    ballots: int
    counts: dict[K, int]
    covered: int
    weight: int = 1


@dataclass(frozen=True)
class Floor:
    """The floor of a zone: seats asked for, those that its approved candidates can fill at all, and those they took."""

    asked: int
    possible: int
    taken: int


@dataclass(frozen=True)
class Outcome(Generic[K]):
    """The result of a round, whole and by zone.

    ``ranking`` holds every candidate: the chosen ones in the order in which they took their seats, then the others by
    the weight of their supporters. ``chosen`` are those that take a seat. ``tied_at_edge`` are all that were equal to
    one that took a seat when not all of them found one in the end: among those the order of ties decided, and a reader
    must be told. ``steps`` are the seats one by one, with the value at which each was taken.
    """

    ranking: list[K]
    chosen: list[K]
    tied_at_edge: list[K]
    counts: dict[K, int]
    ballots: int
    blank: int
    covered: int
    groups: dict[str, Group[K]]
    steps: list[Step[K]] = field(default_factory=list)
    floors: dict[str, Floor] = field(default_factory=dict)

    def share(self, candidate: K) -> Fraction:
        """The exact share of the ballots that approve ``candidate``; nothing when there is no ballot."""
        return Fraction(self.counts[candidate], self.ballots) if self.ballots else Fraction(0)


def count(candidates: Iterable[K], ballots: Mapping[V, frozenset[K]]) -> dict[K, int]:
    """How many ballots approve each candidate."""
    counts = dict.fromkeys(candidates, 0)
    for choices in ballots.values():
        for candidate in choices:
            counts[candidate] += 1
    return counts


def coverage(chosen: Iterable[K], ballots: Mapping[V, frozenset[K]]) -> int:
    """How many organisations have at least one of their choices among ``chosen``."""
    wanted = frozenset(chosen)
    return sum(1 for choices in ballots.values() if choices & wanted)


def weigh(
    rule: str,
    candidates: Sequence[K],
    ballots: Mapping[V, frozenset[K]],
    *,
    seats: int,
    zones: Mapping[V, str] | None = None,
) -> Outcome[K]:
    """Weigh by the first version of ``rule``, one organisation one vote, without floors: see ``decide``.

    Raises KeyError for a ballot that names something else than a candidate, and for an unknown rule.
    """
    if rule not in RULES:
        raise KeyError(rule)
    return decide(Terms(rule, seats), candidates, ballots, zones=zones)


def decide(
    terms: Terms,
    candidates: Sequence[K],
    ballots: Mapping[V, frozenset[K]],
    *,
    zones: Mapping[V, str] | None = None,
    sizes: Mapping[str, int] | None = None,
    homes: Mapping[K, str] | None = None,
    codes: Mapping[K, str] | None = None,
) -> Outcome[K]:
    """Weigh ``candidates`` (in their published order) by ``ballots`` on ``terms``.

    ``zones`` gives the zone of every organisation that may vote, so of all with a ballot; ``sizes`` the number of
    organisations of a zone where ``zones`` does not hold all of them. ``homes`` gives the zone a candidate was proposed
    in: none for one that comes from several zones, which then fills no floor. ``codes`` are what the seed orders
    (the candidates themselves, as text, when left out).

    A candidate that nobody approves takes no seat, even when one is left. Raises WeighingError for terms that cannot be
    kept, KeyError for a ballot of no known zone or for something else than a candidate.
    """
    rule = rule_of(terms)
    zone_of = {voter: zones[voter] if zones else "" for voter in ballots}
    sizes = sizes_of(zone_of, zones or {}, sizes)
    weights = ballot_weights(terms.weights, sizes)
    place = {candidate: index for index, candidate in enumerate(candidates)}
    approvals = Approvals.of(
        len(candidates),
        [[place[choice] for choice in choices] for choices in ballots.values()],
        [weights[zone] for zone in zone_of.values()],
    )
    ties = list(range(len(candidates)))
    if rule.ties != PUBLISHED_ORDER:
        code = codes or {candidate: str(candidate) for candidate in candidates}
        ties.sort(key=lambda index: tie_key(terms.seed, code[candidates[index]]))
    home = [(homes or {}).get(candidate, "") for candidate in candidates]
    seats = Seats(terms.seats, approvals, ties, home, terms.floors)
    rule.fill(approvals, seats)
    steps = [_named(step, candidates) for step in seats.steps]
    chosen = [step.candidate for step in steps]
    ranking = [*chosen, *(candidates[index] for index in _rest(approvals, seats, ties))]
    taken = Counter(home[step.candidate] for step in seats.steps)
    return Outcome(
        ranking=ranking,
        chosen=chosen,
        tied_at_edge=_tied_outside(ranking, steps),
        counts=count(candidates, ballots),
        ballots=len(ballots),
        blank=sum(1 for choices in ballots.values() if not choices),
        covered=coverage(chosen, ballots),
        groups=_groups(candidates, chosen, ballots, zone_of, weights, sizes if zones else ()),
        steps=steps,
        floors={zone: Floor(asked, seats.possible[zone], taken[zone]) for zone, asked in terms.floors.items() if asked},
    )


def sizes_of(zone_of: Mapping[V, str], zones: Mapping[V, str], given: Mapping[str, int] | None) -> dict[str, int]:
    """How many organisations each zone has. Raises WeighingError where it has more ballots than organisations."""
    cast = Counter(zone_of.values())
    sizes = dict(Counter(zones.values()) or cast) | dict(given or {})
    for zone, number in cast.items():
        if number > sizes.get(zone, 0):
            raise WeighingError(f"Zone {zone!r} has {number} ballots, more than organisations.")
    return sizes


def _groups(
    candidates: Sequence[K],
    chosen: Sequence[K],
    ballots: Mapping[V, frozenset[K]],
    zone_of: Mapping[V, str],
    weights: Mapping[str, int],
    zones: Iterable[str],
) -> dict[str, Group[K]]:
    groups = {}
    for zone in zones:
        inside = {voter: choices for voter, choices in ballots.items() if zone_of[voter] == zone}
        groups[zone] = Group(len(inside), count(candidates, inside), coverage(chosen, inside), weights.get(zone, 0))
    return groups


def _named(step: Step[int], candidates: Sequence[K]) -> Step[K]:
    tied = tuple(candidates[index] for index in step.tied)
    return Step(candidates[step.candidate], step.value, step.part, tied, step.narrowed)


def _rest(approvals: Approvals, seats: Seats, ties: Sequence[int]) -> list[int]:
    """The candidates without a seat, the one with the heaviest support first."""
    seated = {step.candidate for step in seats.steps}
    rest = [candidate for candidate in ties if candidate not in seated]
    return sorted(rest, key=lambda candidate: -approvals.weight(approvals.supporters[candidate]))


def _tied_outside(ranking: Sequence[K], steps: Sequence[Step[K]]) -> list[K]:
    """All that were level with one that took a seat, where not all of them found one."""
    seated = {step.candidate for step in steps}
    level = {candidate for step in steps if not seated.issuperset(step.tied) for candidate in step.tied}
    return [candidate for candidate in ranking if candidate in level]
