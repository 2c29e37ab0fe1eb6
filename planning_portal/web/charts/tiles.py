"""The countries as tiles, zone by zone: no borders to argue about, readable at the size of a thumb."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.safestring import SafeString

from planning_portal.web import palette
from planning_portal.web.formatting import format_labelled

from .svg import Picture, Target, wrapped

SIGNS = {"done": "✓", "now": "◐", "to_come": "", "": ""}
TILE = 38.0
GAP = 4.0
COLUMN = 4 * (TILE + GAP) - GAP
BETWEEN = 24.0
LABEL = 11.0


@dataclass(frozen=True)
class Tile:
    """A country: its two letters, its place in its zone's grid, what is said of it, and where it leads.

    ``status``: "done" and "now" are filled and carry a sign, "to_come" is an outline, "" is filled without a sign.
    ``share`` (0 to 1) is a bar at the foot of the tile: how far the country is.
    """

    code: str
    name: str
    row: int
    column: int
    status: str = ""
    label: str = ""
    href: str = ""
    share: float | None = None


@dataclass(frozen=True)
class TileGroup:
    """A zone with its countries."""

    code: str
    name: str
    tiles: Sequence[Tile] = field(default_factory=tuple)


def tile_grid(
    groups: Sequence[TileGroup], *, title: str, description: str = "", target: Target = "page", columns: int = 2
) -> SafeString:
    """The zones beside and under each other, each group where the page is still shortest."""
    picture = Picture(title, description, target, size=13)
    heights = [0.0] * columns
    for group in groups:
        column = heights.index(min(heights))
        heights[column] += _draw(picture, group, column * (COLUMN + BETWEEN), heights[column]) + 18
    return picture.close(columns * COLUMN + (columns - 1) * BETWEEN, max(1.0, max(heights) - 16))


def _draw(picture: Picture, group: TileGroup, left: float, top: float) -> float:
    """Draw one zone; return its height."""
    hue = palette.hue_of(group.code)
    name = wrapped(group.name, COLUMN - 26, LABEL, most=2)
    picture.rect(left, top + 2, 20, 14, f"z-{hue.key}", rx=2)
    picture.text(left + 10, top + 12.5, group.code, f"on-{hue.key}", size=9, anchor="middle", bold=True)
    picture.lines(left + 26, top + 13, name, "quiet", size=LABEL)
    start = top + 14 + len(name) * LABEL * 1.25 - 6
    for tile in group.tiles:
        _draw_tile(picture, tile, group.code, left + tile.column * (TILE + GAP), start + tile.row * (TILE + GAP))
    rows = 1 + max((tile.row for tile in group.tiles), default=-1)
    return start - top + rows * (TILE + GAP) - GAP


def _draw_tile(picture: Picture, tile: Tile, zone: str, x: float, y: float) -> None:
    hue = palette.hue_of(zone)
    picture.open_group(title=format_labelled(tile.name, tile.label) if tile.label else tile.name, href=tile.href)
    if tile.status == "to_come":
        picture.rect(x + 1, y + 1, TILE - 2, TILE - 2, "paper", f"o-{hue.key}", rx=4, stroke_width=2)
        picture.text(x + TILE / 2, y + TILE / 2 + 5, tile.code, anchor="middle", bold=True)
    else:
        picture.filled(x, y, TILE, TILE, zone, rx=5)
        picture.text(x + TILE / 2, y + TILE / 2 + 5, tile.code, f"on-{hue.key}", anchor="middle", bold=True)
        if SIGNS.get(tile.status):
            picture.text(x + TILE - 5, y + 11, SIGNS[tile.status], f"on-{hue.key}", size=9, anchor="end")
    if tile.share is not None:
        room = TILE - 12
        picture.rect(x + 6, y + TILE - 9, room, 4, "paper", rx=2)
        picture.rect(x + 6, y + TILE - 9, room * min(1.0, max(0.0, tile.share)), 4, "act", rx=2)
    picture.close_group(href=tile.href)
