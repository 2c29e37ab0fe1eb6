"""Headers, clean input, GETs that only read, sessions that end."""

import re

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

pytestmark = [pytest.mark.urls("tests.web.urls"), pytest.mark.django_db]


def test_get_that_writes_raises(client):
    with pytest.raises(RuntimeError, match="A GET must not write"):
        client.get("/en/trouble/writes/")


def test_post_may_write(client):
    assert client.post("/en/trouble/writes/").status_code == 200


def test_headers_of_a_public_page(client):
    response = client.get("/en/account/login/")
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "style-src 'self'" in policy
    assert "unsafe" not in policy
    assert response.headers["X-Frame-Options"] == "DENY"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert response.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in response.headers["Permissions-Policy"]


def test_page_of_a_signed_in_person_is_stored_nowhere(client, alice):
    client.force_login(alice)
    response = client.get(reverse("web:work"))
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Robots-Tag"] == "noindex"


@pytest.mark.parametrize("path", ["/en/\x00", "/en/?q=%00"])
def test_nul_in_an_address_is_refused(client, path):
    assert client.get(path).status_code == 400


def test_nul_in_a_form_is_refused(client):
    response = client.post("/en/trouble/none/", {"text": "Health cover\x00 for <all>"})
    assert response.status_code == 400
    assert 'name="text" value="Health cover for &lt;all&gt;"' in response.text


def test_form_that_held_a_nul_can_be_sent_again_from_the_page_that_refuses_it():
    client = Client(enforce_csrf_checks=True)
    refused = client.post("/en/trouble/none/", {"text": "Health\x00 cover"})
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', refused.text)[1]
    again = client.post("/en/trouble/none/", {"text": "Health cover", "csrfmiddlewaretoken": token})
    assert again.status_code == 200


def test_time_is_shown_in_the_readers_zone(client, alice, monkeypatch):
    from planning_portal.web import views

    seen = []
    monkeypatch.setattr(views, "tasks_for", lambda _user: seen.append(timezone.get_current_timezone_name()) or [])
    alice.time_zone = "Africa/Porto-Novo"
    alice.save()
    client.force_login(alice)
    client.get(reverse("web:work"))
    assert seen == ["Africa/Porto-Novo"]
    assert timezone.get_current_timezone_name() == "UTC"


def test_visits_do_not_write_the_session_each_time(client, alice):
    client.force_login(alice)
    client.get(reverse("web:work"))
    before = Session.objects.get(pk=client.session.session_key).session_data
    client.get(reverse("web:work"))
    assert Session.objects.get(pk=client.session.session_key).session_data == before


def test_visit_is_noted_again_after_ten_minutes(client, alice):
    client.force_login(alice)
    client.get(reverse("web:work"))
    session = client.session
    session["seen"] -= 700
    session.save()
    client.get(reverse("web:work"))
    assert client.session["seen"] > session["seen"]


@pytest.mark.parametrize(("key", "setting"), [("seen", "SESSION_IDLE_SECONDS"), ("since", "SESSION_COOKIE_AGE")])
def test_session_ends_when_idle_or_old(client, alice, settings, key, setting):
    client.force_login(alice)
    client.get(reverse("web:work"))
    session = client.session
    session[key] -= getattr(settings, setting) + 1
    session.save()
    assert client.get(reverse("web:work")).status_code == 302
    assert "_auth_user_id" not in client.session


def test_root_leads_to_the_persons_language_else_the_browsers(client, alice):
    assert client.get("/", headers={"accept-language": "es"}).url == "/es/"
    client.force_login(alice)
    assert client.get("/", headers={"accept-language": "es"}).url == "/fr/"
    assert client.get("/nl/", headers={"accept-language": "es"}).headers["Content-Language"] == "nl"
