"""What the closing of a workshop freezes: its outcome as plain data, in all languages, without a name.

Everything that the summary shows comes from here. Organisations appear as numbers of a kind and of a zone, small
numbers already left out; the lead of a line of work is kept as an id, so that what may be said of it is decided when
a document is made. Every text is kept with its language, its translations and how good each was::

    {"of": ["candidate", 12, "title"], "source": "fr", "texts": {"fr": "…", "nl": "…"}, "kinds": {"nl": "machine"}}

Translating goes on after the freeze: ``with_new_translations`` renews the translations of texts whose original is
still the frozen one, and nothing else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from consultations.models import Priority
from planning_portal.languages.frozen import frozen_text
from planning_portal.languages.frozen import with_new_translations as renewed
from planning_portal.languages.models import Multilingual
from planning_portal.languages.queries import attach_units
from planning_portal.languages.services import source_text
from planning_portal.organisations.models import Organisation
from planning_portal.programme.models import Theme

from .disclosure import LOWEST_MINIMUM, Cell, show
from .models import Candidate, Decision, LineOfWork, Minutes, Objection, RoundState, Session, Workshop
from .queries.lineage import Lineage
from .results import minimums_of

LAYOUT = 1
MODELS: dict[str, type[Multilingual]] = {
    "workshop": Workshop,
    "session": Session,
    "candidate": Candidate,
    "decision": Decision,
    "objection": Objection,
    "line": LineOfWork,
    "minutes": Minutes,
    "theme": Theme,
}
NAMES = {model: name for name, model in MODELS.items()}


def freeze(workshop: Workshop) -> dict[str, Any]:
    """The outcome of ``workshop`` as it stands. A fixed number of queries; reads only."""
    candidates = list(workshop.candidates.select_related("theme", "decision", "forwarded_from__workshop"))
    lines = list(workshop.lines.select_related("theme", "zone").prefetch_related("organisations__country__zone"))
    sessions = list(workshop.sessions.all())
    minutes = Minutes.objects.filter(workshop=workshop).first()
    themes = {candidate.theme.pk: candidate.theme for candidate in candidates}
    themes |= {line.theme.pk: line.theme for line in lines}
    decisions = [decision for candidate in candidates if (decision := getattr(candidate, "decision", None))]
    earlier = [candidate.forwarded_from.workshop for candidate in candidates if candidate.forwarded_from]
    objections = list(Objection.objects.filter(decision__in=decisions))
    attach_units(
        [workshop, *objections, *candidates, *decisions, *lines, *sessions, *themes.values(), *earlier, minutes]
    )
    codes = {candidate.pk: candidate.code for candidate in candidates}
    roots = _Roots(candidates)
    against: dict[int, list[dict[str, Any]]] = {}
    for objection in objections:
        against.setdefault(objection.decision_id, []).append(text_of(objection, "reason"))
    return {
        "layout": LAYOUT,
        "frozen_at": timezone.now().isoformat(timespec="seconds"),
        "title": text_of(workshop, "title"),
        "zone": workshop.zone.code if workshop.zone else None,
        "format": workshop.format,
        "place": workshop.place,
        "starts_on": workshop.starts_on.isoformat(),
        "ends_on": workshop.ends_on.isoformat(),
        "attendance": _attendance(workshop),
        "themes": [
            {"id": theme.pk, "order": theme.order, "title": text_of(theme, "title")}
            for theme in sorted(themes.values(), key=lambda theme: (theme.order, theme.pk))
        ],
        "sessions": [_session(session) for session in sessions],
        "candidates": [_candidate(candidate, codes, roots, against) for candidate in candidates],
        "lines": [_line(line, candidates, roots) for line in lines],
        "rounds": [_round(round_, codes) for round_ in workshop.rounds.filter(state=RoundState.CLOSED)],
        "minutes": text_of(minutes, "text") if minutes else None,
        "minutes_approved_at": minutes.approved_at.isoformat() if minutes and minutes.approved_at else None,
    }


def text_of(obj: Multilingual, field: str) -> dict[str, Any]:
    """One text with all its languages, as the snapshot keeps it."""
    return frozen_text(obj, field, NAMES[type(obj)])


def with_new_translations(snapshot: dict[str, Any]) -> dict[str, Any]:
    """A copy of ``snapshot`` whose texts carry today's translations. What was decided and counted stays."""
    return renewed(snapshot, MODELS)


def _counts(keys: Iterable[str]) -> list[list[Any]]:
    """Pairs of key and number in the order of the keys: a database may forget the order of an object's keys."""
    return [[key, number] for key, number in Counter(keys).items()]


class _Roots:
    """From which countries and zones each candidate comes, with how many priorities of each."""

    def __init__(self, candidates: list[Candidate]):
        self.lineage = Lineage(candidates)
        ids = {pk for candidate in candidates for pk in self.lineage.priority_ids(candidate)}
        self.priorities = {
            priority.pk: priority
            for priority in Priority.objects.filter(pk__in=ids).select_related("consultation__country__zone")
        }

    def of(self, *candidates: Candidate) -> dict[str, Any]:
        ids = dict.fromkeys(pk for candidate in candidates for pk in self.lineage.priority_ids(candidate))
        countries = [self.priorities[pk].consultation.country for pk in ids if pk in self.priorities]
        countries.sort(key=lambda country: (country.zone.order, country.iso2))
        return {
            "priorities": len(countries),
            "countries": _counts(country.iso2 for country in countries),
            "zones": _counts(country.zone.code for country in countries),
        }


def _candidate(
    candidate: Candidate, codes: dict[int, str], roots: _Roots, against: dict[int, list[dict[str, Any]]]
) -> dict[str, Any]:
    decision = getattr(candidate, "decision", None)
    earlier = candidate.forwarded_from
    return {
        "code": candidate.code,
        "theme": candidate.theme_id,
        "level": candidate.level,
        "title": text_of(candidate, "title"),
        "statement": text_of(candidate, "statement"),
        "roots": roots.of(candidate),
        "merged": [codes[pk] for pk in roots.lineage.merged_ids(candidate) if pk in codes],
        "forwarded_from": {"code": earlier.code, "workshop": text_of(earlier.workshop, "title")} if earlier else None,
        "decision": decision
        and {
            "outcome": decision.outcome,
            "reason": text_of(decision, "reason"),
            "rule": decision.rule,
            "follow_up": text_of(decision, "follow_up") if source_text(decision, "follow_up") else None,
            "objections": against.get(decision.pk, []),
            "merged_into": codes.get(decision.merged_into_id or 0),
            "line": decision.line_id,
            "departs": decision.departs_from_id is not None,
        },
    }


def _line(line: LineOfWork, candidates: list[Candidate], roots: _Roots) -> dict[str, Any]:
    led = [one for one in candidates if getattr(one, "decision", None) and one.decision.line_id == line.pk]  # type: ignore[attr-defined]
    joined = list(line.organisations.all())
    minimums = minimums_of(joined)
    total = show([Cell(len(joined), len(joined), max(minimums.values(), default=LOWEST_MINIMUM))]).total
    return {
        "id": line.pk,
        "code": line.code,
        "theme": line.theme_id,
        "zone": line.zone.code if line.zone else None,
        "title": text_of(line, "title"),
        "statement": text_of(line, "statement"),
        "lead": line.lead_id,
        "organisations": total,
        "candidates": [one.code for one in led],
        "roots": roots.of(*led),
    }


def _session(session: Session) -> dict[str, Any]:
    return {
        "kind": session.kind,
        "title": text_of(session, "title"),
        "planned_minutes": session.planned_minutes,
        "started_at": session.started_at.isoformat() if session.started_at else None,
        "ended_at": session.ended_at.isoformat() if session.ended_at else None,
        "paused_seconds": session.paused_seconds,
    }


def _round(round_: Any, codes: dict[int, str]) -> dict[str, Any]:
    """A round by candidate codes, and of its numbers only those that may be shown."""
    result = round_.result
    shown = result["shown"]
    by_code = {codes[pk]: str(pk) for pk in result["ranking"] if pk in codes}
    return {
        "number": round_.number,
        "rule": result["rule"],
        "rule_version": result["rule_version"],
        "seats": result["seats"],
        **{name: result[name] for name in ("weights", "floor", "secrecy", "seed", "floors") if name in result},
        "for_floor": [codes[pk] for pk in result.get("for_floor", []) if pk in codes],
        "quorum": shown.get("quorum"),
        "ranking": list(by_code),
        "chosen": [codes[pk] for pk in result["chosen"] if pk in codes],
        "tied_at_edge": [codes[pk] for pk in result["tied_at_edge"] if pk in codes],
        "minimum": shown["minimum"],
        "totals": {code: shown["totals"][pk] for code, pk in by_code.items()},
        "zones": {code: shown["zones"][pk] for code, pk in by_code.items()},
        "ballots": shown["ballots"],
        "entitled": shown["entitled"],
        "covered": shown["covered"],
        "opened_at": round_.opened_at.isoformat(),
        "closed_at": round_.closed_at.isoformat(),
    }


def _attendance(workshop: Workshop) -> dict[str, Any]:
    """Who was invited and who was there: by kind of organisation and by zone, small numbers left out."""
    delegations = list(workshop.delegations.select_related("organisation__country__zone"))
    organisations = [delegation.organisation for delegation in delegations]
    present = [delegation.organisation for delegation in delegations if delegation.is_present]
    strictest = max(minimums_of(organisations).values(), default=LOWEST_MINIMUM)
    zones = minimums_of(sorted(organisations, key=lambda one: (one.country.zone.order, one.pk)))
    kinds = dict.fromkeys(sorted(organisation.kind for organisation in organisations), strictest)
    return {
        "minimum": strictest,
        "zones": _counted(organisations, present, zones, lambda one: one.country.zone.code),
        "kinds": _counted(organisations, present, kinds, lambda one: one.kind),
    }


def _counted(
    entitled: Iterable[Organisation], present: Iterable[Organisation], minimums: dict[str, int], key: Any
) -> dict[str, Any]:
    of, there = Counter(map(key, entitled)), Counter(map(key, present))
    everybody = sum(of.values())
    rows = {
        name: show([Cell(counts[key], of[key], minimum, bound=everybody) for key, minimum in minimums.items()])
        for name, counts in (("entitled", of), ("present", there))
    }
    return {
        "groups": list(minimums),
        **{name: {"total": row.total, "cells": row.cells} for name, row in rows.items()},
    }
