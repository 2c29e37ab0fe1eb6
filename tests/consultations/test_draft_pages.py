"""The partner's path on a phone: start, five pages, the last look, the receipt; and everything that can go wrong."""

import json
import re
from html.parser import HTMLParser

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from consultations import services
from consultations.limits import TITLE_LIMIT
from consultations.models import ParkedEdit, Priority, Support
from consultations.versions import EditConflict
from planning_portal.programme.models import Step, StepState
from planning_portal.web.submissions import issue_key
from tests import factories

from .factories import WORDS, make_consultation, make_group, make_priority, make_support

pytestmark = pytest.mark.django_db
START, SUBMIT = "consultations.start", "consultations.submit"


def url(name, obj, *more):
    return reverse(f"consultations:{name}", args=[obj.public_id, *more])


def fresh(priority):
    return Priority.objects.get(pk=priority.pk)


class Fields(HTMLParser):
    """The names of a page's form fields, with the attributes of each."""

    def __init__(self, html):
        super().__init__()
        self.found = {}
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if tag in {"input", "textarea", "select", "button"} and attributes.get("name"):
            self.found.setdefault(attributes["name"], []).append(attributes)


def fields_of(response):
    return Fields(response.content.decode()).found


@pytest.fixture
def as_alice(client, alice):
    client.force_login(alice)
    return client


# --- Start -----------------------------------------------------------------------------------------


def test_start_asks_for_the_language_and_begins_a_draft(as_alice, alice, union, consultation):
    page = as_alice.get(url("priority-start", consultation))
    assert 'value="fr" required id="id_language_2" checked' in page.content.decode()
    answer = as_alice.post(
        url("priority-start", consultation), {"language": "es", "submission_key": issue_key(alice, START)}
    )
    draft = Priority.objects.get()
    assert answer.url == url("priority-edit", draft, 1)
    assert (draft.organisation, draft.source_language, draft.author) == (union, "es", alice)


def test_start_twice_is_one_draft(as_alice, alice, consultation):
    key = issue_key(alice, START)
    answers = {
        as_alice.post(url("priority-start", consultation), {"language": language, "submission_key": key}).url
        for language in ("fr", "fr", "es")
    }
    assert answers == {url("priority-edit", Priority.objects.get(), 1)}


def test_start_with_an_old_key_is_asked_again(as_alice, consultation):
    answer = as_alice.post(url("priority-start", consultation), {"language": "fr", "submission_key": "old"})
    assert answer.status_code == 422
    assert "open for too long" in answer.content.decode()
    assert not Priority.objects.exists()


def test_start_asks_for_which_organisation_when_there_are_two(client, consultation, union, mutual):
    both = factories.make_user(organisation=union)
    factories.Membership.objects.create(user=both, organisation=mutual)
    client.force_login(both)
    answer = client.post(
        url("priority-start", consultation), {"language": "fr", "submission_key": issue_key(both, START)}
    )
    assert answer.status_code == 422
    client.post(
        url("priority-start", consultation),
        {"language": "fr", "organisation": mutual.pk, "submission_key": issue_key(both, START)},
    )
    assert Priority.objects.get().organisation == mutual


@pytest.mark.parametrize("name", ["carmen", "companion", "facilitator", "coordinator"])
def test_start_is_for_organisations_of_the_country(client, everyone, consultation, name):
    client.force_login(everyone[name])
    answer = client.get(url("priority-start", consultation))
    assert answer.status_code == 403
    assert "Only organisations of this country" in answer.content.decode()


def test_start_after_closing_says_why(as_alice, consultation):
    type(consultation).objects.update(state="closed", closed_at=timezone.now())
    answer = as_alice.get(url("priority-start", consultation))
    assert answer.status_code == 403
    assert "The consultation of this country is closed." in answer.content.decode()


# --- The pages -------------------------------------------------------------------------------------

PAGES = {
    1: {"title": "Un titre", "level": "continental", "language": "fr"},
    2: {"situation": "La situation"},
    3: {"concerned": "Les vendeuses"},
    4: {"change": "Tout change"},
    5: {"together": "Ensemble"},
}


@pytest.mark.parametrize("page", PAGES)
def test_each_page_saves_and_goes_on(as_alice, draft, page):
    answer = as_alice.post(url("priority-edit", draft, page), {"version": 1, **PAGES[page]})
    on = url("priority-edit", draft, page + 1) if page < 5 else url("priority-submit", draft)
    assert answer.url == on
    saved = fresh(draft)
    for name, value in PAGES[page].items():
        stored = getattr(saved, f"{name}_fr", None) if name in WORDS else getattr(saved, name, value)
        assert stored == value
    others = [name for name in WORDS if name not in PAGES[page]]
    assert [getattr(saved, f"{name}_fr") for name in others] == [WORDS[name] for name in others]


@pytest.mark.parametrize(
    ("go", "name", "more"),
    [
        ("3", "priority-edit", [3]),
        ("1", "priority-edit", [1]),
        ("check", "priority-submit", []),
        ("9", "priority-edit", [3]),
        ("nonsense", "priority-edit", [3]),
    ],
)
def test_every_button_saves_first(as_alice, draft, go, name, more):
    answer = as_alice.post(url("priority-edit", draft, 2), {"version": 1, "situation": "Neuf", "go": go})
    assert answer.url == url(name, draft, *more)
    assert fresh(draft).situation_fr == "Neuf"


def test_stop_for_now_saves_and_goes_home(as_alice, draft):
    answer = as_alice.post(url("priority-edit", draft, 2), {"version": 1, "situation": "Neuf", "go": "stop"})
    assert answer.url == reverse("web:work")
    assert fresh(draft).situation_fr == "Neuf"


def test_everything_is_optional_until_submission(as_alice, draft):
    for page in range(1, 6):
        answer = as_alice.post(url("priority-edit", draft, page), {"version": fresh(draft).version, "language": "fr"})
        assert answer.status_code == 302
    saved = fresh(draft)
    assert (saved.title_fr, saved.theme, saved.level, saved.together_fr) == ("", None, "", "")


def test_groups_and_supports_are_saved(as_alice, draft, mutual):
    group = make_group()
    as_alice.post(url("priority-edit", draft, 3), {"version": 1, "groups": [group.pk], "concerned": "x"})
    as_alice.post(
        url("priority-edit", draft, 5),
        {"version": 2, "together": "y", f"support_{mutual.pk}": "on", f"why_{mutual.pk}": "Oui"},
    )
    assert list(fresh(draft).groups.all()) == [group]
    assert Support.objects.get().why_fr == "Oui"


def test_a_reason_without_its_tick_counts_as_support(as_alice, draft, mutual):
    as_alice.post(url("priority-edit", draft, 5), {"version": 1, f"why_{mutual.pk}": "Oui"})
    assert Support.objects.get().organisation == mutual


def test_fields_say_in_which_language_they_are_written(as_alice, consultation, union):
    draft = make_priority(state="draft", consultation=consultation, organisation=union, source_language="es")
    [field] = fields_of(as_alice.get(url("priority-edit", draft, 2)))["situation"]
    assert (field["lang"], field["dir"]) == ("es", "auto")
    assert "maxlength" not in field
    assert "required" not in field


def test_no_page_calls_what_is_needed_optional(as_alice, draft):
    for page in (1, 2, 4):
        assert "optional" not in as_alice.get(url("priority-edit", draft, page)).content.decode()


def test_too_long_a_text_says_by_how_much_and_keeps_it(as_alice, draft):
    answer = as_alice.post(url("priority-edit", draft, 2), {"version": 1, "situation": "é" * 4003})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "3 characters too many" in text
    assert "é" * 4003 in text
    assert fresh(draft).situation_fr == WORDS["situation"]


def test_one_character_too_many_is_said_in_the_singular(as_alice, draft):
    answer = as_alice.post(url("priority-edit", draft, 1), {"version": 1, "title": "x" * 161, "language": "fr"})
    assert "one character too many" in answer.content.decode()


@pytest.mark.parametrize(
    "bad", [{"version": "x"}, {"version": 0}, {}, {"version": 1, "theme": "999"}, {"version": 1, "level": "cosmic"}]
)
def test_bad_input_is_shown_again_and_nothing_saved(as_alice, draft, bad):
    answer = as_alice.post(url("priority-edit", draft, 1), {"title": "Tapé", "language": "fr", **bad})
    assert answer.status_code == 422
    assert "Tapé" in answer.content.decode()
    assert fresh(draft).title_fr == WORDS["title"]


@pytest.mark.parametrize("page", [0, 6])
def test_there_are_five_pages(as_alice, draft, page):
    assert as_alice.get(url("priority-edit", draft, page)).status_code == 404


@pytest.mark.parametrize(
    ("name", "status"),
    [("colleague", 200), ("bob", 404), ("carmen", 404), ("companion", 404), ("facilitator", 404), ("coordinator", 404)],
)
def test_a_draft_is_its_organisations_alone(client, everyone, draft, name, status):
    client.force_login(everyone[name])
    for page in (url("priority-edit", draft, 1), url("priority-submit", draft)):
        assert client.get(page).status_code == status
        posted = client.post(page, {"version": 1, "title": "Autre", "language": "fr"}).status_code
        assert posted == (404 if status == 404 else posted)
    if status == 404:
        assert fresh(draft).title_fr == WORDS["title"]


def test_a_submitted_text_can_be_read_not_edited_by_the_country(client, bob, submitted):
    client.force_login(bob)
    answer = client.get(url("priority-edit", submitted, 1))
    assert answer.status_code == 403
    assert "Only the organisation that proposes" in answer.content.decode()


def test_going_back_to_a_submitted_text_leads_to_its_page(as_alice, submitted):
    assert as_alice.get(url("priority-edit", submitted, 2)).url == url("priority-detail", submitted)


def test_signed_out_is_asked_to_sign_in(client, draft):
    assert "/account/login/" in client.get(url("priority-edit", draft, 1)).url


# --- Autosave --------------------------------------------------------------------------------------


def autosave(client, draft, page, **fields):
    return client.post(url("priority-edit", draft, page), fields, headers={"X-Autosave": "1"})


def test_autosave_saves_and_says_when(as_alice, draft):
    answer = autosave(as_alice, draft, 2, version=1, situation="Encore")
    said = answer.json()
    assert set(said) == {"version", "saved_at", "csrf"}
    assert said["version"] == 2
    assert re.fullmatch(r"\d\d:\d\d", said["saved_at"])
    assert len(answer.content) <= 1024
    assert fresh(draft).situation_fr == "Encore"


def test_autosave_hands_out_a_csrf_token_that_works(alice, draft):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    token = fields_of(client.get(url("priority-edit", draft, 2)))["csrfmiddlewaretoken"][0]["value"]
    said = autosave(client, draft, 2, version=1, situation="Une", csrfmiddlewaretoken=token).json()
    again = autosave(client, draft, 2, version=2, situation="Deux", csrfmiddlewaretoken=said["csrf"])
    assert again.status_code == 200


def test_autosave_of_a_text_too_long_is_not_called_saved(as_alice, draft):
    answer = autosave(as_alice, draft, 2, version=1, situation="x" * 4001)
    assert answer.status_code == 422
    assert json.loads(answer.content)["errors"] == 1


def test_autosave_over_a_colleague_leads_to_both_texts(as_alice, colleague, draft):
    services.save_draft(draft, by=colleague, version=1, situation="De la collègue")
    answer = autosave(as_alice, draft, 2, version=1, situation="D'Alice")
    assert answer.status_code == 409
    assert answer.json() == {"conflict_url": url("priority-compare", draft)}
    page = as_alice.get(answer.json()["conflict_url"]).content.decode()
    assert "De la collègue" in page
    assert "D&#x27;Alice" in page


def test_autosave_of_the_same_open_page_after_a_lost_reply_goes_on(as_alice, draft):
    editor = fields_of(as_alice.get(url("priority-edit", draft, 2)))["editor"][0]["value"]
    autosave(as_alice, draft, 2, version=1, situation="Un début", editor=editor)
    answer = autosave(as_alice, draft, 2, version=1, situation="Un début et la suite", editor=editor)
    assert answer.status_code == 200
    assert fresh(draft).situation_fr == "Un début et la suite"


def test_two_windows_have_two_editors(as_alice, draft):
    one, two = (fields_of(as_alice.get(url("priority-edit", draft, 2)))["editor"][0]["value"] for _number in range(2))
    assert one != two


# --- Both texts ------------------------------------------------------------------------------------


@pytest.fixture
def conflict(alice, colleague, draft):
    services.save_draft(draft, by=colleague, version=1, title="De la collègue", level="continental")
    with pytest.raises(EditConflict):
        services.save_draft(draft, by=alice, version=1, title="D'Alice", theme=None)
    return draft


def test_plain_post_over_a_colleague_leads_to_both_texts(as_alice, colleague, draft):
    services.save_draft(draft, by=colleague, version=1, situation="De la collègue")
    answer = as_alice.post(url("priority-edit", draft, 2), {"version": 1, "situation": "D'Alice"})
    assert answer.url == url("priority-compare", draft)
    assert fresh(draft).situation_fr == "De la collègue"


def test_compare_offers_each_part_that_differs(as_alice, conflict):
    fields = fields_of(as_alice.get(url("priority-compare", conflict)))
    assert [choice["value"] for choice in fields["choice_title"]] == ["mine", "theirs", "both"]
    assert [choice["value"] for choice in fields["choice_theme"]] == ["mine", "theirs"]
    assert "choice_level" not in fields


def test_compare_saves_the_choice(as_alice, conflict):
    answer = as_alice.post(
        url("priority-compare", conflict), {"version": 2, "choice_title": "both", "choice_theme": "theirs"}
    )
    assert answer.url == url("priority-edit", conflict, 1)
    saved = fresh(conflict)
    assert saved.title_fr == "De la collègue / D'Alice"
    assert saved.theme is not None
    assert not ParkedEdit.objects.exists()


def test_compare_can_throw_mine_away(as_alice, conflict):
    as_alice.post(url("priority-compare", conflict), {"version": 2, "go": "discard"})
    assert fresh(conflict).title_fr == "De la collègue"
    assert not ParkedEdit.objects.exists()


def test_compare_again_when_somebody_saved_once_more(as_alice, colleague, conflict):
    services.save_draft(conflict, by=colleague, version=2, title="Encore la collègue")
    answer = as_alice.post(url("priority-compare", conflict), {"version": 2, "choice_title": "mine"}, follow=True)
    assert "Compare again" in answer.content.decode()
    assert fresh(conflict).title_fr == "Encore la collègue"


def test_compare_says_when_both_are_too_long(as_alice, alice, colleague, draft):
    services.save_draft(draft, by=colleague, version=1, title="a" * 100)
    with pytest.raises(EditConflict):
        services.save_draft(draft, by=alice, version=1, title="b" * 100)
    answer = as_alice.post(url("priority-compare", draft), {"version": 2, "choice_title": "both"})
    assert answer.status_code == 422
    assert "longer than 160 characters" in answer.content.decode()


@pytest.mark.parametrize("version", ["", "x", "-1"])
def test_compare_with_a_bad_version_overwrites_nothing(as_alice, conflict, version):
    as_alice.post(url("priority-compare", conflict), {"version": version, "choice_title": "mine"})
    assert fresh(conflict).title_fr == "De la collègue"
    assert ParkedEdit.objects.exists()


def test_parked_text_is_shown_to_its_writer_alone(client, colleague, conflict):
    client.force_login(colleague)
    assert client.get(url("priority-compare", conflict)).url == url("priority-submit", conflict)


def test_text_typed_after_a_colleague_submitted_is_shown_to_copy(as_alice, colleague, draft):
    services.submit_priority(draft, by=colleague)
    answer = as_alice.post(url("priority-edit", draft, 2), {"version": 1, "situation": "Encore"}, follow=True)
    text = answer.content.decode()
    assert "submitted meanwhile" in text
    assert "Encore" in text
    assert "choice_" not in text


# --- Language of the page --------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["es", "nl", "en"])
def test_switching_the_page_language_saves_and_stays(as_alice, draft, language):
    with translation.override("fr"):
        here = url("priority-edit", draft, 2)
    answer = as_alice.post(here, {"version": 1, "situation": "À moitié", "switch_language": language})
    with translation.override(language):
        assert answer.url == url("priority-edit", draft, 2)
    saved = fresh(draft)
    assert (saved.situation_fr, saved.source_language) == ("À moitié", "fr")


@pytest.mark.parametrize("language", ["es", "nl"])
def test_what_cannot_be_saved_yet_is_shown_in_the_language_asked_for(as_alice, draft, language):
    """Nobody is held in a language they do not read: the text stays as typed, nothing is saved or judged."""
    long_title = "ب" * (TITLE_LIMIT + 1)
    sent = {"version": 1, "title": long_title, "language": "fr", "switch_language": language}
    answer = as_alice.post(url("priority-edit", draft, 1), sent)
    assert answer.status_code == 200
    assert f'<html lang="{language}"' in answer.text
    assert long_title in answer.text
    assert "errorlist" not in answer.text
    assert fresh(draft).version == draft.version


def test_unknown_page_language_is_ignored(as_alice, draft):
    answer = as_alice.post(
        url("priority-edit", draft, 2), {"version": 1, "situation": "x", "switch_language": "//evil.example"}
    )
    assert answer.url == url("priority-edit", draft, 3)


def test_changing_the_language_of_the_text_moves_it(as_alice, draft):
    as_alice.post(url("priority-edit", draft, 1), {"version": 1, "title": "Un título", "language": "es"})
    saved = fresh(draft)
    assert (saved.source_language, saved.title_es, saved.situation_es) == ("es", "Un título", WORDS["situation"])


# --- Submit ----------------------------------------------------------------------------------------


def submit(client, user, draft, key=None):
    return client.post(url("priority-submit", draft), {"submission_key": key or issue_key(user, SUBMIT)})


def test_submission_ends_in_a_receipt(as_alice, alice, draft):
    answer = submit(as_alice, alice, draft)
    assert answer.url == url("priority-receipt", draft)
    page = as_alice.get(answer.url).content.decode()
    assert fresh(draft).receipt in page
    assert "What happens next" in page


def test_submission_twice_is_one_receipt(as_alice, alice, draft):
    key = issue_key(alice, SUBMIT)
    first = submit(as_alice, alice, draft, key)
    receipt = fresh(draft).receipt
    assert {submit(as_alice, alice, draft, key).url, submit(as_alice, alice, draft).url} == {first.url}
    assert fresh(draft).receipt == receipt


def test_submission_in_a_second_tab_shows_the_receipt(as_alice, alice, colleague, draft):
    services.submit_priority(draft, by=colleague)
    assert as_alice.get(url("priority-submit", draft)).url == url("priority-receipt", draft)


def test_what_is_missing_is_a_list_of_links(as_alice, alice, consultation, union):
    draft = make_priority(
        state="draft", consultation=consultation, organisation=union, situation="", level="", title=""
    )
    page = as_alice.get(url("priority-submit", draft)).content.decode()
    assert "3 things are still missing" in page
    for page_number, anchor in ((1, "id_title"), (1, "id_level_0"), (2, "id_situation")):
        assert f'{url("priority-edit", draft, page_number)}#{anchor}"' in page
        assert f'id="{anchor}"' in as_alice.get(url("priority-edit", draft, page_number)).content.decode()
    answer = submit(as_alice, alice, draft)
    assert answer.status_code == 422
    assert "It was not submitted" in answer.content.decode()
    assert fresh(draft).is_draft


def test_last_page_shows_everything_as_others_read_it(as_alice, draft, mutual):
    make_support(draft, mutual, why="Nos membres aussi")
    page = as_alice.get(url("priority-submit", draft)).content.decode()
    for text in (*WORDS.values(), mutual.name, "Nos membres aussi", "Nothing is missing"):
        assert text in page


@pytest.mark.parametrize("what", ["consultation", "step"])
def test_submission_after_closing_is_refused_with_the_reason(as_alice, alice, draft, consultation, what):
    if what == "step":
        Step.objects.update(state=StepState.CLOSED)
    else:
        type(consultation).objects.update(state="closed", closed_at=timezone.now())
    answer = submit(as_alice, alice, draft)
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "Your draft is kept" in text
    assert ("closed" if what == "consultation" else "over") in text
    assert fresh(draft).is_draft
    assert fresh(draft).title_fr == WORDS["title"]


def test_submission_with_an_old_key_is_asked_again(as_alice, alice, draft):
    answer = submit(as_alice, alice, draft, "old")
    assert answer.status_code == 422
    assert "open for too long" in answer.content.decode()
    assert fresh(draft).is_draft


def test_receipt_of_a_draft_leads_back(as_alice, draft):
    assert as_alice.get(url("priority-receipt", draft)).url == url("priority-submit", draft)


def test_receipt_is_for_the_authors(client, bob, submitted):
    client.force_login(bob)
    assert client.get(url("priority-receipt", submitted)).status_code == 403


# --- Addresses and weight --------------------------------------------------------------------------


def test_nothing_in_an_address_or_a_title_tells(as_alice, draft, union):
    for page in (
        url("priority-edit", draft, 1),
        url("priority-submit", draft),
        url("priority-start", draft.consultation),
    ):
        answer = as_alice.get(page)
        title = re.search(r"<title>(.*?)</title>", answer.content.decode()).group(1)
        for word in ("Benin", union.name, union.acronym, WORDS["title"]):
            assert word not in title
            assert word.lower() not in page.lower()


@pytest.mark.parametrize("count", [1, 30])
def test_the_form_asks_the_database_no_more_with_more_organisations(
    as_alice, alice, benin, consultation, union, django_assert_max_num_queries, count
):
    for _number in range(count):
        factories.make_organisation(country=benin)
        factories.make_theme()
        make_group()
    draft = make_priority(state="draft", consultation=consultation, organisation=union)
    make_consultation(country=factories.make_country("PH"))
    as_alice.get(url("priority-edit", draft, 1))
    for page in range(1, 6):
        with django_assert_max_num_queries(2 + 6):
            assert as_alice.get(url("priority-edit", draft, page)).status_code == 200


SENT = {
    1: {"title": "Un autre titre", "level": "national", "language": "fr"},
    2: {"situation": "Une autre situation"},
    3: {"concerned": "D'autres personnes"},
    4: {"change": "Un autre changement"},
    5: {"together": "Ensemble, autrement"},
}


@pytest.mark.parametrize("page", SENT)
def test_an_autosave_costs_few_statements(as_alice, draft, django_assert_max_num_queries, page):
    autosave(as_alice, draft, page, version=1, **SENT[page])
    again = {
        name: f"{value} encore" if name not in {"level", "language"} else value for name, value in SENT[page].items()
    }
    own = {1: 2, 2: 0, 3: 2, 4: 0, 5: 4}[page]
    # Where the text is compared, after the save: what this person may read of the country, and its texts.
    own += 2 if page in {1, 2, 4} else 0
    # Who it is (2), for whom they act, the draft; then the transaction: begin, the row, its history, commit.
    with django_assert_max_num_queries(8 + own):
        assert autosave(as_alice, draft, page, version=2, **again).status_code == 200


def test_a_submission_costs_few_statements(as_alice, alice, draft, django_assert_max_num_queries):
    as_alice.get(url("priority-submit", draft))
    # One of them asks for the number of the kind of object, once for each process.
    with django_assert_max_num_queries(22):
        submit(as_alice, alice, draft)
    assert not fresh(draft).is_draft


# --- A page that broke off in the middle of the form ----------------------------------------------------------------

CUT, WHOLE = {"whole": ""}, {"whole": ["", "1"]}
SAID = "This page had not arrived whole"


def send(client, user, draft, page, **fields):
    client.force_login(user)
    return client.post(edit_page(draft, page), {"version": draft.version, **fields})


def edit_page(draft, page):
    return reverse("consultations:priority-edit", args=[draft.public_id, page])


def test_form_says_where_it_begins_and_where_it_ends(client, alice, draft):
    client.force_login(alice)
    page = client.get(edit_page(draft, 3)).text
    begins, ends = page.index('name="whole" value=""'), page.index('name="whole" value="1"')
    assert begins < page.index("stepper")
    assert begins < page.index('name="concerned"') < ends < page.index("</form>", ends)
    assert "name=" not in page[ends + 5 : page.index("</form>", ends)]


def test_fields_that_had_not_arrived_are_not_erased(client, alice, draft):
    groups = [make_group(), make_group(), make_group()]
    draft.groups.set(groups[:2])
    response = send(client, alice, draft, 3, groups=[groups[2].pk], go="4", **CUT)
    assert response.status_code == 422
    form = response.context["form"]
    assert SAID in response.text
    assert form["concerned"].value() == draft.concerned_fr
    assert sorted(form["groups"].value()) == sorted(str(group.pk) for group in groups)
    draft.refresh_from_db()
    assert draft.concerned_fr == WORDS["concerned"]
    assert draft.groups.count() == 2


def test_what_was_typed_in_a_page_that_broke_off_is_shown_again(client, alice, draft):
    response = send(client, alice, draft, 1, title="Another title", **CUT)
    form = response.context["form"]
    assert (response.status_code, form["title"].value()) == (422, "Another title")
    assert (form["theme"].value(), form["level"].value()) == (draft.theme_id, draft.level)
    assert int(form["version"].value()) == draft.version


def test_beginning_of_a_text_does_not_take_the_place_of_the_whole(client, alice, draft):
    response = send(client, alice, draft, 2, situation=WORDS["situation"][:20], **CUT)
    assert response.context["form"]["situation"].value() == WORDS["situation"]


def test_whole_form_may_erase_a_text(client, alice, draft):
    assert send(client, alice, draft, 2, situation="", **WHOLE).status_code == 302
    draft.refresh_from_db()
    assert draft.situation_fr == ""


def test_autosave_of_a_page_that_broke_off_saves_nothing(client, alice, draft):
    client.force_login(alice)
    fields = {"version": draft.version, "title": "Half", **CUT}
    response = client.post(edit_page(draft, 1), fields, headers={"X-Autosave": "1"})
    assert response.status_code == 422
    draft.refresh_from_db()
    assert draft.title_fr == WORDS["title"]


# --- What only stood on a page ---------------------------------------------------------------------


def sent_from(client, address, **changes):
    """What a browser sends from the page as it stands now; hold it back, and it is an old page."""
    form = client.get(address).context["form"]
    fields = {}
    for name in form.fields:
        value = form[name].value()
        fields[name] = "" if value is None else value
    return {**fields, **changes}


@pytest.fixture
def what(draft):
    return reverse("consultations:priority-edit", args=[draft.public_id, 1])


def test_part_that_nobody_typed_in_is_no_second_version(client, alice, colleague, draft, what):
    client.force_login(alice)
    mine = sent_from(client, what, level="continental")
    services.save_draft(draft, by=colleague, version=draft.version, title="A colleague's title")
    for _again in range(2):
        answer = client.post(what, mine, headers={"X-Autosave": "1"})
        assert answer.status_code == 200
        mine = {**mine, "version": answer.json()["version"]}
    fresh = Priority.objects.get(pk=draft.pk)
    assert (fresh.title_fr, fresh.level) == ("A colleague's title", "continental")
    assert not ParkedEdit.objects.exists()


def test_only_what_was_typed_is_compared(client, alice, colleague, draft, what):
    client.force_login(alice)
    mine = sent_from(client, what, title="My title")
    services.save_draft(draft, by=colleague, version=draft.version, title="A colleague's title", level="continental")
    assert client.post(what, mine, headers={"X-Autosave": "1"}).status_code == 409
    assert ParkedEdit.objects.get().fields == {"title": "My title"}
    fresh = Priority.objects.get(pk=draft.pk)
    assert (fresh.title_fr, fresh.level) == ("A colleague's title", "continental")


def test_taking_back_what_one_typed_is_typing(client, alice, draft, what):
    client.force_login(alice)
    before = draft.title_fr
    mine = sent_from(client, what)
    for title in ("Half a title", before):
        answer = client.post(what, {**mine, "title": title}, headers={"X-Autosave": "1"})
        mine["version"] = answer.json()["version"]
    assert Priority.objects.get(pk=draft.pk).title_fr == before


def test_page_that_only_stood_open_while_it_was_submitted_keeps_nothing(client, alice, colleague, draft, what):
    client.force_login(alice)
    mine = sent_from(client, what)
    services.submit_priority(draft, by=colleague)
    assert client.post(what, mine, headers={"X-Autosave": "1"}).status_code == 409
    assert not ParkedEdit.objects.exists()
    client.post(what, {**mine, "title": "Too late"}, headers={"X-Autosave": "1"})
    assert ParkedEdit.objects.get().fields == {"title": "Too late"}
