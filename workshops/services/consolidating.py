"""The consolidated summary of a step: made when its last workshop closes, again when one of them changes."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from planning_portal.documents.models import Audience
from planning_portal.documents.services import request_documents
from planning_portal.programme.models import Step
from planning_portal.programme.services import publish_result
from planning_portal.workflow.services import log_change

from ..models import StepSummary, Workshop

STEP_SUMMARY = "step-summary"


def consolidate(step: Step, *, by: Any) -> StepSummary | None:
    """Freeze what all workshops of ``step`` decided and ask for its summary in four languages.

    None while one of them is not closed, and where there is only one: its own summary is that of the step. To be
    called inside the transaction that changes a workshop, which holds that workshop's lock; the step's own row is
    locked first, so that two workshops that close at once make one summary, with both.
    """
    Step.objects.select_for_update(of=("self",)).get(pk=step.pk)
    workshops = list(Workshop.objects.filter(step=step).order_by("starts_on", "id"))
    if len(workshops) < 2 or any(workshop.snapshot is None for workshop in workshops):
        return None
    frozen = {
        "workshops": [{"id": one.pk, "version": one.summary_version, "outcome": one.snapshot} for one in workshops]
    }
    summary = StepSummary.objects.filter(step=step).first() or StepSummary(step=step, version=0)
    summary.version += 1
    summary.frozen, summary.made_at = frozen, timezone.now()
    summary.save()
    log_change(summary, "consolidate", by=by, reason=f"version {summary.version}")
    request_documents(summary, STEP_SUMMARY, version=str(summary.version), audience=Audience.PUBLIC, by=by)
    return summary


@transaction.atomic
def publish_step_summary(summary: StepSummary, *, by: Any) -> StepSummary:
    """Show the present version under its step on the programme's page; twice changes nothing. Raises PermissionDenied.

    That it is there in all four languages is asked by the page, as for the summary of a workshop.
    """
    fresh = StepSummary.objects.select_for_update(of=("self",)).select_related("step__programme").get(pk=summary.pk)
    if by is not None and not by.has_perm("workshops.publish_step_summary", fresh):
        raise PermissionDenied(_("Only facilitators and coordinators publish the results of a step."))
    publish_result(
        fresh.step, subject=fresh, kind=STEP_SUMMARY, version=str(fresh.version), audience=Audience.PUBLIC, by=by
    )
    return fresh
