"""What a workshop made of a priority, for the page of the proposal: taken up, merged, weighed, decided, a line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from consultations.models import Priority
from planning_portal.languages.queries import attach_units, shown
from planning_portal.languages.services import source_text
from planning_portal.web.formatting import format_number
from planning_portal.web.registry import LifeEvent

from .models import Candidate, Decision, DecisionOutcome, Round, RoundState
from .permissions import takes_part

DECIDED = {
    DecisionOutcome.ADOPTED: lambda: _("Adopted by the workshop"),
    DecisionOutcome.ADAPTED: lambda: _("Adapted by the workshop"),
    DecisionOutcome.DEFERRED: lambda: _("Deferred by the workshop"),
    DecisionOutcome.NOT_RETAINED: lambda: _("Not retained by the workshop"),
}
SIGNS = {DecisionOutcome.DEFERRED: "◐", DecisionOutcome.NOT_RETAINED: "✕"}


def priority_events(priority: Any, user: Any) -> Iterable[LifeEvent]:
    """What became of ``priority`` in each workshop that took it up, in their order: four queries."""
    if not isinstance(priority, Priority) or not takes_part(user):
        return []
    taken = list(
        Candidate.objects.filter(priorities=priority)
        .select_related("workshop", "theme")
        .defer("workshop__snapshot")
        .order_by("workshop__opened_at", "id")
    )
    if not taken:
        return []
    workshops = {candidate.workshop_id for candidate in taken}
    decisions = {
        decision.candidate_id: decision
        for decision in Decision.objects.filter(candidate__workshop__in=workshops)
        .select_related("merged_into__workshop", "line")
        .defer("merged_into__workshop__snapshot")
    }
    rounds: dict[int, list[Round]] = {}
    for round_ in Round.objects.filter(workshop__in=workshops, state=RoundState.CLOSED):
        rounds.setdefault(round_.workshop_id, []).append(round_)
    paths = [_path(candidate, decisions) for candidate in taken]
    on_the_way = [decisions[one.pk] for path in paths for one in path if one.pk in decisions]
    attach_units(
        [
            *(one for path in paths for one in path),
            *(path[0].workshop for path in paths),
            *on_the_way,
            *(decision.line for decision in on_the_way),
        ]
    )
    return [event for path in paths for event in _events(path, decisions, rounds.get(path[0].workshop_id, []))]


def latest_of_priorities(priorities: Sequence[Any], user: Any) -> dict[int, LifeEvent]:
    """Where each priority stands now, as one line for a list: two queries for any number of them."""
    if not takes_part(user):
        return {}
    links = list(
        Candidate.priorities.through.objects.filter(priority__in=priorities)
        .select_related("candidate__workshop")
        .defer("candidate__workshop__snapshot")
        .order_by("candidate__workshop__opened_at", "candidate_id")
    )
    workshops = {link.candidate.workshop_id for link in links}
    decisions = {
        decision.candidate_id: decision
        for decision in Decision.objects.filter(candidate__workshop__in=workshops).select_related("merged_into", "line")
    }
    return {link.priority_id: _latest(link.candidate, decisions) for link in links}


def _latest(candidate: Candidate, decisions: dict[int, Decision]) -> LifeEvent:
    last = _path(candidate, decisions)[-1]
    decision = decisions.get(last.pk)
    if decision is None or decision.outcome not in DECIDED:
        title = _("Taken up by a workshop as candidate %(code)s") % {"code": candidate.code}
        return LifeEvent(title, url=_url(candidate), sign="▸")
    outcome = DecisionOutcome(decision.outcome)
    if decision.line is not None:
        title = _("Part of line of work %(code)s") % {"code": decision.line.code}
        return LifeEvent(title, url=reverse("workshops:line-detail", args=[decision.line.public_id]), sign="★")
    return LifeEvent(DECIDED[outcome](), url=_url(last), sign=SIGNS.get(outcome, "✓"))


def _path(candidate: Candidate, decisions: dict[int, Decision]) -> list[Candidate]:
    """The candidate, what it was merged into, and so on to the one that stands."""
    path = [candidate]
    while (decision := decisions.get(path[-1].pk)) is not None and decision.merged_into is not None:
        if decision.merged_into in path:
            break
        path.append(decision.merged_into)
    return path


def _events(path: list[Candidate], decisions: dict[int, Decision], rounds: list[Round]) -> Iterable[LifeEvent]:
    first, last = path[0], path[-1]
    yield LifeEvent(
        _("Taken up by a workshop as candidate %(code)s") % {"code": first.code},
        when=first.workshop.opened_at,
        text=shown(first.workshop, "title"),
        url=_url(first),
        sign="▸",
    )
    for one in path[:-1]:
        decision = decisions[one.pk]
        into = decision.merged_into
        assert into is not None  # noqa: S101 (a path is made of merges)
        yield LifeEvent(
            _("Merged into candidate %(code)s") % {"code": into.code},
            when=decision.decided_at,
            text=shown(into, "title"),
            reason=shown(decision, "reason"),
            url=_url(into),
            sign="→",
        )
    for round_ in rounds:
        if words := weighed_in_words(round_, last):
            yield LifeEvent(words, when=round_.closed_at, url=_results(round_), sign="●")
    final = decisions.get(last.pk)
    if final is None or final.outcome not in DECIDED:
        return
    outcome = DecisionOutcome(final.outcome)
    yield LifeEvent(
        DECIDED[outcome](),
        when=final.decided_at,
        reason=shown(final, "reason"),
        url=_url(last),
        sign=SIGNS.get(outcome, "✓"),
    )
    if source_text(final, "follow_up"):
        yield LifeEvent(_("What follows"), text=shown(final, "follow_up"), sign="▸")
    if final.line is not None:
        yield LifeEvent(
            _("Part of line of work %(code)s") % {"code": final.line.code},
            text=shown(final.line, "title"),
            url=reverse("workshops:line-detail", args=[final.line.public_id]),
            sign="★",
        )


def weighed_in_words(round_: Round, candidate: Candidate) -> str:
    """How a closed round weighed a candidate, with the numbers that may be shown; "" when it was not on the ballot."""
    result = round_.result or {}
    if candidate.pk not in result.get("candidates", []):
        return ""
    part = result["shown"]
    total, ballots = part["totals"][str(candidate.pk)], part["ballots"]["total"]
    is_chosen = candidate.pk in result["chosen"]
    if total is None or ballots is None:
        few = {"minimum": part["minimum"]}
        if is_chosen:
            return _("Weighed: approved by fewer than %(minimum)s organisations, chosen") % few
        return _("Weighed: approved by fewer than %(minimum)s organisations") % few
    numbers = {"count": format_number(total), "ballots": format_number(ballots)}
    if is_chosen:
        return _("Weighed: approved by %(count)s of %(ballots)s organisations, chosen") % numbers
    return _("Weighed: approved by %(count)s of %(ballots)s organisations") % numbers


def _url(candidate: Candidate) -> str:
    return reverse("workshops:candidate-detail", args=[candidate.public_id])


def _results(round_: Round) -> str:
    return reverse("workshops:round-results", args=[round_.public_id])
