"""The companion's forms about the meeting itself: plan it, when and where, what was written about it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from planning_portal.languages.names import language_name, languages_spoken_in
from planning_portal.languages.services import source_text
from planning_portal.organisations.time_zones import zones_of_country

from ..limits import TEXT_LIMIT
from ..models import CivicSpace, Consultation
from .drafts import LimitedText
from .versioned import VersionedForm
from .written import language_choices

MINUTES_LIMIT = 20_000
FIRST_YEAR, LAST_YEAR = 2000, 2099
CIVIC_SPACE_HINTS = {
    CivicSpace.OPEN: gettext_lazy("Open: everyone can meet, speak and act, and is protected when they do"),
    CivicSpace.NARROWED: gettext_lazy("Narrowed: it can be done, with exceptions and some harassment"),
    CivicSpace.OBSTRUCTED: gettext_lazy("Obstructed: permits, surveillance or smears make it hard"),
    CivicSpace.REPRESSED: gettext_lazy("Repressed: who criticises risks prison, loss of registration or violence"),
    CivicSpace.CLOSED: gettext_lazy("Closed: it cannot be done without fear, in law or in fact"),
}


class LocalMoment(forms.DateTimeField):
    """A moment as the reader's own clock says it, with the browser's picker where there is one."""

    def __init__(self, **kwargs: Any):
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        super().__init__(
            required=False,
            widget=widget,
            input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%d/%m/%Y %H:%M"],
            **kwargs,
        )
        self.error_messages["invalid"] = gettext_lazy("Write the day and the time, for example 2026-03-14 09:30.")

    def clean(self, value: Any) -> Any:
        """The moment, of a believable year and of an hour that there was."""
        try:
            moment = super().clean(value)
        except ValidationError as error:
            if getattr(error, "code", "") == "ambiguous_timezone":
                raise ValidationError(
                    _("The clocks change in that night: choose a time one hour earlier or later.")
                ) from error
            raise
        if moment is not None and not FIRST_YEAR <= moment.year <= LAST_YEAR:
            raise ValidationError(
                _("Choose a year between %(first)d and %(last)d: is there a slip in the date?"),
                params={"first": FIRST_YEAR, "last": LAST_YEAR},
            )
        return moment


class MeetingLink(forms.URLField):
    """Where a meeting on line is entered: https only, so that nobody on the way reads who goes there."""

    def __init__(self, **kwargs: Any):
        super().__init__(required=False, max_length=500, assume_scheme="https", **kwargs)
        self.error_messages["invalid"] = gettext_lazy("Copy the whole address, beginning with https://.")

    def clean(self, value: Any) -> str:
        link = str(super().clean(value))
        if link and not link.startswith("https://"):
            raise ValidationError(_("Only a link that begins with https:// is safe for those who open it."))
        return link


class MeetingForm(forms.Form):
    """When and where. A day in the past may be a slip or a meeting recorded afterwards: who enters one says which."""

    starts_at = LocalMoment(label=gettext_lazy("Starts"))
    ends_at = LocalMoment(label=gettext_lazy("Ends"))
    held = forms.BooleanField(
        label=gettext_lazy("The meeting was held already: it is recorded afterwards"), required=False
    )
    place = forms.CharField(
        label=gettext_lazy("Place"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Only the organisations of the country and its companion can read it."),
    )
    link = MeetingLink(
        label=gettext_lazy("Link, if you meet on line"),
        help_text=gettext_lazy("Read by the same people; it stands in no mail and in no calendar file."),
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.known: list[datetime] = []
        self.asks_whether_held = False
        zone = timezone.get_current_timezone_name()
        hint = _("In your own time zone: %(zone)s.") % {"zone": zone}
        self.fields["starts_at"].help_text = hint

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("starts_at") and data.get("ends_at") and data["ends_at"] < data["starts_at"]:
            self.add_error("ends_at", _("The consultation cannot end before it starts: mend one of the two dates."))
        past = [
            name
            for name in ("starts_at", "ends_at")
            if data.get(name) and data[name] < timezone.now() and data[name] not in self.known
        ]
        self.asks_whether_held = bool(past)
        if past and not data.get("held"):
            self.add_error(
                past[0], _("This lies in the past: mend it, or say below that the meeting was held already.")
            )
        return data


class DatesForm(MeetingForm, VersionedForm):
    """The same for a consultation that is planned already, with its languages, its clock and its agenda."""

    field_order = ("starts_at", "ends_at", "time_zone", "place", "link", "languages", "agenda")

    def __init__(self, *args: Any, consultation: Consultation, **kwargs: Any):
        kwargs["initial"] = {
            "starts_at": consultation.starts_at,
            "ends_at": consultation.ends_at,
            "place": consultation.place,
            "link": consultation.link,
            "time_zone": consultation.zone_key,
            "languages": consultation.languages,
            "agenda": source_text(consultation, "agenda"),
            "version": consultation.version,
        }
        super().__init__(*args, **kwargs)
        moments = (consultation.starts_at, consultation.ends_at)
        self.known = [moment.replace(second=0, microsecond=0) for moment in moments if moment]
        zones = zones_of_country(consultation.country.iso2, get_language() or "en", consultation.country.time_zone)
        if consultation.zone_key not in dict(zones):
            zones.append((consultation.zone_key, consultation.zone_key))
        if len(zones) > 1:
            self.fields["time_zone"] = forms.ChoiceField(
                label=_("By which clock people meet"),
                help_text=_("The country has more than one time zone. Everyone reads the hour there beside their own."),
                choices=zones,
                required=False,
            )
        self.fields["languages"] = forms.MultipleChoiceField(
            label=_("Languages of the meeting"),
            help_text=_("Those that people will speak; whoever needs another one asks for interpretation."),
            choices=meeting_language_choices(consultation),
            widget=forms.CheckboxSelectMultiple(attrs={"wrapper_class": "choices-inline"}),
            required=False,
        )
        self.fields["agenda"] = LimitedText(
            label=_("Agenda"),
            help_text=_("One line for each part of the day, with its hour if you like."),
            limit=TEXT_LIMIT,
            language=consultation.source_language,
            rows=8,
        )
        self.order_fields(self.field_order)

    def parts(self) -> dict[str, Any]:
        """What ``save_dates`` takes beside the guards."""
        return {name: self.cleaned_data[name] for name in self.field_order if name in self.fields}

    def main_fields(self) -> list[forms.BoundField]:
        names = [name for name in self.field_order if name in self.fields]
        if self.asks_whether_held:
            names.insert(names.index("ends_at") + 1, "held")
        return [self[name] for name in names]


def meeting_language_choices(consultation: Consultation) -> list[tuple[str, str]]:
    """What is spoken in the country first, then the portal's four, then what was chosen before."""
    reader = get_language() or "en"
    spoken = languages_spoken_in(consultation.country.iso2)
    codes = dict.fromkeys([*spoken, *(code for code, _name in language_choices()), *consultation.languages])
    return [(code, language_name(code, reader)) for code in codes]


class PlanForm(MeetingForm):
    """A new consultation: which country, in which language its companion works, and when."""

    field_order = ("country", "language", "starts_at", "ends_at", "place", "link")

    def __init__(self, *args: Any, countries: Sequence[Any], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.countries = {str(country.pk): country for country in countries}
        names = [(pk, country.name) for pk, country in self.countries.items()]
        # Nobody plans for the first country of the list by not looking.
        self.fields["country"] = forms.ChoiceField(
            label=_("Country"), choices=names if len(names) == 1 else [("", "—"), *names]
        )
        self.fields["language"] = forms.ChoiceField(
            label=_("Working language"),
            help_text=_("The context, the minutes and the reasons are written in it. Empty: the country's own."),
            choices=[("", "—"), *language_choices()],
            required=False,
        )
        self.order_fields(self.field_order)

    def country(self) -> Any:
        return self.countries[self.cleaned_data["country"]]


class TextsForm(VersionedForm):
    """What is said of the country, and the minutes, in the language the companion works in."""

    PARTS = ("context", "civic_space", "civic_space_note", "lessons", "minutes")

    def __init__(self, *args: Any, consultation: Consultation, **kwargs: Any):
        texts = [part for part in self.PARTS if part in consultation.TEXTS]
        kwargs["initial"] = {
            "version": consultation.version,
            "civic_space": consultation.civic_space,
            **{name: source_text(consultation, name) for name in texts},
        }
        super().__init__(*args, **kwargs)

        def text(label: str, help_text: str, limit: int, rows: int) -> LimitedText:
            return LimitedText(
                label=label, help_text=help_text, limit=limit, rows=rows, language=consultation.source_language
            )

        self.fields["context"] = text(
            _("Context of the country"),
            _("In a few lines: what happens there that the programme must know?"),
            TEXT_LIMIT,
            6,
        )
        self.fields["civic_space"] = forms.ChoiceField(
            label=_("How free civic space is"),
            help_text=_("The word that fits best, in the meeting's own judgement."),
            choices=[("", _("Not said")), *CIVIC_SPACE_HINTS.items()],
            widget=forms.RadioSelect,
            required=False,
        )
        self.fields["civic_space_note"] = text(
            _("Why this word"), _("How freely can organisations act, and what has changed?"), TEXT_LIMIT, 5
        )
        self.fields["lessons"] = text(
            _("What the current programme taught"), _("What worked, what did not, what to do otherwise."), TEXT_LIMIT, 6
        )
        self.fields["minutes"] = text(
            _("Minutes"),
            _("What was said and decided. Only the country, its companion and the facilitators read this."),
            MINUTES_LIMIT,
            16,
        )

    def parts(self) -> dict[str, Any]:
        """What ``set_minutes`` takes; what an older form did not hold stays as it is."""
        return {part: self.cleaned_data[part] for part in self.PARTS if part in self.data or part == "minutes"}

    def main_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.PARTS]
