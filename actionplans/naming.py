"""What a plan is called: its line's title, or its organisation as the reader may know it."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language, pgettext

from planning_portal.languages.models import Multilingual
from planning_portal.languages.queries import ShownText
from planning_portal.organisations.identity import Viewer, name_of

from .models import ActionPlan


@dataclass(frozen=True)
class PlanName:
    """A code ("L3", or none) and words: people's (``ShownText``) or ours."""

    code: str
    words: Any

    def __str__(self) -> str:
        return f"{self.code} {self.words}".strip()


def name_of_plan(plan: ActionPlan, viewer: Viewer) -> PlanName:
    """The plan's name for lists and links; how good a translation is stands on the plan's own page."""
    if plan.line is not None:
        return PlanName(plan.line.code, text_for_link(plan.line, "title"))
    assert plan.organisation is not None  # noqa: S101 (a plan is of a line or of an organisation)
    # Translators: after the name of an organisation, or "a trade union in West Africa".
    words = pgettext("action plan of an organisation", "Own action plan: %(organisation)s")
    return PlanName("", words % {"organisation": name_of(plan.organisation, viewer)})


def alphabetical(words: str) -> str:
    """A key that sorts words as a reader looks them up: accents and capitals make no difference."""
    return "".join(sign for sign in unicodedata.normalize("NFKD", words) if not unicodedata.combining(sign)).casefold()


def capital(words: Any) -> str:
    """The words as they stand at the head of a row: with a capital, the rest as it was."""
    return f"{str(words)[:1].upper()}{str(words)[1:]}"


def text_for_link(obj: Multilingual, field: str, language: str = "") -> ShownText:
    """The reader's language, else the original with its language: no query, no label."""
    language = language or get_language() or "en"
    text = getattr(obj, f"{field}_{language}") or ""
    if text:
        return ShownText(text, language)
    return ShownText(getattr(obj, f"{field}_{obj.source_language}") or "", obj.source_language)
