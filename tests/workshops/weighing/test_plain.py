"""The plain count: rounds counted by hand. The laws that hold for every round stand in ``test_laws``."""

from fractions import Fraction

import pytest

from workshops.weighing import Terms, coverage, decide, weigh
from workshops.weighing.ties import tie_order

CANDIDATES = [11, 12, 13, 14]
ZONES = {1: "WA", 2: "WA", 3: "WA", 4: "LA", 5: "LA"}
BALLOTS = {
    1: frozenset({11, 12}),
    2: frozenset({12}),
    3: frozenset({12, 13}),
    4: frozenset({13, 14}),
    5: frozenset(),
}


def weigh_plainly(ballots, seats=2, candidates=CANDIDATES, zones=None):
    return weigh("plain_count", candidates, ballots, seats=seats, zones=zones)


def test_a_round_counted_by_hand():
    outcome = weigh_plainly(BALLOTS, zones=ZONES)

    assert outcome.counts == {11: 1, 12: 3, 13: 2, 14: 1}
    assert outcome.ranking == [12, 13, 11, 14]
    assert outcome.chosen == [12, 13]
    assert outcome.tied_at_edge == []
    assert (outcome.ballots, outcome.blank, outcome.covered) == (5, 1, 4)
    assert outcome.share(12) == Fraction(3, 5)


def test_zones_are_counted_apart_and_add_up():
    outcome = weigh_plainly(BALLOTS, zones=ZONES)

    assert outcome.groups["WA"].counts == {11: 1, 12: 3, 13: 1, 14: 0}
    assert outcome.groups["LA"].counts == {11: 0, 12: 0, 13: 1, 14: 1}
    assert outcome.groups["LA"].ballots == 2
    assert outcome.groups["WA"].covered == 3
    assert outcome.groups["LA"].covered == 1


def test_a_tie_at_the_edge_goes_by_the_published_order_and_says_so():
    outcome = weigh_plainly(BALLOTS, seats=3)

    assert outcome.chosen == [12, 13, 11]
    assert outcome.tied_at_edge == [11, 14]


def test_a_tie_inside_the_seats_is_no_tie_to_tell():
    assert weigh_plainly(BALLOTS, seats=4).tied_at_edge == []


def test_a_candidate_that_nobody_approves_takes_no_seat():
    outcome = weigh_plainly({1: frozenset({11})}, seats=3)

    assert outcome.chosen == [11]
    assert outcome.ranking == [11, 12, 13, 14]


def test_a_round_without_ballots_chooses_nothing():
    outcome = weigh_plainly({})

    assert outcome.chosen == []
    assert outcome.share(11) == 0


def test_coverage_counts_organisations_not_approvals():
    assert coverage([12, 13], BALLOTS) == 4


def test_an_unknown_rule_is_refused():
    with pytest.raises(KeyError):
        weigh("coin_toss", CANDIDATES, BALLOTS, seats=2)


def test_a_ballot_for_something_else_is_refused():
    with pytest.raises(KeyError):
        weigh_plainly({1: frozenset({99})})


def test_the_second_version_differs_only_in_who_wins_ties():
    """Three candidates with one approval each, two seats: the first version goes by the published order."""
    ballots = {1: frozenset({11}), 2: frozenset({12}), 3: frozenset({13})}
    codes = {11: "C11", 12: "C12", 13: "C13"}
    seed = next(f"seed {n}" for n in range(99) if tie_order(codes.values(), f"seed {n}")[0] == "C13")

    first = decide(Terms("plain_count", 2, "1", seed=seed), [11, 12, 13], ballots, codes=codes)
    second = decide(Terms("plain_count", 2, "2", seed=seed), [11, 12, 13], ballots, codes=codes)

    assert first.chosen == [11, 12]
    assert second.chosen[0] == 13
    assert [codes[candidate] for candidate in second.ranking] == tie_order(codes.values(), seed)
    assert set(first.tied_at_edge) == set(second.tied_at_edge) == {11, 12, 13}
    assert first.counts == second.counts


def test_a_ballot_counts_as_much_as_its_zone_says():
    """Four organisations of WA approve 11, one of LA approves 12; with equal zones that one weighs four."""
    ballots = {1: frozenset({11}), 2: frozenset({11}), 3: frozenset({11}), 4: frozenset({12}), 5: frozenset({12})}
    zones = {1: "WA", 2: "WA", 3: "WA", 6: "WA", 4: "WA", 5: "LA"}

    one = decide(Terms("plain_count", 1), [11, 12], ballots, zones=zones)
    equal = decide(Terms("plain_count", 1, weights="equal"), [11, 12], ballots, zones=zones)

    assert one.chosen == [11]
    assert equal.chosen == [12]
    assert {zone: group.weight for zone, group in equal.groups.items()} == {"WA": 1, "LA": 5}
    assert [step.value for step in equal.steps] == [6]
    assert equal.counts == {11: 3, 12: 2}
