"""Where a later stage adds to a page that an earlier one owns, without being imported by it.

Each app registers its providers in ``AppConfig.ready``; a provider costs a fixed number of queries.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Model
from django.utils.translation import get_language


@dataclass(frozen=True)
class Task:
    """One thing a person still has to do, as the home page shows it. ``title`` and ``note`` are already words."""

    title: str
    url: str
    note: str = ""
    deadline: datetime | None = None
    rank: int = 50
    audience: str = "partner"


@dataclass(frozen=True)
class LifeEvent:
    """One step in the life of a proposal. ``text`` is people's words (``languages.ShownText``) or None."""

    title: str
    when: datetime | None = None
    text: Any = None
    reason: Any = None
    url: str = ""
    sign: str = "●"


@dataclass(frozen=True)
class NavEntry:
    """One entry of the navigation: ``title`` in words (lazy is fine), ``url_name`` without arguments ("web:work").

    Entries of the same rank stand in alphabetical order; ``area`` is the namespace whose pages mark the entry as
    current (by default that of ``url_name``).
    """

    title: Any
    url_name: str
    rank: int = 50
    area: str = ""


@dataclass(frozen=True)
class Section:
    """A part of a signed-in person's home page: ``template`` is rendered with ``context`` under ``title``."""

    title: Any
    template: str
    context: dict[str, Any] = field(default_factory=dict)
    rank: int = 50


class HealthLine(NamedTuple):
    """One thing that ``/ready`` looks at. ``state``: "ok", "degraded" (still serves) or "failed" (answer 503)."""

    name: str
    state: str
    detail: str = ""


TaskProvider = Callable[[Any], Iterable[Task]]
LifeProvider = Callable[[Model, Any], Iterable[LifeEvent]]
LatestProvider = Callable[[Sequence[Model], Any], Mapping[Any, LifeEvent]]
NavProvider = Callable[[Any], Iterable[NavEntry]]
SectionProvider = Callable[[Any], Iterable[Section]]
BelongingProvider = Callable[[Any], Iterable[str]]
HealthCheck = Callable[[], Iterable[tuple[str, str, str]]]
NoticeProvider = Callable[[], str]

_task_providers: list[TaskProvider] = []
_life_providers: dict[str, list[LifeProvider]] = {}
_latest_providers: dict[str, list[LatestProvider]] = {}
_nav_providers: list[NavProvider] = []
_section_providers: list[SectionProvider] = []
_belonging_providers: list[BelongingProvider] = []
_health_checks: list[HealthCheck] = []
_sign_in_providers: list[NoticeProvider] = []
_site_title: list[Callable[[], Any]] = []
_site_titles: dict[str, tuple[Any, float]] = {}
SITE_TITLE_SECONDS = 60


def register_tasks(provider: TaskProvider) -> None:
    """Have ``provider(user)`` add its tasks to every signed-in person's home page."""
    if provider not in _task_providers:
        _task_providers.append(provider)


def tasks_for(user: Any) -> list[Task]:
    """Everything that ``user`` still has to do, most pressing first."""
    tasks = [task for provider in _task_providers for task in provider(user)]
    return sorted(tasks, key=lambda task: (task.rank, task.deadline is None, task.deadline or datetime.max, task.title))


def register_life(model_label: str, provider: LifeProvider) -> None:
    """Have ``provider(obj, user)`` tell what became of objects of ``model_label`` ("consultations.priority")."""
    providers = _life_providers.setdefault(model_label, [])
    if provider not in providers:
        providers.append(provider)


def life_of(obj: Model, user: Any) -> list[LifeEvent]:
    """What became of ``obj`` in the stages after its own, in the order of the stages."""
    return [event for provider in _life_providers.get(obj._meta.label_lower, []) for event in provider(obj, user)]


def register_latest(model_label: str, provider: LatestProvider) -> None:
    """Have ``provider(objects, user)`` give, by primary key, the last thing that became of each: for lists, where
    telling the whole life of every line would cost too much. A fixed number of queries for any number of objects."""
    providers = _latest_providers.setdefault(model_label, [])
    if provider not in providers:
        providers.append(provider)


def latest_of(objects: Sequence[Model], user: Any) -> dict[Any, LifeEvent]:
    """The last thing that became of each of ``objects`` (of one model); the latest stage to speak wins."""
    latest: dict[Any, LifeEvent] = {}
    if objects:
        for provider in _latest_providers.get(objects[0]._meta.label_lower, []):
            latest.update(provider(objects, user))
    return latest


def register_nav(provider: NavProvider) -> None:
    """Have ``provider(user)`` add entries to the navigation; ``user`` may be anonymous."""
    if provider not in _nav_providers:
        _nav_providers.append(provider)


def nav_for(user: Any) -> list[NavEntry]:
    """The navigation of ``user``, in the order of the ranks."""
    entries = [entry for provider in _nav_providers for entry in provider(user)]
    return sorted(entries, key=lambda entry: (entry.rank, str(entry.title)))


def register_section(provider: SectionProvider) -> None:
    """Have ``provider(user)`` add sections to every signed-in person's home page."""
    if provider not in _section_providers:
        _section_providers.append(provider)


def sections_for(user: Any) -> list[Section]:
    """The sections of the home page of ``user``, in the order of their ranks."""
    sections = [section for provider in _section_providers for section in provider(user)]
    return sorted(sections, key=lambda section: section.rank)


def register_belonging(provider: BelongingProvider) -> None:
    """Have ``provider(user)`` say, in words for that person, which organisations they act for."""
    if provider not in _belonging_providers:
        _belonging_providers.append(provider)


def belongings_of(user: Any) -> list[str]:
    """The names of the organisations that ``user`` acts for, as they may read them. Empty: not partner staff."""
    return [name for provider in _belonging_providers for name in provider(user)]


def register_site_title(provider: Callable[[], Any]) -> None:
    """Have the header show what ``provider()`` returns: the current programme's title (text or ``ShownText``)."""
    _site_title[:] = [provider]


def site_title() -> Any:
    """What the header shows beside the mark; empty before a programme is loaded.

    It stands on every page and hardly ever changes, so each process asks again only once a minute in each language.
    """
    if not _site_title:
        return ""
    language = get_language() or "en"
    title, asked_at = _site_titles.get(language, ("", 0.0))
    if title and time.monotonic() - asked_at < SITE_TITLE_SECONDS:
        return title
    title = _site_title[0]()
    _site_titles[language] = (title, time.monotonic())
    return title


def forget_site_title() -> None:
    """Ask for the title anew: it was changed."""
    _site_titles.clear()


def register_health(check: HealthCheck) -> None:
    """Have ``check()`` add its lines (name, state, detail) to ``/ready``; what it raises counts as failed."""
    if check not in _health_checks:
        _health_checks.append(check)


def health_checks() -> list[HealthCheck]:
    return list(_health_checks)


def register_sign_in_notice(provider: NoticeProvider) -> None:
    """Have ``provider()`` add a notice, as safe HTML, to the sign-in page; empty text adds nothing."""
    if provider not in _sign_in_providers:
        _sign_in_providers.append(provider)


def sign_in_notices() -> list[str]:
    """What the sign-in page says besides its form."""
    return [notice for provider in _sign_in_providers if (notice := provider())]
