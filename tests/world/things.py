"""The small things of the world: documents that cost nothing, invitations, jobs."""

from __future__ import annotations

import io
import uuid
from typing import TYPE_CHECKING, Any

import pikepdf
from django.utils import timezone

from planning_portal.documents.engine import BuiltPdf
from planning_portal.documents.models import RenderedDocument
from planning_portal.documents.registry import get_kind
from planning_portal.documents.services import ALL_LANGUAGES, store_document
from planning_portal.jobs.models import Job, JobState
from planning_portal.jobs.services import enqueue
from planning_portal.organisations.services import invite_person

if TYPE_CHECKING:
    from .build import World


def empty_pdf() -> bytes:
    """One blank page."""
    buffer = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(buffer)
    return buffer.getvalue()


def store_fake_documents(subject: Any, kind: str, *, version: str, audience: str) -> RenderedDocument:
    """The document in all languages as if it had been built; returns the English one."""
    built = BuiltPdf(empty_pdf(), 1)
    documents = [
        store_document(subject, get_kind(kind), built, language=language, version=version, audience=audience)
        for language in ALL_LANGUAGES
    ]
    return documents[0]


def add_small_things(world: World) -> None:
    """An open invitation for each side; a group of jobs of each side, one of whose jobs has failed."""
    for things, inviter, organisation in ((world.own, "partner", "union"), (world.foreign, "stranger", "women")):
        invitation, token = invite_person(
            by=world.people[inviter],
            email=f"invited.by.{inviter}@vraxmail.example",
            organisation=world.organisations[organisation],
        )
        group = uuid.uuid4()
        jobs = [
            enqueue("world.nothing", {"number": number}, owner=world.people[inviter], group=group) for number in (1, 2)
        ]
        _fail(jobs[0])
        things |= {
            "organisation": world.organisations[organisation],
            "invitation": invitation,
            "token": token,
            "group": group,
            "failed_job": jobs[0],
        }


def _fail(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(state=JobState.FAILED, error_code="error", finished_at=timezone.now())
    job.refresh_from_db()
