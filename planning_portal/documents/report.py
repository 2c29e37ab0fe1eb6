"""What a report says of its own languages: how much of it is in the reader's, and what is not.

A report is nested plain data (dictionaries, lists, dataclasses). Each text that people wrote is a ``ShownText``; this
module finds them all, so that the cover can say how good the translation is and the last page what is still to do.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from planning_portal.languages.queries import ShownText

IN_LANGUAGE = ("own", "draft")
NOT_READY = ("original", "machine", "stale", "draft")
EXCERPT = 74
LISTED_AT_MOST = 300
STATE_WORDS = {"machine": _("machine translation"), "stale": _("out of date"), "draft": _("draft")}


@dataclass(frozen=True)
class Column:
    """A column of a printed table; ``width`` is its share in percent (5, 10, …), 0 lets the content decide."""

    title: str
    numeric: bool = False
    width: int = 0


@dataclass(frozen=True)
class Table:
    """A table as ``documents/_table.html`` prints it. Cells are words, formatted numbers or ``ShownText``.

    The first cell of a row is its head when ``row_heads`` is true; ``totals`` is one more row, set apart.
    """

    caption: str
    columns: list[Column]
    rows: list[list[Any]]
    totals: list[Any] = field(default_factory=list)
    row_heads: bool = True


@dataclass(frozen=True)
class Place:
    """Where in a document a text stands: the code and title of what contains it."""

    code: str = ""
    title: ShownText | None = None

    def __bool__(self) -> bool:
        return bool(self.code or self.title)


@dataclass(frozen=True)
class Unready:
    """A text that is not simply in the reader's language, and where it stands."""

    place: Place
    text: ShownText

    @property
    def excerpt(self) -> str:
        words = " ".join(self.text.text.split())
        return words if len(words) <= EXCERPT else words[:EXCERPT].rsplit(" ", 1)[0] + "\u00a0…"

    @property
    def state(self) -> str:
        """In a word or two; an original in another language says in which."""
        return str(STATE_WORDS.get(self.text.kind, self.text.label))


@dataclass(frozen=True)
class UnreadyPlace:
    """The texts of one place that are not ready."""

    place: Place
    texts: list[Unready]


@dataclass
class TranslationState:
    """How much of a report is in its language. Drafts count as being in it; machine and stale text do not."""

    language: str
    total: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    unready: list[Unready] = field(default_factory=list)

    @property
    def in_language(self) -> int:
        return sum(self.counts.get(kind, 0) for kind in IN_LANGUAGE)

    @property
    def percent(self) -> int:
        """Rounded down: 100 means complete."""
        return self.in_language * 100 // self.total if self.total else 100

    @property
    def is_complete(self) -> bool:
        """Nothing to say: every text is its writer's own or a reviewed translation."""
        return not self.unready

    @property
    def share(self) -> float:
        return self.percent / 100

    @property
    def remarks(self) -> list[str]:
        """What is not simply in this language, each kind in words with its number."""
        counts = {kind: self.counts.get(kind, 0) for kind in NOT_READY}
        words = {
            "original": ngettext(
                "%(count)d text in another language", "%(count)d texts in another language", counts["original"]
            ),
            "machine": ngettext("%(count)d machine translation", "%(count)d machine translations", counts["machine"]),
            "stale": ngettext(
                "%(count)d translation that may be out of date",
                "%(count)d translations that may be out of date",
                counts["stale"],
            ),
            "draft": ngettext(
                "%(count)d translation not reviewed yet", "%(count)d translations not reviewed yet", counts["draft"]
            ),
        }
        return [words[kind] % {"count": count} for kind, count in counts.items() if count]

    @property
    def places(self) -> list[UnreadyPlace]:
        """What is not ready, by place, in the order of the document."""
        by_place: dict[tuple[str, str], UnreadyPlace] = {}
        for entry in self.unready[:LISTED_AT_MOST]:
            key = (entry.place.code, str(entry.place.title or ""))
            by_place.setdefault(key, UnreadyPlace(entry.place, [])).texts.append(entry)
        return list(by_place.values())

    @property
    def unlisted(self) -> int:
        """How many more there are than the last page lists."""
        return max(0, len(self.unready) - LISTED_AT_MOST)


def translation_state(report: Mapping[str, Any], language: str) -> TranslationState:
    """Walk ``report`` and count its texts, each once however often it appears."""
    state = TranslationState(language)
    seen: set[tuple[str, str, str]] = set()
    for place, text in texts_of(report):
        key = (text.kind, text.language, text.text)
        if key in seen:
            continue
        seen.add(key)
        state.total += 1
        state.counts[text.kind] = state.counts.get(text.kind, 0) + 1
        if text.kind in NOT_READY:
            state.unready.append(Unready(place, text))
    return state


def texts_of(value: Any, place: Place = Place()) -> Iterator[tuple[Place, ShownText]]:
    """Every text in ``value`` that has words, with the nearest place that has a code or a title of its own."""
    if isinstance(value, ShownText):
        if value.text:
            yield place, value
        return
    members = _members(value)
    if members is None:
        return
    inner = _place_of(value, members, place)
    for member in members.values() if isinstance(members, Mapping) else members:
        yield from texts_of(member, inner)


def _members(value: Any) -> Mapping[Any, Any] | Iterable[Any] | None:
    if isinstance(value, Mapping):
        return value
    if is_dataclass(value) and not isinstance(value, type):
        return {item.name: getattr(value, item.name) for item in fields(value)}
    if isinstance(value, list | tuple):
        return value
    return None


def _place_of(value: Any, members: Any, outer: Place) -> Place:
    """What ``value`` calls itself; what it does not say is said by what contains it."""
    if not isinstance(members, Mapping):
        return outer
    title = value.caption if isinstance(value, Table) else members.get("title")
    if isinstance(title, str) and title:
        title = ShownText(title, "")
    return Place(
        str(members.get("code") or outer.code), title if isinstance(title, ShownText) and title else outer.title
    )


def hash_of(frozen: Any) -> str:
    """The SHA-256 of frozen content, the same in every language: what the cover shows as its fingerprint."""
    text = json.dumps(frozen, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()
