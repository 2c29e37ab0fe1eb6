"""Forms of the results tree: summary, outcome or output, indicator, risk. ``content()`` is what the services take."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import checks
from ..models import Accumulation, Direction, Indicator, Measure, Result, Risk
from ..queries.choices import global_result_choices
from ..services import IndicatorContent, ResultContent, RiskContent
from .base import ItemForm
from .fields import LocalNumberField, WrittenText, capitalised


class SummaryForm(ItemForm):
    TEXTS = ("summary",)

    summary = WrittenText(
        label=gettext_lazy("Summary"),
        help_text=gettext_lazy("A few sentences for who reads nothing else: what changes for whom, and how."),
        max_length=3000,
        rows=6,
        required=False,
    )


class ResultForm(ItemForm):
    """An outcome or an output; the outcome of a global plan keeps its statement."""

    TEXTS = ("statement", "assumption")

    statement = WrittenText(
        label=gettext_lazy("What has changed"),
        help_text=gettext_lazy("A result, not an activity: write it as if it had been reached."),
        max_length=2000,
        rows=4,
    )
    assumption = WrittenText(
        label=gettext_lazy("Assumption"),
        help_text=gettext_lazy("What must hold true, outside our control, so that this result is reached?"),
        max_length=1000,
        required=False,
    )

    def build(self) -> None:
        if self.item is not None and self.item.is_outcome and self.plan.is_global:
            field = self.fields["statement"]
            field.disabled = True
            field.help_text = _("The workshop decided this outcome: it is not rewritten here.")
            field.widget.attrs.pop("data-counter", None)
        if not self.plan.is_global:
            self.results = global_result_choices(self.plan)
            self.fields["contributes_to"] = forms.ChoiceField(
                label=_("Contributes to"),
                help_text=_("A result of a global plan. So others see what your work adds to."),
                choices=[("", _("Nothing in the global plans")), *self.results.choices],
                required=False,
            )

    def present_values(self, item: Result) -> dict[str, Any]:
        target = item.contributes_to
        return {**super().present_values(item), "contributes_to": str(target.public_id) if target else ""}

    def content(self) -> ResultContent:
        data = self.cleaned_data
        chosen = data.get("contributes_to")
        return ResultContent(
            source_language=data["source_language"],
            statement=data["statement"],
            assumption=data["assumption"],
            contributes_to=self.results.by_id[chosen] if chosen else None,
        )


class IndicatorForm(ItemForm):
    """An indicator with its baseline and the targets of all years on one page."""

    TEXTS = ("title", "unit", "means_of_verification")

    title = WrittenText(
        label=gettext_lazy("Indicator"),
        help_text=gettext_lazy("What is counted, without the number itself: “Workers covered by a health mutual”."),
        max_length=250,
        rows=2,
    )
    measure = forms.ChoiceField(label=gettext_lazy("What is given"), choices=Measure.choices, widget=forms.RadioSelect)
    unit = forms.CharField(
        label=gettext_lazy("Unit"),
        help_text=gettext_lazy("For example: workers, agreements, mutuals."),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    accumulation = forms.ChoiceField(
        label=gettext_lazy("How the years count"),
        help_text=gettext_lazy(
            "Cumulative: each year counts what was reached before. Each year anew: the years are added up."
            " Level reached: what is true at the end of the year."
        ),
        choices=Accumulation.choices,
        widget=forms.RadioSelect,
    )
    direction = forms.ChoiceField(label=gettext_lazy("Direction"), choices=Direction.choices, widget=forms.RadioSelect)
    baseline_value = LocalNumberField(
        label=gettext_lazy("Baseline"),
        help_text=gettext_lazy("Where we start. Leave it empty if unknown: empty is not zero."),
    )
    baseline_year = forms.TypedChoiceField(
        label=gettext_lazy("Year of the baseline"),
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.Select(attrs={"class": "short"}),
    )
    baseline_to_measure = forms.BooleanField(
        label=gettext_lazy("The baseline still has to be measured"), required=False
    )
    targets_to_set = forms.BooleanField(label=gettext_lazy("The targets are not known yet"), required=False)
    means_of_verification = WrittenText(
        label=gettext_lazy("Means of verification"),
        help_text=gettext_lazy("Where the number comes from: a register, a survey, minutes."),
        max_length=250,
        rows=2,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        order = list(self.fields)
        for name in self.target_names:
            order.remove(name)
        at = order.index("targets_to_set")
        self.order_fields([*order[:at], *self.target_names, *order[at:]])

    @property
    def years(self) -> list[int]:
        return self.plan.programme.years

    @property
    def target_names(self) -> list[str]:
        return [checks.target_field(year) for year in self.years]

    def build(self) -> None:
        first = self.years[0]
        choices = [(year, str(year)) for year in range(first, first - checks.BASELINE_YEARS_BEFORE - 1, -1)]
        self.fields["baseline_year"].choices = [("", "–"), *choices]  # type: ignore[attr-defined]
        for name, labels in (("measure", Measure), ("accumulation", Accumulation), ("direction", Direction)):
            self.fields[name].choices = capitalised(labels)  # type: ignore[attr-defined]
        for year in self.years:
            self.fields[checks.target_field(year)] = LocalNumberField(label=_("Target %(year)s") % {"year": year})
        if self.item is None:
            self.initial = {
                "measure": Measure.NUMBER,
                "accumulation": Accumulation.CUMULATIVE,
                "direction": Direction.RISING,
                "baseline_year": first - 1,
                **self.initial,
            }

    def present_values(self, item: Indicator) -> dict[str, Any]:
        names = (
            "measure",
            "accumulation",
            "direction",
            "baseline_value",
            "baseline_year",
            "baseline_to_measure",
            "targets_to_set",
        )
        targets = {checks.target_field(target.year): target.value for target in item.targets.all()}
        values = {name: getattr(item, name) for name in names}
        if item.baseline_value is None:
            # No year is kept for a baseline that is not there: without this, giving the value later would be refused.
            values["baseline_year"] = self.years[0] - 1
        return {**super().present_values(item), **values, **targets}

    @property
    def target_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.target_names]

    def targets(self) -> dict[int, Decimal | None]:
        return {year: self.cleaned_data.get(checks.target_field(year)) for year in self.years}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if {"measure", "accumulation", "direction"} <= set(data):
            # The year stands there by default; without a value it says nothing.
            if data.get("baseline_value") is None and "baseline_value" not in self.errors:
                data["baseline_year"] = None
            self.refuse(
                checks.problems_of_indicator(
                    years=self.years,
                    measure=data["measure"],
                    accumulation=data["accumulation"],
                    direction=data["direction"],
                    baseline_value=data.get("baseline_value"),
                    baseline_year=data.get("baseline_year"),
                    baseline_to_measure=data["baseline_to_measure"],
                    targets=self.targets(),
                    targets_to_set=data["targets_to_set"],
                )
            )
        return data

    def content(self) -> IndicatorContent:
        data = self.cleaned_data
        names = [*self.TEXTS, "source_language", "measure", "accumulation", "direction", "baseline_value"]
        names += ["baseline_year", "baseline_to_measure", "targets_to_set"]
        return IndicatorContent(**{name: data[name] for name in names}, targets=self.targets())


class RiskForm(ItemForm):
    TEXTS = ("description", "mitigation")

    description = WrittenText(label=gettext_lazy("What could go wrong"), max_length=1000)
    probability = forms.TypedChoiceField(
        label=gettext_lazy("How likely is it?"),
        coerce=int,
        choices=[
            (1, gettext_lazy("1 – very unlikely")),
            (2, gettext_lazy("2 – unlikely")),
            (3, gettext_lazy("3 – possible")),
            (4, gettext_lazy("4 – likely")),
            (5, gettext_lazy("5 – almost certain")),
        ],
        initial=3,
        widget=forms.Select(attrs={"class": "short"}),
    )
    impact = forms.TypedChoiceField(
        label=gettext_lazy("How bad would it be?"),
        coerce=int,
        choices=[
            (1, gettext_lazy("1 – hardly noticeable")),
            (2, gettext_lazy("2 – a nuisance")),
            (3, gettext_lazy("3 – a setback")),
            (4, gettext_lazy("4 – serious")),
            (5, gettext_lazy("5 – the result is lost")),
        ],
        initial=3,
        widget=forms.Select(attrs={"class": "short"}),
    )
    mitigation = WrittenText(
        label=gettext_lazy("What we do about it"),
        help_text=gettext_lazy("Asked of every risk whose likelihood times harm is 8 or more."),
        max_length=1000,
        required=False,
    )
    is_public = forms.BooleanField(
        label=gettext_lazy("This risk may be published"),
        help_text=gettext_lazy("Leave this open when naming the risk could itself do harm."),
        required=False,
    )

    def present_values(self, item: Risk) -> dict[str, Any]:
        names = ("probability", "impact", "is_public")
        return {**super().present_values(item), **{name: getattr(item, name) for name in names}}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if {"probability", "impact"} <= set(data):
            self.refuse(checks.problems_of_risk(data["probability"], data["impact"], data.get("mitigation") or ""))
        return data

    def content(self) -> RiskContent:
        names = ("source_language", "description", "mitigation", "probability", "impact", "is_public")
        return RiskContent(**{name: self.cleaned_data[name] for name in names})
