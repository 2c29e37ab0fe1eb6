"""How far all countries are, and who is still silent: for coordinators, facilitators and companions."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from planning_portal.organisations.identity import viewer_of
from planning_portal.organisations.notices import today_for_mail

from .. import pictures
from ..coverage import coverage_of
from ..progress import (
    NOT_PLANNED,
    Choice,
    chosen_step,
    consultation_steps,
    followed_countries,
    narrowed,
    progress_of,
    state_options,
    step_options,
    totals_of,
    zone_options,
)


def _require_right(request: HttpRequest) -> None:
    if not request.user.has_perm("consultations.view_progress"):
        raise PermissionDenied(_("Only coordinators, facilitators and companions follow how far the countries are."))


@require_safe
def country_progress(request: HttpRequest) -> HttpResponse:
    """Every country of a step: invited, answered, present, drafts, submitted, agreed, what is missing."""
    _require_right(request)
    choice, steps = Choice.from_query(request.GET), consultation_steps()
    step, countries = chosen_step(steps, choice), followed_countries(request.user)
    everything = progress_of(request.user, step, countries)
    lines = narrowed(everything, choice)
    context = {
        **_options(choice, steps, step),
        "zones": zone_options(countries),
        "lines": lines,
        "totals": totals_of(lines),
        "picture": pictures.tiles_of_progress(lines) if lines else "",
        "closed": sum(line.state == "closed" for line in lines),
        "unplanned": sum(line.state == NOT_PLANNED for line in lines),
    }
    return render(request, "consultations/country_progress.html", context)


@require_safe
def country_coverage(request: HttpRequest) -> HttpResponse:
    """Who is still silent: countries by kind of organisation and by theme, and the silent ones to remind."""
    _require_right(request)
    choice, steps = Choice.from_query(request.GET), consultation_steps()
    step = chosen_step(steps, choice)
    coverage = coverage_of(request.user, step, choice, viewer_of(request.user))
    countries = [line.country for line in coverage.lines]
    context = {
        **_options(choice, steps, step),
        "zones": zone_options(countries),
        "coverage": coverage,
        "kinds": pictures.kinds_matrix(coverage) if coverage.lines else "",
        "themes": pictures.themes_matrix(coverage) if coverage.lines else "",
        "today": today_for_mail(),
    }
    return render(request, "consultations/country_coverage.html", context)


def _options(choice: Choice, steps: Any, step: Any) -> dict[str, Any]:
    return {
        "choice": choice,
        "steps": step_options(steps) if len(steps) > 1 else [],
        "chosen_step": str(step.pk) if step else "",
        "states": state_options(),
    }
