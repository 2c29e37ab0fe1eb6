"""The portal's own words in a language: what a reader of that language sees on a button."""

from __future__ import annotations

from django.utils import translation
from django.utils.translation import gettext, pgettext


def said(language: str, words: str, context: str = "", **parts: object) -> str:
    """``words`` (the English message) in ``language``, its parts filled in."""
    with translation.override(language):
        text = pgettext(context, words) if context else gettext(words)
    return text % parts if parts else text
