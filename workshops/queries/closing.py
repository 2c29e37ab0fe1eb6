"""What the pages about the end of a workshop read."""

from __future__ import annotations

from django.contrib.contenttypes.models import ContentType

from planning_portal.workflow.models import TransitionLog

from ..models import Candidate, Workshop, WorkshopState


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
