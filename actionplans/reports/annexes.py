"""What looks across all lines: who carries which, and from which priorities each one grew."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from planning_portal.documents.report import Column, Table
from planning_portal.organisations.models import Zone
from planning_portal.web.charts import Link, Node, flow
from planning_portal.web.formatting import format_number, format_words

from ..naming import alphabetical, capital
from ..reading import FrozenPlan, Reader
from ..snapshots import Data
from .plans import carriers_of

JOINED, LEADS = "●", "◆"


def who_does_what(plans: Sequence[FrozenPlan], reader: Reader) -> Table | None:
    """Organisations by line of work. Who may not be named is counted with all others of the same description."""
    lines = [(plan.code, plan.line) for plan in plans if plan.line]
    everybody = {pk for _code, line in lines for pk in carriers_of(line)} & set(reader.organisations)
    named = [pk for pk in everybody if reader.knows(pk)]
    named.sort(key=lambda pk: (reader.organisations[pk].country.zone.order, alphabetical(reader.name(pk))))
    rows: list[list[Any]] = [[reader.name(pk), *(_sign(pk, line) for _code, line in lines)] for pk in named]
    groups: dict[str, set[int]] = {}
    for pk in everybody - set(named):
        groups.setdefault(reader.name(pk), set()).add(pk)
    for description, members in sorted(groups.items()):
        counts = [len(members & carriers_of(line)) for _code, line in lines]
        rows.append(
            [
                f"{capital(description)} ({format_number(len(members))})",
                *(format_number(count) if count else "" for count in counts),
            ]
        )
    totals = [_("Total"), *(format_number(len(carriers_of(line) & everybody)) for _code, line in lines)]
    columns = [Column(_("Organisation"), width=50), *(Column(code, numeric=True) for code, _line in lines)]
    return Table(_("Who carries which line of work"), columns, rows, totals=totals) if rows else None


def _sign(pk: int, line: Data) -> str:
    if pk == line["lead"]:
        return LEADS
    return JOINED if pk in line["organisations"] else ""


def lineage_of(plans: Sequence[FrozenPlan], reader: Reader, zones: Mapping[str, Zone]) -> dict[str, Any]:
    """For each line the priorities behind it, each once, by country; and the same as one picture by zone."""
    lines = [_line(plan, reader) for plan in plans if plan.snapshot["origins"]]
    if not lines:
        return {}
    return {"lines": lines, "picture": _picture(plans, zones)}


def _line(plan: FrozenPlan, reader: Reader) -> dict[str, Any]:
    priorities = _priorities(plan)
    named = [one for one in priorities.values() if one["country"] not in reader.hidden_countries]
    rows = [(reader.countries([one["country"]])[0], reader.text(one["title"])) for one in named]
    return {
        "code": plan.code,
        "title": plan.title,
        "candidates": format_words(dict.fromkeys(origin["code"] for origin in plan.snapshot["origins"])),
        "priorities": sorted(rows, key=lambda row: (alphabetical(row[0]), alphabetical(str(row[1])))),
        "hidden": len(priorities) - len(named),
    }


def _priorities(plan: FrozenPlan) -> dict[int, Data]:
    return {one["id"]: one for origin in plan.snapshot["origins"] for one in origin["priorities"]}


def _picture(plans: Sequence[FrozenPlan], zones: Mapping[str, Zone]) -> Any:
    """From the zones that proposed to the lines that grew: how wide is how many priorities."""
    links: Counter[tuple[str, str]] = Counter()
    for plan in plans:
        for one in _priorities(plan).values():
            links[one["zone"], plan.code] += 1
    there = [zone for zone in zones.values() if any(slug == zone.slug for slug, _code in links)]
    left = [Node(f"from {zone.slug}", zone.name or zone.slug, zone=zone.code) for zone in there]
    codes = [plan.code for plan in plans if any(code == plan.code for _slug, code in links)]
    right = [Node(plan.code, f"{plan.code} {plan.title}") for plan in plans if plan.code in codes]
    title = pgettext("picture of priorities by zone", "From which zones the lines of work grew")
    return flow(
        [left, right],
        [Link(f"from {slug}", code, number) for (slug, code), number in links.items()],
        title=title,
        target="print",
    )
