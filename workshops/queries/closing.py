"""What the pages about the end of a workshop read."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.models import ContentType

from planning_portal.languages.queries import attach_units
from planning_portal.workflow.models import TransitionLog

from ..models import Candidate, StepSummary, Workshop, WorkshopState
from .exposure import Exposure, exposures_of


def forwarded_count(workshop: Workshop) -> int:
    """How many candidates of later workshops were copied from this one."""
    return Candidate.objects.filter(forwarded_from__workshop=workshop).count()


def last_reopening(workshop: Workshop) -> TransitionLog | None:
    """The line of the log that says when and why an open workshop was reopened; None when it never was closed."""
    if workshop.state != WorkshopState.OPEN or not workshop.summary_version:
        return None
    lines = TransitionLog.objects.filter(
        content_type=ContentType.objects.get_for_model(Workshop), object_id=workshop.pk, name="reopen"
    )
    return lines.order_by("-pk").first()


def exposures_of_step(summary: StepSummary) -> list[Exposure]:
    """What should be read once more before the consolidated summary is published, workshop after workshop."""
    workshops = Workshop.objects.in_bulk([one["id"] for one in summary.frozen["workshops"]])
    return [
        exposure
        for one in summary.frozen["workshops"]
        for exposure in exposures_of(workshops[one["id"]], outcome=one["outcome"])
    ]


def step_summaries(user: Any) -> list[StepSummary]:
    """The consolidated summaries of the current programme, for whoever may publish them."""
    if not user.has_perm("workshops.view_step_summary"):
        return []
    found = StepSummary.objects.filter(step__programme__is_current=True).select_related("step").defer("frozen")
    summaries = list(found.order_by("step__order", "pk"))
    attach_units(summary.step for summary in summaries)
    return summaries
