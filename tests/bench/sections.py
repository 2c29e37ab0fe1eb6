"""What is measured, one function a table; each takes what it needs and returns a ``Table``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.journeys.portal import Portal

from .documents_bench import TARGET
from .figures import Table, kilobytes, milliseconds
from .load import Load, run_load, sign_in
from .machine import web_seconds
from .portals import ask, served, times_locked, working
from .users import PAUSE, WARM_UP, run_users
from .weighing_bench import SEATS, made_up_round, seconds
from .writers import Writer, run_writers, saving, submitting

BUDGET_BYTES = {"public": 14 * 1024, "participant": 14 * 1024, "work": 120 * 1024}
UNDER_LOAD = ("programme page", "priority form", "desk, a round running", "priorities, the list")
USERS_DO = {"draft": "save of a draft", "list": "the list, what is to do", "page": "a page"}
CONNECTIONS = 50
USERS = 300
USERS_P95, USERS_P99 = 0.8, 2.0
"""Seconds within which the portal promises to answer ``USERS`` people at once (reference: safety-and-reliability E)."""


@dataclass(frozen=True)
class Bounds:
    """How much is done: rounds of documents and pages, requests and seconds of load."""

    document_rounds: int = 3
    page_rounds: int = 9
    requests: int = 2000
    seconds: float = 5.0
    saves: int = 20
    users_seconds: float = 30.0
    priorities: int = 3_000
    readings: tuple[int, ...] = (1_000, 3_000, 10_000)
    form_rows: int = 500
    ballots: tuple[int, ...] = (100, 300, 1_000)
    candidates: tuple[int, ...] = (60, 300, 1_000)


@dataclass(frozen=True)
class Costs:
    """What every main page costs in a programme of this size."""

    size: str
    pages: Mapping[str, Mapping[str, Any]]


def measure_costs(portal: Portal, size: Mapping[str, int], bounds: Bounds) -> Costs:
    found = ask(portal, "costs", bounds.page_rounds)
    words = f"{size['priorities']:,} priorities and {size['candidates']:,} candidates"
    return Costs(words, {cost["name"]: cost for cost in found})


QUICK = Bounds(
    document_rounds=1,
    page_rounds=3,
    requests=300,
    seconds=3.0,
    saves=3,
    users_seconds=10.0,
    priorities=1_000,
    readings=(1_000,),
    form_rows=100,
    ballots=(100, 300),
    candidates=(60, 300),
)


def documents(portal: Portal, bounds: Bounds) -> Table:
    """Our engine beside WeasyPrint alone on the same HTML, in turn."""
    found = ask(portal, "summary", bounds.document_rounds)
    table = Table(
        f"A workshop's summary of {found['pages']} pages, median of {bounds.document_rounds} builds each, in turn",
        ["engine", "processor", "times WeasyPrint alone"],
    )
    for name, key in (
        ("ours: sealed, checked, mended tags, PDF/UA-1", "ours"),
        ("WeasyPrint alone, PDF/UA-1", "bare"),
        ("WeasyPrint alone, without tags", "untagged"),
    ):
        table.rows.append([name, f"{found[key]:.2f} s", f"{found[key] / found['bare']:.2f}"])
    table.notes.append(f"Round by round, ours took {found['ratio']:.2f} times as long (median); target: {TARGET}.")
    return table


def four_languages(portal: Portal, bounds: Bounds) -> Table:
    """The same four documents by a worker with one process and with two, from the request to the last file."""
    seconds = {}
    for processes in (1, 2):
        with working(portal, processes):
            ask(portal, "warm_up", processes)
            seconds[processes] = ask(portal, "four_languages", processes)
    table = Table(
        "Four languages of that summary through the job queue, from the request to the last file",
        ["worker", "seconds", "times one process"],
    )
    table.rows = [
        [f"{processes} process{'es' if processes > 1 else ''}", f"{taken:.1f}", f"{taken / seconds[1]:.2f}"]
        for processes, taken in seconds.items()
    ]
    return table


def offline(portal: Portal, bounds: Bounds) -> Table:
    """A form filled in offline, from the file to the drafts, with few rows and with as many as a form can have."""
    table = Table(
        "A form filled in offline: read in a child process, shown, saved as drafts, and the same file again",
        [
            *("rows", "cells", "file", "read", "memory of the child", "preview", "saved", "again"),
            *("longest transaction", "others' saves", "slowest of them"),
        ],
    )
    for rows in (10, bounds.form_rows):
        found = ask(portal, "upload", rows)
        table.rows.append(
            [
                str(rows),
                f"{found['cells']:,}",
                kilobytes(found["bytes"]),
                f"{found['read']:.2f} s",
                f"{found['memory'] / 1024 / 1024:.0f} MB",
                f"{found['preview']:.2f} s",
                f"{found['save']:.2f} s",
                f"{found['again']:.2f} s",
                milliseconds(found["longest"]),
                str(found["others"]),
                milliseconds(found["waited"]) if found["others"] else "-",
            ]
        )
    table.notes += [
        "Bounds of the child: 10 s and 300 MB. One measurement each, not a load test.",
        "Others' saves: somebody saves a draft without a pause, in the same process, while the form is saved.",
    ]
    return table


def weighing(bounds: Bounds) -> Table:
    """Phragmén and Equal Shares by the number of ballots and candidates, with short ballots and with very long ones."""
    table = Table(
        f"Weighing: {SEATS} seats, four zones with weights and floors, quickest of three",
        ["ballots", "candidates", "approvals", "Phragmén", "Equal Shares"],
    )
    for ballots in bounds.ballots:
        for candidates in bounds.candidates:
            for approvals in (10, candidates // 2):
                made_up = made_up_round(ballots, candidates, approvals)
                taken = [min(seconds(rule, made_up) for _ in range(3)) for rule in ("phragmen", "equal_shares")]
                row = [f"{ballots:,}", f"{candidates:,}", str(approvals), *map(milliseconds, taken)]
                table.rows.append(row)
    table.notes.append("Exact fractions in one process; from the ballots as sets to the outcome with its zones.")
    return table


def load(portal: Portal, pages: Sequence[Mapping[str, Any]], bounds: Bounds) -> Table:
    """Requests per second and how long the slow ones take, with one reader and with fifty."""
    table = Table(
        f"Under load: `serve` with 2 web processes, {CONNECTIONS} connections from the same machine",
        ["page", "alone", "requests/s", "median", "p95", "answered", "failed"],
    )
    by_name = {page["name"]: page for page in pages}
    with served(portal):
        cookies = {"": ""}
        for name in UNDER_LOAD:
            page = by_name[name]
            if page["who"] not in cookies:
                cookies[page["who"]] = sign_in(portal.url, f"{page['who']}@example.org")
            url, cookie = portal.url + page["url"], cookies[page["who"]]
            alone = run_load(url, cookie, connections=1, requests=40, seconds=bounds.seconds)
            many = run_load(url, cookie, connections=CONNECTIONS, requests=bounds.requests, seconds=bounds.seconds)
            table.rows.append([name, milliseconds(alone.median), *_load_cells(many)])
    return table


def writing(portal: Portal, bounds: Bounds) -> list[Table]:
    """Saves and submissions per second when fifty write without a pause, each on a draft and a connection of its own;
    then three hundred people with pauses."""
    addresses, people = ask(portal, "drafts", CONNECTIONS), ask(portal, "people", USERS)
    table = Table(
        f"Writing without a pause: `serve` with 2 web processes, {CONNECTIONS} connections",
        ["act", "acts/s", "median", "p95", "p99", "done", "failed", "processor of the web"],
    )
    with served(portal) as running:
        cookies = sign_in(portal.url, "partner.bj@example.org")
        writers = [Writer(portal.url, cookies, one) for one in addresses]
        for act, page, work in (
            ("save of a draft", "draft", saving(bounds.saves)),
            ("submission", "submit", submitting),
        ):
            clock: list[float] = []
            found = run_writers(writers, page=page, work=work, on_edge=lambda: clock.append(_web_seconds(running)))  # noqa: B023
            each = (clock[1] - clock[0]) / max(len(found.times), 1)
            table.rows.append([act, *_writing_cells(found), milliseconds(each)])
        return [table, _users(running, people, bounds)]


def _users(portal: Portal, people: Sequence[Mapping[str, Any]], bounds: Bounds) -> Table:
    table = Table(
        f"{USERS} people for {bounds.users_seconds:.0f} s, each with pauses of {PAUSE[0]:.0f} to {PAUSE[1]:.0f} s",
        ["request", "requests/s", "median", "p95", "p99", "done", "failed"],
    )
    before = _web_seconds(portal)
    loads = run_users(portal.url, people, seconds=bounds.users_seconds)
    used = _web_seconds(portal) - before
    together = Load(bounds.users_seconds, [time for load in loads.values() for time in load.times])
    together.failed = sum(load.failed for load in loads.values())
    table.rows = [[USERS_DO[kind], *_writing_cells(load)] for kind, load in loads.items()]
    table.rows.append(["together", *_writing_cells(together)])
    is_kept = not together.failed and together.times and together.p95 < USERS_P95 and together.p99 < USERS_P99
    table.notes += [
        f"Promised: p95 below {milliseconds(USERS_P95)}, p99 below {milliseconds(USERS_P99)}, nothing failed: "
        f"{'kept' if is_kept else 'not kept'}. Times that the database was found locked: {times_locked(portal)}.",
        f"Processor of the web: {used / (bounds.users_seconds + WARM_UP):.2f} cores.",
    ]
    return table


def _web_seconds(portal: Portal) -> float:
    return web_seconds(portal.process.pid) if portal.process is not None else 0.0


def _writing_cells(found: Load) -> list[str]:
    cells = _load_cells(found)
    return [*cells[:3], milliseconds(found.p99) if found.times else "-", *cells[3:]]


def _load_cells(found: Load) -> list[str]:
    if not found.times:
        return ["-", "-", "-", "0", str(found.failed)]
    return [
        f"{found.per_second:,.0f}",
        milliseconds(found.median),
        milliseconds(found.p95),
        f"{len(found.times):,}",
        str(found.failed),
    ]


def costs(few: Costs, many: Costs) -> Table:
    """Queries, compressed bytes and time of every main page with few and with many priorities."""
    table = Table(
        f"Each main page, warm, one reader: with {few.size}; with {many.size}",
        ["page", "queries", "queries", "time", "time", "times", "size", "size", "of the budget"],
    )
    for name, one in few.pages.items():
        other = many.pages[name]
        budget = BUDGET_BYTES[one["kind"]]
        table.rows.append(
            [
                name,
                str(one["queries"]),
                str(other["queries"]),
                milliseconds(one["seconds"]),
                milliseconds(other["seconds"]),
                f"{other['seconds'] / one['seconds']:.1f}",
                kilobytes(one["size"]),
                kilobytes(other["size"]),
                f"{max(one['size'], other['size']) / budget:.0%} of {budget // 1024} KB",
            ]
        )
    table.notes += [
        "Queries without those of the frame: the session, the person, the cache's table. Time: the quickest visit.",
        "Size: the page as it is sent, compressed with gzip.",
    ]
    return table


def reading(found: Mapping[int, Sequence[Mapping[str, Any]]]) -> Table:
    """The list of priorities and its search, by the number of priorities: queries must stay, time grow no faster."""
    sizes = sorted(found)
    table = Table(
        f"Reading priorities, warm, one reader: with {', '.join(f'{size:,}' for size in sizes)} of them",
        ["question", "queries", *(f"{size:,}" for size in sizes), "times", "priorities, times"],
    )
    for row in zip(*(found[size] for size in sizes), strict=True):
        times = [one["seconds"] for one in row]
        queries = sorted({one["queries"] for one in row})
        table.rows.append(
            [
                row[0]["name"],
                " to ".join(map(str, queries)),
                *map(milliseconds, times),
                f"{times[-1] / times[0]:.1f}",
                f"{sizes[-1] / sizes[0]:.0f}",
            ]
        )
    table.notes.append("A file is read and sent in portions of 200 priorities, each with the same number of queries.")
    return table
