"""Writing the results tree: outcomes and outputs, indicators with their targets, and risks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from planning_portal.languages.services import source_text
from planning_portal.workflow.services import log_change

from .. import checks
from ..codes import child_code, indicator_code, next_position
from ..models import (
    Accumulation,
    ActionPlan,
    Activity,
    Direction,
    Indicator,
    Measure,
    PlanKind,
    Result,
    ResultKind,
    Risk,
    YearTarget,
)
from .editing import EditConflict, editing, fresh_item, write_item


@dataclass(frozen=True)
class ResultContent:
    """What a person says of a result."""

    source_language: str
    statement: str
    assumption: str = ""
    contributes_to: Result | None = None

    @property
    def texts(self) -> dict[str, str]:
        return checks.clean_texts({"statement": self.statement, "assumption": self.assumption})


@dataclass(frozen=True)
class IndicatorContent:
    """What a person says of an indicator, with the targets of all years."""

    source_language: str
    title: str
    unit: str = ""
    means_of_verification: str = ""
    measure: str = Measure.NUMBER
    accumulation: str = Accumulation.CUMULATIVE
    direction: str = Direction.RISING
    baseline_value: Decimal | None = None
    baseline_year: int | None = None
    baseline_to_measure: bool = False
    targets: Mapping[int, Decimal | None] = field(default_factory=dict)
    targets_to_set: bool = False

    @property
    def texts(self) -> dict[str, str]:
        return checks.clean_texts(
            {"title": self.title, "unit": self.unit, "means_of_verification": self.means_of_verification}
        )

    @property
    def numbers(self) -> dict[str, Any]:
        return {
            "measure": self.measure,
            "accumulation": self.accumulation,
            "direction": self.direction,
            "baseline_value": self.baseline_value,
            "baseline_year": self.baseline_year,
            "baseline_to_measure": self.baseline_to_measure,
            "targets_to_set": self.targets_to_set,
        }


@dataclass(frozen=True)
class RiskContent:
    """What a person says of a risk."""

    source_language: str
    description: str
    mitigation: str = ""
    probability: int = 3
    impact: int = 3
    is_public: bool = False

    @property
    def texts(self) -> dict[str, str]:
        return checks.clean_texts({"description": self.description, "mitigation": self.mitigation})


# --- results ------------------------------------------------------------------------------------------------------


def add_result(plan: ActionPlan, *, by: Any, kind: str, content: ResultContent, parent: Result | None = None) -> Result:
    """Add an outcome, or an output under ``parent``. A global plan has one outcome, given by its line of work.

    Raises WrongState, PermissionDenied, ValidationError.
    """
    with editing(plan, by=by) as fresh:
        if kind == ResultKind.OUTCOME and fresh.is_global:
            raise ValidationError(_("A global plan has one outcome: what the workshop decided."))
        if kind == ResultKind.OUTPUT and (parent is None or parent.plan_id != fresh.pk or not parent.is_outcome):
            raise ValidationError({"parent": _("An output belongs to an outcome.")})
        siblings = fresh.results.filter(parent=parent).values_list("position", flat=True)
        position = next_position(siblings)
        result = Result(
            plan=fresh,
            kind=kind,
            parent=parent,
            position=position,
            code=child_code(parent.code if parent else "", position),
        )
        _write_result(result, fresh, content)
    return result


def save_result(result: Result, *, by: Any, content: ResultContent, seen: int | None = None) -> Result:
    """Change a result; ``seen`` is the plan's version that the writer saw. Raises as above, EditConflict, ItemGone."""
    with editing(result.plan, by=by) as fresh:
        now = fresh_item(result, fresh, seen=seen)
        if fresh.is_global and now.is_outcome and content.texts["statement"] != source_text(now, "statement"):
            raise ValidationError({"statement": _("The workshop decided this outcome: it is not rewritten here.")})
        _write_result(now, fresh, content)
    return now


def _write_result(result: Result, plan: ActionPlan, content: ResultContent) -> None:
    if content.contributes_to is not None and (plan.is_global or content.contributes_to.plan.kind != PlanKind.GLOBAL):
        raise ValidationError(
            {"contributes_to": _("Only an organisation's own plan contributes, and only to a global plan.")}
        )
    checks.refuse(checks.problems_of_texts(("statement",), content.texts))
    write_item(
        result,
        plan,
        language=content.source_language,
        texts=content.texts,
        values={"contributes_to": content.contributes_to},
    )


def remove_result(result: Result, *, by: Any, seen: int | None = None) -> None:
    """Remove a result with all that hangs on it. Raises as ``save_result``.

    Not the outcome of a global plan, and not a result to which an organisation contributes.
    """
    with editing(result.plan, by=by) as fresh:
        now = fresh_item(result, fresh, seen=seen)
        if fresh.is_global and now.is_outcome:
            raise ValidationError(_("The workshop decided this outcome: it cannot be removed."))
        family = [now.pk, *now.children.values_list("pk", flat=True)]
        if Result.objects.filter(contributes_to__in=family).exclude(pk__in=family).exists():
            raise ValidationError(
                _("Organisations contribute to this result in their own plans: it cannot be removed.")
            )
        if seen is not None:
            _refuse_unseen(now, family, fresh, seen)
        log_change(fresh, "remove_result", by=by, reason=now.code)
        now.delete()


def _refuse_unseen(result: Result, family: list[int], plan: ActionPlan, seen: int) -> None:
    """What somebody wrote under the result a moment ago is not removed unseen."""
    for model in (Indicator, Activity):
        if model._base_manager.filter(result__in=family, changed_in__gt=seen).exists():
            raise EditConflict(result, plan)
    if Result.objects.filter(pk__in=family, changed_in__gt=seen).exists():
        raise EditConflict(result, plan)


# --- indicators -----------------------------------------------------------------------------------------------------


def add_indicator(result: Result, *, by: Any, content: IndicatorContent) -> Indicator:
    """Add an indicator with its targets. Raises WrongState, PermissionDenied, ValidationError."""
    with editing(result.plan, by=by) as fresh:
        position = next_position(result.indicators.values_list("position", flat=True))
        indicator = Indicator(result=result, position=position, code=indicator_code(result.code, position))
        _write_indicator(indicator, fresh, content)
    return indicator


def save_indicator(indicator: Indicator, *, by: Any, content: IndicatorContent, seen: int | None = None) -> Indicator:
    """Change an indicator and its targets. Raises as above, EditConflict, ItemGone."""
    with editing(indicator.result.plan, by=by) as fresh:
        now = fresh_item(indicator, fresh, seen=seen)
        _write_indicator(now, fresh, content)
    return now


def _write_indicator(indicator: Indicator, plan: ActionPlan, content: IndicatorContent) -> None:
    problems = checks.problems_of_texts(("title",), content.texts)
    problems |= checks.problems_of_indicator(years=plan.programme.years, targets=content.targets, **content.numbers)
    checks.refuse(problems)
    write_item(indicator, plan, language=content.source_language, texts=content.texts, values=content.numbers)
    given = {year: value for year, value in content.targets.items() if value is not None}
    indicator.targets.exclude(year__in=list(given)).delete()
    YearTarget.objects.bulk_create(
        [YearTarget(indicator=indicator, year=year, value=value) for year, value in given.items()],
        update_conflicts=True,
        unique_fields=["indicator", "year"],
        update_fields=["value"],
    )


def remove_indicator(indicator: Indicator, *, by: Any, seen: int | None = None) -> None:
    """Remove an indicator with its targets. Raises as ``save_indicator``."""
    with editing(indicator.result.plan, by=by) as fresh:
        now = fresh_item(indicator, fresh, seen=seen)
        log_change(fresh, "remove_indicator", by=by, reason=now.code)
        now.delete()


# --- risks ------------------------------------------------------------------------------------------------------


def add_risk(plan: ActionPlan, *, by: Any, content: RiskContent) -> Risk:
    """Add a risk. Raises WrongState, PermissionDenied, ValidationError."""
    with editing(plan, by=by) as fresh:
        risk = Risk(plan=fresh, position=next_position(fresh.risks.values_list("position", flat=True)))
        _write_risk(risk, fresh, content)
    return risk


def save_risk(risk: Risk, *, by: Any, content: RiskContent, seen: int | None = None) -> Risk:
    """Change a risk. Raises as above, EditConflict, ItemGone."""
    with editing(risk.plan, by=by) as fresh:
        now = fresh_item(risk, fresh, seen=seen)
        _write_risk(now, fresh, content)
    return now


def _write_risk(risk: Risk, plan: ActionPlan, content: RiskContent) -> None:
    problems = checks.problems_of_texts(("description",), content.texts)
    problems |= checks.problems_of_risk(content.probability, content.impact, content.mitigation)
    checks.refuse(problems)
    values = {"probability": content.probability, "impact": content.impact, "is_public": content.is_public}
    write_item(risk, plan, language=content.source_language, texts=content.texts, values=values)


def remove_risk(risk: Risk, *, by: Any, seen: int | None = None) -> None:
    """Remove a risk. Raises as ``save_risk``."""
    with editing(risk.plan, by=by) as fresh:
        now = fresh_item(risk, fresh, seen=seen)
        log_change(fresh, "remove_risk", by=by, reason=str(now.position))
        now.delete()
