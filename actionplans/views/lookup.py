"""Finding what an address means, and the address of what was found."""

from __future__ import annotations

import uuid
from typing import Any, TypeVar

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse

from ..models import ActionPlan, Activity, Indicator, PlanItem, Result

Item = TypeVar("Item", bound=PlanItem)


def plan_for(request: HttpRequest, public_id: uuid.UUID) -> ActionPlan:
    """The plan behind an address, with what its pages show and its rights ask. Raises Http404."""
    plans = (
        ActionPlan.objects.visible_to(request.user)
        .with_context()
        .with_belonging(request.user)
        .with_version_number()
        .with_draft_reason()
    )
    return get_object_or_404(plans, public_id=public_id)


def item_or_gone(request: HttpRequest, rows: QuerySet[Item], public_id: uuid.UUID) -> Item | None:
    """The thing behind an address; None when it was removed while somebody was writing. Raises Http404 on a look."""
    found = rows.filter(public_id=public_id).first()
    if found is None and request.method != "POST":
        raise Http404
    return found


def results_of(plan: ActionPlan) -> QuerySet[Result]:
    return plan.results.select_related("parent", "contributes_to")


def indicators_of(plan: ActionPlan) -> QuerySet[Indicator]:
    return Indicator.objects.filter(result__plan=plan).select_related("result").prefetch_related("targets")


def activities_of(plan: ActionPlan) -> QuerySet[Activity]:
    return Activity.objects.filter(result__plan=plan).select_related("result", "organisation__country__zone")


def bind(plan: ActionPlan, item: Any) -> Any:
    """Hang ``item`` on the plan that was already read."""
    owner = item.result if hasattr(item, "result") else item
    owner.plan = plan
    return item


def plan_url(plan: ActionPlan, item: PlanItem | None = None) -> str:
    """The plan's page, at the place of ``item``."""
    url = reverse("actionplans:plan-detail", args=[plan.public_id])
    return f"{url}#{anchor_of(item)}" if item is not None else url


def anchor_of(item: PlanItem) -> str:
    return f"{item._meta.model_name}-{item.public_id}"
