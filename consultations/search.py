"""Looking for words in all four languages of every priority, and showing where they stand.

Measured on a programme of 10,000 priorities (``make bench``): one column of folded words is searched in a time that
grows with their number at worst; on PostgreSQL an index of trigrams makes it quicker still.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.conf import settings
from django.utils.text import capfirst
from django.utils.translation import get_language

from planning_portal.languages.folding import fold, matches_in, pieces
from planning_portal.languages.names import language_name
from planning_portal.languages.queries import shown

from .models import Priority, PriorityState, PriorityWords

LANGUAGE_CODES = tuple(code for code, _name in settings.LANGUAGES)
COLUMNS = tuple(f"{field}_{code}" for field in Priority.TEXTS for code in LANGUAGE_CODES)
BATCH = 400
EXCERPT = 160


def sync_words(ids: Sequence[int]) -> None:
    """Bring what is searched in line with the texts of these priorities as they now stand: 2 queries a batch."""
    ids = list(ids)
    for start in range(0, len(ids), BATCH):
        rows = (
            Priority._base_manager.filter(pk__in=ids[start : start + BATCH])
            .exclude(state=PriorityState.DRAFT)
            .order_by()
            .values_list("pk", *COLUMNS)
        )
        PriorityWords.objects.bulk_create(
            [PriorityWords(priority_id=pk, text=folded(texts)) for pk, *texts in rows],
            update_conflicts=True,
            unique_fields=["priority"],
            update_fields=["text"],
        )


def folded(texts: Iterable[str | None]) -> str:
    """The texts as they are searched: folded, one per line, so that no word is found across two of them."""
    return "\n".join(fold(text) for text in texts if text)


@dataclass(frozen=True)
class Marked:
    """A text cut where the words that were looked for stand: (piece, is it one of them), and its language.

    ``where`` names the part, and the language when it is not the reader's: empty for the title, which stands where
    it always does.
    """

    pieces: list[tuple[str, bool]]
    language: str
    where: str = ""


def marked_title(priority: Priority, words: Sequence[str]) -> Marked:
    """The title as the reader sees it, with the words marked."""
    title = shown(priority, "title")
    return Marked(pieces(title.text, matches_in(title.text, words)), title.language)


def excerpt_of(priority: Priority, words: Sequence[str]) -> Marked | None:
    """Where a word stands that the title, as shown, does not have: some words of that text around it.

    The reader's own language first, then the original, then the others; the field with the most of the words.
    """
    title = fold(shown(priority, "title").text)
    wanted = [word for word in words if word not in title]
    if not wanted:
        return None
    reader = get_language() or "en"
    best: tuple[int, str, str] | None = None
    for language in dict.fromkeys((reader, priority.source_language, *LANGUAGE_CODES)):
        for field in Priority.TEXTS:
            plain = fold(getattr(priority, f"{field}_{language}") or "")
            score = sum(word in plain for word in wanted)
            if score and (best is None or score > best[0]):
                best = (score, field, language)
    if best is None:
        return None
    _score, field, language = best
    found = _cut(getattr(priority, f"{field}_{language}"), words, wanted)
    part = capfirst(str(Priority._meta.get_field(field).verbose_name))  # type: ignore[union-attr]
    return replace(
        found,
        language=language,
        where=part if language == reader else f"{part} ({language_name(language, reader)})",
    )


def _cut(text: str, words: Sequence[str], wanted: Sequence[str]) -> Marked:
    """About ``EXCERPT`` characters around the first of ``wanted``, cut between words."""
    text = re.sub(r"[ \t\r\n]+", " ", text).strip()
    first, last = matches_in(text, wanted)[0]
    start, end = max(0, first - EXCERPT // 3), min(len(text), max(last, first + EXCERPT * 2 // 3))
    if start:
        start = text.find(" ", start, first) + 1 or start
    if end < len(text):
        end = max(text.rfind(" ", last, end), last)
    part = text[start:end]
    cut = pieces(part, matches_in(part, words))
    if start:
        cut.insert(0, ("… ", False))
    if end < len(text):
        cut.append((" …", False))
    return Marked(cut, "")
