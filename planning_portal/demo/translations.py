"""Filling the languages of texts in bulk, in a believable mix of states, through ``languages.services.sync_units``."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from planning_portal.languages.models import Multilingual, TranslationState, TranslationUnit
from planning_portal.languages.services import LANGUAGE_CODES, sync_units
from planning_portal.organisations.models import User

# How often a translation of the demonstration is in which state, by how far its stage has come.
FRESH = {
    TranslationState.MISSING: 25,
    TranslationState.MACHINE: 20,
    TranslationState.DRAFT: 20,
    TranslationState.IN_REVIEW: 10,
    TranslationState.DONE: 25,
}
SETTLED = {
    TranslationState.MISSING: 4,
    TranslationState.MACHINE: 6,
    TranslationState.DRAFT: 12,
    TranslationState.IN_REVIEW: 5,
    TranslationState.DONE: 73,
}
FINISHED = {TranslationState.DRAFT: 4, TranslationState.DONE: 96}

Texts = Mapping[str, Mapping[str, str]]


def fill_languages(
    rows: Sequence[tuple[Multilingual, Texts]],
    mix: Mapping[TranslationState, int],
    *,
    chance: random.Random,
    translator: User,
) -> None:
    """Write the translations of saved objects of one model: ``rows`` holds each with ``{field: {language: text}}``.

    What the objects say in their own language stays. A language is drawn from ``mix`` once for each object, so that
    its texts are as good as one another. In order: draw, write the columns, bring the units in line, say how good each
    is and by whom.
    """
    if not rows:
        return
    drawn: dict[tuple[int, str], TranslationState] = {}
    columns: set[str] = set()
    for obj, texts in rows:
        for language in LANGUAGE_CODES:
            if language == obj.source_language:
                continue
            state = chance.choices(list(mix), list(mix.values()))[0]
            drawn[obj.pk, language] = state
            if state == TranslationState.MISSING:
                continue
            for field, words in texts.items():
                setattr(obj, f"{field}_{language}", words[language])
                columns.add(f"{field}_{language}")
    objects = [obj for obj, _texts in rows]
    model = type(objects[0])
    if columns:
        model._base_manager.bulk_update(objects, sorted(columns), batch_size=100)
    sync_units(objects)
    _say_how_good(model, drawn, fields={field for _obj, texts in rows for field in texts}, translator=translator)


def _say_how_good(
    model: type[Multilingual], drawn: Mapping[tuple[int, str], TranslationState], *, fields: set[str], translator: User
) -> None:
    """The units of what was just written, each with its drawn state, its translator and, when done, its reviewer."""
    units = list(
        TranslationUnit.objects.filter(
            content_type=ContentType.objects.get_for_model(model),
            object_id__in={pk for pk, _language in drawn},
            field__in=fields,
        ).exclude(state=TranslationState.MISSING)
    )
    for unit in units:
        unit.state = drawn[unit.object_id, unit.language]
        unit.tool = "machine" if unit.state == TranslationState.MACHINE else ""
        unit.translator = None if unit.state == TranslationState.MACHINE else translator
        unit.reviewer = translator if unit.state == TranslationState.DONE else None
        unit.updated_at = timezone.now()
    changed = ["state", "tool", "translator", "reviewer", "updated_at"]
    TranslationUnit.objects.bulk_update(units, changed, batch_size=500)


def texts_of(entry: Mapping[str, Any], *fields: str) -> Texts:
    """The translated values ``fields`` of an entry of the data files."""
    return {field: entry[field] for field in fields}
