"""The job that builds one document in one language."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import reduce
from operator import or_
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from planning_portal.jobs.models import Job
from planning_portal.jobs.phrases import fill, register_error, register_step
from planning_portal.jobs.registry import (
    Effect,
    JobError,
    Outcome,
    Report,
    register,
    register_outcome,
    register_subject,
)
from planning_portal.web.formatting import format_size

from .engine import EngineError
from .models import Audience, RenderedDocument
from .queries import may_read
from .registry import UnknownKind, get_kind
from .services import JOB_KIND, build_pdf, expected_pages, store_document

logger = logging.getLogger(__name__)
GATHERED, LAID_OUT = 5, 90


register_step("documents.report", _("%(language)s: gathering the texts"))
register_step("documents.page", _("%(language)s: page %(page)d of about %(pages)d"))
register_step("documents.next_page", _("%(language)s: page %(page)d"))
register_error(
    "document", _("This document could not be laid out. Tell the coordinators; the other languages are ready.")
)


TITLE = _("PDF: %(language)s")


def title_of_job(payload: dict[str, Any]) -> str:
    """The language that a job makes, and for whom where the same document is made for others too."""
    title = fill(TITLE, payload)
    try:
        tells_audience = get_kind(payload["kind"]).tells_audience
    except UnknownKind:
        return title
    return f"{title} ({Audience(payload['audience']).label})" if tells_audience else title


def subject_of_job(job: Job) -> Outcome | None:
    """What a group of jobs makes: the document's title in the reader's language, and its page."""
    try:
        kind = get_kind(job.payload["kind"])
    except UnknownKind:
        return None
    subject = kind.model_class._base_manager.filter(pk=job.payload["object"]).first()
    if subject is None:
        return None
    title = kind.title(subject, get_language() or settings.LANGUAGE_CODE)
    return Outcome(title=title, url=kind.url(subject) if kind.url else "")


@register(JOB_KIND, title=title_of_job)
def render_document(payload: dict[str, Any], report: Report) -> Effect | None:
    """Build what ``payload`` names and return the function that keeps it.

    Nothing is done for a document that is there already or whose subject is gone. Bad markup is a fault of ours that
    another attempt would only repeat; everything else (no memory, a lost worker) is worth another.
    """
    language, version, audience = payload["language"], payload["version"], payload["audience"]
    identity = {
        "content_type_id": payload["content_type"],
        "object_id": payload["object"],
        "kind": payload["kind"],
        "language": language,
        "version": version,
        "audience": audience,
    }
    if RenderedDocument.objects.filter(**identity).exists():
        return None
    model = ContentType.objects.get_for_id(payload["content_type"]).model_class()
    subject = model._base_manager.filter(pk=payload["object"]).first() if model else None
    if subject is None:
        logger.warning("The subject of a %s is gone", payload["kind"])
        return None
    try:
        kind = get_kind(payload["kind"])
    except UnknownKind as error:
        raise JobError("unknown_kind", retry=False) from error
    expected = expected_pages(subject, kind.key)
    report(GATHERED, "documents.report", {"language": language})

    furthest = 0

    def on_page(page: int) -> None:
        """The engine may lay all pages out again, from the first: nothing is said until it is further than before."""
        nonlocal furthest
        if page <= furthest:
            return
        furthest = page
        total = max(expected, page + 5)
        percent = GATHERED + (LAID_OUT - GATHERED) * min(page, total) // total
        step = "documents.page" if page <= expected else "documents.next_page"
        report(percent, step, {"language": language, "page": page, "pages": expected})

    try:
        built = build_pdf(subject, kind, language=language, version=version, audience=audience, on_page=on_page)
    except EngineError as error:
        logger.error("A %s could not be built: %s", payload["kind"], error)
        raise JobError("document", retry=False) from error

    def keep() -> None:
        store_document(subject, kind, built, language=language, version=version, audience=audience)

    return keep


def documents_made(jobs: Sequence[Job], user: Any) -> list[Outcome]:
    """The download links of finished jobs, for who may read them, in the order of the languages: 1 query."""
    wanted = [
        Q(
            content_type_id=job.payload["content_type"],
            object_id=job.payload["object"],
            kind=job.payload["kind"],
            language=job.payload["language"],
            version=job.payload["version"],
            audience=job.payload["audience"],
        )
        for job in jobs
    ]
    if not wanted:
        return []
    order = [code for code, _name in settings.LANGUAGES]
    documents = RenderedDocument.objects.filter(reduce(or_, wanted)).order_by("kind", "object_id", "id")
    return [
        Outcome(
            title=document.title,
            url=reverse("documents:document-download", args=[document.public_id]),
            note=f"{dict(settings.LANGUAGES)[document.language]} · PDF · {format_size(document.size)}",
        )
        for document in sorted(documents, key=lambda document: order.index(document.language))
        if may_read(user, document)
    ]


register_outcome(JOB_KIND, documents_made)
register_subject(JOB_KIND, subject_of_job)
