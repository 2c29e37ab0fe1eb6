"""One voice from the first word to the plan: a priority, a workshop, a line of work, an action plan, and back again.

Told twice in the same small programme, by two countries: once with JavaScript, once without.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from .documents import LANGUAGES, open_documents, text_of
from .people import PHONE, visit
from .portal import Portal
from .words import said

pytestmark = [pytest.mark.slow]

BUILDING = 120_000
REASON = "Both zones saw in it what they can begin at once."


@dataclass(frozen=True)
class Teller:
    """Whose story it is, and whether their browsers run scripts."""

    name: str
    has_script: bool
    country: str
    iso2: str
    zone: str
    language: str
    title: str
    situation: str


TELLERS = [
    Teller(
        "with JavaScript",
        True,
        "Benin",
        "bj",
        "West Africa",
        "fr",
        "Une couverture santé pour les vendeuses des marchés",
        "À Cotonou, neuf vendeuses sur dix n'ont aucune couverture.",
    ),
    Teller(
        "without JavaScript",
        False,
        "Peru",
        "pe",
        "Latin America",
        "es",
        "Contratos escritos para las trabajadoras del hogar",
        "En Lima casi nadie firma un contrato.",
    ),
]


class Story:
    """The story as it goes: the stations hand on where things are."""

    def __init__(self, browser: Any, portal: Portal, teller: Teller):
        self.browser, self.portal, self.teller = browser, portal, teller
        self.at: dict[str, str] = {}

    @contextmanager
    def person(self, who: str | None, language: str = "en", **device: Any) -> Iterator[Any]:
        with visit(
            self.browser, self.portal, who, language, java_script_enabled=self.teller.has_script, **device
        ) as page:
            yield page

    @contextmanager
    def partner(self) -> Iterator[Any]:
        with self.person(f"partner.{self.teller.iso2}", self.teller.language, **PHONE) as page:
            yield page

    def press(self, page: Any, button: Any, *, is_asked: bool = False) -> None:
        """Press a button; where it asks first, say yes (only a script can ask)."""
        button.click()
        if is_asked and self.teller.has_script:
            page.locator("dialog button").first.click()

    def said(self, words: str, context: str = "") -> str:
        return said(self.teller.language, words, context)


@pytest.mark.parametrize("teller", TELLERS, ids=lambda one: one.name.replace(" ", "-"))
def test_voice_is_followed_from_the_first_word_to_the_plan_and_back(browser, small_portal, teller):
    story = Story(browser, small_portal, teller)
    consult(story)
    propose(story)
    agree(story)
    hold_the_workshop(story)
    cast_the_ballot(story)
    decide_and_close(story)
    read_as_a_visitor(story)
    write_the_plan(story)
    adopt_and_consolidate(story)
    follow_forwards(story)
    follow_backwards(story)


# --- the consultation -----------------------------------------------------------------------------------------------


def consult(story: Story) -> None:
    """The companion plans the country's consultation and opens it."""
    with story.person("companion") as page:
        page.goto(f"{story.portal.url}/en/consultations/")
        page.get_by_role("link", name="Plan a consultation").click()
        page.select_option("#id_country", label=story.teller.country)
        soon = timezone.localdate() + timedelta(days=3)
        page.fill("#id_starts_at", f"{soon}T09:00")
        page.fill("#id_ends_at", f"{soon + timedelta(days=60)}T17:00")
        page.locator("main form button.button").click()
        page.get_by_role("button", name="Open the consultation").click()
        expect(page.get_by_text("The consultation is open: its organisations can now propose")).to_be_visible()
        story.at["consultation"] = page.url.rsplit("/", 2)[0]


def propose(story: Story) -> None:
    """Partner staff write a priority over five pages on a phone, check it, and submit it once."""
    teller = story.teller
    with story.partner() as page:
        page.get_by_role("link", name=story.said("Propose a priority")).click()
        page.locator("main form").get_by_role("button", name=story.said("Start", "begin a form")).click()
        go_on = page.get_by_role("button", name=story.said("Save and go on")).last

        page.fill("#id_title", teller.title)
        page.locator("#id_theme_0").check()
        page.locator("#id_level_0").check()
        if teller.has_script:
            expect(page.locator(".saved")).to_have_text(re.compile(r"\d\d[:.]\d\d"))
            expect(page.locator("[name=version]")).not_to_have_value("1")
        go_on.click()
        page.fill("#id_situation", teller.situation)
        go_on.click()
        page.locator("#id_groups_0").check()
        page.fill("#id_concerned", teller.situation)
        go_on.click()
        page.fill("#id_change", teller.title)
        go_on.click()
        page.fill("#id_together", teller.title)
        page.locator("[name^=support_]").first.check()
        page.locator("[name^=why_]").first.fill(teller.title)
        page.get_by_role("button", name=story.said("Save and check the whole text")).click()

        complete = story.said("Nothing is missing. This is the text as others will read it.")
        expect(page.get_by_text(complete)).to_be_visible()
        expect(page.locator("article")).to_contain_text(teller.situation)
        page.get_by_role("button", name=story.said("Submit this priority")).click()
        expect(page.locator("h1")).to_have_text(story.said("Your priority is submitted"))
        expect(page.locator(".lead-number")).to_have_text(re.compile(r"^\w{4}-\w{4}$"))
        story.at["receipt"] = page.url


def agree(story: Story) -> None:
    """The companion records who was there, agrees the list and closes the consultation."""
    with story.person("companion") as page:
        page.goto(f"{story.at['consultation']}/attendance/")
        page.locator("[name^=women_]").first.fill("3")
        page.locator("[name^=men_]").nth(1).fill("2")
        page.locator("main").get_by_role("button", name="Save", exact=True).click()
        expect(page.locator("[name^=present_]").first).to_be_checked()
        page.get_by_role("link", name="The list").click()
        expect(page.locator("main")).to_contain_text(story.teller.title)
        for choice in page.get_by_role("radio", name="retains it", exact=True).all():
            choice.check()
        page.get_by_role("button", name="Agree the list").click()
        expect(page.get_by_text("The country's list is agreed.")).to_be_visible()
        page.get_by_role("button", name="Close the consultation").click()
        expect(page.get_by_text("The consultation is closed. Thank you")).to_be_visible()
        expect(page.locator("main")).to_contain_text(story.teller.title)


# --- the workshop ---------------------------------------------------------------------------------------------------


def hold_the_workshop(story: Story) -> None:
    """The facilitator plans and opens the workshop, goes through the run sheet, and opens a round."""
    with story.person("facilitator") as page:
        page.goto(f"{story.portal.url}/en/workshops/")
        page.get_by_role("link", name="Plan a workshop").click()
        page.select_option("#id_step", label="Continental workshops")
        choose(page, "#id_zone", story.teller.zone)
        page.fill("#id_title", f"Workshop of {story.teller.country}")
        page.fill("#id_starts_on", "2026-11-24")
        page.fill("#id_ends_on", "2026-11-26")
        page.locator("main form button.button").click()
        page.get_by_role("link", name="Desk").click()
        story.at["desk"] = page.url
        next_step(page, "Open the workshop")
        next_step(page, "Start: ")
        while "Weighing" not in page.locator("#now").inner_text():
            before = page.locator("#now").inner_text()
            next_step(page, "Go on to: ")
            expect(page.locator("#now")).not_to_have_text(before)
        next_step(page, "Prepare a round of weighing")
        page.fill("#id_seats", "1")
        page.get_by_role("button", name="Prepare the round").click()
        page.get_by_role("button", name="Open the round to the organisations").click()
        expect(page.locator("#now")).to_have_text("Round 1 is open")


def choose(page: Any, field: str, words: str) -> None:
    """The choice that contains these words."""
    page.select_option(field, value=page.locator(f"{field} option", has_text=words).get_attribute("value"))


def next_step(page: Any, words: str) -> None:
    """The desk offers one thing to do next: it must be this, and it is done."""
    button = page.locator("#next")
    expect(button).to_contain_text(words)
    button.click()


def cast_the_ballot(story: Story) -> None:
    """The partner finds the ballot on the home page and casts it on the phone."""
    with story.partner() as page:
        page.get_by_role("link", name=story.said("Cast your organisation's ballot")).click()
        page.locator("label.choice", has_text=story.teller.title).click()
        page.get_by_role("button", name=story.said("Cast the ballot")).click()
        expect(page.locator("h1")).to_have_text(story.said("Your ballot is in"))
        expect(page.locator("main")).to_contain_text(story.teller.title)


def decide_and_close(story: Story) -> None:
    """Round closed, line of work made, candidate decided with its reason, workshop closed, summary built, published."""
    with story.person("facilitator") as page:
        page.goto(story.at["desk"])
        expect(page.locator("main")).to_contain_text("ballots 1/")
        story.press(page, page.locator("#next"), is_asked=True)
        expect(page.locator("main")).to_contain_text("Result of round 1")
        expect(page.locator(".results, table").first).to_contain_text(story.teller.title)

        page.goto(story.at["desk"])
        page.get_by_role("link", name="New line of work").click()
        page.fill("#id_title", f"Line of {story.teller.country}")
        page.fill("#id_statement", "By 2031 nobody works without protection.")
        page.select_option("#id_theme", index=1)
        page.select_option("#id_lead", index=1)
        page.locator("main").get_by_role("button", name="Save", exact=True).click()
        story.at["line"] = page.get_by_role("link", name=f"Line of {story.teller.country}").get_attribute("href")

        page.get_by_role("link", name="Decisions").click()
        page.get_by_role("link", name=re.compile("^Decide C")).first.click()
        page.get_by_role("radio", name="Adopted").check()
        page.fill("#id_reason", REASON)
        choose(page, "#id_line", f"Line of {story.teller.country}")
        page.locator(".decide .button").first.click()
        expect(page.locator("main")).to_contain_text("1 of 1 candidate is decided")

        page.goto(story.at["desk"])
        while page.locator("#next").inner_text().startswith(("Go on to", "End")):
            before = page.locator("#next").inner_text()
            page.locator("#next").click()
            expect(page.locator("#next")).not_to_have_text(before)
        next_step(page, "Close the workshop")
        story.press(page, page.get_by_role("button", name="Close the workshop"), is_asked=True)
        links = wait_for_documents(page)
        files = open_documents(page, story.portal, links)
        if text := text_of(files["en"]):
            assert REASON in " ".join(text.split())
        page.goto(f"{story.at['desk']}../close/")
        assert links_by_language(page.locator(".download-row")) == links
        page.get_by_role("button", name="Publish it on the programme's page").click()
        expect(page.get_by_text("Published: the summary is on the programme's page")).to_be_visible()
        story.at["summary"] = links["en"]


def wait_for_documents(page: Any) -> dict[str, str]:
    """The page of progress renews itself until it ends in a download link for each language."""
    expect(page.locator("#progress")).to_be_visible()
    expect(page.locator("h1")).to_have_text("Everything is ready", timeout=BUILDING)
    outcomes = page.locator("a[id^=outcome-]")
    made_for = outcomes.count() // len(LANGUAGES)
    expect(outcomes).to_have_count(made_for * len(LANGUAGES))
    links = [outcome.get_attribute("href") for outcome in outcomes.all()]
    return dict(zip(LANGUAGES, links[::made_for], strict=True))


def links_by_language(row: Any) -> dict[str, str]:
    """A row of downloads must have all four languages; where each leads."""
    expect(row.locator("a.download")).to_have_count(len(LANGUAGES))
    links = {link.get_attribute("hreflang"): link.get_attribute("href") for link in row.locator("a.download").all()}
    assert set(links) == set(LANGUAGES)
    return links


def read_as_a_visitor(story: Story) -> None:
    """Somebody who is not signed in finds the summary on the programme page, under its step, in four languages."""
    with story.person(None) as page:
        page.goto(f"{story.portal.url}/en/")
        results = page.get_by_role("region", name="Results so far")
        row = results.locator(".download-row", has=page.locator(f"a[href='{story.at['summary']}']"))
        open_documents(page, story.portal, links_by_language(row))
        page.locator(".step-rail").get_by_role("link", name="Continental workshops", exact=True).click()
        expect(page.locator(f"a.download[href='{story.at['summary']}']")).to_be_visible()


# --- the plan -------------------------------------------------------------------------------------------------------


def write_the_plan(story: Story) -> None:
    """The coordinator drafts the line's global plan and fills it: output, indicator, activity, budget, risk."""
    with story.person("coordinator") as page:
        page.goto(f"{story.portal.url}/en/plans/")
        card = page.locator("li.card", has_text=f"Line of {story.teller.country}")
        card.get_by_role("button", name="Begin the global action plan").click()
        expect(page.locator("h1")).to_contain_text(f"Line of {story.teller.country}")
        story.at["plan"] = page.url

        page.get_by_role("link", name=re.compile("^Add an output")).click()
        save(page, {"#id_statement": "Mutuals in ten towns are open to everybody."})
        page.get_by_role("link", name=re.compile("^Add an indicator")).first.click()
        targets = {f"#id_target_{year}": str(number) for number, year in enumerate(range(2027, 2032), start=1)}
        texts = {"#id_title": "Workers covered", "#id_unit": "workers", "#id_baseline_value": "0"}
        save(page, {**texts, **targets})
        page.get_by_role("link", name=re.compile("^Add an activity")).click()
        page.select_option("#id_organisation", index=1)
        save(page, {"#id_title": f"Train the first teams of {story.teller.country}"})
        page.get_by_role("link", name=re.compile("^Budget of")).click()
        save(page, {"table input >> nth=0": "1200.50", "table input >> nth=1": "800"})
        expect(page.locator("#budget")).to_contain_text("2,000.50")
        page.get_by_role("link", name="Add a risk").click()
        save(page, {"#id_description": "Prices rise.", "#id_mitigation": "We budget in euros."})
        expect(page.locator("main")).not_to_contain_text("missing")


def save(page: Any, fields: dict[str, str]) -> None:
    for field, value in fields.items():
        page.fill(field, value)
    page.locator("main").get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".messages")).to_contain_text("Saved.")


def adopt_and_consolidate(story: Story) -> None:
    """Sent, adopted as version 1; the consolidated plan is built in four languages."""
    with story.person("coordinator") as page:
        page.goto(story.at["plan"])
        page.get_by_role("link", name="Send for review").click()
        page.get_by_role("button", name="Send for review").click()
        page.get_by_role("link", name="Adopt", exact=True).click()
        page.get_by_role("button", name="Adopt", exact=True).click()
        expect(page.locator("main")).to_contain_text("Adopted version 1")
        page.goto(f"{story.portal.url}/en/plans/editions/")
        page.get_by_role("button", name="Build the consolidated plan").click()
        files = open_documents(page, story.portal, wait_for_documents(page))
        if text := text_of(files["en"]):
            assert f"Line of {story.teller.country}" in " ".join(text.split())


# --- both ways ------------------------------------------------------------------------------------------------------


def follow_forwards(story: Story) -> None:
    """From the page of their proposal the partner reaches the reason, the line of work and the plan."""
    with story.partner() as page:
        page.locator("main").get_by_role("link", name=story.teller.title).first.click()
        expect(page.locator("h1")).to_contain_text(story.teller.title)
        story.at["priority"] = page.url
        life = page.locator(".timeline")
        expect(life).to_contain_text(REASON)
        expect(life.locator(f"a[href='{in_language(story, story.at['line'])}']")).to_have_count(1)
        plan = in_language(story, story.at["plan"].removeprefix(story.portal.url))
        life.locator(f"a[href^='{plan}']").first.click()
        expect(page.locator("h1")).to_contain_text(f"Line of {story.teller.country}")


def in_language(story: Story, path: str) -> str:
    return path.replace("/en/", f"/{story.teller.language}/", 1)


def follow_backwards(story: Story) -> None:
    """From an activity of the plan one comes to the priority that it goes back to."""
    with story.person("facilitator") as page:
        page.goto(story.at["plan"])
        page.get_by_role("link", name=f"Train the first teams of {story.teller.country}").click()
        origin = page.locator(".timeline")
        expect(origin).to_contain_text(REASON)
        priority = story.at["priority"].removeprefix(story.portal.url)
        origin.locator(f"a[href='{priority.replace(f'/{story.teller.language}/', '/en/', 1)}']").click()
        expect(page.locator("main")).to_contain_text(story.teller.situation)
