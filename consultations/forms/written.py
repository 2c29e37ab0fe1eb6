"""Short words of one person, and the language they are in: what others read is marked and labelled by it."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from planning_portal.languages.names import language_name


def language_choices(reader: str | None = None) -> list[tuple[str, str]]:
    """The four languages by their names in the reader's language."""
    reader = reader or get_language() or "en"
    return [(code, language_name(code, reader)) for code, _name in settings.LANGUAGES]


class WrittenForm(forms.Form):
    """``WORDS`` is the field of the words. Their language is that of the page unless the writer says another.

    It is not required: a page from before it asked, or one that broke off above it, is taken as well, and the service
    then assumes the writer's own.
    """

    WORDS: ClassVar[str] = "words"

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["language"] = forms.ChoiceField(
            label=_("I am writing in"),
            choices=language_choices(),
            initial=get_language(),
            required=False,
            widget=forms.Select(attrs={"class": "short"}),
        )
        self.fields["language"].needed_later = True  # type: ignore[attr-defined]

    def __getitem__(self, name: str) -> forms.BoundField:
        """What comes back typed is marked with its language, for whoever hears it read or has it spell-checked."""
        field = super().__getitem__(name)
        if name == self.WORDS:
            field.field.widget.attrs["lang"] = super().__getitem__("language").value()
        return field


def ask_in(field: forms.Field, language: str) -> None:
    """For words that are kept with others, in the others' language: say in which one to write."""
    ask = _("Write it in this language: %(language)s.") % {"language": language_name(language, get_language() or "en")}
    field.help_text = f"{field.help_text} {ask}".strip()
    field.widget.attrs["lang"] = language
