"""The consolidated summary of a step as plain data: what its workshops decided, side by side.

Each part is the report of a workshop's own summary (``reports``), so that the same numbers are left out and the same
names. Nothing is added up over workshops that could count an organisation twice.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from planning_portal.documents.models import RenderedDocument
from planning_portal.documents.report import Column, Table, hash_of
from planning_portal.languages.frozen import shown_text
from planning_portal.languages.queries import shown
from planning_portal.programme.models import StepResult
from planning_portal.web.charts import Series, bars
from planning_portal.web.formatting import format_days, format_labelled, format_number, format_words

from .models import DecisionOutcome, StepSummary, Workshop
from .permissions import sees_every_desk
from .reports import KEPT, Summary, number
from .services.consolidating import STEP_SUMMARY


def title_of(summary: StepSummary, language: str) -> str:
    """What the document is called: on its cover, in its properties, in lists of downloads."""
    return _("Consolidated summary: %(step)s") % {"step": shown(summary.step, "title", language).text}


def file_name_of(summary: StepSummary, language: str, version: str) -> str:
    return f"{summary.step.slug}-v{version}_{language}.pdf"


def url_of(summary: StepSummary) -> str:
    return reverse("workshops:step-summary", args=[summary.public_id])


def is_present_version(summary: StepSummary, version: str) -> bool:
    return str(summary.version) == version


def can_read(user: Any, document: RenderedDocument) -> bool:
    """Everyone, once this version is published under its step; until then who sees every desk."""
    published = StepResult.objects.filter(
        content_type=document.content_type_id,
        object_id=document.object_id,
        kind=STEP_SUMMARY,
        version=document.version,
    )
    return published.exists() or bool(user.is_authenticated and sees_every_desk(user))


def step_report(summary: StepSummary, language: str, audience: str) -> dict[str, Any]:
    """Everything the template needs."""
    entries = summary.frozen["workshops"]
    workshops = Workshop.objects.select_related("step__programme", "zone").in_bulk([one["id"] for one in entries])
    outcomes = [one["outcome"] for one in entries]
    parts = [
        {
            **Summary(workshops[one["id"]], one["outcome"], language, audience).report(),
            "title": shown_text(one["outcome"]["title"], language),
            "version": one["version"],
            "number": place,
        }
        for place, one in enumerate(entries, start=1)
    ]
    days = [date.fromisoformat(one[name]) for one in outcomes for name in ("starts_on", "ends_on")]
    lines = sorted(
        (line for part in parts for line in part["lines"]), key=lambda line: (len(line["code"]), line["code"])
    )
    return {
        "programme": str(shown(summary.step.programme, "title", language)),
        "what": _("Consolidated summary of the step"),
        "subtitle": shown(summary.step, "title", language).text,
        "who": ngettext("%(count)s workshop", "%(count)s workshops", len(parts)) % {"count": len(parts)},
        "when": format_days(min(days), max(days)),
        "frozen_at": summary.made_at,
        "content_hash": hash_of(summary.frozen),
        "chapters": _chapters(parts, lines),
        "figures": _figures(outcomes, lines),
        "workshops": _workshops(parts, outcomes),
        "decisions": _decisions(parts, outcomes),
        "lines": lines,
        "parts": parts,
        "lineage": [_lineage(part) for part in parts],
    }


def _chapters(parts: list[dict[str, Any]], lines: list[Any]) -> dict[str, int]:
    """The numbers of the chapters that there are, the same in every language."""
    there = {
        "lines": bool(lines),
        "weighed": True,
        "decisions": True,
        "minutes": any(part["minutes"] for part in parts),
        "lineage": True,
    }
    return {name: place for place, name in enumerate((name for name in there if there[name]), start=1)}


def _figures(outcomes: list[dict[str, Any]], lines: list[Any]) -> list[tuple[str, str]]:
    candidates = [one for outcome in outcomes for one in outcome["candidates"]]
    standing = [one for one in candidates if (one["decision"] or {}).get("outcome") != DecisionOutcome.MERGED]
    countries = len({iso2 for one in standing for iso2, _number in one["roots"]["countries"]})
    kept = sum(1 for one in candidates if (one["decision"] or {}).get("outcome") in KEPT)
    figures = [
        (len(outcomes), ngettext("workshop held", "workshops held", len(outcomes))),
        (countries, ngettext("country", "countries", countries)),
        (len(candidates), ngettext("candidate weighed", "candidates weighed", len(candidates))),
        (kept, ngettext("candidate adopted or adapted", "candidates adopted or adapted", kept)),
        (len(lines), ngettext("line of work", "lines of work", len(lines))),
    ]
    return [(format_number(count), words) for count, words in figures]


def _workshops(parts: list[dict[str, Any]], outcomes: list[dict[str, Any]]) -> Table:
    rows = [
        [
            part["title"],
            part["when"],
            number(outcome["attendance"]["zones"]["entitled"]["total"]),
            number(outcome["attendance"]["zones"]["present"]["total"]),
            format_number(len(outcome["candidates"])),
            format_number(len(outcome["lines"])),
        ]
        for part, outcome in zip(parts, outcomes, strict=True)
    ]
    columns = [
        Column(_("Workshop"), width=30),
        Column(_("Days"), width=25),
        Column(_("Invited"), numeric=True),
        Column(_("Were there"), numeric=True),
        Column(_("Candidates"), numeric=True),
        Column(_("Lines of work"), numeric=True),
    ]
    return Table(_("The workshops of the step"), columns, rows)


def _decisions(parts: list[dict[str, Any]], outcomes: list[dict[str, Any]]) -> dict[str, Any]:
    """How many candidates went which way in each workshop, as picture and table."""
    counts = [Counter((one["decision"] or {}).get("outcome") for one in outcome["candidates"]) for outcome in outcomes]
    found = [outcome for outcome in DecisionOutcome if any(count[outcome] for count in counts)]
    if not found:
        return {}
    labels = [capfirst(str(outcome.label)) for outcome in found]
    caption = _("What was decided in each workshop, by number of candidates")
    places = [str(part["number"]) for part in parts]
    picture = bars(
        places,
        [Series(label, [count[one] for count in counts]) for label, one in zip(labels, found, strict=True)],
        title=caption,
        description=format_words(
            format_labelled(part["title"].text, sum(count.values())) for part, count in zip(parts, counts, strict=True)
        ),
        target="print",
    )
    columns = [Column(_("Workshop")), *(Column(label, numeric=True) for label in labels)]
    rows = [
        [f"{part['number']}. {part['title'].text}", *(format_number(count[one]) for one in found)]
        for part, count in zip(parts, counts, strict=True)
    ]
    return {"picture": picture, "table": Table(caption, columns, rows)}


def _lineage(part: dict[str, Any]) -> dict[str, Any]:
    """From the priorities of which countries every candidate grew, and what became of it."""
    candidates = [one for theme in part["themes"] for one in (*theme["candidates"], *theme["merged"])]
    rows = [
        [
            one["code"],
            one["title"],
            one["origin"],
            capfirst(one["outcome"]),
            one["line"] or one["merged_into"],
        ]
        for one in candidates
    ]
    columns = [
        Column(_("Code"), width=10),
        Column(_("Candidate"), width=35),
        Column(_("Grown from"), width=30),
        Column(_("Decision"), width=15),
        Column(_("Went into"), width=10),
    ]
    return {"title": part["title"], "table": Table("", columns, rows)}
