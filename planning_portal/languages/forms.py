"""The side-by-side form: every text of one object in one language, beside its original."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from .models import Multilingual, TranslationState, TranslationUnit
from .queries import units_of
from .services import source_text, text_hash

STATES = [
    (TranslationState.DRAFT, _("Draft: I go on later")),
    (TranslationState.IN_REVIEW, _("Ready: somebody else should read it")),
    (TranslationState.DONE, _("Reviewed: it can be published")),
]


@dataclass(frozen=True)
class TextPair:
    """One text beside its translation, as the page shows them."""

    name: str
    source: str
    field: forms.BoundField
    unit: TranslationUnit | None
    theirs: str = ""


class TranslationForm(forms.Form):
    """The translations of ``obj`` into ``language``. ``seen`` guards against two translators at once and against an
    original that changed while one was translating: what was typed is kept, and the new text is shown beside it."""

    state = forms.TypedChoiceField(label=_("How far is it?"), choices=STATES, coerce=int, widget=forms.RadioSelect)

    def __init__(self, *args: Any, obj: Multilingual, language: str, **kwargs: Any):
        self.obj, self.language = obj, language
        self.names = [name for name in obj.TEXTS if source_text(obj, name)]
        initial = {name: getattr(obj, f"{name}_{language}") or "" for name in self.names}
        kwargs["initial"] = {**initial, "state": self._initial_state()}
        super().__init__(*args, **kwargs)
        for name in self.names:
            column = obj._meta.get_field(name)
            long = column.get_internal_type() == "TextField"
            attributes = {"lang": language, "rows": 8 if long else 2, "dir": "auto"}
            self.fields[name] = forms.CharField(
                label=str(column.verbose_name).capitalize(),  # type: ignore[union-attr]
                required=False,
                max_length=column.max_length or 20_000,  # type: ignore[union-attr]
                widget=forms.Textarea(attrs=attributes),
            )
            self.fields[f"seen_{name}"] = forms.CharField(
                required=False, initial=self._seen(name), widget=forms.HiddenInput
            )

    def _initial_state(self) -> int:
        states = [unit.state for (_name, language), unit in units_of(self.obj).items() if language == self.language]
        lowest = min(states, default=TranslationState.DRAFT)
        return max(lowest, TranslationState.DRAFT)

    def _seen(self, name: str) -> str:
        """What the person sees now: the original and the translation, as one hash each."""
        return (
            f"{text_hash(source_text(self.obj, name))}:{text_hash(getattr(self.obj, f'{name}_{self.language}') or '')}"
        )

    def show_as_typed(self, typed: QueryDict) -> None:
        """Show what was typed, unjudged: the page goes on in another language, nothing is saved."""
        for name, field in self.fields.items():
            self.initial[name] = field.widget.value_from_datadict(typed, {}, self.add_prefix(name))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name in self.names:
            if not data.get(f"seen_{name}") or data[f"seen_{name}"] == self._seen(name):
                continue
            source_seen = data[f"seen_{name}"].split(":")[0]
            if source_seen != text_hash(source_text(self.obj, name)):
                self.add_error(name, _("The original has changed meanwhile. Compare, then save again."))
            elif text_hash(data.get(name, "")) != text_hash(getattr(self.obj, f"{name}_{self.language}") or ""):
                self.add_error(name, _("A colleague has saved another text meanwhile. Compare, then save again."))
        if data.get("state") == TranslationState.DONE:
            for name in self.names:
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, _("Write this translation before you mark the text as reviewed."))
        if self.errors:
            # The next attempt is judged against what the page shows now.
            seen = {self.add_prefix(f"seen_{name}"): self._seen(name) for name in self.names}
            self.data = {**self.data.dict(), **seen} if isinstance(self.data, QueryDict) else {**self.data, **seen}
        return data

    def pairs(self) -> list[TextPair]:
        """The texts in their order, each with its original and, after a clash, the colleague's text."""
        units = units_of(self.obj)
        return [
            TextPair(
                name,
                source_text(self.obj, name),
                self[name],
                units.get((name, self.language)),
                (getattr(self.obj, f"{name}_{self.language}") or "") if name in self.errors else "",
            )
            for name in self.names
        ]

    def hidden_seen(self) -> list[forms.BoundField]:
        return [self[f"seen_{name}"] for name in self.names]
