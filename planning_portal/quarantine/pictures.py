"""Pictures are decoded and drawn anew: no place, no device, no time, nothing hidden behind the last line."""

from __future__ import annotations

import io
import warnings

from PIL import Image, ImageOps

from .limits import LONGEST_SIDE, MOST_PIXELS, MOST_PIXELS_JPEG
from .refusal import Refusal

Image.MAX_IMAGE_PIXELS = MOST_PIXELS_JPEG
SAVING = {
    "JPEG": {"quality": 85, "optimize": True},
    "PNG": {},
    "WEBP": {"quality": 85, "method": 2},
    "GIF": {},
    "BMP": {},
    "TIFF": {},
}
"""How each kind is written. The last three are never taken by themselves: they occur in documents."""
TAKEN = ("JPEG", "PNG", "WEBP")


def clean_picture(data: bytes, formats: tuple[str, ...] = TAKEN) -> bytes:
    """The first picture of the file in its own kind: upright, at most ``LONGEST_SIDE`` pixels, and nothing else.

    Turning comes before everything is dropped that says how to turn. Colours are taken as sRGB. Raises Refusal.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            with Image.open(io.BytesIO(data), formats=formats) as picture:
                return _drawn_anew(picture)
        except (Refusal, MemoryError):
            raise
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise Refusal("pixels") from error
        except Exception as error:
            raise Refusal("broken") from error


def _drawn_anew(picture: Image.Image) -> bytes:
    # Some telephones write several pictures into one JPEG file.
    kind = "JPEG" if picture.format == "MPO" else str(picture.format)
    most = MOST_PIXELS_JPEG if kind == "JPEG" else MOST_PIXELS
    if picture.width * picture.height > most:
        raise Refusal("pixels")
    orientation = picture.getexif().get(0x0112, 1)
    picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    drawn = _plain(picture, has_alpha=kind in {"PNG", "WEBP", "GIF", "TIFF"})
    drawn.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    drawn = _upright(drawn, orientation)
    drawn.info = {}
    made = io.BytesIO()
    drawn.save(made, kind, **SAVING[kind])
    return made.getvalue()


def _plain(picture: Image.Image, *, has_alpha: bool) -> Image.Image:
    """Grey, colour, or colour with transparency: no palettes, no print colours, nothing deeper than eight bits."""
    if has_alpha and picture.has_transparency_data:
        return picture.convert("RGBA")
    return picture.convert("L" if picture.mode in {"1", "L"} else "RGB")


def _upright(picture: Image.Image, orientation: int) -> Image.Image:
    picture.getexif()[0x0112] = orientation
    return ImageOps.exif_transpose(picture)
