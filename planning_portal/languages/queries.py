"""Reading people's words in a reader's language, honestly: which language is shown, and how good it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from .models import Multilingual, TranslationState, TranslationUnit
from .names import language_name
from .registry import TextKind, text_kinds


@dataclass(frozen=True)
class ShownText:
    """A text as shown: in ``language``, with a ``label`` in the reader's words when it is not simply theirs.

    ``kind`` is one of "own" (nothing to say), "original" (another language than asked), "machine", "stale",
    "draft" (a person's translation that nobody reviewed yet) or "empty".
    """

    text: str
    language: str
    kind: str = "own"
    label: str = ""
    original: str = ""
    original_language: str = ""

    def __str__(self) -> str:
        return self.text

    def __bool__(self) -> bool:
        return bool(self.text)


def attach_units(objects: Iterable[Multilingual | None]) -> None:
    """Give every object its translation units: one query, whatever their number and their models."""
    by_type: dict[int, list[Multilingual]] = {}
    for obj in objects:
        if obj is not None:
            by_type.setdefault(ContentType.objects.get_for_model(type(obj)).pk, []).append(obj)
    wanted = Q()
    for type_id, members in by_type.items():
        wanted |= Q(content_type_id=type_id, object_id__in={member.pk for member in members})
    units: dict[tuple[int, int], dict[tuple[str, str], TranslationUnit]] = {}
    for unit in TranslationUnit.objects.filter(wanted) if by_type else ():
        units.setdefault((unit.content_type_id, unit.object_id), {})[unit.field, unit.language] = unit
    for type_id, members in by_type.items():
        for member in members:
            member._units = units.get((type_id, member.pk), {})  # type: ignore[attr-defined]


def units_of(obj: Multilingual) -> dict[tuple[str, str], TranslationUnit]:
    """The units of one object, from ``attach_units`` or by one query."""
    if not hasattr(obj, "_units"):
        attach_units([obj])
    return obj._units  # type: ignore[attr-defined,no-any-return]


def shown(obj: Multilingual, field: str, language: str | None = None) -> ShownText:
    """``field`` of ``obj`` for a reader of ``language`` (the active one by default): theirs, else the original.

    Never a silent fallback and never a blank where there is an original.
    """
    language = language or get_language() or "en"
    source = obj.source_language
    original = getattr(obj, f"{field}_{source}") or ""
    if language == source or not original:
        return ShownText(original, source, "own" if original else "empty")
    translated = getattr(obj, f"{field}_{language}") or ""
    if not translated:
        return ShownText(original, source, "original", label_for("original", source, language))
    unit = units_of(obj).get((field, language))
    kind = kind_of(unit)
    changed = unit.source_changed_at if unit else None
    return ShownText(translated, language, kind, label_for(kind, source, language, changed), original, source)


def kind_of(unit: TranslationUnit | None) -> str:
    """In one word, what a reader must know about a translation that has text."""
    if unit is None:
        return "draft"
    if unit.stale:
        return "stale"
    if unit.state == TranslationState.MACHINE:
        return "machine"
    return "own" if unit.state == TranslationState.DONE else "draft"


def label_for(kind: str, source: str, language: str, changed: datetime | None = None) -> str:
    """The short label beside a text, the same in pages and documents."""
    if kind == "original":
        return _("Original: %(language)s") % {"language": language_name(source, language)}
    if kind == "machine":
        return _("Machine translation, not reviewed")
    if kind == "stale":
        return _("Translation may be out of date: the original has changed")
    if kind == "draft":
        return _("Translation not reviewed yet")
    return ""


@dataclass(frozen=True)
class TextToDo:
    """An object with how many of its texts are missing, machine-made, out of date or waiting in one language."""

    obj: Multilingual
    language: str
    missing: int
    machine: int
    outdated: int
    waiting: int


TO_DO = Q(state__lt=TranslationState.DONE) | Q(stale=True)


def _open_units(user: Any, languages: Iterable[str]) -> QuerySet[TranslationUnit]:
    """The units of every kind that ``user`` may read and that still need work in one of ``languages``."""
    visible = Q(pk__in=[])
    for kind in text_kinds():
        content_type = ContentType.objects.get_for_model(kind.model)
        visible |= Q(content_type=content_type, object_id__in=kind.visible(user).values("pk"))
    return TranslationUnit.objects.filter(visible, TO_DO, language__in=list(languages))


def counts_by_kind(user: Any, language: str) -> dict[str, int]:
    """For each kind of text, how many of its texts still need work in ``language``: one query."""
    rows = _open_units(user, [language]).values("content_type").annotate(texts=Count("pk")).order_by("content_type")
    counts = {row["content_type"]: row["texts"] for row in rows}
    return {kind.key: counts.get(ContentType.objects.get_for_model(kind.model).pk, 0) for kind in text_kinds()}


def counts_by_language(user: Any, languages: Iterable[str]) -> dict[str, int]:
    """How many texts still need work in each of ``languages``: one query."""
    rows = _open_units(user, languages).values("language").annotate(texts=Count("pk")).order_by("language")
    return {row["language"]: row["texts"] for row in rows}


def texts_to_do(user: Any, kind: TextKind, language: str, *, everything: bool = False) -> QuerySet[Any, Any]:
    """The objects of one kind with what they need in ``language``, least finished first."""
    units = TranslationUnit.objects.filter(
        content_type=ContentType.objects.get_for_model(kind.model),
        language=language,
        object_id__in=kind.visible(user).values("pk"),
    )
    if not everything:
        units = units.filter(TO_DO)
    return (
        units.values("object_id")
        .annotate(
            missing=Count("pk", filter=Q(state=TranslationState.MISSING)),
            machine=Count("pk", filter=Q(state=TranslationState.MACHINE)),
            outdated=Count("pk", filter=Q(stale=True)),
            waiting=Count("pk", filter=Q(state__in=[TranslationState.DRAFT, TranslationState.IN_REVIEW], stale=False)),
        )
        .order_by("-missing", "-outdated", "-machine", "object_id")
    )


def load_to_do(kind: TextKind, language: str, rows: Iterable[dict[str, int]]) -> list[TextToDo]:
    """The objects of one page of ``texts_to_do``: one query."""
    rows = list(rows)
    objects = kind.model._base_manager.in_bulk([row["object_id"] for row in rows])
    return [
        TextToDo(objects[row["object_id"]], language, row["missing"], row["machine"], row["outdated"], row["waiting"])
        for row in rows
        if row["object_id"] in objects
    ]
