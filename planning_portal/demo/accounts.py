"""The accounts with which a newcomer can look around: only where the portal is a demonstration, and said so loudly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

PASSWORD = "planning-demo"  # noqa: S105 (it is printed on the sign-in page)


@dataclass(frozen=True)
class Account:
    """A demo account: how to sign in with it, the language it reads in, and what it is for."""

    email: str
    language: str
    role: str | Promise


ACCOUNTS = (
    Account("partner.bj@example.org", "fr", gettext_lazy("partner staff in Benin")),
    Account("partner.pe@example.org", "es", gettext_lazy("partner staff in Peru")),
    Account("partner.ph@example.org", "en", gettext_lazy("partner staff in the Philippines")),
    Account("companion@example.org", "fr", gettext_lazy("companion of three countries")),
    Account("facilitator@example.org", "en", gettext_lazy("facilitator of the workshops")),
    Account("translator@example.org", "nl", gettext_lazy("translator into four languages")),
    Account("coordinator@example.org", "en", gettext_lazy("coordinator of the programme")),
)


def is_allowed() -> bool:
    """Whether this installation may hold accounts whose password everybody knows."""
    return bool(settings.PORTAL_DEMO or settings.DEBUG or settings.TESTING)


def welcome_note() -> str:
    """The accounts as a table for the console, in English as all its lines; empty when it is no demonstration."""
    return "\n".join(account_table()) if settings.PORTAL_DEMO else ""


def account_table() -> list[str]:
    """The accounts, one a line, under a line with their password."""
    with override("en"):
        width = max(len(account.email) for account in ACCOUNTS)
        rows = [f"  {account.email:<{width}}  {account.language}  {account.role}" for account in ACCOUNTS]
    return [f"Accounts of the demonstration (password: {PASSWORD})", *rows]


def sign_in_notice() -> str:
    """The accounts as a notice for the sign-in page, HTML; empty when it is no demonstration."""
    if not settings.PORTAL_DEMO:
        return ""
    context: dict[str, Any] = {"accounts": ACCOUNTS, "password": PASSWORD, "title": _("Accounts of the demonstration")}
    return render_to_string("demo/accounts.html", context)
