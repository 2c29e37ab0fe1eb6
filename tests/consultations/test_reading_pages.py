"""Reading: the countries, one country, the list with its filters, one priority with its life and supports."""

import gzip
import re

import pytest
from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.text import capfirst
from django.utils.translation import override

from consultations.models import PriorityState, Support
from planning_portal.languages.models import TranslationState
from planning_portal.languages.services import save_translation
from planning_portal.organisations.models import Identity, RiskLevel
from planning_portal.programme.models import Level
from planning_portal.web import registry
from planning_portal.web.registry import LifeEvent
from tests import factories

from .factories import make_consultation, make_group, make_participation, make_priority, make_support

pytestmark = pytest.mark.django_db
LIST = "consultations:priority-list"


def url(name, obj, *more):
    return reverse(f"consultations:{name}", args=[obj.public_id, *more])


def text_of(answer):
    return answer.content.decode()


@pytest.fixture
def as_alice(client, alice):
    client.force_login(alice)
    return client


# --- The countries ---------------------------------------------------------------------------------


def test_overview_counts_for_the_country_and_for_others(client, everyone, consultation, union):
    make_priority(consultation=consultation, organisation=union)
    make_priority(consultation=consultation, organisation=union, state="agreed")
    make_priority(consultation=consultation, organisation=union, state="draft")
    inside = {"bob", "companion", "facilitator"}
    for name in (*inside, "carmen", "translator"):
        client.force_login(everyone[name])
        page = text_of(client.get(reverse("consultations:consultation-list")))
        assert "1 agreed" in page
        assert ("2 submitted" in page) is (name in inside), name
        assert ("1 to decide" in page) is (name in inside), name


def test_overview_shows_countries_that_are_not_planned(as_alice, consultation, stranger_organisation):
    page = text_of(as_alice.get(reverse("consultations:consultation-list")))
    assert "Peru" in page
    assert "Not planned yet" in page


def test_overview_without_any_country_says_why(client, programme):
    client.force_login(factories.make_user())
    assert "No country yet" in text_of(client.get(reverse("consultations:consultation-list")))


def test_overview_invites_to_plan_who_may(client, companion, carmen, benin, union):
    client.force_login(companion)
    assert "Plan a consultation" in text_of(client.get(reverse("consultations:consultation-list")))
    client.force_login(carmen)
    assert "Plan a consultation" not in text_of(client.get(reverse("consultations:consultation-list")))


# --- One country -----------------------------------------------------------------------------------


@pytest.fixture
def whole(consultation, union, mutual):
    """A consultation with one priority in each state, a context and minutes."""
    consultation.context_fr, consultation.minutes_fr = "Contexte du pays", "Compte rendu"
    consultation.place = "Bohicon"
    consultation.save()
    make_participation(consultation, union)
    make_participation(consultation, mutual, is_present=False)
    for state in [one for one in PriorityState if one != PriorityState.UNDONE]:
        make_priority(
            consultation=consultation,
            organisation=union,
            state=state,
            title=f"Texte {state.value}",
            reason="Trop large.",
        )
    return consultation


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("alice", {"draft", "submitted", "agreed", "not_retained"}),
        ("bob", {"submitted", "agreed", "not_retained"}),
        ("companion", {"submitted", "agreed", "not_retained"}),
        ("facilitator", {"submitted", "agreed", "not_retained"}),
        ("coordinator", {"submitted", "agreed", "not_retained"}),
        ("carmen", {"agreed"}),
        ("translator", {"agreed"}),
    ],
)
def test_country_page_shows_each_what_is_theirs(client, everyone, whole, name, seen):
    client.force_login(everyone[name])
    page = text_of(client.get(url("consultation-detail", whole)))
    assert {state.value for state in PriorityState if f"Texte {state.value}" in page} == seen
    inside = seen != {"agreed"}
    assert ("Trop large." in page) is inside
    assert ("Compte rendu" in page) is inside
    assert ("Contexte du pays" in page) is inside


def test_country_page_gives_the_context_to_members_once_closed(client, carmen, step, benin):
    consultation = make_consultation(step=step, country=benin, state="closed", context_fr="Contexte", minutes_fr="Mots")
    client.force_login(carmen)
    page = text_of(client.get(url("consultation-detail", consultation)))
    assert "Contexte" in page
    assert "Mots" not in page


def test_country_page_is_not_for_strangers(client, consultation):
    assert "/account/login/" in client.get(url("consultation-detail", consultation)).url


def test_country_page_tells_both_clocks(client, companion, consultation):
    from django.utils import timezone

    consultation.country.time_zone = "Africa/Porto-Novo"
    consultation.country.save()
    consultation.starts_at = timezone.datetime(2027, 3, 4, 9, 0, tzinfo=timezone.get_default_timezone())
    consultation.save()
    client.force_login(companion)
    page = text_of(client.get(url("consultation-detail", consultation)))
    assert "09:00 UTC" in page
    assert "10:00 UTC+1" in page


# --- The list --------------------------------------------------------------------------------------


@pytest.fixture
def several(programme, step, benin, peru, union, stranger_organisation):
    """Three agreed priorities that differ in everything a filter asks for."""
    themes = [factories.make_theme(programme=programme, title_en=f"Theme {letter}") for letter in "ABC"]
    groups = [make_group(), make_group()]
    here = make_consultation(step=step, country=benin)
    there = make_consultation(step=step, country=peru)
    one = make_priority(
        consultation=here, organisation=union, state="agreed", theme=themes[0], groups=[groups[0]], title="Un marché"
    )
    two = make_priority(
        consultation=here, organisation=union, state="submitted", theme=themes[1], level="continental", title="Deux"
    )
    three = make_priority(
        consultation=there,
        organisation=stranger_organisation,
        state="agreed",
        theme=themes[2],
        level="intercontinental",
        groups=groups,
        title="Tres mercados",
    )
    return {"one": one, "two": two, "three": three, "themes": themes, "groups": groups}


def shown_in(answer, several):
    page = text_of(answer)
    return {name for name in ("one", "two", "three") if url("priority-detail", several[name]) in page}


def test_list_without_filters_shows_everything_visible(as_alice, several):
    assert shown_in(as_alice.get(reverse(LIST)), several) == {"one", "two", "three"}


def test_list_shows_only_what_is_visible(client, carmen, several):
    client.force_login(carmen)
    assert shown_in(client.get(reverse(LIST)), several) == {"one", "three"}


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("theme", lambda it: it["themes"][0].pk, {"one"}),
        ("level", "continental", {"two"}),
        ("country", lambda it: it["three"].consultation.country_id, {"three"}),
        ("zone", lambda it: it["one"].consultation.country.zone_id, {"one", "two"}),
        ("group", lambda it: it["groups"][0].pk, {"one", "three"}),
        ("group", lambda it: it["groups"][1].pk, {"three"}),
        ("state", "submitted", {"two"}),
        ("state", "agreed", {"one", "three"}),
        ("state", "draft", set()),
        ("q", "MARCHÉ", {"one"}),
        ("q", "mercados", {"three"}),
        ("q", lambda it: it["two"].receipt.lower(), {"two"}),
        ("q", "nirgends", set()),
        ("q", "%", set()),
        ("theme", "' OR 1=1", {"one", "two", "three"}),
        ("theme", "99999999999999999999", {"one", "two", "three"}),
        ("country", "²", {"one", "two", "three"}),
        ("level", "cosmic", {"one", "two", "three"}),
        ("page", "nine", {"one", "two", "three"}),
    ],
)
def test_list_is_narrowed_by_the_address(as_alice, several, name, value, found):
    assert shown_in(as_alice.get(reverse(LIST), {name: value(several) if callable(value) else value}), several) == found


def test_filters_work_together(as_alice, several):
    query = {"zone": several["one"].consultation.country.zone_id, "state": "agreed", "q": "marché"}
    assert shown_in(as_alice.get(reverse(LIST), query), several) == {"one"}


def test_search_reads_all_four_languages(as_alice, several, translator):
    save_translation(several["three"], "title", "nl", "Drie marktpleinen", by=translator, state=TranslationState.DONE)
    assert shown_in(as_alice.get(reverse(LIST), {"q": "marktpleinen"}), several) == {"three"}


def test_search_wants_every_word(as_alice, several):
    assert shown_in(as_alice.get(reverse(LIST), {"q": "marché mercados"}), several) == set()


def test_draft_is_in_no_list_and_no_search(as_alice, alice, consultation, union):
    make_priority(state="draft", consultation=consultation, organisation=union, title="Brouillon secret")
    for query in ({}, {"q": "Brouillon"}, {"state": "draft"}):
        assert "Brouillon secret" not in text_of(as_alice.get(reverse(LIST), query))


def test_fragment_equals_the_same_part_of_a_full_page(as_alice, several):
    whole = text_of(as_alice.get(reverse(LIST), {"state": "agreed"}))
    part = text_of(as_alice.get(reverse(LIST), {"state": "agreed"}, headers={"HX-Request": "true"}))
    assert part.strip() in whole
    assert part.strip().startswith('<div id="results"')
    assert "<form" not in part


def test_list_has_25_a_page_and_keeps_the_filters(as_alice, consultation):
    for _number in range(27):
        make_priority(consultation=consultation)
    first = text_of(as_alice.get(reverse(LIST), {"state": "submitted"}))
    assert first.count("<tr>") == 1 + 25
    assert "?state=submitted&amp;page=2" in first
    assert text_of(as_alice.get(reverse(LIST), {"state": "submitted", "page": 2})).count("<tr>") == 1 + 2


def test_nothing_found_says_what_to_do(as_alice, several):
    assert "Take one filter away" in text_of(as_alice.get(reverse(LIST), {"q": "nirgends"}))


def test_no_priority_yet_says_why(as_alice, consultation):
    assert "Here stand the priorities that the countries have agreed" in text_of(as_alice.get(reverse(LIST)))


# --- One priority ----------------------------------------------------------------------------------


def test_priority_page_tells_its_life_with_the_reason(as_alice, consultation, union):
    priority = make_priority(consultation=consultation, organisation=union, state="not_retained", reason="Trop large.")
    page = text_of(as_alice.get(url("priority-detail", priority)))
    assert "Not retained by the country" in page
    assert "Trop large." in page


def test_later_stages_add_to_the_life(as_alice, consultation, union, monkeypatch):
    monkeypatch.setattr(
        registry,
        "_life_providers",
        {"consultations.priority": [lambda *_seen: [LifeEvent("Became line of work 3", url="/x/")]]},
    )
    priority = make_priority(consultation=consultation, organisation=union, state="agreed")
    page = text_of(as_alice.get(url("priority-detail", priority)))
    assert "number 1 of its list" in page
    assert "Became line of work 3" in page
    assert page.index("number 1 of its list") < page.index("Became line of work 3")


def test_untranslated_text_says_its_language(client, carmen, consultation, union):
    priority = make_priority(consultation=consultation, organisation=union, state="agreed")
    client.force_login(carmen)
    page = text_of(client.get(url("priority-detail", priority)))
    assert "Original: French" in page
    assert 'lang="fr"' in page


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("bob", 200),
        ("companion", 200),
        ("facilitator", 200),
        ("coordinator", 200),
        ("carmen", 404),
        ("translator", 404),
    ],
)
def test_submitted_priority_is_its_countrys(client, everyone, submitted, name, status):
    client.force_login(everyone[name])
    assert client.get(url("priority-detail", submitted)).status_code == status


def test_receipt_number_is_the_authors(client, alice, bob, submitted):
    for user, sees in ((alice, True), (bob, False)):
        client.force_login(user)
        assert (submitted.receipt in text_of(client.get(url("priority-detail", submitted)))) is sees


@pytest.mark.parametrize(
    ("name", "status"), [("alice", 200), ("colleague", 200), ("bob", 200), ("companion", 200), ("carmen", 404)]
)
def test_versions_are_for_the_circle_of_the_country(client, everyone, submitted, name, status):
    client.force_login(everyone[name])
    assert client.get(url("priority-history", submitted)).status_code == status


def test_withheld_organisation_is_named_to_its_country_alone(client, bob, carmen, consultation, union):
    union.identity, union.name, union.acronym = Identity.WITHHELD, "Canary union", "CANARY"
    union.save()
    priority = make_priority(consultation=consultation, organisation=union, state="agreed")
    make_participation(consultation, union)
    supported = make_priority(consultation=consultation, state="agreed")
    make_support(supported, union)
    pages = [
        url("priority-detail", priority),
        url("priority-detail", supported),
        url("consultation-detail", consultation),
        reverse(LIST),
        reverse(LIST) + "?q=canary",
        reverse("consultations:consultation-list"),
    ]
    client.force_login(carmen)
    for page in pages:
        assert "canary" not in text_of(client.get(page)).lower().replace("q=canary", "").replace('value="canary"', "")
    client.force_login(bob)
    assert "Canary union" in text_of(client.get(pages[0]))


# --- Support ---------------------------------------------------------------------------------------


def test_country_supports_and_takes_back(client, bob, mutual, submitted):
    client.force_login(bob)
    answer = client.post(url("support-edit", submitted), {"why": "Nos membres aussi"}, follow=True)
    assert "Nos membres aussi" in text_of(answer)
    assert Support.objects.get().is_confirmed
    client.post(url("support-edit", submitted), {"why": "Nos membres aussi"})
    assert Support.objects.count() == 1
    client.post(url("support-edit", submitted), {"withdraw": mutual.public_id})
    assert not Support.objects.exists()


def test_reason_that_was_given_stands_in_the_form_that_changes_it(client, bob, submitted):
    client.force_login(bob)
    page = url("support-edit", submitted)
    client.post(page, {"why": "Nos membres aussi", "language": "fr"})
    form = client.get(url("priority-detail", submitted)).context["support_form"]

    assert (form["why"].value(), form["language"].value()) == ("Nos membres aussi", "fr")
    client.post(page, {"why": form["why"].value(), "language": form["language"].value()})
    assert Support.objects.get().why_fr == "Nos membres aussi"


def test_support_too_long_is_shown_again(client, bob, submitted):
    client.force_login(bob)
    answer = client.post(url("support-edit", submitted), {"why": "x" * 251})
    assert answer.status_code == 422
    assert "x" * 251 in text_of(answer)


@pytest.mark.parametrize(
    ("name", "status"),
    [("alice", 403), ("companion", 403), ("facilitator", 403), ("carmen", 404), ("translator", 404)],
)
def test_others_do_not_support(client, everyone, submitted, name, status):
    client.force_login(everyone[name])
    assert client.post(url("support-edit", submitted), {"why": "x"}).status_code == status
    assert not Support.objects.exists()


def test_withdrawing_for_another_organisation_is_refused(client, bob, union, mutual, submitted):
    make_support(submitted, mutual)
    client.force_login(bob)
    assert client.post(url("support-edit", submitted), {"withdraw": union.public_id}).status_code == 403
    assert Support.objects.exists()


def test_support_is_offered_only_while_it_can_be_given(client, bob, consultation, union):
    client.force_login(bob)
    for state, offered in (("submitted", True), ("agreed", False), ("not_retained", False)):
        priority = make_priority(consultation=consultation, organisation=union, state=state)
        assert ("We support this priority" in text_of(client.get(url("priority-detail", priority)))) is offered


# --- Weight and queries ----------------------------------------------------------------------------


def fill(consultation, count):
    """``count`` priorities in other people's languages, each with everything a line can have."""
    for number in range(count):
        organisation = factories.make_organisation(country=consultation.country, identity="described")
        make_participation(consultation, organisation)
        state = ("agreed", "submitted", "not_retained")[number % 3]
        priority = make_priority(
            consultation=consultation, organisation=organisation, state=state, theme=factories.make_theme()
        )
        priority.title_en = "In English"
        priority.save()
        make_support(priority, why="Oui")


PAGES = ("consultation-list", "priority-list")


@pytest.mark.parametrize("name", ["bob", "companion", "carmen", "coordinator"])
def test_lists_ask_the_same_of_the_database_for_1_and_30_rows(client, everyone, consultation, name):
    client.force_login(everyone[name])
    addresses = [*(reverse(f"consultations:{page}") for page in PAGES), url("consultation-detail", consultation)]
    fill(consultation, 3)
    for address in addresses:
        client.get(address)
    few = [queries_of(client, address) for address in addresses]
    fill(consultation, 30)
    assert [queries_of(client, address) for address in addresses] == few
    assert max(few) <= 2 + 8


def queries_of(client, address):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_every_partner_page_fits_in_14_kilobytes(as_alice, consultation, union, draft):
    """Thirty rows, long words: what a first round trip on a bad line carries (reference A3)."""
    fill(consultation, 30)
    priority = make_priority(consultation=consultation, organisation=union, situation="Une phrase assez longue. " * 150)
    addresses = [
        reverse("web:work"),
        reverse("consultations:consultation-list"),
        reverse(LIST),
        url("consultation-detail", consultation),
        url("priority-start", consultation),
        *(url("priority-edit", draft, page) for page in range(1, 6)),
        url("priority-submit", draft),
        url("priority-receipt", priority),
        url("priority-detail", priority),
        url("priority-history", priority),
    ]
    sizes = {address: len(gzip.compress(as_alice.get(address).content, 6)) for address in addresses}
    assert {address: size for address, size in sizes.items() if size > 14 * 1024} == {}


def test_pages_carry_no_style_or_script_of_their_own(as_alice, consultation, draft):
    fill(consultation, 2)
    for address in (reverse(LIST), url("consultation-detail", consultation), url("priority-edit", draft, 1)):
        page = text_of(as_alice.get(address))
        assert not re.search(r"<script(?![^>]*src=)|\sstyle=|\son\w+=", page), address


def test_high_risk_country_shows_no_numbers_to_others(client, carmen, consultation, benin):
    benin.risk_level = RiskLevel.HIGH
    benin.save()
    for _number in range(4):
        organisation = factories.make_organisation(country=benin, identity="withheld")
        make_participation(consultation, organisation, women=71, men=71)
    client.force_login(carmen)
    words = strip_tags(text_of(client.get(url("consultation-detail", consultation))))
    assert "Organisations that are not named here." in words
    assert not {"284", "568"}.intersection(re.findall(r"\d+", words))


@pytest.mark.parametrize("language", ["en", "es", "fr", "nl"])
def test_levels_begin_with_a_capital_wherever_they_stand_alone(client, alice, consultation, union, language):
    priority = make_priority(state="agreed", consultation=consultation, organisation=union, position=1)
    client.force_login(alice)
    with override(language):
        word = str(Level.NATIONAL.label)
        pages = [
            reverse("consultations:priority-list"),
            reverse("consultations:priority-detail", args=[priority.public_id]),
            reverse("consultations:consultation-detail", args=[consultation.public_id]),
            reverse("consultations:country-detail", args=[consultation.country_id]),
        ]
    for page in pages:
        shown = client.get(page).content.decode()
        assert capfirst(word) in shown, page
        assert not re.search(rf"[>·]\s*{word}\s*[<·]", shown), page
