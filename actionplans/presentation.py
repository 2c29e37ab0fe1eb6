"""A plan as its page shows it: rows that a template only has to write down."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from planning_portal.languages.services import source_text
from planning_portal.organisations.identity import Viewer
from planning_portal.organisations.models import Country

from .disclosure import countries_shown
from .models import Activity, CostCategory, Indicator, Result
from .queries.tree import Node, PlanTree
from .totals import NOTHING, Totals


@dataclass(frozen=True)
class IndicatorRow:
    """An indicator with a place for every year."""

    indicator: Indicator
    targets: list[tuple[int, Decimal | None]]
    end: Decimal | None


@dataclass(frozen=True)
class ActivityRow:
    """An activity with what it costs; ``countries`` as far as the reader may know them."""

    activity: Activity
    countries: list[Country]
    has_lines: bool
    total: Decimal


@dataclass(frozen=True)
class ResultSection:
    """A result with what hangs on it."""

    result: Result
    depth: int
    has_assumption: bool
    rows: list[IndicatorRow]
    activity_rows: list[ActivityRow]


@dataclass(frozen=True)
class BudgetRow:
    """A cost category with its amount of each year."""

    label: str
    cells: list[tuple[int, Decimal]]
    total: Decimal


def sections_of(tree: PlanTree, viewer: Viewer) -> list[ResultSection]:
    """Outcomes and outputs in the order of their codes."""
    countries = countries_shown(tree, viewer)
    return [_section(tree, node, countries) for node in tree.nodes]


def _section(tree: PlanTree, node: Node, countries: dict[int, list[Country]]) -> ResultSection:
    years = tree.plan.programme.years
    rows = []
    for indicator in node.indicators:
        targets = tree.targets_of(indicator)
        rows.append(
            IndicatorRow(indicator, [(year, targets.get(year)) for year in years], tree.end_target_of(indicator))
        )
    activities = []
    for activity in node.activities:
        lines = tree.budget_of(activity)
        total = sum((line.amount for line in lines), NOTHING)
        activities.append(ActivityRow(activity, countries[activity.pk], bool(lines), total))
    has_assumption = bool(source_text(node.result, "assumption"))
    return ResultSection(node.result, node.depth, has_assumption, rows, activities)


def budget_rows(totals: Totals) -> list[BudgetRow]:
    """The cost categories that have an amount."""
    return [
        BudgetRow(str(CostCategory(category).label), list(row.items()), totals.by_category[category])
        for category, row in totals.grid.items()
    ]
