"""The forms around a priority, over the bad line: supporting, commenting, sending back and answering, accepting and
declining, planning, who was there, the minutes; files, and the form that was filled in away from the line.

Each is met in three ways. ``expired``: the sign-in is over when it is sent, and the replies are lost, both then and
when it is sent on. ``script`` and ``plain``: a double click, with JavaScript and without. There is one of it
afterwards, with every word, and nobody is told that it came too late for what they did themselves.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from PIL import Image
from playwright.sync_api import expect

from consultations.offline.layout import CODES_ROW, FIRST_ROW

from .drafts import begin_draft, open_country
from .people import PHONE, fill_sign_in, visit
from .portal import Portal
from .pressing import press_and_lose
from .small import WAYS

LONG = "On the markets, day after day, they pay in cash. " * 12
PLANNED = {"expired": "Nepal", "script": "India", "plain": "Cambodia"}


@dataclass
class Form:
    """A form: who fills it in, how they come to it and what they type, and what there is of it afterwards."""

    who: str
    open: Callable[[Any, Portal, str], None]
    fill: Callable[[Any, str], None]
    button: str
    path: str
    is_there_once: Callable[[Any, Portal, str], None]
    words: str = ""


def words_of(way: str) -> str:
    """What is typed: long enough to be missed."""
    return f"{LONG}({way})"


def open_priority(page: Any, portal: Portal, title: str) -> None:
    page.goto(f"{portal.url}/en/consultations/priorities/?q={title.replace(' ', '+')}")
    page.get_by_role("link", name=title, exact=True).first.click()
    page.wait_for_url(re.compile(r"/priorities/[0-9a-f-]{36}/$"))


def open_request(page: Any, portal: Portal, way: str) -> None:
    open_priority(page, portal, f"Sent back, {way}")
    page.locator("#requests a").first.click()
    expect(page.locator("h1")).to_have_text("A change is asked for")


def open_amendment(title: str) -> Callable[[Any, Portal, str], None]:
    def open_it(page: Any, portal: Portal, way: str) -> None:
        open_priority(page, portal, f"{title}, {way}")
        page.locator("main a[href*='/amendments/']").first.click()
        expect(page.get_by_role("heading", name=re.compile("organisations (has|have) answered"))).to_be_visible()

    return open_it


def open_run(name: str) -> Callable[[Any, Portal, str], None]:
    def open_it(page: Any, portal: Portal, _way: str) -> None:
        page.goto(f"{country_of(page, portal)}{name}/")

    return open_it


def country_of(page: Any, portal: Portal) -> str:
    page.goto(f"{portal.url}/en/consultations/")
    return f"{portal.url}{page.locator('li.card.now a', has_text='Philippines').get_attribute('href')}"


def comments_once(page: Any, portal: Portal, way: str) -> None:
    open_priority(page, portal, f"To support, {way}")
    expect(page.locator("#comments li", has_text=f"({way})")).to_have_count(1)


def supports_once(page: Any, portal: Portal, way: str) -> None:
    open_priority(page, portal, f"To support, {way}")
    expect(page.locator("#supports q", has_text=f"in one line ({way})")).to_have_count(1)


def sent_back_once(page: Any, portal: Portal, way: str) -> None:
    open_priority(page, portal, f"To send back, {way}")
    expect(page.locator("#requests > ul > li")).to_have_count(1)
    page.locator("#requests a").first.click()
    expect(page.locator("ol.timeline li", has_text=f"({way})")).to_have_count(1)


def answered_once(page: Any, portal: Portal, way: str) -> None:
    open_request(page, portal, way)
    expect(page.locator("ol.timeline li")).to_have_count(2)
    expect(page.locator("ol.timeline")).to_contain_text(words_of(way))
    expect(page.locator("dl.facts")).to_contain_text("Answered")


def accepted_once(page: Any, portal: Portal, way: str) -> None:
    page.goto(f"{portal.url}/en/consultations/priorities/?q=To+accept,+{way}")
    expect(page.get_by_role("link", name=f"To accept, {way}", exact=True)).to_have_count(1)


def declined_once(page: Any, portal: Portal, way: str) -> None:
    open_amendment("To decline")(page, portal, way)
    expect(page.locator("p.reason", has_text=f"({way})")).to_have_count(1)


def planned_once(page: Any, portal: Portal, way: str) -> None:
    page.goto(f"{portal.url}/en/consultations/")
    expect(page.locator("li.card", has_text=PLANNED[way])).to_have_count(1)


def attended(page: Any, portal: Portal, way: str) -> None:
    open_run("attendance")(page, portal, way)
    expect(page.locator("[name^=women_]").first).to_have_value(str(women_of(way)))


def women_of(way: str) -> int:
    return 3 + WAYS.index(way)


def written(page: Any, portal: Portal, way: str) -> None:
    open_run("texts")(page, portal, way)
    expect(page.locator("#id_minutes")).to_have_value(words_of(way))


def fill_plan(page: Any, way: str) -> None:
    page.select_option("#id_country", label=PLANNED[way])
    page.fill("#id_place", "The union's hall")


def fill_request(page: Any, way: str) -> None:
    page.fill("#id_value", f"Half of them belong to a mutual ({way}).")
    page.fill("#id_words", words_of(way))


def fill_ask(page: Any, way: str) -> None:
    page.locator("#requests summary").click()
    page.locator("#id_ask-part").select_option("situation")
    page.fill("#id_ask-words", words_of(way))


def fill_one(field: str, words: Callable[[str], str] = words_of) -> Callable[[Any, str], None]:
    def fill_it(page: Any, way: str) -> None:
        page.fill(field, words(way))

    return fill_it


FORMS = {
    "comment": Form(
        "partner.ph",
        lambda page, portal, way: open_priority(page, portal, f"To support, {way}"),
        fill_one("#id_comment-words"),
        "Send the comment",
        "/comment/",
        comments_once,
    ),
    "support": Form(
        "colleague.ph",
        lambda page, portal, way: open_priority(page, portal, f"To support, {way}"),
        fill_one("#id_why", lambda way: f"Why, in one line ({way})"),
        "We support this priority",
        "/support/",
        supports_once,
        "Why, in one line",
    ),
    "sending back": Form(
        "companion",
        lambda page, portal, way: open_priority(page, portal, f"To send back, {way}"),
        fill_ask,
        "Send it back",
        "/ask/",
        sent_back_once,
    ),
    "answer to a request": Form(
        "partner.ph", open_request, fill_request, "Save and answer", "/requests/", answered_once
    ),
    "accepting": Form(
        "partner.ph",
        open_amendment("To accept"),
        fill_one("#id_reason"),
        "We accept the new text",
        "/amendments/",
        accepted_once,
    ),
    "declining": Form(
        "partner.ph", open_amendment("To decline"), fill_one("#id_reason"), "We decline", "/amendments/", declined_once
    ),
    "plan": Form(
        "companion",
        lambda page, portal, _way: page.goto(f"{portal.url}/en/consultations/plan/"),
        fill_plan,
        "Plan it",
        "/plan/",
        planned_once,
        "The union's hall",
    ),
    "attendance": Form(
        "companion",
        open_run("attendance"),
        lambda page, way: page.locator("[name^=women_]").first.fill(str(women_of(way))),
        "Save",
        "/attendance/",
        attended,
        "none",
    ),
    "minutes": Form("companion", open_run("texts"), fill_one("#id_minutes"), "Save", "/texts/", written),
}


@pytest.fixture(params=WAYS)
def way(request) -> str:
    return str(request.param)


@pytest.fixture
def people(browser, far_portal, way) -> Iterator[Callable[[str], Any]]:
    """A phone for an account, with JavaScript unless the way is plain."""
    open_visits = []

    def person(who: str) -> Any:
        phone = visit(browser, far_portal, who, java_script_enabled=way == "script", **PHONE)
        open_visits.append(phone)
        return phone.__enter__()

    yield person
    for phone in open_visits:
        phone.__exit__(None, None, None)


def expect_no_complaint(page: Any) -> None:
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator("main .notice.stop, main .notice.warning")).to_have_count(0)


@pytest.mark.parametrize("name", FORMS)
def test_form_arrives_whole_and_once(people, line, far_portal, way, name):
    form = FORMS[name]
    page = people(form.who)
    form.open(page, far_portal, way)
    form.fill(page, way)
    button = page.locator("main").get_by_role("button", name=form.button, exact=True)
    if way == "expired":
        page.context.clear_cookies(name="portal_session")
        press_and_lose(page, button, line.lose_reply(path=form.path))
        expect(page.locator("#id_login")).to_be_visible()
        fill_sign_in(page, form.who)
        expect(page.locator("h1")).to_have_text("Your text was kept")
        if form.words != "none":
            expect(page.locator("main")).to_contain_text(form.words or words_of(way))
        press_and_lose(page, page.get_by_role("button", name="Send it again"), line.lose_reply(path=form.path))
    else:
        button.dblclick()
        page.wait_for_load_state()
    expect_no_complaint(page)
    form.is_there_once(page, far_portal, way)


@pytest.mark.parametrize("way", ["plain"])
def test_comment_that_is_sent_again_from_the_page_before_is_one(people, line, far_portal, way):
    """The reply is lost, the person goes back, where the browser has kept what was typed, and sends it again."""
    page = people("neighbour.ph")
    open_priority(page, far_portal, f"Sent back, {way}")
    page.fill("#id_comment-words", words_of(way))
    lost = line.lose_reply(path="/comment/")
    page.get_by_role("button", name="Send the comment").click(no_wait_after=True)
    page.wait_for_timeout(500)
    lost.end()
    open_priority(page, far_portal, f"Sent back, {way}")
    page.fill("#id_comment-words", words_of(way))
    page.get_by_role("button", name="Send the comment").click()
    expect(page.locator("#comments li", has_text=f"({way})")).to_have_count(1)


# --- Files ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def picture(tmp_path) -> Path:
    """A small photograph, on the device: a browser reads it again when it sends the form again."""
    Image.effect_noise((100, 100), 60).convert("RGB").save(tmp_path / "wall.jpg", "JPEG", quality=60)
    return tmp_path / "wall.jpg"


def test_file_sent_over_a_slow_line_that_loses_the_reply_is_there_once(people, line, far_portal, way, picture):
    page = people("partner.ph")
    draft = begin_draft(page, far_portal)
    page.goto(f"{draft}files/")
    page.set_input_files("[name=file]", picture)
    if way == "plain":
        page.get_by_role("button", name="Add this file").dblclick()
    else:
        if way == "expired":
            line.slow()
        press_and_lose(page, page.get_by_role("button", name="Add this file"), line.lose_reply(path="/files/"))
    expect(page.locator("h1")).to_have_text("One file")
    expect_no_complaint(page)
    line.fast()
    button = page.locator("button[name=remove]")
    if way == "plain":
        button.dblclick()
    else:
        press_and_lose(page, button, line.lose_reply(path="/files/"))
    expect(page.locator("h1")).to_have_text("No files yet")
    expect_no_complaint(page)


def test_file_sent_after_the_sign_in_expired_says_what_to_do(browser, far_portal, picture):
    with visit(browser, far_portal, "partner.ph", java_script_enabled=False, **PHONE) as page:
        draft = begin_draft(page, far_portal)
        page.goto(f"{draft}files/")
        page.set_input_files("[name=file]", picture)
        page.context.clear_cookies(name="portal_session")
        page.get_by_role("button", name="Add this file").click()
        expect(page.locator("main")).to_contain_text("Sign in")


def fill_in(form: bytes, folder: Path, title: str, situation: str) -> Path:
    """The workbook with one priority in its first row."""
    book = openpyxl.load_workbook(io.BytesIO(form))
    sheet = book.worksheets[0]
    columns = {cell.value: cell.column_letter for cell in sheet[CODES_ROW] if cell.value}
    sheet[f"{columns['title']}{FIRST_ROW}"] = title
    sheet[f"{columns['situation']}{FIRST_ROW}"] = situation
    book.save(folder / "form.xlsx")
    return folder / "form.xlsx"


def test_form_filled_in_away_from_the_line_makes_drafts_once(people, line, far_portal, way, tmp_path):
    """The replies to the file and to its confirmation are lost; the same form again brings the draft up to date."""
    page = people("partner.ph")
    open_country(page, far_portal)
    page.goto(f"{page.url}offline/")
    blank = page.request.get(f"{page.url}form/").body()
    title = f"Written in the field, {way}"
    place = page.url
    for situation in ("They pay in cash.", words_of(way)):
        page.goto(place)
        page.set_input_files("[name=file]", fill_in(blank, tmp_path, title, situation))
        send = page.get_by_role("button", name="Send, and see what was read")
        save = page.get_by_role("button", name="Save as drafts")
        if way == "plain":
            send.dblclick()
            expect(page.locator("h1")).to_have_text("This is what was read. Nothing is saved yet")
            save.dblclick()
        else:
            press_and_lose(page, send, line.lose_reply(path="/offline/"))
            press_and_lose(page, save, line.lose_reply(path="/forms/"))
        expect(page.locator("h1")).to_have_text("One draft is saved")
        expect_no_complaint(page)
    open_country(page, far_portal)
    drafts = page.locator("main a", has_text=title)
    expect(drafts).to_have_count(1)
    drafts.first.click()
    page.goto(f"{page.url.removesuffix('1/')}2/")
    expect(page.locator("#id_situation")).to_have_value(words_of(way))


@pytest.mark.parametrize("way", ["expired"])
def test_form_that_is_thrown_away_is_gone_also_when_the_reply_is_lost(people, line, far_portal, way, tmp_path):
    page = people("partner.ph")
    open_country(page, far_portal)
    page.goto(f"{page.url}offline/")
    blank = page.request.get(f"{page.url}form/").body()
    page.set_input_files("[name=file]", fill_in(blank, tmp_path, "Not this", "No."))
    page.get_by_role("button", name="Send, and see what was read").click()
    press_and_lose(page, page.get_by_role("button", name="Save nothing"), line.lose_reply(path="/forms/"))
    expect(page.locator("h1")).to_have_text("Propose priorities without internet")
    expect_no_complaint(page)
