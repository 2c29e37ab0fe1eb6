"""From what was proposed to what will be done: three columns of stacked nodes, ribbons as wide as their number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from planning_portal.web import palette

from .svg import Picture, Target, plain, wrapped

WIDTH = 720.0
BAR = 12.0
GAP = 14.0
LABEL = 12.0
LINE = LABEL * 1.2
TALLEST = 420.0


@dataclass(frozen=True)
class Node:
    """A thing in one of the columns. ``note`` (a number in words) stands under its label."""

    key: str
    label: str
    note: str = ""
    zone: str = ""
    href: str = ""


@dataclass(frozen=True)
class Link:
    """How much of ``source`` went to ``target``, a node of the next column."""

    source: str
    target: str
    value: float


@dataclass
class _Place:
    x: float
    y: float
    height: float
    used_left: float = 0.0
    used_right: float = 0.0


def flow(
    columns: Sequence[Sequence[Node]],
    links: Sequence[Link],
    *,
    title: str,
    description: str = "",
    headings: Sequence[str] = (),
    target: Target = "page",
) -> SafeString:
    """Columns from left to right. A node is as tall as what comes in or goes out, whichever is more.

    The ribbons that leave a node together are never taller than it, and never change their width on the way.
    Raises KeyError for a link of a node that is not there.
    """
    picture = Picture(title, description, target, size=LABEL)
    sizes = node_sizes(columns, links)
    busiest = max((sum(sizes[node.key] for node in column) for column in columns), default=0) or 1
    most = max((len(column) for column in columns), default=1)
    scale = min(TALLEST, 60.0 * most) / busiest
    top = 24.0 if headings else 4.0
    places, bottom = _place(columns, sizes, scale, top)
    for number, heading in enumerate(headings):
        x, anchor = _label_place(number, len(columns), _column_x(number, len(columns)))
        picture.text(x, 12, heading, "quiet", anchor=anchor, bold=True)
    looks = {node.key: f"z-{palette.hue_of(node.zone).key}" for column in columns for node in column if node.zone}
    for link in sorted(links, key=lambda one: (places[one.source].y, places[one.target].y)):
        _draw_ribbon(
            picture, places[link.source], places[link.target], link.value * scale, looks.get(link.source, "act")
        )
    for number, column in enumerate(columns):
        for node in column:
            _draw_node(picture, node, places[node.key], number, len(columns))
    return picture.close(WIDTH, bottom)


def node_sizes(columns: Sequence[Sequence[Node]], links: Sequence[Link]) -> dict[str, float]:
    """What each node holds: the larger of what comes in and what goes out."""
    going = {node.key: 0.0 for column in columns for node in column}
    coming = dict(going)
    for link in links:
        if link.value < 0:
            raise ValueError("A ribbon cannot have a negative width.")
        going[link.source] += link.value
        coming[link.target] += link.value
    return {key: max(going[key], coming[key]) for key in going}


def _column_x(number: int, count: int) -> float:
    """Outer columns keep room for their labels at the edges of the picture, inner ones carry theirs at their right."""
    if count < 2:
        return 0.0
    room = 190.0
    return room + number * (WIDTH - 2 * room - BAR) / (count - 1)


def _place(
    columns: Sequence[Sequence[Node]], sizes: dict[str, float], scale: float, top: float
) -> tuple[dict[str, _Place], float]:
    places = {}
    bottom = top
    for number, column in enumerate(columns):
        y = top
        for node in column:
            places[node.key] = _Place(_column_x(number, len(columns)), y, max(2.0, sizes[node.key] * scale))
            y += max(places[node.key].height, len(_words(node, 0 < number < len(columns) - 1)) * LINE) + GAP
        bottom = max(bottom, y)
    return places, bottom


def _words(node: Node, inner: bool) -> list[str]:
    """The node's label and note in lines; between two columns there is less room than at the edges."""
    label = wrapped(node.label, 140 if inner else 178, LABEL, most=3 if inner else 7)
    return [*label, *([node.note] if node.note else [])]


def _label_place(number: int, count: int, x: float) -> tuple[float, str]:
    if number == 0 and count > 1:
        return x - 8, "end"
    return x + BAR + 8, "start"


def _draw_ribbon(picture: Picture, source: _Place, target: _Place, width: float, look: str) -> None:
    left, right = source.x + BAR, target.x
    y1, y2 = source.y + source.used_right, target.y + target.used_left
    source.used_right += width
    target.used_left += width
    bend = (left + right) / 2
    a, b, c = plain(left), plain(bend), plain(right)
    picture.path(
        f"M{a} {plain(y1)}C{b} {plain(y1)} {b} {plain(y2)} {c} {plain(y2)}V{plain(y2 + width)}"
        f"C{b} {plain(y2 + width)} {b} {plain(y1 + width)} {a} {plain(y1 + width)}Z",
        look,
        "ribbon",
    )


def _draw_node(picture: Picture, node: Node, place: _Place, number: int, count: int) -> None:
    picture.open_group(title=f"{node.label} {node.note}".strip(), href=node.href)
    if node.zone:
        picture.filled(place.x, place.y, BAR, place.height, palette.hue_of(node.zone).key, rx=2)
    else:
        picture.rect(place.x, place.y, BAR, place.height, "act", rx=2)
    x, anchor = _label_place(number, count, place.x)
    words = _words(node, 0 < number < count - 1)
    first = place.y + max(LABEL, place.height / 2 - (len(words) - 1) * LINE / 2 + LABEL * 0.35)
    label = words[:-1] if node.note else words
    picture.lines(x, first, label, anchor=anchor, leading=1.2)
    if node.note:
        picture.text(x, first + len(label) * LINE, node.note, "quiet", anchor=anchor)
    picture.close_group(href=node.href)
