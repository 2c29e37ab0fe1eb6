"""What if: the same ballots under every rule and weight, against the terms in force."""

from fractions import Fraction

from hypothesis import given

from workshops.weighing import RULES, Terms, decide
from workshops.weighing.comparison import compare, terms_side_by_side
from workshops.weighing.ties import tie_order

from .rounds import floored_rounds

# Six of WA approve a, b and c; two of LA approve d; one of LA approves nothing.
BALLOTS = {number: frozenset("abc" if number <= 6 else "d") for number in range(1, 9)} | {9: frozenset()}
ZONES = {number: "WA" if number <= 6 else "LA" for number in range(1, 10)}
# A seed by which a wins all ties, so that the results below can be written down.
SEED = next(f"seed {number}" for number in range(99) if tie_order("abcd", f"seed {number}")[0] == "a")
IN_FORCE = Terms("plain_count", 2, seed=SEED)


def alternatives():
    found = compare(IN_FORCE, list("abcd"), BALLOTS, zones=ZONES)
    return {(one.terms.rule, one.terms.weights): one for one in found}


def test_the_terms_in_force_come_first_and_every_other_pair_once():
    found = terms_side_by_side(Terms("phragmen", 5, weights="equal", floors={"WA": 1}, seed="x"))

    assert (found[0].rule, found[0].weights) == ("phragmen", "equal")
    assert len({(one.rule, one.weights) for one in found}) == len(found) == 3 * len(RULES)
    assert all((one.seats, one.floors, one.seed) == (5, {"WA": 1}, "x") for one in found)


def test_a_rule_in_force_keeps_its_version_under_every_weight():
    found = terms_side_by_side(IN_FORCE)

    assert {one.version for one in found if one.rule == "plain_count"} == {"1"}


def test_what_enters_and_leaves():
    """By count a and b. With equal zones a ballot of WA weighs one and one of LA two: a has 6, d 4, so still a and b.
    Phragmén with equal zones: a 1/6; then b (1 + 1)/6 and d 1/4, so d.
    """
    found = alternatives()
    fair = found["phragmen", "equal"]

    assert found["plain_count", "one"].is_in_force
    assert found["plain_count", "one"].chosen == ["a", "b"]
    assert found["plain_count", "equal"].enters == found["plain_count", "equal"].leaves == []
    assert (fair.chosen, fair.enters, fair.leaves) == (["a", "d"], ["d"], ["b"])
    assert not fair.is_in_force


def test_how_each_zone_and_each_organisation_fares():
    found = alternatives()
    count, fair = found["plain_count", "one"], found["phragmen", "equal"]

    assert (count.zones["LA"].voting, count.zones["LA"].covered, count.zones["LA"].with_none) == (2, 0, 1)
    assert count.zones["WA"].mean_choices == 2
    assert (fair.zones["LA"].covered, fair.zones["LA"].mean_choices, fair.zones["WA"].mean_choices) == (2, 1, 1)
    assert count.choices_in == dict.fromkeys(range(1, 7), 2) | dict.fromkeys(range(7, 10), 0)
    assert (count.covered, fair.covered) == (6, 8)


def test_a_zone_of_blank_ballots_has_no_share():
    found = compare(IN_FORCE, ["a"], {1: frozenset()}, zones={1: "WA"}, others=[])

    assert len(found) == 1
    assert (found[0].zones["WA"].with_none, found[0].zones["WA"].mean_choices) == (0, 0)


@given(round_=floored_rounds())
def test_every_alternative_is_what_its_terms_decide(round_):
    candidates, ballots, zones, seats, homes, floors = round_
    in_force = Terms("phragmen", seats, weights="square_root", floors=floors, seed="x")
    found = compare(in_force, candidates, ballots, zones=zones, homes=homes)
    first = found[0]
    for one in found:
        outcome = decide(one.terms, candidates, ballots, zones=zones, homes=homes)
        assert one.chosen == outcome.chosen
        assert set(first.chosen) - set(one.leaves) | set(one.enters) == set(one.chosen)
        assert not set(one.enters) & set(first.chosen)
        assert sum(zone.covered for zone in one.zones.values()) == one.covered == outcome.covered
        for zone, view in one.zones.items():
            met = sum(one.choices_in[voter] for voter in ballots if zones[voter] == zone)
            assert view.mean_choices == (Fraction(met, view.voting) if view.voting else 0)
