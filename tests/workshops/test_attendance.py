"""Attendance by organisation and session: by phone, by the desk, from the list; and the totals at the end."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from planning_portal.workflow.services import WrongState
from tests import factories as people
from workshops import services
from workshops.models import Attendance, AttendanceSource, Delegation, Workshop
from workshops.queries.desk import with_counts
from workshops.queries.totals import totals_of

from . import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nobody_is_there(workshop):
    Delegation.objects.filter(workshop=workshop).update(is_present=False)


@pytest.fixture
def sessions(workshop, facilitator):
    """The first was held, the second is running."""
    made = [factories.make_session(workshop, position=number) for number in (1, 2, 3)]
    services.start_session(made[0], by=facilitator)
    services.start_session(made[1], by=facilitator, ending=made[0])
    return made


def page(name, obj):
    return reverse(f"workshops:{name}", args=[obj.public_id])


def there(workshop):
    return set(workshop.delegations.filter(is_present=True).values_list("organisation_id", flat=True))


def at(session):
    return dict(session.attendances.values_list("organisation_id", "source"))


def test_we_are_here_counts_for_the_session_that_runs(client, workshop, sessions, alice, union):
    client.force_login(alice)
    for _time in range(2):
        client.post(page("workshop-place", workshop), {"organisation": union.public_id})
    assert at(sessions[1]) == {union.pk: AttendanceSource.PHONE}
    assert not at(sessions[0])
    assert there(workshop) == {union.pk}


def test_the_next_session_asks_again(client, workshop, sessions, facilitator, alice, union):
    services.check_in(workshop, by=alice, organisation=union)
    client.force_login(alice)
    assert "You are there" in client.get(page("workshop-place", workshop)).content.decode()
    services.start_session(sessions[2], by=facilitator, ending=sessions[1])
    assert "We are here" in client.get(page("workshop-place", workshop)).content.decode()
    assert services.check_in(workshop, by=alice, organisation=union) is True
    assert services.check_in(workshop, by=alice, organisation=union) is False


def test_between_sessions_one_comes_into_the_workshop(workshop, alice, union):
    assert services.check_in(workshop, by=alice, organisation=union) is True
    assert services.check_in(workshop, by=alice, organisation=union) is False
    assert there(workshop) == {union.pk}
    assert not Attendance.objects.exists()


def test_whoever_raises_a_hand_is_there(sessions, workshop, alice, facilitator, union, mutual):
    services.raise_hand(sessions[1], by=alice, organisation=union, language="fr")
    services.raise_hand(sessions[1], by=facilitator, organisation=mutual, language="fr")
    assert at(sessions[1]) == {union.pk: AttendanceSource.PHONE, mutual.pk: AttendanceSource.DESK}
    assert there(workshop) == {union.pk, mutual.pk}


def test_the_list_of_a_session_changes_only_what_it_listed(workshop, sessions, facilitator, alice, union, mutual):
    services.check_in(workshop, by=alice, organisation=union)
    sent = {"present": [mutual.pk], "listed": [mutual.pk]}
    assert services.set_presence(workshop, by=facilitator, session=sessions[1], **sent) == 1
    assert services.set_presence(workshop, by=facilitator, session=sessions[1], **sent) == 0
    assert at(sessions[1]) == {union.pk: AttendanceSource.PHONE, mutual.pk: AttendanceSource.LIST}
    services.set_presence(workshop, by=facilitator, session=sessions[1], present=[], listed=[mutual.pk])
    assert set(at(sessions[1])) == {union.pk}
    assert there(workshop) == {union.pk, mutual.pk}  # the list of the whole workshop is changed there


def test_off_the_list_of_the_workshop_is_off_every_session(workshop, sessions, facilitator, union, mutual):
    both = [union.pk, mutual.pk]
    for session in sessions[:2]:
        services.set_presence(workshop, by=facilitator, session=session, present=both, listed=both)
    services.set_presence(workshop, by=facilitator, present=[mutual.pk], listed=both)
    assert there(workshop) == {mutual.pk}
    assert [set(at(session)) for session in sessions] == [{mutual.pk}, {mutual.pk}, set()]


def test_nobody_is_at_a_session_that_has_not_begun_nor_at_that_of_others(workshop, sessions, facilitator, union):
    foreign = factories.make_session(factories.make_workshop(), started_at=timezone.now())
    for session in (sessions[2], foreign):
        with pytest.raises(WrongState):
            services.set_presence(workshop, by=facilitator, session=session, present=[union.pk], listed=[union.pk])
    outsider = people.make_organisation()
    sent = {"present": [outsider.pk], "listed": [outsider.pk]}
    assert services.set_presence(workshop, by=facilitator, session=sessions[1], **sent) == 0


def test_the_desk_counts_those_at_the_running_session(workshop, sessions, facilitator, union, mutual):
    both = [union.pk, mutual.pk]
    services.set_presence(workshop, by=facilitator, session=sessions[0], present=both, listed=both)
    services.set_presence(workshop, by=facilitator, session=sessions[1], present=[union.pk], listed=both)
    found = with_counts(Workshop.objects.all()).get(pk=workshop.pk)
    assert (found.present_count, found.attending_count) == (2, 1)


def test_the_page_lists_the_running_session_and_can_tick_those_of_before(
    client, workshop, sessions, facilitator, union, mutual
):
    services.set_presence(workshop, by=facilitator, session=sessions[0], present=[union.pk], listed=[union.pk])
    client.force_login(facilitator)
    address = page("attendance", workshop)

    def ticked(**query):
        text = client.get(address, query).content.decode()
        return {pk for pk in (union.pk, mutual.pk) if f'value="{pk}" checked' in text}

    assert ticked() == set()
    assert ticked(session=sessions[0].public_id) == {union.pk}
    assert ticked(session="") == {union.pk}
    assert ticked(session=sessions[1].public_id, like=sessions[0].public_id) == {union.pk}
    assert not at(sessions[1])
    sent = {"session": sessions[1].public_id, "present": [mutual.pk], "listed": [union.pk, mutual.pk]}
    answer = client.post(address, sent)
    assert answer.url == f"{address}?session={sessions[1].public_id}"
    assert set(at(sessions[1])) == {mutual.pk}


def test_totals_tell_who_was_there_and_who_was_heard(
    workshop, sessions, facilitator, union, mutual, stranger_organisation
):
    both = [union.pk, mutual.pk]
    for session in sessions[:2]:
        services.set_presence(workshop, by=facilitator, session=session, present=both, listed=both)
    start = timezone.now() - timedelta(minutes=30)
    for organisation, minutes in ((union, 4), (union, 6), (mutual, 2)):
        ended = start + timedelta(minutes=minutes)
        factories.make_hand(sessions[0], organisation, started_at=start, ended_at=ended)
    totals = totals_of(workshop)
    assert (totals.entitled, totals.present, totals.minutes) == (3, 2, 12)
    assert [(line.session, line.present) for line in totals.sessions] == [(sessions[0], 2), (sessions[1], 2)]
    for table in totals.tables:
        assert sum(row.entitled for row in table.rows) == 3
        assert sum(row.present for row in table.rows) == 2
        assert sum(row.visits for row in table.rows) == 4
        assert sum(row.turns for row in table.rows) == 3
        assert sum(row.seconds for row in table.rows) == 12 * 60
    zones = {row.label: row for row in totals.tables[0].rows}
    assert zones[union.country.zone.name].average == 2
    assert zones[stranger_organisation.country.zone.name].minutes == 0


@pytest.mark.parametrize(("role", "status"), [("facilitator", 200), ("coordinator", 200), ("alice", 403)])
def test_totals_are_for_the_desk(request, client, workshop, sessions, role, status):
    client.force_login(request.getfixturevalue(role))
    assert client.get(page("attendance-totals", workshop)).status_code == status


@pytest.mark.parametrize("name", ["attendance", "attendance-totals"])
def test_the_pages_cost_the_same_at_any_size(client, workshop, sessions, facilitator, name):
    client.force_login(facilitator)
    counts = []
    for number in (0, 40):
        organisations = [people.make_organisation() for _number in range(number)]
        factories.make_delegations(workshop, organisations)
        ids = [one.pk for one in organisations]
        services.set_presence(workshop, by=facilitator, session=sessions[1], present=ids, listed=ids)
        for organisation in organisations:
            factories.make_hand(sessions[1], organisation, started_at=timezone.now(), ended_at=timezone.now())
        client.get(page(name, workshop))
        with CaptureQueriesContext(connection) as context:
            assert len(client.get(page(name, workshop)).content) < 60_000
        counts.append(len(context.captured_queries))
    assert counts[0] == counts[1]
