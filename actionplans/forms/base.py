"""What the forms of a plan share: the version that was seen, the language of the texts, errors from the services."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import get_language, gettext_lazy

from planning_portal.languages.services import source_text

from ..models import ActionPlan
from .fields import language_choices


class VersionedForm(forms.Form):
    """A form about a part of a plan. ``version`` is the plan's version that its writer saw."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    plan: ActionPlan
    item: Any

    def with_version(self, version: int) -> None:
        """Let the next attempt name the version that its writer has now been shown."""
        data = QueryDict(mutable=True)
        data.update(self.data)
        data["version"] = str(version)
        self.data = data

    def take_errors(self, error: ValidationError) -> None:
        """Show what a service refused beside its field, or on top."""
        for name, messages in error.message_dict.items() if hasattr(error, "error_dict") else [("", error.messages)]:
            for message in messages:
                self.add_error(name if name in self.fields else None, message)

    def refuse(self, problems: dict[str, str]) -> None:
        for name, message in problems.items():
            if name not in self.errors:
                self.add_error(name if name in self.fields else None, message)


class ItemForm(VersionedForm):
    """What all forms with texts share. ``item`` is None when something new is written."""

    TEXTS: tuple[str, ...] = ()

    source_language = forms.ChoiceField(
        label=gettext_lazy("You are writing in"),
        help_text=gettext_lazy("Write in the language you think in: the others will be translated."),
        widget=forms.Select(attrs={"class": "short"}),
    )

    def __init__(self, *args: Any, plan: ActionPlan, item: Any = None, user: Any = None, **kwargs: Any):
        self.plan, self.item, self.user = plan, item, user
        language = item.source_language if item is not None else get_language() or "en"
        present = self.present_values(item) if item is not None else {}
        kwargs["initial"] = {
            "version": plan.version,
            "source_language": language,
            **present,
            **(kwargs.get("initial") or {}),
        }
        kwargs["use_required_attribute"] = False
        super().__init__(*args, **kwargs)
        self.fields["source_language"].choices = language_choices()  # type: ignore[attr-defined]
        self.build()
        written = self["source_language"].value()
        for name in self.TEXTS:
            self.fields[name].widget.attrs["lang"] = written
        self.order_fields([*[name for name in self.fields if name != "source_language"], "source_language"])

    def build(self) -> None:
        """Add the fields that depend on the plan."""

    def present_values(self, item: Any) -> dict[str, Any]:
        return {name: source_text(item, name) for name in self.TEXTS}
