"""Putting the latest adopted plans together into one consolidated plan."""

from __future__ import annotations

import uuid
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from planning_portal.documents.models import Audience, RenderedDocument
from planning_portal.documents.queries import Edition, download_rows
from planning_portal.documents.renewal import withdraw_documents
from planning_portal.documents.report import hash_of
from planning_portal.documents.services import request_documents
from planning_portal.programme.models import Programme, StepKind, StepResult
from planning_portal.programme.services import publish_result, unpublish_result
from planning_portal.workflow.services import WrongState, log_change

from ..codes import next_position
from ..facts import freeze_facts
from ..models import PlanEdition
from ..queries.editions import AUDIENCES, DOCUMENT, latest_versions


@transaction.atomic
def create_edition(programme: Programme, *, by: Any) -> PlanEdition:
    """Freeze a numbered edition of the latest adopted versions, and have its documents built in every language.

    In order: check the right, lock the programme so that two presses get two numbers, freeze the facts, number, ask
    for the documents. Raises PermissionDenied, WrongState while nothing is adopted.
    """
    if by is not None and not by.has_perm("actionplans.build_consolidated"):
        raise PermissionDenied(_("Only coordinators build the consolidated plan."))
    programme = Programme.objects.select_for_update(of=("self",)).get(pk=programme.pk)
    versions = latest_versions(programme)
    if not versions:
        raise WrongState(_("No plan has been adopted yet: there is nothing to put together."))
    facts = freeze_facts(programme)
    edition = PlanEdition.objects.create(
        programme=programme,
        number=next_position(programme.editions.values_list("number", flat=True)),
        facts=facts,
        sha256=hash_of({"versions": [version.sha256 for version in versions], "facts": facts}),
        created_by=by,
    )
    edition.versions.set(versions)
    log_change(edition, "create_edition", by=by, after=str(edition.number))
    request_edition(edition, by=by)
    return edition


@transaction.atomic
def request_edition(edition: PlanEdition, *, by: Any) -> uuid.UUID:
    """Have the documents of an edition built (again, where one is missing or failed): the group shows the progress."""
    if by is not None and not by.has_perm("actionplans.build_consolidated"):
        raise PermissionDenied(_("Only coordinators build the consolidated plan."))
    group: uuid.UUID | None = None
    for audience in AUDIENCES:
        group = request_documents(edition, DOCUMENT, version=str(edition.number), audience=audience, by=by, group=group)
    assert group is not None  # noqa: S101 (there is always an audience)
    return group


@transaction.atomic
def publish_edition(edition: PlanEdition, *, by: Any) -> StepResult:
    """Show the public documents of an edition under the step of the action plans, to everybody.

    The edition that was published before is withdrawn.
    Raises PermissionDenied, and WrongState while a language is still being made or there is no such step.
    """
    if by is not None and not by.has_perm("actionplans.build_consolidated"):
        raise PermissionDenied(_("Only coordinators publish the consolidated plan."))
    step = edition.programme.steps.filter(kind=StepKind.ACTION_PLANS).order_by("order").first()
    if step is None:
        raise WrongState(_("The programme has no step for action plans."))
    version = str(edition.number)
    [row] = download_rows([Edition.of(edition, DOCUMENT, version=version, audience=Audience.PUBLIC)])
    if not row.is_complete:
        raise WrongState(_("The public documents are not ready in every language yet."))
    result = publish_result(step, subject=edition, kind=DOCUMENT, version=version, audience=Audience.PUBLIC, by=by)
    _withdraw_others(result, by=by)
    return result


def _withdraw_others(result: StepResult, *, by: Any) -> None:
    """One edition stands for everybody: of those published before, the public files go, for whoever has their link."""
    for other in StepResult.objects.filter(step=result.step, kind=DOCUMENT).exclude(pk=result.pk):
        files = RenderedDocument.objects.filter(
            content_type=other.content_type_id, object_id=other.object_id, kind=DOCUMENT, audience=Audience.PUBLIC
        )
        withdraw_documents(files)
        unpublish_result(other, by=by, reason=f"{DOCUMENT} {result.version}")
