"""A line of work and where it comes from: candidates, and through them the countries' priorities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from consultations.models import Priority
from planning_portal.languages.queries import attach_units
from planning_portal.organisations.identity import name_of, viewer_of
from planning_portal.web.registry import LifeEvent, life_of

from ..models import Candidate, Decision, LineOfWork
from .lineage import Lineage


@dataclass
class LineOrigin:
    """Both directions of a line's lineage: back to the priorities, and on to the plans (``events``)."""

    candidates: list[tuple[Candidate, Decision, list[Priority]]]
    countries: list[str]
    lead: str
    organisations: list[str]
    events: list[LifeEvent]


def line_origin(line: LineOfWork, user: Any) -> LineOrigin:
    """A fixed number of queries, and what the later stage costs."""
    decisions = list(
        Decision.objects.filter(line=line)
        .select_related("candidate__workshop", "candidate__theme")
        .defer("candidate__workshop__snapshot")
        .order_by("candidate_id")
    )
    workshops = {decision.candidate.workshop_id for decision in decisions}
    lineage = Lineage(list(Candidate.objects.filter(workshop__in=workshops).only("pk")) if workshops else [])
    roots = {decision.candidate_id: lineage.priority_ids(decision.candidate_id) for decision in decisions}
    ids = {pk for members in roots.values() for pk in members}
    priorities = {
        priority.pk: priority
        for priority in Priority.objects.filter(pk__in=ids).select_related("consultation__country__zone")
    }
    joined = list(line.organisations.select_related("country__zone").order_by("country__zone__order", "slug"))
    attach_units(
        [line.workshop, line, line.theme, *(one.candidate for one in decisions), *decisions, *priorities.values()]
    )
    countries = {priority.consultation.country for priority in priorities.values()}
    viewer = viewer_of(user)
    return LineOrigin(
        candidates=[
            (one.candidate, one, [priorities[pk] for pk in roots[one.candidate_id] if pk in priorities])
            for one in decisions
        ],
        countries=[c.name for c in sorted(countries, key=lambda country: (country.zone.order, country.iso2))],
        lead=name_of(line.lead, viewer) if line.lead else "",
        organisations=[name_of(organisation, viewer) for organisation in joined],
        events=life_of(line, user),
    )
