"""Rounds with criteria: medians, spread, "not our field", the weighted total."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workshops.weighing import WeighingError
from workshops.weighing.criteria import assess, summarise, weighted_total
from workshops.weighing.judgment import Standing, compare

WEIGHTS = {"relevance": 2, "reach": 1}


def grades(relevance, reach):
    return {"relevance": relevance, "reach": reach}


# Candidate a: totals 2x4+3 = 11, 2x0+1 = 1, 2x3+3 = 9. Candidate b: 2x2+2 = 6, 6; the third says it is not its field.
BALLOTS = {
    1: {"a": grades(4, 3), "b": grades(2, 2)},
    2: {"a": grades(0, 1), "b": grades(2, 2)},
    3: {"a": grades(3, 3), "b": grades(None, 4)},
}
ZONES = {1: "WA", 2: "WA", 3: "LA"}


def test_a_round_graded_by_hand():
    outcome = assess(["a", "b"], BALLOTS, weights=WEIGHTS, zones=ZONES)
    a, b = outcome.assessments["a"], outcome.assessments["b"]

    assert (a.criteria["relevance"].median, a.criteria["reach"].median, a.total.median) == (3, 3, 9)
    assert a.criteria["relevance"].spread == (Fraction(1, 3), Fraction(2, 3))
    assert (b.criteria["relevance"].median, b.criteria["relevance"].number, b.criteria["relevance"].outside) == (
        2,
        2,
        1,
    )
    assert b.criteria["relevance"].spread == (0, 0)
    assert (b.criteria["reach"].median, b.criteria["reach"].high) == (2, 1)
    assert (b.total.median, b.total.number, b.total.outside) == (6, 2, 1)
    assert outcome.ranking == ["a", "b"]


def test_zones_are_assessed_apart():
    zones = assess(["a", "b"], BALLOTS, weights=WEIGHTS, zones=ZONES).zones

    assert zones["WA"]["a"].total.median == 1
    assert zones["LA"]["a"].total.median == 9
    assert zones["LA"]["b"].criteria["relevance"].median is None
    assert zones["LA"]["b"].total.spread == (0, 0)


def test_a_candidate_that_a_ballot_leaves_out_is_not_its_field():
    outcome = assess(["a", "b"], {1: {"a": grades(4, 4)}}, weights=WEIGHTS)

    assert outcome.assessments["b"].total.median is None
    assert outcome.assessments["b"].criteria["reach"].outside == 1
    assert outcome.ranking == ["a", "b"]


def test_a_criterion_that_weighs_nothing_may_stay_without_a_grade():
    assert weighted_total(grades(3, None), {"relevance": 1, "reach": 0}) == 3
    assert weighted_total(grades(3, None), {"relevance": 1, "reach": 1}) is None


def test_the_middle_of_the_scale_is_neither_low_nor_high():
    summary = summarise([0, 1, 2, 3, 4, None])

    assert (summary.low, summary.high, summary.number, summary.outside) == (2, 2, 5, 1)
    assert summarise([0, 1, 2, 3], top=3).spread == (Fraction(1, 2), Fraction(1, 2))


def test_equal_medians_are_told_apart_as_in_majority_judgment():
    """Both have the median 2; b has a better grade beside the middle. Totals with one criterion are the grades."""
    ballots = {1: {"a": {"x": 1}, "b": {"x": 2}}, 2: {"a": {"x": 2}, "b": {"x": 2}}, 3: {"a": {"x": 4}, "b": {"x": 3}}}

    assert assess(["a", "b"], ballots, weights={"x": 1}).ranking == ["b", "a"]


def test_the_same_grades_share_a_place_and_the_seed_orders_them():
    ballots = {1: {"a": {"x": 2}, "b": {"x": 2}, "c": {"x": 1}}}
    found = [assess(list("abc"), ballots, weights={"x": 1}, seed=str(seed)) for seed in range(20)]

    assert {tuple(one.ranking) for one in found} == {("a", "b", "c"), ("b", "a", "c")}
    assert {tuple(sorted(one.places[0])) for one in found} == {("a", "b")}


@pytest.mark.parametrize("weights", [{}, {"x": 0}, {"x": 2, "y": -1}])
def test_weights_that_weigh_nothing_are_refused(weights):
    with pytest.raises(WeighingError, match="weights"):
        assess(["a"], {}, weights=weights)


@pytest.mark.parametrize("given_", [{"x": 5}, {"x": -1}, {"y": 1}])
def test_a_grade_that_cannot_be_is_refused(given_):
    with pytest.raises(WeighingError):
        assess(["a"], {1: {"a": given_}}, weights={"x": 1})


grade = st.none() | st.integers(0, 4)
ballots_of_two = st.lists(st.fixed_dictionaries({c: st.fixed_dictionaries({"x": grade, "y": grade}) for c in "ab"}))


@given(ballots=ballots_of_two, shift=st.randoms(use_true_random=False))
def test_anonymity_and_the_order_is_that_of_the_totals(ballots, shift):
    weights = {"x": 3, "y": 2}
    outcome = assess(["a", "b"], dict(enumerate(ballots)), weights=weights)
    shuffled = ballots[:]
    shift.shuffle(shuffled)
    totals = {c: [total for one in ballots if (total := weighted_total(one[c], weights)) is not None] for c in "ab"}

    assert outcome == assess(["a", "b"], dict(enumerate(shuffled)), weights=weights)
    first, second = outcome.ranking
    assert compare(Standing.of(totals[first]), Standing.of(totals[second])) <= 0
