"""What waits for a person, what everyone may know, and what the admin must never show."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.urls import reverse

from planning_portal.languages.registry import text_kind
from planning_portal.programme.registry import figures_of, step_sections, theme_sections
from planning_portal.web.registry import nav_for, tasks_for
from tests import factories as base
from workshops.home import tasks
from workshops.services import cast_ballot, close_round, close_workshop, publish_summary

from . import factories


def own_tasks(user):
    return list(tasks(user))


def test_who_has_a_mandate_is_asked_for_the_ballot_until_it_is_in(open_round, candidates, alice, union):
    (task,) = own_tasks(alice)
    assert task.title == "Cast your organisation's ballot"
    assert task.url == f"{reverse('workshops:ballot-cast', args=[open_round.public_id])}?for={union.public_id}"
    assert task in tasks_for(alice)

    cast_ballot(open_round, union, [candidates[0].pk], by=alice)
    assert own_tasks(alice) == []


def test_a_ballot_that_somebody_else_entered_is_told_until_it_is_ones_own(
    open_round, candidates, alice, union, facilitator
):
    cast_ballot(open_round, union, [candidates[0].pk], by=facilitator, source="paper")
    (task,) = own_tasks(alice)
    assert task.title == "Your ballot was entered by a facilitator or from paper: look at it"
    assert task.url == f"{reverse('workshops:ballot-receipt', args=[open_round.public_id])}?for={union.public_id}"

    cast_ballot(open_round, union, [candidates[0].pk], by=alice)
    assert own_tasks(alice) == []


def test_a_closed_round_asks_nobody(open_round, alice, facilitator):
    close_round(open_round, by=facilitator)

    assert own_tasks(alice) == []


def test_without_mandate_nobody_is_asked(open_round, union):
    assert own_tasks(base.make_user(organisation=union, has_mandate=False)) == []


def test_an_organisation_that_does_not_vote_is_not_asked(open_round, benin):
    assert own_tasks(base.make_user(organisation=base.make_organisation(country=benin))) == []


def test_facilitators_read_what_each_workshop_needs(open_round, facilitator):
    factories.make_workshop("published")
    (task,) = own_tasks(facilitator)

    assert task.url == reverse("workshops:workshop-desk", args=[open_round.workshop.public_id])
    assert task.note == "A round of weighing is open."


def test_a_named_facilitator_reads_of_their_own_workshop_only(workshop, bob):
    other = factories.make_workshop()
    workshop.facilitators.add(bob)

    assert [task.url for task in own_tasks(bob)] == [reverse("workshops:workshop-desk", args=[workshop.public_id])]
    assert other.pk


def test_coordinators_read_of_what_waits_to_be_published(workshop, coordinator):
    closed = factories.make_workshop("closed")

    assert [task.url for task in own_tasks(coordinator)] == [
        reverse("workshops:workshop-desk", args=[closed.public_id])
    ]


def test_visitors_have_nothing_to_do(db):
    from django.contrib.auth.models import AnonymousUser

    assert own_tasks(AnonymousUser()) == []


def test_the_navigation_leads_to_workshops_for_whoever_takes_part(alice, programme):
    assert any(entry.url_name == "workshops:workshop-list" for entry in nav_for(alice))
    assert not any(entry.url_name == "workshops:workshop-list" for entry in nav_for(base.make_user()))


def test_workshops_of_a_past_programme_ask_nobody(alice, union, facilitator):
    past = base.make_programme(is_current=False)
    workshop = factories.make_workshop(step=base.make_step("continental", programme=past), organisations=[union])
    factories.make_candidate(workshop)
    factories.make_round(workshop)

    assert own_tasks(alice) == []
    assert own_tasks(facilitator) == []


# --- Public pages ---


@pytest.fixture
def held(facilitator, programme):
    return factories.hold_workshop(facilitator=facilitator)


def test_nothing_of_an_unpublished_workshop_is_public(held, programme, facilitator):
    theme = held.lines.get().theme
    close_workshop(held, by=facilitator)

    assert not any(figure.key == "lines" for figure in figures_of(programme))
    assert not [section for section in step_sections(held.step) if section.title == "Lines of work"]
    assert not [section for section in theme_sections(theme) if section.title == "Lines of work"]


def test_a_published_workshop_shows_its_lines_under_step_and_theme(held, programme, facilitator):
    theme = held.lines.get().theme
    close_workshop(held, by=facilitator)
    publish_summary(held, by=facilitator)

    assert [figure.value for figure in figures_of(programme) if figure.key == "lines"] == [1]
    (section,) = (one for one in step_sections(held.step) if one.title == "Lines of work")
    assert section.text == "3 of 6 candidates were adopted or adapted."
    (item,) = section.items
    line = held.lines.get()
    assert (str(item.title), item.code, item.note) == ("Health cover for all workers", line.code, "Global")
    assert item.text.text == line.statement_en
    assert [one.title for one in theme_sections(theme) if one.title == "Lines of work"] == ["Lines of work"]


def test_a_visitor_reads_the_statement_of_a_published_line(client, held, facilitator):
    close_workshop(held, by=facilitator)
    publish_summary(held, by=facilitator)
    line, step = held.lines.get(), held.step
    page = client.get(reverse("programme:step-detail", args=[step.slug])).content.decode()

    assert f"<strong>{line.code}</strong>" in page
    assert line.statement_en in page


def test_publishing_makes_the_public_pages_new(held, programme, facilitator):
    close_workshop(held, by=facilitator)
    before = type(programme).objects.get(pk=programme.pk).revision
    publish_summary(held, by=facilitator)

    assert type(programme).objects.get(pk=programme.pk).revision > before


# --- Admin and translators ---


@pytest.mark.parametrize(
    "model", ["Ballot", "Round", "RoundEntitlement", "Delegation", "Decision", "Candidate", "Minutes"]
)
def test_what_is_voted_and_decided_is_never_in_the_admin(model):
    assert not admin.site.is_registered(apps.get_model("workshops", model))


@pytest.mark.parametrize("model", ["Workshop", "Session", "LineOfWork"])
def test_reference_fields_are_in_the_admin(model):
    assert admin.site.is_registered(apps.get_model("workshops", model))


def test_translators_see_minutes_only_when_they_are_frozen(translator, held, facilitator):
    visible = text_kind("workshops.minutes").visible
    assert not visible(translator).exists()
    close_workshop(held, by=facilitator)

    assert visible(translator).exists()


@pytest.mark.parametrize("model", ["workshop", "session", "candidate", "decision", "lineofwork"])
def test_translators_work_on_what_whoever_takes_part_reads(translator, held, model):
    visible = text_kind(f"workshops.{model}").visible

    assert visible(translator).exists()
    assert not visible(base.make_user()).exists()
