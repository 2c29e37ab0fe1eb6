"""A small writer of accessible SVG: everything escaped, every number finite, colours by role."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable
from typing import Any, Literal

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from planning_portal.web import palette

Target = Literal["page", "print"]
PRINT_FONT = "Source Sans Pro"
# An average letter of our faces is this part of its size wide: good enough to wrap a label.
LETTER = 0.54

# What a role looks like where no stylesheet helps.
PRINT_ROLES: dict[str, dict[str, str]] = {
    "quiet": {"fill": palette.QUIET},
    "ground": {"fill": palette.SUNKEN},
    "paper": {"fill": "#ffffff"},
    "line": {"stroke": palette.LINE},
    "edge": {"stroke": palette.EDGE},
    "act": {"fill": palette.ACT},
    "on-act": {"fill": "#ffffff"},
    "now": {"fill": palette.NOW},
    "ribbon": {"fill-opacity": "0.34"},
    "span": {"fill": palette.ACT, "fill-opacity": "0.3"},
    "ink-line": {"stroke": palette.INK},
    **{f"z-{hue.key}": {"fill": hue.light} for hue in (*palette.ZONES, palette.NONE)},
    **{f"o-{hue.key}": {"stroke": hue.light} for hue in (*palette.ZONES, palette.NONE)},
    **{f"on-{hue.key}": {"fill": hue.ink} for hue in (*palette.ZONES, palette.NONE)},
    **{f"m-{hue.key}": {"stroke": hue.ink, "stroke-opacity": "0.2"} for hue in (*palette.ZONES, palette.NONE)},
}
PATTERNS = {
    "dots": '<path d="M2 2h.01M6 6h.01" stroke-width="2.4" stroke-linecap="round"{}/>',
    "rising": '<path d="M-2 10L10 -2M-2 2L2 -2M6 10L10 6" stroke-width="1.4"{}/>',
    "level": '<path d="M0 2h8M0 6h8" stroke-width="1.4"{}/>',
    "crossed": '<path d="M0 4h8M4 0v8" stroke-width="1.2"{}/>',
}


def plain(value: float | int) -> str:
    """A coordinate with at most two decimals. Raises ValueError for what is no finite number."""
    if not math.isfinite(value):
        raise ValueError(f"A chart cannot draw {value!r}.")
    return f"{round(float(value), 2):g}"


class Picture:
    """An SVG under construction. Coordinates are the view box's own units."""

    def __init__(self, title: str, description: str, target: Target, *, size: float = 12):
        self.title = title
        self.description = description
        self.target = target
        self.size = size
        self.parts: list[SafeString] = []
        self.patterns: set[str] = set()
        self.has_links = False
        self.name = "c" + hashlib.sha256(f"{title}|{description}".encode()).hexdigest()[:8]

    def role(self, *roles: str) -> SafeString:
        """How the roles colour an element: a class on pages, attributes in print."""
        if self.target == "page":
            return format_html(' class="{}"', " ".join(roles))
        attributes = {name: value for role in roles for name, value in PRINT_ROLES.get(role, {}).items()}
        return format_html_join("", ' {}="{}"', attributes.items())

    def rect(self, x: float, y: float, width: float, height: float, *roles: str, **attributes: Any) -> None:
        self.parts.append(self._rect(x, y, width, height, self.role(*roles), attributes))

    def _rect(
        self, x: float, y: float, width: float, height: float, look: SafeString, attributes: dict[str, Any]
    ) -> SafeString:
        return format_html(
            '<rect x="{}" y="{}" width="{}" height="{}"{}{}/>',
            plain(x),
            plain(y),
            plain(max(0, width)),
            plain(max(0, height)),
            look,
            more(attributes),
        )

    def filled(self, x: float, y: float, width: float, height: float, zone: str, **attributes: Any) -> None:
        """A rectangle in a zone's colour with the zone's pattern over it."""
        hue = palette.hue_of(zone)
        self.rect(x, y, width, height, f"z-{hue.key}", **attributes)
        if hue.pattern != "plain" and width > 0 and height > 0:
            self.patterns.add(hue.key)
            look = format_html(' fill="url(#{}-{})"', self.name, hue.key)
            self.parts.append(self._rect(x, y, width, height, look, attributes))

    def circle(self, x: float, y: float, radius: float, *roles: str, **attributes: Any) -> None:
        self.parts.append(
            format_html(
                '<circle cx="{}" cy="{}" r="{}"{}{}/>',
                plain(x),
                plain(y),
                plain(radius),
                self.role(*roles),
                more(attributes),
            )
        )

    def line(self, x1: float, y1: float, x2: float, y2: float, *roles: str, **attributes: Any) -> None:
        self.parts.append(
            format_html(
                '<line x1="{}" y1="{}" x2="{}" y2="{}"{}{}/>',
                plain(x1),
                plain(y1),
                plain(x2),
                plain(y2),
                self.role(*roles),
                more(attributes),
            )
        )

    def path(self, points: str, *roles: str, title: str = "") -> None:
        self.parts.append(
            format_html(
                '<path d="{}"{}>{}</path>',
                points,
                self.role(*roles),
                format_html("<title>{}</title>", title) if title else "",
            )
        )

    def text(
        self,
        x: float,
        y: float,
        value: object,
        *roles: str,
        size: float | None = None,
        anchor: str = "start",
        bold: bool = False,
    ) -> None:
        attributes: dict[str, Any] = {}
        if size and size != self.size:
            attributes["font_size"] = plain(size)
        if anchor != "start":
            attributes["text_anchor"] = anchor
        if bold:
            attributes["font_weight"] = "700"
        look = self.role(*roles) if roles else SafeString("")
        self.parts.append(
            format_html('<text x="{}" y="{}"{}{}>{}</text>', plain(x), plain(y), look, more(attributes), value)
        )

    def lines(self, x: float, y: float, words: Iterable[str], *roles: str, leading: float = 1.25, **how: Any) -> None:
        """Several lines of text under each other, the first at ``y``."""
        size = how.get("size") or self.size
        for number, line in enumerate(words):
            self.text(x, y + number * size * leading, line, *roles, **how)

    def open_group(self, *, title: str = "", href: str = "") -> None:
        if href:
            self.has_links = True
            self.parts.append(format_html('<a href="{}" aria-label="{}">', href, title))
        self.parts.append(format_html("<g>{}", format_html("<title>{}</title>", title) if title else ""))

    def close_group(self, *, href: str = "") -> None:
        self.parts.append(SafeString("</g></a>" if href else "</g>"))

    def close(self, width: float, height: float) -> SafeString:
        """The finished picture. With links in it, it is a group: an image has no parts that one can reach."""
        font = format_html(' font-family="{}" fill="{}"', PRINT_FONT, palette.INK) if self.target == "print" else ""
        return format_html(
            '<svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox="0 0 {} {}" width="{}" height="{}"'
            ' role="{}" aria-labelledby="{}-t" font-size="{}"{}><title id="{}-t">{}</title><desc>{}</desc>{}{}</svg>',
            plain(width),
            plain(height),
            plain(width),
            plain(height),
            "group" if self.has_links else "img",
            self.name,
            plain(self.size),
            font,
            self.name,
            self.title,
            self.description,
            self._definitions(),
            SafeString("".join(self.parts)),
        )

    def _definitions(self) -> SafeString:
        if not self.patterns:
            return SafeString("")
        patterns = format_html_join(
            "",
            '<pattern id="{}-{}" width="8" height="8" patternUnits="userSpaceOnUse">{}</pattern>',
            (
                (self.name, hue.key, format_html(PATTERNS[hue.pattern], self._mark(hue.key)))
                for hue in palette.ZONES
                if hue.key in self.patterns
            ),
        )
        return format_html("<defs>{}</defs>", patterns)

    def _mark(self, key: str) -> SafeString:
        return format_html('{} fill="none"', self.role(f"m-{key}"))


def more(attributes: dict[str, Any]) -> SafeString:
    """Further attributes: ``stroke_width=2`` is written ``stroke-width="2"``."""
    return format_html_join(
        "",
        ' {}="{}"',
        (
            (name.replace("_", "-"), plain(value) if isinstance(value, int | float) else value)
            for name, value in attributes.items()
        ),
    )


def wrapped(label: str, width: float, size: float, most: int = 3) -> list[str]:
    """``label`` in lines that fit ``width``; the last of at most ``most`` lines ends in "…" when more is left."""
    room = max(4, int(width / (size * LETTER)))
    lines: list[str] = [""]
    for word in str(label).split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > room:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    lines = [line if len(line) <= room + 2 else line[: room - 1] + "…" for line in lines]
    if len(lines) > most:
        lines = [*lines[: most - 1], lines[most - 1][: room - 1].rstrip() + "…"]
    return lines
