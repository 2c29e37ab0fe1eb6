"""The forms of the plan of a workshop: when and where, its run sheet, and the facilitators' notes beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from planning_portal.languages.queries import attach_units, shown
from planning_portal.languages.services import source_text
from planning_portal.organisations.models import Country, User, Zone
from planning_portal.organisations.time_zones import all_zones
from planning_portal.programme.models import Programme, Role, RoleKind, Step, StepKind

from ..models import Candidate, Session, SessionKind, SessionNote, Workshop, WorkshopFormat
from ..services.run_sheets import SheetModel
from ..services.sessions import ITEM
from .workshop import LONG_TEXT, ShownChoice, WrittenForm, capitalise, language_choices, offer, version_field


class PersonChoices(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: User) -> str:  # type: ignore[override]
        return obj.name or obj.email


class PersonChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: User) -> str:  # type: ignore[override]
        return obj.name or obj.email


class ShownChoices(forms.ModelMultipleChoiceField):
    """Several objects whose names are people's words, with their code when they have one."""

    label_from_instance = ShownChoice.label_from_instance  # type: ignore[assignment]


class WorkshopForm(WrittenForm):
    """The plan of a workshop."""

    step = ShownChoice(Step.objects.none(), label=_("step"), empty_label=None)
    zone = ShownChoice(
        Zone.objects.none(), label=pgettext_lazy("of the world", "Zone"), required=False, empty_label=_("All zones")
    )
    title = forms.CharField(label=_("title"), max_length=160)
    starts_on = forms.DateField(label=_("starts"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    ends_on = forms.DateField(label=_("ends"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    format = forms.ChoiceField(label=_("format"), choices=WorkshopFormat.choices)
    place = forms.CharField(label=_("place"), max_length=200, required=False)
    begins_at = forms.TimeField(
        label=_("each day begins at"),
        required=False,
        widget=forms.TimeInput({"type": "time"}, format="%H:%M"),
        help_text=_("With it the run sheet says at what time each session should begin."),
    )
    time_zone = forms.ChoiceField(label=_("by which clock people meet"), required=False)
    interpretation = forms.MultipleChoiceField(
        label=_("languages with interpretation"),
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"wrapper_class": "choices-inline"}),
    )
    facilitators = PersonChoices(
        User.objects.none(), label=_("facilitators"), required=False, widget=forms.CheckboxSelectMultiple
    )
    start_from = forms.ChoiceField(
        label=_("start from"),
        required=False,
        help_text=_("A workshop gives its run sheet, languages and organisations, and nothing that happened in it."),
    )
    field_order = ("step", "zone", "title", "language", "starts_on", "ends_on", "format", "place", "begins_at")

    def __init__(
        self,
        *args: Any,
        programme: Programme | None,
        workshop: Workshop | None = None,
        others: Sequence[Workshop] = (),
        like: Workshop | None = None,
        **kwargs: Any,
    ):
        """``others`` are the workshops to start from; ``like`` is the one whose plan the form begins with."""
        self.others = {str(one.public_id): one for one in others}
        if workshop is not None:
            kwargs["initial"] = _plan_of(workshop) | {
                "title": source_text(workshop, "title"),
                "starts_on": workshop.starts_on,
                "ends_on": workshop.ends_on,
                "place": workshop.place,
            }
        elif like is not None:
            kwargs["initial"] = _plan_of(like) | {
                "step": like.step_id,
                "zone": like.zone_id,
                "start_from": str(like.public_id),
            }
        super().__init__(*args, **kwargs)
        self.fields["interpretation"].choices = language_choices()  # type: ignore[attr-defined]
        self.fields["time_zone"].choices = _clocks(workshop.time_zone if workshop else "")  # type: ignore[attr-defined]
        facilitating = Role.objects.filter(programme=programme, kind=RoleKind.FACILITATOR).values("user")
        self.fields["facilitators"].queryset = User.objects.filter(pk__in=facilitating)  # type: ignore[attr-defined]
        if workshop is not None:
            del self.fields["step"], self.fields["zone"], self.fields["start_from"]
            return
        self.fields["start_from"].choices = [  # type: ignore[attr-defined]
            ("", _("the model for its kind")),
            *SheetModel.choices,
            *((key, shown(one, "title").text) for key, one in self.others.items()),
        ]
        capitalise(self)
        steps = Step.objects.filter(programme=programme, kind__in=[StepKind.INTERCONTINENTAL, StepKind.CONTINENTAL])
        self.fields["step"].queryset = steps  # type: ignore[attr-defined]
        self.fields["zone"].queryset = Zone.objects.all()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("starts_on") and data.get("ends_on") and data["ends_on"] < data["starts_on"]:
            self.add_error("ends_on", _("The workshop cannot end before it starts."))
        return data

    def beginning(self) -> dict[str, Any]:
        """What ``plan_workshop`` starts from."""
        chosen = self.cleaned_data["start_from"]
        return {"like": self.others[chosen]} if chosen in self.others else {"run_sheet": chosen}


def _plan_of(workshop: Workshop) -> dict[str, Any]:
    """What two workshops of one kind have in common."""
    return {
        "language": workshop.source_language,
        "format": workshop.format,
        "begins_at": workshop.begins_at,
        "time_zone": workshop.time_zone,
        "interpretation": workshop.interpretation,
        "facilitators": workshop.facilitators.all(),
    }


class SessionForm(WrittenForm):
    """An item of the run sheet."""

    kind = forms.ChoiceField(label=_("kind"), choices=SessionKind.choices)
    title = forms.CharField(label=_("title"), max_length=160)
    planned_minutes = forms.IntegerField(label=_("planned minutes"), min_value=1, max_value=1440, initial=30)
    position = forms.IntegerField(label=_("position"), min_value=1, max_value=200)
    day = forms.IntegerField(label=_("day"), min_value=1, initial=1, required=False)
    begins_at = forms.TimeField(
        label=_("begins at"),
        required=False,
        widget=forms.TimeInput({"type": "time"}, format="%H:%M"),
        help_text=_("Only when its hour is fixed: else it follows the one before."),
    )
    owner = PersonChoice(User.objects.none(), label=_("owner"), required=False, empty_label="—")
    owner_name = forms.CharField(
        label=_("or a name"), required=False, max_length=120, help_text=_("Who leads it. Read at the desk only.")
    )
    spoken_language = forms.ChoiceField(label=_("language that is spoken"), required=False)
    candidates: forms.ModelMultipleChoiceField = ShownChoices(
        Candidate.objects.none(),
        label=_("candidates that it is about"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("They are shown at the desk, on the screen and on the phones while it runs."),
    )
    field_order = ("kind", "title", "language", "planned_minutes", "day", "begins_at", "position")

    def __init__(self, *args: Any, workshop: Workshop, session: Session | None = None, **kwargs: Any):
        if session is not None:
            kwargs["initial"] = {name: getattr(session, name) for name in ("position", *ITEM)} | {
                "title": source_text(session, "title"),
                "language": session.source_language,
                "candidates": session.candidates.all(),
            }
        super().__init__(*args, **kwargs)
        self.fields["spoken_language"].choices = [("", _("not said")), *language_choices()]  # type: ignore[attr-defined]
        self.fields["owner"].queryset = workshop.facilitators.order_by("name", "id")  # type: ignore[attr-defined]
        if workshop.days == 1:
            del self.fields["day"]
        else:
            self.fields["day"].widget.attrs["max"] = workshop.days
        if session is None:
            del self.fields["position"], self.fields["candidates"]
            return
        standing = Candidate.objects.of(workshop).standing()
        candidates = list(standing)
        if not candidates:
            del self.fields["candidates"]
            return
        attach_units(candidates)
        offer(self.fields["candidates"], standing, candidates)

    def clean_day(self) -> int:
        return self.cleaned_data["day"] or 1


class NoteForm(forms.Form):
    """The facilitators' own note of a session."""

    text = forms.CharField(
        label=_("note"),
        widget=forms.Textarea({"rows": 8}),
        required=False,
        max_length=LONG_TEXT,
        help_text=_("Only the facilitators read it, at the desk: it is in no minutes, no export and on no screen."),
    )
    version = version_field()

    def __init__(self, *args: Any, note: SessionNote | None, **kwargs: Any):
        kwargs["initial"] = {"text": note.text, "version": note.version} if note else {"version": 0}
        super().__init__(*args, **kwargs)
        capitalise(self)


def _clocks(chosen: str) -> list[tuple[str, str]]:
    """The clocks of the programme's countries, by country, and the one that was chosen before."""
    keys = {*Country.objects.order_by().values_list("time_zone", flat=True).distinct(), chosen} - {""}
    names = dict(all_zones(get_language() or "en"))
    known = sorted(((key, names.get(key, key)) for key in keys), key=lambda choice: choice[1])
    return [("", str(_("everybody's own"))), *known]
