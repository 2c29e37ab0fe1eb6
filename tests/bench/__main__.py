"""``make bench``: what pages and documents cost, side by side in one run, on what DATABASE_URL and REDIS_URL name.

Prints tables and leaves nothing behind. ``make bench ARGS=--quick`` does the same with less of everything,
``ARGS="--only writing"`` one part of it.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from tests.journeys.portal import Portal

from . import sections
from .machine import machine_facts
from .portals import ask, make_seeded

SECTIONS = ("weighing", "documents", "languages", "offline", "load", "pages", "writing")


def main() -> None:
    reading = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    reading.add_argument("--quick", action="store_true", help="less of everything: a look, not a measurement")
    reading.add_argument("--only", choices=SECTIONS, action="append", help="this section alone (again for more)")
    asked = reading.parse_args()
    bounds = sections.QUICK if asked.quick else sections.Bounds()
    start = time.monotonic()
    for fact in machine_facts():
        print(fact)
    print()
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as directory:
        measure(Path(directory), bounds, asked.only or SECTIONS)
    print(f"Measured in {time.monotonic() - start:.0f} s.")


def measure(directory: Path, bounds: sections.Bounds, wanted: Collection[str]) -> None:
    """What needs no portal first; then seed one and print one table after the other: the pages are measured as it
    grows, and writing comes last."""
    if "weighing" in wanted:
        say("weighing")
        print(sections.weighing(bounds), flush=True)
    if set(wanted) == {"weighing"}:
        return
    say("seeding the demonstration")
    portal = make_seeded(directory / "portal")
    try:
        ready = ask(portal, "ready")
        if "documents" in wanted:
            say("documents")
            print(sections.documents(portal, bounds), flush=True)
        if "languages" in wanted:
            say("four languages")
            print(sections.four_languages(portal, bounds), flush=True)
        if "offline" in wanted:
            say("a form filled in offline")
            print(sections.offline(portal, bounds), flush=True)
        if "load" in wanted:
            say("load")
            print(sections.load(portal, ready["pages"], bounds), flush=True)
        if "pages" in wanted:
            measure_pages(portal, ready, bounds)
        if "writing" in wanted:
            say("writing")
            for table in sections.writing(portal, bounds):
                print(table, flush=True)
    finally:
        portal.stop()


def measure_pages(portal: Portal, ready: Mapping[str, Any], bounds: sections.Bounds) -> None:
    """Every main page, and the questions to the list, in the programme as it is and in ever larger ones."""
    say("pages")
    few = sections.measure_costs(portal, ready, bounds)
    readings = {ready["priorities"]: ask(portal, "reading", bounds.page_rounds)}
    for number in bounds.readings:
        say(f"making {number:,} priorities of it")
        grown = ask(portal, "grow", number)
        readings[grown["priorities"]] = ask(portal, "reading", bounds.page_rounds)
        if number == bounds.priorities:
            say("pages")
            print(sections.costs(few, sections.measure_costs(portal, grown, bounds)), flush=True)
    print(sections.reading(readings), flush=True)


def say(what: str) -> None:
    """What is going on, for whoever waits: not part of the result."""
    print(f"... {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
