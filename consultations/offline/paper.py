"""The form on paper: the same questions with the same numbers, lines to write on, boxes to tick. It names nobody."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from planning_portal.documents.models import Audience, RenderedDocument
from planning_portal.documents.queries import Edition
from planning_portal.documents.report import hash_of
from planning_portal.languages.names import country_name
from planning_portal.languages.queries import attach_units, shown
from planning_portal.programme.models import Level

from ..models import Consultation, ConsultationState
from .layout import FORM_VERSION, Choices, questions

KIND = "priority_form"
LINES = {"title": 2, "situation": 9, "concerned": 3, "change": 5, "together": 5}
"""How many lines each answer gets: two pages for one priority."""


def version_of(consultation: Consultation) -> str:
    """The form's version and a mark of what can be chosen: when the themes change, another one is made."""
    choices = Choices.of(consultation)
    named = [*choices.themes, *choices.groups]
    texts = [[getattr(one, f"{one.TEXTS[0]}_{code}") for code in ("en", "es", "fr", "nl")] for one in named]
    return f"{FORM_VERSION}-{hash_of({'texts': texts})[:6]}"


def paper_edition(consultation: Consultation) -> Edition:
    """The form on paper as it is now, in its four languages."""
    return Edition.of(consultation, KIND, version=version_of(consultation), audience=Audience.MEMBERS)


def title_of(consultation: Consultation, language: str) -> str:
    with override(language):
        return _("Propose a priority: %(country)s") % {"country": country_name(consultation.country.iso2, language)}


def file_name_of(consultation: Consultation, language: str, version: str) -> str:
    return f"form-v{version}_{language}.pdf"


def url_of(consultation: Consultation) -> str:
    return reverse("consultations:offline-form", args=[consultation.public_id])


def can_read(user: Any, document: RenderedDocument) -> bool:
    """The country's own circle: who fills it in, and who leads their meeting."""
    return bool(user.is_authenticated and user.has_perm("consultations.view_country_level", document.subject))


def stands(consultation: Consultation, version: str) -> bool:
    return consultation.state != ConsultationState.CLOSED and version == version_of(consultation)


def paper_report(consultation: Consultation, language: str, audience: str) -> dict[str, Any]:
    """The questions in their order; each with its choices, or with so many lines."""
    choices = Choices.of(consultation)
    attach_units([*choices.themes, *choices.groups])
    options: dict[str, list[Any]] = {
        "theme": [shown(theme, "title", language) for theme in choices.themes],
        "level": [str(level.label).capitalize() for level in Level],
        "groups": [shown(group, "name", language) for group in choices.groups],
    }
    return {
        "what": country_name(consultation.country.iso2, language),
        "questions": [
            {
                "number": question.number,
                "label": question.label,
                "help_text": question.help_text,
                "options": options.get(question.part, []),
                "lines": LINES.get(question.part, 0),
            }
            for question in questions()
        ],
    }
