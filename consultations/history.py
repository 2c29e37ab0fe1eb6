"""What changed from one version of a priority to the next.

``django-simple-history``'s own ``diff_against`` overlooks the translated columns, so the versions are compared here,
each text in the language it was then written in.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from planning_portal.languages.names import language_name
from planning_portal.organisations.identity import Viewer, name_of
from planning_portal.organisations.models import Membership
from planning_portal.programme.models import Level, Theme

from .differences import Piece, word_differences
from .models import Priority, PriorityState
from .queries import option_label

PLAIN_FIELDS = ("source_language", "theme_id", "level", "state")


@dataclass(frozen=True)
class Change:
    """One part that differs: ``before`` and ``after`` are plain values, texts in the languages beside them."""

    part: str
    before: Any
    after: Any
    before_language: str
    after_language: str


@dataclass(frozen=True)
class Version:
    """One kept version: when, by whom, and what it changed in the version before."""

    at: datetime
    by: Any
    changes: list[Change] = field(default_factory=list)
    is_first: bool = False


def compare(older: Any, newer: Any) -> list[Change]:
    """The parts in which two historical rows of a priority differ, in the order of the form."""
    changes: list[Change] = []
    for part in Priority.TEXTS:
        before, after = text_at(older, part), text_at(newer, part)
        if before != after:
            changes.append(Change(part, before, after, older.source_language, newer.source_language))
    for name in PLAIN_FIELDS:
        before, after = getattr(older, name), getattr(newer, name)
        if before != after:
            part = name.removesuffix("_id")
            changes.append(Change(part, before, after, older.source_language, newer.source_language))
    return changes


def text_at(row: Any, part: str) -> str:
    """A text of a historical row in the language it was written in at that time."""
    return getattr(row, f"{part}_{row.source_language}") or ""


def sign_version(priority: Priority, *, by: Any) -> None:
    """Say who made the newest version: a change of state saves a fresh row that knows nobody."""
    newest = priority.history.first()
    if newest is not None and newest.history_user_id is None and by is not None:
        type(newest).objects.filter(pk=newest.pk).update(history_user=by)


def versions_of(priority: Priority, *, since_submission: bool = False) -> list[Version]:
    """Every kept version, newest first: one query. A save that changed nothing the reader sees is left out.

    ``since_submission``: what the authors wrote before they submitted is theirs alone.
    """
    rows = priority.history.select_related("history_user").order_by("history_date", "history_id")
    if since_submission:
        rows = rows.exclude(state=PriorityState.DRAFT)
    return list(reversed(list(_versions(rows))))


def _versions(rows: Iterable[Any]) -> Iterable[Version]:
    previous = None
    for row in rows:
        changes: list[Change] = compare(previous, row) if previous is not None else []
        if previous is None or changes:
            yield Version(row.history_date, row.history_user, changes, is_first=previous is None)
        previous = row


@dataclass(frozen=True)
class DescribedChange:
    """A change in the reader's words. ``pieces`` are the differences word by word, of a text in one language."""

    label: Any
    before: str
    after: str
    before_language: str
    after_language: str
    pieces: list[Piece] = field(default_factory=list)


@dataclass(frozen=True)
class DescribedVersion:
    """A version with who made it as this reader may know it: a colleague by name, others by their organisation."""

    version: Version
    who: str
    changes: list[DescribedChange]


def described_versions(priority: Priority, viewer: Viewer, *, since_submission: bool = False) -> list[DescribedVersion]:
    """The versions with their changes in words: names of themes, levels, languages and states. Three queries."""
    versions = versions_of(priority, since_submission=since_submission)
    authors = set(
        Membership.objects.filter(
            organisation=priority.organisation_id, user__in={version.by.pk for version in versions if version.by}
        ).values_list("user_id", flat=True)
    )
    themes = {theme.pk: option_label(theme, "title") for theme in Theme.objects.all()}
    reader = get_language() or "en"
    words: dict[str, Any] = {
        "theme": lambda value: themes.get(value, ""),
        "level": lambda value: capfirst(Level(value).label) if value else "",
        "source_language": lambda value: language_name(value, reader),
        "state": lambda value: PriorityState(value).label,
    }

    def described(change: Change) -> DescribedChange:
        in_words = words.get(change.part, str)
        is_text = change.part in Priority.TEXTS
        is_comparable = is_text and change.before_language == change.after_language and bool(change.before)
        return DescribedChange(
            Priority._meta.get_field(change.part).verbose_name,  # type: ignore[union-attr]
            str(in_words(change.before)),
            str(in_words(change.after)),
            change.before_language if is_text else reader,
            change.after_language if is_text else reader,
            word_differences(change.before, change.after) if is_comparable else [],
        )

    def who(version: Version) -> str:
        if version.by is None:
            return ""
        if version.by.pk not in authors:
            return _("Who runs the consultation")
        return name_of(priority.organisation, viewer) if since_submission else str(version.by)

    return [
        DescribedVersion(version, who(version), [described(change) for change in version.changes])
        for version in versions
    ]
