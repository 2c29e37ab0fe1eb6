"""The consolidated summary of a step: where it can be fetched and published."""

from __future__ import annotations

import uuid

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from planning_portal.documents.models import Audience
from planning_portal.documents.queries import DownloadRow, Edition, download_rows
from planning_portal.languages.queries import attach_units
from planning_portal.programme.models import StepResult

from .. import services
from ..models import StepSummary
from ..queries.closing import exposures_of_step
from ..services.consolidating import STEP_SUMMARY
from .guards import act


@require_safe
def step_summary(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The present version in its languages, what should be read once more, and the button that publishes it."""
    summary = _summary_or_404(request, public_id)
    attach_units([summary.step])
    is_published = StepResult.objects.filter(
        step=summary.step, kind=STEP_SUMMARY, object_id=summary.pk, version=str(summary.version)
    ).exists()
    context = {
        "summary": summary,
        "row": _present_version(request, summary),
        "is_published": is_published,
        "can_publish": request.user.has_perm("workshops.publish_step_summary", summary),
        "exposures": [] if is_published else exposures_of_step(summary),
    }
    return render(request, "workshops/step_summary.html", context)


@require_POST
def step_publish(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Show it under its step on the public page, once it is there in all four languages."""
    summary = _summary_or_404(request, public_id)

    def publish() -> None:
        if not _present_version(request, summary).is_complete:
            raise ValidationError(_("The summary is not there in all four languages yet. Publish it when it is."))
        services.publish_step_summary(summary, by=request.user)

    return act(
        request,
        publish,
        done=_("Published: the summary is on the programme's page, under its step."),
        to=reverse("workshops:step-summary", args=[summary.public_id]),
    )


def _summary_or_404(request: HttpRequest, public_id: uuid.UUID) -> StepSummary:
    summary: StepSummary = get_object_or_404(StepSummary.objects.select_related("step__programme"), public_id=public_id)
    if not request.user.has_perm("workshops.view_step_summary", summary):
        raise PermissionDenied(_("Only facilitators and coordinators publish the results of a step."))
    return summary


def _present_version(request: HttpRequest, summary: StepSummary) -> DownloadRow:
    edition = Edition.of(summary, STEP_SUMMARY, version=str(summary.version), audience=Audience.PUBLIC)
    (row,) = download_rows([edition], user=request.user)
    return row
