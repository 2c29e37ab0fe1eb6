"""``manage.py seed_demo``: where it works, and what it says."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.urls import reverse

from planning_portal.demo.accounts import ACCOUNTS, PASSWORD, account_table, sign_in_notice, welcome_note
from planning_portal.organisations.models import User
from planning_portal.programme.models import Programme
from tests import factories


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("seed_demo", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def for_real(settings):
    """A portal that is no demonstration."""
    settings.PORTAL_DEMO = settings.DEBUG = settings.TESTING = False


def test_seed_demo_outside_a_demonstration_is_refused(db, for_real):
    with pytest.raises(CommandError, match="PORTAL_DEMO"):
        run()
    assert not User.objects.exists()


def test_seed_demo_if_demo_outside_a_demonstration_is_silent(db, for_real):
    assert run("--if-demo", "--if-empty") == ""
    assert not Programme.objects.exists()


@pytest.fixture
def already_there(db):
    factories.make_user(email="coordinator@example.org")


def test_seed_demo_if_empty_changes_nothing_when_it_is_there(already_there, django_assert_num_queries):
    with django_assert_num_queries(1):
        said = run("--if-empty")
    assert said == "The demonstration is already there.\n"
    assert not Programme.objects.exists()


def test_seed_demo_when_it_is_there_says_what_to_do(already_there):
    with pytest.raises(CommandError, match="empty database"):
        run()


def test_seed_demo_before_prepare_says_what_to_do(monkeypatch):
    def no_table():
        raise OperationalError("no such table")

    monkeypatch.setattr("planning_portal.demo.management.commands.seed_demo.demo_exists", no_table)
    with pytest.raises(CommandError, match="prepare"):
        run()


@pytest.mark.parametrize("scale", ["0", "31"])
def test_seed_demo_with_an_impossible_scale_is_refused(db, scale):
    with pytest.raises(CommandError, match="--scale"):
        run("--scale", scale)


def test_account_table_holds_every_account_and_the_password():
    table = "\n".join(account_table())
    assert PASSWORD in table
    assert all(account.email in table for account in ACCOUNTS)


def test_accounts_are_shown_in_a_demonstration_only(settings):
    settings.PORTAL_DEMO = True
    assert "partner.bj@example.org" in welcome_note()
    assert "partner.bj@example.org" in sign_in_notice()
    settings.PORTAL_DEMO = False
    assert welcome_note() == sign_in_notice() == ""


def test_sign_in_page_lists_the_accounts_in_a_demonstration_only(db, client, settings):
    url = reverse("account_login")
    settings.PORTAL_DEMO = True
    assert "partner.bj@example.org" in client.get(url).content.decode()
    settings.PORTAL_DEMO = False
    assert "partner.bj@example.org" not in client.get(url).content.decode()
