"""Short words that have one writer and one language, and are no text to be translated until a country has agreed."""

from __future__ import annotations

from typing import Any

from planning_portal.languages.models import Multilingual
from planning_portal.languages.services import LANGUAGE_CODES, set_source, source_text


def language_of(language: str, by: Any) -> str:
    """The language that the writer said; from a page that did not ask, their own."""
    return language if language in LANGUAGE_CODES else by.preferred_language


def write_words(obj: Multilingual, language: str, **words: str) -> None:
    """Put ``words`` in the place of what was said before, in whichever language that was. The caller saves."""
    obj.source_language = language
    for field in words:
        for code in LANGUAGE_CODES:
            setattr(obj, f"{field}_{code}", "")
    set_source(obj, **words)


def says_already(obj: Multilingual, field: str, words: str, language: str) -> bool:
    """Whether these are the words that stand there, in the same language as far as one was said: the same words with
    another language put right what they are marked with."""
    if source_text(obj, field) != words:
        return False
    return not words or language not in LANGUAGE_CODES or language == obj.source_language
