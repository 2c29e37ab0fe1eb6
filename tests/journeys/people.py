"""Who takes part in the journeys, and how they sign in: as a person does, on the page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import expect

from planning_portal.demo.accounts import PASSWORD

from .portal import Portal

# Two busy cores are slow; whoever waits for a condition waits no longer than it takes.
PATIENCE = 30_000
expect.set_options(timeout=PATIENCE)

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}
LAPTOP = {"viewport": {"width": 1280, "height": 800}}


def address_of(who: str) -> str:
    """The account of a role of the demonstration: "partner.bj", "companion", "facilitator", ..."""
    return f"{who}@example.org"


def fill_sign_in(page: Any, who: str) -> None:
    """Fill the sign-in form that is on the page, and send it."""
    page.fill("#id_login", address_of(who))
    page.fill("#id_password", PASSWORD)
    page.click("main form button[type=submit]")


def sign_in(page: Any, portal: Portal, who: str, language: str = "en") -> None:
    """From the sign-in page to the work page, in ``language``."""
    page.goto(f"{portal.url}/{language}/account/login/?next=/{language}/my/")
    fill_sign_in(page, who)
    page.wait_for_url(f"**/{language}/my/")


# Who has signed in before comes back with the same session: a journey is not about passwords.
sessions: dict[tuple[str, str], Any] = {}


@contextmanager
def visit(
    browser: Any, portal: Portal, who: str | None, language: str = "en", *, is_alone: bool = False, **options: Any
) -> Iterator[Any]:
    """A fresh browser context with one page, signed in as ``who`` (None: a visitor) on the work page.

    ``is_alone``: with a session of its own, for who is going to end it.
    """
    key = (str(portal.folder), who or "")
    known = None if is_alone else sessions.get(key)
    context = browser.new_context(**{**LAPTOP, "reduced_motion": "reduce", "storage_state": known, **options})
    context.set_default_timeout(PATIENCE)
    try:
        page = context.new_page()
        if known is not None:
            page.goto(f"{portal.url}/{language}/my/")
        elif who is not None:
            sign_in(page, portal, who, language)
            if not is_alone:
                sessions[key] = context.storage_state()
        yield page
    finally:
        context.close()
