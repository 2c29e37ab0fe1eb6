"""Who carries a plan."""

from __future__ import annotations

from django.db.models import Q

from planning_portal.organisations.models import Organisation

from ..models import ActionPlan


def organisations_of_plan(plan: ActionPlan) -> list[Organisation]:
    """The organisations that may be responsible for an activity: those of the line with its lead, or the one whose
    plan it is. One query, once for each plan object."""
    if "_partners" not in plan.__dict__:
        if plan.organisation_id:
            wanted = Q(pk=plan.organisation_id)
        else:
            wanted = Q(lines_joined=plan.line_id) | Q(lines_led=plan.line_id)
        plan.__dict__["_partners"] = list(
            Organisation.objects.filter(wanted)
            .distinct()
            .select_related("country__zone")
            .order_by("country__zone__order", "country__iso2", "slug")
        )
    return plan.__dict__["_partners"]  # type: ignore[no-any-return]
