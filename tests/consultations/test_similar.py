"""Priorities that may say nearly the same: pointed out while writing, and to the companion with the way to a merge."""

import gzip
import itertools
import json
import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consultations.models import Amendment
from consultations.similar import SHOWN, SHOWN_PAIRS, similar_pairs, similar_to
from planning_portal.demo.material import load_material
from planning_portal.web.submissions import issue_key
from tests import factories

from .factories import WORDS, make_priority

pytestmark = pytest.mark.django_db
REWORDED = {
    "title": "Market women need health cover",
    "situation": "A day in hospital costs a trader a week of income; she borrows it from the wholesaler.",
    "change": "Four in ten market women belong to a mutual for health.",
}
OTHER = {
    "title": "A pension for old fishermen",
    "situation": "Crews work until their hands no longer hold the net, and live from their children afterwards.",
    "change": "Every boat pays into a fund that the harbour keeps.",
}


def text_of(response):
    return response.content.decode()


@pytest.fixture
def reworded(consultation, mutual, bob):
    return make_priority(consultation=consultation, organisation=mutual, author=bob, **REWORDED)


@pytest.fixture
def different(consultation, mutual, bob):
    return make_priority(consultation=consultation, organisation=mutual, author=bob, **OTHER)


def test_reworded_text_is_found_and_another_is_not(submitted, reworded, different):
    assert [{pair.first, pair.second} for pair in similar_pairs([submitted, reworded, different])] == [
        {submitted, reworded}
    ]


def test_texts_in_two_languages_are_compared_by_their_translation(submitted, consultation, mutual):
    other = make_priority(consultation=consultation, organisation=mutual, source_language="en", **REWORDED)
    assert similar_pairs([submitted, other]) == []
    for part in ("title", "change"):
        setattr(submitted, f"{part}_en", WORDS[part])
    assert len(similar_pairs([submitted, other])) == 1


def test_accents_and_capitals_make_no_difference(consultation, union, submitted):
    loud = make_priority(
        consultation=consultation,
        organisation=union,
        title=WORDS["title"].upper(),
        change="Fóur ïn tén bèlong to a MUTUAL",
    )
    assert len(similar_pairs([submitted, loud])) == 1


def test_title_alone_is_enough_while_that_is_all_there_is(draft, reworded, different):
    draft.change_fr = ""
    assert similar_to(draft, [reworded, different]) == [reworded]


def test_no_more_are_shown_than_can_be_read(consultation, union):
    many = [make_priority(consultation=consultation, organisation=union) for _number in range(6)]
    assert len(similar_pairs(many)) == SHOWN_PAIRS
    assert len(similar_to(many[0], many[1:])) == SHOWN


def test_a_text_copied_under_another_title_is_found(draft, reworded, different):
    draft.title_fr, draft.change_fr = "Une autre idée", ""
    draft.situation_fr = OTHER["situation"]
    assert similar_to(draft, [reworded, different]) == [different]
    assert [{pair.first, pair.second} for pair in similar_pairs([draft, reworded, different])] == [{draft, different}]


def test_a_situation_of_a_few_words_is_part_of_many_and_not_compared(draft, different):
    draft.title_fr, draft.change_fr = "Une autre idée", ""
    draft.situation_fr = "Crews work until"
    assert similar_to(draft, [different]) == []


@pytest.mark.parametrize("page", [1, 2, 3, 4, 5])
def test_writer_is_told_on_the_next_page_load(client, alice, draft, reworded, page):
    client.force_login(alice)
    shown = text_of(client.get(reverse("consultations:priority-edit", args=[draft.public_id, page])))
    assert "may say nearly the same" in shown
    assert REWORDED["title"] in shown
    assert 'name="go" value="similar"' in shown


@pytest.mark.parametrize("state", ["agreed", "not_retained"])
def test_what_the_country_has_decided_on_counts_as_well(client, alice, draft, consultation, mutual, state):
    make_priority(state=state, consultation=consultation, organisation=mutual, **REWORDED)
    client.force_login(alice)
    shown = text_of(client.get(reverse("consultations:priority-edit", args=[draft.public_id, 1])))
    assert REWORDED["title"] in shown


# --- Both texts ------------------------------------------------------------------------------------


def test_going_to_both_texts_saves_first_and_comes_back_where_one_was(client, alice, draft, reworded):
    client.force_login(alice)
    here = reverse("consultations:priority-edit", args=[draft.public_id, 2])
    answer = client.post(here, {"version": draft.version, "situation": "Just typed.", "form_end": "1", "go": "similar"})
    assert answer.url == reverse("consultations:priority-similar", args=[draft.public_id]) + "?page=2"
    page = text_of(client.get(answer.url))
    assert "Just typed." in page
    assert page.count(REWORDED["situation"]) == page.count(REWORDED["change"]) == 1
    assert page.count(f'href="{here}"') == 2


@pytest.mark.parametrize("number", ["0", "6", "x", ""])
def test_the_way_back_from_nowhere_is_the_whole_text(client, alice, draft, reworded, number):
    client.force_login(alice)
    page = text_of(client.get(reverse("consultations:priority-similar", args=[draft.public_id]), {"page": number}))
    assert f'href="{reverse("consultations:priority-submit", args=[draft.public_id])}"' in page


@pytest.mark.parametrize(("name", "status"), [("alice", 200), ("colleague", 200), ("bob", 404), ("companion", 404)])
def test_only_the_authors_see_a_draft_beside_others(client, everyone, draft, reworded, name, status):
    client.force_login(everyone[name])
    assert client.get(reverse("consultations:priority-similar", args=[draft.public_id])).status_code == status


def test_both_texts_cost_the_same_with_one_and_with_three_alike(
    client, alice, draft, consultation, union, mutual, django_assert_num_queries
):
    client.force_login(alice)
    where = reverse("consultations:priority-similar", args=[draft.public_id])
    make_priority(consultation=consultation, organisation=union)
    client.get(where)
    with CaptureQueriesContext(connection) as few:
        client.get(where)
    for organisation in (union, mutual):
        make_priority(consultation=consultation, organisation=organisation)
    with django_assert_num_queries(len(few)):
        assert text_of(client.get(where)).count("Read it whole") == 3
    assert len(few) <= 11


# --- While typing ----------------------------------------------------------------------------------


def autosaved(client, draft, page, shown="", **fields):
    where = reverse("consultations:priority-edit", args=[draft.public_id, page])
    headers = {"X-Autosave": "1", "X-Similar": shown}
    return client.post(where, {"version": draft.version, "form_end": "1", **fields}, headers=headers).json()


def test_an_autosave_brings_what_is_alike_once(client, alice, draft, different):
    client.force_login(alice)
    said = autosaved(client, draft, 2, situation=OTHER["situation"])
    assert OTHER["title"] in said["similar"]
    draft.refresh_from_db()
    again = autosaved(client, draft, 2, shown=said["similar_key"], situation=OTHER["situation"] + " Yes.")
    assert "similar" not in again


def test_an_autosave_says_when_nothing_is_alike_any_more(client, alice, draft, different):
    client.force_login(alice)
    said = autosaved(client, draft, 2, shown="0a1b2c3d", situation="Quite something else, in a few words.")
    assert (said["similar"], said["similar_key"]) == ("", "")


def test_an_autosave_of_what_is_not_compared_brings_nothing(client, alice, draft, reworded):
    client.force_login(alice)
    assert "similar" not in autosaved(client, draft, 5, together=REWORDED["situation"])


def test_the_answer_to_an_autosave_stays_small(client, alice, draft, consultation, union):
    for _number in range(4):
        make_priority(consultation=consultation, organisation=union)
    client.force_login(alice)
    answer = autosaved(client, draft, 1, title=WORDS["title"], language="fr")
    assert len(gzip.compress(json.dumps(answer).encode())) <= 1_024


def test_drafts_of_others_and_other_countries_are_never_pointed_out(client, alice, draft, consultation, mutual, peru):
    make_priority(state="draft", consultation=consultation, organisation=mutual, **REWORDED)
    make_priority(organisation=factories.make_organisation(country=peru), source_language="fr", **REWORDED)
    client.force_login(alice)
    assert "may say nearly the same" not in text_of(
        client.get(reverse("consultations:priority-submit", args=[draft.public_id]))
    )


def test_companion_sees_both_texts_and_starts_a_merge(client, companion, consultation, submitted, reworded):
    client.force_login(companion)
    page = text_of(client.get(reverse("consultations:consultation-list-edit", args=[consultation.public_id])))
    assert "Two priorities look alike" in page
    assert REWORDED["change"] in page
    fields = {
        "kind": "merge",
        "sources": [str(submitted.public_id), str(reworded.public_id)],
        "submission_key": issue_key(companion, "consultations.amend"),
    }
    client.post(reverse("consultations:amendment-list", args=[consultation.public_id]), fields)
    assert set(Amendment.objects.get().sources.all()) == {submitted, reworded}


def test_threshold_leaves_what_has_nothing_to_do_with_each_other_alone():
    """All priorities of the demonstration that are written in one language: hardly a pair of 2,171."""
    from consultations.models import Priority

    entries = load_material().priorities
    found = total = 0
    for language in ("en", "es", "fr"):
        texts = [
            Priority(**{f"title_{language}": entry["title"], f"change_{language}": entry["change"]})
            for entry in entries
            if entry["language"] == language
        ]
        total += len(list(itertools.combinations(texts, 2)))
        found += sum(bool(similar_to(one, [other])) for one, other in itertools.combinations(texts, 2))
    assert total > 2000
    assert found <= 3


def test_three_hundred_priorities_are_compared_fast_enough_for_a_page():
    """About 45,000 pairs. Measured at 0.06 seconds of an idle core; the limit leaves room for a busy machine."""
    from consultations.models import Priority

    entries = [entry for entry in load_material().priorities if entry["language"] == "fr"]
    texts = [
        Priority(pk=number, title_fr=f"{entry['title']} {number}", change_fr=f"{entry['change']} {number} {turn}")
        for turn in range(6)
        for number, entry in enumerate(entries, start=turn * 100)
    ][:300]
    before = time.process_time()
    assert len(similar_pairs(texts)) == SHOWN_PAIRS
    assert time.process_time() - before < 3
