"""The five hues of the zones: one definition for pages, charts and documents.

They survive red-green and blue-yellow blindness and differ in lightness; each has its own pattern and the zone's
two-letter code beside it, so that grey print and no colour at all still read. portal.css repeats the values as custom
properties (``--zone-la``): a test keeps the two the same.
"""

from __future__ import annotations

from dataclasses import dataclass

INK = "#1d2a33"
QUIET = "#4b5a64"
LINE = "#ddd6ca"
EDGE = "#7f8a8f"
PAPER = "#fbf8f3"
SUNKEN = "#f3eee4"
ACT = "#0f5c6e"
NOW = "#c9772b"
DONE = "#2f6f4e"
STOP = "#a83a2a"


@dataclass(frozen=True)
class Hue:
    """A zone's colour: on light ground and print (``light``), on dark ground, the ink on each, and its pattern."""

    key: str
    light: str
    dark: str
    ink: str
    pattern: str


ZONES = (
    Hue("la", "#1f4e79", "#78a9df", "#ffffff", "plain"),
    Hue("as", "#edc15c", "#f0cb74", "#14191d", "dots"),
    Hue("ca", "#b5532a", "#dd8a5f", "#ffffff", "rising"),
    Hue("wa", "#3f9b8a", "#5fbcaa", "#14191d", "level"),
    Hue("be", "#c7a0c4", "#d9b6d6", "#14191d", "crossed"),
)
NONE = Hue("none", EDGE, "#7c8992", "#14191d", "plain")
_BY_KEY = {hue.key: hue for hue in ZONES}


def hue_of(code: str) -> Hue:
    """The hue of a zone's code; a zone that was added later gets the neutral one and is told by its code alone."""
    return _BY_KEY.get(code.lower(), NONE)
