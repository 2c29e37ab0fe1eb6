"""Adopted versions: their list, one of them as it was frozen, two of them compared."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from planning_portal.organisations.identity import viewer_of

from ..comparison import Comparison
from ..models import ActionPlan, PlanVersion
from ..reading import FrozenPlan, Reader, load_organisations, organisations_in
from ..snapshots import Data


def _versions(request: HttpRequest, public_id: uuid.UUID) -> tuple[ActionPlan, Any]:
    """The plan and those of its versions that this person may read. Raises Http404 when there is none to see."""
    plan = get_object_or_404(ActionPlan.objects.with_context().with_belonging(request.user), public_id=public_id)
    versions = PlanVersion.objects.visible_to(request.user).filter(plan=plan).select_related("adopted_by")
    if not request.user.has_perm("actionplans.view_plan", plan) and not versions.exists():
        raise Http404
    return plan, versions


@require_GET
def version_list(request: HttpRequest, plan: uuid.UUID) -> HttpResponse:
    """Every adopted version, the latest first."""
    target, versions = _versions(request, plan)
    return render(
        request,
        "actionplans/version_list.html",
        {
            "plan": target,
            "versions": _with_earlier(list(versions.defer("snapshot"))),
            "may_view_plan": request.user.has_perm("actionplans.view_plan", target),
        },
    )


def _with_earlier(versions: list[PlanVersion]) -> list[PlanVersion]:
    """Each with the number of the one before it."""
    for version, before in zip(versions, [*versions[1:], None], strict=True):
        version.earlier = before.number if before else None  # type: ignore[attr-defined]
    return versions


@require_GET
def version_detail(request: HttpRequest, plan: uuid.UUID, number: int) -> HttpResponse:
    """A version as it was adopted."""
    target, versions = _versions(request, plan)
    version = get_object_or_404(versions, number=number)
    frozen = FrozenPlan(version.snapshot, _reader(request, version.snapshot))
    return render(
        request,
        "actionplans/version_detail.html",
        {
            "plan": target,
            "version": version,
            "frozen": frozen,
            "risks": frozen.risks if request.user.has_perm("actionplans.view_risks", target) else frozen.public_risks,
            "earlier": number - 1 if number > 1 else None,
        },
    )


@require_GET
def version_compare(request: HttpRequest, plan: uuid.UUID, old: int, new: int) -> HttpResponse:
    """What changed between two versions, field by field."""
    target, versions = _versions(request, plan)
    if old >= new:
        raise Http404
    before, after = get_object_or_404(versions, number=old), get_object_or_404(versions, number=new)
    reader = _reader(request, before.snapshot, after.snapshot)
    with_risks = request.user.has_perm("actionplans.view_risks", target)
    comparison = Comparison(before.snapshot, after.snapshot, reader, with_risks=with_risks)
    return render(
        request,
        "actionplans/version_compare.html",
        {"plan": target, "before": before, "after": after, "changes": comparison.changes()},
    )


def _reader(request: HttpRequest, *snapshots: Data) -> Reader:
    """This person, and the organisations they read of."""
    organisations = load_organisations(organisations_in(*snapshots))
    return Reader(get_language() or "en", viewer_of(request.user), organisations)
