"""Stage 3: a global five-year action plan per line of work, and each organisation's own."""

from .activities import QUARTERS, Activity, BudgetLine, CostCategory, FundingSource
from .plan import ActionPlan, PlanItem, PlanKind, PlanState
from .results import Accumulation, Direction, Indicator, Measure, Result, ResultKind, Risk, YearTarget, end_target
from .versions import PlanEdition, PlanVersion

__all__ = [
    "QUARTERS",
    "Accumulation",
    "ActionPlan",
    "Activity",
    "BudgetLine",
    "CostCategory",
    "Direction",
    "FundingSource",
    "Indicator",
    "Measure",
    "PlanEdition",
    "PlanItem",
    "PlanKind",
    "PlanState",
    "PlanVersion",
    "Result",
    "ResultKind",
    "Risk",
    "YearTarget",
    "end_target",
]
