"""A face made on the spot for what Source Sans lacks: a few signs, drawn; anything else as an empty box.

A missing character must neither turn into a foreign face nor into an unnamed ``.notdef``: it gets a box of its own
that can be copied and searched as the character it stands for, and the last page of the document names it.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Sequence
from html import unescape
from io import BytesIO
from typing import NamedTuple

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

from .assets import SIGNS_FAMILY, Asset, covered, regular_font

UNITS = 1000
LEFT, RIGHT, BOTTOM, TOP = 60, 540, 0, 640
WIDTH = 600
NARROW = {"u0020": 220, "u2010": 360, "u2011": 360}
Point = tuple[float, float]
# Spaces of every width, joiners and line ends need no glyph: the shaper makes them from others.
INVISIBLE = {"Cc", "Cf", "Zs", "Zl", "Zp"}
MARKUP = re.compile(r"<[^>]*>")


def _polygon(pen: TTGlyphPen, *points: Point) -> None:
    pen.moveTo(points[0])
    for point in points[1:]:
        pen.lineTo(point)
    pen.closePath()


def _circle(pen: TTGlyphPen, radius: float, *, hole: bool = False, half: bool = False) -> None:
    """A disc around the middle of the box; ``hole`` turns it the other way round, ``half`` keeps its right side."""
    x, y = WIDTH / 2, TOP / 2
    start, sweep = (-math.pi / 2, math.pi) if half else (0.0, 2 * math.pi)
    parts = 4 if half else 8
    step = sweep / parts * (1 if hole else -1)
    if half:
        start = math.pi / 2
    bow = radius / math.cos(step / 2)
    pen.moveTo((x + radius * math.cos(start), y + radius * math.sin(start)))
    for part in range(parts):
        middle, end = start + step * (part + 0.5), start + step * (part + 1)
        pen.qCurveTo(
            (x + bow * math.cos(middle), y + bow * math.sin(middle)),
            (x + radius * math.cos(end), y + radius * math.sin(end)),
        )
    pen.closePath()


def _disc(pen: TTGlyphPen) -> None:
    _circle(pen, 230)


def _ring(pen: TTGlyphPen) -> None:
    _circle(pen, 230)
    _circle(pen, 180, hole=True)


def _half_disc(pen: TTGlyphPen) -> None:
    _ring(pen)
    _circle(pen, 205, half=True)


def _box(pen: TTGlyphPen) -> None:
    _polygon(pen, (LEFT, BOTTOM), (LEFT, TOP), (RIGHT, TOP), (RIGHT, BOTTOM))
    edge = 44
    _polygon(
        pen,
        (LEFT + edge, BOTTOM + edge),
        (RIGHT - edge, BOTTOM + edge),
        (RIGHT - edge, TOP - edge),
        (LEFT + edge, TOP - edge),
    )


def _pointer(pen: TTGlyphPen) -> None:
    _polygon(pen, (140, 100), (140, 540), (480, 320))


def _two_arrows(pen: TTGlyphPen) -> None:
    _polygon(pen, (40, 320), (180, 460), (180, 350), (420, 350), (420, 460), (560, 320), (420, 180), (420, 290),
             (180, 290), (180, 180))  # fmt: skip


def _hyphen(pen: TTGlyphPen) -> None:
    _polygon(pen, (60, 235), (60, 303), (300, 303), (300, 235))


def _nothing(pen: TTGlyphPen) -> None:
    """A space: words in a script that we lack are apart too."""


SPACE = 0x20
DRAWN: dict[int, Callable[[TTGlyphPen], None]] = {
    SPACE: _nothing,
    0x2010: _hyphen,
    0x2011: _hyphen,
    0x2194: _two_arrows,
    0x25A1: _box,
    0x25B8: _pointer,
    0x25CB: _ring,
    0x25CF: _disc,
    0x25D0: _half_disc,
}


def _uncovered(html: str) -> list[int]:
    text = unescape(MARKUP.sub(" ", html))
    own = covered()
    return sorted(
        code
        for code in map(ord, set(text))
        if code not in own and (code in DRAWN or unicodedata.category(chr(code)) not in INVISIBLE)
    )


class MissingCharacter(NamedTuple):
    """A character that we can only draw as a box: by its number and name, which can be printed."""

    code: str
    name: str


def missing_characters(html: str) -> list[MissingCharacter]:
    """What in the text of ``html`` we can only draw as a box, by code point."""
    return [
        MissingCharacter(f"U+{code:04X}", unicodedata.name(chr(code), "").lower())
        for code in _uncovered(html)
        if code not in DRAWN
    ]


def drawn_by_signs(html: str) -> list[str]:
    """What the made face draws of ``html``, in the order of its glyphs after ``.notdef``; empty when not needed."""
    codes = _uncovered(html)
    return [chr(code) for code in (SPACE, *codes)] if codes else []


def signs_face(characters: Sequence[str]) -> Asset:
    """A face that draws ``characters`` (from ``drawn_by_signs``). The same characters give the same bytes."""
    codes = [ord(character) for character in characters]
    names = {code: f"u{code:04X}" for code in codes}
    order = [".notdef", *names.values()]
    glyphs = {}
    for name, draw in [(".notdef", _box), *((names[code], DRAWN.get(code, _box)) for code in codes)]:
        pen = TTGlyphPen(None)
        draw(pen)
        glyphs[name] = pen.glyph()
    own = regular_font()
    ascent, descent = own["hhea"].ascent, own["hhea"].descent
    builder = FontBuilder(UNITS, isTTF=True)
    builder.font.recalcTimestamp = False
    builder.setupGlyphOrder(order)
    builder.setupCharacterMap(dict(names))
    builder.setupGlyf(glyphs)
    builder.setupHorizontalMetrics(
        {name: (NARROW.get(name, WIDTH), getattr(glyphs[name], "xMin", 0)) for name in order}
    )
    builder.setupHorizontalHeader(ascent=ascent, descent=descent)
    builder.setupNameTable({"familyName": SIGNS_FAMILY, "styleName": "Regular", "psName": "PortalSigns-Regular"})
    builder.setupOS2(sTypoAscender=ascent, sTypoDescender=descent, usWinAscent=ascent, usWinDescent=-descent)
    builder.setupPost()
    # With a rule for the default script the shaper leaves every script in the order in which it is written.
    builder.addOpenTypeFeatures("languagesystem DFLT dflt; feature ccmp { sub u0020 by u0020; } ccmp;")
    builder.font["head"].created = builder.font["head"].modified = 0
    file = BytesIO()
    builder.save(file)
    return Asset(file.getvalue(), "font/ttf")
