"""What must run in a portal's own environment: ``python -m tests.bench.inside ACT [NUMBER]`` prints a line of JSON."""

from __future__ import annotations

import json
import sys
import time
import uuid
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import django

ACTS: dict[str, Callable[[int], Any]] = {}
LONGEST_WAIT = 300


def act(function: Callable[[int], Any]) -> Callable[[int], Any]:
    ACTS[function.__name__] = function
    return function


@act
def ready(_number: int) -> Any:
    """Make the demonstration ready to be measured and tell its size and its main pages."""
    from .pages import make_ready

    return make_ready()


@act
def costs(rounds: int) -> Any:
    """Queries, bytes and time of each main page."""
    from .pages import measure_pages

    return measure_pages(rounds)


@act
def reading(rounds: int) -> Any:
    """Queries and time of the list of priorities and of its search."""
    from .reading import measure_reading

    return measure_reading(rounds)


@act
def grow(priorities: int) -> Any:
    """Make a programme of so many priorities of it."""
    from . import growth
    from .pages import sizes

    growth.grow(priorities)
    growth.analyse()
    return sizes()


@act
def drafts(number: int) -> Any:
    """So many complete drafts in Benin's open consultation, by the addresses of their form and of their submission."""
    from .pages import make_drafts

    return make_drafts(number)


@act
def people(number: int) -> Any:
    """So many people with a session and a draft each, and what they look at."""
    from .pages import make_people

    return make_people(number)


@act
def summary(rounds: int) -> Any:
    """The summary of a frozen workshop by our engine and by bare WeasyPrint, in turn."""
    from planning_portal.documents.services import build_document
    from workshops.services.closing import SUMMARY

    from .documents_bench import compare
    from .pages import published_workshop

    html = build_document(published_workshop(), SUMMARY, language="en", version="1", audience="public")
    return asdict(compare(html, rounds))


@act
def warm_up(number: int) -> Any:
    """Have each of so many processes of the worker build one document: the first pays for loading the faces."""
    return _build(f"warm-{number}", ("en", "fr")[:number])


@act
def four_languages(number: int) -> Any:
    """Ask for a summary in four languages as closing does, wait for the worker, and tell how long it all took."""
    return _build(f"bench-{number}", ("en", "es", "fr", "nl"))


def _build(version: str, languages: tuple[str, ...]) -> float:
    """Seconds from the request to the last file."""
    from django.db.models import Max, Min

    from planning_portal.documents.services import request_documents
    from planning_portal.jobs.models import Job, JobState
    from workshops.services.closing import SUMMARY

    from .pages import account, published_workshop

    group = request_documents(
        published_workshop(),
        SUMMARY,
        version=version,
        audience="public",
        by=account("coordinator"),
        languages=languages,
    )
    jobs = Job.objects.filter(orders__group=uuid.UUID(str(group)))
    deadline = time.monotonic() + LONGEST_WAIT
    while jobs.filter(state=JobState.DONE).count() < len(languages):
        assert time.monotonic() < deadline, "the worker did not build the documents in time"
        assert not jobs.filter(state=JobState.FAILED).exists(), "a document could not be built"
        time.sleep(0.2)
    span = jobs.aggregate(begun=Min("created_at"), over=Max("finished_at"))
    return (span["over"] - span["begun"]).total_seconds()


@act
def upload(rows: int) -> Any:
    """A form of so many full rows, sent, shown, saved while somebody else saves, then sent again unchanged."""
    from .offline_bench import send_form

    return send_form(rows)


if __name__ == "__main__":
    django.setup()
    print(json.dumps(ACTS[sys.argv[1]](int(sys.argv[2]) if len(sys.argv) > 2 else 0)))
