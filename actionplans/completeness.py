"""What a plan still lacks before it can be adopted: each thing named, and where to mend it.

``ActionPlanQuerySet.with_missing_count`` counts the same things in the database; a test holds the two together.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from .models import Activity, Indicator
from .queries.tree import Node, PlanTree


@dataclass(frozen=True)
class Missing:
    """One thing that a plan lacks: in words, with the code of what lacks it and the page that mends it."""

    code: str
    text: str
    url: str


def missing_in(tree: PlanTree) -> list[Missing]:
    """Everything that the plan lacks, in the order of the plan."""
    plan = tree.plan
    found = []
    if not tree.outcomes:
        url = reverse("actionplans:outcome-add", args=[plan.public_id])
        found.append(Missing("", _("The plan has no outcome yet."), url))
    parents = {node.result.parent_id for node in tree.nodes}
    for node in tree.nodes:
        found += _missing_in_node(tree, node, has_outputs=node.result.pk in parents)
    if plan.is_global and not tree.risks:
        url = reverse("actionplans:risk-add", args=[plan.public_id])
        found.append(Missing("", _("No risk is named yet."), url))
    return found


def _missing_in_node(tree: PlanTree, node: Node, *, has_outputs: bool) -> list[Missing]:
    plan, result = tree.plan.public_id, node.result
    found = []
    if result.is_outcome and not node.indicators:
        url = reverse("actionplans:indicator-add", args=[plan, result.public_id])
        found.append(Missing(result.code, _("The outcome has no indicator yet."), url))
    if result.is_outcome and not has_outputs:
        url = reverse("actionplans:output-add", args=[plan, result.public_id])
        found.append(Missing(result.code, _("The outcome has no output yet."), url))
    if not result.is_outcome and not node.activities:
        url = reverse("actionplans:activity-add", args=[plan, result.public_id])
        found.append(Missing(result.code, _("The output has no activity yet."), url))
    for indicator in node.indicators:
        found += _missing_in_indicator(tree, indicator)
    for activity in node.activities:
        found += _missing_in_activity(tree, activity)
    return found


def _missing_in_indicator(tree: PlanTree, indicator: Indicator) -> list[Missing]:
    url = reverse("actionplans:indicator-edit", args=[tree.plan.public_id, indicator.public_id])
    found = []
    if indicator.baseline_value is None and not indicator.baseline_to_measure:
        text = _("The baseline is missing. Give it, or say that it still has to be measured.")
        found.append(Missing(indicator.code, text, f"{url}#id_baseline_value"))
    last = tree.plan.programme.years[-1]
    if last not in tree.targets_of(indicator) and not indicator.targets_to_set:
        text = _("The target of the last year is missing. Give it, or say that the targets are not known yet.")
        found.append(Missing(indicator.code, text, f"{url}#id_target_{last}"))
    return found


def _missing_in_activity(tree: PlanTree, activity: Activity) -> list[Missing]:
    plan = tree.plan.public_id
    found = []
    if activity.organisation_id is None:
        url = reverse("actionplans:activity-edit", args=[plan, activity.public_id])
        found.append(Missing(activity.code, _("Nobody is responsible yet."), f"{url}#id_organisation"))
    if not tree.budget_of(activity) and not activity.has_no_budget:
        url = reverse("actionplans:budget-edit", args=[plan, activity.public_id])
        text = _("The budget is missing. Give amounts, or say that the activity costs nothing.")
        found.append(Missing(activity.code, text, url))
    return found
