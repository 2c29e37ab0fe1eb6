"""The plans, one plan, one activity and where it comes from."""

from __future__ import annotations

import uuid

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from planning_portal.languages.queries import attach_units
from planning_portal.languages.services import source_text
from planning_portal.organisations.identity import viewer_of
from planning_portal.organisations.models import Organisation
from planning_portal.programme.models import current_programme
from planning_portal.web.submissions import SubmissionConflict, answer_once
from workshops.models import LineOfWork
from workshops.permissions import takes_part

from .. import services
from ..completeness import missing_in
from ..disclosure import may_show_countries
from ..lineage import origin_of_activity, origin_of_plan
from ..models import Activity
from ..pictures import budget_bars
from ..presentation import budget_rows, sections_of
from ..queries.lists import Filters, lines_without_plan, organisations_without_plan, plans_of, plans_visible_to
from ..queries.origins import contributions_to
from ..queries.totals import totals_of_tree
from ..queries.tree import plan_tree
from .lookup import plan_for, plan_url

DRAFT = "actionplans.draft"
PER_PAGE = 30


@require_GET
def plan_list(request: HttpRequest) -> HttpResponse:
    """My plans, what can be begun, and all plans with their state and what they lack."""
    if not takes_part(request.user):
        raise PermissionDenied(_("Action plans are for the organisations and people who take part in the planning."))
    filters = Filters.of(request.GET)
    mine = plans_of(request.user)
    page = Paginator(plans_visible_to(request.user, filters), PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "actionplans/plan_list.html",
        {
            "mine": mine,
            "page": page,
            "filters": filters,
            "lines": lines_without_plan(request.user),
            "organisations": organisations_without_plan(request.user, mine),
        },
    )


@require_POST
def plan_draft(request: HttpRequest) -> HttpResponse:
    """Begin a plan: of a line of work (the hand-over) or of an organisation. Twice is once."""

    def act() -> str:
        if line_id := request.POST.get("line"):
            line = get_object_or_404(LineOfWork.objects.visible_to(request.user), public_id=_uuid(line_id))
            return plan_url(services.draft_global_plan(line, by=request.user))
        organisations = Organisation.objects.visible_to(request.user)
        organisation = get_object_or_404(organisations, public_id=_uuid(request.POST.get("organisation", "")))
        programme = current_programme()
        if programme is None:
            raise Http404
        return plan_url(services.draft_organisation_plan(organisation, programme=programme, by=request.user))

    try:
        return answer_once(request, DRAFT, act)
    except SubmissionConflict as first:
        return HttpResponseRedirect(first.location)


def _uuid(value: str) -> uuid.UUID:
    try:
        return uuid.UUID(value)
    except ValueError:
        raise Http404 from None


@require_GET
def plan_detail(request: HttpRequest, plan: uuid.UUID) -> HttpResponse:
    """Everything in a plan, in the order of its codes."""
    target = plan_for(request, plan)
    tree = plan_tree(target)
    totals = totals_of_tree(tree)
    sees_all_risks = request.user.has_perm("actionplans.view_risks", target)
    writes = request.user.has_perm("actionplans.write_plan", target)
    return render(
        request,
        "actionplans/plan_detail.html",
        {
            "plan": target,
            "has_summary": bool(source_text(target, "summary")),
            "nodes": sections_of(tree, viewer_of(request.user)),
            "risks": [risk for risk in tree.risks if risk.is_public or sees_all_risks],
            "years": target.programme.years,
            "totals": totals,
            "budget_rows": budget_rows(totals),
            "bars": budget_bars(totals, title=_("Budget by year and source")) if totals.total else "",
            "missing": missing_in(tree) if writes else [],
            "can_write": writes,
            "can_edit": request.user.has_perm("actionplans.edit_plan", target),
        },
    )


@require_GET
def plan_origins(request: HttpRequest, plan: uuid.UUID) -> HttpResponse:
    """Where a plan comes from, and which organisations add to it in their own."""
    target = plan_for(request, plan)
    contributions = contributions_to(target) if target.is_global else []
    return render(
        request,
        "actionplans/plan_origins.html",
        {
            "plan": target,
            "events": origin_of_plan(target, request.user),
            "contributions": [
                activity
                for activity in contributions
                if request.user.has_perm("actionplans.view_plan", activity.result.plan)
            ],
        },
    )


@require_GET
def activity_detail(request: HttpRequest, plan: uuid.UUID, item: uuid.UUID) -> HttpResponse:
    """One activity, and the way back to the priorities it came from."""
    target = plan_for(request, plan)
    activity: Activity = get_object_or_404(
        Activity.objects.filter(result__plan=target)
        .select_related(
            "organisation__country__zone",
            "result__contributes_to__plan__line",
            "result__contributes_to__plan__programme",
            "result__parent__contributes_to__plan__line",
        )
        .prefetch_related("countries__zone", "budget_lines"),
        public_id=item,
    )
    activity.result.plan = target
    attach_units([activity])
    amounts = [line.amount for line in activity.budget_lines.all()]
    return render(
        request,
        "actionplans/activity_detail.html",
        {
            "plan": target,
            "activity": activity,
            "years": target.programme.years,
            "countries": activity.countries.all() if may_show_countries(activity, viewer_of(request.user)) else [],
            "has_description": bool(source_text(activity, "description")),
            "total": sum(amounts) if amounts else None,
            "events": origin_of_activity(activity, request.user),
            "can_edit": request.user.has_perm("actionplans.edit_plan", target),
        },
    )
