"""Pressing a button over a line that loses the answer, as a person does: the browser's own page, then once more."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Error

from .line import Fault

TRIES = 400
EVERY = 50
"""Milliseconds: twenty seconds in all."""


def press_and_lose(page: Any, button: Any, fault: Fault) -> None:
    """Press a button whose answers get lost until the browser shows a page of its own; then send the form once more,
    as the browser offers, over a line that is well again."""
    button.click(no_wait_after=True)
    until(page, lambda: page.url.startswith("chrome-error://"))
    fault.end()
    assert fault.met
    until(page, lambda: _reloads(page))


def _reloads(page: Any) -> bool:
    """False while the browser is still between two pages: its address is then the new one already, and it refuses."""
    try:
        page.reload()
    except Error as error:
        if "Not attached to an active page" in error.message:
            return False
        raise
    return True


def until(page: Any, is_so: Any) -> None:
    """Wait until something is so that is not in the page."""
    for _try in range(TRIES):
        if is_so():
            return
        page.wait_for_timeout(EVERY)
    raise AssertionError(f"never: {page.url}")
