"""Who may do what with a plan: the organisations that carry it × its state; coordinators agree it.

Asked as ``user.has_perm("actionplans.verb_noun", obj)``. ``obj`` is an ActionPlan (load it ``with_context``), for
``draft_global_plan`` a LineOfWork, for ``draft_organisation_plan`` an Organisation, for ``build_consolidated`` nothing.
"""

from __future__ import annotations

from typing import Any

import rules

from planning_portal.organisations.identity import viewer_of
from planning_portal.organisations.models import Identity, Organisation
from planning_portal.organisations.permissions import is_member_of, memberships_of
from planning_portal.programme.permissions import companion_country_ids, is_coordinator, is_facilitator
from workshops.models import LineOfWork
from workshops.permissions import takes_part

from .models import ActionPlan, PlanState


def carries_line(user: Any, line: LineOfWork) -> bool:
    """Acts for an organisation that joined the line or leads it: one query, none for who acts for no organisation."""
    ids = set(memberships_of(user))
    if not ids:
        return False
    return (
        line.lead_id in ids
        or line.organisations.through.objects.filter(lineofwork_id=line.pk, organisation_id__in=ids).exists()
    )


@rules.predicate
def is_of_line(user: Any, line: LineOfWork | None) -> bool:
    return line is not None and carries_line(user, line)


@rules.predicate
def is_of_plan(user: Any, plan: ActionPlan | None) -> bool:
    """Acts for an organisation that writes the plan. Uses what ``with_belonging`` found, if it was asked."""
    if plan is None:
        return False
    known = plan.__dict__.get("belongs_to_user")
    if known is not None:
        return bool(known)
    if plan.line is not None:
        return carries_line(user, plan.line)
    return plan.organisation_id in memberships_of(user)


@rules.predicate
def is_global(user: Any, plan: ActionPlan | None) -> bool:
    return plan is not None and plan.is_global


@rules.predicate
def accompanies_plan(user: Any, plan: ActionPlan | None) -> bool:
    """Is the companion of the country of the organisation whose plan this is."""
    return (
        plan is not None
        and plan.organisation is not None
        and plan.organisation.country_id in companion_country_ids(user)
    )


@rules.predicate
def may_know_of(user: Any, plan: ActionPlan | None) -> bool:
    """Knows the organisation, or the organisation does not mind that it has a plan."""
    organisation: Organisation | None = plan.organisation if plan is not None else None
    return organisation is not None and (
        organisation.identity != Identity.WITHHELD or viewer_of(user).knows(organisation)
    )


@rules.predicate
def is_draft(user: Any, plan: ActionPlan | None) -> bool:
    return plan is not None and plan.state == PlanState.DRAFT


@rules.predicate
def is_in_review(user: Any, plan: ActionPlan | None) -> bool:
    return plan is not None and plan.state == PlanState.IN_REVIEW


@rules.predicate
def is_adopted(user: Any, plan: ActionPlan | None) -> bool:
    return plan is not None and plan.state == PlanState.ADOPTED


writes_plan = is_coordinator | is_of_plan

rules.add_perm("actionplans.list_plans", takes_part)
rules.add_perm(
    "actionplans.view_plan",
    is_coordinator
    | is_facilitator
    | (is_global & takes_part)
    | is_of_plan
    | accompanies_plan
    | (is_adopted & takes_part & may_know_of),
)
# Naming a risk can itself do harm: those that may not be published are for who works on the plan.
rules.add_perm("actionplans.view_risks", is_coordinator | is_facilitator | is_of_plan | accompanies_plan)
rules.add_perm("actionplans.draft_global_plan", is_coordinator | is_facilitator | is_of_line)
rules.add_perm("actionplans.draft_organisation_plan", is_coordinator | is_member_of)
rules.add_perm("actionplans.write_plan", writes_plan)
rules.add_perm("actionplans.edit_plan", is_draft & writes_plan)
rules.add_perm("actionplans.send_for_review", is_draft & writes_plan)
rules.add_perm("actionplans.return_to_draft", is_in_review & is_coordinator)
rules.add_perm("actionplans.adopt_plan", is_in_review & is_coordinator)
rules.add_perm("actionplans.amend_plan", is_adopted & (is_coordinator | (~is_global & is_of_plan)))
rules.add_perm("actionplans.build_consolidated", is_coordinator)
