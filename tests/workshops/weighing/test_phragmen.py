"""Sequential Phragmén: loads computed by hand, and its laws."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workshops.weighing import Terms, decide
from workshops.weighing.approvals import Approvals, Seats
from workshops.weighing.phragmen import carry_on
from workshops.weighing.ties import tie_order

from . import oracle
from .rounds import rounds

# The running example of Lackner and Skowron, "Multi-Winner Voting with Approval Preferences": twelve ballots.
TWELVE = {
    number: frozenset(choices)
    for number, choices in enumerate(["ab"] * 3 + ["ac"] * 3 + ["ad"] * 2 + ["bcf", "e", "f", "g"], start=1)
}


def chosen(ballots, seats, *, candidates="abcdefg", **terms):
    return decide(Terms("phragmen", seats, **terms), list(candidates), ballots)


def seed_for(first, codes="abcdefg"):
    """A seed by which ``first`` wins every tie."""
    return next(f"seed {number}" for number in range(999) if tie_order(codes, f"seed {number}")[0] == first)


def test_twelve_ballots_by_hand():
    """The book finds {a, b, c, d} too.

    a: 1/8, the least; its eight supporters carry 1/8 each.
    b: (1 + 3/8)/4 = 11/32, c the same; d: (1 + 2/8)/2 = 5/8; f: 1/2; e, g: 1. By the seed b.
    c: (1 + 3/8 + 11/32)/4 = 55/128; d: 5/8; f: (1 + 11/32)/2 = 43/64. So c.
    d: 5/8; f: (1 + 55/128)/2 = 183/256. So d.
    """
    outcome = chosen(TWELVE, 4, seed=seed_for("b"))

    assert outcome.chosen == ["a", "b", "c", "d"]
    assert [step.value for step in outcome.steps] == [
        Fraction(1, 8), Fraction(11, 32), Fraction(55, 128), Fraction(5, 8)
    ]  # fmt: skip
    assert [set(step.tied) for step in outcome.steps] == [set(), {"b", "c"}, set(), set()]


def test_a_tie_that_both_win_in_the_end_is_none_to_tell():
    assert chosen(TWELVE, 4).tied_at_edge == []


def test_a_tie_that_only_one_wins_is_told():
    outcome = chosen(TWELVE, 2, seed=seed_for("c"))

    assert outcome.chosen == ["a", "c"]
    assert outcome.tied_at_edge == ["c", "b"]


def test_a_majority_does_not_take_everything():
    """Six approve a, b and c, three approve d: of three seats the plain count gives all to the six, Phragmén one to d.

    a: 1/6; then b: (1 + 1)/6 = 1/3 and d: 1/3, a tie; whichever comes first, the other follows at 1/3 or before 1/2.
    """
    ballots = {number: frozenset("abc" if number <= 6 else "d") for number in range(1, 10)}

    assert set(decide(Terms("plain_count", 3), list("abcd"), ballots).chosen) == set("abc")
    outcome = chosen(ballots, 3, candidates="abcd")
    assert "d" in outcome.chosen
    assert [step.value for step in outcome.steps] == [Fraction(1, 6), Fraction(1, 3), Fraction(1, 3)]


@pytest.mark.parametrize(
    ("weights", "expected", "values"),
    [
        ("one", ["a", "b"], ["1/4", "1/2"]),
        ("square_root", ["a", "c"], ["1/4", "1/2"]),
        ("equal", ["c", "a"], ["1/4"] * 2),
    ],
)
def test_weights_by_zone_by_hand(weights, expected, values):
    """Four of WA approve a and b, one of LA approves c; in ties c comes before a, a before b.

    One organisation one vote: a 1/4, then b (1 + 1)/4 = 1/2 before c 1.
    Square root, LA weighs two and each of WA one: a and b 1/4, c 1/2; then b 1/2 like c, and c wins the tie.
    Equal zones, LA weighs four: all three 1/4, and c wins the tie; then a and b 1/4, and a wins it.
    """
    ballots = {1: frozenset("ab"), 2: frozenset("ab"), 3: frozenset("ab"), 4: frozenset("ab"), 5: frozenset("c")}
    zones = {1: "WA", 2: "WA", 3: "WA", 4: "WA", 5: "LA"}
    seed = next(f"seed {number}" for number in range(999) if tie_order("abc", f"seed {number}") == ["c", "a", "b"])
    outcome = decide(Terms("phragmen", 2, weights=weights, seed=seed), list("abc"), ballots, zones=zones)

    assert outcome.chosen == expected
    assert [step.value for step in outcome.steps] == [Fraction(value) for value in values]


def test_without_ballots_nobody_is_chosen():
    outcome = chosen({}, 3)

    assert outcome.chosen == []
    assert len(outcome.ranking) == 7


def test_a_ballot_that_weighs_three_is_three_ballots():
    light = Approvals.of(3, [[0, 1], [0, 1], [0, 1], [2]], [1, 1, 1, 1])
    heavy = Approvals.of(3, [[0, 1], [2]], [3, 1])

    taken = []
    for approvals in (light, heavy):
        seats = Seats(3, approvals, [0, 1, 2])
        carry_on(approvals, seats, {(weight, Fraction(0)): ballots for weight, ballots in approvals.weights})
        taken.append([(step.candidate, step.value) for step in seats.steps])
    assert taken[0] == taken[1]


# --- Laws -----------------------------------------------------------------------------------------------------------


@given(round_=rounds(most_ballots=12), data=st.data())
def test_loads_add_up_to_the_number_of_seats_taken(round_, data):
    candidates, ballots, _zones, seats = round_
    place = {candidate: index for index, candidate in enumerate(candidates)}
    weights = [data.draw(st.integers(1, 9)) for _ in ballots]
    approvals = Approvals.of(len(candidates), [[place[c] for c in choices] for choices in ballots.values()], weights)
    places = Seats(seats, approvals, range(len(candidates)))
    loads = carry_on(approvals, places, {(weight, Fraction(0)): those for weight, those in approvals.weights})

    assert sum(weight * load * those.bit_count() for (weight, load), those in loads.items()) == len(places.steps)
    assert len(places.steps) == min(seats, len(frozenset().union(*ballots.values())))


@given(round_=rounds(most_ballots=12))
def test_the_highest_load_never_falls_from_seat_to_seat(round_):
    candidates, ballots, _zones, seats = round_
    values = [step.value for step in decide(Terms("phragmen", seats), candidates, ballots).steps]

    assert values == sorted(values)


@pytest.mark.parametrize("weights", ["one", "square_root", "equal"])
@given(round_=rounds())
def test_same_as_straight_from_the_definition(weights, round_):
    candidates, ballots, zones, seats = round_
    outcome = decide(Terms("phragmen", seats, weights=weights, seed="x"), candidates, ballots, zones=zones)
    each = {voter: outcome.groups[zones[voter]].weight for voter in ballots}

    assert outcome.chosen == oracle.phragmen(candidates, ballots, each, seats, tie_order(candidates, "x"))
