"""Sending a plan for review, giving it back, adopting and amending it: one page each, asked once more."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from planning_portal.workflow.services import WrongState

from .. import services
from ..completeness import missing_in
from ..forms.agreeing import NoteForm, ReasonForm
from ..models import ActionPlan
from ..queries.tree import plan_tree
from ..workflow import PLAN
from .lookup import plan_for, plan_url

REFUSALS = {
    "send_for_review": gettext_lazy("Only the organisations that carry this plan and the coordinators can do this."),
    "return_to_draft": gettext_lazy("Only coordinators give a plan back."),
    "adopt": gettext_lazy("Only coordinators adopt a plan."),
    "amend": gettext_lazy("Only coordinators open an adopted plan again."),
}


@require_http_methods(["GET", "HEAD", "POST"])
def plan_send(request: HttpRequest, plan: uuid.UUID) -> HttpResponse:
    """Send the draft for review; what it lacks is shown, and does not stop it."""
    target = plan_for(request, plan)
    context = {"missing": missing_in(plan_tree(target)) if request.method != "POST" else []}

    def act(form: Any) -> str:
        services.send_for_review(target, by=request.user)
        return _("Sent for review. A coordinator will read it.")

    return _confirm(request, target, "send_for_review", "plan_send", act, **context)


@require_http_methods(["GET", "HEAD", "POST"])
def plan_return(request: HttpRequest, plan: uuid.UUID) -> HttpResponse:
    """Give the plan back, with the reason."""
    target = plan_for(request, plan)

    def act(form: Any) -> str:
        services.return_to_draft(target, by=request.user, reason=form.cleaned_data["reason"])
        return _("Given back. Those who write the plan will read your reason.")

    return _confirm(request, target, "return_to_draft", "plan_return", act, form_class=ReasonForm)


@require_http_methods(["GET", "HEAD", "POST"])
def plan_adopt(request: HttpRequest, plan: uuid.UUID) -> HttpResponse:
    """Adopt the plan: what it still lacks stands first, each with its link."""
    target = plan_for(request, plan)
    missing = missing_in(plan_tree(target))

    def act(form: Any) -> str:
        version = services.adopt(target, by=request.user, note=form.cleaned_data["note"])
        return _("Adopted as version %(number)s.") % {"number": version.number}

    return _confirm(request, target, "adopt", "plan_adopt", act, form_class=NoteForm, missing=missing)


@require_http_methods(["GET", "HEAD", "POST"])
def plan_amend(request: HttpRequest, plan: uuid.UUID) -> HttpResponse:
    """Open an adopted plan again, with the reason."""
    target = plan_for(request, plan)

    def act(form: Any) -> str:
        services.amend(target, by=request.user, reason=form.cleaned_data["reason"])
        return _("The plan is a draft again. Its adopted version counts until the next one is adopted.")

    return _confirm(request, target, "amend", "plan_amend", act, form_class=ReasonForm)


def _confirm(
    request: HttpRequest,
    plan: ActionPlan,
    change: str,
    template: str,
    act: Callable[[Any], str],
    *,
    form_class: Any = None,
    **context: Any,
) -> HttpResponse:
    """Show what is about to happen; then do it, or say why not with what was typed still there."""
    transition = PLAN.transitions[change]
    if request.method != "POST" and not PLAN.is_possible(plan, change):
        raise PermissionDenied(transition.refusal)
    if PLAN.is_possible(plan, change) and not request.user.has_perm(transition.permission, plan):
        raise PermissionDenied(REFUSALS[change])
    form = form_class(request.POST or None) if form_class else None
    refusal, status = "", 200
    if request.method == "POST":
        if form is not None and not form.is_valid():
            status = 422
        else:
            try:
                messages.success(request, act(form))
                return HttpResponseRedirect(plan_url(plan))
            except WrongState as error:
                refusal, status = str(error), 409
    context |= {"plan": plan, "form": form, "refusal": refusal, "back_url": plan_url(plan)}
    return render(request, f"actionplans/{template}.html", context, status=status)
