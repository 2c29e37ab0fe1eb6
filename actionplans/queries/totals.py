"""The budgets of plans, added up."""

from __future__ import annotations

from collections.abc import Iterable

from ..models import ActionPlan, BudgetLine
from ..totals import Amount, Totals
from .tree import PlanTree


def totals_of_tree(tree: PlanTree) -> Totals:
    """The budget of one plan that was read already."""
    return Totals(
        (
            Amount(
                line.year, line.category, line.source, line.amount, activity.organisation_id, tree.plan.pk, activity.pk
            )
            for activity in tree.activities
            for line in tree.budget_of(activity)
        ),
        tree.plan.programme.years,
    )


def totals_of_plans(plans: Iterable[ActionPlan], years: Iterable[int]) -> Totals:
    """The budgets of several plans together: one query. Added up here and not by the database, to the cent."""
    rows = BudgetLine.objects.filter(activity__result__plan__in=[plan.pk for plan in plans]).values_list(
        "year",
        "category",
        "source",
        "amount",
        "activity__organisation_id",
        "activity__result__plan_id",
        "activity_id",
    )
    return Totals((Amount(*row) for row in rows), years)
