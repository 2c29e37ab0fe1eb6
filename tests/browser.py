"""The one Chromium of a test run. Where there is none, tests that need it are skipped, and the run says so loudly."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium() -> str | None:
    """The browser's program: what ``CHROMIUM`` names, otherwise the first found on the PATH."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named if os.path.exists(named) else None
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def mark(item: pytest.Item) -> None:
    """Keep browser tests in one process, so that it starts one browser, and skip them where there is none.

    All of ``tests/journeys`` are browser tests. To be called as an item is collected: xdist reads the groups after.
    """
    if "journeys" in item.path.parts:
        item.add_marker(pytest.mark.browser)
    if item.get_closest_marker("browser") is None:
        return
    item.add_marker(pytest.mark.xdist_group("browser"))
    if chromium() is None:
        item.add_marker(pytest.mark.skip(reason="BROWSER TESTS SKIPPED: no Chromium (set CHROMIUM or the PATH)"))


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Chromium, driven by Playwright.

    Playwright keeps an event loop running in this thread until it is stopped. Django would refuse the database to
    every later test of this process, so its guard is off for as long: no test here is asynchronous.
    """
    from playwright.sync_api import sync_playwright

    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        yield browser
        browser.close()
