"""The coordinator's page: what is missing, what can be downloaded, build the consolidated plan."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from planning_portal.programme.models import current_programme
from planning_portal.web.submissions import SubmissionConflict, SubmissionKeyMissing, answer_once
from planning_portal.workflow.services import WrongState

from .. import services
from ..models import PlanEdition
from ..queries.editions import overview

BUILD = "actionplans.edition"


def _require_coordinator(request: HttpRequest) -> None:
    if not request.user.has_perm("actionplans.build_consolidated"):
        raise PermissionDenied(_("Only coordinators build the consolidated plan."))


@require_GET
def edition_list(request: HttpRequest) -> HttpResponse:
    """What is missing first, then what can be downloaded, then the button."""
    _require_coordinator(request)
    programme = current_programme()
    if programme is None:
        raise Http404
    return render(request, "actionplans/edition_list.html", {"overview": overview(programme, request.user)})


@require_POST
def edition_create(request: HttpRequest) -> HttpResponse:
    """Build a new edition; twice is once. Leads to its progress."""
    _require_coordinator(request)
    programme = current_programme()
    if programme is None:
        raise Http404

    def act() -> str:
        edition = services.create_edition(programme, by=request.user)
        return reverse("jobs:group-progress", args=[services.request_edition(edition, by=request.user)])

    try:
        return answer_once(request, BUILD, act)
    except SubmissionConflict as first:
        return HttpResponseRedirect(first.location)
    except (WrongState, SubmissionKeyMissing) as refusal:
        text = (
            str(refusal) if isinstance(refusal, WrongState) else _("This page had been open for too long. Press again.")
        )
        messages.error(request, text)
        return HttpResponseRedirect(reverse("actionplans:edition-list"))


@require_POST
def edition_request(request: HttpRequest, edition: uuid.UUID) -> HttpResponse:
    """Have what is missing of an edition built again, and show the progress."""
    _require_coordinator(request)
    target = get_object_or_404(PlanEdition, public_id=edition)
    group = services.request_edition(target, by=request.user)
    return HttpResponseRedirect(reverse("jobs:group-progress", args=[group]))


@require_POST
def edition_publish(request: HttpRequest, edition: uuid.UUID) -> HttpResponse:
    """Show the public documents of an edition under the step of the action plans."""
    _require_coordinator(request)
    target = get_object_or_404(PlanEdition.objects.select_related("programme"), public_id=edition)
    try:
        services.publish_edition(target, by=request.user)
    except WrongState as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Published: everybody finds it on the programme's page, under its step."))
    return HttpResponseRedirect(reverse("actionplans:edition-list"))
