"""Action plans for tests, in any state, written through the real services."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from actionplans import services
from actionplans.models import (
    ActionPlan,
    Activity,
    CostCategory,
    FundingSource,
    Indicator,
    PlanState,
    PlanVersion,
    Result,
    ResultKind,
    Risk,
)
from planning_portal.organisations.models import Organisation
from planning_portal.programme.models import Programme
from tests import factories
from tests.factories import numbers
from tests.workshops.factories import make_line, make_workshop
from workshops.models import WorkshopState

YEARS = (2027, 2028, 2029, 2030, 2031)


def current_programme() -> Programme:
    return Programme.objects.filter(is_current=True).first() or factories.make_programme()


def make_global_plan(*, organisations: Iterable[Organisation] = (), line: Any = None, **line_fields: Any) -> ActionPlan:
    """The draft of a line that ``organisations`` joined."""
    if line is None:
        workshop = line_fields.pop("workshop", None) or make_workshop(WorkshopState.CLOSED)
        line = make_line(workshop, organisations=list(organisations), **line_fields)
    return services.draft_global_plan(line, by=None)


def make_own_plan(organisation: Organisation | None = None) -> ActionPlan:
    organisation = organisation or factories.make_organisation()
    return services.draft_organisation_plan(organisation, programme=current_programme(), by=None)


def outcome_of(plan: ActionPlan) -> Result:
    """The first outcome; an organisation's own plan gets one."""
    return plan.results.filter(kind=ResultKind.OUTCOME).first() or make_result(plan)


def make_result(plan: ActionPlan, *, parent: Result | None = None, **content: Any) -> Result:
    defaults = {"source_language": "en", "statement": f"What has changed, number {next(numbers)}"}
    return services.add_result(
        plan,
        by=None,
        kind=ResultKind.OUTPUT if parent else ResultKind.OUTCOME,
        parent=parent,
        content=services.ResultContent(**{**defaults, **content}),
    )


def make_output(plan: ActionPlan, **content: Any) -> Result:
    return make_result(plan, parent=outcome_of(plan), **content)


def indicator_content(**content: Any) -> services.IndicatorContent:
    defaults = {
        "source_language": "en",
        "title": f"People reached, number {next(numbers)}",
        "unit": "people",
        "means_of_verification": "Registers",
        "baseline_value": Decimal(10),
        "baseline_year": 2026,
        "targets": {year: Decimal(100 * (number + 1)) for number, year in enumerate(YEARS)},
    }
    return services.IndicatorContent(**{**defaults, **content})


def make_indicator(result: Result, **content: Any) -> Indicator:
    return services.add_indicator(result, by=None, content=indicator_content(**content))


def activity_content(**content: Any) -> services.ActivityContent:
    defaults = {"source_language": "en", "title": f"Training, number {next(numbers)}", "description": "Twice a year."}
    return services.ActivityContent(**{**defaults, **content})


def make_activity(result: Result, **content: Any) -> Activity:
    return services.add_activity(result, by=None, content=activity_content(**content))


def make_budget(activity: Activity, amounts: dict[tuple[str, int], Any], source: str = FundingSource.DGD) -> Activity:
    return services.set_budget(
        activity, by=None, source=source, amounts={key: Decimal(value) for key, value in amounts.items()}
    )


def make_risk(plan: ActionPlan, **content: Any) -> Risk:
    defaults = {"source_language": "en", "description": "Prices rise.", "mitigation": "Buy early.", "is_public": True}
    return services.add_risk(plan, by=None, content=services.RiskContent(**{**defaults, **content}))


def fill_plan(plan: ActionPlan, *, organisation: Organisation | None = None, outputs: int = 1) -> ActionPlan:
    """All that a plan needs before it can be adopted."""
    outcome = outcome_of(plan)
    make_indicator(outcome)
    organisation = organisation or plan.organisation or plan.line.organisations.first() or plan.line.lead
    for _number in range(outputs):
        output = make_result(plan, parent=outcome)
        make_indicator(output)
        activity = make_activity(output, organisation=organisation)
        make_budget(activity, {(CostCategory.ACTIVITIES, 2027): 1000, (CostCategory.STAFF, 2028): "250.50"})
        make_budget(activity, {(CostCategory.STAFF, 2027): 400}, FundingSource.OWN)
    make_risk(plan)
    return plan


def bring_to(plan: ActionPlan, state: str) -> ActionPlan:
    """The plan in ``state``, complete, through the real changes of state."""
    if state != PlanState.DRAFT:
        services.send_for_review(plan, by=None)
    if state == PlanState.ADOPTED:
        services.adopt(plan, by=None)
    return ActionPlan.objects.with_context().get(pk=plan.pk)


def make_adopted_plan(organisations: Iterable[Organisation] = (), **line_fields: Any) -> PlanVersion:
    """An adopted global plan's version."""
    organisations = list(organisations) or [factories.make_organisation()]
    plan = fill_plan(make_global_plan(organisations=organisations, **line_fields))
    return bring_to(plan, PlanState.ADOPTED).versions.get()
