"""The home page: what is still to do, what became of the proposals; and what the public pages may tell."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from consultations import home, public, services
from consultations.models import ParkedEdit
from consultations.versions import EditConflict
from planning_portal.languages.registry import text_kind
from planning_portal.organisations.models import Notice, RiskLevel
from planning_portal.programme.models import Step, StepState
from planning_portal.web import registry
from tests import factories

from .factories import make_consultation, make_participation, make_priority, make_support

pytestmark = pytest.mark.django_db


def titles(user):
    return [task.title for task in home.tasks(user)]


def fresh_user(user):
    """The same person in the next request: what is read once for a request is read again."""
    return type(user).objects.get(pk=user.pk)


# --- To do -----------------------------------------------------------------------------------------


def test_open_consultation_without_a_word_from_us(alice, consultation, union):
    [task] = home.tasks(alice)
    assert task.title == "Propose a priority"
    assert union.acronym in task.note
    assert task.url == reverse("consultations:priority-start", args=[consultation.public_id])


@pytest.mark.parametrize("state", ["submitted", "agreed", "not_retained"])
def test_nothing_to_do_once_we_have_spoken(alice, consultation, union, state):
    make_priority(consultation=consultation, organisation=union, state=state)
    assert titles(alice) == []


def test_draft_to_finish_says_when_it_was_saved(alice, draft):
    [task] = home.tasks(alice)
    assert draft.title_fr in task.title
    assert task.note.startswith("Saved ")
    assert task.url == reverse("consultations:priority-edit", args=[draft.public_id, 1])


def test_draft_of_a_closed_consultation_is_still_found(client, alice, carmen, draft):
    assert [section.title for section in home.sections(alice)] == []
    draft.consultation.state, draft.consultation.closed_at = "closed", timezone.now()
    draft.consultation.save()
    assert titles(alice) == []
    [section] = home.sections(fresh_user(alice))
    assert section.title == "Drafts that were not submitted"
    assert list(home.sections(carmen)) == []
    client.force_login(alice)
    page = client.get(reverse("web:work")).content.decode()
    where = reverse("consultations:priority-detail", args=[draft.public_id])
    assert where in page
    assert draft.title_fr in page
    assert client.get(where).status_code == 200


def test_draft_without_a_title_has_words_too(alice, consultation, union):
    make_priority(state="draft", consultation=consultation, organisation=union, title="")
    assert titles(alice) == ["Finish your priority that has no title yet"]


def test_draft_that_can_no_longer_be_submitted_is_no_task(alice, draft):
    Step.objects.update(state=StepState.CLOSED)
    assert titles(alice) == []


def test_two_versions_to_choose_between_come_first(alice, colleague, draft):
    services.save_draft(draft, by=colleague, version=1, title="Autre")
    with pytest.raises(EditConflict):
        services.save_draft(draft, by=alice, version=1, title="Mien")
    task = next(iter(home.tasks(alice)))
    assert task.url == reverse("consultations:priority-compare", args=[draft.public_id])
    assert ParkedEdit.objects.exists()


@pytest.mark.parametrize(("days", "shown"), [(3, True), (-3, False)])
def test_deadline_is_shown_while_it_lies_ahead(alice, consultation, days, shown):
    consultation.ends_at = timezone.now() + timedelta(days=days)
    consultation.save()
    [task] = home.tasks(alice)
    assert (task.deadline is not None) is shown


def test_companion_is_led_from_opening_to_closing(companion, step, benin):
    consultation = make_consultation(step=step, country=benin, state="planned")
    assert titles(companion) == ["Benin: open the consultation"]
    consultation.state = "open"
    consultation.save()
    assert titles(companion) == ["Benin: the consultation is open, nothing is submitted yet"]
    make_priority(consultation=consultation, state="agreed")
    assert titles(companion) == ["Benin: close the consultation"]
    make_priority(consultation=consultation)
    make_priority(consultation=consultation)
    assert titles(companion) == ["Benin: 2 priorities to decide on"]


@pytest.mark.parametrize("name", ["carmen", "companion_of_peru", "facilitator", "translator", "coordinator", "nobody"])
def test_others_have_nothing_to_do_here(everyone, consultation, submitted, draft, name):
    assert titles(everyone[name]) == []


@pytest.mark.parametrize("count", [1, 30])
def test_home_asks_the_same_of_the_database(alice, consultation, union, mutual, count, django_assert_max_num_queries):
    for _number in range(count):
        make_priority(state="draft", consultation=consultation, organisation=union)
        make_priority(consultation=consultation, organisation=union, state="agreed", theme=factories.make_theme())
    user = fresh_user(alice)
    with django_assert_max_num_queries(8):
        tasks = list(home.tasks(user))
        sections = list(home.sections(user))
    assert len(tasks) == min(count, home.SHOWN_PROPOSALS)
    assert len(sections) == 1


def test_home_reads_the_themes_of_all_proposals_at_once_in_another_language(client, alice, consultation, union):
    themes = [factories.make_theme() for _number in range(2)]
    assert {theme.source_language for theme in themes} == {"en"}
    client.force_login(alice)
    asked = []
    for _round in range(2):
        for theme in themes * 2:
            make_priority(consultation=consultation, organisation=union, theme=theme, source_language="fr")
        with translation.override("fr"):
            address = reverse("web:work")
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        asked.append(sum("languages_translationunit" in query["sql"] for query in captured.captured_queries))
    assert asked[0] == asked[1]


# --- What became of it -----------------------------------------------------------------------------


def test_home_shows_what_became_of_our_proposals(client, alice, consultation, union, mutual):
    make_priority(consultation=consultation, organisation=union, state="agreed", title="La nôtre")
    make_priority(
        consultation=consultation, organisation=union, state="not_retained", title="Refusée", reason="Trop large."
    )
    make_priority(consultation=consultation, organisation=mutual, title="La leur")
    make_priority(consultation=consultation, organisation=union, state="draft", title="Brouillon")
    client.force_login(alice)
    page = client.get(reverse("web:work")).content.decode()
    assert "What became of your proposals" in page
    for words in ("La nôtre", "Refusée", "Trop large.", "Agreed by the country"):
        assert words in page
    assert "La leur" not in page


def test_later_stages_say_where_a_proposal_stands_now(client, alice, consultation, union, monkeypatch):
    priority = make_priority(consultation=consultation, organisation=union, state="agreed")
    latest = {priority.pk: registry.LifeEvent("Part of line of work 3")}
    monkeypatch.setattr(registry, "_latest_providers", {"consultations.priority": [lambda *_seen: latest]})
    client.force_login(alice)
    assert "Part of line of work 3" in client.get(reverse("web:work")).content.decode()


def test_home_without_proposals_has_no_empty_section(bob, consultation):
    assert list(home.sections(bob)) == []


def test_navigation_is_for_members(alice):
    assert [entry.url_name for entry in home.entries(alice)] == ["consultations:consultation-list"]
    assert home.entries(AnonymousUser()) == []


# --- For everyone ----------------------------------------------------------------------------------


@pytest.fixture
def published(step, benin, union):
    """A closed consultation in a step that is over, with one priority in each state."""
    consultation = make_consultation(step=step, country=benin, state="closed", minutes_fr="Mots", context_fr="Contexte")
    for state in ("draft", "submitted", "agreed", "not_retained"):
        make_priority(
            consultation=consultation, organisation=union, state=state, title=f"Texte {state}", reason="Raison"
        )
    Step.objects.filter(pk=step.pk).update(state=StepState.CLOSED)
    step.refresh_from_db()
    return consultation


def published_url(consultation):
    return reverse("consultations:consultation-published", args=[consultation.public_id])


def test_everyone_reads_the_agreed_list_once_the_step_is_over(client, published):
    page = client.get(published_url(published)).content.decode()
    assert "Texte agreed" in page
    for words in ("Texte draft", "Texte submitted", "Texte not_retained", "Raison", "Mots", "Contexte"):
        assert words not in page


@pytest.mark.parametrize("what", ["step open", "consultation open", "high risk"])
def test_nothing_is_public_before_or_where_it_is_dangerous(client, published, step, benin, what):
    if what == "step open":
        Step.objects.update(state=StepState.OPEN)
    elif what == "consultation open":
        type(published).objects.update(state="open", closed_at=None)
    else:
        benin.risk_level = RiskLevel.HIGH
        benin.save()
    assert client.get(published_url(published)).status_code == 404
    assert public.step_sections(step) == []
    assert all(public.theme_sections(theme) == [] for theme in step.programme.themes.all())


@pytest.mark.parametrize("identity", ["described", "withheld"])
def test_public_page_names_nobody_who_does_not_want_it(client, published, union, identity):
    union.name, union.identity = "Canary union", identity
    union.save()
    assert "Canary union" not in client.get(published_url(published)).content.decode()


def test_public_page_costs_the_same_with_30_rows(client, published, django_assert_max_num_queries):
    for _number in range(30):
        make_priority(consultation=published, state="agreed", theme=factories.make_theme())
    client.get(published_url(published))
    with django_assert_max_num_queries(8):
        assert client.get(published_url(published)).status_code == 200


def test_step_and_theme_show_what_the_countries_propose(published, step):
    [section] = public.step_sections(step)
    [item] = section.items
    assert (item.title, item.url, item.note) == ("Benin", published_url(published), "1 priority")
    [theme] = step.programme.themes.all()
    [section] = public.theme_sections(theme)
    assert str(section.items[0].title) == "Texte agreed"
    assert section.items[0].url.startswith(published_url(published) + "#p-")


def test_theme_sends_members_on_to_the_rest(published, step):
    theme = step.programme.themes.get()
    for _number in range(20):
        make_priority(consultation=published, state="agreed", theme=theme)
    [section] = public.theme_sections(theme)
    assert len(section.items) == public.SHOWN_ITEMS
    assert section.more_url.endswith(f"?theme={theme.pk}")


def test_other_steps_have_no_such_section(programme):
    assert public.step_sections(factories.make_step("continental", programme=programme)) == []


def test_figure_waits_for_three_organisations(programme, consultation):
    for count in range(4):
        assert bool(public.figures(programme)) is (count >= 3)
        make_priority(consultation=consultation, state="agreed")
    [figure] = public.figures(programme)
    assert (figure.value, figure.label) == (4, "agreed priorities")


def test_tiles_tell_how_far_without_numbers(programme, consultation, benin, peru, step):
    make_consultation(step=step, country=peru, state="closed")
    tiles = public.tiles(programme)
    assert {tiles[benin.pk].state, tiles[peru.pk].state} == {"now", "done"}
    assert not any(character.isdigit() for tile in tiles.values() for character in tile.label)


# --- What translators are offered ------------------------------------------------------------------


def visible(model, user):
    return set(text_kind(model).visible(user))


def test_translators_are_offered_agreed_texts_only(translator, facilitator, published, union):
    agreed = published.priorities.get(state="agreed")
    support, hidden = make_support(agreed, why="Oui"), make_support(published.priorities.get(state="submitted"))
    assert visible("consultations.priority", translator) == {agreed}
    assert visible("consultations.support", translator) == {support}
    assert hidden not in visible("consultations.support", facilitator)
    assert {one.outcome for one in visible("consultations.countrydecision", translator)} == {"agreed"}
    assert visible("consultations.consultation", translator) == set()
    assert visible("consultations.consultation", facilitator) == {published}


def test_admin_holds_consultations_but_no_priorities():
    from django.contrib import admin

    from consultations.models import Consultation, Priority

    assert admin.site.is_registered(Consultation)
    assert not admin.site.is_registered(Priority)


def test_participation_is_counted_for_insiders_on_the_country_page(client, bob, consultation, union):
    make_participation(consultation, union, women=5, men=4)
    client.force_login(bob)
    page = client.get(reverse("consultations:consultation-detail", args=[consultation.public_id])).content.decode()
    assert union.name in page
    assert ">5<" in page


def test_organisation_that_the_authors_named_is_asked_whether_it_supports(bob, alice, submitted, mutual):
    make_support(submitted, mutual, why="They said so.")
    assert f"Say whether your organisation supports “{submitted.title_fr}”" in titles(bob)
    assert not [title for title in titles(alice) if title.startswith("Say whether your organisation supports")]
    services.support_priority(submitted, by=bob, organisation=mutual, why="Yes.")
    assert not [title for title in titles(bob) if title.startswith("Say whether your organisation supports")]


def test_organisation_that_the_authors_named_is_told_at_submission(alice, bob, union, mutual, consultation):
    draft = make_priority(state="draft", consultation=consultation, organisation=union, author=alice)
    make_support(draft, mutual)
    assert not Notice.objects.exists()
    services.submit_priority(draft, by=alice)
    assert [notice.user for notice in Notice.objects.all()] == [bob]
