"""Every account page is in our look, in four languages, without inline script or style; messages say nothing."""

import re

import pytest
from django.core import mail
from django.urls import reverse

pytestmark = pytest.mark.django_db
OPEN = ["account_login", "account_reset_password", "account_reset_password_done", "account_signup", "account_inactive"]
OWN = [
    "account_logout",
    "account_email",
    "account_change_password",
    "mfa_index",
    "mfa_list_webauthn",
    "usersessions_list",
    "account_reauthenticate",
    "mfa_activate_totp",
    "mfa_add_webauthn",
]
INLINE = re.compile(r"<style|\sstyle=|\son\w+=\"|<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")")


def in_language(name, language):
    from django.utils import translation

    with translation.override(language):
        return reverse(name)


@pytest.mark.parametrize("language", ["en", "es", "fr", "nl"])
@pytest.mark.parametrize("name", OPEN)
def test_open_page_is_ours(client, name, language):
    response = client.get(in_language(name, language))
    assert response.status_code == 200
    assert 'class="site-header"' in response.text
    assert response.text.count("<h1>") == 1
    assert not INLINE.search(response.text)


@pytest.mark.parametrize("name", OWN)
def test_own_page_is_ours(client, alice, name):
    client.post(reverse("account_login"), {"login": alice.email, "password": "a-long-password"})
    response = client.get(reverse(name), follow=True)
    assert response.status_code == 200
    assert 'class="site-header"' in response.text
    assert response.text.count("<h1>") == 1
    assert not INLINE.search(response.text)
    assert "http://testserver" not in re.sub(r'<link rel="alternate"[^>]*>', "", response.text)


def test_sign_in_leads_to_ones_work(client, alice):
    response = client.post(reverse("account_login"), {"login": alice.email, "password": "a-long-password"})
    assert response.url == "/fr/my/"


def test_wrong_password_is_said_once_in_the_summary_and_keeps_the_address(client, alice):
    response = client.post(reverse("account_login"), {"login": alice.email, "password": "wrong"})
    assert response.status_code == 200
    assert "error-summary" in response.text
    assert f'value="{alice.email}"' in response.text


def test_second_step_can_be_set_up_without_verifying_the_address_again(client, alice):
    client.post(reverse("account_login"), {"login": alice.email, "password": "a-long-password"})
    url = reverse("mfa_activate_totp")
    client.post(reverse("account_reauthenticate"), {"password": "a-long-password", "next": url})
    response = client.get(url)
    assert response.status_code == 200
    assert "data:image/svg+xml" in response.text


def test_sessions_show_no_ip_address(client, alice):
    client.post(
        reverse("account_login"),
        {"login": alice.email, "password": "a-long-password"},
        REMOTE_ADDR="192.0.2.77",
        headers={"user-agent": "Mozilla/5.0 (Linux; Android 14) Chrome/120.0 Mobile"},
    )
    html = client.get(reverse("usersessions_list")).text
    assert "192.0.2.77" not in html
    assert "Chrome, Android" in html


def test_message_about_a_password_says_nothing_else(client, alice, union):
    client.post(reverse("account_reset_password"), {"email": alice.email})
    message = mail.outbox[0]
    assert message.subject == "There is a message for you"
    for word in (union.name, union.acronym, alice.name, "testserver!", "example.com", "127.0.0.1"):
        assert word not in message.body
    assert "/account/password/reset/key/" in message.body


def test_address_without_an_account_gets_no_message_and_the_same_answer(client, alice):
    address = reverse("account_reset_password")
    known, unknown = (client.post(address, {"email": email}) for email in (alice.email, "nobody@example.org"))
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    assert [message.to for message in mail.outbox] == [[alice.email]]


def test_link_that_was_used_says_so_and_offers_another(client):
    response = client.get(reverse("account_reset_password_from_key", args=["x", "y-z"]))
    assert "This link no longer works" in response.text
    assert reverse("account_reset_password") in response.text


def test_nobody_signs_up_without_an_invitation(client):
    assert "You come in with an invitation" in client.get(reverse("account_signup")).text
    client.post(reverse("account_signup"), {"email": "a@example.org", "password1": "a-long-password"})
    assert mail.outbox == []
