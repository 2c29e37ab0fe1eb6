"""Template tags of action plans."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.defaultfilters import capfirst

from actionplans.models import ActionPlan, Measure, PlanState
from actionplans.naming import PlanName, name_of_plan, text_for_link
from actionplans.numbers import show_number
from actionplans.pictures import period_name, quarter_strip
from planning_portal.languages.queries import ShownText
from planning_portal.organisations.identity import viewer_of
from planning_portal.web.templatetags.portal import badge

register = template.Library()

BADGES = {PlanState.DRAFT: "draft", PlanState.IN_REVIEW: "waiting", PlanState.ADOPTED: "done"}


@register.simple_tag(takes_context=True)
def plan_name(context: dict[str, Any], plan: ActionPlan) -> PlanName:
    """``{% plan_name plan as name %}``: what the plan is called, as the reader may know it."""
    return name_of_plan(plan, viewer_of(context["request"].user))


@register.simple_tag
def plan_badge(plan: ActionPlan) -> Any:
    """The plan's state as a badge."""
    return badge(BADGES[PlanState(plan.state)], capfirst(plan.get_state_display()))


@register.simple_tag
def link_text(obj: Any, field: str) -> ShownText:
    """``{% link_text result "statement" as words %}``: in the reader's language or the original, without a label."""
    return text_for_link(obj, field)


@register.filter
def quantity(value: Any, measure: str = Measure.NUMBER) -> str:
    """``{{ value|quantity:indicator.measure }}``: a number of an indicator, with "%" where it is one."""
    return show_number(value, is_percentage=measure == Measure.PERCENTAGE)


@register.simple_tag
def quarters(activity: Any, years: Any) -> Any:
    """``{% quarters activity years %}``: when the activity takes place, as a bar of twenty quarters."""
    return quarter_strip(activity.code, activity.start_quarter, activity.end_quarter, years)


@register.simple_tag
def period(start: int, end: int, years: Any) -> str:
    """From the first to the last quarter in words."""
    return period_name(start, end, years)


@register.filter
def anchor(item: Any) -> str:
    """The ``id`` of an item on its plan's page."""
    return f"{item._meta.model_name}-{item.public_id}"


@register.filter
def get(mapping: Any, key: Any) -> Any:
    """``{{ amounts|get:year }}``."""
    return mapping.get(key)
