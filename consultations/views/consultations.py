"""The countries at a glance, one country's consultation, and what the public may read of it."""

from __future__ import annotations

import uuid
from itertools import groupby

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from planning_portal.languages.queries import attach_units
from planning_portal.organisations.identity import viewer_of

from ..attendance import attendance_for_insiders, attendance_for_members
from ..calendar import calendar_file
from ..clocks import clocks_of, languages_in_words
from ..country import summary_rows
from ..models import Consultation, Priority, PriorityState
from ..pictures import tiles_of_countries
from ..queries import country_cards, prepare_lines
from ..services.drafts import closed_reason


@require_safe
def consultation_list(request: HttpRequest) -> HttpResponse:
    """Every country: how far its consultation is, with the counts that this reader may know."""
    cards = country_cards(request.user)
    zones = [(zone, list(group)) for zone, group in groupby(cards, key=lambda card: card.country.zone)]
    planned = [card for card in cards if card.consultation]
    context = {
        "zones": zones,
        "cards": cards,
        "picture": tiles_of_countries(cards) if cards else "",
        "closed": sum(card.consultation.state == "closed" for card in planned if card.consultation),
        "opened": sum(card.consultation.state == "open" for card in planned if card.consultation),
        "can_plan": any(
            request.user.has_perm("consultations.plan_consultation", card.country)
            for card in cards
            if card.consultation is None
        ),
    }
    return render(request, "consultations/consultation_list.html", context)


@require_safe
def consultation_detail(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The country's page: context, who was there, the agreed list; for the country itself also what was proposed."""
    consultations = Consultation.objects.visible_to(request.user).with_country().with_has_files().with_summary()
    consultation = get_object_or_404(consultations, public_id=public_id)
    user, viewer = request.user, viewer_of(request.user)
    is_insider = user.has_perm("consultations.view_country_level", consultation)
    rows = list(consultation.participations.select_related("organisation__country__zone"))
    priorities = prepare_lines(
        Priority.objects.visible_to(user)
        .filter(consultation=consultation)
        .with_parts()
        .select_related("country_decision")
        .order_by("position", "submitted_at", "id")
    )
    attach_units([consultation])
    drafts = [priority for priority in priorities if priority.is_draft]
    context = {
        "consultation": consultation,
        "is_insider": is_insider,
        "attendance": attendance_for_insiders(rows, viewer)
        if is_insider
        else attendance_for_members(rows, viewer, consultation.country.minimum_cell),
        "agreed": [priority for priority in priorities if priority.state == PriorityState.AGREED],
        "waiting": [priority for priority in priorities if priority.state == PriorityState.SUBMITTED],
        "set_aside": [priority for priority in priorities if priority.state == PriorityState.NOT_RETAINED],
        "drafts": drafts,
        "attachments": list(consultation.attachments.all()) if is_insider and consultation.has_files else [],
        "rows": summary_rows([consultation], user),
        "closed_reason": closed_reason(consultation),
        "clocks": clocks_of(consultation) if is_insider else None,
        "languages": languages_in_words(consultation) if is_insider else "",
    }
    return render(request, "consultations/consultation_detail.html", context)


@require_safe
def meeting_calendar(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The meeting as a file for a calendar, for the country's own circle; 404 for who may not know when it is."""
    consultation = get_object_or_404(Consultation.objects.visible_to(request.user).with_country(), public_id=public_id)
    if consultation.starts_at is None or not request.user.has_perm("consultations.view_country_level", consultation):
        raise Http404
    answer = HttpResponse(calendar_file(consultation), content_type="text/calendar; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="meeting.ics"'
    return answer


@login_not_required
@require_safe
def consultation_published(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """For everyone: the agreed list of a country whose step is over, where that puts nobody in danger."""
    consultation = get_object_or_404(Consultation.objects.public().with_country().with_summary(), public_id=public_id)
    priorities = prepare_lines(Priority.objects.public().filter(consultation=consultation).with_parts())
    context = {
        "consultation": consultation,
        "priorities": priorities,
        "rows": summary_rows([consultation], request.user),
    }
    return render(request, "consultations/consultation_published.html", context)
