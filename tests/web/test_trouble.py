"""When something is wrong: a page of ours, in four languages, that still holds what was typed."""

import pytest
from django.db import OperationalError
from django.test import Client
from django.urls import reverse
from django.utils import translation

from planning_portal.web import trouble
from planning_portal.web.submissions import FIELD, issue_key
from planning_portal.web.typed import readable
from tests.web import urls

pytestmark = [pytest.mark.urls("tests.web.urls"), pytest.mark.django_db]
LANGUAGES = ["en", "es", "fr", "nl"]
TEXT = "Health cover for market women"


@pytest.fixture
def client():
    """A browser: what is raised becomes the page that people see."""
    return Client(raise_request_exception=False)


@pytest.mark.parametrize("language", LANGUAGES)
def test_address_of_a_form_that_was_sent_opens_a_page_of_ours(client, alice, language):
    client.force_login(alice)
    with translation.override(language):
        response = client.get(reverse("actionplans:plan-draft"))
    assert response.status_code == 405
    assert response["Allow"] == "POST"
    assert f'<html lang="{language}">' in response.text


def test_script_that_asks_the_wrong_way_gets_no_page(client, alice):
    client.force_login(alice)
    assert client.get(reverse("actionplans:plan-draft"), headers={"HX-Request": "true"}).content == b""


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/trouble/crash/", 500),
        ("/trouble/database/", 503),
        ("/trouble/disk/", 503),
        ("/trouble/refused/", 403),
        ("/nowhere/", 404),
        ("/?q=%00", 400),
    ],
)
def test_page_is_ours_in_the_language_of_the_address(client, language, path, status):
    response = client.get(f"/{language}{path}")
    assert response.status_code == status
    assert f'<html lang="{language}">' in response.text
    assert "portal.css" in response.text
    assert response.text.count("hreflang") >= 4
    with translation.override(language):
        assert response.headers["Content-Type"].startswith("text/html")


def test_refusal_says_why(client):
    assert "The step is closed since yesterday." in client.get("/en/trouble/refused/").text


@pytest.mark.parametrize(("kind", "status"), [("crash", 500), ("database", 503), ("disk", 503)])
def test_what_was_typed_can_be_sent_again(client, kind, status):
    response = client.post(f"/en/trouble/{kind}/?a=1", {"text": TEXT, "groups": ["1", "2"]})
    assert response.status_code == status
    assert f'action="/en/trouble/{kind}/?a=1"' in response.text
    assert f'name="text" value="{TEXT}"' in response.text
    assert response.text.count('name="groups"') == 2
    assert "csrfmiddlewaretoken" in response.text


def test_out_of_service_says_when_to_come_back(client):
    response = client.get("/en/trouble/database/")
    assert response.headers["Retry-After"] == "30"
    assert 'href="/en/trouble/database/"' in response.text


def test_script_is_told_the_state_instead_of_a_page(client):
    response = client.post("/en/trouble/database/", {"text": TEXT}, headers={"x-autosave": "1"})
    assert (response.status_code, response.json()) == (503, {"error": "unavailable"})
    assert client.post("/en/trouble/crash/", headers={"x-autosave": "1"}).json() == {"error": "failed"}


def test_dead_database_is_met_before_any_view(client, monkeypatch, alice):
    client.force_login(alice)

    def dead(*args, **kwargs):
        raise OperationalError("the connection is closed")

    monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.load", dead)
    response = client.post("/en/note/", {"text": TEXT})
    assert response.status_code == 503
    assert TEXT in response.text


def test_last_resort_needs_nothing(client, monkeypatch):
    monkeypatch.setattr(trouble, "render_to_string", lambda *_: 1 / 0)
    response = client.get("/en/trouble/crash/")
    assert response.status_code == 500
    assert all(f"lang={language}" in response.text for language in LANGUAGES)


def test_password_is_not_shown_again(client):
    response = client.post("/en/trouble/crash/", {"text": TEXT, "password": "correct horse"})
    assert "correct horse" not in response.text
    assert TEXT not in response.text


def test_too_much_is_told_apart(client, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    response = client.post("/en/trouble/none/", {"text": "x" * 2000})
    assert response.status_code == 413
    assert "more than the portal can take" in response.text


def test_form_without_its_safety_key_keeps_the_text(alice):
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    response = client.post("/en/note/", {"text": TEXT})
    assert response.status_code == 403
    assert f'value="{TEXT}"' in response.text


def test_form_of_another_site_is_not_offered_again(alice):
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    response = client.post("/en/note/", {"text": TEXT}, headers={"sec-fetch-site": "cross-site"})
    assert response.status_code == 403
    assert TEXT not in response.text


def test_second_text_with_one_key_is_shown_beside_the_first_answer(client, alice):
    client.force_login(alice)
    key = issue_key(alice, "tests.note")
    client.post("/en/note/", {FIELD: key, "text": "The first text"})
    response = client.post("/en/note/", {FIELD: key, "text": TEXT})
    assert response.status_code == 409
    assert 'href="/en/done/"' in response.text
    assert TEXT in response.text
    script = client.post("/en/note/", {FIELD: key, "text": TEXT}, headers={"x-autosave": "1"})
    assert script.json()["conflict_url"] == "/en/done/"


def test_form_with_an_old_key_is_sent_again_with_one_press(client, alice):
    urls.received.clear()
    client.force_login(alice)
    response = client.post("/en/note/", {FIELD: "old", "text": TEXT, "groups": ["1", "2"]})
    assert response.status_code == 409
    typed = response.context["typed"]
    assert [name for name, _value in typed.fields].count(FIELD) == 1
    fields = {"text": TEXT, "groups": ["1", "2"], FIELD: dict(typed.fields)[FIELD]}
    assert client.post(typed.action, fields).url == "/en/done/"
    assert urls.received[0]["groups"] == ["1", "2"]


def test_only_words_are_shown_to_read():
    fields = [
        (FIELD, "a.b.c long enough to be a key"),
        ("theme", "3"),
        ("language", "fr"),
        ("address", "6f1c1e0e-5b7f-4d54-9f0b-1d2d3c4b5a69"),
        ("text", TEXT),
        ("empty", " "),
    ]
    assert readable(fields) == [TEXT]


def test_errors_behind_errors_are_recognised():
    outer = RuntimeError()
    outer.__cause__ = OperationalError()
    assert trouble.is_out_of_service(outer)
    assert not trouble.is_out_of_service(RuntimeError())
    assert not trouble.is_out_of_service(FileNotFoundError(2, "gone"))
    assert not trouble.is_out_of_service(None)


def test_unknown_page_offers_a_way_on(client, alice):
    assert reverse("account_login") in client.get("/en/nowhere/").text
    client.force_login(alice)
    assert reverse("web:work") in client.get("/en/nowhere/").text
