"""A plan with everything in it, in a fixed number of queries however much it holds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import OuterRef, Subquery

from planning_portal.languages.models import Multilingual
from planning_portal.languages.queries import attach_units
from planning_portal.organisations.models import Country

from ..codes import natural_key
from ..models import ActionPlan, Activity, BudgetLine, Indicator, Result, Risk, YearTarget, end_target


@dataclass
class Node:
    """A result with its place in the tree: outcomes have no parent, outputs stand under their outcome."""

    result: Result
    depth: int
    indicators: list[Indicator] = field(default_factory=list)
    activities: list[Activity] = field(default_factory=list)


@dataclass
class PlanTree:
    """The plan read once. Lists come in the order of the codes."""

    plan: ActionPlan
    nodes: list[Node]
    risks: list[Risk]
    lines: dict[int, list[BudgetLine]]
    countries: dict[int, list[Country]]

    @property
    def outcomes(self) -> list[Node]:
        return [node for node in self.nodes if node.result.is_outcome]

    @property
    def indicators(self) -> list[Indicator]:
        return [indicator for node in self.nodes for indicator in node.indicators]

    @property
    def activities(self) -> list[Activity]:
        return [activity for node in self.nodes for activity in node.activities]

    @property
    def budget_lines(self) -> list[BudgetLine]:
        return [line for activity in self.activities for line in self.budget_of(activity)]

    def node_of(self, result: Result) -> Node:
        return next(node for node in self.nodes if node.result.pk == result.pk)

    def indicators_of(self, result: Result) -> list[Indicator]:
        return self.node_of(result).indicators

    def activities_of(self, result: Result) -> list[Activity]:
        return self.node_of(result).activities

    def budget_of(self, activity: Activity) -> list[BudgetLine]:
        return self.lines.get(activity.pk, [])

    def countries_of(self, activity: Activity) -> list[Country]:
        return self.countries.get(activity.pk, [])

    def targets_of(self, indicator: Indicator) -> dict[int, Decimal]:
        """The targets by year; a year without one is left out."""
        return targets_of(indicator, self.plan.programme.years)

    def end_target_of(self, indicator: Indicator) -> Decimal | None:
        return end_target(indicator.accumulation, indicator.measure, self.targets_of(indicator))


def targets_of(indicator: Indicator, years: Iterable[int]) -> dict[int, Decimal]:
    """What ``with_targets`` read, without the years that have no target."""
    values = {year: getattr(indicator, f"target_{year}") for year in years}
    return {year: value for year, value in values.items() if value is not None}


def with_targets(years: Iterable[int]) -> dict[str, Subquery]:
    """Annotations of an indicator: ``target_2027`` and so on, in the indicator's own query."""
    return {
        f"target_{year}": Subquery(YearTarget.objects.filter(indicator=OuterRef("pk"), year=year).values("value")[:1])
        for year in years
    }


def plan_tree(plan: ActionPlan) -> PlanTree:
    """Read the plan (given ``with_context``): 7 queries, one of them for all translation states."""
    results = list(plan.results.select_related("contributes_to__plan__line").all())
    indicators = list(Indicator.objects.filter(result__plan=plan).annotate(**with_targets(plan.programme.years)))
    activities = list(Activity.objects.filter(result__plan=plan).select_related("organisation__country__zone"))
    countries: dict[int, list[Country]] = {}
    through = Activity.countries.through.objects.filter(activity__result__plan=plan).select_related("country__zone")
    for row in through.order_by("country__zone__order", "country__iso2"):
        countries.setdefault(row.activity_id, []).append(row.country)
    lines: dict[int, list[BudgetLine]] = {}
    for line in BudgetLine.objects.filter(activity__result__plan=plan).order_by("year", "category", "source"):
        lines.setdefault(line.activity_id, []).append(line)
    risks = list(plan.risks.all())
    tree = PlanTree(plan, _nodes(results, indicators, activities), risks, lines, countries)
    attach_units(_texts(plan, tree))
    return tree


def _nodes(results: list[Result], indicators: list[Indicator], activities: list[Activity]) -> list[Node]:
    """Outcome, its outputs, next outcome …, each with what hangs on it."""
    nodes = {result.pk: Node(result, 0 if result.is_outcome else 1) for result in results}
    for indicator in sorted(indicators, key=lambda one: natural_key(one.code)):
        nodes[indicator.result_id].indicators.append(indicator)
    for activity in sorted(activities, key=lambda one: natural_key(one.code)):
        nodes[activity.result_id].activities.append(activity)
    return sorted(nodes.values(), key=lambda node: natural_key(node.result.code))


def _texts(plan: ActionPlan, tree: PlanTree) -> list[Multilingual]:
    """Everything in the plan that has people's words."""
    results = [node.result for node in tree.nodes]
    targets = [result.contributes_to for result in results if result.contributes_to is not None]
    line = [plan.line, plan.line.theme] if plan.line is not None else []
    return [plan, *line, *results, *targets, *tree.indicators, *tree.activities, *tree.risks]
