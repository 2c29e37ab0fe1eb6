"""What a page costs on a phone at 50 kbit/s with 400 ms of delay: seconds, requests, bytes. First visit and return."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import expect

from .drafts import begin_draft
from .people import LAPTOP, PHONE, visit

KILOBYTE = 1024
SLOW = {"offline": False, "latency": 400, "downloadThroughput": 50_000 / 8, "uploadThroughput": 50_000 / 8}
FAST = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}


@dataclass
class Cost:
    """What came over the line since the meter was started."""

    seconds: float = 0
    sizes: dict[str, int] = field(default_factory=dict)
    urls: dict[str, str] = field(default_factory=dict)
    kept: set[str] = field(default_factory=set)

    @property
    def requests(self) -> int:
        return len(set(self.urls) - self.kept)

    @property
    def kilobytes(self) -> float:
        return sum(size for key, size in self.sizes.items() if key not in self.kept) / KILOBYTE

    def __str__(self) -> str:
        return f"{self.seconds:5.1f} s  {self.requests:2} requests  {self.kilobytes:5.1f} KB"


class Meter:
    """Reads what a page of Chromium receives."""

    def __init__(self, page: Any):
        self.page = page
        self.cost = Cost()
        self.line = page.context.new_cdp_session(page)
        self.line.send("Network.enable")
        self.line.on("Network.requestWillBeSent", self._sent)
        self.line.on("Network.requestServedFromCache", lambda event: self.cost.kept.add(event["requestId"]))
        self.line.on("Network.responseReceived", self._answered)
        self.line.on("Network.loadingFinished", self._arrived)

    def _sent(self, event: dict[str, Any]) -> None:
        if not event["request"]["url"].startswith("data:"):
            self.cost.urls[event["requestId"]] = event["request"]["url"]

    def _answered(self, event: dict[str, Any]) -> None:
        if event["response"].get("fromDiskCache"):
            self.cost.kept.add(event["requestId"])

    def _arrived(self, event: dict[str, Any]) -> None:
        self.cost.sizes[event["requestId"]] = int(event["encodedDataLength"])

    def visit(self, url: str, line: dict[str, Any]) -> Cost:
        self.cost = Cost()
        self.line.send("Network.emulateNetworkConditions", line)
        started = time.monotonic()
        self.page.goto(url, wait_until="load")
        self.cost.seconds = time.monotonic() - started
        # The sign in the tab comes after the page: it counts as a request, nobody waits for it.
        self.page.wait_for_load_state("networkidle")
        return self.cost


@pytest.fixture(scope="module")
def pages(browser, portal, small_portal) -> dict[str, tuple[str, Any]]:
    """The pages of participants, each with the session of somebody who may see it."""
    with visit(browser, portal, "partner.bj", "fr") as page:
        partner = page.context.storage_state()
        page.goto(f"{portal.url}/fr/my/")
        ballot = page.locator(".task a").first.get_attribute("href")
    with visit(browser, small_portal, "partner.ph") as page:
        draft = begin_draft(page, small_portal)
        writer = page.context.storage_state()
    return {
        "programme": (f"{portal.url}/fr/", None),
        "sign-in": (f"{portal.url}/fr/account/login/", None),
        "work": (f"{portal.url}/fr/my/", partner),
        "ballot": (f"{portal.url}{ballot}", partner),
        "priority form": (f"{draft}1/", writer),
    }


def test_page_of_a_participant_is_light_on_a_slow_line(browser, pages):
    table, heavy = [], []
    for name, (url, session) in pages.items():
        context = browser.new_context(**PHONE, storage_state=session)
        page = context.new_page()
        meter = Meter(page)
        first, again = meter.visit(url, SLOW), meter.visit(url, FAST)
        context.close()
        table.append(f"{name:24} first {first}   again {again}")
        if first.seconds > 8 or first.requests > 6 or first.kilobytes > 45:
            heavy.append(f"{name}: {first} {sorted(first.urls.values())}")
        if again.requests > 2 or again.kilobytes > 14:
            heavy.append(f"{name} again: {again} {sorted(again.urls.values())}")
    print("\n".join(["", *table]))  # noqa: T201
    assert not heavy, "\n".join(heavy)


def test_desk_is_within_its_budget(browser, portal):
    with visit(browser, portal, "facilitator") as page:
        session = page.context.storage_state()
        page.get_by_role("link", name="West Africa").first.click()
        expect(page.locator("#desk")).to_be_visible()
        desk = page.url
    context = browser.new_context(**LAPTOP, storage_state=session)
    cost = Meter(context.new_page()).visit(desk, FAST)
    context.close()
    print(f"\ndesk {cost}")  # noqa: T201
    assert cost.requests <= 12, cost.urls
    assert cost.kilobytes <= 120
