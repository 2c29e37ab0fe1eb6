"""The form and the desk without a mouse; what is wrong is said and reached; leaving fast."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from .drafts import begin_draft, open_country
from .keyboard import enter, press_access_key, tab_to, tick, type_into
from .people import visit

ELSEWHERE = "https://www.wikipedia.org/"


def test_priority_is_written_and_submitted_by_keyboard(browser, small_portal):
    with visit(browser, small_portal, "partner.ph") as page:
        open_country(page, small_portal)
        enter(page, "a.button[href$='/propose/']")
        page.wait_for_url("**/propose/")
        enter(page, "main form .button:not(.quiet)")
        page.wait_for_url("**/1/")
        type_into(page, "#id_title", "Written without a mouse")
        tick(page, "#id_theme_0")
        page.keyboard.press("ArrowDown")
        expect(page.locator("#id_theme_1")).to_be_checked()
        tick(page, "#id_level_0")
        for number, field in enumerate(("situation", "concerned", "change", "together"), start=2):
            enter(page, ".actions .button")
            page.wait_for_url(f"**/{number}/")
            if field == "concerned":
                tick(page, "#id_groups_0")
            type_into(page, f"#id_{field}", f"By keyboard: {field}.")
        enter(page, ".actions .button")
        page.wait_for_url("**/submit/")
        enter(page, "main form .button:not(.quiet)")
        expect(page.locator("h1")).to_have_text("Your priority is submitted")


def test_text_that_is_refused_is_said_first_and_its_link_leads_to_the_field(browser, small_portal):
    with visit(browser, small_portal, "partner.ph") as page:
        begin_draft(page, small_portal)
        page.fill("#id_title", "x" * 400)
        enter(page, ".actions .button")
        summary = page.locator(".error-summary")
        expect(summary).to_be_focused()
        expect(summary).to_have_attribute("role", "alert")
        enter(page, ".error-summary a")
        field = page.locator("#id_title")
        expect(field).to_be_focused()
        expect(field).to_have_value("x" * 400)
        expect(field).to_have_attribute("aria-invalid", "true")
        said_by = field.get_attribute("aria-describedby")
        assert said_by
        expect(page.locator(f"#{said_by.split()[-1]}")).to_contain_text("characters too many")


def test_what_is_missing_leads_from_the_last_page_to_the_field(browser, small_portal):
    with visit(browser, small_portal, "partner.ph") as page:
        draft = begin_draft(page, small_portal)
        page.goto(f"{draft}submit/")
        enter(page, "main form .button:not(.quiet)")
        expect(page.locator("#missing")).to_be_focused()
        enter(page, "#missing a[href*='/2/']")
        page.wait_for_url("**/2/#id_situation")
        expect(page.locator("#id_situation")).to_be_focused()


def test_desk_is_run_by_keyboard(browser, small_portal):
    with visit(browser, small_portal, "facilitator") as page:
        enter(page, ".task a[href*='/desk/']")
        expect(page.locator("#now")).to_be_visible()
        press_next(page, "Open the workshop")
        press_next(page, "Start: ")
        while "Weighing" not in page.locator("#now").inner_text():
            press_next(page, "Go on to: ")
        press_next(page, "Prepare a round of weighing")
        page.wait_for_url("**/rounds/")
        tab_to(page, "#id_seats")
        page.keyboard.press("Control+a")
        page.keyboard.type("1")
        page.keyboard.press("Enter")
        expect(page.locator("main")).to_contain_text("Round 1 is prepared")
        enter(page, "form[action$='/open/'] .button")
        expect(page.locator("#now")).to_have_text("Round 1 is open")
        a_colleague_says_who_is_there(browser, small_portal, page)
        page.keyboard.press("Enter")
        expect(page.locator("dialog p")).to_contain_text("Close the round?")
        enter(page, "dialog .button:not(.secondary)")
        expect(page.locator("main")).to_contain_text("Result of round 1")
        press_access_key(page, "n")
        page.wait_for_url("**/decisions/")
        enter(page, "a.button[href$='/decide/']")
        page.wait_for_url("**/decide/")
        tick(page, "[name=outcome]")
        type_into(page, "#id_reason", "Nobody spoke against it.")
        enter(page, ".decide .button")
        expect(page.locator("main")).to_contain_text("1 of 1 candidate is decided")
        press_access_key(page, "1")
        expect(page.locator("#now")).to_be_visible()


def press_next(page: Any, words: str) -> None:
    """The one thing to do next, by Enter; the desk then shows another."""
    button = page.locator("#next")
    expect(button).to_contain_text(words)
    before = button.inner_text()
    enter(page, "#next")
    expect(page.locator("main")).not_to_contain_text(before)


def a_colleague_says_who_is_there(browser: Any, portal: Any, desk: Any) -> None:
    """The desk renews itself under the hands of who works on it: the focus stays where it was."""
    tab_to(desk, "#next")
    with visit(browser, portal, "facilitator") as page:
        page.goto(desk.url.replace("/desk/", "/attendance/"))
        page.locator("[name=present]").first.check()
        page.get_by_role("button", name="Save who is there").click()
        expect(page.locator(".messages")).to_contain_text("Saved.")
    expect(desk.locator(".status-bar")).to_contain_text("1/")
    expect(desk.locator("#next")).to_be_focused()


@pytest.mark.parametrize("has_script", [True, False], ids=["with-JavaScript", "without-JavaScript"])
def test_leaving_fast_leads_elsewhere(browser, small_portal, has_script):
    with visit(browser, small_portal, "partner.ph", is_alone=True, java_script_enabled=has_script) as page:
        page.route(f"{ELSEWHERE}**", lambda route: route.fulfill(body="<h1>An everyday page</h1>"))
        page.goto(f"{small_portal.url}/en/consultations/")
        enter(page, ".exit")
        page.wait_for_url(ELSEWHERE)
        expect_signed_out(page, small_portal.url)
        page.go_back()
        assert urlsplit(page.url).path != "/en/consultations/"


def test_leaving_fast_by_pressing_shift_three_times(browser, small_portal):
    with visit(browser, small_portal, "partner.ph", is_alone=True) as page:
        page.route(f"{ELSEWHERE}**", lambda route: route.fulfill(body="<h1>An everyday page</h1>"))
        page.goto(f"{small_portal.url}/en/consultations/")
        for _press in range(3):
            page.keyboard.press("Shift")
        page.wait_for_url(ELSEWHERE)
        expect_signed_out(page, small_portal.url)


def expect_signed_out(page: Any, home: str) -> None:
    """The session is over on the server, not only in this browser: the cookie opens nothing any more."""
    for _try in range(50):
        answer = page.request.get(f"{home}/en/my/", max_redirects=0)
        if answer.status == 302:
            return
        page.wait_for_timeout(100)
    raise AssertionError("still signed in")
