"""Curating what will be weighed: merge, split back, reword. Nothing of where a candidate comes from is lost."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from planning_portal.workflow.services import WrongState, log_change

from ..models import Candidate, Decision, DecisionOutcome, Workshop
from .edits import check_version, clean_text, lock_workshop, refuse_while_weighing, rewrite, sources_of, touch


@transaction.atomic
def merge_candidates(
    into: Candidate, others: Iterable[Candidate], *, by: Any, reason: str, language: str
) -> list[Decision]:
    """Merge ``others`` into ``into``: each is decided as merged, with a reason that its proposers will read.

    They keep their texts and priorities; whoever asks for the lineage of ``into`` finds them. What is already merged
    into it is left as it is, so that a repeated click does nothing.
    Raises ValidationError (no reason, nothing to merge), WrongState (a round is open, ``into`` was merged itself).
    """
    workshop = lock_workshop(into.workshop, by=by, permission="workshops.decide")
    refuse_while_weighing(workshop)
    candidates = _lock_candidates(workshop, [into.pk, *(other.pk for other in others)])
    target = candidates.pop(into.pk)
    if not candidates:
        raise ValidationError({"others": _("Choose at least one candidate to merge.")})
    if not reason.strip():
        raise ValidationError({"reason": _("Say why: those who proposed it will read the reason.")})
    if _is_merged(target):
        raise WrongState(_("%(code)s was itself merged into another candidate.") % {"code": target.code})
    decisions = []
    for other in candidates.values():
        decision = getattr(other, "decision", None) or Decision(candidate=other)
        if _is_merged(other):
            if decision.merged_into_id != target.pk:
                raise WrongState(_("%(code)s was itself merged into another candidate.") % {"code": other.code})
            continue
        decision.version += 1 if decision.pk else 0
        decision.outcome, decision.merged_into, decision.line = DecisionOutcome.MERGED, target, None
        decision.decided_by = by
        rewrite(decision, language, reason=reason)
        decision.save()
        log_change(other, "merge", by=by, after=target.code, reason=clean_text(reason))
        decisions.append(decision)
    if decisions:
        touch(workshop)
    return decisions


@transaction.atomic
def split_candidate(candidate: Candidate, *, by: Any) -> bool:
    """Take a merged candidate out again: it stands on its own and is to be decided. False when it was not merged.

    Raises WrongState (a round is open, the workshop is not going on), PermissionDenied.
    """
    workshop = lock_workshop(candidate.workshop, by=by, permission="workshops.decide")
    refuse_while_weighing(workshop)
    fresh = _lock_candidates(workshop, [candidate.pk])[candidate.pk]
    if not _is_merged(fresh):
        return False
    into = fresh.decision.merged_into
    log_change(fresh, "split", by=by, before=into.code if into else "", reason=_reason(fresh.decision))
    fresh.decision.delete()
    touch(workshop)
    return True


@transaction.atomic
def reword_candidate(
    candidate: Candidate, *, by: Any, title: str, statement: str, language: str, version: int | None = None
) -> Candidate:
    """Give a candidate the words the workshop found. Its translations become out of date until they are renewed.

    Raises EditConflict, WrongState (a round is open), ValidationError, PermissionDenied.
    """
    workshop = lock_workshop(candidate.workshop, by=by)
    refuse_while_weighing(workshop)
    fresh = _lock_candidates(workshop, [candidate.pk])[candidate.pk]
    mine = {"title": clean_text(title), "statement": clean_text(statement)}
    theirs = sources_of(fresh, "title", "statement")
    check_version(fresh, version, mine=mine, theirs=theirs)
    if mine == theirs and language == fresh.source_language:
        return fresh
    before = f"{theirs['title']}\n\n{theirs['statement']}"
    rewrite(fresh, language, **mine)
    fresh.version += 1
    fresh.full_clean()
    fresh.save()
    log_change(fresh, "reword", by=by, reason=before)
    touch(workshop)
    return fresh


def _lock_candidates(workshop: Workshop, ids: Iterable[int]) -> dict[int, Candidate]:
    """The candidates with their decisions, in the order of ``ids``. Raises ValidationError for another workshop's."""
    ids = list(dict.fromkeys(ids))
    found = {
        candidate.pk: candidate for candidate in workshop.candidates.select_for_update(of=("self",)).filter(pk__in=ids)
    }
    if len(found) != len(ids):
        raise ValidationError(_("These candidates do not all belong to this workshop."))
    for decision in Decision.objects.filter(candidate_id__in=ids).select_related("merged_into"):
        found[decision.candidate_id].decision = decision
    return {pk: found[pk] for pk in ids}


def _is_merged(candidate: Candidate) -> bool:
    decision = getattr(candidate, "decision", None)
    return decision is not None and decision.outcome == DecisionOutcome.MERGED


def _reason(decision: Decision) -> str:
    return sources_of(decision, "reason")["reason"]
