import pytest
from django.urls import reverse

from planning_portal.languages.models import TranslationState
from planning_portal.languages.services import save_translation
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def theme(programme):
    return factories.make_theme(title_en="Decent work", summary_en="Work in freedom")


def edit_url(theme, language="nl"):
    return reverse("languages:text-edit", args=[language, "programme.theme", theme.pk])


def form_data(client, theme, language="nl", **changes):
    form = client.get(edit_url(theme, language)).context["form"]
    data = {f"seen_{name}": form.fields[f"seen_{name}"].initial for name in form.names}
    return {**data, "title": "", "summary": "", "state": TranslationState.DRAFT, **changes}


@pytest.mark.parametrize("person", ["alice", "companion", "facilitator"])
def test_only_translators_have_the_desk(client, request, theme, person):
    client.force_login(request.getfixturevalue(person))
    assert client.get(reverse("languages:text-list")).status_code == 403
    assert client.get(edit_url(theme)).status_code == 403


def test_a_translator_works_only_in_their_own_languages(client, translator, theme):
    client.force_login(translator)
    assert client.get(edit_url(theme, "nl")).status_code == 200
    assert client.get(edit_url(theme, "fr")).status_code == 403
    assert client.get(reverse("languages:text-list"), {"language": "fr"}).status_code == 403


def test_the_source_language_is_no_translation(client, coordinator, theme):
    client.force_login(coordinator)
    assert client.get(edit_url(theme, "en")).status_code == 404


def test_the_list_shows_what_is_left(client, translator, theme):
    client.force_login(translator)
    page = client.get(reverse("languages:text-list"), {"language": "nl", "kind": "programme.theme"})
    assert [row.missing for row, _title in page.context["rows"]] == [2]


def test_a_filled_and_reviewed_text_leaves_the_list(client, translator, theme):
    client.force_login(translator)
    data = form_data(client, theme, title="Waardig werk", summary="Vrij werk", state=TranslationState.DONE)
    assert client.post(edit_url(theme), data).status_code == 302
    theme.refresh_from_db()
    assert (theme.title_nl, theme.summary_nl) == ("Waardig werk", "Vrij werk")
    assert set(theme.translation_units.filter(language="nl").values_list("state", flat=True)) == {40}
    page = client.get(reverse("languages:text-list"), {"language": "nl", "kind": "programme.theme"})
    assert not page.context["rows"]


def test_nothing_is_reviewed_while_a_text_is_missing(client, translator, theme):
    client.force_login(translator)
    page = client.post(edit_url(theme), form_data(client, theme, title="Waardig werk", state=TranslationState.DONE))
    assert page.status_code == 422
    assert "summary" in page.context["form"].errors
    assert "Waardig werk" in page.content.decode()


def test_a_colleagues_text_is_never_overwritten_unseen(client, translator, coordinator, theme):
    client.force_login(translator)
    data = form_data(client, theme, title="Mijn titel", summary="Mijn tekst")
    save_translation(theme, "title", "nl", "Haar titel", by=coordinator, state=TranslationState.DRAFT)
    page = client.post(edit_url(theme), data)
    body = page.content.decode()
    assert page.status_code == 422
    assert "Mijn titel" in body
    assert "Haar titel" in body
    theme.refresh_from_db()
    assert theme.title_nl == "Haar titel"


def test_an_original_that_changed_meanwhile_is_shown_before_saving(client, translator, theme):
    client.force_login(translator)
    data = form_data(client, theme, title="Waardig werk", summary="Vrij werk")
    theme.title_en = "Decent work for all"
    theme.save()
    page = client.post(edit_url(theme), data)
    assert page.status_code == 422
    assert "Decent work for all" in page.content.decode()
    seen_again = {name: page.context["form"][name].value() for name in page.context["form"].fields}
    assert client.post(edit_url(theme), {**seen_again, "state": 20}).status_code == 302


def test_a_too_long_translation_is_refused_and_kept(client, translator, theme):
    client.force_login(translator)
    long = "x" * 200
    page = client.post(edit_url(theme), form_data(client, theme, title=long))
    assert page.status_code == 422
    assert long in page.content.decode()


@pytest.mark.parametrize("count", [1, 30])
def test_the_list_costs_the_same_for_any_number_of_texts(client, translator, django_assert_max_num_queries, count):
    for _number in range(count):
        factories.make_theme()
    client.force_login(translator)
    address = reverse("languages:text-list") + "?language=nl&kind=programme.theme"
    client.get(address)  # the first page after signing in stamps the session
    with django_assert_max_num_queries(9):
        client.get(address)
