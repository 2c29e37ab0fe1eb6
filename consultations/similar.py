"""Priorities of one consultation that may say nearly the same, pointed out: people decide whether they do.

Compared are the title with what should have changed, and the situation alone, so that a text copied under another
title is found too; in a language that both have (the one they were written in, or a translation), as sets of words of
more than three letters without accents: rapidfuzz's ``token_set_ratio``, from 0 to 100. Measured on the 109 priorities
of the demonstration, 2,171 pairs in one language: median 47 (situations 50), 99 in 100 below 57, the highest 63 (two
on universal health insurance, rightly; situations 58); a text of which half the words were exchanged and the order
shuffled never falls below 65. Hence ``LIKENESS``. Who writes is also told of titles alone: they are short, so by
chance alike more easily, 999 in 1,000 of 5,886 pairs below 67. Hence ``TITLE_LIKENESS``. A situation of a few words,
as it stands while it is begun, is part of many: from ``FEWEST`` on it is compared.

Two texts that share less than a fifth of the words of the shorter one are not compared at all: that takes eight
parts in ten of the time away and, in the demonstration, none of the pairs.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

from rapidfuzz import fuzz

from planning_portal.languages.services import LANGUAGE_CODES

from .models import Priority

LIKENESS = 62
TITLE_LIKENESS = 68
FEWEST = 8
SHARED = 5
SHOWN = 3
SHOWN_PAIRS = 8
WORDS = re.compile(r"\w{4,}")


@dataclass(frozen=True)
class Pair:
    """Two priorities that may say nearly the same; ``likeness`` from 0 to 100."""

    first: Priority
    second: Priority
    likeness: float


@dataclass(frozen=True)
class _Words:
    """The words of one text: as a set to see at once what is out of the question, and in order to compare."""

    text: str
    words: frozenset[str]


Keys = dict[str, _Words]
"""The words of one part of a priority, by language and part: "fr change"."""


def similar_pairs(priorities: Iterable[Priority]) -> list[Pair]:
    """The pairs most alike first, at most ``SHOWN_PAIRS``. No query; grows with the square of their number."""
    known = [(priority, _keys(priority)) for priority in priorities]
    found = [
        Pair(first, second, likeness)
        for (first, ours), (second, theirs) in combinations(known, 2)
        if (likeness := _likeness(ours, theirs))
    ]
    return sorted(found, key=lambda pair: (-pair.likeness, pair.first.pk, pair.second.pk))[:SHOWN_PAIRS]


def similar_to(priority: Priority, others: Iterable[Priority]) -> list[Priority]:
    """Those of ``others`` most like a text that is being written, at most ``SHOWN``: by what is there of it."""
    ours, title = _keys(priority), _title_keys(priority)
    found = []
    for other in others:
        likeness = _likeness(ours, _keys(other)) or _likeness(title, _title_keys(other), TITLE_LIKENESS)
        if likeness:
            found.append((likeness, other))
    return [other for _likeness_, other in sorted(found, key=lambda one: (-one[0], one[1].pk))[:SHOWN]]


def _keys(priority: Priority) -> Keys:
    keys = {}
    for code in LANGUAGE_CODES:
        title, situation, change = (getattr(priority, f"{part}_{code}") for part in ("title", "situation", "change"))
        if title and change:
            keys[f"{code} change"] = _words(f"{title} {change}")
        if situation and len((words := _words(situation)).words) >= FEWEST:
            keys[f"{code} situation"] = words
    return keys


def _title_keys(priority: Priority) -> Keys:
    titles = {code: getattr(priority, f"title_{code}") for code in LANGUAGE_CODES}
    return {code: _words(title) for code, title in titles.items() if title}


def _words(text: str) -> _Words:
    plain = unicodedata.normalize("NFKD", text.casefold())
    words = WORDS.findall("".join(letter for letter in plain if not unicodedata.combining(letter)))
    return _Words(" ".join(words), frozenset(words))


def _likeness(ours: Keys, theirs: Keys, least: int = LIKENESS) -> float:
    """The highest over the parts and languages that both have; 0 below ``least``."""
    highest = 0.0
    for key, mine in ours.items():
        other = theirs.get(key)
        if other is None:
            continue
        shared = len(mine.words & other.words)
        if shared and shared * SHARED >= min(len(mine.words), len(other.words)):
            highest = max(highest, fuzz.token_set_ratio(mine.text, other.text, score_cutoff=least))
    return highest
