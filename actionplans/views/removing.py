"""Removing a part of a plan: asked once more, with all that goes with it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from planning_portal.workflow.services import WrongState

from .. import services
from ..models import ActionPlan, Activity, Indicator, Result
from ..services.editing import locked_because, not_yours
from .lookup import activities_of, bind, indicators_of, item_or_gone, plan_for, plan_url, results_of


@require_http_methods(["GET", "HEAD", "POST"])
def result_remove(request: HttpRequest, plan: uuid.UUID, item: uuid.UUID) -> HttpResponse:
    """Remove an outcome or output with all that hangs on it: asked once more, with what goes."""
    target = plan_for(request, plan)
    return _remove(request, target, results_of(target), item, services.remove_result)


@require_http_methods(["GET", "HEAD", "POST"])
def indicator_remove(request: HttpRequest, plan: uuid.UUID, item: uuid.UUID) -> HttpResponse:
    target = plan_for(request, plan)
    return _remove(request, target, indicators_of(target), item, services.remove_indicator)


@require_http_methods(["GET", "HEAD", "POST"])
def activity_remove(request: HttpRequest, plan: uuid.UUID, item: uuid.UUID) -> HttpResponse:
    target = plan_for(request, plan)
    return _remove(request, target, activities_of(target), item, services.remove_activity)


@require_http_methods(["GET", "HEAD", "POST"])
def risk_remove(request: HttpRequest, plan: uuid.UUID, item: uuid.UUID) -> HttpResponse:
    target = plan_for(request, plan)
    return _remove(request, target, target.risks.all(), item, services.remove_risk)


def _remove(
    request: HttpRequest,
    plan: ActionPlan,
    rows: QuerySet[Any],
    public_id: uuid.UUID,
    service: Callable[..., None],
) -> HttpResponse:
    """Ask once more, then remove; twice is once."""
    if not request.user.has_perm("actionplans.write_plan", plan):
        raise PermissionDenied(not_yours())
    item = item_or_gone(request, rows, public_id)
    if item is None:
        return HttpResponseRedirect(plan_url(plan))
    bind(plan, item)
    refusal, status = "", 200
    if request.method == "POST":
        try:
            service(item, by=request.user, seen=_seen(request))
        except services.EditConflict:
            refusal, status = _("Somebody changed it a moment ago. Look at it again before you remove it."), 409
        except services.ItemGone:
            return HttpResponseRedirect(plan_url(plan))
        except WrongState as error:
            refusal, status = str(error), 409
        except ValidationError as error:
            refusal, status = " ".join(error.messages), 409
        else:
            messages.success(request, _("Removed."))
            return HttpResponseRedirect(plan_url(plan))
    elif not plan.is_draft:
        raise PermissionDenied(locked_because(plan))
    context = {
        "plan": plan,
        "item": item,
        "kind": item._meta.verbose_name,
        "field": item.TEXTS[0],
        "refusal": refusal,
        "goes_too": _goes_too(item),
        "version": ActionPlan.objects.values_list("version", flat=True).get(pk=plan.pk),
        "back_url": plan_url(plan, item),
    }
    return render(request, "actionplans/item_remove.html", context, status=status)


def _seen(request: HttpRequest) -> int:
    version = request.POST.get("version", "")
    return int(version) if version.isdecimal() and len(version) < 10 else 0


def _goes_too(item: Any) -> dict[str, int]:
    """How much hangs on a result."""
    if not isinstance(item, Result):
        return {}
    family = [item.pk, *item.children.values_list("pk", flat=True)]
    return {
        "outputs": len(family) - 1,
        "indicators": Indicator.objects.filter(result__in=family).count(),
        "activities": Activity.objects.filter(result__in=family).count(),
    }
