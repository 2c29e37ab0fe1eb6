"""How many where: rows (themes, levels) by columns (zones). The number stands in the cell; the shade only helps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from planning_portal.web import palette
from planning_portal.web.formatting import format_number

from .svg import LETTER, Picture, Target, wrapped

ROOM = 132.0
CELL_HEIGHT = 34.0
GAP = 3.0
WIDTH = 360.0
LABEL = 11.0


@dataclass(frozen=True)
class Column:
    """A column: its short label, its full name, and its zone's code when it is a zone."""

    label: str
    name: str = ""
    zone: str = ""


def matrix(
    rows: Sequence[str],
    columns: Sequence[Column],
    values: Sequence[Sequence[int | float | None]],
    *,
    title: str,
    description: str = "",
    suppressed: str = "·",
    texts: Sequence[Sequence[str]] | None = None,
    full_width: float = WIDTH,
    target: Target = "page",
) -> SafeString:
    """``values[row][column]``; ``None`` is a number that is not shown (too few to stay anonymous, or none to have).

    ``texts`` stand in the cells instead of the numbers, which then only shade them ("2/5" on two fifths).
    """
    picture = Picture(title, description, target)
    width = (full_width - ROOM) / max(1, len(columns)) - GAP
    known = [value for row in values for value in row if value is not None]
    largest = max(known, default=0) or 1
    for number, column in enumerate(columns):
        _draw_head(picture, column, ROOM + number * (width + GAP), width)
    top = 30.0
    for line, (label, row) in enumerate(zip(rows, values, strict=True)):
        words = wrapped(label, ROOM - 8, LABEL)
        height = max(CELL_HEIGHT, len(words) * LABEL * 1.25 + 6)
        first = top + height / 2 - (len(words) - 1) * LABEL * 0.625 + 4
        picture.lines(0, first, words, size=LABEL)
        for number, value in enumerate(row):
            text = suppressed if value is None else texts[line][number] if texts else format_number(value)
            _draw_cell(picture, ROOM + number * (width + GAP), top, width, height, value, largest, text)
        top += height + GAP
    return picture.close(full_width, top)


def _draw_head(picture: Picture, column: Column, x: float, width: float) -> None:
    picture.open_group(title=column.name)
    middle = x + width / 2
    if column.zone:
        hue = palette.hue_of(column.zone)
        picture.rect(middle - 13, 4, 26, 18, f"z-{hue.key}", rx=3)
        picture.text(middle, 17, column.label, f"on-{hue.key}", size=LABEL, anchor="middle", bold=True)
    else:
        size = max(8.0, min(LABEL, width / (len(column.label) * LETTER or 1)))
        picture.text(
            middle, 18, wrapped(column.label, width + GAP, size, most=1)[0], size=size, anchor="middle", bold=True
        )
    picture.close_group()


def _draw_cell(
    picture: Picture,
    x: float,
    y: float,
    width: float,
    height: float,
    value: int | float | None,
    largest: float,
    text: str,
) -> None:
    picture.rect(x, y, width, height, "paper" if value else "ground", rx=3)
    middle = y + height / 2 + 4.5
    if value is None:
        picture.text(x + width / 2, middle, text, "quiet", anchor="middle")
        return
    share = max(0.0, min(1.0, value / largest))
    if share:
        picture.rect(x, y, width, height, "act", rx=3, fill_opacity=0.14 + 0.86 * share)
    look = ("on-act",) if share > 0.5 else ("quiet",) if not value else ()
    picture.text(x + width / 2, middle, text, *look, size=13, anchor="middle", bold=bool(value))
