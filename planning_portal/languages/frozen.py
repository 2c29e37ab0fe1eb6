"""Texts kept as they were at one moment, in all their languages, inside the plain data that a stage freezes.

Each is kept with its language, its translations and how good each was::

    {"of": ["priority", 12, "title"], "source": "fr", "texts": {"fr": "…", "nl": "…"}, "kinds": {"nl": "machine"}}

The first part of ``of`` is a name that the freezing app chose for the model.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

from .models import Multilingual
from .queries import ShownText, attach_units, kind_of, label_for, units_of
from .services import LANGUAGE_CODES


def frozen_text(obj: Multilingual, field: str, name: str) -> dict[str, Any]:
    """One text of ``obj`` with all its languages. ``attach_units`` first."""
    texts = {code: value for code in LANGUAGE_CODES if (value := getattr(obj, f"{field}_{code}") or "")}
    units = units_of(obj)
    kinds = {code: kind_of(units.get((field, code))) for code in texts if code != obj.source_language}
    return {"of": [name, obj.pk, field], "source": obj.source_language, "texts": texts, "kinds": kinds}


def shown_text(entry: dict[str, Any] | None, language: str) -> ShownText:
    """A frozen text for a reader of ``language``: theirs, else the original, as ``languages.queries.shown`` says it."""
    if not entry:
        return ShownText("", language, "empty")
    source, texts = entry["source"], entry["texts"]
    original = texts.get(source, "")
    if language == source or not original:
        return ShownText(original, source, "own" if original else "empty")
    if language not in texts:
        return ShownText(original, source, "original", label_for("original", source, language))
    kind = entry["kinds"].get(language, "draft")
    return ShownText(texts[language], language, kind, label_for(kind, source, language), original, source)


def with_new_translations(frozen: dict[str, Any], models: Mapping[str, type[Multilingual]]) -> dict[str, Any]:
    """A copy of ``frozen`` whose texts carry today's translations, where the original is still the frozen one.

    What was decided and counted stays.
    """
    fresh = deepcopy(frozen)
    entries = list(entries_of(fresh))
    ids: dict[str, set[int]] = defaultdict(set)
    for entry in entries:
        ids[entry["of"][0]].add(entry["of"][1])
    live: dict[tuple[str, int], Multilingual] = {}
    for name, wanted in ids.items():
        live |= {(name, obj.pk): obj for obj in models[name]._base_manager.filter(pk__in=wanted)}
    attach_units(live.values())
    for entry in entries:
        name, pk, field = entry["of"]
        obj = live.get((name, pk))
        if obj is None or obj.source_language != entry["source"]:
            continue
        now = frozen_text(obj, field, name)
        if now["texts"].get(entry["source"]) == entry["texts"].get(entry["source"]):
            entry.update(now)
    return fresh


def entries_of(value: Any) -> Iterator[dict[str, Any]]:
    """Every text in frozen data, in its order."""
    if isinstance(value, dict):
        if "of" in value and "texts" in value:
            yield value
            return
        value = value.values()
    elif not isinstance(value, list):
        return
    for member in value:
        yield from entries_of(member)
