"""How far all countries are, and who is still silent: for coordinators, facilitators and companions."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from planning_portal.organisations.identity import viewer_of
from planning_portal.organisations.notices import today_for_mail
from planning_portal.programme.models import Theme
from planning_portal.workflow.services import WrongState

from .. import pictures, services
from ..coverage import Coverage, coverage_of
from ..models import ReminderReason
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
from .invitations import say_how_many_were_reminded


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
    """Who is still silent: countries by kind of organisation, on all themes or one; the silent of a cell to remind."""
    coverage, options = _radar(request)
    context = {
        **options,
        "zones": zone_options([line.country for line in coverage.lines]),
        "coverage": coverage,
        "theme_options": [(str(pk), title) for pk, title in coverage.themes.items()],
        "today": today_for_mail(),
        "to_remind": coverage.to_remind(today_for_mail()),
    }
    return render(request, "consultations/country_coverage.html", context)


@require_POST
def coverage_remind(request: HttpRequest) -> HttpResponse:
    """Remind those silent in what the address says is chosen; of these, one country or one organisation if its button
    was pressed. Again on the same day is nothing: the reminder's row is unique by day."""
    coverage, _context = _radar(request)
    if not any(line.can_remind for line in coverage.lines):
        raise PermissionDenied(_("People are reminded while the step goes on and the consultation is not closed."))
    country, organisation = request.POST.get("country", ""), request.POST.get("organisation", "")
    theme = Theme.objects.get(pk=coverage.choice.theme) if coverage.choice.theme else None
    count = 0
    for line, cell in coverage.chosen:
        silent = [
            one.organisation
            for one in cell.silent
            if country in {"", str(line.country.pk)} and organisation in {"", str(one.organisation.public_id)}
        ]
        if silent and line.can_remind:
            reason = ReminderReason.THEME if theme else ReminderReason.SILENT
            try:
                count += services.remind(
                    line.consultation, by=request.user, reason=reason, organisations=silent, theme=theme
                )
            except WrongState:  # closed since the page was read: nobody is silent there any more
                continue
    say_how_many_were_reminded(request, count)
    anchor = f"c{country}" if country.isdecimal() else "silent"
    return redirect(f"{reverse('consultations:country-coverage')}?{coverage.choice.as_query()}#{anchor}")


def _radar(request: HttpRequest) -> tuple[Coverage, dict[str, Any]]:
    _require_right(request)
    choice, steps = Choice.from_query(request.GET), consultation_steps()
    step = chosen_step(steps, choice)
    coverage = coverage_of(request.user, step, choice, viewer_of(request.user))
    return coverage, _options(coverage.choice, steps, step)


def _options(choice: Choice, steps: Any, step: Any) -> dict[str, Any]:
    return {
        "choice": choice,
        "steps": step_options(steps) if len(steps) > 1 else [],
        "chosen_step": str(step.pk) if step else "",
        "states": state_options(),
    }
