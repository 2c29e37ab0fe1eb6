"""Leaving fast without JavaScript: signed out, a blank page, on to an everyday one; whatever else is broken."""

import pytest
from django.contrib.sessions.models import Session
from django.db import OperationalError
from django.test import Client
from django.urls import reverse

from planning_portal.web import middleware, parking
from planning_portal.web.submissions import FIELD, issue_key

pytestmark = [pytest.mark.urls("tests.web.urls"), pytest.mark.django_db]
LEAVE = "/fr/my/leave/"
COOKIE = "portal_session"
AWAY = 'http-equiv="refresh" content="0; url=https://www.wikipedia.org/"'


def sign_in(user, **options):
    client = Client(**options)
    client.force_login(user)
    return client


def is_signed_in(client):
    return client.get(reverse("web:work")).status_code == 200


def test_leaving_ends_the_session_and_leads_away_from_a_blank_page(alice, union):
    client = sign_in(alice)
    assert "Alice" in client.get(reverse("organisations:profile")).text
    response = client.post(LEAVE)
    assert response.status_code == 200
    assert AWAY in response.text
    assert "<title>wikipedia.org</title>" in response.text
    assert 'lang="fr"' in response.text
    for ours in ("portal", "Alice", union.name, "stylesheet"):
        assert ours not in response.text
    assert response["Cache-Control"] == "no-store"
    assert client.cookies[COOKIE].value == ""
    assert not Session.objects.exists()


def test_leaving_asks_for_no_safety_key(alice):
    """A page that lay open since before another sign-in still leads away."""
    client = sign_in(alice, enforce_csrf_checks=True)
    assert AWAY in client.post(LEAVE).text
    assert not is_signed_in(client)


def test_address_alone_leads_away_and_ends_nothing(alice):
    client = sign_in(alice)
    assert AWAY in client.get(LEAVE).text
    assert is_signed_in(client)


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example.org"}])
def test_another_site_ends_nobodys_session(alice, headers):
    client = sign_in(alice)
    assert AWAY in client.post(LEAVE, headers=headers).text
    assert is_signed_in(client)


@pytest.mark.parametrize("is_over", [True, False])
def test_leaving_leaves_nothing_that_leads_to_a_form(alice, is_over):
    client = sign_in(alice)
    is_signed_in(client)
    if is_over:
        Session.objects.all().delete()
    client.post("/en/note/", {FIELD: issue_key(alice, "tests.note"), "text": "Health cover for market women"})
    assert client.cookies[parking.SENDER_COOKIE].value
    client.post(LEAVE)
    assert client.cookies[parking.SENDER_COOKIE].value == ""
    assert parking.COOKIE not in client.cookies or client.cookies[parking.COOKIE].value == ""


def test_dead_database_keeps_nobody_here(alice, monkeypatch):
    client = sign_in(alice, raise_request_exception=False)

    def fail(*arguments):
        raise OperationalError("database is locked")

    monkeypatch.setattr(middleware.ReaderMiddleware, "_end_if_over", fail)
    response = client.post(LEAVE)
    assert AWAY in response.text
    assert client.cookies[COOKIE].value == ""


@pytest.mark.parametrize(("path", "status"), [("/en/note/", 401), ("/en/trouble/database/", 503)])
def test_page_that_still_holds_what_was_typed_has_a_way_out_for_who_is_not_signed_in(db, path, status):
    response = Client(raise_request_exception=False).post(path, {"text": "Health cover for market women"})
    assert response.status_code == status
    assert "Health cover for market women" in response.text
    assert '<form method="post" action="/en/my/leave/"><button type="submit" class="exit"' in response.text
