"""The forms of the desk and of the ballot. Labels and choices are in the reader's language, never a silent fallback."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.text import capfirst
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from planning_portal.languages.names import language_name
from planning_portal.languages.queries import attach_units, shown
from planning_portal.languages.services import source_text
from planning_portal.organisations.identity import Viewer, name_of
from planning_portal.organisations.models import Organisation, Zone
from planning_portal.programme.models import Theme

from ..models import (
    Candidate,
    Decision,
    DecisionOutcome,
    DecisionRule,
    LineOfWork,
    Minutes,
    Workshop,
)

LONG_TEXT = 20_000
WHY = _("Those who proposed it will read this on the page of their proposal.")


def language_choices() -> list[tuple[str, str]]:
    reader = get_language() or "en"
    return [(code, language_name(code, reader)) for code, _own in settings.LANGUAGES]


def version_field() -> forms.IntegerField:
    return forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)


def capitalise(form: forms.Form) -> None:
    """Labels and choices start with a capital, also those that are words of a model."""
    for field in form.fields.values():
        field.label = capfirst(str(field.label)) if field.label else field.label
        if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
            choices: Iterable[Any] = field.choices  # type: ignore[assignment]
            field.choices = [(value, capfirst(str(label))) for value, label in choices]


class WrittenForm(forms.Form):
    """A form in which people write: it says in which language, the writer's own by default."""

    language = forms.ChoiceField(label=_("You write in"))

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = language_choices()  # type: ignore[attr-defined]
        self.fields["language"].widget.attrs["class"] = "short"
        self.initial.setdefault("language", get_language() or "en")
        capitalise(self)


class ShownChoice(forms.ModelChoiceField):
    """Objects whose names are people's words, with their code when they have one."""

    def label_from_instance(self, obj: Any) -> str:
        field = "name" if isinstance(obj, Zone) else "title"
        words = (obj.name or obj.slug) if isinstance(obj, Zone) else shown(obj, field).text
        code = getattr(obj, "code", "") if isinstance(obj, Candidate | LineOfWork) else ""
        return f"{code} {words}".strip()


def organisations_of(workshop: Workshop) -> Any:
    """The organisations that take part, lead organisations first."""
    return (
        Organisation.objects.filter(delegations__workshop=workshop)
        .select_related("country__zone")
        .order_by("-is_lead", "country__zone__order", "country__iso2", "slug")
    )


class OrganisationChoices(forms.ModelMultipleChoiceField):
    """Organisations as ``viewer`` may read them."""

    viewer = Viewer()

    def label_from_instance(self, obj: Organisation) -> str:  # type: ignore[override]
        return name_of(obj, self.viewer)


class OrganisationChoice(forms.ModelChoiceField):
    viewer = Viewer()

    def label_from_instance(self, obj: Organisation) -> str:  # type: ignore[override]
        return name_of(obj, self.viewer)


class MergeForm(WrittenForm):
    """Which candidates become one, and why."""

    into = ShownChoice(Candidate.objects.none(), label=_("Merge them into"), empty_label=_("Choose"))
    others: forms.ModelMultipleChoiceField = forms.ModelMultipleChoiceField(
        Candidate.objects.none(),
        label=_("Candidates to merge"),
        error_messages={"required": _("Tick the candidates that are to be merged.")},
    )
    reason = forms.CharField(label=_("reason"), widget=forms.Textarea({"rows": 3}), help_text=WHY, max_length=LONG_TEXT)
    field_order = ("others", "into", "reason", "language")

    def __init__(self, *args: Any, candidates: Sequence[Candidate], workshop: Workshop, **kwargs: Any):
        super().__init__(*args, **kwargs)
        offer(self.fields["into"], Candidate.objects.of(workshop).standing(), candidates)
        self.fields["others"].queryset = Candidate.objects.of(workshop).standing()  # type: ignore[attr-defined]


class RewordForm(WrittenForm):
    """A candidate in the words that the workshop found."""

    title = forms.CharField(label=_("title"), max_length=160, widget=forms.TextInput({"data-counter": ""}))
    statement = forms.CharField(
        label=_("statement"), widget=forms.Textarea({"rows": 8}), required=False, max_length=LONG_TEXT
    )
    version = version_field()
    field_order = ("title", "statement", "language")

    def __init__(self, *args: Any, candidate: Candidate, **kwargs: Any):
        kwargs["initial"] = {
            "title": source_text(candidate, "title"),
            "statement": source_text(candidate, "statement"),
            "language": candidate.source_language,
            "version": candidate.version,
        }
        super().__init__(*args, **kwargs)


class DecisionForm(WrittenForm):
    """What was decided about one candidate."""

    outcome = forms.ChoiceField(
        label=_("decision"),
        choices=DecisionOutcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what was decided.")},
    )
    merged_into = ShownChoice(
        Candidate.objects.none(),
        label=_("merged into"),
        required=False,
        empty_label="—",
        help_text=_("Only when it was merged."),
    )
    line = ShownChoice(
        LineOfWork.objects.none(),
        label=_("line of work"),
        required=False,
        empty_label="—",
        help_text=_("When it was kept: the line that it leads to. It can be added later."),
    )
    reason = forms.CharField(
        label=_("reason"),
        widget=forms.Textarea({"rows": 4}),
        help_text=WHY,
        max_length=LONG_TEXT,
        error_messages={"required": _("Say why: those who proposed it will read the reason.")},
    )
    rule = forms.ChoiceField(label=_("how it was decided"), choices=[("", "—"), *DecisionRule.choices], required=False)
    follow_up = forms.CharField(
        label=_("follow-up"),
        widget=forms.Textarea({"rows": 2}),
        required=False,
        max_length=LONG_TEXT,
        help_text=_("What happens next, and who sees to it. It is read by all who take part, and in the summary."),
    )
    version = version_field()
    field_order = ("outcome", "merged_into", "line", "reason", "rule", "follow_up", "language")

    def __init__(
        self,
        *args: Any,
        candidate: Candidate,
        decision: Decision | None,
        candidates: Sequence[Candidate],
        lines: Sequence[LineOfWork],
        **kwargs: Any,
    ):
        initial: dict[str, Any] = {"version": 0}
        if decision is not None:
            initial = {
                "outcome": decision.outcome,
                "merged_into": decision.merged_into_id,
                "line": decision.line_id,
                "reason": source_text(decision, "reason"),
                "rule": decision.rule,
                "follow_up": source_text(decision, "follow_up"),
                "language": decision.source_language,
                "version": decision.version,
            }
        kwargs["initial"] = initial
        super().__init__(*args, **kwargs)
        others = [one for one in candidates if one.pk != candidate.pk]
        standing = Candidate.objects.of(candidate.workshop).standing().exclude(pk=candidate.pk)
        offer(self.fields["merged_into"], standing, others)
        programme = candidate.workshop.step.programme_id
        offer(self.fields["line"], LineOfWork.objects.filter(programme=programme), lines)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("outcome") != DecisionOutcome.MERGED:
            data["merged_into"] = None
        if data.get("outcome") in {DecisionOutcome.DEFERRED, DecisionOutcome.NOT_RETAINED}:
            data["line"] = None
        return data


class ObjectionForm(WrittenForm):
    """What an organisation holds against a decision."""

    organisation = OrganisationChoice(Organisation.objects.none(), label=_("organisation"), empty_label=_("Choose"))
    reason = forms.CharField(
        label=_("reason"),
        widget=forms.Textarea({"rows": 4}),
        help_text=_("In the words of the organisation. All who take part read the reason, and not whose it is."),
        max_length=LONG_TEXT,
        error_messages={"required": _("Write down the reason, in the words of the organisation.")},
    )
    field_order = ("organisation", "reason", "language")

    def __init__(self, *args: Any, workshop: Workshop, viewer: Viewer, **kwargs: Any):
        super().__init__(*args, **kwargs)
        field: Any = self.fields["organisation"]
        field.viewer = viewer
        field.queryset = organisations_of(workshop)


class LineForm(WrittenForm):
    """A line of work."""

    title = forms.CharField(label=_("title"), max_length=200, widget=forms.TextInput({"data-counter": ""}))
    statement = forms.CharField(
        label=_("statement"),
        widget=forms.Textarea({"rows": 6}),
        max_length=LONG_TEXT,
        help_text=_("What will have changed when the programme ends, and for whom."),
    )
    theme = ShownChoice(Theme.objects.none(), label=_("theme"), empty_label=_("Choose"))
    zone = ShownChoice(
        Zone.objects.none(), label=pgettext_lazy("of the world", "Zone"), required=False, empty_label=_("Global")
    )
    lead = OrganisationChoice(
        Organisation.objects.none(), label=pgettext_lazy("of a line of work", "Lead"), required=False, empty_label="—"
    )
    organisations = OrganisationChoices(
        Organisation.objects.none(),
        label=_("organisations that join"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    version = version_field()
    field_order = ("title", "statement", "language", "theme", "zone", "lead", "organisations")

    def __init__(self, *args: Any, workshop: Workshop, viewer: Viewer, line: LineOfWork | None = None, **kwargs: Any):
        if line is not None:
            kwargs["initial"] = {
                "title": source_text(line, "title"),
                "statement": source_text(line, "statement"),
                "language": line.source_language,
                "theme": line.theme_id,
                "zone": line.zone_id,
                "lead": line.lead_id,
                "organisations": line.organisations.all(),
                "version": line.version,
            }
        else:
            kwargs["initial"] = {"zone": workshop.zone_id}
        super().__init__(*args, **kwargs)
        themes = list(Theme.objects.filter(programme=workshop.step.programme_id))
        attach_units(themes)
        offer(self.fields["theme"], Theme.objects.filter(programme=workshop.step.programme_id), themes)
        self.fields["zone"].queryset = Zone.objects.all()  # type: ignore[attr-defined]
        taking_part = organisations_of(workshop)
        for name in ("lead", "organisations"):
            self.fields[name].viewer = viewer  # type: ignore[attr-defined]
        self.fields["organisations"].queryset = taking_part  # type: ignore[attr-defined]
        self.fields["lead"].queryset = taking_part  # type: ignore[attr-defined]


class MinutesForm(WrittenForm):
    """The minutes, drafted from the log and then written by people."""

    text = forms.CharField(label=_("text"), widget=forms.Textarea({"rows": 24}), max_length=60_000)
    version = version_field()
    field_order = ("text", "language")

    def __init__(self, *args: Any, minutes: Minutes | None, draft: str = "", **kwargs: Any):
        kwargs["initial"] = (
            {"text": source_text(minutes, "text"), "language": minutes.source_language, "version": minutes.version}
            if minutes
            else {"text": draft, "version": 0}
        )
        super().__init__(*args, **kwargs)


class ReopenForm(forms.Form):
    """Why a closed workshop is opened again."""

    reason = forms.CharField(
        label=_("Why do you reopen it?"),
        help_text=_("Its facilitators read the reason; it is kept in the log."),
        max_length=1000,
        widget=forms.Textarea({"rows": 3, "dir": "auto"}),
        error_messages={"required": _("Say why: its facilitators and those who took part will ask.")},
    )


def offer(field: Any, queryset: Any, objects: Iterable[Any]) -> None:
    """Offer ``objects``, whose translations are known already, without asking the database for them again."""
    field.queryset = queryset
    empty = [("", field.empty_label)] if field.empty_label is not None else []
    field.choices = [*empty, *((one.pk, field.label_from_instance(one)) for one in objects)]
