"""What if: the same ballots under each rule, for the desk, in numbers that give nobody away."""

import pytest
from django.urls import reverse

from workshops.models import BallotRecord
from workshops.queries.what_if import what_if_of
from workshops.services import cast_ballot, close_round, open_round, prepare_round

from . import factories
from .test_terms import TwoZones


def url(round_):
    return reverse("workshops:round-what-if", args=[round_.public_id])


@pytest.fixture
def closed(facilitator):
    return TwoZones().hold(facilitator, seats=3, seed="Dakar")


def test_the_terms_in_force_come_first_and_change_nothing(closed):
    found = what_if_of(closed)

    assert [way.letter for way in found.alternatives] == list("ABCDEFGHI")
    first = found.alternatives[0]
    assert (first.is_in_force, first.enters, first.leaves) == (True, [], [])
    assert first.name == "Plain count; one organisation, one vote"


def test_another_way_lets_the_small_zone_in(closed):
    """Three seats by count go to the eight of West Africa; where all zones weigh the same, each has its share."""
    found = what_if_of(closed)
    equal = next(way for way in found.alternatives if way.name == "Fair turns (Phragmén); all zones alike")
    marks = {candidate.code: dict(zip("ABCDEFGHI", row, strict=True)) for candidate, row in found.rows}

    assert equal.enters == ["C04"]
    assert len(equal.leaves) == 1
    assert marks["C04"][equal.letter] == "+"
    assert marks["C04"]["A"] == ""
    assert marks[equal.leaves[0]][equal.letter] == "−"
    origins = {name: numbers["ABCDEFGHI".index(equal.letter)] for name, numbers in found.origins}
    assert origins == {"WA West Africa": 2, "LA Latin America Caribbean": 1}
    covered = {zone.code: zone.covered["ABCDEFGHI".index(equal.letter)] for zone in found.zones}
    assert covered == {"WA": 8, "LA": 4}
    assert {zone.code: zone.covered[0] for zone in found.zones} == {"WA": 8, "LA": 0}


def test_the_page_shows_picture_and_table_to_the_desk(client, coordinator, closed):
    client.force_login(coordinator)
    page = client.get(url(closed)).content.decode()

    assert "<svg" in page
    assert "C04 would come in" in page
    assert "This decides nothing" in page
    assert len(page) < 60_000
    results = client.get(reverse("workshops:round-results", args=[closed.public_id])).content.decode()
    assert url(closed) in results


@pytest.mark.parametrize(("role", "status"), [("alice", 403), ("companion", 403), ("facilitator", 200)])
def test_only_the_desk_looks_at_it(request, client, closed, role, status):
    client.force_login(request.getfixturevalue(role))
    assert client.get(url(closed)).status_code == status


def test_not_before_the_closing(client, facilitator, open_round):
    client.force_login(facilitator)
    assert client.get(url(open_round)).status_code == 403


def test_where_no_number_may_be_shown_the_page_says_so(client, facilitator):
    zones = TwoZones()
    round_ = open_round(prepare_round(zones.workshop, by=facilitator, seats=1), by=facilitator)
    for organisation in [*zones.large[:7], *zones.small[:3]]:
        cast_ballot(round_, organisation, [zones.candidates[0].pk], by=None, version=None)
    for organisation in [zones.large[7], zones.small[3]]:
        cast_ballot(round_, organisation, [], by=None, version=None)
    closed = close_round(round_, by=facilitator)
    client.force_login(facilitator)

    assert not what_if_of(closed).has_coverage
    assert "none is shown" in client.get(url(closed)).content.decode()


def test_a_small_zone_stays_hidden(facilitator):
    found = what_if_of(TwoZones(small=2).hold(facilitator, seats=3, seed="Dakar"))
    assert next(zone for zone in found.zones if zone.code == "LA").covered == [None] * 9


def test_a_round_without_record_or_ballots_says_so(client, facilitator, workshop, candidates):
    empty = close_round(factories.make_round(workshop, seed="Dakar"), by=facilitator)
    assert what_if_of(empty) is None
    BallotRecord.objects.all().delete()
    client.force_login(facilitator)
    assert "not kept in a form" in client.get(url(empty)).content.decode()


def test_the_number_of_queries_does_not_grow(facilitator, django_assert_num_queries):
    zones = TwoZones()
    round_ = open_round(prepare_round(zones.workshop, by=facilitator, seats=4), by=facilitator)
    for organisation in zones.large:
        cast_ballot(round_, organisation, [one.pk for one in zones.candidates], by=None, version=None)
    closed = close_round(round_, by=facilitator)
    with django_assert_num_queries(5):
        what_if_of(closed)
