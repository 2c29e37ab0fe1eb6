"""Reads of documents: what can be downloaded, in which languages, and what is still being built."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any, NamedTuple, Protocol

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, Q
from django.utils.translation import get_language

from planning_portal.jobs.models import Job, JobState

from .models import RenderedDocument
from .registry import UnknownKind, get_kind
from .services import dedupe_key, subject_key

READY, BUILDING, FAILED, MISSING = "ready", "building", "failed", "missing"
STATES: dict[str, str] = {JobState.QUEUED: BUILDING, JobState.RUNNING: BUILDING, JobState.FAILED: FAILED}
Identity = tuple[int, int, str, str, str]


class AnyEdition(Protocol):
    """What names a document without its language. ``programme.StepResult`` is one as well."""

    @property
    def content_type_id(self) -> int: ...
    @property
    def object_id(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def version(self) -> str: ...
    @property
    def audience(self) -> str: ...


@dataclass(frozen=True)
class Edition:
    """One version of one kind of document about one subject, for one audience."""

    content_type_id: int
    object_id: int
    kind: str
    version: str
    audience: str

    @classmethod
    def of(cls, subject: Model, kind: str, *, version: str, audience: str) -> Edition:
        return cls(*subject_key(subject), kind, str(version), str(audience))


class LanguageState(NamedTuple):
    """One language of a row: its code, the document when it is ready, and the state in one word."""

    code: str
    document: RenderedDocument | None
    state: str


@dataclass(frozen=True)
class DownloadRow:
    """A document as ``components/download_row.html`` shows it: once, with its four languages.

    ``group`` leads to the progress page of the person who asked for what is being built.
    """

    title: str
    version: str
    built_at: datetime | None
    languages: list[LanguageState]
    group: uuid.UUID | None = None
    kind: str = ""
    audience: str = ""
    replaced_by: str = ""
    """The latest version beside which an earlier one is shown; empty for the latest itself."""

    @property
    def is_building(self) -> bool:
        return any(language.state == BUILDING for language in self.languages)

    @property
    def is_gone(self) -> bool:
        """Nothing to download and nothing on its way: its files were withdrawn."""
        return all(language.state == MISSING for language in self.languages)

    @property
    def is_complete(self) -> bool:
        return all(language.state == READY for language in self.languages)


def may_read(user: Any, document: RenderedDocument) -> bool:
    """Whether ``user`` may read ``document``: its kind decides, also for visitors; of an unknown kind nobody may."""
    try:
        return get_kind(document.kind).can_read(user, document)
    except UnknownKind:
        return False


def readable_document(user: Any, public_id: uuid.UUID) -> RenderedDocument | None:
    """The document at this address if ``user`` may read it. Who may not learns nothing of it."""
    document = RenderedDocument.objects.filter(public_id=public_id).first()
    return document if document is not None and may_read(user, document) else None


def _identity(edition: AnyEdition) -> Identity:
    return (edition.content_type_id, edition.object_id, edition.kind, edition.version, str(edition.audience))


def download_rows(editions: Iterable[AnyEdition], *, user: Any = None) -> list[DownloadRow]:
    """One row for each of ``editions``, in their order: 2 queries, one more for each model whose title must be read.

    Rights are the caller's: pass only what its reader may read.
    """
    editions = list(editions)
    if not editions:
        return []
    codes = [code for code, _name in settings.LANGUAGES]
    documents = _documents_of(editions)
    keys = {
        dedupe_key(edition.kind, (edition.content_type_id, edition.object_id), edition.version, edition.audience, code)
        for edition in editions
        for code in codes
        if (_identity(edition), code) not in documents
    }
    jobs = {job.dedupe_key: job for job in Job.objects.filter(dedupe_key__in=keys).prefetch_related("orders")}
    titles = _titles_of([e for e in editions if not any((_identity(e), code) in documents for code in codes)])
    latest = _latest_versions(editions)
    rows = (_row(edition, codes, documents, jobs, titles, user) for edition in editions)
    return [replace(row, replaced_by=_later(edition, latest)) for edition, row in zip(editions, rows, strict=True)]


def _series(edition: AnyEdition) -> tuple[int, int, str, str]:
    """What all versions of a document have in common."""
    return (edition.content_type_id, edition.object_id, edition.kind, str(edition.audience))


def _latest_versions(editions: Iterable[AnyEdition]) -> dict[tuple[int, int, str, str], int]:
    """The highest number of each series; a version that is not a number has no later one."""
    latest: dict[tuple[int, int, str, str], int] = {}
    for edition in editions:
        if edition.version.isdigit():
            latest[_series(edition)] = max(latest.get(_series(edition), 0), int(edition.version))
    return latest


def _later(edition: AnyEdition, latest: dict[tuple[int, int, str, str], int]) -> str:
    number = latest.get(_series(edition), 0)
    return str(number) if edition.version.isdigit() and int(edition.version) < number else ""


def _row(
    edition: AnyEdition,
    codes: list[str],
    documents: dict[tuple[Identity, str], RenderedDocument],
    jobs: dict[str | None, Job],
    titles: dict[Identity, str],
    user: Any,
) -> DownloadRow:
    identity = _identity(edition)
    languages, group = [], None
    for code in codes:
        document = documents.get((identity, code))
        if document is not None:
            languages.append(LanguageState(code, document, READY))
            continue
        job = jobs.get(dedupe_key(edition.kind, identity[:2], edition.version, edition.audience, code))
        languages.append(LanguageState(code, None, STATES.get(job.state, MISSING) if job else MISSING))
        if job and user is not None:
            own = [order.group for order in job.orders.all() if order.owner_id == user.pk]
            group = own[-1] if own else group
    ready = [language.document for language in languages if language.document]
    mine = next((document for document in ready if document.language == get_language()), ready[0] if ready else None)
    return DownloadRow(
        title=mine.title if mine else titles.get(identity, ""),
        version=edition.version,
        built_at=max((document.built_at for document in ready), default=None),
        languages=languages,
        group=group,
        kind=edition.kind,
        audience=str(edition.audience),
    )


def _documents_of(editions: list[AnyEdition]) -> dict[tuple[Identity, str], RenderedDocument]:
    names = ("content_type_id", "object_id", "kind", "version", "audience")
    wanted = reduce(or_, (Q(**dict(zip(names, _identity(edition), strict=True))) for edition in editions))
    return {(_identity(document), document.language): document for document in RenderedDocument.objects.filter(wanted)}


def _titles_of(editions: list[AnyEdition]) -> dict[Identity, str]:
    """Titles of what has no document yet, from the subjects themselves."""
    by_type: dict[int, list[AnyEdition]] = {}
    for edition in editions:
        by_type.setdefault(edition.content_type_id, []).append(edition)
    language = get_language() or settings.LANGUAGE_CODE
    titles = {}
    for content_type_id, members in by_type.items():
        model = ContentType.objects.get_for_id(content_type_id).model_class()
        subjects = model._base_manager.in_bulk({member.object_id for member in members}) if model else {}
        for member in members:
            with suppress(UnknownKind, KeyError):
                subject = subjects[member.object_id]
                titles[_identity(member)] = get_kind(member.kind).title_for(subject, language, member.audience)
    return titles
