"""A priority is written over a bad line, on a phone that is shared, with two tabs open and a colleague at work: nothing
typed is lost, nothing is sent twice, nothing is overwritten."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from .drafts import begin_draft, complete_draft, open_country, save_and_go
from .people import PHONE, fill_sign_in, visit
from .pressing import press_and_lose, until
from .words import said

both_ways = pytest.mark.parametrize(
    "has_script", [True, False], ids=lambda has_script: f"{'with' if has_script else 'without'}-JavaScript"
)
with_script = pytest.mark.parametrize("has_script", [True], ids=["with-JavaScript"])
LONG = "What we see on the markets, day after day. " * 80
"""3,440 characters: what a person writes in an hour."""


@pytest.fixture
def phone(browser, far_portal, has_script) -> Iterator[Any]:
    """Partner staff of the Philippines on a phone at the other end of the line, with or without JavaScript."""
    with visit(browser, far_portal, "partner.ph", java_script_enabled=has_script, **PHONE) as page:
        yield page


def number_sent(line: Any, part: str) -> int:
    """How many forms of this address have reached the portal."""
    return sum(method == "POST" and part in address for method, address in line.exchanges)


# --- At 50 kbit/s with 400 ms ---------------------------------------------------------------------------------------


@both_ways
def test_priority_is_written_and_submitted_over_a_line_that_breaks_and_loses_replies(
    phone, line, far_portal, has_script
):
    """A page is cut in its middle, the answer to a saved page is lost, and the answer to the submission is lost too."""
    title = f"Over the line, script {has_script}"
    begin_draft(phone, far_portal)
    line.slow()
    phone.fill("#id_title", title)
    phone.locator("#id_theme_0").check()
    phone.locator("#id_level_0").check()
    cut = line.cut(after=2048, method="GET", path="/2/")
    phone.locator(".stepper button[value='2']").click(no_wait_after=True)
    until(phone, lambda: cut.met)
    phone.reload()
    phone.fill("#id_situation", LONG)
    press_and_lose(phone, phone.locator(".stepper button[value='5']"), line.lose_reply(path="/2/"))
    phone.wait_for_url("**/5/")
    phone.fill("#id_together", "We compare what we pay.")
    save_and_go(phone, "3")
    phone.locator("#id_groups_0").check()
    phone.fill("#id_concerned", "Women who sell on the markets.")
    save_and_go(phone, "4")
    phone.fill("#id_change", "Four in ten belong to a mutual.")
    save_and_go(phone, "check")
    expect(phone.locator("article")).to_contain_text(LONG.strip())
    press_and_lose(phone, phone.get_by_role("button", name="Submit this priority"), line.lose_reply(path="/submit/"))
    expect(phone.locator("h1")).to_have_text("Your priority is submitted")
    assert number_sent(line, "/submit/") >= 2
    receipt = phone.locator(".lead-number").inner_text()
    line.fast()
    phone.go_back()
    expect(phone.locator("main")).to_contain_text(receipt)
    open_country(phone, far_portal)
    expect(phone.get_by_role("link", name=title)).to_have_count(1)


@with_script
def test_draft_saves_itself_over_the_slow_line_after_three_seconds_and_when_its_page_goes_away(phone, line, far_portal):
    draft = begin_draft(phone, far_portal)
    phone.goto(f"{draft}2/")
    line.slow()
    phone.fill("#id_situation", LONG)
    expect(phone.locator("[name=version]")).not_to_have_value("1")
    expect(phone.locator(".saved")).to_have_text(re.compile(r"^Saved \d\d[:.]\d\d"))
    assert number_sent(line, "/2/") == 1
    phone.fill("#id_situation", f"{LONG}And this.")
    phone.goto(f"{draft}4/")
    until(phone, lambda: number_sent(line, "/2/") == 2)
    phone.goto(f"{draft}2/")
    expect(phone.locator("#id_situation")).to_have_value(f"{LONG}And this.")


# --- Replies that are lost, pages that are cut ----------------------------------------------------------------------


@both_ways
def test_draft_whose_start_was_lost_is_begun_once(phone, line, far_portal, has_script):
    open_country(phone, far_portal)
    drafts = phone.locator("a[href$='/1/']").count()
    phone.get_by_role("link", name="Propose a priority").click()
    press_and_lose(phone, phone.get_by_role("button", name="Start"), line.lose_reply(path="/propose/"))
    expect(phone.locator("#id_title")).to_be_visible()
    assert number_sent(line, "/propose/") >= 2
    open_country(phone, far_portal)
    expect(phone.locator("a[href$='/1/']")).to_have_count(drafts + 1)


@with_script
def test_save_whose_reply_was_lost_is_made_good_and_is_no_conflict_with_oneself(phone, line, far_portal):
    draft = begin_draft(phone, far_portal)
    phone.goto(f"{draft}2/")
    sign = phone.locator(".saved")
    lost = line.lose_reply(path="/2/")
    phone.fill("#id_situation", "Typed in a tunnel.")
    expect(sign).to_have_text("Not saved: keep this page open")
    assert lost.met
    lost.end()
    phone.locator("#id_situation").press_sequentially(" And on.")
    expect(sign).to_have_text(re.compile("^Saved "))
    expect(phone).to_have_url(f"{draft}2/")
    with visit(phone.context.browser, far_portal, "partner.ph") as elsewhere:
        elsewhere.goto(f"{draft}2/")
        expect(elsewhere.locator("#id_situation")).to_have_value("Typed in a tunnel. And on.")


@both_ways
def test_form_that_broke_off_in_the_middle_erases_nothing(phone, line, far_portal, has_script):
    """The bar above the form is there, the questions below are not: what they held is not taken for empty."""
    draft = begin_draft(phone, far_portal)
    phone.goto(f"{draft}3/")
    for number in (0, 1, 5):
        phone.locator(f"#id_groups_{number}").check()
    phone.fill("#id_concerned", LONG)
    save_and_go(phone, "2")
    phone.set_extra_http_headers({"Accept-Encoding": "identity"})
    line.cut(after=8 * 1024, method="GET", path="/3/")
    phone.goto(f"{draft}3/", wait_until="commit")
    expect(phone.locator("#id_groups_0")).to_be_checked()
    expect(phone.locator("[name=whole]")).to_have_count(1)
    phone.locator("#id_groups_1").uncheck()
    phone.locator(".stepper button[value='4']").click()
    expect(phone.locator(".error-summary")).to_contain_text("This page had not arrived whole")
    expect(phone.locator("#id_concerned")).to_have_value(LONG.strip())
    save_and_go(phone, "4")
    phone.goto(f"{draft}3/")
    expect(phone.locator("#id_concerned")).to_have_value(LONG.strip())
    expect(phone.locator("#id_groups_5")).to_be_checked()


@pytest.mark.parametrize("has_script", [False], ids=["without-JavaScript"])
def test_script_that_was_cut_leaves_a_page_that_works(browser, line, far_portal, has_script):
    with visit(browser, far_portal, None, **PHONE) as page:
        cut = line.cut(after=1024, path=".js")
        page.goto(f"{far_portal.url}/en/account/login/?next=/en/my/")
        assert cut.met
        fill_sign_in(page, "partner.ph")
        page.wait_for_url("**/en/my/")


# --- Twice ----------------------------------------------------------------------------------------------------------


@both_ways
def test_double_click_sends_once(phone, far_portal, has_script):
    open_country(phone, far_portal)
    drafts = phone.locator("a[href$='/1/']").count()
    phone.get_by_role("link", name="Propose a priority").click()
    phone.get_by_role("button", name="Start").dblclick()
    expect(phone.locator("#id_title")).to_be_visible()
    draft = phone.url.removesuffix("1/")
    title = f"Double click, script {has_script}"
    complete_draft(phone, draft, title)
    phone.get_by_role("button", name="Submit this priority").dblclick()
    expect(phone.locator("h1")).to_have_text("Your priority is submitted")
    open_country(phone, far_portal)
    expect(phone.locator("a[href$='/1/']")).to_have_count(drafts)
    expect(phone.get_by_role("link", name=title)).to_have_count(1)


@both_ways
def test_back_button_after_saving_shows_what_was_saved_and_saves_again(phone, far_portal, has_script):
    draft = begin_draft(phone, far_portal)
    phone.goto(f"{draft}2/")
    phone.fill("#id_situation", "Saved once.")
    save_and_go(phone, "3")
    phone.go_back()
    expect(phone.locator("#id_situation")).to_have_value("Saved once.")
    phone.fill("#id_situation", "Saved twice.")
    save_and_go(phone, "3")
    phone.goto(f"{draft}2/")
    expect(phone.locator("#id_situation")).to_have_value("Saved twice.")


# --- Two at once ----------------------------------------------------------------------------------------------------


@both_ways
def test_two_tabs_on_one_draft_show_both_texts(phone, far_portal, has_script):
    draft = begin_draft(phone, far_portal)
    phone.goto(f"{draft}2/")
    other = phone.context.new_page()
    other.goto(f"{draft}2/")
    phone.fill("#id_situation", "What the first tab says.")
    save_and_go(phone, "3")
    other.fill("#id_situation", "What the second tab says.")
    other.locator(".stepper button[value='3']").click()
    expect(other.locator("h1")).to_have_text("Two versions of the same text")
    for text in ("What the first tab says.", "What the second tab says."):
        expect(other.locator(".compare")).to_contain_text(text)
    other.get_by_label("Keep both, one after the other").check()
    other.get_by_role("button", name="Save my choice").click()
    other.wait_for_url("**/2/")
    kept = other.locator("#id_situation")
    expect(kept).to_have_value(re.compile("first tab"))
    expect(kept).to_have_value(re.compile("second tab"))


@both_ways
def test_second_of_two_colleagues_sees_both_and_chooses_for_each_part(phone, line, far_portal, has_script):
    """With JavaScript the page saves itself and leads to the choice; the reply to the choice is lost on the line."""
    draft = begin_draft(phone, far_portal)
    phone.fill("#id_title", "Health cover")
    phone.locator("#id_level_0").check()
    save_and_go(phone, "2")
    phone.goto(f"{draft}1/")
    with visit(phone.context.browser, far_portal, "colleague.ph", java_script_enabled=has_script) as colleague:
        colleague.goto(f"{draft}1/")
        expect(colleague.locator("#id_title")).to_have_value("Health cover")
        phone.fill("#id_title", "Health cover for market women")
        phone.locator("#id_level_1").check()
        save_and_go(phone, "2")
        colleague.fill("#id_title", "Health cover for all who sell")
        colleague.locator("#id_level_2").check()
        colleague.locator("#id_theme_0").check()
        if not has_script:
            colleague.locator(".stepper button[value='2']").click()
        expect(colleague.locator("h1")).to_have_text("Two versions of the same text")
        level, title = colleague.locator("fieldset", has_text="Level"), colleague.locator("fieldset", has_text="Title")
        for text in ("Health cover for market women", "Health cover for all who sell"):
            expect(title.locator(".compare")).to_contain_text(text)
        phone.goto(f"{draft}1/")
        expect(phone.locator("#id_title")).to_have_value("Health cover for market women")
        expect(phone.locator("#id_level_1")).to_be_checked()
        title.get_by_label("Keep what I typed").check()
        level.get_by_label("Keep what is saved").check()
        for other in colleague.locator("fieldset", has_text="Theme").get_by_label("Keep what I typed").all():
            other.check()
        press_and_lose(
            colleague, colleague.get_by_role("button", name="Save my choice"), line.lose_reply(path="/compare/")
        )
    phone.goto(f"{draft}1/")
    expect(phone.locator("#id_title")).to_have_value("Health cover for all who sell")
    expect(phone.locator("#id_level_1")).to_be_checked()
    expect(phone.locator("#id_theme_0")).to_be_checked()


@with_script
def test_colleagues_who_type_on_are_led_to_both_texts_when_they_pause_with_all_they_typed(
    phone, line, far_portal, has_script
):
    draft = begin_draft(phone, far_portal)
    phone.goto(f"{draft}2/")
    with visit(phone.context.browser, far_portal, "colleague.ph") as colleague:
        colleague.goto(f"{draft}2/")
        colleague.fill("#id_situation", "What the first one says.")
        save_and_go(colleague, "3")
    line.exchanges.clear()
    line.slow()
    phone.fill("#id_situation", "What the second one")
    until(phone, lambda: number_sent(line, "/2/") == 1)
    phone.locator("#id_situation").press_sequentially(" says, and goes on to say.", delay=80)
    expect(phone.locator(".saved.failed")).to_have_text("Somebody saved this while you were writing")
    expect(phone.locator("#id_situation")).to_have_value("What the second one says, and goes on to say.")
    expect(phone.locator("h1")).to_have_text("Two versions of the same text")
    for text in ("What the first one says.", "What the second one says, and goes on to say."):
        expect(phone.locator(".compare")).to_contain_text(text)
    assert number_sent(line, "/2/") == 2


# --- Another language, another sign-in ------------------------------------------------------------------------------


@both_ways
def test_language_switch_half_way_keeps_what_is_typed(phone, line, far_portal, has_script):
    """Also when the reply to the switch is lost."""
    draft = begin_draft(phone, far_portal)
    phone.goto(f"{draft}2/")
    phone.fill("#id_situation", "Half a sentence")
    switch = ".site-header .languages a[hreflang=nl]" if has_script else "main button[name=switch_language][value=nl]"
    press_and_lose(phone, phone.locator(switch), line.lose_reply(path="/2/"))
    phone.wait_for_url("**/nl/**")
    expect(phone.locator("html")).to_have_attribute("lang", "nl")
    expect(phone.locator("#id_situation")).to_have_value("Half a sentence")


@both_ways
def test_language_links_of_the_header_are_there_where_they_lose_nothing(phone, far_portal, has_script):
    links = phone.locator(".site-header .languages")
    begin_draft(phone, far_portal)
    expect(links).to_be_visible(visible=has_script)
    expect(phone.locator("main button[name=switch_language][value=nl]")).to_be_visible()
    phone.goto(f"{far_portal.url}/en/consultations/")
    expect(links).to_be_visible()


@both_ways
def test_language_switch_on_the_ballot_keeps_the_ticks_and_casts_nothing(browser, portal, has_script):
    with visit(browser, portal, "partner.bj", "fr", java_script_enabled=has_script, **PHONE) as page:
        page.get_by_role("link", name=said("fr", "Cast your organisation's ballot")).click()
        ticks = page.locator("[name=choice]")
        for number in (0, 2):
            ticks.nth(number).check()
        if has_script:
            page.locator(".site-header .languages a[hreflang=en]").click()
        else:
            page.locator("main button[name=switch_language][value=en]").click()
        expect(page.get_by_role("button", name="Cast the ballot")).to_be_visible()
        expect(page.locator("[name=choice]:checked")).to_have_count(2)
        expect(ticks.nth(2)).to_be_checked()


@both_ways
def test_text_typed_after_the_sign_in_expired_is_kept_and_sent_once(phone, line, far_portal, has_script):
    """A long one; and the reply is lost twice, when it comes too late and when it is sent on."""
    draft = begin_draft(phone, far_portal)
    phone.goto(f"{draft}2/")
    phone.fill("#id_situation", LONG)
    phone.context.clear_cookies(name="portal_session")
    press_and_lose(phone, phone.get_by_role("button", name="Save and go on").last, line.lose_reply(path="/2/"))
    expect(phone.locator("#id_login")).to_be_visible()
    fill_sign_in(phone, "partner.ph")
    expect(phone.locator("h1")).to_have_text("Your text was kept")
    expect(phone.locator("main")).to_contain_text(LONG.strip())
    press_and_lose(phone, phone.get_by_role("button", name="Send it again"), line.lose_reply(path="/2/"))
    phone.wait_for_url("**/3/")
    phone.goto(f"{draft}2/")
    expect(phone.locator("#id_situation")).to_have_value(LONG.strip())


@both_ways
def test_form_that_creates_is_sent_on_once_after_the_sign_in_expired(phone, far_portal, has_script):
    open_country(phone, far_portal)
    drafts = phone.locator("a[href$='/1/']").count()
    phone.get_by_role("link", name="Propose a priority").click()
    expect(phone.get_by_role("button", name="Start")).to_be_visible()
    phone.context.clear_cookies(name="portal_session")
    phone.get_by_role("button", name="Start").click()
    expect(phone.locator("#id_login")).to_be_visible()
    fill_sign_in(phone, "partner.ph")
    phone.get_by_role("button", name="Send it again").dblclick()
    expect(phone.locator("#id_title")).to_be_visible()
    open_country(phone, far_portal)
    expect(phone.locator("a[href$='/1/']")).to_have_count(drafts + 1)
    phone.goto(f"{far_portal.url}/en/my/kept/")
    expect(phone.locator("h1")).to_have_text("There is no text to send")
