"""Documents that stopped being true: their files go at once, and what still stands is made anew.

A document holds names as they might be read on the day it was made. Once an organisation or a country must appear in
another way, every file for readers who do not know all names is a danger: waiting for its successor is not an option.
"""

from __future__ import annotations

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import QuerySet

from planning_portal.jobs.models import Job
from planning_portal.jobs.services import restart_jobs

from .models import Audience, RenderedDocument
from .registry import UnknownKind, get_kind
from .services import JOB_KIND, request_documents

REDACTED = (Audience.PUBLIC, Audience.MEMBERS)
KNOW_THE_NAMES = (Audience.COORDINATORS.value, Audience.COUNTRY.value)


@transaction.atomic
def withdraw_documents(documents: QuerySet[RenderedDocument]) -> int:
    """Take documents away for good: rows now, files once this transaction is certain. Returns how many there were."""
    gone = list(documents.select_for_update())
    RenderedDocument.objects.filter(pk__in=[document.pk for document in gone]).delete()
    for document in gone:
        transaction.on_commit(lambda file=document.file: file.delete(save=False), robust=True)  # type: ignore[misc]
    return len(gone)


def renew_documents() -> None:
    """Names may no longer be read as they were: withdraw every redacted document and ask for those that still stand.

    Part of the transaction that changes what may be read. What is being built meanwhile begins again. Where others
    write at the same time (PostgreSQL), a file made from the old names can still be kept until the transaction ends:
    so the same is done once more right after it, and every document made from then on knows better.
    """
    _renew()
    transaction.on_commit(_renew, robust=True)


@transaction.atomic
def _renew() -> None:
    restart_jobs(Job.objects.filter(kind=JOB_KIND).exclude(payload__audience__in=KNOW_THE_NAMES))
    redacted = RenderedDocument.objects.filter(audience__in=REDACTED)
    identities = list(redacted.order_by().values_list("content_type", "object_id", "kind", "version", "audience"))
    withdraw_documents(redacted)
    for content_type_id, object_id, key, version, audience in sorted(set(identities)):
        try:
            kind = get_kind(key)
        except UnknownKind:
            continue
        model = ContentType.objects.get_for_id(content_type_id).model_class()
        subject = model._base_manager.filter(pk=object_id).first() if model else None
        if subject is not None and kind.stands(subject, version) and kind.allows(subject, audience):
            request_documents(subject, key, version=version, audience=audience, by=None)
