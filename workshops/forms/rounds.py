"""The form in which the terms of a round of weighing are said, before anybody votes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ..models import Round, Secrecy, WeighingRule, Weights
from .workshop import capitalise


class PresetField(forms.ChoiceField):
    """A choice that stands at its first value until somebody chooses: also in a form that does not hold it."""

    def clean(self, value: Any) -> Any:
        return super().clean(value or self.initial)


class RoundForm(forms.Form):
    """By which rule how many will be chosen, and what is asked of each zone."""

    seats = forms.IntegerField(label=_("how many to choose"), min_value=1, max_value=500, initial=8)
    rule = forms.ChoiceField(label=_("rule"), choices=WeighingRule.choices, initial=WeighingRule.PLAIN_COUNT)
    weights = PresetField(
        label=_("weights"),
        choices=Weights.choices,
        initial=Weights.ONE,
        help_text=_("How much the ballots of a large zone weigh beside those of a small one."),
    )
    floor = forms.IntegerField(
        label=_("floor for each zone"),
        min_value=0,
        max_value=50,
        initial=0,
        required=False,
        help_text=_("At least so many of the chosen were proposed in each zone. 0 means that there is none."),
    )
    quorum = forms.IntegerField(
        label=_("quorum of each zone, in %"),
        min_value=0,
        max_value=100,
        initial=0,
        required=False,
        help_text=_("The share of the organisations of each zone that has to vote. 0 means that there is none."),
    )
    secrecy = PresetField(
        label=_("secrecy"),
        choices=Secrecy.choices,
        initial=Secrecy.CONFIDENTIAL,
        help_text=_("An open round is possible where every organisation that votes may be named."),
    )
    seed = forms.CharField(
        label=_("seed for ties"),
        max_length=80,
        required=False,
        help_text=_(
            "A few words or figures, best called out in the room: they decide between equals. Empty: one is drawn."
        ),
    )

    def __init__(self, *args: Any, round_: Round | None = None, **kwargs: Any):
        if round_ is not None:
            kwargs["initial"] = {name: getattr(round_, name) for name in self.base_fields}
        super().__init__(*args, **kwargs)
        capitalise(self)

    def clean(self) -> dict[str, Any]:
        """What is left empty stands for no floor and no quorum."""
        data = super().clean() or {}
        for name in ("floor", "quorum"):
            if name in data:
                data[name] = data[name] or 0
        return data
