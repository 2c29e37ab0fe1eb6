"""Which plans there are, and which are still to begin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Length

from planning_portal.organisations.models import Organisation
from planning_portal.organisations.permissions import memberships_of, organisations_of
from planning_portal.programme.models import Step, StepKind, StepStatus
from planning_portal.programme.permissions import is_coordinator, is_facilitator
from workshops.models import LineOfWork
from workshops.querysets import CLOSED_STATES

from ..codes import natural_key
from ..models import ActionPlan, PlanKind, PlanState


@dataclass(frozen=True)
class Filters:
    """What the list of plans is narrowed to; unknown words narrow nothing."""

    kind: str = ""
    state: str = ""

    @classmethod
    def of(cls, query: Any) -> Filters:
        kind, state = query.get("kind", ""), query.get("state", "")
        return cls(
            kind if kind in PlanKind.values else "",
            state if state in PlanState.values else "",
        )

    def __bool__(self) -> bool:
        return bool(self.kind or self.state)


def plans_of(user: Any) -> list[ActionPlan]:
    """The plans that ``user`` writes with others: own ones first. One query."""
    if not memberships_of(user):
        return []
    plans = (
        ActionPlan.objects.filter(programme__is_current=True)
        .written_by(user)
        .with_context()
        .with_version_number()
        .with_missing_count()
    )
    return sorted(plans, key=lambda plan: (plan.is_global, order_of(plan)))


def plans_visible_to(user: Any, filters: Filters) -> QuerySet[ActionPlan]:
    """The current programme's plans for the list: global ones first."""
    plans = ActionPlan.objects.visible_to(user).filter(programme__is_current=True)
    if filters.kind:
        plans = plans.filter(kind=filters.kind)
    if filters.state:
        plans = plans.filter(state=filters.state)
    return (
        plans.with_context()
        .with_version_number()
        .with_missing_count()
        # "L2" before "L10".
        .order_by("kind", Length("line__code"), "line__code", "organisation__country__zone__order", "id")
    )


def lines_without_plan(user: Any) -> list[LineOfWork]:
    """The decided lines of work for which ``user`` may begin the global plan. One query, none for who may not."""
    lines = (
        LineOfWork.objects.filter(programme__is_current=True, workshop__state__in=CLOSED_STATES, plan__isnull=True)
        .select_related("workshop", "programme")
        .defer("workshop__snapshot")
    )
    if not (is_coordinator(user) or is_facilitator(user)):
        ids = list(memberships_of(user))
        if not ids:
            return []
        lines = lines.filter(Q(organisations__in=ids) | Q(lead__in=ids)).distinct()
    return sorted(lines, key=lambda line: natural_key(line.code))


def organisations_without_plan(user: Any, plans: list[ActionPlan]) -> list[Organisation]:
    """Those of ``user``'s organisations that have no own plan among ``plans`` (``plans_of``). No query."""
    known = {plan.organisation_id for plan in plans}
    return [one for one in organisations_of(user) if one.pk not in known]


def order_of(plan: ActionPlan) -> tuple[Any, ...]:
    """Lines in the order of their codes, organisations by zone and country."""
    if plan.line is not None:
        return (0, natural_key(plan.line.code))
    organisation = plan.organisation
    assert organisation is not None  # noqa: S101 (a plan is of a line or of an organisation)
    return (1, organisation.country.zone.order, organisation.country.iso2, organisation.slug)


def is_time_for_plans() -> bool:
    """Whether organisations are asked for their own plans: the current programme's step is going on. One query."""
    steps = Step.objects.filter(programme__is_current=True, kind=StepKind.ACTION_PLANS)
    return any(step.status == StepStatus.NOW for step in steps)
