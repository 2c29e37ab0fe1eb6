"""Deciding: the list, one candidate after the other; and the lines of work that come out of it."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from planning_portal.languages.queries import attach_units
from planning_portal.organisations.identity import viewer_of
from planning_portal.web.submissions import answer_once

from .. import services
from ..forms import DecisionForm, LineForm, ObjectionForm
from ..models import Candidate, Decision, LineOfWork, Objection
from ..queries.candidates import by_theme, candidate_lines, objections_to, results_of
from ..queries.lines import line_origin
from .guards import (
    FORM,
    act,
    candidate_or_404,
    line_or_404,
    require_desk,
    require_running,
    status_of,
    submit,
    workshop_or_404,
)
from .typed import form_for, is_sent, keeps_typed

CREATE_LINE = "workshops.line"


@require_safe
def decision_list(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """What is decided and what is not, with the way to the next one."""
    workshop = workshop_or_404(request, public_id)
    require_desk(request, workshop)
    lines = candidate_lines(workshop)
    undecided = [line for line in lines if line.decision is None]
    context = {
        "workshop": workshop,
        "themes": by_theme(lines),
        "total": len(lines),
        "decided": len(lines) - len(undecided),
        "first": undecided[0] if undecided else None,
        "can_run": request.user.has_perm("workshops.decide", workshop),
    }
    return render(request, "workshops/decision_list.html", context)


@require_http_methods(FORM)
@keeps_typed
def decision_edit(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Decide one candidate; saving leads to the next that is not decided yet."""
    candidate = candidate_or_404(request, public_id)
    workshop = candidate.workshop
    require_running(request, workshop)
    everything = list(workshop.candidates.select_related("theme", "decision").order_by("id"))
    lines = list(
        LineOfWork.objects.visible_to(request.user)
        .filter(programme=workshop.step.programme_id)
        .select_related("workshop")
        .defer("workshop__snapshot")
    )
    decision = next((getattr(one, "decision", None) for one in everything if one.pk == candidate.pk), None)
    attach_units([workshop, candidate, candidate.theme, *everything, *lines, decision])
    standing = [one for one in everything if getattr(getattr(one, "decision", None), "outcome", "") != "merged"]
    form = form_for(request, DecisionForm, candidate=candidate, decision=decision, candidates=standing, lines=lines)
    following = _following(candidate, everything)
    if is_sent(request) and form.is_valid():

        def save() -> HttpResponseRedirect:
            services.decide(candidate, by=request.user, **form.cleaned_data)
            messages.success(request, _("%(code)s is decided.") % {"code": candidate.code})
            if "stay" in request.POST or following is None:
                return redirect("workshops:decision-list", workshop.public_id)  # type: ignore[return-value]
            return redirect("workshops:decision-edit", following.public_id)  # type: ignore[return-value]

        if answer := submit(form, save):
            return answer
    undecided = sum(1 for one in everything if not getattr(one, "decision", None))
    context = {
        "candidate": candidate,
        "workshop": workshop,
        "decision": decision,
        "form": form,
        "following": following,
        "undecided": undecided,
        "decided": len(everything) - undecided,
        "total": len(everything),
        "results": results_of(candidate),
        "lines": lines,
        "objections": objections_to(candidate) if decision else [],
    }
    return render(request, "workshops/decision_edit.html", context, status=status_of(form))


@require_http_methods(FORM)
@keeps_typed
def objection_add(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Write down what an organisation holds against the decision on a candidate."""
    candidate = candidate_or_404(request, public_id)
    workshop = candidate.workshop
    require_running(request, workshop)
    decision: Decision = get_object_or_404(Decision.objects.select_related("candidate__workshop"), candidate=candidate)
    form = form_for(request, ObjectionForm, workshop=workshop, viewer=viewer_of(request.user))
    if is_sent(request) and form.is_valid():

        def save() -> HttpResponseRedirect:
            services.record_objection(decision, by=request.user, **form.cleaned_data)
            messages.success(request, _("The objection is written down."))
            return redirect("workshops:decision-edit", candidate.public_id)  # type: ignore[return-value]

        if answer := submit(form, save):
            return answer
    attach_units([workshop, candidate, decision])
    context = {"workshop": workshop, "candidate": candidate, "decision": decision, "form": form}
    return render(request, "workshops/objection_add.html", context, status=status_of(form))


@require_POST
def objection_withdraw(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Take an objection away that is no longer made; once it is gone, a second click finds nothing."""
    objection: Objection = get_object_or_404(
        Objection.objects.select_related(
            "decision__candidate__workshop__step__programme", "decision__candidate__workshop__zone", "organisation"
        ).filter(decision__candidate__in=Candidate.objects.visible_to(request.user)),
        public_id=public_id,
    )
    candidate = objection.decision.candidate
    require_running(request, candidate.workshop)
    return act(
        request,
        lambda: services.withdraw_objection(objection, by=request.user),
        done=_("The objection is taken away."),
        to=reverse("workshops:decision-edit", args=[candidate.public_id]),
    )


def _following(candidate: Candidate, everything: list[Candidate]) -> Candidate | None:
    """The next candidate that is not decided, after this one and then from the top."""
    place = next((index for index, one in enumerate(everything) if one.pk == candidate.pk), 0)
    for one in [*everything[place + 1 :], *everything[:place]]:
        if not getattr(one, "decision", None):
            return one
    return None


@require_safe
def line_list(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The lines of work of a workshop."""
    workshop = workshop_or_404(request, public_id)
    lines = list(workshop.lines.select_related("theme", "zone").order_by("id"))
    attach_units([workshop, *lines, *{line.theme.pk: line.theme for line in lines}.values()])
    context = {
        "workshop": workshop,
        "lines": lines,
        "can_run": request.user.has_perm("workshops.run_workshop", workshop),
        "on_desk": request.user.has_perm("workshops.view_desk", workshop),
    }
    return render(request, "workshops/line_list.html", context)


@require_http_methods(FORM)
@keeps_typed
def line_create(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    workshop = workshop_or_404(request, public_id)
    require_running(request, workshop)
    form = form_for(request, LineForm, workshop=workshop, viewer=viewer_of(request.user))
    if is_sent(request) and form.is_valid():
        data = {name: value for name, value in form.cleaned_data.items() if name != "version"}

        def create() -> str:
            services.create_line(workshop, by=request.user, **data)
            return reverse("workshops:line-list", args=[workshop.public_id])

        if answer := submit(form, lambda: answer_once(request, CREATE_LINE, create)):
            return answer
    return render(request, "workshops/line_edit.html", {"workshop": workshop, "form": form}, status=status_of(form))


@require_safe
def line_detail(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """A line of work: what it works for, where it comes from, and what became of it in the plans."""
    line = line_or_404(request, public_id)
    context = {
        "line": line,
        "workshop": line.workshop,
        "origin": line_origin(line, request.user),
        "can_run": request.user.has_perm("workshops.run_workshop", line.workshop),
        "on_desk": request.user.has_perm("workshops.view_desk", line.workshop),
    }
    return render(request, "workshops/line_detail.html", context)


@require_http_methods(FORM)
@keeps_typed
def line_edit(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    line = line_or_404(request, public_id)
    require_running(request, line.workshop)
    form = form_for(request, LineForm, workshop=line.workshop, viewer=viewer_of(request.user), line=line)
    if is_sent(request) and form.is_valid():

        def save() -> HttpResponseRedirect:
            services.update_line(line, by=request.user, **form.cleaned_data)
            return redirect("workshops:line-detail", line.public_id)  # type: ignore[return-value]

        if answer := submit(form, save):
            return answer
    context = {"workshop": line.workshop, "line": line, "form": form}
    return render(request, "workshops/line_edit.html", context, status=status_of(form))
