"""Medians and majority judgment: the example of Tennessee, and the tie rule taken literally."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workshops.weighing.criteria import lower_median
from workshops.weighing.judgment import Standing, compare, places

POOR, FAIR, GOOD, EXCELLENT = range(4)
grades = st.lists(st.integers(0, 4), max_size=12)


def test_the_capital_of_tennessee():
    """Of 100 voters 42 live near Memphis, 26 near Nashville, 15 near Chattanooga, 17 near Knoxville.

    Medians: Memphis poor (58 poor), the others fair. The walk from the middle (50th down, 51st up): downwards
    Chattanooga and Knoxville meet poor at the 42nd, eight steps down, Nashville never: it is first. Upwards both meet
    good at the 69th, then excellent: Knoxville at the 84th (after 42 + 26 + 15), Chattanooga at the 86th. So Knoxville
    is second.
    """
    near = {"Memphis": 42, "Nashville": 26, "Chattanooga": 15, "Knoxville": 17}
    given_by = {
        "Memphis": {"Memphis": EXCELLENT, "Nashville": FAIR, "Chattanooga": POOR, "Knoxville": POOR},
        "Nashville": {"Memphis": POOR, "Nashville": EXCELLENT, "Chattanooga": FAIR, "Knoxville": FAIR},
        "Chattanooga": {"Memphis": POOR, "Nashville": FAIR, "Chattanooga": EXCELLENT, "Knoxville": GOOD},
        "Knoxville": {"Memphis": POOR, "Nashville": FAIR, "Chattanooga": GOOD, "Knoxville": EXCELLENT},
    }
    standings = {
        city: Standing.of([given_by[home][city] for home, number in near.items() for _ in range(number)])
        for city in near
    }

    assert {city: standing.median for city, standing in standings.items()} == {
        "Memphis": POOR, "Nashville": FAIR, "Chattanooga": FAIR, "Knoxville": FAIR
    }  # fmt: skip
    assert places(standings) == [["Nashville"], ["Knoxville"], ["Chattanooga"], ["Memphis"]]


@pytest.mark.parametrize(
    ("numbers", "expected"), [([], None), ([3], 3), ([1, 3], 1), ([0, 1, 4], 1), ([4, 0, 3, 1], 1), ([2, 2, 4, 4], 2)]
)
def test_lower_median(numbers, expected):
    assert lower_median(numbers) == expected


def literally(one, other):
    """Take a median away from both, again and again, until they differ: for equal numbers of grades."""
    one, other = sorted(one), sorted(other)
    while one:
        middle = (len(one) - 1) // 2
        if one[middle] != other[middle]:
            return other[middle] - one[middle]
        del one[middle], other[middle]
    return 0


def sign(number):
    return (number > 0) - (number < 0)


@given(pairs=st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=14))
def test_ties_go_as_if_medians_were_taken_away_one_by_one(pairs):
    one, other = [a for a, _ in pairs], [b for _, b in pairs]

    assert sign(compare(Standing.of(one), Standing.of(other))) == sign(literally(one, other))


@given(one=grades.filter(bool), other=grades.filter(bool))
def test_different_numbers_of_grades_are_compared_as_if_repeated_to_the_same(one, other):
    same = sign(literally(one * len(other), other * len(one)))

    assert sign(compare(Standing.of(one), Standing.of(other))) == same


@given(numbers=grades)
def test_the_median_is_the_lower_middle_one(numbers):
    assert Standing.of(numbers).median == lower_median(numbers)


@given(numbers=grades.filter(bool), times=st.integers(1, 5))
def test_only_the_shares_of_the_grades_count(numbers, times):
    assert Standing.of(numbers) == Standing.of(numbers * times)
    assert Standing.of(numbers).runs[-1][1] == Fraction(1)


@given(numbers=st.lists(st.integers(0, 3), min_size=1, max_size=10), data=st.data())
def test_a_better_grade_never_hurts(numbers, data):
    better = numbers[:]
    better[data.draw(st.integers(0, len(numbers) - 1))] += 1

    assert compare(Standing.of(better), Standing.of(numbers)) <= 0


def test_who_has_no_grade_comes_last_and_equals_share_a_place():
    standings = {"a": Standing.of([]), "b": Standing.of([0]), "c": Standing.of([0, 0]), "d": Standing.of([])}

    assert places(standings) == [["b", "c"], ["a", "d"]]
