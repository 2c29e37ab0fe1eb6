"""A country and what it agreed; what all of them agreed, at a glance."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from planning_portal.programme.models import Level

from ..country import consultations_of, country_page
from ..overview import overview_for
from ..queries import Filters, filter_options


@login_not_required
@require_safe
def country_detail(request: HttpRequest, number: int) -> HttpResponse:
    """A country: for members all of it; for visitors what is published, else no sign that there is anything."""
    consultations = consultations_of(number, request.user)
    if not consultations:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        raise Http404
    context = {"page": country_page(consultations, request.user)}
    return render(request, "consultations/country_detail.html", context)


@require_safe
def priority_overview(request: HttpRequest) -> HttpResponse:
    """Themes, levels and groups by zone, or by country of one zone: what a workshop starts from."""
    asked = Filters.from_query(request.GET)
    filters = Filters(zone=asked.zone, level=asked.level, group=asked.group)
    kept = {name: value for name in ("level", "group") if (value := getattr(filters, name))}
    options = filter_options()
    context = {
        "filters": filters,
        "overview": overview_for(request.user, filters, options),
        "options": options,
        "levels": [(level.value, level.label.capitalize()) for level in Level],
        "kept": f"&{urlencode(kept)}" if kept else "",
    }
    return render(request, "consultations/priority_overview.html", context)
