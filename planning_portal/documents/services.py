"""Asking for documents, building them, keeping them."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Model
from django.template.loader import render_to_string
from django.utils import timezone, translation

from planning_portal.jobs.models import Job, JobOrder, JobState
from planning_portal.jobs.services import enqueue

from . import engine
from .contents import fill_contents
from .models import Audience, RenderedDocument
from .registry import DocumentKind, get_kind
from .report import TranslationState, hash_of, translation_state
from .signs import MissingCharacter, missing_characters

JOB_KIND = "documents.render"
ALL_LANGUAGES = tuple(code for code, _name in settings.LANGUAGES)


@dataclass(frozen=True)
class Frame:
    """What the frame of a document (cover, heads, last page) shows beside the report."""

    title: str
    language: str
    version: str
    audience: Audience
    fingerprint: str
    frozen_at: datetime | None
    translation: TranslationState
    missing: list[MissingCharacter]

    @property
    def moment(self) -> str:
        """The version's own time, as the file's metadata wants it: the clock must not be in the bytes."""
        return f"{self.frozen_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if self.frozen_at else ""

    @property
    def language_name(self) -> str:
        """The language by its own name: a document speaks to its readers."""
        return dict(settings.LANGUAGES)[self.language]

    @property
    def short_fingerprint(self) -> str:
        """Enough of the fingerprint to compare two papers by eye."""
        return " ".join(self.fingerprint[start : start + 4] for start in range(0, 16, 4))


def dedupe_key(kind: str, subject: tuple[int, int], version: str, audience: str, language: str) -> str:
    """What makes two requests the same; ``subject`` is its content type's id and its own."""
    return f"{JOB_KIND}:{kind}:{subject[0]}.{subject[1]}:{version}:{audience!s}:{language}"


def subject_key(subject: Model) -> tuple[int, int]:
    return ContentType.objects.get_for_model(subject).pk, subject.pk


@transaction.atomic
def request_documents(
    subject: Model,
    kind: str,
    *,
    version: str,
    audience: Audience | str,
    by: Any,
    languages: Iterable[str] = ALL_LANGUAGES,
    group: uuid.UUID | None = None,
) -> uuid.UUID:
    """Have ``kind`` of ``subject`` built, one job for each language, and return the group that shows their progress.

    Asking again for the same subject, kind, version, audience and language makes no second job: who asks again gets
    the group of the first time, somebody else a group of their own with the same jobs. Part of the caller's
    transaction, so that no document is asked for what was rolled back. With ``group`` the jobs join those that the same
    act asked for before, as when one press builds a document for two audiences.
    """
    get_kind(kind)
    subject_id = subject_key(subject)
    keys = {language: dedupe_key(kind, subject_id, version, audience, language) for language in languages}
    _forget_jobs_whose_document_is_gone(subject_id, kind, version, audience, keys)
    group = group or _own_group(keys.values(), by) or uuid.uuid4()
    for language, key in keys.items():
        payload = {
            "kind": kind,
            "content_type": subject_id[0],
            "object": subject_id[1],
            "language": language,
            "version": str(version),
            "audience": str(audience),
        }
        enqueue(JOB_KIND, payload, owner=by, dedupe_key=key, group=group)
    return group


def _own_group(keys: Iterable[str], owner: Any) -> uuid.UUID | None:
    """The group in which ``owner`` asked for these before, so that a second press leads to the same progress."""
    if owner is None:
        return None
    orders = JobOrder.objects.filter(job__dedupe_key__in=keys, owner=owner).order_by("-id")
    return orders.values_list("group", flat=True).first()


def _forget_jobs_whose_document_is_gone(
    subject: tuple[int, int], kind: str, version: str, audience: str, keys: dict[str, str]
) -> None:
    """A finished job whose document was deleted since must not keep anybody from having it built again."""
    kept = set(
        RenderedDocument.objects.filter(
            content_type_id=subject[0], object_id=subject[1], kind=kind, version=version, audience=audience
        ).values_list("language", flat=True)
    )
    gone = [key for language, key in keys.items() if language not in kept]
    Job.objects.filter(dedupe_key__in=gone, state=JobState.DONE).update(dedupe_key=None)


def build_document(
    subject: Model, kind: DocumentKind | str, *, language: str, version: str, audience: Audience | str
) -> str:
    """The HTML of a document, in ``language`` throughout: report, then template, then the list of contents.

    Characters that none of our faces can draw are named on the last page; the text itself is left as it is.
    """
    kind = get_kind(kind) if isinstance(kind, str) else kind
    with translation.override(language), timezone.override("UTC"):
        report = kind.report(subject, language, str(audience))
        frame = Frame(
            title=kind.title_for(subject, language, audience),
            language=language,
            version=version,
            audience=Audience(audience),
            fingerprint=report.get("content_hash") or hash_of(report),
            frozen_at=report.get("frozen_at"),
            translation=translation_state(report, language),
            missing=[],
        )
        html = _render(kind, report, frame)
        missing = missing_characters(html)
        if missing:
            html = _render(kind, report, Frame(**{**frame.__dict__, "missing": missing}))
        return fill_contents(html)


def _render(kind: DocumentKind, report: dict[str, Any], frame: Frame) -> str:
    return render_to_string(kind.template, {"report": report, "document": frame})


def build_pdf(
    subject: Model,
    kind: DocumentKind | str,
    *,
    language: str,
    version: str,
    audience: Audience | str,
    on_page: Callable[[int], None] | None = None,
) -> engine.BuiltPdf:
    """A document's PDF. The same frozen subject gives the same bytes. Raises engine.EngineError."""
    html = build_document(subject, kind, language=language, version=version, audience=audience)
    return engine.build_pdf(html, on_page=on_page)


def expected_pages(subject: Model, kind: str) -> int:
    """About how many pages there will be, for the progress bar: as many as the latest in any language or version."""
    content_type_id, object_id = subject_key(subject)
    pages = (
        RenderedDocument.objects.filter(content_type_id=content_type_id, object_id=object_id, kind=kind)
        .order_by("-built_at")
        .values_list("pages", flat=True)
        .first()
    )
    return pages or 0


def _file_name(kind: DocumentKind, name: str, audience: Audience | str) -> str:
    """What is not for everyone says so in its name: two files of one document must not be mistaken for each other."""
    stem, dot, suffix = name.rpartition(".")
    is_plain = audience == Audience.PUBLIC and not kind.tells_audience
    return name if is_plain else f"{stem}-{audience!s}{dot}{suffix}"


@transaction.atomic
def store_document(
    subject: Model,
    kind: DocumentKind,
    built: engine.BuiltPdf,
    *,
    language: str,
    version: str,
    audience: Audience | str,
) -> RenderedDocument:
    """Keep a built PDF: first the file, then its row. What is already kept stays as it is and is returned."""
    content_type_id, object_id = subject_key(subject)
    identity = {
        "content_type_id": content_type_id,
        "object_id": object_id,
        "kind": kind.key,
        "language": language,
        "version": version,
        "audience": str(audience),
    }
    known = RenderedDocument.objects.filter(**identity).first()
    if known is not None:
        return known
    with translation.override(language):
        document = RenderedDocument(
            **identity,
            title=kind.title_for(subject, language, audience),
            file_name=_file_name(kind, kind.file_name(subject, language, version), audience),
            sha256=hashlib.sha256(built.data).hexdigest(),
            pages=built.pages,
            size=len(built.data),
        )
    document.file.save("document.pdf", ContentFile(built.data), save=False)
    try:
        with transaction.atomic():
            document.save()
    except Exception:
        document.file.delete(save=False)
        raise
    return document
