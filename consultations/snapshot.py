"""What the closing of a consultation freezes: its outcome as plain data, in all languages, without a name.

Everything that the summary shows comes from here. Organisations are kept by their key, so that what may be said of
each is decided when a document is made: who went into hiding since the closing stays hidden. What each audience may
read of it is decided in ``reports.py``.
"""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from planning_portal.languages import frozen
from planning_portal.languages.models import Multilingual
from planning_portal.languages.queries import attach_units
from planning_portal.programme.models import Theme, WorkerGroup

from .models import Consultation, CountryDecision, Priority, PriorityState, Support

LAYOUT = 1
PRESENCE = ("organisation_id", "is_present", "women", "men", "other", "under_35")
MODELS: dict[str, type[Multilingual]] = {
    "consultation": Consultation,
    "priority": Priority,
    "decision": CountryDecision,
    "support": Support,
    "theme": Theme,
    "group": WorkerGroup,
}
NAMES = {model: name for name, model in MODELS.items()}


def freeze(consultation: Consultation) -> dict[str, Any]:
    """The outcome of ``consultation`` as it stands. A fixed number of queries; reads only."""
    priorities = list(
        consultation.priorities.filter(state__in=[PriorityState.AGREED, PriorityState.NOT_RETAINED])
        .select_related("theme", "country_decision")
        .prefetch_related("groups", "supports", "amendment__answers")
        .order_by("position", "submitted_at", "id")
    )
    themes = {priority.theme.pk: priority.theme for priority in priorities if priority.theme}
    groups = {group.pk: group for priority in priorities for group in priority.groups.all()}
    decisions = [decision for one in priorities if (decision := getattr(one, "country_decision", None))]
    supports = [support for priority in priorities for support in priority.supports.all()]
    attach_units([consultation, *priorities, *decisions, *supports, *themes.values(), *groups.values()])
    return {
        "layout": LAYOUT,
        "frozen_at": timezone.now().isoformat(timespec="seconds"),
        "time_zone": consultation.zone_key,
        "starts_at": consultation.starts_at.isoformat() if consultation.starts_at else None,
        "ends_at": consultation.ends_at.isoformat() if consultation.ends_at else None,
        "context": text_of(consultation, "context"),
        "civic_space": consultation.civic_space,
        "civic_space_note": text_of(consultation, "civic_space_note"),
        "lessons": text_of(consultation, "lessons"),
        "minutes": text_of(consultation, "minutes"),
        "closing_note": text_of(consultation, "closing_note"),
        "attendance": [list(row) for row in consultation.participations.order_by("pk").values_list(*PRESENCE)],
        "themes": [
            {"id": theme.pk, "title": text_of(theme, "title")}
            for theme in sorted(themes.values(), key=lambda theme: (theme.order, theme.pk))
        ],
        "groups": [
            {"id": group.pk, "name": text_of(group, "name")}
            for group in sorted(groups.values(), key=lambda group: (group.order, group.pk))
        ],
        "agreed": [_priority(one) for one in priorities if one.state == PriorityState.AGREED],
        "set_aside": [_priority(one) for one in priorities if one.state == PriorityState.NOT_RETAINED],
    }


def _priority(priority: Priority) -> dict[str, Any]:
    decision = getattr(priority, "country_decision", None)
    return {
        "position": priority.position,
        "organisations": _authors(priority),
        "theme": priority.theme_id,
        "level": priority.level,
        "groups": [group.pk for group in priority.groups.all()],
        **{field: text_of(priority, field) for field in Priority.TEXTS},
        "reason": text_of(decision, "reason") if decision else None,
        "supports": [
            {
                "organisation": support.organisation_id,
                "why": text_of(support, "why"),
                "is_confirmed": support.is_confirmed,
            }
            for support in sorted(priority.supports.all(), key=lambda support: support.pk)
        ],
    }


def _authors(priority: Priority) -> list[int]:
    """Whose proposal it is: a merged, split or reworded one is that of all who were asked."""
    others = [answer.organisation_id for answer in priority.amendment.answers.all()] if priority.amendment else []
    return list(dict.fromkeys([priority.organisation_id, *sorted(others)]))


def text_of(obj: Multilingual, field: str) -> dict[str, Any]:
    return frozen.frozen_text(obj, field, NAMES[type(obj)])


def with_new_translations(outcome: dict[str, Any]) -> dict[str, Any]:
    """A copy of ``outcome`` with the translations of today."""
    return frozen.with_new_translations(outcome, MODELS)
