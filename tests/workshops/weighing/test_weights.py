"""Weights by zone and the order of ties."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workshops.weighing import Terms, WeighingError, decide
from workshops.weighing.ties import tie_order
from workshops.weighing.weights import ballot_weights

sizes_of_zones = st.dictionaries(st.sampled_from(["WA", "LA", "AS", "CA", "BE"]), st.integers(1, 60), min_size=1)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("one", {"WA": 1, "LA": 1, "AS": 1}),
        # 1/sqrt(size): 1/6, 1/3, 1, and so 0.166666, 0.333333, 1.000000 in millionths.
        ("square_root", {"WA": 166_666, "LA": 333_333, "AS": 1_000_000}),
        # 1/36, 1/9, 1, in 36ths.
        ("equal", {"WA": 1, "LA": 4, "AS": 36}),
    ],
)
def test_what_a_ballot_weighs(kind, expected):
    assert ballot_weights(kind, {"WA": 36, "LA": 9, "AS": 1}) == expected


def test_a_zone_without_organisations_has_no_weight():
    assert ballot_weights("equal", {"WA": 2, "LA": 0}) == {"WA": 1}
    assert ballot_weights("equal", {}) == {}


def test_an_unknown_weight_is_refused():
    with pytest.raises(WeighingError, match="square_root"):
        ballot_weights("by wealth", {"WA": 1})


@given(sizes=sizes_of_zones)
def test_equal_zones_weigh_exactly_the_same(sizes):
    weights = ballot_weights("equal", sizes)

    assert len({weights[zone] * size for zone, size in sizes.items()}) == 1


@given(sizes=sizes_of_zones)
def test_square_root_lies_between_the_other_two(sizes):
    weights = ballot_weights("square_root", sizes)

    for one, size in sizes.items():
        for other, larger in sizes.items():
            if size < larger:
                assert weights[one] > weights[other]
                assert weights[one] * size < weights[other] * larger


def test_the_size_of_a_zone_is_who_may_vote_not_who_did():
    """Two of four voted in WA, one of one in LA: with equal zones a ballot of LA weighs four, not two."""
    zones = {1: "WA", 2: "WA", 3: "WA", 4: "WA", 5: "LA"}
    ballots = {1: frozenset("a"), 2: frozenset("a"), 5: frozenset("b")}
    outcome = decide(Terms("plain_count", 1, weights="equal"), list("ab"), ballots, zones=zones)

    assert outcome.groups["LA"].weight == 4 * outcome.groups["WA"].weight
    assert outcome.chosen == ["b"]
    assert outcome == decide(
        Terms("plain_count", 1, weights="equal"),
        list("ab"),
        ballots,
        zones={voter: zones[voter] for voter in ballots},
        sizes={"WA": 4, "LA": 1},
    )


def test_more_ballots_than_organisations_are_refused():
    with pytest.raises(WeighingError, match="more than organisations"):
        decide(
            Terms("phragmen", 1), ["a"], {1: frozenset("a"), 2: frozenset()}, zones={1: "WA", 2: "WA"}, sizes={"WA": 1}
        )


def test_the_order_of_ties_is_the_one_anybody_can_work_out():
    by_hand = sorted("ABCD", key=lambda code: sha256(b"Dakar\n" + code.encode()).hexdigest())

    assert tie_order("ABCD", "Dakar") == by_hand
    assert tie_order("DCBA", "Dakar") == by_hand
    # printf 'Dakar\nA' | sha256sum begins with 80ef34; B: d6921a, C: c62bea, D: 241401.
    assert by_hand == list("DACB")
    assert len({tuple(tie_order("ABCD", f"{seed}")) for seed in range(200)}) == 24


def test_the_square_root_is_rounded_down_to_six_digits():
    """1/sqrt(2) = 0.7071067...: 707,106 to 1,000,000, and so in smallest numbers."""
    assert ballot_weights("square_root", {"WA": 2, "LA": 1}) == {"WA": 707_106 // 2, "LA": 1_000_000 // 2}
