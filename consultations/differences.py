"""Two versions of a text, word by word: what stayed, what was taken out, what was put in."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rapidfuzz.distance import Indel

WORDS = re.compile(r"\s+|\w+|[^\w\s]", re.UNICODE)


@dataclass(frozen=True)
class Piece:
    """A run of words: ``kind`` is "same", "deleted" or "inserted"."""

    kind: str
    text: str


def word_differences(before: str, after: str) -> list[Piece]:
    """The pieces in reading order; what was deleted stands before what was put in its place.

    Joined, all but the inserted are ``before``, all but the deleted are ``after``: nothing is lost or made up. The
    longest common subsequence of words, by rapidfuzz: a few milliseconds for two texts of 4,000 characters.
    """
    old, new = WORDS.findall(before), WORDS.findall(after)
    pieces: list[Piece] = []
    deleted: list[str] = []
    inserted: list[str] = []

    def settle() -> None:
        if deleted:
            pieces.append(Piece("deleted", "".join(deleted)))
        if inserted:
            pieces.append(Piece("inserted", "".join(inserted)))
        deleted.clear()
        inserted.clear()

    for step in Indel.opcodes(old, new):
        if step.tag == "equal":
            settle()
            pieces.append(Piece("same", "".join(old[step.src_start : step.src_end])))
        else:
            deleted.extend(old[step.src_start : step.src_end])
            inserted.extend(new[step.dest_start : step.dest_end])
    settle()
    return pieces
