"""Forms of what is done and what it costs."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from planning_portal.organisations.models import Country

from .. import checks
from ..models import QUARTERS, ActionPlan, Activity, CostCategory
from ..queries.choices import responsible_choices
from ..queries.partners import organisations_of_plan
from ..services import ActivityContent
from .base import ItemForm, VersionedForm
from .fields import LocalNumberField, WrittenText


class ActivityForm(ItemForm):
    TEXTS = ("title", "description")

    title = WrittenText(label=gettext_lazy("Activity"), max_length=200, rows=2)
    description = WrittenText(
        label=gettext_lazy("Description"),
        help_text=gettext_lazy("What is done, with whom, how often."),
        max_length=2000,
        required=False,
    )

    def build(self) -> None:
        self.organisations = {str(one.public_id): one for one in organisations_of_plan(self.plan)}
        self.fields["organisation"] = forms.ChoiceField(
            label=_("Responsible"),
            choices=[("", "–"), *responsible_choices(self.plan, self.user)],
            required=False,
        )
        self.countries = {one.iso2: one for one in Country.objects.all()}
        self.fields["countries"] = forms.MultipleChoiceField(
            label=_("Countries"),
            choices=[(one.iso2, one.name) for one in sorted(self.countries.values(), key=lambda one: one.name)],
            required=False,
            widget=forms.CheckboxSelectMultiple(attrs={"wrapper_class": "choices-inline"}),
        )
        quarters = quarter_choices(self.plan.programme.years)
        for name, label, initial in (
            ("start_quarter", _("First quarter"), 1),
            ("end_quarter", _("Last quarter"), QUARTERS),
        ):
            self.fields[name] = forms.TypedChoiceField(
                label=label, choices=quarters, coerce=int, widget=forms.Select(attrs={"class": "short"})
            )
            self.initial.setdefault(name, initial)
        if self.item is None and self.plan.organisation is not None:
            self.initial.setdefault("organisation", str(self.plan.organisation.public_id))
            self.initial.setdefault("countries", [self.plan.organisation.country.iso2])

    def present_values(self, item: Activity) -> dict[str, Any]:
        return {
            **super().present_values(item),
            "organisation": str(item.organisation.public_id) if item.organisation else "",
            "countries": [country.iso2 for country in item.countries.all()],
            "start_quarter": item.start_quarter,
            "end_quarter": item.end_quarter,
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.refuse(checks.problems_of_quarters(data.get("start_quarter"), data.get("end_quarter")))
        return data

    def content(self) -> ActivityContent:
        data = self.cleaned_data
        return ActivityContent(
            source_language=data["source_language"],
            title=data["title"],
            description=data["description"],
            organisation=self.organisations.get(data["organisation"]),
            countries=[self.countries[iso2] for iso2 in data["countries"]],
            start_quarter=data["start_quarter"],
            end_quarter=data["end_quarter"],
        )


class BudgetForm(VersionedForm):
    """What one source pays for an activity: a grid of cost categories and years."""

    def __init__(self, *args: Any, plan: ActionPlan, item: Activity, source: str, user: Any = None, **kwargs: Any):
        self.plan, self.item, self.source = plan, item, source
        self.years = plan.programme.years
        present = {
            checks.cell_name(line.category, line.year): line.amount
            for line in item.budget_lines.all()
            if line.source == source
        }
        kwargs["initial"] = {
            "version": plan.version,
            "has_no_budget": item.has_no_budget,
            **present,
            **(kwargs.get("initial") or {}),
        }
        super().__init__(*args, **kwargs)
        for category in CostCategory:
            for year in self.years:
                self.fields[checks.cell_name(category, year)] = LocalNumberField(
                    decimals=2, label=f"{category.label} {year}".capitalize()
                )
        self.fields["has_no_budget"] = forms.BooleanField(label=_("This activity costs nothing"), required=False)

    @property
    def rows(self) -> list[tuple[str, list[tuple[int, forms.BoundField]]]]:
        """The grid: each cost category with its cells by year."""
        return [
            (str(category.label), [(year, self[checks.cell_name(category, year)]) for year in self.years])
            for category in CostCategory
        ]

    def amounts(self) -> dict[tuple[str, int], Decimal | None]:
        return {
            (category.value, year): self.cleaned_data.get(checks.cell_name(category, year))
            for category in CostCategory
            for year in self.years
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.refuse(
            checks.problems_of_budget(
                self.years, self.source, self.amounts(), has_no_budget=bool(data.get("has_no_budget"))
            )
        )
        return data


def quarter_choices(years: list[int]) -> list[tuple[str, list[tuple[int, str]]]]:
    """The quarters of the programme, numbered through, by year."""
    return [
        (
            str(year),
            [
                (number * 4 + quarter, _("%(year)s, quarter %(quarter)s") % {"year": year, "quarter": quarter})
                for quarter in range(1, 5)
            ],
        )
        for number, year in enumerate(years)
    ]
