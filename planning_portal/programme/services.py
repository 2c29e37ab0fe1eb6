"""Every write with consequences on a programme. Each one makes the public pages new (``touch``)."""

from __future__ import annotations

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F, Model
from django.utils.translation import gettext as _

from planning_portal.documents.models import Audience
from planning_portal.organisations.models import User
from planning_portal.web.registry import forget_site_title
from planning_portal.workflow.services import log_change

from .models import Programme, Step, StepResult
from .workflow import STEP


def touch(programme: Programme | int | None = None) -> None:
    """Say that something which the public pages show has changed: their cached texts are not used again.

    Without a programme, the current one. To be called inside the transaction that makes the change.
    """
    programmes = Programme.objects.filter(is_current=True)
    if programme is not None:
        programmes = Programme.objects.filter(pk=programme.pk if isinstance(programme, Programme) else programme)
    programmes.update(revision=F("revision") + 1)
    forget_site_title()


@transaction.atomic
def open_step(step: Step, *, by: User | None, reason: str = "") -> Step:
    """Say that the step is going on now, whatever its dates. Raises WrongState, PermissionDenied."""
    step = STEP.apply(step, "open_step", by=by, reason=reason)
    touch(step.programme_id)
    return step


@transaction.atomic
def close_step(step: Step, *, by: User | None, reason: str = "") -> Step:
    """Say that the step is done, whatever its dates. Raises WrongState, PermissionDenied."""
    step = STEP.apply(step, "close_step", by=by, reason=reason)
    touch(step.programme_id)
    return step


@transaction.atomic
def follow_dates(step: Step, *, by: User | None, reason: str = "") -> Step:
    """Take the coordinator's word back: the step's dates say again how far it is. Raises as above."""
    step = STEP.apply(step, "follow_dates", by=by, reason=reason)
    touch(step.programme_id)
    return step


@transaction.atomic
def publish_result(
    step: Step,
    *,
    subject: Model,
    kind: str,
    version: str,
    audience: str = Audience.PUBLIC,
    by: User | None,
) -> StepResult:
    """Show the documents of ``subject`` (of ``kind`` and ``version``, in every language) under the step.

    Publishing the same again changes at most for whom it is. In order: check the right, write the pointer, log, make
    the public pages new. Raises PermissionDenied.
    """
    if by is not None and not by.has_perm("programme.publish_result", step):
        raise PermissionDenied(_("Only facilitators and coordinators publish the results of a step."))
    result, created = StepResult.objects.get_or_create(
        step=step,
        content_type=ContentType.objects.get_for_model(subject),
        object_id=subject.pk,
        kind=kind,
        version=version,
        defaults={"audience": audience, "published_by": by},
    )
    before = "" if created else result.audience
    if before == audience:
        return result
    if not created:
        result.audience = audience
        result.save(update_fields=["audience"])
    log_change(step, "publish_result", by=by, before=before, after=audience, reason=f"{kind} {version}")
    touch(step.programme_id)
    return result


@transaction.atomic
def unpublish_result(result: StepResult, *, by: User | None, reason: str = "") -> None:
    """Take a result away from its step's page; the documents themselves stay. Raises PermissionDenied."""
    step = result.step
    if by is not None and not by.has_perm("programme.publish_result", step):
        raise PermissionDenied(_("Only facilitators and coordinators publish the results of a step."))
    log_change(step, "unpublish_result", by=by, before=result.audience, after="", reason=reason)
    result.delete()
    touch(step.programme_id)
