"""The laws that hold for every round of approvals, under every rule that ought to keep them."""

from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workshops.weighing import RULES, Terms, decide, weigh
from workshops.weighing.weights import WEIGHTS

from .rounds import ZONES, rounds

every_rule = pytest.mark.parametrize(
    ("rule", "version"), [(rule, version) for rule, versions in RULES.items() for version in versions]
)
kinds_of_weight = st.sampled_from(WEIGHTS)
counts = pytest.mark.parametrize("version", RULES["plain_count"])
fair = pytest.mark.parametrize("rule", ["phragmen", "equal_shares"])


@every_rule
@given(weights=kinds_of_weight, round_=rounds(), shift=st.randoms(use_true_random=False))
def test_anonymity_whose_ballot_it_is_changes_nothing(rule, version, weights, round_, shift):
    """Ballots change hands within a zone (between zones they may weigh differently), and the order they come in."""
    candidates, ballots, zones, seats = round_
    swapped = {}
    for zone in ZONES:
        names = [voter for voter in ballots if zones[voter] == zone]
        other = names[:]
        shift.shuffle(other)
        swapped |= {new: ballots[old] for old, new in zip(names, other, strict=True)}
    items = list(swapped.items())
    shift.shuffle(items)
    terms = Terms(rule, seats, version, weights)

    before = decide(terms, candidates, ballots, zones=zones)
    after = decide(terms, candidates, dict(items), zones=zones)
    assert before == after


@every_rule
@given(weights=kinds_of_weight, round_=rounds())
def test_neutrality_what_a_candidate_is_called_changes_nothing(rule, version, weights, round_):
    """Only a tie looks at a name: by its code, or by its place in the published order. Both are kept here."""
    candidates, ballots, zones, seats = round_
    renamed = {candidate: f"new {candidate[::-1]}" for candidate in candidates}
    terms = Terms(rule, seats, version, weights, seed="s")
    before = decide(terms, candidates, ballots, zones=zones)
    after = decide(
        terms,
        [renamed[c] for c in candidates],
        {voter: frozenset(renamed[c] for c in choices) for voter, choices in ballots.items()},
        zones=zones,
        codes={new: old for old, new in renamed.items()},
    )

    assert [renamed[c] for c in before.ranking] == after.ranking
    assert [renamed[c] for c in before.chosen] == after.chosen
    assert [renamed[c] for c in before.tied_at_edge] == after.tied_at_edge
    assert [step.value for step in before.steps] == [step.value for step in after.steps]


@pytest.mark.parametrize(("rule", "version"), [("plain_count", "2"), ("phragmen", "1"), ("equal_shares", "1")])
@given(round_=rounds(), shift=st.randoms(use_true_random=False))
def test_by_seed_the_order_of_publication_changes_nothing(rule, version, round_, shift):
    candidates, ballots, zones, seats = round_
    shuffled = candidates[:]
    shift.shuffle(shuffled)
    terms = Terms(rule, seats, version, seed="s")

    assert decide(terms, candidates, ballots, zones=zones) == decide(terms, shuffled, ballots, zones=zones)


@every_rule
@given(round_=rounds(), seeds=st.tuples(st.text(max_size=5), st.text(max_size=5)))
def test_without_a_tie_the_seed_changes_nothing(rule, version, round_, seeds):
    candidates, ballots, zones, seats = round_
    one, other = (decide(Terms(rule, seats, version, seed=seed), candidates, ballots, zones=zones) for seed in seeds)

    if not any(step.tied for step in one.steps):
        assert one.chosen == other.chosen
        assert one.tied_at_edge == other.tied_at_edge == []


@counts
@given(round_=rounds(), data=st.data())
def test_more_support_never_hurts_under_the_plain_count(version, round_, data):
    candidates, ballots, _zones, seats = round_
    candidate = data.draw(st.sampled_from(candidates))
    terms = Terms("plain_count", seats, version)
    before = decide(terms, candidates, ballots)
    voter = data.draw(st.integers(1, 45))
    more = {**ballots, voter: ballots.get(voter, frozenset()) | {candidate}}
    after = decide(terms, candidates, more)

    assert after.ranking.index(candidate) <= before.ranking.index(candidate)
    if candidate in before.chosen:
        assert candidate in after.chosen


@counts
@given(round_=rounds())
def test_no_candidate_outside_has_more_support_than_one_inside(version, round_):
    candidates, ballots, _zones, seats = round_
    outcome = decide(Terms("plain_count", seats, version), candidates, ballots)
    outside = [c for c in candidates if c not in outcome.chosen]

    assert len(outcome.chosen) <= seats
    for inside in outcome.chosen:
        assert all(outcome.counts[inside] >= outcome.counts[other] for other in outside)


@every_rule
@given(round_=rounds())
def test_the_zones_add_up_to_the_whole(rule, version, round_):
    candidates, ballots, zones, seats = round_
    outcome = decide(Terms(rule, seats, version), candidates, ballots, zones=zones)

    assert sum(group.ballots for group in outcome.groups.values()) == outcome.ballots
    assert sum(group.covered for group in outcome.groups.values()) == outcome.covered
    for candidate in candidates:
        assert sum(group.counts[candidate] for group in outcome.groups.values()) == outcome.counts[candidate]


@every_rule
@given(round_=rounds())
def test_every_candidate_is_ranked_once_and_the_chosen_come_first(rule, version, round_):
    candidates, ballots, _zones, seats = round_
    outcome = decide(Terms(rule, seats, version), candidates, ballots)

    assert sorted(outcome.ranking) == sorted(candidates)
    assert outcome.ranking[: len(outcome.chosen)] == outcome.chosen
    assert all(outcome.counts[candidate] for candidate in outcome.chosen)


@given(round_=rounds())
def test_weigh_is_the_first_version_with_equal_ballots(round_):
    candidates, ballots, zones, seats = round_
    for rule in RULES:
        terms = Terms(rule, seats, "1")
        assert weigh(rule, candidates, ballots, seats=seats, zones=zones) == decide(
            terms, candidates, ballots, zones=zones
        )


# --- Fairness -------------------------------------------------------------------------------------------------------


@fair
@given(weights=kinds_of_weight, round_=rounds(least_ballots=1), data=st.data())
def test_organisations_that_agree_and_weigh_a_seat_are_not_left_with_nothing(rule, weights, round_, data):
    """Justified representation: those who weigh one k-th of all and share a choice have at least one choice in."""
    candidates, ballots, zones, seats = round_
    terms = Terms(rule, seats, weights=weights)
    weight = {zone: g.weight for zone, g in decide(terms, candidates, ballots, zones=zones).groups.items()}
    total = sum(weight[zones[voter]] for voter in ballots)
    candidate = data.draw(st.sampled_from(candidates))
    group, together = [], 0
    for voter in data.draw(st.permutations(sorted(ballots))):
        if together * seats >= total:
            break
        group.append(voter)
        together += weight[zones[voter]]
    agreed = {voter: choices | {candidate} if voter in group else choices for voter, choices in ballots.items()}
    outcome = decide(terms, candidates, agreed, zones=zones)

    assert any(agreed[voter] & set(outcome.chosen) for voter in group)


def test_the_plain_count_gives_no_such_promise():
    """Four of six would fill every seat; the other two, a third, agree and get none of three seats."""
    ballots = {number: frozenset("abc" if number <= 4 else "d") for number in range(1, 7)}

    assert "d" not in decide(Terms("plain_count", 3), list("abcd"), ballots).chosen
    for rule in ("phragmen", "equal_shares"):
        assert "d" in decide(Terms(rule, 3), list("abcd"), ballots).chosen


@given(round_=rounds(most_ballots=7, least_ballots=1))
def test_equal_shares_extended_justified_representation(round_):
    """Those who share l choices and are l/k of all: fewer than that have less than l of their choices in."""
    candidates, ballots, _zones, seats = round_
    chosen = set(decide(Terms("equal_shares", seats), candidates, ballots).chosen)
    for size in range(1, min(seats, len(candidates)) + 1):
        for shared in combinations(candidates, size):
            short = [v for v, choices in ballots.items() if choices >= set(shared) and len(choices & chosen) < size]
            assert Fraction(len(short)) < Fraction(size * len(ballots), seats)


@given(round_=rounds(most_ballots=7, least_ballots=1))
def test_phragmen_proportional_justified_representation(round_):
    """Any l/k of all who share l choices have together at least l of their choices in."""
    candidates, ballots, _zones, seats = round_
    chosen = set(decide(Terms("phragmen", seats), candidates, ballots).chosen)
    for number in range(1, len(ballots) + 1):
        for group in combinations(ballots.values(), number):
            shared = frozenset.intersection(*group)
            due = min(len(shared), number * seats // len(ballots))
            assert len(frozenset().union(*group) & chosen) >= due
