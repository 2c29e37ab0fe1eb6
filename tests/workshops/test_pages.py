"""Every page of the app, in every state of a workshop, for whoever may see it; the others are refused."""

import pytest
from django.urls import reverse

from tests.workshops import factories
from workshops.services import publish_summary

DESK_PAGES = [
    "workshop-desk",
    "workshop-desk-live",
    "attendance",
    "candidate-list",
    "round-list",
    "decision-list",
    "line-list",
    "minutes-edit",
    "workshop-close",
]
MEMBER_PAGES = ["workshop-detail", "candidate-list", "line-list"]


def url(name, obj, *more):
    return reverse(f"workshops:{name}", args=[obj.public_id, *more])


@pytest.fixture
def workshop_at(facilitator, programme):
    def at(stage):
        if stage == "planned":
            return factories.make_workshop("planned")
        if stage == "published":
            workshop = factories.hold_workshop(facilitator=facilitator, until="closed")
            return publish_summary(workshop, by=facilitator)
        return factories.hold_workshop(facilitator=facilitator, until=stage)

    return at


STAGES = ["planned", "opened", "closed_round", "decided", "closed", "published"]


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("role", ["facilitator", "coordinator"])
def test_desk_pages_open_in_every_state(request, client, workshop_at, stage, role):
    workshop = workshop_at(stage)
    client.force_login(request.getfixturevalue(role))

    for page in DESK_PAGES:
        assert client.get(url(page, workshop)).status_code == 200, page


@pytest.mark.parametrize("stage", STAGES)
def test_pages_of_members_open_in_every_state(client, workshop_at, alice, stage):
    workshop = workshop_at(stage)
    client.force_login(alice)
    assert client.get(reverse("workshops:workshop-list")).status_code == 200

    for page in MEMBER_PAGES:
        assert client.get(url(page, workshop)).status_code == 200, page
    for candidate in workshop.candidates.all():
        assert client.get(url("candidate-detail", candidate)).status_code == 200
    for line in workshop.lines.all():
        assert client.get(url("line-detail", line)).status_code == 200
    for round_ in workshop.rounds.all():
        assert client.get(url("round-results", round_)).status_code == 200
