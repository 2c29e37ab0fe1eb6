"""Which function does the work of which kind of job, and where a finished group of jobs leads.

Apps register in ``AppConfig.ready``; this page knows none of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from .models import Job

Report = Callable[[int, str, dict[str, Any]], None]
"""``report(percent, step key, parameters)``: tells the waiting person what is being done."""
Effect = Callable[[], None]
"""What a job changes in the database: runs inside the transaction that marks the job as done, so exactly once."""
Work = Callable[[dict[str, Any], Report], Effect | None]
Title = str | Promise | Callable[[dict[str, Any]], str]
"""Words with the payload's parameters, or a function of the payload that gives them in the reader's language."""


class JobError(Exception):
    """The work cannot be done, for a reason that has words of its own (``phrases.register_error``).

    ``retry=False`` says that another attempt would end the same way.
    """

    def __init__(self, code: str, *, retry: bool = True):
        self.code = code
        self.retry = retry
        super().__init__(code)


class LeaseLost(Exception):
    """Somebody else has the job by now: whatever was worked out is thrown away."""


@dataclass(frozen=True)
class Kind:
    """A kind of job: its name in code, the function that does the work, its name in words."""

    key: str
    work: Work
    title: Title


@dataclass(frozen=True)
class Outcome:
    """Where a finished job leads: a link in words, with an optional note beside it."""

    title: str
    url: str
    note: str = ""


OutcomeProvider = Callable[[Sequence[Job], Any], Iterable[Outcome]]
SubjectProvider = Callable[[Job], Outcome | None]

_kinds: dict[str, Kind] = {}
_outcomes: dict[str, OutcomeProvider] = {}
_subjects: dict[str, SubjectProvider] = {}
_housekeeping: dict[str, Effect] = {}
_welcome_notes: list[Callable[[], str]] = []


def register(kind: str, *, title: Title = "") -> Callable[[Work], Work]:
    """Have the decorated function do the work of ``kind``; ``title`` names the kind for people.

    The function runs outside any transaction and may take minutes. What it changes in the database it returns as
    a function without arguments. It may run more than once, its effect runs once.
    """

    def remember(work: Work) -> Work:
        _kinds[kind] = Kind(kind, work, title)
        return work

    return remember


def kind_of(key: str) -> Kind | None:
    return _kinds.get(key)


def register_outcome(kind: str, provider: OutcomeProvider) -> None:
    """Have ``provider(done jobs of this kind, user)`` say where they lead; it costs a fixed number of queries."""
    _outcomes[kind] = provider


def outcomes_of(jobs: Iterable[Job], user: Any) -> list[Outcome]:
    """Where the ``jobs`` that are done lead ``user``."""
    by_kind: dict[str, list[Job]] = {}
    for job in jobs:
        if job.state == "done":
            by_kind.setdefault(job.kind, []).append(job)
    return [outcome for kind, done in by_kind.items() if kind in _outcomes for outcome in _outcomes[kind](done, user)]


def register_subject(kind: str, provider: SubjectProvider) -> None:
    """Have ``provider(job)`` say what a group of such jobs makes, and from which page it was asked for."""
    _subjects[kind] = provider


def subject_of(jobs: Sequence[Job]) -> Outcome | None:
    """What the ``jobs`` of one group make, by the first of them: one act asks for one thing."""
    provider = _subjects.get(jobs[0].kind) if jobs else None
    return provider(jobs[0]) if provider is not None else None


def register_housekeeping(name: str, clean: Effect) -> None:
    """Have ``clean()`` run once a day, in the transaction of the housekeeping job: short deletes, and what
    a day brings (reminders), written as rows for other jobs to act on."""
    _housekeeping[name] = clean


def housekeeping() -> dict[str, Effect]:
    return dict(_housekeeping)


def register_welcome_note(note: Callable[[], str]) -> None:
    """Have ``manage.py serve`` print ``note()`` once the portal answers (the demo's accounts, for example)."""
    if note not in _welcome_notes:
        _welcome_notes.append(note)


def welcome_notes() -> list[str]:
    return [text for note in _welcome_notes if (text := note())]
