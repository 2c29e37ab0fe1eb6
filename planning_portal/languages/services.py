"""Keeping the record of every language of every text true: after a save, after a translation, after a review."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from .models import Multilingual, TranslationState, TranslationUnit
from .registry import tell_follower

LANGUAGE_CODES = tuple(code for code, _name in settings.LANGUAGES)


def text_hash(text: str) -> str:
    """16 hex digits of the SHA-256 of the text in NFC with white space collapsed: spacing makes no work."""
    normal = re.sub(r"\s+", " ", unicodedata.normalize("NFC", text)).strip()
    return hashlib.sha256(normal.encode()).hexdigest()[:16] if normal else ""


def source_text(obj: Multilingual, field: str) -> str:
    """The text as its writer wrote it."""
    return getattr(obj, f"{field}_{obj.source_language}") or ""


def set_source(obj: Multilingual, **texts: str) -> None:
    """Put ``texts`` into the columns of the object's source language (never into the active language by accident)."""
    for field, text in texts.items():
        setattr(obj, f"{field}_{obj.source_language}", text)


def sync_units(objects: Iterable[Multilingual], *, imported_state: TranslationState = TranslationState.DRAFT) -> None:
    """Bring the units of ``objects`` in line with their texts: 2 queries for any number of objects of one model.

    A language that has text but no record yet gets ``imported_state``; a filled source with an empty translation is
    ``MISSING``; a changed source changes ``source_hash``, and the database then computes ``stale``.
    """
    objects = list(objects)
    if not objects:
        return
    tell_follower(type(objects[0]), [obj.pk for obj in objects])
    content_type = ContentType.objects.get_for_model(type(objects[0]))
    known = {
        (unit.object_id, unit.field, unit.language): unit
        for unit in TranslationUnit.objects.filter(content_type=content_type, object_id__in=[o.pk for o in objects])
    }
    now = timezone.now()
    changed: list[TranslationUnit] = []
    obsolete: list[int] = []
    for obj in objects:
        for field in obj.TEXTS:
            source = text_hash(source_text(obj, field))
            for language in LANGUAGE_CODES:
                unit = known.get((obj.pk, field, language))
                if language == obj.source_language or not source:
                    if unit is not None:
                        obsolete.append(unit.pk)
                    continue
                has_text = bool(getattr(obj, f"{field}_{language}"))
                if unit is None:
                    changed.append(
                        TranslationUnit(
                            content_type=content_type,
                            object_id=obj.pk,
                            field=field,
                            language=language,
                            state=imported_state if has_text else TranslationState.MISSING,
                            source_hash=source,
                            translated_hash=source if has_text else "",
                            source_changed_at=now,
                            updated_at=now,
                        )
                    )
                    continue
                state = unit.state
                if not has_text:
                    state = TranslationState.MISSING
                elif state == TranslationState.MISSING:
                    state = imported_state
                if unit.source_hash == source and unit.state == state:
                    continue
                if unit.source_hash != source:
                    unit.source_changed_at = now
                unit.source_hash = source
                if state == TranslationState.MISSING:
                    unit.translated_hash = ""
                elif unit.state == TranslationState.MISSING:
                    unit.translated_hash = source
                unit.state = state
                unit.updated_at = now
                changed.append(unit)
    if changed:
        TranslationUnit.objects.bulk_create(
            changed,
            update_conflicts=True,
            unique_fields=["content_type", "object_id", "field", "language"],
            update_fields=["state", "source_hash", "translated_hash", "source_changed_at", "updated_at"],
        )
    if obsolete:
        TranslationUnit.objects.filter(pk__in=obsolete).delete()


@transaction.atomic
def save_translation(
    obj: Multilingual,
    field: str,
    language: str,
    text: str,
    *,
    by: Any,
    state: TranslationState,
    tool: str = "",
) -> TranslationUnit:
    """Write one language of one field and say how good it is.

    In order: lock the object, write the column, write the unit with the hash of the source it was made from.
    Raises ValueError for the source language or an unknown field, PermissionDenied when machine text would
    overwrite a person's.
    """
    if field not in obj.TEXTS or language == obj.source_language or language not in LANGUAGE_CODES:
        raise ValueError(f"{field}_{language} is not a translation of this object")
    fresh = type(obj)._base_manager.select_for_update(of=("self",)).get(pk=obj.pk)
    content_type = ContentType.objects.get_for_model(type(obj))
    unit, _created = TranslationUnit.objects.get_or_create(
        content_type=content_type,
        object_id=obj.pk,
        field=field,
        language=language,
        defaults={"source_hash": text_hash(source_text(fresh, field))},
    )
    if state == TranslationState.MACHINE and unit.state >= TranslationState.DRAFT:
        raise PermissionDenied
    type(obj)._base_manager.filter(pk=obj.pk).update(**{f"{field}_{language}": text})
    setattr(obj, f"{field}_{language}", text)
    tell_follower(type(obj), [obj.pk])
    current = text_hash(source_text(fresh, field))
    unit.source_hash = current
    unit.translated_hash = current if text else ""
    unit.state = state if text else TranslationState.MISSING
    unit.tool = tool
    if state == TranslationState.DONE:
        unit.reviewer = by
    else:
        unit.translator = by
        unit.reviewer = None
    unit.save()
    return unit


@transaction.atomic
def save_translations(
    obj: Multilingual, language: str, texts: dict[str, str], *, by: Any, state: TranslationState
) -> None:
    """Write several texts of one object in one language, each as ``save_translation`` does."""
    for field, text in texts.items():
        save_translation(obj, field, language, text, by=by, state=state)
