"""The hand-over from stage 1: agreed priorities become candidates, as a copy that later edits do not reach.

What comes in:

- The *intercontinental* workshop takes every agreed priority of every closed consultation of the programme.
- A *continental* workshop takes every agreed priority of the closed consultations of its zone, each in exactly one
  candidate. Where the intercontinental workshop has closed and adopted, adapted or deferred a candidate that grew from
  a priority of the zone, that candidate comes over with its wording and its history (``forwarded_from``) and carries
  the priority. A priority whose intercontinental candidate was not retained comes as the country wrote it: the
  continent may see it otherwise.

A candidate carries only priorities of its workshop's zone, so that nobody reads about another continent's decision on
the page of their own proposal.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from consultations.models import ConsultationState, Priority, PriorityState
from planning_portal.languages.models import Multilingual, TranslationState, TranslationUnit
from planning_portal.languages.queries import attach_units, units_of
from planning_portal.languages.services import LANGUAGE_CODES, source_text, text_hash
from planning_portal.organisations.models import Organisation

from ..models import Candidate, DecisionOutcome, Delegation, Workshop
from ..queries.lineage import Lineage

FORWARDED = (DecisionOutcome.ADOPTED, DecisionOutcome.ADAPTED, DecisionOutcome.DEFERRED)
# Which texts of a source become which text of a candidate.
TEXTS_OF_PRIORITY = {"title": ("title",), "statement": ("change", "together")}
TEXTS_OF_CANDIDATE = {"title": ("title",), "statement": ("statement",)}


@dataclass
class Draft:
    """A candidate to be: what it is copied from, and the priorities it will carry."""

    source: Priority | Candidate
    texts: Mapping[str, tuple[str, ...]]
    priority_ids: list[int] = field(default_factory=list)


def priorities_for(workshop: Workshop) -> list[Priority]:
    """The agreed priorities that belong in ``workshop`` and are not in it yet, in the order of the ballot."""
    priorities = Priority.objects.filter(
        state=PriorityState.AGREED,
        consultation__state=ConsultationState.CLOSED,
        consultation__step__programme=workshop.step.programme_id,
    ).exclude(candidates__workshop=workshop)
    if workshop.zone_id:
        priorities = priorities.filter(consultation__country__zone=workshop.zone_id)
    return list(
        priorities.select_related("theme").order_by(
            "theme__order", "consultation__country__zone__order", "consultation__country__iso2", "position"
        )
    )


def fill_candidates(workshop: Workshop) -> list[Candidate]:
    """Make a candidate of everything that belongs in ``workshop`` and is not in it yet. A fixed number of queries."""
    drafts = _drafts(workshop)
    if not drafts:
        return []
    attach_units(draft.source for draft in drafts)
    codes = list(workshop.candidates.values_list("code", flat=True))
    first = len(codes) + 1
    width = max(2, *(len(code) - 1 for code in codes), len(str(first + len(drafts) - 1)))
    candidates = Candidate.objects.bulk_create(
        [_candidate(workshop, draft, f"C{number:0{width}}") for number, draft in enumerate(drafts, start=first)]
    )
    through = Candidate.priorities.through
    through.objects.bulk_create(
        through(candidate_id=candidate.pk, priority_id=priority_id)
        for candidate, draft in zip(candidates, drafts, strict=True)
        for priority_id in draft.priority_ids
    )
    _copy_units(candidates, drafts)
    return candidates


def fill_delegations(workshop: Workshop) -> None:
    """Entitle the active organisations of the zone (of all zones) and the lead organisations; keep who is there."""
    organisations = Organisation.objects.active()
    if workshop.zone_id:
        organisations = organisations.filter(country__zone=workshop.zone_id) | organisations.filter(is_lead=True)
    Delegation.objects.bulk_create(
        [Delegation(workshop=workshop, organisation_id=pk) for pk in organisations.values_list("pk", flat=True)],
        ignore_conflicts=True,
    )


def _drafts(workshop: Workshop) -> list[Draft]:
    priorities = priorities_for(workshop)
    waiting = {priority.pk for priority in priorities}
    forwarded = _forwarded(workshop, waiting) if workshop.zone_id else []
    carried = {pk for draft in forwarded for pk in draft.priority_ids}
    own = [Draft(priority, TEXTS_OF_PRIORITY, [priority.pk]) for priority in priorities if priority.pk not in carried]
    # Stable: forwarded candidates come first within their theme.
    return sorted([*forwarded, *own], key=lambda draft: draft.source.theme.order if draft.source.theme else 0)


def _forwarded(workshop: Workshop, waiting: set[int]) -> list[Draft]:
    """Candidates of the closed intercontinental workshops that grew from a priority which is ``waiting`` here."""
    earlier = (
        Candidate.objects.filter(
            workshop__zone=None,
            workshop__step__programme=workshop.step.programme_id,
            workshop__closed_at__isnull=False,
        )
        .exclude(forwards__workshop=workshop)
        .select_related("theme", "decision")
        .order_by("workshop__closed_at", "id")
    )
    candidates = list(earlier)
    lineage = Lineage(candidates)
    drafts = []
    left = set(waiting)
    for candidate in candidates:
        decision = getattr(candidate, "decision", None)
        ids = [pk for pk in lineage.priority_ids(candidate) if pk in left]
        if ids and decision is not None and decision.outcome in FORWARDED:
            drafts.append(Draft(candidate, TEXTS_OF_CANDIDATE, ids))
            left.difference_update(ids)
    return drafts


def _candidate(workshop: Workshop, draft: Draft, code: str) -> Candidate:
    source = draft.source
    candidate = Candidate(
        workshop=workshop,
        code=code,
        theme=source.theme,
        level=source.level,
        source_language=source.source_language,
        forwarded_from=source if isinstance(source, Candidate) else None,
    )
    for target, fields in draft.texts.items():
        for language in LANGUAGE_CODES:
            setattr(candidate, f"{target}_{language}", _joined(source, fields, language))
    return candidate


def _joined(source: Multilingual, fields: Sequence[str], language: str) -> str:
    """The texts of ``fields`` in ``language`` as one; empty where one of them is not translated: half is not a text."""
    written = [name for name in fields if source_text(source, name)]
    texts = [getattr(source, f"{name}_{language}") or "" for name in written]
    return "\n\n".join(texts) if all(texts) else ""


def _copy_units(candidates: Iterable[Candidate], drafts: Iterable[Draft]) -> None:
    """Say of each copied translation what was known of the original: how good, by whom, and whether out of date."""
    content_type = ContentType.objects.get_for_model(Candidate)
    now = timezone.now()
    units = []
    for candidate, draft in zip(candidates, drafts, strict=True):
        for target, fields in draft.texts.items():
            source_hash = text_hash(source_text(candidate, target))
            if not source_hash:
                continue
            for language in LANGUAGE_CODES:
                if language != candidate.source_language:
                    has_text = bool(getattr(candidate, f"{target}_{language}"))
                    units.append(
                        TranslationUnit(
                            content_type=content_type,
                            object_id=candidate.pk,
                            field=target,
                            language=language,
                            source_hash=source_hash,
                            source_changed_at=now,
                            updated_at=now,
                            **_known(draft.source, fields, language, has_text, source_hash),
                        )
                    )
    TranslationUnit.objects.bulk_create(units)


def _known(
    source: Multilingual, fields: Sequence[str], language: str, has_text: bool, source_hash: str
) -> dict[str, Any]:
    """How good a copied translation is: as good as the worst of what it was put together from."""
    if not has_text:
        return {"state": TranslationState.MISSING, "translated_hash": ""}
    units = [unit for name in fields if (unit := units_of(source).get((name, language))) is not None]
    if not units:
        return {"state": TranslationState.DRAFT, "translated_hash": source_hash}
    worst = min(units, key=lambda unit: unit.state)
    stale = next((unit for unit in units if unit.stale), None)
    return {
        "state": worst.state,
        # The hash of another text than the copy's: out of date it was, out of date it stays.
        "translated_hash": stale.translated_hash if stale else source_hash,
        "translator_id": worst.translator_id,
        "reviewer_id": worst.reviewer_id,
        "tool": worst.tool,
    }
