"""Stage 3 of the world: a plan in each state, an organisation's own in each, one edition with its documents."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from actionplans.models import ActionPlan, ResultKind
from actionplans.services import (
    ActivityContent,
    IndicatorContent,
    ResultContent,
    RiskContent,
    add_activity,
    add_indicator,
    add_result,
    add_risk,
    adopt,
    amend,
    create_edition,
    draft_global_plan,
    draft_organisation_plan,
    send_for_review,
    set_budget,
)
from planning_portal.organisations.models import Organisation, User
from planning_portal.programme.models import Step, StepKind
from planning_portal.programme.services import open_step

from .things import store_fake_documents

if TYPE_CHECKING:
    from .build import World


def write_plans(world: World) -> None:
    """Of the lines of work: one adopted, one in review, one a draft; of the organisations: two each."""
    coordinator = world.people["coordinator"]
    open_step(Step.objects.get(programme=world.programme, kind=StepKind.ACTION_PLANS), by=coordinator)
    rights, health, work = world.own.pop("lines")
    adopted, adopted_parts = _write(world, draft_global_plan(rights, by=coordinator), world.organisations["union"])
    in_review, _parts = _write(world, draft_global_plan(health, by=coordinator), world.organisations["mutual"])
    draft, draft_parts = _write(world, draft_global_plan(work, by=coordinator), world.organisations["women"])
    send_for_review(in_review, by=coordinator)
    version = _adopt_twice(adopted, coordinator)
    own_plan, own_parts = _write_own(world, "union", "partner", contributes_to=adopted_parts["output"])
    _foreign, foreign_parts = _write_own(world, "women", "stranger")
    shown, _parts = _write_own(world, "cooperative", "cooperator")
    hidden, _parts = _write_own(world, "mutual", "neighbour")
    _adopt_twice(shown, coordinator)
    _adopt(hidden, coordinator)
    edition = create_edition(world.programme, by=coordinator)
    public = store_fake_documents(edition, "consolidated-plan", version="1", audience="public")
    full = store_fake_documents(edition, "consolidated-plan", version="1", audience="coordinators")
    world.own |= {**own_parts, "adopted_plan": adopted, "plan_version": version, "review_plan": in_review}
    world.foreign |= {**foreign_parts, "adopted_plan": shown, "plan_version": version, "review_plan": in_review}
    world.own |= {"edition": edition, "public_document": public, "coordinators_document": full}
    world.foreign |= {"edition": edition, "public_document": public, "coordinators_document": full}
    world.own["global_plan"], world.foreign["global_plan"] = adopted, draft
    world.foreign["hidden_plan"] = ActionPlan.objects.get(pk=hidden.pk)
    world.own["draft_line"] = work
    world.foreign["global_parts"] = draft_parts
    world.own["own_plan"] = own_plan


def _adopt(plan: ActionPlan, by: User) -> Any:
    send_for_review(plan, by=by)
    version = adopt(plan, by=by)
    plan.refresh_from_db()
    return version


def _adopt_twice(plan: ActionPlan, by: User) -> Any:
    """Two versions, to be compared; returns the later one."""
    _adopt(plan, by)
    amend(plan, by=by, reason="The start was moved.")
    plan.refresh_from_db()
    return _adopt(plan, by)


def _write_own(
    world: World, organisation: str, person: str, *, contributes_to: Any = None
) -> tuple[ActionPlan, dict[str, Any]]:
    owner, by = world.organisations[organisation], world.people[person]
    plan = draft_organisation_plan(owner, programme=world.programme, by=by)
    content = ResultContent(plan.source_language, "Ce que nous changeons.", contributes_to=contributes_to)
    add_result(plan, by=by, kind=ResultKind.OUTCOME, content=content)
    return _write(world, plan, owner, by=by)


def _write(
    world: World, plan: ActionPlan, responsible: Organisation, *, by: User | None = None
) -> tuple[ActionPlan, dict[str, Any]]:
    """Everything that a plan needs to be adopted, once of each kind."""
    by = by or world.people["coordinator"]
    language = plan.source_language
    outcome = plan.results.get(kind=ResultKind.OUTCOME)
    indicator = add_indicator(
        outcome,
        by=by,
        content=IndicatorContent(
            language,
            "People who gained",
            "people",
            "Registers",
            baseline_value=Decimal(10),
            baseline_year=2026,
            targets={year: Decimal(10 * (year - 2025)) for year in world.programme.years},
        ),
    )
    output = add_result(
        plan, by=by, kind=ResultKind.OUTPUT, parent=outcome, content=ResultContent(language, "A trained network")
    )
    activity = add_activity(
        output,
        by=by,
        content=ActivityContent(
            language,
            "A training",
            "Three days, twice a year.",
            organisation=responsible,
            countries=[responsible.country],
            start_quarter=1,
            end_quarter=8,
        ),
    )
    set_budget(activity, by=by, source="dgd", amounts={("activities", 2027): Decimal(1000)})
    risk = add_risk(plan, by=by, content=RiskContent(language, "Prices rise", "We buy early", 3, 3, is_public=True))
    return plan, {
        "plan": plan,
        "outcome": outcome,
        "result": output,
        "output": output,
        "indicator": indicator,
        "activity": activity,
        "risk": risk,
    }
