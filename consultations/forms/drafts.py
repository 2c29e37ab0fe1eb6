"""The five short pages of a proposed priority. Everything is optional until the priority is submitted."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from planning_portal.languages.services import source_text
from planning_portal.organisations.identity import Viewer, name_of
from planning_portal.organisations.models import Organisation
from planning_portal.programme.models import Level, Theme, WorkerGroup
from planning_portal.web.formatting import format_labelled

from ..limits import TEXT_LIMIT, TITLE_LIMIT
from ..models import Consultation, Priority
from ..queries import option_label
from ..versions import mark_of
from .acting import ActingForm
from .versioned import VersionedForm
from .written import WrittenForm, language_choices

WHY_LIMIT = 250


class LimitedText(forms.CharField):
    """A text that says by how much it is too long. No ``maxlength`` in the page: it would cut what is pasted."""

    too_long = ngettext_lazy(
        "This text has one character too many: shorten it by %(excess)d (at most %(limit)d).",
        "This text has %(excess)d characters too many: shorten it (at most %(limit)d).",
        "excess",
    )

    def __init__(self, *, limit: int, language: str = "", rows: int = 8, needed: bool = False, **kwargs: Any):
        kwargs.setdefault("required", False)
        widget = forms.Textarea(attrs={"rows": rows}) if rows > 1 else forms.TextInput()
        super().__init__(widget=widget, **kwargs)
        self.max_length = limit
        self.needed_later = needed  # the service says when: not "optional" beside the label
        self.widget.attrs.update({"dir": "auto", "data-counter": True})
        if language:
            self.widget.attrs["lang"] = language

    def clean(self, value: Any) -> str:
        text = super().clean(value).replace("\r\n", "\n")
        excess = len(text) - (self.max_length or 0)
        if excess > 0:
            raise ValidationError(self.too_long % {"excess": excess, "limit": self.max_length})
        return text


class PartForm(VersionedForm):
    """One page of the form. ``parts()`` is what ``save_draft`` takes beside the guards."""

    PARTS: ClassVar[tuple[str, ...]] = ()
    template = "consultations/priority_edit.html"
    seen = forms.JSONField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, priority: Priority, viewer: Viewer, **kwargs: Any):
        self.priority = priority
        self.viewer = viewer
        kwargs["initial"] = {"version": priority.version, **self.present_values(priority)}
        kwargs["use_required_attribute"] = False
        super().__init__(*args, **kwargs)
        self.build()
        self.initial["seen"] = {part: mark_of(value) for part, value in self.saved_values().items()}
        for name, field in self.fields.items():
            if name in self.PARTS:
                field.needed_later = True  # type: ignore[attr-defined]

    def build(self) -> None:
        """Add the fields that depend on the priority."""

    def present_values(self, priority: Priority) -> dict[str, Any]:
        return {part: source_text(priority, part) for part in self.PARTS if part in priority.TEXTS}

    def saved_values(self) -> dict[str, Any]:
        """What the page is filled with, in the shape of ``parts.plain_parts``."""
        return {part: self.initial[part] for part in self.PARTS if part in self.initial}

    def opening(self) -> SafeString:
        return format_html("{}{}", super().opening(), self["seen"])

    def guards(self) -> dict[str, Any]:
        """With the marks of what the page was filled with."""
        seen = self.cleaned_data["seen"]
        return {**super().guards(), "seen": seen if isinstance(seen, dict) else {}}

    def parts(self) -> dict[str, Any]:
        return {part: self.cleaned_data[part] for part in self.PARTS}

    def main_fields(self) -> list[forms.BoundField]:
        """The fields that stand under each other, in the order of the page."""
        return [self[name] for name in (*self.PARTS, "language") if name in self.fields]

    def text(self, label: Any, help_text: Any, *, limit: int = TEXT_LIMIT, rows: int = 8) -> LimitedText:
        return LimitedText(
            label=label, help_text=help_text, limit=limit, rows=rows, language=self.priority.source_language
        )


class WhatForm(PartForm):
    PARTS = ("title", "theme", "level")

    def build(self) -> None:
        self.fields["title"] = self.text(
            _("Title"), _("In one line: what should change, and for whom?"), limit=TITLE_LIMIT, rows=2
        )
        self.fields["theme"] = forms.ModelChoiceField(
            label=_("Theme"),
            help_text=_("If several fit, choose the one that matters most."),
            queryset=Theme.objects.filter(programme_id=self.priority.consultation.step.programme_id),
            required=False,
            empty_label=None,
            blank=True,
            widget=forms.RadioSelect,
        )
        self.fields["theme"].label_from_instance = lambda theme: option_label(theme, "title")  # type: ignore[attr-defined]
        self.fields["level"] = forms.ChoiceField(
            label=_("Level"),
            help_text=_("Where does the answer have to be found?"),
            choices=[(level.value, level.label.capitalize()) for level in Level],
            required=False,
            widget=forms.RadioSelect,
        )
        self.fields["language"] = forms.ChoiceField(
            label=_("I am writing in"),
            help_text=_("Write in the language you think in: the others will be translated."),
            choices=language_choices(),
            initial=self.priority.source_language,
        )

    def present_values(self, priority: Priority) -> dict[str, Any]:
        return {**super().present_values(priority), "theme": priority.theme_id, "level": priority.level}

    def parts(self) -> dict[str, Any]:
        return {**super().parts(), "language": self.cleaned_data["language"]}


class SituationForm(PartForm):
    PARTS = ("situation",)

    def build(self) -> None:
        self.fields["situation"] = self.text(
            _("The situation"),
            _("What is wrong today? Say what you see where you are, with a figure or an example if you have one."),
            rows=12,
        )


class WhoForm(PartForm):
    PARTS = ("groups", "concerned")

    def build(self) -> None:
        self.fields["groups"] = forms.ModelMultipleChoiceField(
            label=_("Groups of workers"),
            help_text=_("Choose all that fit."),
            queryset=WorkerGroup.objects.all(),
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )
        self.fields["groups"].label_from_instance = lambda group: option_label(group, "name")  # type: ignore[attr-defined]
        self.fields["concerned"] = self.text(
            _("Who it concerns"), _("Who are they, where, and about how many?"), rows=8
        )

    def present_values(self, priority: Priority) -> dict[str, Any]:
        groups = sorted(priority.groups.values_list("pk", flat=True))
        return {**super().present_values(priority), "groups": groups}


class ChangeForm(PartForm):
    PARTS = ("change",)

    def build(self) -> None:
        self.fields["change"] = self.text(
            _("In five years"), _("What should have changed by then? How would one notice it?"), rows=12
        )


class TogetherForm(PartForm):
    """What we would do together, and which organisations of the country stand behind it, each with one line why."""

    PARTS = ("together", "supports")
    template = "consultations/priority_edit_together.html"

    def build(self) -> None:
        self.fields["together"] = self.text(
            _("What we would do together"),
            _("What can organisations of several countries do here that none can do alone?"),
            rows=10,
        )
        whys = {support.organisation_id: source_text(support, "why") for support in self.priority.supports.all()}
        self.initial["supports"] = {str(pk): why for pk, why in whys.items()}
        self.organisations = list(
            Organisation.objects.active()
            .filter(country_id=self.priority.consultation.country_id)
            .exclude(pk=self.priority.organisation_id)
            .select_related("country__zone")
        )
        self.organisations.sort(key=lambda organisation: name_of(organisation, self.viewer).casefold())
        for organisation in self.organisations:
            name = name_of(organisation, self.viewer)
            self.fields[f"support_{organisation.pk}"] = forms.BooleanField(
                label=name, required=False, initial=organisation.pk in whys
            )
            self.fields[f"why_{organisation.pk}"] = LimitedText(
                label=format_labelled(name, _("Why, in one line")),
                limit=WHY_LIMIT,
                language=self.priority.source_language,
                rows=1,
                initial=whys.get(organisation.pk, ""),
            )

    def pairs(self) -> Iterable[tuple[forms.BoundField, forms.BoundField]]:
        """The organisations in their order: tick, and why."""
        return [(self[f"support_{o.pk}"], self[f"why_{o.pk}"]) for o in self.organisations]

    def parts(self) -> dict[str, Any]:
        """A reason typed without the tick counts as a tick: nothing typed is lost."""
        supports = {}
        for organisation in self.organisations:
            why = self.cleaned_data[f"why_{organisation.pk}"].strip()
            if self.cleaned_data[f"support_{organisation.pk}"] or why:
                supports[organisation] = why
        return {"together": self.cleaned_data["together"], "supports": supports}


PAGES: tuple[type[PartForm], ...] = (WhatForm, SituationForm, WhoForm, ChangeForm, TogetherForm)
PAGE_OF_PART = {part: number for number, form in enumerate(PAGES, start=1) for part in form.PARTS}


def page_titles() -> list[str]:
    """The names of the five pages, short enough for a phone."""
    return [_("What"), _("Situation"), _("Who"), _("In five years"), _("Together")]


class StartForm(forms.Form):
    """Before the first word: for which organisation, and in which language."""

    def __init__(
        self, *args: Any, consultation: Consultation, organisations: list[Organisation], viewer: Viewer, language: str
    ):
        super().__init__(*args)
        self.organisations = {str(organisation.pk): organisation for organisation in organisations}
        if len(organisations) > 1:
            self.fields["organisation"] = forms.ChoiceField(
                label=_("I write for"),
                choices=[(pk, name_of(organisation, viewer)) for pk, organisation in self.organisations.items()],
                widget=forms.RadioSelect,
                error_messages={"required": _("Choose the organisation that proposes this priority.")},
            )
        self.fields["language"] = forms.ChoiceField(
            label=_("I will write in"),
            help_text=_("Write in the language you think in. It will be translated; you can still change it later."),
            choices=language_choices(),
            initial=language,
            widget=forms.RadioSelect,
        )

    def organisation(self) -> Organisation:
        if "organisation" in self.fields:
            return self.organisations[self.cleaned_data["organisation"]]
        return next(iter(self.organisations.values()))


class SupportForm(WrittenForm, ActingForm):
    """One line why an organisation supports a priority of its country."""

    WORDS = "why"
    why = LimitedText(label=gettext_lazy("Why do you support it? In one line"), limit=WHY_LIMIT, rows=1, required=False)
