"""A priority part by part: its plain values, what is missing, how changed parts are written and kept as a version.

Writing is made for many at once on a database with a single writer: whatever can be read, compared or checked is so
before the transaction, which then is one conditional UPDATE of the columns that changed and one of the history.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from planning_portal.languages.registry import tell_follower
from planning_portal.languages.services import set_source, source_text
from planning_portal.organisations.models import Organisation

from .models import Priority, Support
from .versions import mark_changed

PARTS = (*Priority.TEXTS, "theme", "level", "groups", "supports")
WANTED = ("title", "theme", "level", "situation", "concerned", "change", "together")
HISTORY_GAP = timedelta(minutes=10)


class Incomplete(Exception):
    """The priority lacks something that a submission needs; ``missing`` names the parts."""

    def __init__(self, missing: list[str]):
        self.missing = missing
        super().__init__(", ".join(missing))


class MovedOn(Exception):
    """The row is no longer as the object in hand was read: decide again on a fresh one. Nothing was written."""


def plain_part(part: str, value: Any) -> Any:
    """A value of a form in the shape that is compared and parked: keys instead of objects, texts with plain line ends.

    Raises ValueError for what is no part.
    """
    if part not in PARTS:
        raise ValueError(f"{part} is no part of a priority")
    if part == "theme":
        return value.pk if value else None
    if part == "groups":
        return sorted(group.pk for group in value)
    if part == "supports":
        return {str(organisation.pk): why.strip() for organisation, why in value.items()}
    return str(value).replace("\r\n", "\n").strip()


def plain_parts(priority: Priority, parts: Iterable[str]) -> dict[str, Any]:
    """The present values of ``parts`` in the shape that is compared, parked and shown side by side."""
    values: dict[str, Any] = {}
    for part in parts:
        if part == "theme":
            values[part] = priority.theme_id
        elif part == "level":
            values[part] = priority.level
        elif part == "groups":
            values[part] = sorted(group.pk for group in priority.groups.all())
        elif part == "supports":
            values[part] = {
                str(support.organisation_id): source_text(support, "why") for support in priority.supports.all()
            }
        else:
            values[part] = source_text(priority, part)
    return values


def missing_parts(priority: Priority) -> list[str]:
    """What a submission still needs, in the order of the form's pages."""
    present = plain_parts(priority, WANTED)
    return [part for part in WANTED if not present[part]]


def set_columns(priority: Priority, changed: Mapping[str, Any], language: str = "") -> set[str]:
    """Put changed texts, theme and level into ``priority``, not yet into the database; the names of its columns that
    differ now. A text has two: that of its language, and the one without, modeltranslation's own, which nobody reads
    but which must not keep what an author took back. With ``language``, what is written already moves along into that
    language: none is left behind.

    Raises ValidationError for what a column cannot hold.
    """
    columns: set[str] = set()
    if language and language != priority.source_language:
        texts = {field: source_text(priority, field) for field in priority.TEXTS}
        columns |= {*texts, *(f"{field}_{code}" for field in texts for code in (priority.source_language, language))}
        set_source(priority, **dict.fromkeys(texts, ""))
        priority.source_language = language
        set_source(priority, **texts)
        columns.add("source_language")
    for part, value in changed.items():
        if part in {"theme", "level"}:
            name = "theme_id" if part == "theme" else part
            setattr(priority, name, value)
            columns.add(name)
        elif part in priority.TEXTS:
            set_source(priority, **{part: value})
            columns |= {part, f"{part}_{priority.source_language}"}
    checked = columns - set(priority.TEXTS)
    priority.clean_fields(
        exclude={field.name for field in priority._meta.concrete_fields if field.attname not in checked}
    )
    return columns


def save_version(
    priority: Priority,
    columns: Iterable[str],
    changed: Mapping[str, Any],
    *,
    by: Any,
    editor: str = "",
    joins_last: bool = False,
) -> None:
    """Write ``columns`` (``set_columns``) and the groups and supports in ``changed``, as one version more.

    One transaction, in order: the row, if it still is of the version and the state that ``priority`` was read with
    (this locks it, so what was compared with that version holds); groups and supports; the history, in which
    ``joins_last`` joins the newest version when the same person made it within the past ten minutes; the followers of
    what others can read. Not for an agreed priority: its translations follow ``Priority.save``.

    Raises MovedOn, and ValidationError when a support does not belong.
    """
    read = priority.version
    mark_changed(priority, changed, editor)
    priority.saved_at = timezone.now()
    kept = {
        name: source_text(priority, name) if name in priority.TEXTS else getattr(priority, name)
        for name in (*columns, "version", "saved_at")
    }
    with transaction.atomic():
        # Django's own query set: modeltranslation's would write the columns without a language somewhere else too.
        row: QuerySet[Priority] = QuerySet(Priority).filter(pk=priority.pk, version=read, state=priority.state)
        if not row.update(changed_in=priority.changed_in, **kept):
            raise MovedOn
        if "groups" in changed:
            priority.groups.set(changed["groups"])
        if "source_language" in kept:
            _move_supports(priority)
        if "supports" in changed:
            _write_supports(priority, changed["supports"], by=by)
        if not (joins_last and _join_last_version(priority, kept, by=by)):
            keep_versions([priority], by=by)
        if not priority.is_draft:
            tell_follower(Priority, [priority.pk])


def keep_versions(priorities: Iterable[Priority], *, by: Any, are_new: bool = False) -> None:
    """Keep each priority as it is in hand as its newest version, made by ``by``: one query for all of them.

    ``django-simple-history``'s own ``bulk_history_create`` overlooks the translated columns.
    """
    model = Priority.history.model
    fields = model._meta.concrete_fields
    names = [f.attname for f in fields if not f.name.startswith("history_") and f.name not in Priority.TEXTS]
    about = {"history_date": timezone.now(), "history_type": "+" if are_new else "~", "history_user": by}
    model._base_manager.bulk_create(
        [model(**{name: getattr(priority, name) for name in names}, **about) for priority in priorities]
    )


def _join_last_version(priority: Priority, kept: Mapping[str, Any], *, by: Any) -> bool:
    """Bring the newest version up to date if it is this person's own and recent: one query, nothing is read."""
    versions: QuerySet[Any] = QuerySet(Priority.history.model).filter(id=priority.pk)
    newest = versions.order_by("-history_date", "-history_id").values("history_id")[:1]
    recent = {"history_type": "~", "history_user_id": by.pk, "history_date__gt": timezone.now() - HISTORY_GAP}
    return bool(versions.filter(history_id=newest, **recent).update(**kept))


def _write_supports(priority: Priority, whys: Mapping[str, str], *, by: Any) -> None:
    """Make the organisations that the authors name exactly ``whys``: of the same country, and not the authors."""
    known = {support.organisation_id: support for support in priority.supports.all()}
    wanted = {int(pk): why for pk, why in whys.items()}
    allowed = set(
        Organisation.objects.active()
        .filter(pk__in=wanted, country_id=priority.consultation.country_id)
        .exclude(pk=priority.organisation_id)
        .values_list("pk", flat=True)
    )
    if set(wanted) - allowed - set(known):
        raise ValidationError(_("Only other organisations of the same country can support this priority."))
    for pk in set(known) - set(wanted):
        known[pk].delete()
    for pk, why in wanted.items():
        support = known.get(pk) or Support(priority=priority, organisation_id=pk, by=by)
        support.source_language = priority.source_language
        set_source(support, why=why)
        support.save()


def _move_supports(priority: Priority) -> None:
    """The author writes in another language: why others stand behind it was written in that one too."""
    for support in priority.supports.all():
        if support.source_language != priority.source_language:
            why = source_text(support, "why")
            set_source(support, why="")
            support.source_language = priority.source_language
            set_source(support, why=why)
            support.save()
