"""Amounts by year: one column for each year, cut by zone or by kind, with its total on top."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString

from planning_portal.web import palette
from planning_portal.web.formatting import format_labelled, format_number

from .svg import LETTER, Picture, Target

WIDTH = 360.0
HEIGHT = 170.0
TOP = 22.0


@dataclass(frozen=True)
class Series:
    """One part of every column: its name, its value for each year, and the zone's code that gives it its look.

    Without a zone the series take the five looks in turn.
    """

    name: str
    values: Sequence[Any]
    zone: str = ""


def bars(
    years: Sequence[int | str],
    series: Sequence[Series],
    *,
    title: str,
    description: str = "",
    format_value: Callable[[Any], str] = format_number,
    target: Target = "page",
) -> SafeString:
    """Stacked columns on one scale. Values are not negative."""
    picture = Picture(title, description, target, size=11)
    looks = [one.zone or palette.ZONES[number % len(palette.ZONES)].key for number, one in enumerate(series)]
    totals = [sum(float(one.values[number] or 0) for one in series) for number in range(len(years))]
    largest = max(totals, default=0) or 1
    step = WIDTH / max(1, len(years))
    width = min(56.0, step * 0.66)
    ground = TOP + HEIGHT
    for number, year in enumerate(years):
        left = number * step + (step - width) / 2
        top = ground
        for one, look in zip(series, looks, strict=True):
            value = float(one.values[number] or 0)
            if value < 0:
                raise ValueError("A column cannot show a negative amount.")
            height = HEIGHT * value / largest
            if not height:
                continue
            top -= height
            picture.open_group(title=format_labelled(f"{year}, {one.name}", format_value(one.values[number])))
            picture.filled(left, top, width, height, look)
            picture.close_group()
        total = sum((one.values[number] or 0) for one in series)
        picture.text(left + width / 2, top - 5, format_value(total), anchor="middle", bold=True)
        picture.text(left + width / 2, ground + 15, year, "quiet", anchor="middle")
    picture.line(0, ground, WIDTH, ground, "edge", stroke_width=1)
    return picture.close(WIDTH, _draw_legend(picture, series, looks, ground + 30) if len(series) > 1 else ground + 22)


def _draw_legend(picture: Picture, series: Sequence[Series], looks: Sequence[str], top: float) -> float:
    """The names of the series, as many on a line as fit; return where the picture ends."""
    left = 0.0
    for one, look in zip(series, looks, strict=True):
        needed = 22 + len(one.name) * 11 * LETTER + 14
        if left and left + needed > WIDTH:
            left, top = 0.0, top + 18
        picture.filled(left, top, 16, 12, look, rx=2)
        picture.text(left + 22, top + 10, one.name)
        left += needed
    return top + 16
