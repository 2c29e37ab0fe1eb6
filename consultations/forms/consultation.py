"""The companion's forms: who was there, closing, opening again. When, where and what about: ``meeting.py``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from planning_portal.languages.services import source_text
from planning_portal.organisations.identity import Viewer, name_of
from planning_portal.organisations.models import Organisation

from ..limits import TEXT_LIMIT
from ..models import Consultation, Participation
from ..services import Presence
from .drafts import LimitedText
from .versioned import VersionedForm

COUNTS = ("women", "men", "other", "under_35")


class AttendanceForm(VersionedForm):
    """One line for each organisation of the country: invited, was there, how many people."""

    def __init__(
        self,
        *args: Any,
        consultation: Consultation,
        organisations: Sequence[Organisation],
        rows: Sequence[Participation],
        viewer: Viewer,
        **kwargs: Any,
    ):
        kwargs["initial"] = {"version": consultation.version}
        super().__init__(*args, **kwargs)
        known = {row.organisation_id: row for row in rows}
        self.organisations = sorted(organisations, key=lambda o: name_of(o, viewer).casefold())
        self.names = {o.pk: name_of(o, viewer) for o in self.organisations}
        for organisation in self.organisations:
            pk, name, row = organisation.pk, self.names[organisation.pk], known.get(organisation.pk)
            self.fields[f"invited_{pk}"] = _tick(
                _("%(organisation)s: invited") % {"organisation": name}, row is not None
            )
            self.fields[f"present_{pk}"] = _tick(
                _("%(organisation)s: was there") % {"organisation": name}, row is not None and row.is_present
            )
            labels = {
                "women": _("%(organisation)s: number of women"),
                "men": _("%(organisation)s: number of men"),
                "other": _("%(organisation)s: number of other people"),
                "under_35": _("%(organisation)s: number of people under 35"),
            }
            for count in COUNTS:
                self.fields[f"{count}_{pk}"] = _count(
                    labels[count] % {"organisation": name}, getattr(row, count) if row and row.is_present else None
                )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for organisation in self.organisations:
            pk = organisation.pk
            people = sum(data.get(f"{count}_{pk}") or 0 for count in ("women", "men", "other"))
            young = data.get(f"under_35_{pk}") or 0
            if (people or young) and not data.get(f"present_{pk}"):
                # People counted means that they were there: a forgotten tick is not worth an error.
                data[f"present_{pk}"] = True
            if young > people and not any(f"{count}_{pk}" in self.errors for count in COUNTS):
                self.add_error(
                    f"under_35_{pk}",
                    ValidationError(
                        _("There are %(young)d people under 35 but only %(people)d people: mend one of them."),
                        params={"young": young, "people": people},
                    ),
                )
        return data

    def presences(self) -> dict[Organisation, Presence | None]:
        """The table as the service takes it. Who was there was invited, whatever the tick says."""
        rows: dict[Organisation, Presence | None] = {}
        for organisation in self.organisations:
            pk = organisation.pk
            counts = {count: self.cleaned_data[f"{count}_{pk}"] or 0 for count in COUNTS}
            is_present = self.cleaned_data[f"present_{pk}"]
            is_invited = is_present or self.cleaned_data[f"invited_{pk}"]
            rows[organisation] = Presence(is_present, **counts) if is_invited else None
        return rows

    def lines(self) -> list[dict[str, Any]]:
        """The table's lines for the template."""
        names = ("invited", "present", *COUNTS)
        return [
            {"name": self.names[o.pk], "pk": o.pk, **{name: self[f"{name}_{o.pk}"] for name in names}}
            for o in self.organisations
        ]


def _tick(label: str, initial: bool) -> forms.BooleanField:
    return forms.BooleanField(label=label, required=False, initial=initial)


def _count(label: str, initial: int | None) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=0,
        max_value=2000,
        initial=initial,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "class": "count"}),
    )


class CloseForm(forms.Form):
    """The last word of the consultation, optional."""

    def __init__(self, *args: Any, consultation: Consultation, **kwargs: Any):
        kwargs["initial"] = {"closing_note": source_text(consultation, "closing_note")}
        super().__init__(*args, **kwargs)
        self.fields["closing_note"] = LimitedText(
            label=_("Closing note"),
            help_text=_("A word to the organisations, shown with the list."),
            limit=TEXT_LIMIT,
            language=consultation.source_language,
            rows=4,
        )


class ReopenForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why do you reopen it?"),
        help_text=gettext_lazy("The reason is kept in the log."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        error_messages={"required": gettext_lazy("Say why: the companion and the organisations will ask.")},
    )
