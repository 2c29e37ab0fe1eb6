"""How the plan was built, in numbers and decisions, frozen with an edition: consultations, workshops, what was kept."""

from __future__ import annotations

from collections import Counter

from consultations.models import Consultation, ConsultationState, Priority, PriorityState
from planning_portal.languages.queries import attach_units
from planning_portal.programme.models import Programme
from workshops.models import Candidate, DecisionOutcome, LineOfWork, Workshop
from workshops.querysets import CLOSED_STATES

from .snapshots import Data, freeze_text

SET_ASIDE = (DecisionOutcome.DEFERRED, DecisionOutcome.NOT_RETAINED)


def freeze_facts(programme: Programme) -> Data:
    """What the consolidated plan tells of its own making. A fixed number of queries."""
    return {
        "zones": _zones(programme),
        "workshops": _workshops(programme),
        "lines": _lines(programme),
    }


def _zones(programme: Programme) -> list[Data]:
    """For each zone the countries that were consulted, and how many priorities they proposed and agreed."""
    consultations = Consultation.objects.filter(
        step__programme=programme, state=ConsultationState.CLOSED
    ).select_related("country__zone")
    priorities = Counter(
        Priority.objects.filter(
            consultation__step__programme=programme,
            consultation__state=ConsultationState.CLOSED,
            state=PriorityState.AGREED,
        ).values_list("consultation__country_id", flat=True)
    )
    zones: dict[str, Data] = {}
    for consultation in consultations.order_by("country__zone__order", "country__iso2"):
        country = consultation.country
        zone = zones.setdefault(country.zone.slug, {"zone": country.zone.slug, "countries": [], "priorities": 0})
        if country.iso2 not in zone["countries"]:
            zone["countries"].append(country.iso2)
            zone["priorities"] += priorities[country.pk]
    return list(zones.values())


def _workshops(programme: Programme) -> list[Data]:
    """Each closed workshop with its decisions, and the reason of each proposal that was set aside."""
    workshops = list(
        Workshop.objects.filter(step__programme=programme, state__in=CLOSED_STATES)
        .select_related("zone")
        .order_by("starts_on", "id")
    )
    candidates = list(
        Candidate.objects.filter(workshop__in=workshops).select_related("decision").order_by("workshop_id", "id")
    )
    decisions = [decision for one in candidates if (decision := getattr(one, "decision", None))]
    attach_units([*workshops, *candidates, *decisions])
    by_workshop: dict[int, list[Candidate]] = {}
    for candidate in candidates:
        by_workshop.setdefault(candidate.workshop_id, []).append(candidate)
    return [_workshop(workshop, by_workshop.get(workshop.pk, [])) for workshop in workshops]


def _workshop(workshop: Workshop, candidates: list[Candidate]) -> Data:
    decided = [(one, one.decision) for one in candidates if hasattr(one, "decision")]
    counts = Counter(str(decision.outcome) for _candidate, decision in decided)
    return {
        "id": workshop.pk,
        "title": freeze_text(workshop, "title"),
        "zone": workshop.zone.slug if workshop.zone else None,
        "starts": workshop.starts_on.isoformat(),
        "ends": workshop.ends_on.isoformat(),
        "candidates": len(candidates),
        "outcomes": {outcome: counts[outcome] for outcome in DecisionOutcome.values},
        "set_aside": [
            {
                "id": candidate.pk,
                "decision": decision.pk,
                "code": candidate.code,
                "title": freeze_text(candidate, "title"),
                "outcome": decision.outcome,
                "reason": freeze_text(decision, "reason"),
            }
            for candidate, decision in decided
            if decision.outcome in SET_ASIDE
        ],
    }


def _lines(programme: Programme) -> list[Data]:
    """Every line of work that was decided, also those whose plan is not adopted yet."""
    lines = list(LineOfWork.objects.filter(programme=programme, workshop__state__in=CLOSED_STATES).order_by("id"))
    attach_units(lines)
    return [{"id": line.pk, "code": line.code, "title": freeze_text(line, "title")} for line in lines]
