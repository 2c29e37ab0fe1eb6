"""``make screenshots``: draw the README's pictures into this folder, from portals that are seeded and thrown away."""

from __future__ import annotations

import contextlib
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.browser import ARGUMENTS, chromium
from tests.journeys.portal import Portal, make_portal

from . import pictures

HERE = Path(__file__).resolve().parent
LARGEST_BYTES = 150_000


@contextlib.contextmanager
def seeded(directory: Path, until: str, *options: str) -> Iterator[Portal]:
    """A portal whose story goes ``until`` there; ended and forgotten afterwards."""
    folder = directory / until
    folder.mkdir()
    portal = make_portal(folder, PORTAL_STATIC_DIR=str(directory / "static"))
    try:
        portal.manage("prepare")
        portal.manage("seed_demo", "--until", until, *options, timeout=900)
        yield portal
    finally:
        portal.stop()


def keep(name: str, picture: pictures.Image.Image) -> None:
    size = pictures.save(picture, HERE / f"{name}.png")
    print(f"{name}.png: {picture.width} × {picture.height}, {size / 1000:.0f} kB")
    if size > LARGEST_BYTES:
        sys.exit(f"{name}.png is heavier than {LARGEST_BYTES:,} bytes.")


def main() -> None:
    from playwright.sync_api import sync_playwright

    executable = chromium()
    if executable is None:
        sys.exit("No Chromium: set CHROMIUM or the PATH.")
    with tempfile.TemporaryDirectory(prefix="portal-pictures-") as name, sync_playwright() as playwright:
        directory = Path(name)
        browser = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS)
        with seeded(directory, "plans") as portal:
            keep("plan-document", pictures.plan_document(portal))
        with seeded(directory, "consultations") as portal:
            portal.start()
            keep("priority-form", pictures.priority_form(browser, portal))
        with seeded(directory, "continental", "--build") as portal:
            portal.start()
            keep("programme-home", pictures.programme_home(browser, portal))
            keep("desk", pictures.desk(browser, portal))
            keep("results", pictures.results(browser, portal))
            keep("translator", pictures.translator(browser, portal))
        browser.close()


if __name__ == "__main__":
    main()
