"""What every page loads: within its budget, of one palette, readable in light and dark."""

import re
from itertools import pairwise
from pathlib import Path

import brotli
import pytest
from django.conf import settings

from planning_portal.web import palette

STATIC = Path(settings.BASE_DIR) / "planning_portal/static/portal"
BUDGETS = {"portal.css": 10_240, "portal.js": 4_096, "mark.svg": 600}


@pytest.mark.parametrize(("name", "budget"), BUDGETS.items())
def test_file_is_within_its_budget(name, budget):
    assert len(brotli.compress((STATIC / name).read_bytes())) <= budget


def test_nothing_comes_from_elsewhere(stylesheet):
    assert "url(" not in stylesheet
    assert "@import" not in stylesheet
    assert "://" not in (STATIC / "portal.js").read_text(encoding="utf-8")


def tokens(stylesheet, dark):
    light_block, dark_block = re.findall(r":root \{(.*?)\n\s*\}", stylesheet, re.DOTALL)[:2]
    values = dict(re.findall(r"--([\w-]+):\s*([^;]+);", light_block))
    return values | dict(re.findall(r"--([\w-]+):\s*([^;]+);", dark_block)) if dark else values


def luminance(colour):
    digits = colour.lstrip("#")
    digits = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


INKS = ("ink", "quiet", "act", "act-strong", "done", "stop", "now-ink")
TEXT_ON = [
    *((ink, ground) for ink in INKS for ground in ("paper", "surface", "sunken")),
    ("on-act", "act"), ("on-act", "act-strong"), ("act-strong", "act-soft"), ("act", "act-soft"), ("ink", "act-soft"),
    ("now-ink", "now-soft"), ("ink", "now-soft"), ("done", "done-soft"), ("ink", "done-soft"), ("stop", "stop-soft"),
    ("ink", "stop-soft"), ("act", "stop-soft"), ("act", "now-soft"), ("act", "done-soft"), ("quiet", "now-soft"),
    ("paper", "ink"),
]  # fmt: skip


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT_ON)
def test_text_can_be_read(stylesheet, ink, ground, dark):
    values = tokens(stylesheet, dark)
    assert contrast(values[ink], values[ground]) >= 4.5


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("sign", "ground"),
    [("edge", "surface"), ("edge", "paper"), ("act", "paper"), ("now", "surface"), ("done", "surface")],
)
def test_edges_and_signs_can_be_seen(stylesheet, sign, ground, dark):
    values = tokens(stylesheet, dark)
    assert contrast(values[sign], values[ground]) >= 3


def test_zones_have_one_palette(stylesheet):
    light, dark = tokens(stylesheet, False), tokens(stylesheet, True)
    for hue in palette.ZONES:
        assert (light[f"zone-{hue.key}"], dark[f"zone-{hue.key}"]) == (hue.light, hue.dark)
        for prefix in ("z", "o", "m"):
            assert f".{prefix}-{hue.key}" in stylesheet


def test_codes_can_be_read_on_their_zone():
    for hue in palette.ZONES:
        assert contrast(hue.ink, hue.light) >= 4.5
        assert contrast("#14191d", hue.dark) >= 4.5


def test_zones_differ_in_pattern_and_in_grey():
    assert len({hue.pattern for hue in palette.ZONES}) == len(palette.ZONES)
    greys = sorted(luminance(hue.light) for hue in palette.ZONES)
    assert all(after - before > 0.02 for before, after in pairwise(greys))


def test_print_uses_the_tokens(stylesheet):
    light = tokens(stylesheet, False)
    names = {"INK": "ink", "QUIET": "quiet", "LINE": "line", "EDGE": "edge", "PAPER": "paper", "SUNKEN": "sunken"}
    names |= {"ACT": "act", "NOW": "now", "DONE": "done", "STOP": "stop"}
    assert {name: getattr(palette, name) for name in names} == {name: light[token] for name, token in names.items()}


def test_motion_colour_and_print_are_cared_for(stylesheet):
    for query in ("prefers-reduced-motion", "forced-colors", "@media print", "prefers-color-scheme: dark"):
        assert query in stylesheet
