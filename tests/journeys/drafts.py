"""Writing a priority in the small programme: where other journeys begin."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from .portal import Portal
from .words import said


def begin_draft(page: Any, portal: Portal, language: str = "en") -> str:
    """From the country's page to the first page of a new draft; its address without the page's number."""
    open_country(page, portal, language)
    page.get_by_role("link", name=said(language, "Propose a priority")).click()
    page.get_by_role("button", name=said(language, "Start", "begin a form")).click()
    page.wait_for_url("**/1/")
    return str(page.url).removesuffix("1/")


def open_country(page: Any, portal: Portal, language: str = "en") -> None:
    """The page of the Philippines, whose consultation goes on."""
    page.goto(f"{portal.url}/{language}/consultations/")
    page.locator("li.card.now a").click()
    expect(page.locator("h1")).to_be_visible()


def complete_draft(page: Any, draft: str, title: str) -> None:
    """Fill all five pages, up to the last look before submitting."""
    page.goto(f"{draft}1/")
    page.fill("#id_title", title)
    page.locator("#id_theme_0").check()
    page.locator("#id_level_0").check()
    for number, field in enumerate(("situation", "concerned", "change", "together"), start=2):
        save_and_go(page, str(number))
        page.fill(f"#id_{field}", f"{title}: {field}.")
        if field == "concerned":
            page.locator("#id_groups_0").check()
    save_and_go(page, "check")
    page.wait_for_url("**/submit/")


def save_and_go(page: Any, where: str) -> None:
    """Press a step of the bar above the form: it saves and goes there."""
    page.locator(f".stepper button[value='{where}']").click()
    page.wait_for_url("**/submit/" if where == "check" else f"**/{where}/")
