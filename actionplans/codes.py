"""The numbering of a plan, the same in every language, so that people of four languages can say "1.2.3".

An outcome is "1", its outputs "1.1", an output's activities "1.1.1"; indicators take letters: "1.a", "1.1.b". A code is
given once: what is removed leaves a gap, nothing is renumbered under those who speak of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

Key = tuple[tuple[int, int, str], ...]


def natural_key(code: str) -> Key:
    """Sorts "1.2" before "1.10", and "L2" before "L10"."""
    parts = re.findall(r"\d+|[^\d.]+", code)
    return tuple((0, int(part), "") if part.isdigit() else (1, len(part), part) for part in parts)


def next_position(positions: Iterable[int]) -> int:
    """One more than the highest in use."""
    return max(positions, default=0) + 1


def child_code(parent: str, position: int) -> str:
    """The code of an output or an activity: "1.2"."""
    return f"{parent}.{position}" if parent else str(position)


def indicator_code(parent: str, position: int) -> str:
    """The code of an indicator: "1.2.a", after "1.2.z" comes "1.2.aa"."""
    letters = ""
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(ord("a") + rest) + letters
    return f"{parent}.{letters}"
