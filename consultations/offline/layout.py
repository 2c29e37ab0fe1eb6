"""Where what stands in the form: known to the writer and to the reader, and to nobody else."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.utils.translation import gettext as _
from django.utils.translation import override

from planning_portal.languages.names import language_name
from planning_portal.languages.services import LANGUAGE_CODES
from planning_portal.organisations.models import Organisation
from planning_portal.programme.models import Level, Theme, WorkerGroup

from ..limits import LIMITS
from ..models import Consultation
from ..queries import option_label

FORM_VERSION = 1
"""Grows when a question is added, taken away or moved: a form of another version is refused."""
SALT = "consultations.offline"

LANGUAGE_CELL = "C4"
VERSION_CELL = "C5"
KEY_CELL = "C6"
CODES_ROW = 8
HEADS_ROW = 9
FIRST_ROW = 10
ROWS = 10
MOST_ROWS = 500
TICK = "x"
TEXTS = ("title", "situation", "concerned", "change", "together")


@dataclass(frozen=True)
class FormKey:
    """What a form is: which one of all that were ever fetched, for whom, of which version."""

    key: uuid.UUID
    consultation: str
    organisation: str
    version: int

    def signed(self) -> str:
        """What stands in the locked cell. Nothing is stored when a form is fetched."""
        value = [self.key.hex, self.consultation, self.organisation, self.version]
        return signing.Signer(salt=SALT).sign_object(value)

    @classmethod
    def read(cls, text: str) -> FormKey | None:
        """The key in a cell, if it is one that this portal made."""
        try:
            key, consultation, organisation, version = signing.Signer(salt=SALT).unsign_object(text.strip())
            return cls(uuid.UUID(key), str(consultation), str(organisation), int(version))
        except (signing.BadSignature, ValueError, TypeError):
            return None


def new_key(consultation: Consultation, organisation: Organisation) -> FormKey:
    return FormKey(uuid.uuid4(), consultation.public_id.hex, organisation.public_id.hex, FORM_VERSION)


@dataclass(frozen=True)
class Question:
    """A question of the form: its number is the same on paper and in the workbook, in every language."""

    number: int
    part: str
    label: str
    help_text: str
    limit: int = 0

    @property
    def heading(self) -> str:
        return f"{self.number}. {self.label}"


def questions() -> list[Question]:
    """The questions in the order of the five pages, in the active language."""
    asked = (
        ("title", _("Title"), _("In one line: what should change, and for whom?")),
        ("theme", _("Theme"), _("If several fit, choose the one that matters most.")),
        ("level", _("Level"), _("Where does the answer have to be found?")),
        (
            "situation",
            _("The situation"),
            _("What is wrong today? Say what you see where you are, with a figure or an example if you have one."),
        ),
        ("groups", _("Groups of workers"), _("Choose all that fit.")),
        ("concerned", _("Who it concerns"), _("Who are they, where, and about how many?")),
        ("change", _("In five years"), _("What should have changed by then? How would one notice it?")),
        (
            "together",
            _("What we would do together"),
            _("What can organisations of several countries do here that none can do alone?"),
        ),
    )
    return [Question(number, *texts, LIMITS.get(texts[0], 0)) for number, texts in enumerate(asked, start=1)]


@dataclass(frozen=True)
class Choices:
    """What can be chosen: objects in their order, and every word by which each is known, in whichever language."""

    themes: list[Theme]
    groups: list[WorkerGroup]
    theme_words: dict[str, int]
    level_words: dict[str, str]
    language_words: dict[str, str]

    @classmethod
    def of(cls, consultation: Consultation) -> Choices:
        themes = list(Theme.objects.filter(programme_id=consultation.step.programme_id))
        theme_words: dict[str, int] = {}
        level_words: dict[str, str] = {}
        language_words: dict[str, str] = {}
        for language in LANGUAGE_CODES:
            with override(language):
                theme_words |= {folded(option_label(theme, "title")): theme.pk for theme in themes}
                level_words |= {folded(str(level.label)): level.value for level in Level}
                language_words |= {folded(language_name(code, language)): code for code in LANGUAGE_CODES}
        language_words |= {code: code for code in LANGUAGE_CODES}
        return cls(themes, list(WorkerGroup.objects.all()), theme_words, level_words, language_words)

    def codes(self) -> list[str]:
        """The code of each column from B on: what the hidden row says."""
        columns: list[str] = []
        for question in questions():
            is_many = question.part == "groups"
            columns += [f"group:{group.slug}" for group in self.groups] if is_many else [question.part]
        return columns


def folded(text: Any) -> str:
    """A choice as it is compared: case and spacing do not count."""
    return " ".join(str(text).split()).casefold()
