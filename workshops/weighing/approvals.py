"""The ballots of a round in which candidates are approved, laid out so that weighing them is quick and exact.

A set of ballots is one whole number, a bit for each ballot. How many ballots of a group approve a candidate is then the
number of bits two such numbers share, whatever the number of ballots; and ballots that weigh the same and stand equal
are never looked at one by one. This is what makes exact fractions fast enough for a thousand ballots.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Generic, TypeVar

from .errors import WeighingError

K = TypeVar("K")


@dataclass(frozen=True)
class Approvals:
    """Who approves what. A candidate is its place in the published order, from nought.

    ``supporters`` holds for each candidate the ballots that approve it; ``weights`` pairs of a weight and all the
    ballots that weigh so much. Every ballot is in exactly one pair; weights are whole and more than nought.
    """

    supporters: tuple[int, ...]
    weights: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, size: int, ballots: Sequence[Iterable[int]], weights: Sequence[int]) -> Approvals:
        """From the places each ballot approves and what each ballot weighs; ``size`` is the number of candidates."""
        supporters = [0] * size
        classes: dict[int, int] = {}
        for place, (choices, weight) in enumerate(zip(ballots, weights, strict=True)):
            bit = 1 << place
            for choice in choices:
                supporters[choice] |= bit
            classes[weight] = classes.get(weight, 0) | bit
        return cls(tuple(supporters), tuple(sorted(classes.items())))

    def weight(self, ballots: int) -> int:
        """What ``ballots`` weigh together."""
        return sum(weight * (ballots & those).bit_count() for weight, those in self.weights)

    @property
    def total(self) -> int:
        """What all ballots weigh together, blank ones included."""
        return sum(weight * those.bit_count() for weight, those in self.weights)


@dataclass(frozen=True)
class Step(Generic[K]):
    """One seat: who took it, at what value (count, load or price, as the rule says) and in which part of the rule.

    ``tied`` are all that were equally good, the one that won included; empty when there was no tie. ``narrowed`` says
    that a floor left only some candidates to choose from.
    """

    candidate: K
    value: Fraction
    part: str
    tied: tuple[K, ...] = ()
    narrowed: bool = False


class Seats:
    """The seats of a round while they are taken one by one, and who may take the next one.

    A candidate that nobody approves never takes a seat. ``homes`` gives for each candidate the zone it was proposed in
    ("" when there is none, or several); ``floors`` how many seats at least go to candidates of a zone.

    A floor steps in at the last moment: the rule chooses freely until as many seats are left as the floors still
    miss, and from then on only among the candidates of the zones that miss some. A floor that the rule meets by itself
    changes nothing. A zone with fewer approved candidates than its floor gets all of them, and the seats it cannot fill
    are free. ``ties`` is the order in which candidates win ties.

    A floor goes before what a rule promises to groups of organisations: the seats it takes are not theirs to fill.
    """

    def __init__(
        self,
        seats: int,
        approvals: Approvals,
        ties: Sequence[int],
        homes: Sequence[str] = (),
        floors: Mapping[str, int] | None = None,
    ):
        if seats < 1:
            raise WeighingError("A round has at least one seat.")
        if any(floor < 0 for floor in (floors or {}).values()):
            raise WeighingError("A floor cannot be less than nought.")
        if sum((floors or {}).values()) > seats:
            raise WeighingError("The floors ask for more seats than there are.")
        self.number = seats
        self.steps: list[Step[int]] = []
        self._rank = {candidate: rank for rank, candidate in enumerate(ties)}
        self._open = {candidate for candidate, ballots in enumerate(approvals.supporters) if ballots}
        self._left = min(seats, len(self._open))
        self._homes = homes or [""] * len(approvals.supporters)
        present = [self._homes[candidate] for candidate in self._open]
        self.possible = {zone: min(floor, present.count(zone)) for zone, floor in (floors or {}).items()}
        self._missing = dict(self.possible)

    @property
    def are_left(self) -> bool:
        return self._left > 0

    def candidates(self) -> list[int]:
        """Who may take the next seat."""
        if not self._is_narrowed:
            return list(self._open)
        return [candidate for candidate in self._open if self._missing.get(self._homes[candidate])]

    def take(self, tied: Sequence[int], value: Fraction, part: str) -> int:
        """Give the next seat to the first of ``tied`` in the order of ties, and say which one that is."""
        winner = min(tied, key=self._rank.__getitem__)
        level = tuple(sorted(tied, key=self._rank.__getitem__)) if len(tied) > 1 else ()
        self.steps.append(Step(winner, value, part, level, self._is_narrowed))
        self._open.remove(winner)
        self._left -= 1
        if self._missing.get(self._homes[winner]):
            self._missing[self._homes[winner]] -= 1
        return winner

    @property
    def _is_narrowed(self) -> bool:
        missing = sum(self._missing.values())
        return missing > 0 and missing >= self._left


class Cheapest:
    """Finds the lowest value among candidates whose values never fall from one seat to the next.

    The value of an earlier seat is then a bound from below: once the best found is lower than the bounds of all that
    are left, these need not be worked out again. The answer is the same as if all were.
    """

    def __init__(self) -> None:
        self._bounds: dict[int, Fraction | None] = {}

    def find(
        self, candidates: Iterable[int], value_of: Callable[[int], Fraction | None]
    ) -> tuple[list[int], Fraction | None]:
        """All candidates that share the lowest value, and it. A value of None says: never again."""
        low = Fraction(-1)
        waiting = [(self._bounds.get(candidate, low), candidate) for candidate in candidates]
        best: Fraction | None = None
        tied: list[int] = []
        for bound, candidate in sorted((bound, candidate) for bound, candidate in waiting if bound is not None):
            if best is not None and bound > best:
                break
            value = self._bounds[candidate] = value_of(candidate)
            if value is None or (best is not None and value > best):
                continue
            if best is None or value < best:
                best, tied = value, []
            tied.append(candidate)
        return tied, best
