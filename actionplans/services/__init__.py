"""Every write with consequences on a plan: one function for each, from drafting to the consolidated plan."""

from .activities import ActivityContent, add_activity, remove_activity, save_activity, set_budget
from .agreeing import Incomplete, adopt, amend, return_to_draft, send_for_review
from .drafting import draft_global_plan, draft_organisation_plan, save_summary
from .editing import EditConflict, ItemGone
from .editions import create_edition, publish_edition, request_edition
from .results import (
    IndicatorContent,
    ResultContent,
    RiskContent,
    add_indicator,
    add_result,
    add_risk,
    remove_indicator,
    remove_result,
    remove_risk,
    save_indicator,
    save_result,
    save_risk,
)

__all__ = [
    "ActivityContent",
    "EditConflict",
    "Incomplete",
    "IndicatorContent",
    "ItemGone",
    "ResultContent",
    "RiskContent",
    "add_activity",
    "add_indicator",
    "add_result",
    "add_risk",
    "adopt",
    "amend",
    "create_edition",
    "draft_global_plan",
    "draft_organisation_plan",
    "publish_edition",
    "remove_activity",
    "remove_indicator",
    "remove_result",
    "remove_risk",
    "request_edition",
    "return_to_draft",
    "save_activity",
    "save_indicator",
    "save_result",
    "save_risk",
    "save_summary",
    "send_for_review",
    "set_budget",
]
