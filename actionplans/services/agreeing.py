"""From draft to adopted and back: every change of a plan's state."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from planning_portal.programme.services import touch
from planning_portal.workflow.services import WrongState

from ..codes import next_position
from ..completeness import Missing, missing_in
from ..models import ActionPlan, PlanVersion
from ..queries.tree import plan_tree
from ..snapshots import freeze_plan, hash_snapshot
from ..workflow import PLAN


class Incomplete(WrongState):
    """The plan still lacks something. ``missing`` names each thing and where to mend it."""

    def __init__(self, missing: list[Missing]):
        self.missing = missing
        super().__init__(_("This plan cannot be adopted yet: something is still missing."))


@transaction.atomic
def send_for_review(plan: ActionPlan, *, by: Any) -> ActionPlan:
    """Give the draft to the coordinators; from now on nobody changes it. It may still lack something.

    Raises WrongState, PermissionDenied.
    """
    return PLAN.apply(plan, "send_for_review", by=by, organisation=plan.organisation)


@transaction.atomic
def return_to_draft(plan: ActionPlan, *, by: Any, reason: str) -> ActionPlan:
    """Give the plan back to those who write it, with the reason that they will read.

    Raises WrongState, PermissionDenied, ValueError without a reason.
    """
    return PLAN.apply(plan, "return_to_draft", by=by, reason=reason.strip())


@transaction.atomic
def adopt(plan: ActionPlan, *, by: Any, note: str = "") -> PlanVersion:
    """Adopt the plan and freeze it as its next version, in all languages, with its fingerprint.

    In order: change the state (which locks the row), look for what is missing, freeze, number, make the public pages
    new. Raises WrongState, PermissionDenied, Incomplete.
    """
    PLAN.apply(plan, "adopt", by=by, reason=note.strip())
    fresh = ActionPlan.objects.with_context().get(pk=plan.pk)
    tree = plan_tree(fresh)
    missing = missing_in(tree)
    if missing:
        raise Incomplete(missing)
    snapshot = freeze_plan(tree)
    version = PlanVersion.objects.create(
        plan=fresh,
        number=next_position(fresh.versions.values_list("number", flat=True)),
        snapshot=snapshot,
        sha256=hash_snapshot(snapshot),
        note=note.strip(),
        adopted_by=by,
    )
    plan.state = fresh.state
    touch(fresh.programme)
    return version


@transaction.atomic
def amend(plan: ActionPlan, *, by: Any, reason: str) -> ActionPlan:
    """Open an adopted plan again. Its adopted version counts until the next one is adopted.

    Raises WrongState, PermissionDenied, ValueError without a reason.
    """
    return PLAN.apply(plan, "amend", by=by, organisation=plan.organisation, reason=reason.strip())
