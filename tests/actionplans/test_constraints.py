"""The database has the last word: every constraint provoked by its name, past the services."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from actionplans.models import (
    ActionPlan,
    Activity,
    BudgetLine,
    Indicator,
    PlanEdition,
    PlanVersion,
    Result,
    Risk,
    YearTarget,
)

from . import factories


def refused(name, model, obj):
    """``obj`` breaks the constraint ``name``: told in words before it is saved, and refused by the database."""
    constraint = next(one for one in model._meta.constraints if one.name == name)
    with pytest.raises(ValidationError):
        constraint.validate(model, obj)
    assert str(constraint.get_violation_error_message())
    with pytest.raises(IntegrityError), transaction.atomic():
        model._base_manager.bulk_create([obj])


@pytest.fixture
def outcome(plan):
    return plan.results.get()


@pytest.fixture
def activity(output):
    return factories.make_activity(output)


@pytest.fixture
def indicator(outcome):
    return factories.make_indicator(outcome)


def test_plan_is_of_a_line_or_of_an_organisation(plan, union):
    plain = {"programme": plan.programme, "source_language": "en"}
    refused("plan_of_line_or_organisation", ActionPlan, ActionPlan(kind="global", **plain))
    refused(
        "plan_of_line_or_organisation",
        ActionPlan,
        ActionPlan(kind="organisation", line=None, organisation=None, **plain),
    )


def test_organisation_has_one_plan(own_plan):
    again = ActionPlan(
        programme=own_plan.programme, kind="organisation", organisation=own_plan.organisation, source_language="en"
    )
    refused("one_plan_per_organisation", ActionPlan, again)


def test_line_has_one_plan(plan):
    again = ActionPlan(programme=plan.programme, kind="global", line=plan.line, source_language="en")
    with pytest.raises(IntegrityError), transaction.atomic():
        ActionPlan._base_manager.bulk_create([again])


def test_result_code_is_unique_in_its_plan(plan):
    refused("one_result_per_code", Result, Result(plan=plan, kind="outcome", code="1", source_language="en"))


@pytest.mark.parametrize("kind", ["outcome", "output"])
def test_only_outputs_have_an_outcome_above(kind, plan, outcome):
    parent = outcome if kind == "outcome" else None
    result = Result(plan=plan, kind=kind, parent=parent, code="9", source_language="en")
    refused("output_has_outcome", Result, result)


def test_indicator_code_is_unique_in_its_result(indicator):
    again = Indicator(result=indicator.result, code=indicator.code, source_language="en")
    refused("one_indicator_per_code", Indicator, again)


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("baseline_not_negative", {"baseline_value": Decimal(-1), "baseline_year": 2026}),
        ("baseline_has_year", {"baseline_value": Decimal(1)}),
        (
            "percentage_baseline_at_most_100",
            {"measure": "percentage", "baseline_value": Decimal(101), "baseline_year": 2026},
        ),
        (
            "baseline_known_or_to_measure",
            {"baseline_value": Decimal(1), "baseline_year": 2026, "baseline_to_measure": True},
        ),
    ],
)
def test_baseline(name, fields, outcome):
    refused(name, Indicator, Indicator(result=outcome, code="1.z", source_language="en", **fields))


def test_year_has_one_target(indicator):
    refused("one_target_per_year", YearTarget, YearTarget(indicator=indicator, year=2027, value=Decimal(1)))


def test_target_is_not_negative(indicator):
    refused("target_not_negative", YearTarget, YearTarget(indicator=indicator, year=2040, value=Decimal(-1)))


def test_activity_code_is_unique_in_its_output(activity):
    refused(
        "one_activity_per_code", Activity, Activity(result=activity.result, code=activity.code, source_language="en")
    )


@pytest.mark.parametrize(("start", "end"), [(0, 4), (5, 4), (1, 21)])
def test_quarters_are_in_order(start, end, output):
    activity = Activity(result=output, code="1.1.9", start_quarter=start, end_quarter=end, source_language="en")
    refused("activity_quarters_in_order", Activity, activity)


def test_budget_line_is_unique(activity):
    factories.make_budget(activity, {("activities", 2027): 5})
    again = BudgetLine(activity=activity, year=2027, category="activities", source="dgd", amount=Decimal(1))
    refused("one_budget_line_per_key", BudgetLine, again)


def test_amount_is_not_negative(activity):
    line = BudgetLine(activity=activity, year=2027, category="activities", source="own", amount=Decimal("-0.01"))
    refused("amount_not_negative", BudgetLine, line)


@pytest.mark.parametrize(("probability", "impact"), [(0, 3), (6, 3), (3, 0), (3, 6)])
def test_risk_scores(probability, impact, plan):
    risk = Risk(plan=plan, probability=probability, impact=impact, source_language="en")
    refused("risk_scores_in_range", Risk, risk)


def test_version_number_is_unique(plan):
    PlanVersion.objects.create(plan=plan, number=1, snapshot={}, sha256="0" * 64)
    refused("one_plan_version_per_number", PlanVersion, PlanVersion(plan=plan, number=1, snapshot={}, sha256="1" * 64))


def test_version_is_never_edited(plan):
    version = PlanVersion.objects.create(plan=plan, number=1, snapshot={}, sha256="0" * 64)
    version.note = "changed"
    with pytest.raises(TypeError):
        version.save()


def test_edition_number_is_unique(programme):
    PlanEdition.objects.create(programme=programme, number=1, sha256="0" * 64)
    refused("one_edition_per_number", PlanEdition, PlanEdition(programme=programme, number=1, sha256="1" * 64))
