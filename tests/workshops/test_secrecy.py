"""Open rounds show names once they are closed; confidential ones part the ballots from the organisations for good."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from planning_portal.organisations.identity import EVERYONE
from planning_portal.organisations.models import Organisation
from planning_portal.workflow.services import WrongState
from workshops.models import Ballot, BallotRecord, Round
from workshops.queries.ballots import open_ballots
from workshops.services import cast_ballot, close_round, open_round, prepare_round
from workshops.weighing.ballot_file import read_ballots

from .test_terms import TwoZones


def url(name, round_):
    return reverse(f"workshops:{name}", args=[round_.public_id])


def opened(workshop, facilitator, secrecy):
    return open_round(prepare_round(workshop, by=facilitator, seats=2, secrecy=secrecy), by=facilitator)


def test_a_round_is_confidential_unless_it_is_said_otherwise(workshop, candidates, facilitator):
    assert prepare_round(workshop, by=facilitator, seats=2).secrecy == "confidential"


def test_after_a_confidential_round_nothing_tells_what_an_organisation_chose(
    client, alice, union, workshop, candidates, facilitator
):
    round_ = opened(workshop, facilitator, "confidential")
    cast_ballot(round_, union, [candidates[0].pk], by=alice)
    client.force_login(alice)
    assert candidates[0].title_en in client.get(url("ballot-receipt", round_)).content.decode()
    close_round(round_, by=facilitator)
    ballot = Ballot.objects.get()

    assert (ballot.choices.count(), ballot.cast_at) == (0, None)
    for name in ("ballot-receipt", "ballot-cast"):
        page = client.get(url(name, round_)).content.decode()
        assert ballot.receipt_number in page
        assert "no longer kept with your organisation" in page
        assert candidates[0].title_en not in page
        assert "A blank ballot" not in page


def test_a_confidential_ballot_has_no_time(workshop, candidates, facilitator, union, alice):
    round_ = opened(workshop, facilitator, "confidential")
    cast_ballot(round_, union, [candidates[0].pk], by=alice)
    assert cast_ballot(round_, union, [candidates[1].pk], by=alice, version=1).cast_at is None


def test_the_record_holds_all_that_was_on_the_ballots(facilitator):
    zones = TwoZones()
    round_ = opened(zones.workshop, facilitator, "confidential")
    zones.vote(round_)
    close_round(round_, by=facilitator)
    kept = read_ballots(BallotRecord.objects.get().file.encode())

    counts = {code: sum(code in ballot for ballot in kept.ballots.values()) for code in kept.candidates}
    assert counts == {"C01": 8, "C02": 8, "C03": 8, "C04": 4}


def test_a_closed_open_round_shows_each_ballot_by_name(
    client, alice, union, mutual, stranger_organisation, workshop, candidates, facilitator
):
    round_ = opened(workshop, facilitator, "open")
    cast_ballot(round_, union, [candidates[0].pk, candidates[2].pk], by=alice)
    cast_ballot(round_, mutual, [], by=None, version=None)
    client.force_login(alice)
    assert "all who take part can read" in client.get(url("ballot-cast", round_)).content.decode()
    close_round(round_, by=facilitator)
    page = client.get(url("round-results", round_)).content.decode()

    part = page.split("Who chose what")[1]
    assert f"<dt>{union.name}</dt><dd>C01 and C03</dd>" in part
    assert f"<dt>{mutual.name}</dt><dd>a blank ballot</dd>" in part
    assert candidates[0].title_en in client.get(url("ballot-receipt", round_)).content.decode()
    assert Ballot.objects.get(organisation=union).cast_at is not None


def test_a_confidential_round_has_no_such_list(client, alice, workshop, candidates, facilitator, union):
    round_ = opened(workshop, facilitator, "confidential")
    cast_ballot(round_, union, [candidates[0].pk], by=alice)
    closed = close_round(round_, by=facilitator)
    client.force_login(alice)

    assert open_ballots(closed, EVERYONE) is None
    assert "Who chose what" not in client.get(url("round-results", round_)).content.decode()


def test_nobody_reads_an_open_round_before_it_is_closed(workshop, candidates, facilitator, union, alice):
    round_ = opened(workshop, facilitator, "open")
    cast_ballot(round_, union, [candidates[0].pk], by=alice)
    assert open_ballots(round_, EVERYONE) is None


@pytest.mark.parametrize("identity", ["described", "withheld"])
def test_an_open_round_needs_organisations_that_may_be_named(workshop, candidates, facilitator, union, identity):
    prepared = prepare_round(workshop, by=facilitator, seats=2, secrecy="open")
    Organisation.objects.filter(pk=union.pk).update(identity=identity)

    with pytest.raises(WrongState, match="weigh confidentially"):
        open_round(prepared, by=facilitator)
    with pytest.raises(ValidationError) as error:
        prepare_round(workshop, by=facilitator, seats=2, secrecy="open")
    assert "secrecy" in error.value.message_dict


def test_who_goes_into_hiding_later_takes_the_whole_list_with_it(
    client, carmen, workshop, candidates, facilitator, union, mutual
):
    """The others' ballots and the totals would tell what the hidden one chose."""
    round_ = opened(workshop, facilitator, "open")
    for organisation in (union, mutual):
        cast_ballot(round_, organisation, [candidates[0].pk], by=None, version=None)
    close_round(round_, by=facilitator)
    Organisation.objects.filter(pk=union.pk).update(identity="withheld")
    client.force_login(carmen)
    page = client.get(url("round-results", round_)).content.decode()

    assert "the list is not shown" in page
    assert mutual.name not in page
    assert union.name not in page


def test_the_form_says_which_kind_of_round_it_is(client, facilitator, workshop, candidates):
    client.force_login(facilitator)
    client.post(url("round-list", workshop), {"seats": 2, "rule": "plain_count", "secrecy": "open"})
    page = client.get(url("round-list", workshop)).content.decode()

    assert Round.objects.get().secrecy == "open"
    assert "Ballots: open round" in page


def test_the_list_has_a_fixed_cost(facilitator, django_assert_num_queries):
    zones = TwoZones()
    round_ = opened(zones.workshop, facilitator, "open")
    zones.vote(round_)
    closed = close_round(round_, by=facilitator)
    with django_assert_num_queries(2):
        assert len(open_ballots(closed, EVERYONE)) == 12
