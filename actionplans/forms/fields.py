"""Fields of plan forms: texts in their writer's language, numbers as people write them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import get_language

from planning_portal.languages.names import language_name

from ..numbers import UnreadableNumber, read_number, write_number


class LocalNumberField(forms.Field):
    """A number in the reader's language; empty is None, never zero. What cannot be read stays as it was typed."""

    def __init__(self, *, decimals: int = 4, **kwargs: Any):
        attributes = {"inputmode": "decimal", "autocomplete": "off", "class": "short"}
        kwargs.setdefault("required", False)
        super().__init__(widget=forms.TextInput(attrs=attributes), **kwargs)
        self.decimals = decimals

    def prepare_value(self, value: Any) -> Any:
        return write_number(value, get_language() or "en") if isinstance(value, Decimal) else value

    def to_python(self, value: Any) -> Decimal | None:
        if value is None or isinstance(value, Decimal):
            return value
        if not str(value).strip():
            return None
        try:
            return read_number(str(value), get_language() or "en", decimals=self.decimals)
        except UnreadableNumber as error:
            raise ValidationError(str(error)) from error

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return self.to_python(initial) != self.to_python(data)
        except ValidationError:
            return True


class WrittenText(forms.CharField):
    """People's words: several lines, with a counter, in the language of the writer (``ItemForm`` sets ``lang``)."""

    def __init__(self, *, rows: int = 3, **kwargs: Any):
        attributes = {"rows": rows, "dir": "auto", "data-counter": True}
        super().__init__(widget=forms.Textarea(attrs=attributes), **kwargs)


def capitalised(choices: type[models.TextChoices]) -> list[tuple[str, str]]:
    """The choices as they stand in a list of their own."""
    return [(value, str(label).capitalize()) for value, label in choices.choices]


def language_choices() -> list[tuple[str, str]]:
    """The portal's languages by their names in the reader's language."""
    reader = get_language() or "en"
    return [(code, language_name(code, reader).capitalize()) for code, _name in settings.LANGUAGES]
