"""Schulze: the example with 45 voters, ties, partial rankings, and its laws."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workshops.weighing import WeighingError
from workshops.weighing.rankings import schulze

FORTY_FIVE = [
    (5, "ACBED"), (5, "ADECB"), (8, "BEDAC"), (3, "CABED"), (7, "CAEBD"), (2, "CBADE"), (7, "DCEBA"), (8, "EBADC"),
]  # fmt: skip


def ballot(order):
    return {candidate: place for place, candidate in enumerate(order, start=1)}


def ballots_of(groups):
    orders = [order for number, order in groups for _ in range(number)]
    return {voter: ballot(order) for voter, order in enumerate(orders)}


def test_the_example_of_45_voters():
    """Duels and strongest paths as published with the method; the order is E, A, C, B, D."""
    outcome = schulze(list("ABCDE"), ballots_of(FORTY_FIVE))

    duels = {"A": [20, 26, 30, 22], "B": [25, 16, 33, 18], "C": [19, 29, 17, 24], "D": [15, 12, 28, 14]}
    duels["E"] = [23, 27, 21, 31]
    paths = {"A": [28, 28, 30, 24], "B": [25, 28, 33, 24], "C": [25, 29, 29, 24], "D": [25, 28, 28, 24]}
    paths["E"] = [25, 28, 28, 31]
    for found, expected in ((outcome.duels, duels), (outcome.paths, paths)):
        for one in "ABCDE":
            assert [found[one, other] for other in "ABCDE" if other != one] == expected[one]
    assert outcome.places == [["E"], ["A"], ["C"], ["B"], ["D"]]
    assert outcome.ranking == list("EACBD")
    assert outcome.ballots == 45


def test_a_circle_of_three_is_cut_at_its_weakest_duel():
    """4 abc, 2 bca, 3 cab: a beats b 7 to 2, b beats c 6 to 3, c beats a 5 to 4. The path a-b-c (6) beats c-a (5)."""
    outcome = schulze(list("abc"), ballots_of([(4, "abc"), (2, "bca"), (3, "cab")]))

    assert (outcome.duels["a", "b"], outcome.duels["b", "c"], outcome.duels["c", "a"]) == (7, 6, 5)
    assert (outcome.paths["a", "c"], outcome.paths["c", "a"]) == (6, 5)
    assert outcome.ranking == ["a", "b", "c"]


def test_a_duel_that_was_lost_is_no_path():
    outcome = schulze(list("ab"), ballots_of([(2, "ab"), (1, "ba")]))

    assert outcome.duels == {("a", "b"): 2, ("b", "a"): 1}
    assert outcome.paths == {("a", "b"): 2, ("b", "a"): 0}


def test_an_even_circle_is_a_tie_that_the_seed_decides():
    ballots = ballots_of([(1, "abc"), (1, "bca"), (1, "cab")])
    found = [schulze(list("abc"), ballots, seed=str(seed)) for seed in range(60)]

    assert all([sorted(level) for level in one.places] == [["a", "b", "c"]] for one in found)
    assert len({tuple(one.ranking) for one in found}) == 6


def test_who_is_not_ranked_is_equal_last():
    partial = schulze(list("abcd"), {1: {"b": 1, "a": 2}})
    whole = schulze(list("abcd"), {1: {"b": 1, "a": 2, "c": 3, "d": 3}})

    assert partial.duels == whole.duels
    assert [sorted(level) for level in partial.places] == [["b"], ["a"], ["c", "d"]]


def test_only_the_order_of_the_ranks_counts():
    assert schulze(list("abc"), {1: {"b": 7, "a": 9}}) == schulze(list("abc"), {1: {"b": 1, "a": 2}})


def test_a_ballot_that_says_nothing_changes_nothing_but_the_number():
    without, with_ = (schulze(list("ab"), ballots) for ballots in ({1: {"a": 1}}, {1: {"a": 1}, 2: {}}))

    assert with_.duels == without.duels
    assert (without.ballots, with_.ballots) == (1, 2)


def test_ballots_weigh_what_they_are_said_to():
    ballots = {1: ballot("ab"), 2: ballot("ba")}

    assert schulze(list("ab"), ballots, weights={1: 1, 2: 3}).ranking == ["b", "a"]
    assert schulze(list("ab"), ballots, weights={1: 3, 2: 1}).ranking == ["a", "b"]


@pytest.mark.parametrize(
    ("candidates", "ranks"), [([str(n) for n in range(13)], {}), (["a"], {"a": 0}), (["a"], {"b": 1})]
)
def test_what_cannot_be_ranked_is_refused(candidates, ranks):
    with pytest.raises(WeighingError):
        schulze(candidates, {1: ranks})


# --- Laws -----------------------------------------------------------------------------------------------------------

candidates = list("abcde")
rank_rounds = st.lists(st.dictionaries(st.sampled_from(candidates), st.integers(1, 5)), max_size=9)


@given(ballots=rank_rounds)
def test_who_beats_everybody_wins_and_who_loses_to_everybody_is_last(ballots):
    outcome = schulze(candidates, dict(enumerate(ballots)))
    for one in candidates:
        others = [other for other in candidates if other != one]
        if all(outcome.duels[one, other] > outcome.duels[other, one] for other in others):
            assert outcome.places[0] == [one]
        if all(outcome.duels[one, other] < outcome.duels[other, one] for other in others):
            assert outcome.places[-1] == [one]


@given(orders=st.lists(st.permutations(candidates), min_size=1, max_size=5), winner=st.sampled_from(candidates))
def test_a_majority_that_puts_one_first_gets_it(orders, winner):
    ballots = [ballot(order) for order in orders] + [{winner: 1}] * (len(orders) + 1)

    assert schulze(candidates, dict(enumerate(ballots))).places[0] == [winner]


@given(ballots=rank_rounds)
def test_the_order_follows_the_strongest_paths_and_has_no_circle(ballots):
    outcome = schulze(candidates, dict(enumerate(ballots)))
    place = {one: number for number, one in enumerate(outcome.ranking)}

    for (one, other), strength in outcome.paths.items():
        if strength > outcome.paths[other, one]:
            assert place[one] < place[other]


@given(ballots=rank_rounds, shift=st.randoms(use_true_random=False))
def test_anonymity_and_neutrality(ballots, shift):
    """Names only matter in ties: as codes these keep their old names."""
    shuffled, order = ballots[:], candidates[:]
    shift.shuffle(shuffled)
    shift.shuffle(order)
    renamed = {one: one.upper() for one in candidates}
    before = schulze(candidates, dict(enumerate(ballots)))
    after = schulze(
        [renamed[one] for one in order],
        {voter: {renamed[one]: rank for one, rank in ranks.items()} for voter, ranks in enumerate(shuffled)},
        codes={new: old for old, new in renamed.items()},
    )

    assert [renamed[one] for one in before.ranking] == after.ranking


@given(ballots=rank_rounds)
def test_turned_ballots_turn_the_order(ballots):
    """Reversal symmetry: whoever comes before another now comes after it."""
    whole = [{one: ranks.get(one, 6) for one in candidates} for ranks in ballots]
    turned = [{one: 7 - rank for one, rank in ranks.items()} for ranks in whole]
    before, after = (schulze(candidates, dict(enumerate(ones))).paths for ones in (whole, turned))

    for one, other in before:
        assert (before[one, other] > before[other, one]) == (after[other, one] > after[one, other])
