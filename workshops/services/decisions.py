"""What the workshop decides about each candidate, and the lines of work that come out of it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from planning_portal.organisations.models import Organisation, Zone
from planning_portal.programme.models import Theme
from planning_portal.workflow.services import log_change

from ..models import (
    Candidate,
    Decision,
    DecisionOutcome,
    DecisionRule,
    LineOfWork,
    Objection,
    Round,
    RoundState,
    Workshop,
)
from .edits import check_version, clean_text, lock_workshop, refuse_while_weighing, rewrite, sources_of, touch

KEPT = (DecisionOutcome.ADOPTED, DecisionOutcome.ADAPTED, DecisionOutcome.MERGED)


@transaction.atomic
def decide(
    candidate: Candidate,
    *,
    outcome: str,
    reason: str,
    language: str,
    by: Any,
    merged_into: Candidate | None = None,
    line: LineOfWork | None = None,
    rule: str = "",
    follow_up: str = "",
    version: int | None = None,
) -> Decision:
    """Record, or change, what was decided about a candidate. The reason is for those who proposed it.

    ``rule`` (``DecisionRule``) says how it was decided, ``follow_up`` what happens next; both may stay empty.
    The weighing proposes, people decide: a decision against the result of the last round says so, beside its reason.

    ``version`` is that of the decision the form showed: 0 for none yet, ``None`` skips the check.
    Raises ValidationError (by field), EditConflict, WrongState (a round is open, the workshop is not going on),
    PermissionDenied.
    """
    workshop = lock_workshop(candidate.workshop, by=by, permission="workshops.decide")
    refuse_while_weighing(workshop)
    fresh = workshop.candidates.select_for_update(of=("self",)).get(pk=candidate.pk)
    decision = Decision.objects.filter(candidate=fresh).first() or Decision(candidate=fresh, version=0)
    why = clean_text(reason)
    mine = {
        "outcome": outcome,
        "reason": why,
        "follow_up": clean_text(follow_up),
        "rule": rule,
        "merged_into": _pk(merged_into),
        "line": _pk(line),
    }
    if decision.pk:
        theirs = {
            "outcome": decision.outcome,
            **sources_of(decision, "reason", "follow_up"),
            "rule": decision.rule,
            "merged_into": decision.merged_into_id,
            "line": decision.line_id,
        }
        check_version(decision, version, mine=mine, theirs=theirs)
        if mine == theirs and language == decision.source_language:
            return decision
    _check(workshop, fresh, outcome, why, merged_into, line)
    before = decision.outcome if decision.pk else ""
    departs_from = departure_from(fresh, outcome)
    if departs_from is not None and rule == DecisionRule.WEIGHED:
        raise ValidationError({"rule": _("This goes against the result of the weighing: say how else it was decided.")})
    decision.outcome, decision.merged_into, decision.line, decision.rule = outcome, merged_into, line, rule
    decision.departs_from = departs_from
    decision.decided_by = by
    decision.version += 1
    rewrite(decision, language, reason=reason, follow_up=follow_up)
    decision.full_clean(exclude=["candidate", "merged_into", "line", "departs_from", "decided_by"])
    decision.save()
    log_change(fresh, "decide", by=by, before=before, after=outcome, reason=why)
    touch(workshop)
    return decision


def departure_from(candidate: Candidate, outcome: str) -> Round | None:
    """The last closed round that weighed ``candidate``, if ``outcome`` goes against its result: kept though not chosen,
    or chosen and not kept. A candidate that was merged lives on in another one. One query."""
    for round_ in candidate.workshop.rounds.filter(state=RoundState.CLOSED).order_by("-number"):
        result = round_.result or {}
        if candidate.pk in result.get("candidates", ()):
            is_kept = outcome in {DecisionOutcome.ADOPTED, DecisionOutcome.ADAPTED}
            is_against = outcome != DecisionOutcome.MERGED and is_kept != (candidate.pk in result["chosen"])
            return round_ if is_against else None
    return None


@transaction.atomic
def record_objection(
    decision: Decision, *, organisation: Organisation, reason: str, language: str, by: Any
) -> Objection:
    """Write down what an organisation holds against a decision; recording it again changes its words.

    Raises ValidationError (by field), WrongState, PermissionDenied.
    """
    workshop = lock_workshop(decision.candidate.workshop, by=by, permission="workshops.decide")
    if not workshop.delegations.filter(organisation=organisation).exists():
        raise ValidationError({"organisation": _("This organisation does not take part in the workshop.")})
    if not clean_text(reason):
        raise ValidationError({"reason": _("Write down the reason, in the words of the organisation.")})
    objection = decision.objections.filter(organisation=organisation).first() or Objection(
        decision=decision, organisation=organisation
    )
    objection.recorded_by = by
    rewrite(objection, language, reason=reason)
    objection.save()
    log_change(decision.candidate, "object", by=by, organisation=organisation, reason=clean_text(reason))
    touch(workshop)
    return objection


@transaction.atomic
def withdraw_objection(objection: Objection, *, by: Any) -> bool:
    """Take away an objection that the organisation no longer makes; False when it is gone already.

    The log keeps that it was made. Raises WrongState, PermissionDenied.
    """
    workshop = lock_workshop(objection.decision.candidate.workshop, by=by, permission="workshops.decide")
    gone, _kinds = Objection.objects.filter(pk=objection.pk).delete()
    if not gone:
        return False
    log_change(objection.decision.candidate, "withdraw_objection", by=by, organisation=objection.organisation)
    touch(workshop)
    return True


@transaction.atomic
def create_line(
    workshop: Workshop,
    *,
    title: str,
    statement: str,
    language: str,
    theme: Theme,
    by: Any,
    zone: Zone | None = None,
    lead: Organisation | None = None,
    organisations: Iterable[Organisation] = (),
    code: str = "",
) -> LineOfWork:
    """Make a line of work with the next free code of the programme (L1, L2 …), or with ``code``.

    Raises ValidationError, WrongState, PermissionDenied.
    """
    fresh = lock_workshop(workshop, by=by)
    line = LineOfWork(programme=fresh.step.programme, workshop=fresh, theme=theme, zone=zone, lead=lead)
    rewrite(line, language, title=title, statement=statement)
    for _attempt in range(5):
        line.code = code or _next_code(fresh.step.programme_id)
        line.full_clean(exclude=["workshop", "theme", "zone", "lead"])
        try:
            with transaction.atomic():
                line.save()
            break
        except IntegrityError:
            # Another workshop took the code between the look and the save.
            if code:
                raise
    line.organisations.set(organisations)
    log_change(line, "create", by=by)
    touch(fresh)
    return line


@transaction.atomic
def update_line(
    line: LineOfWork,
    *,
    title: str,
    statement: str,
    language: str,
    theme: Theme,
    by: Any,
    zone: Zone | None = None,
    lead: Organisation | None = None,
    organisations: Iterable[Organisation] = (),
    version: int | None = None,
) -> LineOfWork:
    """Change a line of work; its code stays. Raises EditConflict, ValidationError, WrongState, PermissionDenied."""
    workshop = lock_workshop(line.workshop, by=by)
    fresh = LineOfWork.objects.select_for_update(of=("self",)).get(pk=line.pk)
    mine = {"title": clean_text(title), "statement": clean_text(statement)}
    check_version(fresh, version, mine=mine, theirs=sources_of(fresh, "title", "statement"))
    fresh.theme, fresh.zone, fresh.lead = theme, zone, lead
    fresh.version += 1
    rewrite(fresh, language, **mine)
    fresh.full_clean(exclude=["programme", "workshop", "theme", "zone", "lead"])
    fresh.save()
    fresh.organisations.set(organisations)
    log_change(fresh, "update", by=by)
    touch(workshop)
    return fresh


def _check(
    workshop: Workshop,
    candidate: Candidate,
    outcome: str,
    reason: str,
    merged_into: Candidate | None,
    line: LineOfWork | None,
) -> None:
    errors = {}
    if outcome not in DecisionOutcome.values:
        errors["outcome"] = _("Choose what was decided.")
    if not reason:
        errors["reason"] = _("Say why: those who proposed it will read the reason.")
    if outcome == DecisionOutcome.MERGED:
        if merged_into is None:
            errors["merged_into"] = _("Say which candidate it was merged into.")
        elif merged_into.pk == candidate.pk:
            errors["merged_into"] = _("A candidate cannot be merged into itself.")
        elif merged_into.workshop_id != workshop.pk:
            errors["merged_into"] = _("These candidates do not all belong to this workshop.")
        elif Decision.objects.filter(candidate=merged_into, outcome=DecisionOutcome.MERGED).exists():
            errors["merged_into"] = _("%(code)s was itself merged into another candidate.") % {"code": merged_into.code}
    elif merged_into is not None:
        errors["merged_into"] = _("Leave this empty unless the candidate was merged.")
    if line is not None:
        if outcome not in KEPT:
            errors["line"] = _("Only a candidate that was kept can lead to a line of work.")
        elif line.programme_id != workshop.step.programme_id:
            errors["line"] = _("This line of work belongs to another programme.")
    if errors:
        raise ValidationError(errors)


def _next_code(programme_id: int) -> str:
    codes = LineOfWork.objects.filter(programme=programme_id).values_list("code", flat=True)
    numbers = [int(match[1]) for code in codes if (match := re.fullmatch(r"L(\d+)", code))]
    return f"L{max(numbers, default=0) + 1}"


def _pk(obj: Any) -> int | None:
    return obj.pk if obj is not None else None
