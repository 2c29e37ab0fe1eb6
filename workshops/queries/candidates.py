"""Candidates with where they come from and what became of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from consultations.models import Priority
from planning_portal.languages.queries import attach_units
from planning_portal.languages.services import source_text
from planning_portal.programme.models import Theme

from ..models import Candidate, Decision, DecisionOutcome, Objection, Workshop
from .lineage import Lineage


@dataclass
class CandidateLine:
    """A candidate in a list: its countries, what was merged into it, what was decided."""

    candidate: Candidate
    countries: list[str] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)

    @property
    def decision(self) -> Decision | None:
        return getattr(self.candidate, "decision", None)

    @property
    def is_merged(self) -> bool:
        return self.decision is not None and self.decision.outcome == DecisionOutcome.MERGED


def candidate_lines(workshop: Workshop, candidates: Iterable[Candidate] | None = None) -> list[CandidateLine]:
    """The candidates of a workshop in their order: two queries and one for the texts, whatever their number.

    ``candidates`` can be a part of them; what was merged into one of those is found all the same.
    """
    if candidates is None:
        candidates = workshop.candidates.select_related(
            "theme", "decision__line", "decision__merged_into", "forwarded_from"
        ).order_by("theme__order", "theme", "id")
    candidates = list(candidates)
    lineage = Lineage.of_workshop(workshop)
    codes = {candidate.pk: candidate.code for candidate in candidates}
    decisions = [one.decision for one in candidates if getattr(one, "decision", None)]
    attach_units([workshop, *candidates, *(one.theme for one in candidates), *decisions])
    lines = []
    for candidate in candidates:
        merged = [codes[pk] for pk in lineage.merged_ids(candidate) if pk in codes]
        lines.append(CandidateLine(candidate, lineage.country_names(candidate), merged))
    return lines


def by_theme(lines: list[CandidateLine]) -> list[tuple[Theme, list[CandidateLine]]]:
    """The lines under their themes; they must be in the order of the themes."""
    return [(theme, list(members)) for theme, members in groupby(lines, key=lambda line: line.candidate.theme)]


@dataclass
class CandidateHistory:
    """Where one candidate comes from and where it went."""

    priorities: list[Priority]
    merged: list[Candidate]
    decision: Decision | None
    results: list[dict[str, Any]]
    forwards: list[Candidate]
    objections: list[Objection]

    @property
    def has_follow_up(self) -> bool:
        return self.decision is not None and bool(source_text(self.decision, "follow_up"))


def history_of(candidate: Candidate) -> CandidateHistory:
    """A fixed number of queries."""
    everything = list(candidate.workshop.candidates.select_related("theme"))
    lineage = Lineage(everything)
    known = {one.pk: one for one in everything}
    ids = lineage.priority_ids(candidate)
    priorities = {
        priority.pk: priority
        for priority in Priority.objects.filter(pk__in=ids).select_related(
            "consultation__country__zone", "organisation__country__zone"
        )
    }
    decision = Decision.objects.filter(candidate=candidate).select_related("merged_into", "line__workshop").first()
    merged = [known[pk] for pk in lineage.merged_ids(candidate)]
    earlier = candidate.forwarded_from
    forwards = list(candidate.forwards.select_related("workshop").order_by("id"))
    attach_units(
        [
            candidate.workshop,
            *(one.workshop for one in forwards),
            candidate,
            candidate.theme,
            *priorities.values(),
            *merged,
            decision,
            decision and decision.line,
            decision and decision.merged_into,
            earlier and earlier.workshop,
        ]
    )
    return CandidateHistory(
        priorities=[priorities[pk] for pk in ids if pk in priorities],
        merged=merged,
        decision=decision,
        results=results_of(candidate),
        forwards=forwards,
        objections=objections_to(candidate) if decision else [],
    )


def objections_to(candidate: Candidate) -> list[Objection]:
    """What stands against the decision on a candidate, with whose it is: the page says to whom. Two queries."""
    objections = list(
        Objection.objects.filter(decision__candidate=candidate).select_related("organisation__country__zone")
    )
    attach_units(objections)
    return objections


def results_of(candidate: Candidate) -> list[dict[str, Any]]:
    """What the closed rounds say of a candidate, in the numbers that may be shown."""
    found = []
    for round_ in candidate.workshop.rounds.filter(state="closed"):
        result = round_.result or {}
        shown = result.get("shown") or {}
        if str(candidate.pk) in shown.get("totals", {}):
            found.append(
                {
                    "round": round_,
                    "total": shown["totals"][str(candidate.pk)],
                    "ballots": shown["ballots"]["total"],
                    "minimum": shown["minimum"],
                    "is_chosen": candidate.pk in result["chosen"],
                }
            )
    return found
