"""What everyone may know of stage 2: what published workshops decided, and their lines of work."""

from __future__ import annotations

from collections import Counter

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from planning_portal.languages.queries import attach_units, shown
from planning_portal.programme.models import Programme, Step, Theme
from planning_portal.programme.registry import Figure, PublicItem, PublicSection
from planning_portal.web.formatting import format_number

from .models import Decision, DecisionOutcome, LineOfWork, WorkshopState

KEPT = (DecisionOutcome.ADOPTED, DecisionOutcome.ADAPTED)


def figures(programme: Programme) -> list[Figure]:
    """How many lines of work there are already."""
    number = LineOfWork.objects.filter(programme=programme, workshop__state=WorkshopState.PUBLISHED).count()
    return [Figure("lines", ngettext("line of work", "lines of work", number), number)] if number else []


def step_sections(step: Step) -> list[PublicSection]:
    """Under the step of published workshops: how much was kept, and the lines of work that came out of it."""
    decisions = Counter(
        Decision.objects.filter(
            candidate__workshop__step=step, candidate__workshop__state=WorkshopState.PUBLISHED
        ).values_list("outcome", flat=True)
    )
    if not decisions:
        return []
    lines = list(
        LineOfWork.objects.filter(workshop__step=step, workshop__state=WorkshopState.PUBLISHED)
        .select_related("theme", "zone")
        .order_by("id")
    )
    attach_units([*lines, *(line.theme for line in lines)])
    kept = sum(decisions[outcome] for outcome in KEPT)
    text = ngettext(
        "%(kept)s of %(count)s candidate was adopted or adapted.",
        "%(kept)s of %(count)s candidates were adopted or adapted.",
        sum(decisions.values()),
    ) % {"kept": format_number(kept), "count": format_number(sum(decisions.values()))}
    return [PublicSection(_("Lines of work"), [_item(line) for line in lines], text=text)]


def theme_sections(theme: Theme) -> list[PublicSection]:
    """Under a theme: its lines of work."""
    lines = list(
        LineOfWork.objects.filter(theme=theme, workshop__state=WorkshopState.PUBLISHED)
        .select_related("theme", "zone")
        .order_by("id")
    )
    if not lines:
        return []
    attach_units(lines)
    return [PublicSection(_("Lines of work"), [_item(line) for line in lines])]


def _item(line: LineOfWork) -> PublicItem:
    zone = (line.zone.name or line.zone.slug) if line.zone else _("Global")
    return PublicItem(shown(line, "title"), note=zone, code=line.code, text=shown(line, "statement"))
