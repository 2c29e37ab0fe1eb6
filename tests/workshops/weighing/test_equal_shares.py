"""The Method of Equal Shares: prices computed by hand, its completion, and its laws."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workshops.weighing import Terms, decide
from workshops.weighing.approvals import Approvals, Seats
from workshops.weighing.equal_shares import buy
from workshops.weighing.ties import tie_order

from . import oracle
from .rounds import rounds
from .test_phragmen import TWELVE, seed_for


def chosen(ballots, seats, *, candidates="abcdefg", **terms):
    return decide(Terms("equal_shares", seats, **terms), list(candidates), ballots)


def test_six_ballots_by_hand():
    """Six ballots, three seats: each has 1/2.

    a (1, 2, 3, 4): r = 1/4. They have 1/4 left. b (4, 5, 6): a third each is more than 4 has, so 4 pays 1/4 and the
    others 3/8 each: r = 3/8. Then d (1, 2, 3) has 3/4 and e (5, 6) has 1/4: nobody can pay, two of three are spent.
    Completion, from loads -1/4 (1, 2, 3), 0 (4), -1/8 (5, 6): d (1 - 3/4)/3 = 1/12, e (1 - 1/4)/2 = 3/8. So d.
    """
    ballots = {1: "ad", 2: "ad", 3: "ad", 4: "ab", 5: "be", 6: "be"}
    outcome = chosen({voter: frozenset(choices) for voter, choices in ballots.items()}, 3, candidates="abde")

    assert [(step.candidate, step.value, step.part) for step in outcome.steps] == [
        ("a", Fraction(1, 4), "equal_shares"),
        ("b", Fraction(3, 8), "equal_shares"),
        ("d", Fraction(1, 12), "phragmen"),
    ]


def test_twelve_ballots_by_hand():
    """Four seats, so each ballot has 1/3.

    a: r = 1/8; its eight supporters have 5/24 left. b has 3 x 5/24 + 1/3 = 23/24, c the same, f 2/3: nobody can pay.
    Completion: b (1 - 23/24)/4 = 1/96 like c; d (1 - 10/24)/2 = 7/24; f 1/6. By the seed b.
    c: (1 - 15/24 + 1/96)/4 = 37/384; then d 7/24 before f (1 + 37/384 - 1/3)/2 = 293/768.
    """
    outcome = chosen(TWELVE, 4, seed=seed_for("b"))

    assert [(step.candidate, step.value) for step in outcome.steps] == [
        ("a", Fraction(1, 8)),
        ("b", Fraction(1, 96)),
        ("c", Fraction(37, 384)),
        ("d", Fraction(7, 24)),
    ]
    assert [step.part for step in outcome.steps] == ["equal_shares", "phragmen", "phragmen", "phragmen"]


def test_exactly_enough_is_enough():
    """Two ballots, two seats: each has one, and one alone can pay."""
    outcome = chosen({1: frozenset("a"), 2: frozenset("b")}, 2)

    assert {step.part for step in outcome.steps} == {"equal_shares"}
    assert set(outcome.chosen) == set("ab")


def test_a_blank_ballot_keeps_its_money():
    """Two seats, two blank ballots among four: 1/2 each, so one supporter of a alone cannot pay."""
    blank = {1: frozenset("a"), 2: frozenset("b"), 3: frozenset(), 4: frozenset()}

    assert {step.part for step in chosen(blank, 2).steps} == {"phragmen"}
    assert {step.part for step in chosen({1: blank[1], 2: blank[2]}, 2).steps} == {"equal_shares"}


def test_only_blank_ballots_choose_nobody():
    assert chosen({1: frozenset()}, 2).chosen == []
    assert chosen({}, 2).chosen == []


# --- Laws -----------------------------------------------------------------------------------------------------------


@given(round_=rounds(most_ballots=12, least_ballots=1), data=st.data())
def test_never_spends_more_than_the_budget_and_every_part_of_it_is_accounted_for(round_, data):
    candidates, ballots, _zones, seats = round_
    place = {candidate: index for index, candidate in enumerate(candidates)}
    weights = [data.draw(st.integers(1, 9)) for _ in ballots]
    approvals = Approvals.of(len(candidates), [[place[c] for c in choices] for choices in ballots.values()], weights)
    places = Seats(seats, approvals, range(len(candidates)))
    left = buy(approvals, places)

    assert all(money >= 0 for _weight, money in left)
    assert sum(weight * money * those.bit_count() for (weight, money), those in left.items()) == seats - len(
        places.steps
    )


@given(round_=rounds(most_ballots=12))
def test_fills_every_seat_that_anybody_wants(round_):
    candidates, ballots, _zones, seats = round_
    wanted = frozenset().union(*ballots.values())

    assert len(decide(Terms("equal_shares", seats), candidates, ballots).chosen) == min(seats, len(wanted))


@pytest.mark.parametrize("weights", ["one", "square_root", "equal"])
@given(round_=rounds())
def test_same_as_straight_from_the_definition(weights, round_):
    candidates, ballots, zones, seats = round_
    outcome = decide(Terms("equal_shares", seats, weights=weights, seed="x"), candidates, ballots, zones=zones)
    each = {voter: outcome.groups[zones[voter]].weight for voter in ballots}

    if ballots:
        assert outcome.chosen == oracle.equal_shares(candidates, ballots, each, seats, tie_order(candidates, "x"))
    else:
        assert outcome.chosen == []
