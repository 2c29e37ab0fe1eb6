"""Two versions of the same parts side by side, in words: what I typed, and what a colleague saved meanwhile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.text import capfirst

from planning_portal.organisations.identity import Viewer, name_of
from planning_portal.organisations.models import Organisation
from planning_portal.programme.models import Level, Theme, WorkerGroup

from .models import Priority
from .parts import plain_parts
from .queries import option_label


@dataclass(frozen=True)
class ComparedPart:
    """One part of a priority: both versions as text, whether both can be kept together, and what was chosen so far."""

    part: str
    label: Any
    mine: str
    theirs: str
    is_text: bool
    errors: Sequence[str] = field(default_factory=tuple)
    choice: str = ""


def compared_parts(
    priority: Priority,
    mine: Mapping[str, Any],
    viewer: Viewer,
    errors: Mapping[str, Sequence[str]],
    choices: Mapping[str, str],
) -> list[ComparedPart]:
    """The parked parts that still differ from what is saved, in the order of the form."""
    theirs = plain_parts(priority, mine)
    return [
        ComparedPart(
            part,
            _label(part),
            _words(part, mine[part], viewer),
            _words(part, theirs[part], viewer),
            part in Priority.TEXTS,
            errors.get(part, ()),
            choices.get(part, ""),
        )
        for part in (*Priority.TEXTS, "theme", "level", "groups", "supports")
        if part in mine and mine[part] != theirs[part]
    ]


def _label(part: str) -> Any:
    if part == "supports":
        return Priority._meta.get_field("supports").related_model._meta.verbose_name_plural  # type: ignore[union-attr]
    return Priority._meta.get_field(part).verbose_name  # type: ignore[union-attr]


def _words(part: str, value: Any, viewer: Viewer) -> str:
    if not value:
        return ""
    if part == "theme":
        theme = Theme.objects.filter(pk=value).first()
        return option_label(theme, "title") if theme else ""
    if part == "level":
        return capfirst(str(Level(value).label))
    if part == "groups":
        return "\n".join(f"- {option_label(group, 'name')}" for group in WorkerGroup.objects.filter(pk__in=value))
    if part == "supports":
        organisations = Organisation.objects.filter(pk__in=value).select_related("country__zone")
        return "\n".join(f"- {name_of(o, viewer)} {value[str(o.pk)]}".rstrip() for o in organisations)
    return str(value)
