"""Searching priorities in four languages, and the page of the list that shows where the words stand."""

import gzip
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consultations.models import LISTED, Priority, PriorityState, PriorityWords
from consultations.search import excerpt_of, marked_title, sync_words
from consultations.services import save_draft, submit_priority
from planning_portal.languages.models import TranslationState
from planning_portal.languages.services import save_translation
from tests import factories

from .factories import make_consultation, make_priority

pytestmark = pytest.mark.django_db
LIST = "consultations:priority-list"


def found(query):
    return set(Priority.objects.search(query))


@pytest.fixture
def priority(consultation, union):
    return make_priority(
        consultation=consultation,
        organisation=union,
        state="agreed",
        title="Sécurité sociale des vendeuses",
        situation="L’accès à l’œuvre mutualiste manque.",
        source_language="fr",
    )


# --- What is found -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("query", ["securite", "SÉCURITÉ", "l'acces", "oeuvre", "sociale securite", "vend", "  "])
def test_words_are_found_without_their_accents(priority, query):
    assert found(query) == {priority}


@pytest.mark.parametrize("query", ["santé", "securite inconnu", "sociale\ndes%", "%", "_", "\\"])
def test_other_words_are_not(priority, query):
    assert found(query) == set()


def test_every_translation_is_searched_as_soon_as_it_is_saved(priority, translator):
    for language, text in (("nl", "Sociale zekerheid"), ("es", "Protección social"), ("en", "Social cover")):
        save_translation(priority, "title", language, text, by=translator, state=TranslationState.DRAFT)
        assert found(text.upper()) == {priority}
    save_translation(priority, "title", "nl", "Iets anders", by=translator, state=TranslationState.DRAFT)
    assert found("zekerheid") == set()


def test_words_of_two_texts_are_not_read_across(priority):
    assert found('"vendeuses l’accès"') == set()
    assert "vendeuses\nl'acces" in PriorityWords.objects.get(priority=priority).text


def test_receipt_is_found_whole_alone(priority):
    assert found(priority.receipt) == found(priority.receipt.lower()) == {priority}
    assert found(priority.receipt[:6]) == set()


def test_draft_is_found_by_nobody_until_it_is_submitted(draft, alice):
    draft = save_draft(draft, by=alice, version=draft.version, title="Un mot rarissime")
    assert found("rarissime") == set()
    assert not PriorityWords.objects.exists()
    submit_priority(draft, by=alice)
    assert found("rarissime") == {draft}


def test_whoever_may_not_read_a_priority_does_not_find_it(client, carmen, bob, consultation, union):
    make_priority(consultation=consultation, organisation=union, title="Mot caché")
    for person, sees in ((bob, True), (carmen, False)):
        client.force_login(person)
        assert ("1 priority" in client.get(reverse(LIST), {"q": "cache"}).text) is sees


def test_what_was_written_past_the_services_is_searched_after_syncing(priority):
    Priority.objects.filter(pk=priority.pk).update(title_fr="Autrement dit")
    assert found("autrement") == set()
    sync_words([priority.pk])
    assert found("autrement") == {priority}


def test_migration_fills_what_was_there_before(priority, draft):
    PriorityWords.objects.all().delete()
    migration = import_module("consultations.migrations.0007_search")
    migration.fill(apps, connection.schema_editor())
    assert found("securite") == {priority}
    assert PriorityWords.objects.count() == 1


def test_columns_are_those_of_the_migration():
    migration = import_module("consultations.migrations.0007_search")
    assert migration.TEXTS == Priority.TEXTS


@pytest.mark.skipif(connection.vendor != "postgresql", reason="the index is PostgreSQL's")
def test_postgresql_has_an_index_of_trigrams(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_indexes WHERE indexname = 'priority_words_trigrams'")
        assert cursor.fetchone()[0] == 1


# --- What is shown -------------------------------------------------------------------------------------------


def test_words_are_marked_in_the_title(priority):
    assert marked_title(priority, ["securite"]).pieces == [("Sécurité", True), (" sociale des vendeuses", False)]
    assert excerpt_of(priority, ["securite"]) is None


def test_words_that_stand_elsewhere_are_shown_where_they_stand(priority, translator):
    excerpt = excerpt_of(priority, ["oeuvre"])
    assert ("œuvre", True) in excerpt.pieces
    assert (excerpt.language, excerpt.where) == ("fr", "The situation (French)")
    save_translation(priority, "situation", "nl", "Het " + "lange " * 60 + "woord", by=translator, state=10)
    excerpt = excerpt_of(Priority.objects.get(), ["woord"])
    assert excerpt.language == "nl"
    assert excerpt.pieces[0] == ("… ", False)
    assert excerpt.pieces[-1] == ("woord", True)
    assert sum(len(piece) for piece, _marked in excerpt.pieces) < 180


def test_excerpt_prefers_the_readers_own_language(priority, translator):
    save_translation(priority, "situation", "en", "The œuvre of ours", by=translator, state=TranslationState.DONE)
    assert excerpt_of(Priority.objects.get(), ["oeuvre"]).language == "en"


def test_list_marks_and_quotes(client, alice, priority):
    client.force_login(alice)
    page = client.get(reverse(LIST), {"q": "securite mutualiste"}).text
    assert "<mark>Sécurité</mark> sociale" in page
    assert "œuvre <mark>mutualiste</mark> manque" in page
    assert '<q lang="fr">' in page


def test_marks_let_no_markup_through(client, alice, consultation, union):
    make_priority(consultation=consultation, organisation=union, state="agreed", title="<b>gras</b> & gras")
    client.force_login(alice)
    assert (
        "&lt;b&gt;<mark>gras</mark>&lt;/b&gt; &amp; <mark>gras</mark>" in client.get(reverse(LIST), {"q": "gras"}).text
    )


@pytest.mark.parametrize("query", ["\x00", "a" * 500, "'; --", "🙂", "\u0301", "% _ \\", '"' * 9])
def test_strange_queries_are_answered(client, alice, priority, query):
    client.force_login(alice)
    assert client.get(reverse(LIST), {"q": query}).status_code in {200, 400}


# --- What it costs -------------------------------------------------------------------------------------------


def queries_of(client, query):
    with CaptureQueriesContext(connection) as captured:
        assert client.get(reverse(LIST), query).status_code == 200
    return len(captured)


@pytest.mark.parametrize("name", ["bob", "companion", "coordinator"])
def test_search_asks_the_same_of_the_database_for_1_and_30_rows(client, everyone, consultation, union, name):
    client.force_login(everyone[name])
    query = {"q": "market", "state": "agreed", "level": "national"}
    for number in range(2):
        make_priority(consultation=consultation, organisation=union, state="agreed", theme=factories.make_theme())
        if not number:
            few = (queries_of(client, query), queries_of(client, query))[1]
    for _number in range(30):
        make_priority(consultation=consultation, state="agreed", theme=factories.make_theme())
    assert queries_of(client, query) == few <= 2 + 8


def test_page_of_results_fits_in_14_kilobytes(client, alice, consultation, union, settings):
    for number in range(30):
        words = f"Priorité numéro {number} des travailleuses"
        make_priority(
            consultation=consultation,
            organisation=union,
            state="agreed",
            theme=factories.make_theme(),
            title=words,
            situation=f"{words} {number} " * 40 + "couverture maladie",
        )
    client.force_login(alice)
    page = client.get(reverse(LIST), {"q": "couverture maladie travailleuses"}).content
    assert len(gzip.compress(page, 6)) <= 14 * 1024


def test_keys_of_the_list_are_read_from_an_index_alone(client, alice, priority):
    if connection.vendor != "sqlite":
        pytest.skip("asks SQLite how it goes about it")
    from consultations.queries import Filters, filtered_priorities

    plan = filtered_priorities(alice, Filters()).values_list("pk", flat=True).explain()
    assert "USING COVERING INDEX priority_in_list" in plan


def test_states_other_than_draft_are_all_searched(consultation, union):
    states = (PriorityState.DRAFT, *LISTED)
    rows = {make_priority(consultation=consultation, organisation=union, state=state) for state in states}
    assert found("market") == {row for row in rows if not row.is_draft}


def test_page_beyond_the_last_is_the_last(client, alice):
    consultation = make_consultation(country=factories.make_country("CI"))
    for _number in range(26):
        make_priority(consultation=consultation, state="agreed")
    client.force_login(alice)
    assert "Page 2 of 2" in client.get(reverse(LIST), {"page": 99}).text
