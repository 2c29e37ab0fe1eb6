"""Everything a document may refer to, read from our own packages into memory: fonts, style sheet, pictures."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from io import BytesIO
from pathlib import Path

from fontTools.ttLib import TTFont

DIRECTORY = Path(__file__).parent / "assets"
FAMILY = "Source Sans Pro"
SIGNS_FAMILY = "Portal Signs"
FACES = {
    "SourceSansPro-Regular.ttf": (400, "normal"),
    "SourceSansPro-It.ttf": (400, "italic"),
    "SourceSansPro-Semibold.ttf": (600, "normal"),
    "SourceSansPro-SemiboldIt.ttf": (600, "italic"),
    "SourceSansPro-Bold.ttf": (700, "normal"),
}
CONTENT_TYPES = {".css": "text/css", ".svg": "image/svg+xml", ".png": "image/png", ".ttf": "font/ttf"}


@dataclass(frozen=True)
class Asset:
    """A file of ours, by its content and type."""

    content: bytes
    content_type: str


@lru_cache(maxsize=32)
def find(name: str) -> Asset | None:
    """The asset called ``name``, or None: a name that is not in our own lists leads nowhere."""
    suffix = Path(name).suffix
    if name in FACES:
        return Asset(files("font_source_sans_pro").joinpath("files", name).read_bytes(), CONTENT_TYPES[suffix])
    if name in names():
        return Asset((DIRECTORY / name).read_bytes(), CONTENT_TYPES[suffix])
    return None


@cache
def names() -> frozenset[str]:
    """The files that lie beside this page for documents to use."""
    return frozenset(path.name for path in DIRECTORY.iterdir() if path.suffix in CONTENT_TYPES)


def font_faces(*, with_signs: bool = False) -> str:
    """The ``@font-face`` rules of our family, and of the signs that it lacks."""
    rule = "@font-face {{ font-family: '{}'; src: url(asset:{}); font-weight: {}; font-style: {} }}"
    rules = [rule.format(FAMILY, name, weight, style) for name, (weight, style) in FACES.items()]
    if with_signs:
        rules.append(rule.format(SIGNS_FAMILY, "signs.ttf", 400, "normal"))
    return "\n".join(rules)


@cache
def regular_font() -> TTFont:
    """The upright face, opened."""
    asset = find("SourceSansPro-Regular.ttf")
    assert asset is not None  # noqa: S101 (it is one of FACES)
    return TTFont(BytesIO(asset.content), lazy=True)


@cache
def covered() -> frozenset[int]:
    """The code points that our family can draw."""
    return frozenset(regular_font().getBestCmap())
