"""A plan as plain data: what adopting freezes, and how the frozen texts are read again.

A snapshot holds every text in every language with what was known of each translation, and every number as a string. It
holds no organisation's name: organisations stand in it by their id, and ``organisations/identity.py`` says at reading
time how each may appear; so an organisation that has to hide after an adoption is hidden in that version too.

Translations go on after the freeze (DESIGN section 4: documents are translated after a freeze). So a frozen text may be
shown in a translation made later, if its original has not changed since: ``thaw`` takes the better of the two.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from planning_portal.documents.report import hash_of
from planning_portal.languages.models import Multilingual, TranslationState
from planning_portal.languages.queries import ShownText, label_for, shown, units_of
from planning_portal.languages.services import LANGUAGE_CODES, source_text, text_hash

from .models import ActionPlan, Activity, Indicator, Result, Risk
from .queries.origins import Origin, origins_of_line
from .queries.partners import organisations_of_plan
from .queries.tree import PlanTree

FORMAT = 1

Data = dict[str, Any]
# From best to worst: what a reader would rather have.
RANK = {"own": 4, "draft": 3, "stale": 2, "machine": 1, "original": 0, "empty": 0}


def freeze_text(obj: Multilingual, field: str) -> Data:
    """One text with its original language, its translations, and the state of each."""
    texts, states = {}, {}
    for language in LANGUAGE_CODES:
        text = getattr(obj, f"{field}_{language}") or ""
        if not text:
            continue
        texts[language] = text
        if language != obj.source_language:
            unit = units_of(obj).get((field, language))
            states[language] = (
                "draft" if unit is None else "stale" if unit.stale else TranslationState(unit.state).name.lower()
            )
    return {
        "source": obj.source_language,
        "texts": texts,
        "states": states,
        "hash": text_hash(source_text(obj, field)),
    }


def freeze_plan(tree: PlanTree) -> Data:
    """The whole plan: same plan, same data, whenever and in whatever language it is asked."""
    plan = tree.plan
    origins = origins_of_line(plan.line) if plan.line is not None else []
    return {
        "format": FORMAT,
        "programme": {
            "code": plan.programme.code,
            "years": plan.programme.years,
            "currency": plan.programme.currency,
        },
        "plan": {
            "id": plan.pk,
            "public_id": str(plan.public_id),
            "kind": plan.kind,
            "organisation": plan.organisation_id,
            "summary": freeze_text(plan, "summary"),
        },
        "line": _freeze_line(plan) if plan.line is not None else None,
        "results": [_freeze_result(node.result, tree) for node in tree.nodes],
        "risks": [_freeze_risk(risk) for risk in tree.risks],
        "origins": [_freeze_origin(origin) for origin in origins],
    }


def _freeze_line(plan: ActionPlan) -> Data:
    line = plan.line
    assert line is not None  # noqa: S101 (asked by the caller)
    return {
        "id": line.pk,
        "code": line.code,
        "zone": line.zone.slug if line.zone else None,
        "theme": {"id": line.theme.pk, "slug": line.theme.slug, "title": freeze_text(line.theme, "title")},
        "title": freeze_text(line, "title"),
        "lead": line.lead_id,
        "organisations": sorted(organisation.pk for organisation in organisations_of_plan(plan)),
    }


def _freeze_result(result: Result, tree: PlanTree) -> Data:
    target = result.contributes_to
    return {
        "id": result.pk,
        "public_id": str(result.public_id),
        "kind": result.kind,
        "code": result.code,
        "parent": result.parent_id,
        "statement": freeze_text(result, "statement"),
        "assumption": freeze_text(result, "assumption"),
        "contributes_to": None
        if target is None
        else {"id": target.pk, "line": target.plan.line.code if target.plan.line else "", "code": target.code},
        "indicators": [_freeze_indicator(indicator, tree) for indicator in tree.indicators_of(result)],
        "activities": [_freeze_activity(activity, tree) for activity in tree.activities_of(result)],
    }


def _freeze_indicator(indicator: Indicator, tree: PlanTree) -> Data:
    return {
        "id": indicator.pk,
        "public_id": str(indicator.public_id),
        "code": indicator.code,
        "title": freeze_text(indicator, "title"),
        "unit": freeze_text(indicator, "unit"),
        "means": freeze_text(indicator, "means_of_verification"),
        "measure": indicator.measure,
        "accumulation": indicator.accumulation,
        "direction": indicator.direction,
        "baseline": number_text(indicator.baseline_value),
        "baseline_year": indicator.baseline_year,
        "baseline_to_measure": indicator.baseline_to_measure,
        "targets": {str(year): number_text(value) for year, value in sorted(tree.targets_of(indicator).items())},
        "targets_to_set": indicator.targets_to_set,
    }


def _freeze_activity(activity: Activity, tree: PlanTree) -> Data:
    return {
        "id": activity.pk,
        "public_id": str(activity.public_id),
        "code": activity.code,
        "title": freeze_text(activity, "title"),
        "description": freeze_text(activity, "description"),
        "organisation": activity.organisation_id,
        "countries": sorted(country.iso2 for country in tree.countries_of(activity)),
        "start": activity.start_quarter,
        "end": activity.end_quarter,
        "has_no_budget": activity.has_no_budget,
        "budget": sorted(
            [line.year, line.category, line.source, f"{line.amount:.2f}", line.note]
            for line in tree.budget_of(activity)
        ),
    }


def _freeze_risk(risk: Risk) -> Data:
    return {
        "id": risk.pk,
        "public_id": str(risk.public_id),
        "position": risk.position,
        "description": freeze_text(risk, "description"),
        "mitigation": freeze_text(risk, "mitigation"),
        "probability": risk.probability,
        "impact": risk.impact,
        "is_public": risk.is_public,
    }


def _freeze_origin(origin: Origin) -> Data:
    return {
        "id": origin.candidate.pk,
        "code": origin.candidate.code,
        "zone": origin.candidate.workshop.zone.slug if origin.candidate.workshop.zone else None,
        "title": freeze_text(origin.candidate, "title"),
        "outcome": origin.decision.outcome,
        "priorities": [
            {
                "id": priority.pk,
                "public_id": str(priority.public_id),
                "receipt": priority.receipt,
                "country": priority.consultation.country.iso2,
                "zone": priority.consultation.country.zone.slug,
                "organisation": priority.organisation_id,
                "title": freeze_text(priority, "title"),
            }
            for priority in origin.priorities
        ],
    }


def number_text(number: Any) -> str | None:
    """A number without the zeros that a column adds; None stays None."""
    if number is None:
        return None
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def hash_snapshot(snapshot: Data) -> str:
    """SHA-256 of the canonical JSON: keys sorted, no white space, UTF-8."""
    return hash_of(snapshot)


# --- reading --------------------------------------------------------------------------------------------------------

KINDS = {"done": "own", "machine": "machine", "stale": "stale", "draft": "draft", "in_review": "draft"}


def thaw(frozen: Data | None, language: str, live: Multilingual | None = None, field: str = "") -> ShownText:
    """The frozen text for a reader of ``language``, honestly labelled.

    ``live`` is the object that it was frozen from, when it still exists: a translation made since is taken if the
    original is unchanged and the translation is better than the frozen one.
    """
    text = _frozen_text(frozen, language)
    if live is None or not frozen or language == frozen["source"]:
        return text
    if live.source_language != frozen["source"] or text_hash(source_text(live, field)) != frozen["hash"]:
        return text
    now = shown(live, field, language)
    return now if RANK[now.kind] > RANK[text.kind] else text


def _frozen_text(frozen: Data | None, language: str) -> ShownText:
    if not frozen or not frozen["texts"].get(frozen["source"]):
        return ShownText("", language, "empty")
    source = frozen["source"]
    original = frozen["texts"][source]
    if language == source:
        return ShownText(original, source)
    translated = frozen["texts"].get(language)
    if not translated:
        return ShownText(original, source, "original", label_for("original", source, language))
    kind = KINDS.get(frozen["states"].get(language, "draft"), "draft")
    return ShownText(translated, language, kind, label_for(kind, source, language), original, source)


def snapshot_items(snapshot: Data) -> Iterable[tuple[str, Data]]:
    """Every result, indicator, activity and risk of a snapshot, each with its kind."""
    for result in snapshot["results"]:
        yield "result", result
        for indicator in result["indicators"]:
            yield "indicator", indicator
        for activity in result["activities"]:
            yield "activity", activity
    for risk in snapshot["risks"]:
        yield "risk", risk
