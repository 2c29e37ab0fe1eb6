"""The terms of a round: said before it opens, kept from then on, and enough to work the result out again."""

import re
from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.urls import reverse

from planning_portal.workflow.services import WrongState
from tests import factories as base
from tests.consultations.factories import make_consultation, make_priority
from workshops.models import BallotRecord, Round
from workshops.queries.results import result_of_round
from workshops.queries.terms import terms_in_words
from workshops.results import released_file
from workshops.services import cast_ballot, close_round, merge_candidates, open_round, prepare_round
from workshops.weighing.ballot_file import read_ballots
from workshops.weighing.recompute import recompute, terms_of

from . import factories


def url(name, round_):
    return reverse(f"workshops:{name}", args=[round_.public_id])


class TwoZones:
    """Eight organisations of West Africa and four of Latin America; three candidates from there, one from here."""

    def __init__(self, *, small=4):
        benin = base.make_country("BJ")
        peru = base.make_country("PE", zone=base.make_zone("latin-america-caribbean", code="LA"))
        self.large = [base.make_organisation(country=benin) for _number in range(8)]
        self.small = [base.make_organisation(country=peru) for _number in range(small)]
        self.workshop = factories.make_workshop(organisations=[*self.large, *self.small])
        priorities = {
            country: make_priority(consultation=make_consultation(country=country), state="agreed")
            for country in (benin, peru)
        }
        self.candidates = [
            factories.make_candidate(self.workshop, priorities=[priorities[country]])
            for country in (benin, benin, benin, peru)
        ]

    def vote(self, round_):
        """The large zone approves its own three, the small one its own."""
        for organisations, chosen in ((self.large, self.candidates[:3]), (self.small, self.candidates[3:])):
            for organisation in organisations:
                cast_ballot(round_, organisation, [one.pk for one in chosen], by=None, version=None)

    def hold(self, facilitator, **terms):
        round_ = open_round(prepare_round(self.workshop, by=facilitator, **terms), by=facilitator)
        self.vote(round_)
        return close_round(round_, by=facilitator)

    def codes(self, round_):
        codes = {one.pk: one.code for one in self.candidates}
        return [codes[pk] for pk in round_.result["chosen"]]


@pytest.fixture
def two_zones(facilitator):
    return TwoZones()


TERMS = {"seats": 2, "rule": "phragmen", "weights": "square_root", "floor": 1, "quorum": 50, "seed": "Dakar"}


# --- Saying the terms ---


def test_a_round_takes_the_latest_version_of_its_rule_and_a_seed(workshop, candidates, facilitator):
    first = prepare_round(workshop, by=facilitator, seats=2)
    again = prepare_round(workshop, by=facilitator, seats=3)

    assert (first.rule, first.rule_version) == ("plain_count", "2")
    assert first.seed.startswith("seed-")
    assert again.seed == first.seed
    assert prepare_round(workshop, by=facilitator, seats=3, seed="Said in the room").seed == "Said in the room"


@pytest.mark.parametrize(("field", "value"), [("rule", "dice"), ("weights", "mine"), ("quorum", 101)])
def test_terms_that_there_are_not_are_refused(workshop, candidates, facilitator, field, value):
    with pytest.raises(ValidationError) as error:
        prepare_round(workshop, by=facilitator, seats=2, **{field: value})
    assert field in error.value.message_dict or field == "quorum"
    assert not Round.objects.exists()


def test_a_floor_that_needs_more_seats_is_refused_beside_its_field(two_zones, facilitator):
    with pytest.raises(ValidationError) as error:
        prepare_round(two_zones.workshop, by=facilitator, seats=3, floor=2)
    assert "floor" in error.value.message_dict
    assert prepare_round(two_zones.workshop, by=facilitator, seats=4, floor=2).floor == 2


def test_terms_cannot_be_changed_after_the_opening(two_zones, facilitator):
    round_ = open_round(prepare_round(two_zones.workshop, by=facilitator, **TERMS), by=facilitator)
    with pytest.raises(WrongState, match="still open"):
        prepare_round(two_zones.workshop, by=facilitator, seats=1, rule="plain_count")
    close_round(round_, by=facilitator)
    other = prepare_round(two_zones.workshop, by=facilitator, seats=1)

    round_.refresh_from_db()
    assert other.pk != round_.pk
    assert {name: getattr(round_, name) for name in TERMS} == TERMS


def test_a_round_whose_candidates_are_gone_meanwhile_does_not_open(two_zones, facilitator):
    round_ = prepare_round(two_zones.workshop, by=facilitator, seats=4)
    first, second, *_others = two_zones.candidates
    merge_candidates(first, [second], by=facilitator, reason="Same", language="en")
    with pytest.raises(WrongState, match="not more than there are candidates"):
        open_round(round_, by=facilitator)


def test_the_form_says_all_terms_and_shows_them_again(client, facilitator, two_zones):
    client.force_login(facilitator)
    address = url("round-list", two_zones.workshop)
    client.post(address, TERMS)
    page = client.get(address).content.decode()

    assert {name: getattr(Round.objects.get(), name) for name in TERMS} == TERMS
    assert "Weights: between the two (square root)" in page
    assert "Floor for each zone: 1" in page
    assert "Quorum: 50%" in page
    assert 'value="Dakar"' in page


def test_what_is_left_empty_is_no_floor_and_no_quorum(client, facilitator, workshop, candidates):
    client.force_login(facilitator)
    client.post(url("round-list", workshop), {"seats": 2, "rule": "phragmen", "floor": "", "quorum": ""})
    round_ = Round.objects.get()

    assert (round_.weights, round_.floor, round_.quorum) == ("one", 0, 0)


def test_delegates_read_the_terms_before_the_opening_and_on_the_ballot(client, alice, union, workshop, candidates):
    round_ = factories.make_round(workshop, "prepared", rule="phragmen", seed="Dakar", quorum=40)
    client.force_login(alice)
    before = client.get(reverse("workshops:workshop-detail", args=[workshop.public_id])).content.decode()
    Round.objects.filter(pk=round_.pk).update(state="open", opened_at=workshop.opened_at)
    round_.entitlements.create(organisation=union)
    ballot = client.get(url("ballot-cast", round_)).content.decode()

    for page in (before, ballot):
        assert "Rule: fair turns (Phragmén)" in page
        assert "Quorum: 40%" in page
        assert "Its seed: “Dakar”" in page


def test_an_old_round_says_that_codes_decide_ties(workshop):
    round_ = factories.make_round(workshop)
    assert "the order of their codes" in terms_in_words(round_)[-1][1]


# --- What they do ---


def test_the_floor_keeps_a_place_for_the_small_zone_and_says_so(two_zones, facilitator):
    plain = two_zones.hold(facilitator, seats=2, seed="Dakar")
    kept = two_zones.hold(facilitator, seats=2, floor=1, seed="Dakar")

    assert "C04" not in two_zones.codes(plain)
    assert "C04" in two_zones.codes(kept)
    assert kept.result["for_floor"] == [two_zones.candidates[3].pk]
    words = result_of_round(kept).words
    assert "The floor is reached in every zone." in words
    assert "1 of the chosen is among them because of the floor." in words
    assert not any("floor" in sentence for sentence in result_of_round(plain).words)


def test_fair_turns_hear_the_small_zone_without_a_floor(two_zones, facilitator):
    assert "C04" in two_zones.codes(two_zones.hold(facilitator, seats=3, rule="phragmen", weights="equal"))


def test_ties_are_decided_by_the_seed_and_told(two_zones, facilitator):
    chosen = {
        tuple(two_zones.codes(two_zones.hold(facilitator, seats=1, seed=f"seed {number}"))) for number in range(12)
    }
    assert len(chosen) > 1
    assert {code for one in chosen for code in one} <= {"C01", "C02", "C03"}


@pytest.mark.parametrize(("quorum", "words"), [(50, "is met in every zone"), (90, "is not met in: West Africa")])
def test_the_quorum_of_each_zone_is_met_or_not(two_zones, facilitator, quorum, words):
    round_ = open_round(prepare_round(two_zones.workshop, by=facilitator, seats=1, quorum=quorum), by=facilitator)
    for organisation in [*two_zones.large[:5], *two_zones.small]:
        cast_ballot(round_, organisation, [], by=None, version=None)
    closed = close_round(round_, by=facilitator)

    assert any(words in sentence for sentence in result_of_round(closed).words)


def test_a_quorum_does_not_tell_how_many_of_a_hidden_zone_voted(facilitator):
    zones = TwoZones(small=2)
    round_ = open_round(prepare_round(zones.workshop, by=facilitator, seats=1, quorum=60), by=facilitator)
    for organisation in [*zones.large, zones.small[0]]:
        cast_ballot(round_, organisation, [], by=None, version=None)
    shown = close_round(round_, by=facilitator).result["shown"]

    assert shown["ballots"]["zones"]["LA"] is None
    assert shown["quorum"]["zones"]["LA"] is None
    assert shown["quorum"]["is_met"] is False


def test_agreement_across_the_zones_is_made_of_numbers_that_are_shown(two_zones, facilitator):
    round_ = open_round(prepare_round(two_zones.workshop, by=facilitator, seats=1), by=facilitator)
    liked, split, *_others = two_zones.candidates
    for organisation in [*two_zones.large, *two_zones.small]:
        chosen = [liked.pk] + [split.pk] * (organisation == two_zones.large[0])
        cast_ballot(round_, organisation, chosen, by=None, version=None)
    shown = close_round(round_, by=facilitator).result["shown"]

    # (9/10 x 5/6) and its square root.
    assert shown["consensus"][str(liked.pk)] == 86
    assert shown["consensus"][str(split.pk)] is None


# --- Checking it ---


def release_of(client, round_):
    return client.get(url("round-ballots", round_))


@pytest.mark.parametrize("rule", ["plain_count", "phragmen", "equal_shares"])
@pytest.mark.parametrize("weights", ["one", "square_root", "equal"])
def test_the_file_of_ballots_gives_the_same_result(two_zones, facilitator, rule, weights):
    terms = {**TERMS, "rule": rule, "weights": weights, "seats": 3}
    round_ = two_zones.hold(facilitator, **terms)
    file = read_ballots(released_file(round_))
    found = recompute(file, terms_of(file))

    assert found.chosen == two_zones.codes(round_)
    assert found.covered == round_.result["covered"]
    assert {code: floor.taken for code, floor in found.floors.items()} == {
        code: floor["taken"] for code, floor in round_.result["floors"].items()
    }


def test_anybody_who_takes_part_checks_the_result_at_the_command_line(client, alice, two_zones, facilitator, tmp_path):
    round_ = two_zones.hold(facilitator, **TERMS)
    client.force_login(alice)
    assert url("round-ballots", round_) in client.get(url("round-results", round_)).content.decode()
    path = tmp_path / "ballots.csv"
    path.write_bytes(release_of(client, round_).content)
    out = StringIO()
    call_command("recompute_round", path, stdout=out)

    assert re.findall(r"^ +\d+\. (\w+)", out.getvalue(), re.MULTILINE) == two_zones.codes(round_)


def test_the_file_names_nobody_and_does_not_keep_the_order_of_the_ballots(two_zones, facilitator):
    first = two_zones.hold(facilitator, **TERMS)
    second = two_zones.hold(facilitator, **TERMS)
    texts = [BallotRecord.objects.get(round=one).file for one in (first, second)]

    for organisation in [*two_zones.large, *two_zones.small]:
        for known in (organisation.name, organisation.slug, str(organisation.public_id)):
            assert not any(known in text for text in texts)
    voters = [set(read_ballots(text.encode()).ballots) for text in texts]
    assert not voters[0] & voters[1]
    # Words in their order, drawn by chance: the rows tell nothing about who came first.
    for text, known in zip(texts, voters, strict=True):
        assert list(read_ballots(text.encode()).ballots) == sorted(known)


@pytest.mark.parametrize(("weights", "is_given"), [("one", True), ("square_root", False)])
def test_where_a_zone_is_small_no_ballot_can_be_recognised(client, alice, facilitator, weights, is_given):
    zones = TwoZones(small=2)
    round_ = zones.hold(facilitator, **{**TERMS, "weights": weights})
    client.force_login(alice)
    page = client.get(url("round-results", round_)).content.decode()
    answer = release_of(client, round_)

    if is_given:
        file = read_ballots(answer.content)
        assert (file.zones, file.sizes) == ({}, {})
        assert recompute(file, terms_of(file)).chosen == zones.codes(round_)
        assert "The zones are left out of it" in page
    else:
        assert answer.status_code == 403
        assert "could be recognised" in answer.content.decode()
        assert url("round-ballots", round_) not in page


def test_so_few_ballots_make_no_file(client, facilitator, workshop, candidates, open_round, union, mutual):
    for organisation in (union, mutual):
        cast_ballot(open_round, organisation, [candidates[0].pk], by=None, version=None)
    round_ = close_round(open_round, by=facilitator)

    assert round_.result["file"] == "withheld"
    assert released_file(round_) is None


def test_before_the_closing_there_is_no_file(client, facilitator, open_round):
    client.force_login(facilitator)
    assert release_of(client, open_round).status_code == 403


def test_a_round_closed_before_there_were_terms_stays_readable(client, alice, two_zones, facilitator):
    round_ = two_zones.hold(facilitator, seats=2)
    old = {key: value for key, value in round_.result.items() if key not in OLD_HAS_NOT}
    old["rule_version"] = "1"
    old["shown"] = {key: value for key, value in old["shown"].items() if key not in {"quorum", "consensus"}}
    Round.objects.filter(pk=round_.pk).update(result=old, rule_version="1", seed="")
    BallotRecord.objects.all().delete()
    client.force_login(alice)
    page = client.get(url("round-results", round_))

    assert page.status_code == 200
    assert "the order of their codes decides" in page.content.decode()
    assert "Work it out again" not in page.content.decode()
    assert "Ballots: confidential" not in page.content.decode()
    assert release_of(client, round_).status_code == 403


OLD_HAS_NOT = {"weights", "floor", "secrecy", "seed", "floors", "for_floor", "file"}
