"""Arithmetic and tables of the benchmark: pure functions, proven in tests/repository/test_bench.py."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field


def percentile(values: Iterable[float], share: float) -> float:
    """The smallest value that at least ``share`` (0 to 1) of ``values`` do not exceed: a value that really occurred."""
    ordered = sorted(values)
    if not ordered:
        raise ValueError("no values")
    if not 0 <= share <= 1:
        raise ValueError("a share lies between 0 and 1")
    return ordered[max(math.ceil(share * len(ordered)) - 1, 0)]


def median_ratio(one: Sequence[float], other: Sequence[float]) -> float:
    """The median of how many times as long ``one`` took as ``other``, round by round: what was measured side by side
    met the same machine, and one disturbed round does not decide."""
    return statistics.median(first / second for first, second in zip(one, other, strict=True))


def milliseconds(seconds: float) -> str:
    """A short time with two digits that mean something."""
    value = seconds * 1000
    return f"{value:.1f} ms" if value < 10 else f"{value:,.0f} ms"


def kilobytes(size: int) -> str:
    return f"{size / 1024:.1f} KB"


@dataclass
class Table:
    """Rows under heads, the first column to the left and the others to the right, with notes below."""

    title: str
    heads: Sequence[str]
    rows: list[Sequence[str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        lines = [list(self.heads), *map(list, self.rows)]
        widths = [max(len(line[column]) for line in lines) for column in range(len(self.heads))]
        drawn = [
            "  ".join(cell.rjust(width) if column else cell.ljust(width) for column, (cell, width) in enumerate(pairs))
            for pairs in (list(zip(line, widths, strict=True)) for line in lines)
        ]
        rule = "-" * len(drawn[0])
        return "\n".join([self.title, "", drawn[0], rule, *(line.rstrip() for line in drawn[1:]), *self.notes, ""])
