"""Rounds with criteria: every organisation grades every candidate on each criterion, in words, from low to high.

Grades are whole numbers from nought to ``top`` (0-4 in the portal). None stands for "not our field": it counts nowhere.
The *median* is the lower middle one, so it is always a grade that somebody gave. The *spread* is how many grades lie
below and how many above the middle of the scale: where both are many, the organisations do not agree.

The *weighted total* of a ballot is the sum of its grades times the weights of the criteria; only a ballot that grades
the candidate on every criterion has one, and a candidate's total is the median of them. Candidates are ordered by that
total; equal ones as in majority judgment (``judgment``), on the totals.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Generic, TypeVar

from .errors import WeighingError
from .judgment import Standing, places
from .ties import tie_key

K = TypeVar("K", bound=Hashable)
V = TypeVar("V", bound=Hashable)
# The grades of one ballot for one candidate, by criterion.
Grades = Mapping[str, int | None]
TOP = 4


@dataclass(frozen=True)
class Summary:
    """What a number of grades say. ``low`` and ``high`` are numbers of grades below and above the middle of the scale.

    ``median`` is None when there is no grade; ``outside`` counts the ballots that said "not our field" or nothing.
    """

    median: int | None
    low: int
    high: int
    number: int
    outside: int

    @property
    def spread(self) -> tuple[Fraction, Fraction]:
        """The shares of low and of high grades; nought when there is no grade."""
        if not self.number:
            return Fraction(0), Fraction(0)
        return Fraction(self.low, self.number), Fraction(self.high, self.number)


@dataclass(frozen=True)
class Assessment:
    """What a candidate was given: by criterion, and as weighted total."""

    criteria: dict[str, Summary]
    total: Summary


@dataclass(frozen=True)
class CriteriaOutcome(Generic[K]):
    """``ranking`` holds every candidate, best first; ``places`` groups those that nothing but the seed tells apart."""

    ranking: list[K]
    places: list[list[K]]
    assessments: dict[K, Assessment]
    zones: dict[str, dict[K, Assessment]]
    ballots: int


def lower_median(numbers: Iterable[int]) -> int | None:
    """The middle number, the lower of the two middle ones when their number is even; None when there is none."""
    ordered = sorted(numbers)
    return ordered[(len(ordered) - 1) // 2] if ordered else None


def summarise(grades: Sequence[int | None], *, top: int = TOP) -> Summary:
    """``grades`` on a scale from nought to ``top``; the middle of the scale is neither low nor high."""
    given = [grade for grade in grades if grade is not None]
    return Summary(
        median=lower_median(given),
        low=sum(1 for grade in given if 2 * grade < top),
        high=sum(1 for grade in given if 2 * grade > top),
        number=len(given),
        outside=len(grades) - len(given),
    )


def weighted_total(grades: Grades, weights: Mapping[str, int]) -> int | None:
    """The sum of weight x grade; None when a criterion that weighs something has no grade."""
    total = 0
    for criterion, weight in weights.items():
        grade = grades.get(criterion)
        if grade is None:
            if weight:
                return None
            continue
        total += weight * grade
    return total


def assess(
    candidates: Sequence[K],
    ballots: Mapping[V, Mapping[K, Grades]],
    *,
    weights: Mapping[str, int],
    zones: Mapping[V, str] | None = None,
    codes: Mapping[K, str] | None = None,
    top: int = TOP,
    seed: str = "",
) -> CriteriaOutcome[K]:
    """What ``ballots`` say of each candidate; ``weights`` are whole and by criterion, at least one more than nought.

    Raises WeighingError for weights that weigh nothing, for a grade off the scale and for a criterion that is unknown.
    """
    if not any(weights.values()) or min(weights.values()) < 0:
        raise WeighingError("The weights of the criteria are whole numbers, and one at least is more than nought.")
    for given in (grades for ballot in ballots.values() for grades in ballot.values()):
        if unknown := given.keys() - weights.keys():
            raise WeighingError(f"There is no criterion {min(unknown)!r}.")
        if any(grade is not None and not 0 <= grade <= top for grade in given.values()):
            raise WeighingError(f"A grade lies between 0 and {top}.")
    code = codes or {candidate: str(candidate) for candidate in candidates}
    totals = {
        candidate: [
            total
            for ballot in ballots.values()
            if (total := weighted_total(ballot.get(candidate, {}), weights)) is not None
        ]
        for candidate in candidates
    }
    ordered = places({candidate: Standing.of(given) for candidate, given in totals.items()})
    for level in ordered:
        level.sort(key=lambda candidate: tie_key(seed, code[candidate]))
    by_zone: dict[str, list[Mapping[K, Grades]]] = {}
    for voter, ballot in ballots.items():
        if zones:
            by_zone.setdefault(zones[voter], []).append(ballot)
    return CriteriaOutcome(
        ranking=[candidate for level in ordered for candidate in level],
        places=ordered,
        assessments=_assessments(candidates, list(ballots.values()), weights, top),
        zones={zone: _assessments(candidates, inside, weights, top) for zone, inside in by_zone.items()},
        ballots=len(ballots),
    )


def _assessments(
    candidates: Sequence[K], ballots: Sequence[Mapping[K, Grades]], weights: Mapping[str, int], top: int
) -> dict[K, Assessment]:
    found = {}
    for candidate in candidates:
        grades = [ballot.get(candidate, {}) for ballot in ballots]
        found[candidate] = Assessment(
            criteria={criterion: summarise([one.get(criterion) for one in grades], top=top) for criterion in weights},
            total=summarise([weighted_total(one, weights) for one in grades], top=top * sum(weights.values())),
        )
    return found
