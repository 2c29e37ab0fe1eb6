"""How far the zones agree on one candidate: a scale from nobody to everybody, each zone a dot on it."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import median as median_of

from django.utils.safestring import SafeString

from planning_portal.web import palette
from planning_portal.web.formatting import format_labelled, format_share

from .svg import Picture, Target

WIDTH = 360.0
SIDE = 16.0
RADIUS = 9.0


def strip(
    shares: Mapping[str, float],
    *,
    title: str,
    description: str = "",
    median: float | None = None,
    with_scale: bool = True,
    target: Target = "page",
) -> SafeString:
    """``shares``: zone code to its share of approval, 0 to 1. The bar spans the zones, the upright is the median."""
    picture = Picture(title, description, target, size=10)
    placed = sorted((min(1.0, max(0.0, float(share))), code) for code, share in shares.items())
    levels = _levels([share for share, _code in placed])
    height = max(levels, default=0) * (2 * RADIUS + 1)
    axis = 12 + height + RADIUS
    picture.line(SIDE, axis, WIDTH - SIDE, axis, "edge", stroke_width=1)
    for mark in (0.0, 0.25, 0.5, 0.75, 1.0):
        picture.line(_x(mark), axis - 4, _x(mark), axis + 4, "edge", stroke_width=1)
        if with_scale:
            anchor = {0.0: "start", 1.0: "end"}.get(mark, "middle")
            edge = {0.0: -SIDE, 1.0: SIDE}.get(mark, 0.0)
            picture.text(_x(mark) + edge, axis + RADIUS + 14, format_share(mark), "quiet", anchor=anchor)
    if placed:
        low, high = _x(placed[0][0]), _x(placed[-1][0])
        picture.rect(low, axis - 3, high - low, 6, "span", rx=3)
        middle = _x(median if median is not None else median_of(share for share, _code in placed))
        picture.line(middle, axis - height - RADIUS - 6, middle, axis + RADIUS + 2, "ink-line", stroke_width=2)
    for (share, code), level in zip(placed, levels, strict=True):
        _draw_dot(picture, code, share, axis - level * (2 * RADIUS + 1))
    return picture.close(WIDTH, axis + RADIUS + (20 if with_scale else 6))


def _x(share: float) -> float:
    return SIDE + max(0.0, min(1.0, share)) * (WIDTH - 2 * SIDE)


def _levels(shares: list[float]) -> list[int]:
    """On which level each dot stands so that none covers another; ``shares`` ascend."""
    ends: list[float] = []
    levels = []
    for share in shares:
        x = _x(share)
        level = next((number for number, end in enumerate(ends) if x - end >= 2 * RADIUS), len(ends))
        if level == len(ends):
            ends.append(x)
        ends[level] = x
        levels.append(level)
    return levels


def _draw_dot(picture: Picture, code: str, share: float, y: float) -> None:
    hue = palette.hue_of(code)
    picture.open_group(title=format_labelled(code, format_share(share)))
    picture.circle(_x(share), y, RADIUS, f"z-{hue.key}")
    picture.text(_x(share), y + 3, code, f"on-{hue.key}", size=8.5, anchor="middle", bold=True)
    picture.close_group()
