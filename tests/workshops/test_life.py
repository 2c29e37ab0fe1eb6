"""What became of a proposal, as its proposers read it; and what a line of work tells of both directions."""

import pytest
from django.urls import reverse

from consultations.models import Priority
from planning_portal.web.registry import LifeEvent, life_of, register_life
from tests import factories as base
from workshops.models import LineOfWork

from . import factories


@pytest.fixture
def held(facilitator, programme):
    return factories.hold_workshop(facilitator=facilitator)


def priority_of(workshop, code):
    return Priority.objects.get(candidates__workshop=workshop, candidates__code=code)


def titles(priority, user):
    return [event.title for event in life_of(priority, user) if isinstance(event, LifeEvent)]


def test_an_adopted_proposal_is_followed_to_its_line(held, alice):
    events = life_of(priority_of(held, "C01"), alice)

    assert [event.title for event in events] == [
        "Taken up by a workshop as candidate C01",
        "Weighed: approved by 8 of 8 organisations, chosen",
        "Adopted by the workshop",
        "Part of line of work L1",
    ]
    assert str(events[2].reason) == "Because of C01."
    assert events[3].url == reverse("workshops:line-detail", args=[LineOfWork.objects.get().public_id])


def test_a_merged_proposal_is_followed_through_the_merge(held, alice):
    events = life_of(priority_of(held, "C02"), alice)

    assert [event.title for event in events][:3] == [
        "Taken up by a workshop as candidate C02",
        "Merged into candidate C01",
        "Weighed: approved by 8 of 8 organisations, chosen",
    ]
    assert str(events[1].reason) == "The same ask."
    assert events[-1].title == "Part of line of work L1"


def test_a_proposal_that_was_not_retained_reads_why(held, alice):
    events = life_of(priority_of(held, "C05"), alice)

    assert events[-1].title == "Not retained by the workshop"
    assert events[-1].sign == "✕"
    assert str(events[-1].reason) == "Because of C05."


def test_small_numbers_are_not_told(held, facilitator, alice):
    """Three approvals are shown, two would not be."""
    told = titles(priority_of(held, "C06"), alice)
    assert "Weighed: approved by 3 of 8 organisations" in told
    round_ = held.rounds.get()
    pk = str(held.candidates.get(code="C06").pk)
    round_.result["shown"]["totals"][pk] = None
    round_.save()

    assert "Weighed: approved by fewer than 3 organisations" in titles(priority_of(held, "C06"), alice)


def test_a_proposal_that_no_workshop_took_up_has_no_events(held, alice, benin):
    from tests.consultations.factories import make_priority

    assert titles(make_priority(organisation=base.make_organisation(country=benin)), alice) == []


def test_whoever_does_not_take_part_is_told_nothing(held):
    assert titles(priority_of(held, "C01"), base.make_user()) == []


def test_an_undecided_proposal_ends_where_it_is(facilitator, programme, alice):
    workshop = factories.hold_workshop(facilitator=facilitator, until="opened")

    assert titles(priority_of(workshop, "C01"), alice) == ["Taken up by a workshop as candidate C01"]


def test_a_life_costs_a_fixed_number_of_queries(held, alice, django_assert_max_num_queries):
    from workshops.life import priority_events

    priority = priority_of(held, "C02")
    list(priority_events(priority, alice))
    with django_assert_max_num_queries(4):
        list(priority_events(priority, alice))


def test_the_page_of_a_proposal_shows_its_life(client, held, alice):
    client.force_login(alice)
    page = client.get(reverse("consultations:priority-detail", args=[priority_of(held, "C01").public_id]))

    assert "Part of line of work L1" in page.content.decode()


def test_a_line_shows_where_it_comes_from_and_what_became_of_it(client, held, alice):
    register_life("workshops.lineofwork", _plan_events)
    line = LineOfWork.objects.get()
    client.force_login(alice)
    page = client.get(reverse("workshops:line-detail", args=[line.public_id])).content.decode()

    assert "From priorities of" in page
    assert "Benin" in page
    assert "Because of C01." in page
    assert priority_of(held, "C01").public_id.hex in page.replace("-", "")
    assert "It became a plan of the tests" in page


def _plan_events(line, user):
    """What a later stage would tell."""
    return [LifeEvent("It became a plan of the tests")]


@pytest.fixture(autouse=True)
def forget_plan_events():
    yield
    from planning_portal.web import registry

    providers = registry._life_providers.get("workshops.lineofwork", [])
    if _plan_events in providers:
        providers.remove(_plan_events)


def test_the_page_of_a_candidate_shows_priorities_and_proposers_by_their_identity(client, held, carmen):
    candidate = held.candidates.get(code="C01")
    priority = priority_of(held, "C01")
    type(priority.organisation).objects.filter(pk=priority.organisation_id).update(identity="withheld", name="CANARY")
    client.force_login(carmen)
    page = client.get(reverse("workshops:candidate-detail", args=[candidate.public_id])).content.decode()

    assert "an organisation that is not named" in page
    assert "CANARY" not in page


def test_the_page_of_a_candidate_leads_on_to_where_it_was_forwarded(client, held, alice, benin):
    candidate = held.candidates.get(code="C01")
    later = factories.make_workshop(zone=benin.zone)
    forward = factories.make_candidate(later, forwarded_from=candidate)
    client.force_login(alice)
    there = client.get(reverse("workshops:candidate-detail", args=[candidate.public_id])).content.decode()
    back = client.get(reverse("workshops:candidate-detail", args=[forward.public_id])).content.decode()

    assert "It went on to:" in there
    assert "From an earlier workshop:" in back
