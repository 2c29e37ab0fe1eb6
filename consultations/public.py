"""What everyone may know of stage 1: numbers, how far each country is, and the agreed lists of steps that are over."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from planning_portal.languages.queries import attach_units, shown
from planning_portal.programme.models import Programme, Step, StepKind, Theme
from planning_portal.programme.registry import Figure, PublicItem, PublicSection, Tile

from .models import Consultation, Priority
from .queries import BADGES, STATE_WORDS

SHOWN_ITEMS = 12


def figures(programme: Programme) -> list[Figure]:
    """How many priorities the countries have agreed. One number for all: no organisation can be worked out from it."""
    agreed = Priority.objects.agreed().filter(consultation__step__programme=programme)
    counted = agreed.aggregate(priorities=Count("pk"), organisations=Count("organisation", distinct=True))
    if counted["organisations"] < 3:
        return []
    label = ngettext("agreed priority", "agreed priorities", counted["priorities"])
    return [Figure("priorities", label, counted["priorities"])]


def tiles(programme: Programme) -> dict[int, Tile]:
    """How far each country's consultation is; no numbers."""
    states = Consultation.objects.filter(step__programme=programme).values_list("country_id", "state")
    return {country: Tile(BADGES[state], str(STATE_WORDS[state])) for country, state in states}


def step_sections(step: Step) -> list[PublicSection]:
    """Under the step of the consultations: the countries whose list anyone may read."""
    if step.kind != StepKind.CONSULTATION:
        return []
    consultations = (
        Consultation.objects.public().filter(step=step).with_country().annotate(number=Count("priorities__position"))
    )
    items = [
        PublicItem(
            consultation.country.name,
            reverse("consultations:consultation-published", args=[consultation.public_id]),
            _number_of_priorities(consultation.number),
        )
        for consultation in consultations
    ]
    if not items:
        return []
    items.sort(key=lambda item: str(item.title))
    return [PublicSection(_("What the countries propose"), items)]


def _number_of_priorities(count: int) -> str:
    return ngettext("%(count)d priority", "%(count)d priorities", count) % {"count": count}


def theme_sections(theme: Theme) -> list[PublicSection]:
    """Under a theme: the agreed priorities that anyone may read, most recent consultations first."""
    priorities = list(
        Priority.objects.public()
        .filter(theme=theme)
        .with_parts()
        .order_by("consultation__country__iso2", "position")[: SHOWN_ITEMS + 1]
    )
    if not priorities:
        return []
    attach_units(priorities)
    more = len(priorities) > SHOWN_ITEMS
    return [
        PublicSection(
            _("What the countries propose"),
            public_items(priorities[:SHOWN_ITEMS]),
            more_url=reverse("consultations:priority-list") + f"?theme={theme.pk}" if more else "",
            more_label=_("All of them, for members") if more else "",
        )
    ]


def public_items(priorities: Iterable[Priority]) -> list[PublicItem]:
    """Public priorities as lines: title, country and level; never an organisation."""
    return [_item(priority) for priority in priorities]


def _item(priority: Priority) -> PublicItem:
    url = reverse("consultations:consultation-published", args=[priority.consultation.public_id])
    note = f"{priority.consultation.country.name} · {capfirst(priority.get_level_display())}"
    return PublicItem(shown(priority, "title"), f"{url}#p-{priority.public_id}", note)
