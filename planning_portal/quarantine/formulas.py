"""Which formulas of a workbook reach nothing but the workbook itself: told by what they may call."""

from __future__ import annotations

import re

QUOTED = re.compile(r""""(?:[^"]|"")*"|'(?:[^']|'')*'""")
"""A text in double quotes, or the name of a sheet in single ones."""
# From the start of a word only, so that a long one is read once.
CALL = re.compile(r"(?<![\w.?])([\w.?]+)\s*\(")
# Another program (DDE: app|topic), another workbook ([1]Sheet!A1; [0] is the workbook itself), an address, a path.
REACHES_OUT = re.compile(r"\||\[(?!0\]!)|\\|//|\"")
CALLS = frozenset(
    (
        "ABS", "AND", "AVERAGE", "COLUMN", "COLUMNS", "COUNT", "COUNTA", "COUNTBLANK", "COUNTIF", "COUNTIFS", "DATE",
        "DAY", "EXACT", "FALSE", "FIND", "IF", "IFERROR", "INDEX", "INT", "ISBLANK", "ISERROR", "ISNA", "ISNUMBER",
        "ISTEXT", "LARGE", "LEFT", "LEN", "LOWER", "MATCH", "MAX", "MEDIAN", "MID", "MIN", "MOD", "MONTH", "NOT", "NOW",
        "OFFSET", "OR", "RANK", "RIGHT", "ROUND", "ROW", "ROWS", "SEARCH", "SMALL", "SUBSTITUTE", "SUM", "SUMIF",
        "SUMPRODUCT", "TODAY", "TRIM", "TRUE", "UPPER", "VALUE", "VLOOKUP", "WEEKDAY", "YEAR",
    )
)  # fmt: skip


def is_harmless(formula: str) -> bool:
    """Whether a formula refers to cells and names of its own workbook and calls nothing but ``CALLS``."""
    texts_out = QUOTED.sub(lambda found: "" if found[0].startswith('"') else found[0], formula)
    bare = QUOTED.sub("", formula)
    if REACHES_OUT.search(texts_out) or "'" in bare:
        return False
    return all(call.upper() in CALLS for call in CALL.findall(bare))
