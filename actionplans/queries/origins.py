"""Where a plan comes from: line of work ← decisions ← candidates ← proposed priorities. And the way back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Q

from consultations.models import Priority
from planning_portal.languages.queries import attach_units
from workshops.models import Candidate, Decision, LineOfWork
from workshops.queries.lineage import Lineage

from ..models import ActionPlan, Activity, PlanKind, Result


@dataclass
class Origin:
    """One candidate that led to a line of work, why, and the priorities behind it (also those merged into it)."""

    candidate: Candidate
    decision: Decision
    priorities: list[Priority] = field(default_factory=list)
    merged: list[Candidate] = field(default_factory=list)


def origins_of_line(line: LineOfWork) -> list[Origin]:
    """The candidates behind one line."""
    return origins_of_lines([line])[line.pk]


def origins_of_lines(lines: Iterable[LineOfWork]) -> dict[int, list[Origin]]:
    """The candidates behind each line, with their priorities: 6 queries for any number of lines."""
    ids = [line.pk for line in lines]
    decisions = list(
        Decision.objects.filter(line__in=ids)
        .select_related("candidate__workshop__zone", "candidate__forwarded_from__workshop__zone")
        .defer("candidate__workshop__snapshot", "candidate__forwarded_from__workshop__snapshot")
        .order_by("candidate__workshop", "candidate__code", "pk")
    )
    of_line: dict[int, set[int]] = {}
    for decision in decisions:
        of_line.setdefault(decision.line_id or 0, set()).add(decision.candidate_id)
    workshops = {decision.candidate.workshop_id for decision in decisions}
    candidates = {one.pk: one for one in Candidate.objects.filter(workshop__in=workshops)}
    lineage = Lineage(candidates.values())
    roots = {decision.candidate_id: lineage.priority_ids(decision.candidate) for decision in decisions}
    priorities = {
        priority.pk: priority
        for priority in Priority.objects.filter(pk__in={pk for found in roots.values() for pk in found}).select_related(
            "consultation__country__zone", "consultation__step", "organisation__country__zone", "theme"
        )
    }
    origins: dict[int, list[Origin]] = {pk: [] for pk in ids}
    for decision in decisions:
        # What was merged into another candidate of the same line is told there.
        if decision.merged_into_id in of_line[decision.line_id or 0]:
            continue
        origins[decision.line_id or 0].append(
            Origin(
                decision.candidate,
                decision,
                [priorities[pk] for pk in roots[decision.candidate_id]],
                [candidates[pk] for pk in lineage.merged_ids(decision.candidate)],
            )
        )
    found = [origin for of_one in origins.values() for origin in of_one]
    attach_units(
        [
            *(origin.candidate for origin in found),
            *(origin.decision for origin in found),
            *(priority for origin in found for priority in origin.priorities),
        ]
    )
    return origins


def lines_of_priority(priority: Priority) -> list[int]:
    """The lines of work that a priority led to: through its candidates, and what these were merged into."""
    carrying = set(Candidate.objects.filter(priorities=priority).values_list("pk", flat=True))
    waiting = set(carrying)
    while waiting:
        into = Decision.objects.filter(candidate__in=waiting, merged_into__isnull=False)
        waiting = set(into.values_list("merged_into_id", flat=True)) - carrying
        carrying |= waiting
    return sorted(
        set(Decision.objects.filter(candidate__in=carrying, line__isnull=False).values_list("line_id", flat=True))
    )


def global_result_of(activity: Activity) -> Result | None:
    """The result of a global plan that an activity works for: its own, or what its plan says it contributes to."""
    result = activity.result
    if result.plan.kind == PlanKind.GLOBAL:
        return result
    return result.contributes_to or (result.parent.contributes_to if result.parent else None)


def contributions_to(plan: ActionPlan) -> list[Activity]:
    """The activities in organisations' own adopted plans that work for a global plan."""
    to_plan = Q(result__contributes_to__plan=plan) | Q(result__parent__contributes_to__plan=plan)
    return list(
        Activity.objects.filter(to_plan, result__plan__state="adopted")
        .select_related("organisation__country__zone", "result__plan__organisation__country__zone")
        .order_by("result__plan", "code")
    )
