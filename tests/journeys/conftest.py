"""A real Chromium against a real portal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from .line import Line
from .portal import Portal, make_portal


@pytest.fixture(scope="session")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """The demo as ``make demo`` starts it, up to its default stage, for all journeys of the run."""
    portal = make_portal(tmp_path_factory.mktemp("portal"))
    try:
        portal.manage("prepare")
        portal.manage("seed_demo")
        portal.start()
        yield portal
    finally:
        portal.stop()


@pytest.fixture(scope="session")
def small_portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """A small programme in which everything is still to be done, for journeys that change things."""
    portal = make_portal(tmp_path_factory.mktemp("small_portal"))
    try:
        portal.manage("prepare")
        portal.manage("shell", "-v", "0", "-c", "from tests.journeys.small import tell; tell()")
        portal.start()
        yield portal
    finally:
        portal.stop()


@pytest.fixture(scope="session")
def laid_line(small_portal: Portal) -> Iterator[Line]:
    with Line(small_portal.port) as line:
        yield line


@pytest.fixture
def line(laid_line: Line) -> Iterator[Line]:
    """A line to the small programme, without faults when a test begins."""
    laid_line.exchanges.clear()
    yield laid_line
    laid_line.fast()
    laid_line.mend()


@pytest.fixture
def far_portal(small_portal: Portal, line: Line) -> Portal:
    """The small programme at the other end of the line."""
    return replace(small_portal, port=line.port)
