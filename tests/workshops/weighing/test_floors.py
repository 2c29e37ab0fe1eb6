"""Floors: so many seats at least for candidates that were proposed in a zone."""

import pytest
from hypothesis import given

from workshops.weighing import RULES, Floor, Terms, WeighingError, decide
from workshops.weighing.ties import tie_order

from . import oracle
from .rounds import floored_rounds

every_rule = pytest.mark.parametrize(
    ("rule", "version"), [(rule, version) for rule, versions in RULES.items() for version in versions]
)
# Nine of ten approve a, b and c of WA; one approves d of LA; nobody approves e of LA; f comes from both.
BALLOTS = {number: frozenset("abcf" if number < 10 else "d") for number in range(1, 11)}
HOMES = {"a": "WA", "b": "WA", "c": "WA", "d": "LA", "e": "LA"}


def outcome_with(floors, *, rule="plain_count", version="1", seats=3):
    return decide(Terms(rule, seats, version, floors=floors), list("abcdef"), BALLOTS, homes=HOMES)


@every_rule
def test_without_a_floor_the_majority_fills_the_seats(rule, version):
    assert "d" not in outcome_with({}, rule=rule, version=version).chosen


@every_rule
def test_a_floor_keeps_the_last_seat_for_the_zone(rule, version):
    outcome = outcome_with({"LA": 1}, rule=rule, version=version)

    assert outcome.chosen[2] == "d"
    assert [step.narrowed for step in outcome.steps] == [False, False, True]
    assert outcome.floors == {"LA": Floor(asked=1, possible=1, taken=1)}


@every_rule
def test_a_floor_that_the_rule_meets_by_itself_changes_nothing(rule, version):
    free = outcome_with({}, rule=rule, version=version, seats=5)
    floored = outcome_with({"LA": 1, "WA": 2}, rule=rule, version=version, seats=5)

    assert floored.chosen == free.chosen
    assert not any(step.narrowed for step in floored.steps[:-1])


def test_a_candidate_that_nobody_approves_fills_no_floor():
    outcome = outcome_with({"LA": 2})

    assert outcome.chosen == ["a", "b", "d"]
    assert outcome.floors == {"LA": Floor(asked=2, possible=1, taken=1)}


def test_a_zone_without_a_candidate_leaves_its_seats_free():
    outcome = outcome_with({"AS": 2})

    assert outcome.chosen == ["a", "b", "c"]
    assert outcome.floors == {"AS": Floor(asked=2, possible=0, taken=0)}
    assert not any(step.narrowed for step in outcome.steps)


def test_a_candidate_of_several_zones_fills_no_floor():
    outcome = outcome_with({"WA": 3}, seats=4)

    assert set(outcome.chosen) == set("abcf")
    assert outcome.floors["WA"].taken == 3
    assert "f" not in outcome_with({"WA": 3}, seats=3).chosen


def test_floors_that_ask_for_every_seat_are_kept():
    outcome = outcome_with({"LA": 1, "WA": 2})

    assert sorted(outcome.chosen) == ["a", "b", "d"]
    assert outcome.chosen == ["a", "b", "d"]
    assert all(step.narrowed for step in outcome.steps)


def test_floors_that_ask_for_more_than_every_seat_are_refused():
    with pytest.raises(WeighingError, match="more seats"):
        outcome_with({"LA": 2, "WA": 2})


@pytest.mark.parametrize(("floors", "seats"), [({"LA": -1}, 3), ({}, 0)])
def test_numbers_that_mean_nothing_are_refused(floors, seats):
    with pytest.raises(WeighingError):
        outcome_with(floors, seats=seats)


@every_rule
@given(round_=floored_rounds())
def test_every_floor_is_kept_as_far_as_there_are_candidates(rule, version, round_):
    candidates, ballots, zones, seats, homes, floors = round_
    outcome = decide(Terms(rule, seats, version, floors=floors), candidates, ballots, zones=zones, homes=homes)
    approved = frozenset().union(*ballots.values())

    for zone, floor in floors.items():
        own = [c for c in candidates if homes[c] == zone and c in approved]
        assert sum(1 for c in outcome.chosen if homes[c] == zone) >= min(floor, len(own))
    assert len(outcome.chosen) == min(seats, len(approved))


@pytest.mark.parametrize("rule", ["phragmen", "equal_shares"])
@given(round_=floored_rounds())
def test_same_as_straight_from_the_definition_with_floors(rule, round_):
    candidates, ballots, zones, seats, homes, floors = round_
    outcome = decide(
        Terms(rule, seats, floors=floors, weights="equal", seed="x"), candidates, ballots, zones=zones, homes=homes
    )
    each = {voter: outcome.groups[zones[voter]].weight for voter in ballots}
    if ballots:
        expected = getattr(oracle, rule)(candidates, ballots, each, seats, tie_order(candidates, "x"), homes, floors)
        assert outcome.chosen == expected
