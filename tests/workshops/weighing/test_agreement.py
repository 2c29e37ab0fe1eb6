"""Kendall's W on textbook examples and against the Friedman statistic; the consensus of the zones."""

from collections import Counter
from decimal import Decimal
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workshops.weighing import Terms, decide
from workshops.weighing.agreement import (
    consensus_of,
    group_consensus,
    kendalls_w,
    kendalls_w_by_zone,
    mid_ranks,
    root_of,
)

SIX, TEN = list("abcdef"), list("abcdefghij")


def ballots_from(candidates, *rows):
    """Ranks as whole numbers: ties are equal numbers."""
    return [dict(zip(candidates, row, strict=True)) for row in rows]


def test_three_executives_and_six_applicants():
    """S. Siegel, Nonparametric Statistics (1956): R = 8, 14, 11, 11, 11, 8; s = 25.5; W = 12 s / (9 x 210) = 0.16."""
    found = kendalls_w(SIX, ballots_from(SIX, [1, 6, 3, 2, 5, 4], [1, 5, 6, 4, 2, 3], [6, 3, 2, 5, 4, 1]))

    assert found.w == Fraction(306, 1890)
    assert round(float(found.w), 2) == 0.16
    assert found.mean_correlation == (3 * found.w - 1) / 2


def test_ties_share_the_mean_of_their_ranks_and_are_corrected_for():
    """Siegel again, ten objects with ties: s = 591, sum of (t^3 - t) = 12 + 18 + 84; W = 591 / 714 = 0.828.

    Ranks there: 1 4.5 2 4.5 3 7.5 6 9 7.5 10; 2.5 1 2.5 4.5 4.5 8 9 6.5 10 6.5; 2 1 4.5 4.5 4.5 4.5 8 8 8 10.
    """
    rows = [
        [1, 4, 2, 4, 3, 7, 6, 9, 7, 10],
        [2, 1, 2, 4, 4, 8, 9, 6, 10, 6],
        [2, 1, 3, 3, 3, 3, 7, 7, 7, 10],
    ]

    assert mid_ranks(rows[0]) == [Fraction(twice, 2) for twice in (2, 9, 4, 9, 6, 15, 12, 18, 15, 20)]
    assert mid_ranks(rows[2]) == [Fraction(twice, 2) for twice in (4, 2, 9, 9, 9, 9, 16, 16, 16, 20)]
    assert kendalls_w(TEN, ballots_from(TEN, *rows)).w == Fraction(591, 714)


def test_all_alike_is_one_and_turned_round_is_nought():
    alike = kendalls_w(SIX, ballots_from(SIX, range(1, 7), range(1, 7)))
    turned = kendalls_w(SIX, ballots_from(SIX, range(1, 7), range(6, 0, -1)))

    assert (alike.w, alike.mean_correlation) == (1, 1)
    assert (turned.w, turned.mean_correlation) == (0, -1)


@pytest.mark.parametrize(
    ("candidates", "ballots"), [(SIX, []), (["a"], [{"a": 1}]), (SIX, [{}, {}]), (SIX, [dict.fromkeys(SIX, 1)])]
)
def test_where_nothing_is_told_apart_there_is_no_agreement_to_measure(candidates, ballots):
    found = kendalls_w(candidates, ballots)

    assert (found.w, found.mean_correlation) == (None, None)


def test_one_organisation_has_no_pair():
    found = kendalls_w(SIX, ballots_from(SIX, range(1, 7)))

    assert (found.w, found.mean_correlation, found.organisations) == (1, None, 1)


def test_zones_are_measured_apart():
    ballots = dict(enumerate(ballots_from(SIX, range(1, 7), range(1, 7), range(6, 0, -1))))
    zones = kendalls_w_by_zone(SIX, ballots, {0: "WA", 1: "WA", 2: "LA"})

    assert (zones["WA"].w, zones["WA"].organisations) == (1, 2)
    assert zones["LA"].organisations == 1
    assert kendalls_w(SIX, list(ballots.values())).w < 1


rank_lists = st.integers(2, 6).flatmap(
    lambda n: st.lists(st.lists(st.integers(1, n), min_size=n, max_size=n), min_size=1, max_size=6)
)


@given(rows=rank_lists)
def test_w_is_the_friedman_statistic_in_other_words(rows):
    """chi2 = m (n - 1) W; Friedman's, with ties: m (n - 1) S / (m (sum of squared ranks) - m^2 n (n + 1)^2 / 4)."""
    m, n = len(rows), len(rows[0])
    ranks = [mid_ranks(row) for row in rows]
    spread = sum((sum(column) - Fraction(m * (n + 1), 2)) ** 2 for column in zip(*ranks, strict=True))
    below = sum(rank**2 for row in ranks for rank in row) - Fraction(m * n * (n + 1) ** 2, 4)
    candidates = list(range(n))
    found = kendalls_w(candidates, ballots_from(candidates, *rows))

    if found.w is None:
        assert below == 0
    else:
        assert m * (n - 1) * found.w == (n - 1) * spread / below
        assert 0 <= found.w <= 1


@given(orders=st.lists(st.permutations(range(5)), min_size=2, max_size=6))
def test_without_ties_the_mean_is_that_of_all_pairs(orders):
    """Spearman: 1 - 6 sum d^2 / (n^3 - n), for every pair."""
    pairs = [
        1 - Fraction(6 * sum((a - b) ** 2 for a, b in zip(one, other, strict=True)), 5**3 - 5)
        for one, other in combinations(orders, 2)
    ]
    found = kendalls_w(list("abcde"), [dict(zip("abcde", (n + 1 for n in order), strict=True)) for order in orders])

    assert found.mean_correlation == Fraction(sum(pairs), len(pairs))


@given(row=st.lists(st.integers(1, 5), min_size=1, max_size=8))
def test_mid_ranks_add_up_and_keep_the_order(row):
    ranks = mid_ranks(row)

    assert sum(ranks) == Fraction(len(row) * (len(row) + 1), 2)
    for a, b in combinations(range(len(row)), 2):
        assert (ranks[a] < ranks[b]) == (row[a] < row[b])
    assert Counter(Counter(ranks).values()) == Counter(Counter(row).values())


# --- Group-informed consensus ---------------------------------------------------------------------------------------


def test_consensus_by_hand():
    """3 of 4 and 1 of 2: (4/6) x (2/4) = 1/3; its square root is 0.577350..."""
    found = group_consensus({"WA": 3, "LA": 1}, {"WA": 4, "LA": 2})

    assert found.product == Fraction(1, 3)
    assert found.root == Decimal("0.577350")
    assert found.zones == 2


def test_one_zone_against_pulls_down_what_the_others_share():
    shared = group_consensus({"WA": 6, "LA": 6}, {"WA": 10, "LA": 10})
    split = group_consensus({"WA": 10, "LA": 2}, {"WA": 10, "LA": 10})

    assert shared.product > split.product


def test_every_candidate_of_a_round_has_its_consensus():
    """a: 2 of 2 in WA and 1 of 2 in LA, (3/4) x (2/4); b: none and 1 of 2, (1/4) x (2/4); AS has not voted."""
    ballots = {1: frozenset("a"), 2: frozenset("a"), 3: frozenset("ab"), 4: frozenset()}
    zones = {1: "WA", 2: "WA", 3: "LA", 4: "LA", 5: "AS"}
    found = consensus_of(decide(Terms("plain_count", 1), ["b", "a"], ballots, zones=zones))

    assert list(found) == ["a", "b"]
    assert {candidate: one.product for candidate, one in found.items()} == {"a": Fraction(3, 8), "b": Fraction(1, 8)}
    assert {one.zones for one in found.values()} == {2}


def test_a_zone_without_a_ballot_says_nothing():
    assert group_consensus({"WA": 3}, {"WA": 4, "LA": 0}) == group_consensus({"WA": 3}, {"WA": 4})
    assert group_consensus({}, {}).zones == 0


@given(
    share=st.fractions(0, 1, max_denominator=10**6),
    degree=st.integers(1, 6),
)
def test_the_root_is_rounded_down_and_by_less_than_a_millionth(share, degree):
    root = Fraction(root_of(share, degree))

    assert root**degree <= share < (root + Fraction(1, 10**6)) ** degree


@given(
    counts=st.dictionaries(
        st.sampled_from("WLAB"),
        st.integers(0, 20).flatmap(lambda number: st.tuples(st.integers(0, number), st.just(number))),
        min_size=1,
    )
)
def test_consensus_is_a_share_and_more_approval_raises_it(counts):
    approving = {zone: a for zone, (a, _) in counts.items()}
    ballots = {zone: number for zone, (_, number) in counts.items()}
    found = group_consensus(approving, ballots)

    assert 0 < found.product <= 1
    assert 0 < found.root <= 1
    for zone, (a, number) in counts.items():
        if a < number:
            assert group_consensus(approving | {zone: a + 1}, ballots).product > found.product
