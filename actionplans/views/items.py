"""Writing a plan: one page for each result, indicator, activity, budget and risk, and one to remove each."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from .. import services
from ..forms.activities import ActivityForm, BudgetForm
from ..forms.base import VersionedForm
from ..forms.results import IndicatorForm, ResultForm, RiskForm, SummaryForm
from ..models import ActionPlan, Activity, FundingSource, Indicator, Result, ResultKind, Risk
from .flow import Editor, run_editor, show_gone
from .lookup import activities_of, bind, indicators_of, item_or_gone, plan_for, results_of

form_page = require_http_methods(["GET", "HEAD", "POST"])


def _forms(request: HttpRequest, plan: ActionPlan, form_class: Any) -> Callable[..., VersionedForm]:
    return partial(form_class, plan=plan, user=request.user)


def _gone(request: HttpRequest, plan: ActionPlan, form_class: Any, **more: Any) -> HttpResponse:
    """What was being edited was removed: show what was typed, to those who may write."""
    if not request.user.has_perm("actionplans.write_plan", plan):
        raise Http404
    return show_gone(request, plan, form_class(data=request.POST, plan=plan, user=request.user, **more))


@form_page
def plan_edit(request: HttpRequest, plan: uuid.UUID) -> HttpResponse:
    """The plan's summary."""
    target = plan_for(request, plan)

    def save(form: Any, seen: int) -> None:
        services.save_summary(target, by=request.user, seen=seen, **_texts(form, "source_language", "summary"))

    return run_editor(
        request, Editor(target, _("Summary of the plan"), _forms(request, target, SummaryForm), save, item=target)
    )


def _texts(form: Any, *names: str) -> dict[str, Any]:
    return {name: form.cleaned_data[name] for name in names}


# --- results ------------------------------------------------------------------------------------------------------


@form_page
def outcome_add(request: HttpRequest, plan: uuid.UUID) -> HttpResponse:
    """An outcome of an organisation's own plan."""
    target = plan_for(request, plan)
    if target.is_global:
        raise PermissionDenied(_("A global plan has one outcome: what the workshop decided."))

    def save(form: Any, seen: int) -> Result:
        return services.add_result(target, by=request.user, kind=ResultKind.OUTCOME, content=form.content())

    make_form = _forms(request, target, ResultForm)
    return run_editor(request, Editor(target, _("New outcome"), make_form, save, purpose="actionplans.outcome"))


@form_page
def output_add(request: HttpRequest, plan: uuid.UUID, item: uuid.UUID) -> HttpResponse:
    """An output under an outcome."""
    target = plan_for(request, plan)
    parent = item_or_gone(request, results_of(target).filter(kind=ResultKind.OUTCOME), item)
    if parent is None:
        return _gone(request, target, ResultForm)
    bind(target, parent)

    def save(form: Any, seen: int) -> Result:
        return services.add_result(
            target, by=request.user, kind=ResultKind.OUTPUT, parent=parent, content=form.content()
        )

    title = _("New output of %(code)s") % {"code": parent.code}
    make_form = _forms(request, target, ResultForm)
    return run_editor(
        request, Editor(target, title, make_form, save, purpose="actionplans.output", context={"above": parent})
    )


@form_page
def result_edit(request: HttpRequest, plan: uuid.UUID, item: uuid.UUID) -> HttpResponse:
    """An outcome or an output."""
    target = plan_for(request, plan)
    result = item_or_gone(request, results_of(target), item)
    if result is None:
        return _gone(request, target, ResultForm)
    bind(target, result)

    def save(form: Any, seen: int) -> Result:
        return services.save_result(result, by=request.user, seen=seen, content=form.content())

    title = _("Outcome %(code)s") if result.is_outcome else _("Output %(code)s")
    removable = not (result.is_outcome and target.is_global)
    return run_editor(
        request,
        Editor(
            target,
            title % {"code": result.code},
            _forms(request, target, ResultForm),
            save,
            item=result,
            remove_url=reverse("actionplans:result-remove", args=[plan, item]) if removable else "",
        ),
    )


# --- indicators -----------------------------------------------------------------------------------------------------


@form_page
def indicator_add(request: HttpRequest, plan: uuid.UUID, item: uuid.UUID) -> HttpResponse:
    """An indicator of an outcome or output, with its targets."""
    target = plan_for(request, plan)
    result = item_or_gone(request, results_of(target), item)
    if result is None:
        return _gone(request, target, IndicatorForm)
    bind(target, result)

    def save(form: Any, seen: int) -> Indicator:
        return services.add_indicator(result, by=request.user, content=form.content())

    title = _("New indicator of %(code)s") % {"code": result.code}
    return run_editor(
        request,
        Editor(
            target,
            title,
            _forms(request, target, IndicatorForm),
            save,
            purpose="actionplans.indicator",
            template="actionplans/indicator_edit.html",
            context={"above": result},
        ),
    )


@form_page
def indicator_edit(request: HttpRequest, plan: uuid.UUID, item: uuid.UUID) -> HttpResponse:
    """An indicator with its targets."""
    target = plan_for(request, plan)
    indicator = item_or_gone(request, indicators_of(target), item)
    if indicator is None:
        return _gone(request, target, IndicatorForm)
    bind(target, indicator)

    def save(form: Any, seen: int) -> Indicator:
        return services.save_indicator(indicator, by=request.user, seen=seen, content=form.content())

    return run_editor(
        request,
        Editor(
            target,
            _("Indicator %(code)s") % {"code": indicator.code},
            _forms(request, target, IndicatorForm),
            save,
            item=indicator,
            template="actionplans/indicator_edit.html",
            remove_url=reverse("actionplans:indicator-remove", args=[plan, item]),
            context={"above": indicator.result},
        ),
    )


# --- activities -----------------------------------------------------------------------------------------------------


@form_page
def activity_add(request: HttpRequest, plan: uuid.UUID, item: uuid.UUID) -> HttpResponse:
    """An activity of an output."""
    target = plan_for(request, plan)
    result = item_or_gone(request, results_of(target).filter(kind=ResultKind.OUTPUT), item)
    if result is None:
        return _gone(request, target, ActivityForm)
    bind(target, result)

    def save(form: Any, seen: int) -> Activity:
        return services.add_activity(result, by=request.user, content=form.content())

    title = _("New activity of %(code)s") % {"code": result.code}
    make_form = _forms(request, target, ActivityForm)
    return run_editor(
        request, Editor(target, title, make_form, save, purpose="actionplans.activity", context={"above": result})
    )


@form_page
def activity_edit(request: HttpRequest, plan: uuid.UUID, item: uuid.UUID) -> HttpResponse:
    """An activity."""
    target = plan_for(request, plan)
    activity = item_or_gone(request, activities_of(target), item)
    if activity is None:
        return _gone(request, target, ActivityForm)
    bind(target, activity)

    def save(form: Any, seen: int) -> Activity:
        return services.save_activity(activity, by=request.user, seen=seen, content=form.content())

    return run_editor(
        request,
        Editor(
            target,
            _("Activity %(code)s") % {"code": activity.code},
            _forms(request, target, ActivityForm),
            save,
            item=activity,
            remove_url=reverse("actionplans:activity-remove", args=[plan, item]),
            context={"above": activity.result},
        ),
    )


@form_page
def budget_edit(request: HttpRequest, plan: uuid.UUID, item: uuid.UUID) -> HttpResponse:
    """What one source pays for an activity: cost categories by year. The other sources are one link away."""
    target = plan_for(request, plan)
    source = request.GET.get("source", FundingSource.DGD)
    if source not in FundingSource.values:
        raise Http404
    activity = item_or_gone(request, activities_of(target).prefetch_related("budget_lines"), item)
    if activity is None:
        return _gone(request, target, BudgetForm, item=Activity(), source=source)
    bind(target, activity)

    def save(form: Any, seen: int) -> Activity:
        return services.set_budget(
            activity,
            by=request.user,
            source=source,
            amounts=form.amounts(),
            has_no_budget=form.cleaned_data["has_no_budget"],
            seen=seen,
        )

    return run_editor(
        request,
        Editor(
            target,
            _("Budget of activity %(code)s") % {"code": activity.code},
            partial(BudgetForm, plan=target, user=request.user, source=source),
            save,
            item=activity,
            template="actionplans/budget_edit.html",
            context={
                "source": FundingSource(source),
                "sources": [
                    (one, sum((line.amount for line in activity.budget_lines.all() if line.source == one), 0))
                    for one in FundingSource
                ],
                "action": request.get_full_path(),
            },
        ),
    )


# --- risks ------------------------------------------------------------------------------------------------------------


@form_page
def risk_add(request: HttpRequest, plan: uuid.UUID) -> HttpResponse:
    """A risk."""
    target = plan_for(request, plan)

    def save(form: Any, seen: int) -> Risk:
        return services.add_risk(target, by=request.user, content=form.content())

    make_form = _forms(request, target, RiskForm)
    return run_editor(request, Editor(target, _("New risk"), make_form, save, purpose="actionplans.risk"))


@form_page
def risk_edit(request: HttpRequest, plan: uuid.UUID, item: uuid.UUID) -> HttpResponse:
    """A risk."""
    target = plan_for(request, plan)
    risk = item_or_gone(request, target.risks.all(), item)
    if risk is None:
        return _gone(request, target, RiskForm)

    def save(form: Any, seen: int) -> Risk:
        return services.save_risk(risk, by=request.user, seen=seen, content=form.content())

    return run_editor(
        request,
        Editor(
            target,
            _("Risk %(number)s") % {"number": risk.position},
            _forms(request, target, RiskForm),
            save,
            item=risk,
            remove_url=reverse("actionplans:risk-remove", args=[plan, item]),
        ),
    )
