"""A clean copy of a file: the same to look at, without who made it, where, and without anything that acts."""

from __future__ import annotations

from typing import Any

from .kinds import is_archive, is_pdf, picture_kind
from .limits import LARGEST_FILE
from .refusal import Refusal


def clean(data: bytes) -> tuple[dict[str, Any], bytes]:
    """What kind of file it is, and its clean copy. Raises Refusal."""
    if not data:
        raise Refusal("empty")
    kind, made = _clean(data)
    if len(made) > LARGEST_FILE:
        raise Refusal("large")
    return {"kind": kind}, made


def _clean(data: bytes) -> tuple[str, bytes]:
    if kind := picture_kind(data):
        from .pictures import clean_picture

        return kind, clean_picture(data)
    if is_archive(data):
        from .office import clean_office

        return clean_office(data)
    if is_pdf(data):
        from .pdfs import clean_pdf

        return "pdf", clean_pdf(data)
    raise Refusal("kind")
