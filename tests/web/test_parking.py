"""An expired sign-in never eats a form."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from planning_portal.web import parking
from planning_portal.web.models import ParkedPost
from planning_portal.web.submissions import FIELD, issue_key
from tests.web import urls

pytestmark = [pytest.mark.urls("tests.web.urls"), pytest.mark.django_db]
NOTE = "/en/note/"
TEXT = "Health cover for <market> women"


@pytest.fixture(autouse=True)
def nothing_received():
    urls.received.clear()


def form(user, **more):
    return {FIELD: issue_key(user, "tests.note"), "text": TEXT, "groups": ["1", "2"], **more}


def sign_in(client, user):
    client.force_login(user)


def hidden_fields(response):
    typed = response.context["typed"]
    fields = {}
    for name, value in typed.fields:
        fields.setdefault(name, []).append(value)
    return typed.action, fields


def test_kept_page_shows_words_and_no_marks_of_the_machine(client, alice):
    client.post(NOTE, form(alice, seen='{"situation": "0281eb85b4ee", "title": "0281eb85b4ef"}'))
    sign_in(client, alice)
    typed = client.get(reverse("web:kept")).context["typed"]

    assert typed.words == [TEXT]
    assert ("seen", '{"situation": "0281eb85b4ee", "title": "0281eb85b4ef"}') in typed.fields


def test_form_survives_an_expired_sign_in(client, alice):
    response = client.post(NOTE + "?part=2", form(alice))
    assert response.status_code == 302
    assert response.url == f"{reverse('account_login')}?next={reverse('web:kept')}"
    assert client.cookies[parking.COOKIE]["httponly"]
    assert TEXT not in client.cookies[parking.COOKIE].value

    sign_in(client, alice)
    kept = client.get(reverse("web:kept"))
    assert kept.status_code == 200
    assert "Your text was kept" in kept.text
    assert "Health cover for &lt;market&gt; women" in kept.text
    action, fields = hidden_fields(kept)
    assert action == NOTE + "?part=2"

    sent = client.post(action, fields)
    assert (sent.status_code, sent.url) == (302, "/en/done/")
    assert urls.received[0]["text"] == [TEXT]
    assert urls.received[0]["groups"] == ["1", "2"]
    assert not ParkedPost.objects.exists()
    assert client.cookies[parking.COOKIE].value == ""
    assert "There is no text to send" in client.get(reverse("web:kept")).text


def test_idle_session_is_ended_and_its_form_kept_for_its_person(client, alice, bob, settings, monkeypatch):
    sign_in(client, alice)
    client.get(NOTE)
    session = client.session
    session["seen"] -= settings.SESSION_IDLE_SECONDS + 60
    session.save()
    assert client.post("/en/plain-note/", {"text": TEXT}).status_code == 302
    assert ParkedPost.objects.get().user == alice
    assert urls.received == []
    sign_in(client, bob)
    assert TEXT not in client.get(reverse("web:kept")).text
    sign_in(client, alice)
    assert "Health cover" in client.get(reverse("web:kept")).text


def test_form_of_another_person_is_not_shown(client, alice, bob):
    client.post(NOTE, form(alice))
    sign_in(client, bob)
    page = client.get(reverse("web:kept"))
    assert "Health cover" not in page.text
    assert "There is no text to send" in page.text


def test_form_without_a_key_is_kept_for_who_was_signed_in_last_in_this_browser(client, alice, carmen):
    sign_in(client, carmen)
    client.get(NOTE)
    assert client.cookies[parking.SENDER_COOKIE]["httponly"]
    del client.cookies["portal_session"]
    assert client.post("/en/plain-note/", {"text": TEXT}).status_code == 302
    assert ParkedPost.objects.get().user == carmen

    sign_in(client, alice)
    page = client.get(reverse("web:kept"))
    assert "Health cover" not in page.text
    assert page.context["typed"] is None
    sign_in(client, carmen)
    assert "Health cover" in client.get(reverse("web:kept")).text


def test_form_of_nobody_known_stays_in_its_page(client, db):
    response = client.post("/en/plain-note/", {"text": TEXT})
    assert response.status_code == 401
    assert "Health cover" in response.text
    assert not ParkedPost.objects.exists()


def test_forged_sender_parks_nothing(client, alice):
    client.cookies[parking.SENDER_COOKIE] = str(alice.pk)
    assert client.post("/en/plain-note/", {"text": TEXT}).status_code == 401
    assert not ParkedPost.objects.exists()


def test_key_says_whose_form_it_is_before_the_browser_does(client, alice, bob):
    sign_in(client, bob)
    client.get(NOTE)
    del client.cookies["portal_session"]
    client.post(NOTE, form(alice))
    assert ParkedPost.objects.get().user == alice


def test_one_sender_parks_so_many_only(client, alice, bob, monkeypatch):
    monkeypatch.setattr(parking, "MOST_OF_ONE", 1)
    assert client.post(NOTE, form(alice)).status_code == 302
    assert client.post(NOTE, form(alice)).status_code == 401
    assert client.post(NOTE, form(bob)).status_code == 302


@pytest.mark.parametrize("is_over", [False, True])
def test_sign_out_leaves_nothing_that_leads_to_a_form(client, alice, is_over):
    sign_in(client, alice)
    client.get(NOTE)
    del client.cookies["portal_session"]
    client.post("/en/plain-note/", {"text": TEXT})
    if not is_over:
        sign_in(client, alice)
    client.post(reverse("account_logout"))
    assert client.cookies[parking.COOKIE].value == ""
    assert client.cookies[parking.SENDER_COOKIE].value == ""
    assert client.post("/en/plain-note/", {"text": TEXT}).status_code == 401


def test_form_is_found_by_its_own_browser_only(client, alice):
    client.post(NOTE, form(alice))
    client.cookies.clear()
    sign_in(client, alice)
    assert "Health cover" not in client.get(reverse("web:kept")).text


def test_forged_cookie_leads_nowhere(client, alice):
    client.post(NOTE, form(alice))
    client.cookies[parking.COOKIE] = str(ParkedPost.objects.get().token)
    sign_in(client, alice)
    assert "Health cover" not in client.get(reverse("web:kept")).text


def test_form_is_kept_for_a_day(client, alice):
    client.post(NOTE, form(alice))
    ParkedPost.objects.update(created_at=timezone.now() - timedelta(hours=25))
    sign_in(client, alice)
    assert "Health cover" not in client.get(reverse("web:kept")).text
    client.logout()
    client.post(NOTE, form(alice))
    assert ParkedPost.objects.count() == 1


def test_form_too_large_to_park_stays_on_the_page(client, alice):
    long = "long words " * 30_000
    response = client.post(NOTE, form(alice, text=long))
    assert response.status_code == 401
    assert long.strip() in response.text
    assert not ParkedPost.objects.exists()


def test_password_is_never_parked(client, alice):
    response = client.post(NOTE, form(alice, new_password="correct horse battery"))
    assert not ParkedPost.objects.exists()
    assert "correct horse battery" not in response.text


def test_parking_has_room_for_so_many_only(client, alice, monkeypatch):
    monkeypatch.setattr(parking, "MOST", 1)
    client.post(NOTE, form(alice))
    response = client.post(NOTE, form(alice))
    assert (response.status_code, ParkedPost.objects.count()) == (401, 1)
    assert "Health cover" in response.text


def test_form_of_another_site_is_not_parked(client, alice):
    client.post(NOTE, form(alice), headers={"sec-fetch-site": "cross-site"})
    client.post(NOTE, form(alice), headers={"origin": "https://elsewhere.example"})
    assert not ParkedPost.objects.exists()


def test_file_is_named_as_lost(client, alice):
    from django.core.files.uploadedfile import SimpleUploadedFile

    client.post(NOTE, form(alice, file=SimpleUploadedFile("a.txt", b"x")))
    sign_in(client, alice)
    assert "please attach them again" in client.get(reverse("web:kept")).text


def test_autosave_after_the_sign_in_expired_is_told_so(client, alice):
    response = client.post(NOTE, form(alice), headers={"x-autosave": "1"})
    assert (response.status_code, response.json()["error"]) == (401, "signed_out")
    assert not ParkedPost.objects.exists()


def test_fragment_after_the_sign_in_expired_sends_the_whole_page_to_sign_in(client):
    response = client.get(NOTE, headers={"hx-request": "true"})
    assert response.status_code == 204
    assert response.headers["HX-Redirect"].startswith(reverse("account_login"))


def test_page_asks_for_a_sign_in_and_comes_back(client):
    response = client.get(NOTE + "?part=2")
    assert response.url == f"{reverse('account_login')}?next=/en/note/%3Fpart%3D2"


def test_form_can_be_read_in_another_language_without_being_sent(client, alice):
    sign_in(client, alice)
    response = client.post(NOTE, form(alice, switch_language="fr"))
    assert (response.status_code, response.url) == (302, "/fr/note/")
    assert client.post(NOTE, form(alice, switch_language="xx")).url == "/en/done/"
