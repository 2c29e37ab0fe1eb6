"""Writing what is done and what it costs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from planning_portal.organisations.models import Country, Organisation
from planning_portal.workflow.services import log_change

from .. import checks
from ..codes import child_code, next_position
from ..models import QUARTERS, ActionPlan, Activity, BudgetLine, Result, ResultKind
from ..queries.partners import organisations_of_plan
from .editing import EditConflict, editing, fresh_item, write_item

Amounts = Mapping[tuple[str, int], Decimal | None]


@dataclass(frozen=True)
class ActivityContent:
    """What a person says of an activity."""

    source_language: str
    title: str
    description: str = ""
    organisation: Organisation | None = None
    countries: Iterable[Country] = ()
    start_quarter: int = 1
    end_quarter: int = QUARTERS

    @property
    def texts(self) -> dict[str, str]:
        return checks.clean_texts({"title": self.title, "description": self.description})


def add_activity(result: Result, *, by: Any, content: ActivityContent) -> Activity:
    """Add an activity to an output. Raises WrongState, PermissionDenied, ValidationError."""
    with editing(result.plan, by=by) as fresh:
        if result.kind != ResultKind.OUTPUT:
            raise ValidationError(_("An activity belongs to an output."))
        position = next_position(result.activities.values_list("position", flat=True))
        activity = Activity(result=result, position=position, code=child_code(result.code, position))
        activity.budget_changed_in = fresh.version
        _write_activity(activity, fresh, content)
    return activity


def save_activity(activity: Activity, *, by: Any, content: ActivityContent, seen: int | None = None) -> Activity:
    """Change an activity. Raises as above, EditConflict, ItemGone."""
    with editing(activity.result.plan, by=by) as fresh:
        now = fresh_item(activity, fresh, seen=seen)
        _write_activity(now, fresh, content)
    return now


def _write_activity(activity: Activity, plan: ActionPlan, content: ActivityContent) -> None:
    problems = checks.problems_of_texts(("title",), content.texts)
    problems |= checks.problems_of_quarters(content.start_quarter, content.end_quarter)
    if content.organisation is not None and content.organisation not in organisations_of_plan(plan):
        problems["organisation"] = _("Choose one of the organisations that carry this plan.")
    checks.refuse(problems)
    values = {
        "organisation": content.organisation,
        "start_quarter": content.start_quarter,
        "end_quarter": content.end_quarter,
    }
    write_item(activity, plan, language=content.source_language, texts=content.texts, values=values)
    activity.countries.set(content.countries)


def remove_activity(activity: Activity, *, by: Any, seen: int | None = None) -> None:
    """Remove an activity with its budget. Raises as ``save_activity``."""
    with editing(activity.result.plan, by=by) as fresh:
        now = fresh_item(activity, fresh, seen=seen)
        if seen is not None and now.budget_changed_in > seen:
            raise EditConflict(now, fresh)
        log_change(fresh, "remove_activity", by=by, reason=now.code)
        now.delete()


def set_budget(
    activity: Activity,
    *,
    by: Any,
    source: str,
    amounts: Amounts,
    has_no_budget: bool = False,
    seen: int | None = None,
) -> Activity:
    """Set what ``source`` pays for the activity, by cost category and year; other sources stay as they are.

    None takes a line away, zero keeps it: empty is not zero. ``has_no_budget`` says that the activity costs nothing,
    whoever would pay. Raises WrongState, PermissionDenied, ValidationError by cell, EditConflict, ItemGone.
    """
    with editing(activity.result.plan, by=by) as fresh:
        now = fresh_item(activity, fresh, seen=seen, changed_in="budget_changed_in")
        problems = checks.problems_of_budget(fresh.programme.years, source, amounts, has_no_budget=has_no_budget)
        others = now.budget_lines.exclude(source=source)
        if has_no_budget and "has_no_budget" not in problems and others.filter(amount__gt=0).exists():
            problems["has_no_budget"] = _("Another source pays for this activity: it does cost something.")
        checks.refuse(problems)
        _write_lines(now, source, amounts)
        now.has_no_budget = has_no_budget
        now.budget_changed_in = fresh.version
        now.save(update_fields=["has_no_budget", "budget_changed_in"])
    return now


def _write_lines(activity: Activity, source: str, amounts: Amounts) -> None:
    lines = {(line.category, line.year): line for line in activity.budget_lines.filter(source=source)}
    given = {key: amount for key, amount in amounts.items() if amount is not None}
    gone = [line.pk for key, line in lines.items() if key in amounts and key not in given]
    BudgetLine.objects.filter(pk__in=gone).delete()
    BudgetLine.objects.bulk_create(
        [
            BudgetLine(activity=activity, year=year, category=category, source=source, amount=amount)
            for (category, year), amount in given.items()
        ],
        update_conflicts=True,
        unique_fields=["activity", "year", "category", "source"],
        update_fields=["amount"],
    )
