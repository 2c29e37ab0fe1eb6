"""Consent: reasoned objections, quorum of each zone, and what comes first."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workshops.weighing import WeighingError
from workshops.weighing.consent import ANSWERS, Answer, consent

ZONES = {1: "WA", 2: "WA", 3: "WA", 4: "LA", 5: "LA"}
HALF = {"WA": Fraction(1, 2), "LA": Fraction(1, 2)}


def verdict(answers, **terms):
    return consent({voter: Answer(*answer) for voter, answer in answers.items()}, zones=ZONES, **terms)


def test_a_line_that_passes_with_its_counts_by_zone():
    outcome = verdict({1: ("agree",), 2: ("reservation", "who pays?"), 4: ("stand_aside",)}, quorum=HALF)

    assert outcome.passes
    assert outcome.counts == {"agree": 1, "reservation": 1, "stand_aside": 1, "object": 0}
    assert outcome.zones["WA"].counts == {"agree": 1, "reservation": 1, "stand_aside": 0, "object": 0}
    assert (outcome.zones["WA"].answered, outcome.zones["WA"].entitled, outcome.zones["WA"].needed) == (2, 3, 2)
    assert (outcome.zones["LA"].answered, outcome.zones["LA"].entitled, outcome.zones["LA"].needed) == (1, 2, 1)


def test_one_reasoned_objection_stops_it():
    outcome = verdict({1: ("agree",), 2: ("agree",), 4: ("object", "It leaves out domestic workers.")}, quorum=HALF)

    assert (outcome.verdict, outcome.objections, outcome.without_reason) == ("objected", [4], [])


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_an_objection_without_a_reason_is_shown_and_stops_nothing(reason):
    outcome = verdict({1: ("agree",), 2: ("agree",), 4: ("object", reason)}, quorum=HALF)

    assert (outcome.verdict, outcome.objections, outcome.without_reason) == ("passes", [], [4])
    assert outcome.counts["object"] == 1


def test_a_reason_beside_another_answer_stops_nothing():
    assert verdict({1: ("reservation", "Too little money.")}).passes


def test_quorum_of_each_zone_is_rounded_up_and_must_be_met_in_all():
    """Half of three is two; one of LA is enough, one of WA is not."""
    outcome = verdict({1: ("agree",), 4: ("agree",)}, quorum=HALF)

    assert outcome.verdict == "no_quorum"
    assert {zone: one.is_met for zone, one in outcome.zones.items()} == {"WA": False, "LA": True}
    assert verdict({1: ("agree",), 4: ("agree",)}, quorum={"LA": Fraction(1, 2)}).passes


def test_standing_aside_counts_for_the_quorum_and_agrees_to_nothing():
    assert verdict(dict.fromkeys(ZONES, ("stand_aside",)), quorum=HALF).verdict == "nobody_agrees"
    assert verdict({}).verdict == "nobody_agrees"


def test_an_objection_is_told_before_a_missing_quorum():
    assert verdict({1: ("object", "No.")}, quorum=HALF).verdict == "objected"


def test_the_number_of_organisations_can_be_given():
    outcome = verdict({1: ("agree",)}, sizes={"WA": 9, "AS": 4}, quorum={"WA": Fraction(1, 3)})

    assert (outcome.zones["WA"].needed, outcome.zones["WA"].entitled, outcome.verdict) == (3, 9, "no_quorum")
    assert outcome.zones["AS"].answered == 0


@pytest.mark.parametrize(
    ("answers", "terms"),
    [
        ({1: ("maybe",)}, {}),
        ({}, {"quorum": {"WA": Fraction(3, 2)}}),
        ({}, {"quorum": {"AS": Fraction(1, 2)}}),
        ({1: ("agree",), 2: ("agree",)}, {"sizes": {"WA": 1}}),
    ],
)
def test_what_cannot_be_is_refused(answers, terms):
    with pytest.raises(WeighingError):
        verdict(answers, **terms)


@given(
    answers=st.dictionaries(
        st.sampled_from(sorted(ZONES)), st.tuples(st.sampled_from(ANSWERS), st.sampled_from(["", "because"]))
    )
)
def test_zones_add_up_and_it_passes_only_without_a_reasoned_objection(answers):
    outcome = verdict(answers)

    for kind in ANSWERS:
        assert sum(zone.counts[kind] for zone in outcome.zones.values()) == outcome.counts[kind]
    objects = any(kind == "object" and reason for kind, reason in answers.values())
    supports = any(kind in {"agree", "reservation"} for kind, _reason in answers.values())
    assert outcome.passes == (supports and not objects)
