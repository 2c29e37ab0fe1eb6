"""Candidates: the list by theme, one candidate with its lineage; merging, splitting and rewording on the desk."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from .. import services
from ..forms import MergeForm, RewordForm
from ..models import RoundState
from ..queries.candidates import by_theme, candidate_lines, history_of
from ..queries.planning import waiting_for
from .guards import (
    FORM,
    act,
    candidate_or_404,
    require_running,
    status_of,
    submit,
    workshop_or_404,
)
from .typed import form_for, is_sent, keeps_typed


@require_http_methods(FORM)
@keeps_typed
def candidate_list(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The candidates by theme; on the desk with boxes to tick, so that similar ones become one."""
    workshop = workshop_or_404(request, public_id)
    can_run = request.user.has_perm("workshops.run_workshop", workshop)
    if request.method == "POST":
        require_running(request, workshop)
    lines = candidate_lines(workshop)
    standing = [line.candidate for line in lines if not line.is_merged]
    form = form_for(request, MergeForm, candidates=standing, workshop=workshop) if can_run else None
    if form is not None and is_sent(request) and form.is_valid():
        data = form.cleaned_data

        def merge() -> HttpResponseRedirect:
            merged = services.merge_candidates(
                data["into"], data["others"], by=request.user, reason=data["reason"], language=data["language"]
            )
            words = ngettext(
                "%(count)s candidate was merged into %(code)s.",
                "%(count)s candidates were merged into %(code)s.",
                len(merged),
            )
            messages.success(request, words % {"count": len(merged), "code": data["into"].code})
            return HttpResponseRedirect(
                reverse("workshops:candidate-list", args=[workshop.public_id]) + f"#{data['into'].code}"
            )

        if answer := submit(form, merge):
            return answer
    context = {
        "workshop": workshop,
        "themes": by_theme(lines),
        "lines": lines,
        "standing": len(standing),
        "form": form,
        "ticked": set(form["others"].value() or []) if form else set(),
        "is_weighing": can_run and workshop.rounds.filter(state=RoundState.OPEN).exists(),
        "waiting": waiting_for(workshop) if can_run else None,
        "can_run": can_run,
        "on_desk": request.user.has_perm("workshops.view_desk", workshop),
    }
    return render(request, "workshops/candidate_list.html", context, status=status_of(form) if form else 200)


@require_safe
def candidate_detail(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """One candidate: its words, where it comes from, how it was weighed, what became of it and why."""
    candidate = candidate_or_404(request, public_id)
    context = {
        "candidate": candidate,
        "workshop": candidate.workshop,
        "history": history_of(candidate),
        "can_run": request.user.has_perm("workshops.run_workshop", candidate.workshop),
        "on_desk": request.user.has_perm("workshops.view_desk", candidate.workshop),
    }
    return render(request, "workshops/candidate_detail.html", context)


@require_http_methods(FORM)
@keeps_typed
def candidate_reword(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Give a candidate the words the workshop found."""
    candidate = candidate_or_404(request, public_id)
    require_running(request, candidate.workshop)
    form = form_for(request, RewordForm, candidate=candidate)
    if is_sent(request) and form.is_valid():

        def save() -> HttpResponseRedirect:
            services.reword_candidate(candidate, by=request.user, **form.cleaned_data)
            return redirect("workshops:candidate-detail", candidate.public_id)  # type: ignore[return-value]

        if answer := submit(form, save):
            return answer
    context = {"candidate": candidate, "workshop": candidate.workshop, "form": form}
    return render(request, "workshops/candidate_reword.html", context, status=status_of(form))


@require_POST
def candidate_split(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Take a merged candidate out again."""
    candidate = candidate_or_404(request, public_id)
    require_running(request, candidate.workshop)
    return act(
        request,
        lambda: services.split_candidate(candidate, by=request.user),
        done=_("%(code)s stands on its own again.") % {"code": candidate.code},
        repeated=_("%(code)s stands on its own already.") % {"code": candidate.code},
        to=reverse("workshops:candidate-detail", args=[candidate.public_id]),
    )
