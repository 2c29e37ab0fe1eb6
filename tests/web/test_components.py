"""The pieces of a page: badges, notices, forms, lists of pages, the frame with its languages and navigation."""

from types import SimpleNamespace

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template, TemplateSyntaxError
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import reverse

from planning_portal.web import formatting, registry
from planning_portal.web.registry import NavEntry
from planning_portal.web.style import StyleForm
from planning_portal.web.switching import address_in


def rendered(source, **context):
    return Template(source).render(Context(context))


def squeezed(html):
    return " ".join(html.split())


@pytest.mark.parametrize("state", ["draft", "waiting", "now", "done", "stop", "quiet"])
def test_badge_is_a_word_and_a_sign(state):
    html = rendered("{% badge state label %}", state=state, label="<Agreed>")
    assert html.startswith(f'<span class="badge {state}"><span aria-hidden="true">')
    assert "&lt;Agreed&gt;" in html


@pytest.mark.parametrize("source", ['{% badge "blue" "x" %}', '{% notice "blue" %}x{% endnotice %}'])
def test_unknown_kind_is_refused(source):
    with pytest.raises(TemplateSyntaxError):
        rendered(source)


def test_notice_escapes_what_is_in_it_and_says_its_kind():
    html = rendered('{% notice "stop" %}<p>{{ reason }}</p>{% endnotice %}', reason="<closed>")
    assert "<p>&lt;closed&gt;</p>" in html
    assert '<span class="visually-hidden">Problem: </span>' in html


@pytest.mark.parametrize(("percent", "shown"), [(40, "40%"), (-5, "0%"), (140, "100%"), (None, "0%")])
def test_progress_stays_on_its_scale(percent, shown):
    assert f">{shown}</progress>" in rendered("{% progress percent label %}", percent=percent, label="Page 12")


def test_field_is_tied_to_its_hint_and_error():
    html = StyleForm({"title": ""})["title"].as_field_group()
    assert '<label for="id_title">' in html
    assert 'aria-describedby="id_title_helptext id_title_error"' in html
    assert 'id="id_title_helptext"' in html
    assert 'id="id_title_error"' in html
    assert 'lang="fr"' in html
    assert 'aria-invalid="true"' in html


def test_field_says_when_it_may_stay_empty_and_how_much_it_takes():
    html = StyleForm()["situation"].as_field_group()
    assert "optional" in html
    assert 'data-counts="id_situation" data-maximum="600">At most 600 characters' in html
    assert "optional" not in StyleForm()["title"].as_field_group()


def test_choices_stand_in_a_fieldset_with_a_legend():
    html = StyleForm()["level"].as_field_group()
    assert html.index("<fieldset") < html.index("<legend>") < html.index('type="radio"')


def test_single_checkbox_stands_in_its_label():
    html = squeezed(StyleForm()["agree"].as_field_group())
    assert '<label class="choice" for="id_agree"><input type="checkbox"' in html


def test_error_summary_leads_to_each_field():
    class Hidden(StyleForm):
        version = forms.IntegerField(widget=forms.HiddenInput)

    form = Hidden({"level": "nowhere"})
    form.add_error(None, "Somebody was faster.")
    html = render_to_string("components/form_errors.html", {"form": form})
    assert 'href="#id_title"' in html
    assert 'href="#id_level_0"' in html
    assert "Somebody was faster." in html
    assert 'href="#id_version"' not in html
    assert f"{sum(len(errors) for errors in form.errors.values())} things need your attention" in html


@pytest.mark.parametrize(("fields", "says"), [(["file"], False), (["file", "note"], True), (["note"], True)])
def test_error_summary_promises_no_file_that_the_browser_forgot(fields, says):
    class Mixed(forms.Form):
        file = forms.FileField()
        note = forms.CharField()
        version = forms.IntegerField(widget=forms.HiddenInput)

    form = Mixed({})
    form.fields = {name: field for name, field in form.fields.items() if name in [*fields, "version"]}
    html = render_to_string("components/form_errors.html", {"form": form})
    assert ("Everything you typed is still here." in html) is says


def test_error_summary_of_a_good_form_is_empty():
    assert render_to_string("components/form_errors.html", {"form": StyleForm()}).strip() == ""


def test_pages_keep_the_filters():
    request = RequestFactory().get("/", {"theme": "3", "page": "2"})
    html = render_to_string("components/pagination.html", {"page": Paginator(range(50), 10).page(2)}, request=request)
    assert "?theme=3&amp;page=3" in html
    assert "Page 2 of 5" in html
    single = render_to_string("components/pagination.html", {"page": Paginator(range(5), 10).page(1)}, request=request)
    assert single.strip() == ""


def test_step_rail_marks_where_one_is():
    steps = [
        SimpleNamespace(title=SimpleNamespace(language="fr", __str__=lambda: "x"), status="done", when="", url=""),
        SimpleNamespace(title="Workshops", status="now", when="July", url="/steps/"),
    ]
    html = render_to_string("components/step_rail.html", {"steps": steps, "LANGUAGE_CODE": "en"})
    assert 'lang="fr"' in html
    assert html.count('aria-current="step"') == 1


@pytest.mark.parametrize(
    ("url", "translated"),
    [
        ("/en/my/?a=1", "/fr/my/?a=1"),
        ("/en/nowhere/", "/fr/nowhere/"),
        ("/en", "/fr"),
        ("/elsewhere/", "/fr/"),
        ("", "/fr/"),
    ],
)
def test_address_in_another_language(url, translated):
    assert address_in("fr", url) == translated


@pytest.fixture
def page(client, db):
    return client.get("/nl/account/login/?next=/nl/my/").text


def test_frame_offers_each_language_for_this_very_page(page):
    for language in ("en", "es", "fr"):
        assert f'href="/{language}/account/login/?next=/nl/my/" lang="{language}" hreflang="{language}"' in page
    assert page.count('hreflang="nl" aria-current="true"') == 1
    assert '<html lang="nl">' in page


def test_frame_tells_search_engines_of_the_other_languages(page):
    for language in ("en", "es", "fr", "nl"):
        assert (
            f'<link rel="alternate" hreflang="{language}" href="http://testserver/{language}/account/login/">' in page
        )
    assert 'hreflang="x-default"' in page


def test_frame_of_a_visitor_has_a_way_in_and_no_quick_exit(page):
    assert 'class="skip" href="#main"' in page
    assert "data-exit" not in page
    assert 'id="sign-out"' not in page


def test_frame_of_partner_staff_has_a_quick_exit_and_their_organisation(client, alice, union):
    client.force_login(alice)
    html = client.get(reverse("web:work")).text
    assert '<form method="post" action="/en/my/leave/">' in html
    assert 'data-exit="https://www.wikipedia.org/"' in html
    assert union.acronym in html
    assert 'id="sign-out"' in html
    assert 'hreflang="x-default"' not in html


@pytest.mark.parametrize("role", ["companion", "facilitator", "translator", "coordinator"])
def test_frame_of_everybody_who_is_signed_in_has_a_quick_exit(client, request, role):
    client.force_login(request.getfixturevalue(role))
    html = client.get(reverse("web:work")).text
    assert "data-exit" in html
    assert "has-exit" in html


def test_colon_is_set_by_the_language(monkeypatch):
    french = {"%(label)s: %(text)s": "%(label)s\u00a0: %(text)s", "%(label)s:": "%(label)s\u00a0:"}
    monkeypatch.setattr(formatting, "_", lambda message: french.get(message, message))
    assert rendered('{% labelled "Titre" "<trop long>" %}') == "Titre\u00a0: &lt;trop long&gt;"
    assert rendered('{{ "Fait"|colon }}') == "Fait\u00a0:"


def test_error_summary_names_the_row_where_the_form_does():
    class Rows(forms.Form):
        reason = forms.CharField(label="Reason")

        def error_label(self, field):
            return f"Reason for BJ-3 ({field.name})"

    page = rendered('{% include "components/form_errors.html" %}', form=Rows({}))
    assert "Reason for BJ-3 (reason): This is needed: fill it in." in page


def test_title_of_a_page_says_nothing_of_people(client, alice, union):
    client.force_login(alice)
    html = client.get(reverse("web:work")).text
    title = html[html.index("<title>") : html.index("</title>")]
    assert union.name not in title
    assert union.acronym not in title


def test_every_entry_of_the_navigation_leads_somewhere(alice, coordinator, facilitator, translator):
    coordinator.is_staff = True
    names = {
        entry.url_name for user in (alice, coordinator, facilitator, translator) for entry in registry.nav_for(user)
    }
    assert "web:work" in names
    assert [reverse(name) for name in names]


def test_entry_that_leads_nowhere_does_not_break_the_page(client, alice, monkeypatch, caplog):
    monkeypatch.setattr(registry, "_nav_providers", [lambda _user: [NavEntry("Lost", "nowhere:at-all")]])
    client.force_login(alice)
    response = client.get(reverse("web:work"))
    assert response.status_code == 200
    assert "Lost" not in response.text
    assert "nowhere:at-all" in caplog.text


def test_one_entry_is_current(client, alice):
    client.force_login(alice)
    assert client.get(reverse("web:work")).text.count('aria-current="page"') == 1


def test_site_title_is_asked_once_a_minute_in_each_language(monkeypatch):
    asked = []
    monkeypatch.setattr(registry, "_site_title", [lambda: asked.append(1) or "Programme"])
    assert [registry.site_title() for _ in range(3)] == ["Programme"] * 3
    assert len(asked) == 1
    registry.forget_site_title()
    registry.site_title()
    assert len(asked) == 2


def test_everybody_can_read_what_protects_them(client, db):
    response = client.get(reverse("web:safety"))
    assert response.status_code == 200
    assert "It is not full protection" in response.text


def test_style_page_is_for_developers_only(client, db, settings):
    assert client.get(reverse("web:style")).status_code == 404
    settings.DEBUG = True
    for query in ("", "?desk=1"):
        response = client.get(reverse("web:style") + query)
        assert response.status_code == 200
