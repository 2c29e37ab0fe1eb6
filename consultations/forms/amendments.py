"""The companion's forms for merging, splitting and rewording, and the organisations' answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from planning_portal.languages.queries import shown
from planning_portal.organisations.models import Country
from planning_portal.programme.models import Level, Theme, WorkerGroup

from ..limits import TEXT_LIMIT, TITLE_LIMIT
from ..models import Amendment, AmendmentKind, ParkedProposal, Priority
from ..queries import option_label
from ..services.proposals import MOST_RESULTS, marks_of, parts_of
from .acting import ActingForm
from .drafts import LimitedText
from .versioned import VersionedForm
from .written import WrittenForm, ask_in, language_choices

DAYS_TO_ANSWER = 7
REASON_LIMIT = 1000


def end_of_day_in(country: Country, day: date) -> datetime:
    """The last minute of ``day`` by the country's own clock."""
    return datetime.combine(day, time(23, 59), tzinfo=ZoneInfo(country.time_zone)).astimezone(UTC)


class StartAmendmentForm(forms.Form):
    """What to do with which submitted texts."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What do you propose?"),
        choices=[
            (AmendmentKind.MERGE, gettext_lazy("Merge two or more priorities into one text")),
            (AmendmentKind.SPLIT, gettext_lazy("Split one priority into two or more")),
            (AmendmentKind.REWORD, gettext_lazy("Reword one priority")),
        ],
        widget=forms.RadioSelect,
        initial=AmendmentKind.MERGE,
    )

    def __init__(self, *args: Any, priorities: Sequence[Priority], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.priorities = {str(priority.public_id): priority for priority in priorities}
        self.fields["sources"] = forms.MultipleChoiceField(
            label=_("Which priorities?"),
            choices=[(key, shown(priority, "title").text) for key, priority in self.priorities.items()],
            widget=forms.CheckboxSelectMultiple,
            error_messages={"required": _("Choose the priorities first.")},
        )

    def sources(self) -> list[Priority]:
        return [self.priorities[key] for key in self.cleaned_data["sources"]]


class AmendmentForm(VersionedForm):
    """The proposed texts, one group of fields for each; everything is optional until it is sent.

    With ``parked`` it begins with what this person had typed in it when a colleague was faster, and ``settles`` says
    so to the service. Sent, it has the texts that the page had: a colleague may have added or removed one since.
    """

    settles = forms.BooleanField(widget=forms.HiddenInput, required=False)
    seen = forms.JSONField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, amendment: Amendment, parked: ParkedProposal | None = None, **kwargs: Any):
        self.amendment = amendment
        country = amendment.consultation.country
        typed = {**parts_of(amendment), **(parked.fields if parked else {})}
        texts = [typed[f"text-{number}"] for number in range(MOST_RESULTS) if f"text-{number}" in typed]
        self.count = len(texts)
        if args and args[0] is not None:
            most = MOST_RESULTS if amendment.kind == AmendmentKind.SPLIT else 1
            self.count = sum(f"title_{number}" in args[0] for number in range(most))
        values = {"why": typed["why"], "settles": parked is not None, "seen": marks_of(amendment), **_values(texts)}
        kwargs["initial"] = {"version": amendment.version, **values}
        kwargs["use_required_attribute"] = False
        super().__init__(*args, **kwargs)
        themes = [
            (str(theme.pk), option_label(theme, "title"))
            for theme in Theme.objects.filter(programme_id=amendment.consultation.step.programme_id)
        ]
        groups = [(str(group.pk), option_label(group, "name")) for group in WorkerGroup.objects.all()]
        for number in range(self.count):
            self._add_text(number, themes, groups)
        self.fields["language"] = forms.ChoiceField(
            label=_("Written in"), choices=language_choices(), initial=typed["language"], required=False
        )
        self.fields["why"] = self._text(
            _("Why you propose it"),
            REASON_LIMIT,
            rows=4,
            help_text=_("The organisations that are asked will read this."),
        )
        self.fields["answer_by"] = forms.DateField(
            label=_("Answers until"),
            help_text=_("Until the end of this day, by the clock of the country. After that you decide and say why."),
            required=False,
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            initial=lambda: timezone.localdate(timezone=ZoneInfo(country.time_zone)) + timedelta(days=DAYS_TO_ANSWER),
            error_messages={"invalid": _("Write the day, for example 2026-03-14.")},
        )
        for name, field in self.fields.items():
            field.needed_later = not name.startswith("groups")  # type: ignore[attr-defined]

    def opening(self) -> SafeString:
        return format_html("{}{}{}", super().opening(), self["settles"], self["seen"])

    def _text(self, label: Any, limit: int, *, rows: int, help_text: Any = "") -> LimitedText:
        language = self.amendment.source_language
        return LimitedText(label=label, limit=limit, rows=rows, language=language, help_text=help_text)

    def _add_text(self, number: int, themes: list[tuple[str, str]], groups: list[tuple[str, str]]) -> None:
        def named(part: str) -> Any:
            return Priority._meta.get_field(part).verbose_name.capitalize()  # type: ignore[union-attr]

        self.fields[f"title_{number}"] = self._text(named("title"), TITLE_LIMIT, rows=2)
        self.fields[f"theme_{number}"] = forms.ChoiceField(
            label=named("theme"), choices=[("", "—"), *themes], required=False
        )
        self.fields[f"level_{number}"] = forms.ChoiceField(
            label=named("level"),
            choices=[("", "—"), *((level.value, level.label.capitalize()) for level in Level)],
            required=False,
        )
        for part in Priority.TEXTS[1:]:
            self.fields[f"{part}_{number}"] = self._text(named(part), TEXT_LIMIT, rows=8)
        self.fields[f"groups_{number}"] = forms.MultipleChoiceField(
            label=named("groups"), choices=groups, required=False, widget=forms.CheckboxSelectMultiple
        )

    def error_label(self, field: forms.BoundField) -> str:
        """Which text a field belongs to, for the summary of errors."""
        number = field.name.rpartition("_")[2]
        if self.count < 2 or not number.isdecimal():
            return str(field.label)
        return _("Text %(number)d: %(label)s") % {"number": int(number) + 1, "label": field.label}

    def sections(self) -> list[list[forms.BoundField]]:
        """The fields of each text, in the order of the page."""
        order = ("title", "theme", "level", "situation", "concerned", "groups", "change", "together")
        return [[self[f"{part}_{number}"] for part in order] for number in range(self.count)]

    def texts(self) -> list[dict[str, Any]]:
        data = self.cleaned_data
        return [
            {
                **{part: data[f"{part}_{number}"] for part in (*Priority.TEXTS, "level")},
                "theme": int(data[f"theme_{number}"]) if data[f"theme_{number}"] else None,
                "groups": [int(pk) for pk in data[f"groups_{number}"]],
            }
            for number in range(self.count)
        ]

    def deadline(self) -> datetime:
        """Raises ValidationError when no day was chosen."""
        day = self.cleaned_data.get("answer_by")
        if day is None:
            raise ValidationError({"answer_by": _("Choose until when the organisations can answer.")})
        return end_of_day_in(self.amendment.consultation.country, day)

    def guards(self) -> dict[str, Any]:
        """With the marks of what the page was filled with."""
        seen = self.cleaned_data["seen"]
        return {**super().guards(), "seen": seen if isinstance(seen, dict) else {}}

    def say_what_is_missing(self, missing: Sequence[str]) -> None:
        for name in missing:
            number, _dash, part = name.partition("-")
            field = f"{part}_{number}" if part else name
            self.add_error(field if field in self.fields else None, _("Fill this in before you send it."))


def _values(texts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for number, text in enumerate(texts):
        values |= {f"{part}_{number}": text.get(part) or "" for part in (*Priority.TEXTS, "theme", "level")}
        values[f"groups_{number}"] = [str(pk) for pk in text.get("groups") or []]
    return values


class AnswerForm(WrittenForm, ActingForm):
    """Accept or decline are the buttons; a reason is needed for declining only."""

    WORDS = "reason"
    reason = LimitedText(
        label=gettext_lazy("Your reason"),
        help_text=gettext_lazy("Needed when you decline. The other organisations and the companion will read it."),
        limit=REASON_LIMIT,
        rows=3,
    )


class VerdictForm(forms.Form):
    """The companion's reason: for deciding after the deadline, withdrawing, undoing; in the proposal's ``language``."""

    verdict = LimitedText(
        label=gettext_lazy("Why"),
        help_text=gettext_lazy("The organisations will read it."),
        limit=REASON_LIMIT,
        rows=3,
        needed=True,
    )

    def __init__(self, *args: Any, language: str, **kwargs: Any):
        super().__init__(*args, **kwargs)
        ask_in(self.fields["verdict"], language)
