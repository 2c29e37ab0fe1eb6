"""The small forms of the room: a code typed on a phone, a hand, what the screen shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from ..models import Gender, Room, RoomView
from ..models.room import JOIN_CODE_LENGTH
from ..services.temperature import LONGEST
from .workshop import capitalise, language_choices


class JoinForm(forms.Form):
    """The code on the screen, as it was typed: small letters, spaces and hyphens do no harm."""

    code = forms.CharField(
        label=_("code to join"),
        max_length=20,
        help_text=_("Six letters and digits: it stands on the screen of the room."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        capitalise(self)

    def clean_code(self) -> str:
        code = "".join(letter for letter in self.cleaned_data["code"].upper() if letter.isalnum())
        if len(code) != JOIN_CODE_LENGTH or not Room.objects.filter(join_code=code).exists():
            raise forms.ValidationError(
                _("No workshop has this code. Look at the screen again: a code can be renewed.")
            )
        return code


class HandForm(forms.Form):
    """In which language somebody will speak, and who it is, if they want to say."""

    organisation = forms.ChoiceField(label=_("organisation"))
    language = forms.ChoiceField(label=_("language of the speech"))
    gender = forms.ChoiceField(label=_("who speaks"), required=False)

    def __init__(self, *args: Any, organisations: Sequence[tuple[str, str]], language: str = "", **kwargs: Any):
        kwargs.setdefault("initial", {"language": language or get_language() or "en"})
        super().__init__(*args, **kwargs)
        self.fields["organisation"].choices = list(organisations)  # type: ignore[attr-defined]
        self.fields["language"].choices = language_choices()  # type: ignore[attr-defined]
        self.fields["gender"].choices = [("", _("not said")), *Gender.choices]  # type: ignore[attr-defined]
        if len(organisations) == 1:
            self.fields["organisation"].widget = forms.HiddenInput()
            self.fields["organisation"].initial = organisations[0][0]
        capitalise(self)


class TemperatureForm(forms.Form):
    """What the organisations are asked, and for how long."""

    question = forms.CharField(
        label=_("question"),
        max_length=200,
        required=False,
        help_text=_("Empty: about the session that is running. Name no organisation: it stands on the screen."),
    )
    language = forms.ChoiceField(label=_("You write in"))
    minutes = forms.IntegerField(label=_("minutes"), min_value=1, max_value=LONGEST, initial=2)

    def __init__(self, *args: Any, **kwargs: Any):
        kwargs.setdefault("initial", {"language": get_language() or "en", "minutes": 2})
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = language_choices()  # type: ignore[attr-defined]
        capitalise(self)


class ScreenForm(forms.Form):
    """What the screen of the room shows, in one language or two."""

    view = forms.ChoiceField(label=_("what the screen shows"), choices=RoomView.choices, widget=forms.RadioSelect)
    language = forms.ChoiceField(label=_("first language"))
    second_language = forms.ChoiceField(label=_("second language"), required=False)

    def __init__(self, *args: Any, room: Room | None = None, **kwargs: Any):
        if room is not None:
            names = ("view", "language", "second_language")
            kwargs.setdefault("initial", {name: getattr(room, name) for name in names})
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = language_choices()  # type: ignore[attr-defined]
        self.fields["second_language"].choices = [("", _("none")), *language_choices()]  # type: ignore[attr-defined]
        capitalise(self)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("language") and data.get("language") == data.get("second_language"):
            self.add_error("second_language", _("Choose another second language, or none."))
        return data
