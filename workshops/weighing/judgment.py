"""Majority judgment: a candidate's grade is the median of its grades (the lower middle one).

Ties: one median grade is taken away from each candidate, the medians are compared again, and so on until they differ.
Taking medians away eats into the sorted grades from the middle, once to the left and once to the right; so the
comparison walks outwards from the middle. Candidates with different numbers of grades ("not our field") are compared
as if each grade were given so many times that both have the same number. Candidates with the same shares of every
grade stay tied; one without any grade comes last.

Source: M. Balinski and R. Laraki, "Majority Judgment" (2010).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cmp_to_key
from typing import TypeVar

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True)
class Standing:
    """Grades as runs: each grade with the share of grades that are at most so high. Empty without grades."""

    runs: tuple[tuple[int, Fraction], ...]

    @classmethod
    def of(cls, grades: Iterable[int]) -> Standing:
        """From grades in any order."""
        counts = sorted(Counter(grades).items())
        total = sum(number for _grade, number in counts)
        upto, runs = 0, []
        for grade, number in counts:
            upto += number
            runs.append((grade, Fraction(upto, total)))
        return cls(tuple(runs))

    @property
    def median(self) -> int | None:
        """The majority grade: the lower middle one."""
        return next((grade for grade, upto in self.runs if 2 * upto >= 1), None)

    def outwards(self) -> tuple[dict[Fraction, int], dict[Fraction, int]]:
        """The grades met on the way down and on the way up from the middle, by the depth where each begins."""
        half = Fraction(1, 2)
        down, up, below = {}, {}, Fraction(0)
        for grade, upto in self.runs:
            if below < half:
                down[max(half - upto, Fraction(0))] = grade
            if upto > half:
                up[max(below - half, Fraction(0))] = grade
            below = upto
        return down, up


def compare(one: Standing, other: Standing) -> int:
    """Less than nought when ``one`` comes before ``other`` (is better), more when after, nought when they are tied."""
    if not one.runs or not other.runs:
        return bool(other.runs) - bool(one.runs)
    ways = list(zip(one.outwards(), other.outwards(), strict=True))
    met = [[0, 0], [0, 0]]
    for depth in sorted({depth for way in ways for path in way for depth in path}):
        for side, way in enumerate(ways):
            met[side] = [path.get(depth, before) for path, before in zip(way, met[side], strict=True)]
            if met[side][0] != met[side][1]:
                return met[side][1] - met[side][0]
    return 0


def places(standings: Mapping[K, Standing]) -> list[list[K]]:
    """Candidates from the best to the last; those that stay tied share a place, in the order given."""
    key = cmp_to_key(compare)
    levels: list[list[K]] = []
    for candidate in sorted(standings, key=lambda candidate: key(standings[candidate])):
        if levels and compare(standings[levels[-1][0]], standings[candidate]) == 0:
            levels[-1].append(candidate)
        else:
            levels.append([candidate])
    return levels
