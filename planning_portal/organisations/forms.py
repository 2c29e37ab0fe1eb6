"""Forms for people and organisations. Each error says what to do, beside the field."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from .models import Identity, Organisation, User
from .queries import programme_time_zones
from .services import is_tighter
from .time_zones import zone_choices


def time_zone_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("Time zone"), help_text=_("Times are shown as your clock shows them."), choices=[("UTC", "UTC")]
    )


def fill_time_zones(field: forms.ChoiceField, current: str) -> None:
    """Give the field its choices in the reader's language; a zone that is kept but unknown here stays a choice."""
    field.choices = zone_choices(get_language() or "en", [*programme_time_zones(), current])


class InvitationForm(forms.Form):
    """Whom to invite. Without an organisation (a companion, a facilitator) there is no mandate to give."""

    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off", "inputmode": "email", "spellcheck": "false"}),
    )
    language = forms.ChoiceField(
        label=_("Language of the invitation"), choices=settings.LANGUAGES, widget=forms.RadioSelect
    )
    has_mandate = forms.BooleanField(
        label=_("May cast the organisation's ballot"),
        help_text=_("In a workshop each organisation has one ballot; any of its people with the mandate can cast it."),
        required=False,
    )

    def __init__(self, *args: Any, organisation: Organisation | None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if organisation is None:
            del self.fields["has_mandate"]


class AcceptForm(forms.Form):
    """A new account: how the person wants to be called, and how they will sign in."""

    name = forms.CharField(
        label=_("Name, as you write it"),
        help_text=_("The people of your organisation and the team of the programme see it."),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = forms.CharField(
        label=_("Password"),
        help_text=_("At least 10 characters. Four words that do not belong together are easy to keep in mind."),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES, widget=forms.RadioSelect)
    time_zone = time_zone_field()

    def __init__(self, *args: Any, email: str, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.email = email
        fill_time_zones(self.fields["time_zone"], self.initial.get("time_zone", "UTC"))  # type: ignore[arg-type]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("password"):
            person = User(email=self.email, name=cleaned.get("name", ""))
            try:
                validate_password(cleaned["password"], person)
            except forms.ValidationError as error:
                self.add_error("password", error)
        return cleaned


class ProfileForm(forms.Form):
    """What a person says about themselves. ``version`` is what the form was filled from."""

    name = forms.CharField(
        label=_("Name, as you write it"),
        help_text=_("The people of your organisation and the team of the programme see it."),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    language = forms.ChoiceField(
        label=_("Language"),
        help_text=_("Of the pages after you sign in, and of our mails."),
        choices=settings.LANGUAGES,
        widget=forms.RadioSelect,
    )
    time_zone = time_zone_field()
    no_mail = forms.BooleanField(
        label=_("Never e-mail me"),
        help_text=_("Otherwise a mail says at most once a day that there is something new, never what."),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        fill_time_zones(self.fields["time_zone"], self.initial.get("time_zone", "UTC"))  # type: ignore[arg-type]


class IdentityForm(forms.Form):
    """How the organisation appears. ``version`` is the identity that the person saw when they chose."""

    identity = forms.ChoiceField(label=_("What others may read"), choices=Identity.choices)
    version = forms.ChoiceField(choices=Identity.choices, widget=forms.HiddenInput)

    def __init__(self, *args: Any, organisation: Organisation, may_loosen: bool, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.possible = [value for value in Identity.values if may_loosen or is_tighter(value, organisation.identity)]
