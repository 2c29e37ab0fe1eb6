"""How words are compared when people look for them: without accents and capitals, whoever typed them on whatever keys.

"securite" finds "Sécurité", "oeuvre" finds "œuvre", "l'eau" finds "l’eau". Only the accents of Latin, Greek and
Cyrillic letters go: in other scripts the marks are vowels.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

# Letters that have no accent to take off, and marks that keyboards exchange for one another.
SAME = {
    "œ": "oe",
    "æ": "ae",
    "ø": "o",
    "đ": "d",
    "ł": "l",
    "ı": "i",
    "’": "'",
    "‘": "'",
    "ʼ": "'",
    "“": '"',
    "”": '"',
    "«": '"',
    "»": '"',
    "–": "-",
    "—": "-",
    "‐": "-",
    "\u2011": "-",
    "\u00ad": "",
    "\u00a0": " ",
    "\u202f": " ",
}
FIRST_ACCENT, LAST_ACCENT = "\u0300", "\u036f"


@lru_cache(maxsize=4096)
def _fold_character(character: str) -> str:
    plain = character
    for _twice in range(2):  # taking a letter apart can bring forth a capital ("𝓐"), and the other way round
        plain = unicodedata.normalize("NFKD", plain.casefold())
    return "".join(SAME.get(one, one) for one in plain if not FIRST_ACCENT <= one <= LAST_ACCENT)


def fold(text: str) -> str:
    """``text`` as it is compared: small letters without accents, any white space a single space."""
    return " ".join("".join(map(_fold_character, text)).split())


def words_of(query: str, *, most: int = 8) -> list[str]:
    """The folded words of what somebody looks for, each once, the first ``most`` of them."""
    return list(dict.fromkeys(fold(query).split()))[:most]


def matches_in(text: str, words: Iterable[str]) -> list[tuple[int, int]]:
    """Where the folded ``words`` stand in ``text``: spans of its own characters, in order, not overlapping."""
    folded: list[str] = []
    origin: list[int] = []
    for place, character in enumerate(text):
        for one in _fold_character(character):
            folded.append(" " if one.isspace() else one)
            origin.append(place)
    plain = "".join(folded)
    found = []
    for word in filter(None, words):
        start = plain.find(word)
        while start >= 0:
            found.append((origin[start], _end_of(text, origin[start + len(word) - 1] + 1)))
            start = plain.find(word, start + len(word))
    return _joined(sorted(found))


def _end_of(text: str, place: int) -> int:
    """The accents written after the last letter belong to it."""
    while place < len(text) and FIRST_ACCENT <= text[place] <= LAST_ACCENT:
        place += 1
    return place


def _joined(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def pieces(text: str, spans: Iterable[tuple[int, int]]) -> list[tuple[str, bool]]:
    """``text`` cut at ``spans``: each piece with whether it is to be marked. Together they are the whole text."""
    found: list[tuple[str, bool]] = []
    place = 0
    for start, end in spans:
        if start > place:
            found.append((text[place:start], False))
        found.append((text[start:end], True))
        place = end
    if place < len(text):
        found.append((text[place:], False))
    return found
