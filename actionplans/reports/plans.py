"""One plan in the consolidated plan: theory, results matrix, work plan, budget, risks."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from planning_portal.documents.report import Column, Table
from planning_portal.organisations.models import Zone
from planning_portal.web.formatting import format_labelled, format_money, format_number, format_words

from ..models import CostCategory, FundingSource, PlanVersion
from ..naming import capital
from ..numbers import show_number
from ..pictures import period_name, quarter_strip, year_scale
from ..reading import FrozenActivity, FrozenIndicator, FrozenPlan, FrozenResult
from ..snapshots import Data

NO_TARGET = "–"


def carriers_of(line: Data) -> set[int]:
    """The organisations that joined a line, and its lead."""
    return set(line["organisations"]) | ({line["lead"]} if line["lead"] else set())


class PlanChapter:
    """A frozen plan under its code (a line's own, "O1" and so on for an organisation's)."""

    def __init__(
        self, plan: FrozenPlan, version: PlanVersion, code: str, zones: Mapping[str, Zone], *, is_public: bool
    ):
        self.plan, self.version, self.code, self.zones, self.is_public = plan, version, code, zones, is_public

    def report(self) -> dict[str, Any]:
        plan = self.plan
        outcomes = [result for result in plan.results if result.is_outcome]
        return {
            "code": self.code,
            "title": plan.title,
            "anchor": f"plan-{plan.plan_id}",
            "facts": self._facts(),
            "summary": plan.summary,
            "theory": [self._theory(outcome) for outcome in outcomes],
            "matrix": [self._matrix_part(result) for result in plan.results if self._is_in_matrix(result)],
            "scale": year_scale(plan.years, description=self.code, target="print"),
            "work": [self._work_part(result) for result in plan.results if result.activities],
            "budget": self._budget(),
            "risks": self._risks(),
            "version": self.version.number,
        }

    def _facts(self) -> list[tuple[str, Any]]:
        """What stands beside the title: only what there is."""
        plan, reader = self.plan, self.plan.reader
        facts: list[tuple[str, Any]] = []
        if plan.line:
            line = plan.line
            zone = self.zones.get(line["zone"] or "")
            facts += [
                (_("Theme"), reader.text(line["theme"]["title"], "theme", line["theme"]["id"], "title")),
                (_("Where"), (zone.name or zone.slug) if zone else _("all zones")),
                (_("Lead"), reader.name(line["lead"])),
                (_("Organisations"), format_number(len(carriers_of(line)))),
                (_("Grown from"), self._grown_from()),
            ]
        codes = {iso2 for activity in self._activities() for iso2 in activity.country_codes}
        facts += [
            (_("Countries"), format_words(reader.countries(codes)) if codes else ""),
            (_("Budget"), format_money(plan.totals.total, plan.currency) if plan.totals.total else ""),
            (_("Adopted version"), format_number(self.version.number)),
        ]
        return [(label, words) for label, words in facts if words]

    def _grown_from(self) -> str:
        """How many priorities of which countries, in words."""
        found = {
            priority["id"]: priority["country"]
            for origin in self.plan.snapshot["origins"]
            for priority in origin["priorities"]
        }
        if not found:
            return ""
        return ngettext(
            "%(count)s proposed priority: %(countries)s", "%(count)s proposed priorities: %(countries)s", len(found)
        ) % {"count": len(found), "countries": format_words(self.plan.reader.countries(found.values()))}

    def _activities(self) -> list[FrozenActivity]:
        return [activity for result in self.plan.results for activity in result.activities]

    # --- theory, matrix, work plan ---

    def _theory(self, outcome: FrozenResult) -> dict[str, Any]:
        """An outcome with its outputs and the assumptions between them."""
        outputs = [
            {"code": one.code, "statement": one.statement, "assumption": one.assumption}
            for one in self.plan.results
            if not one.is_outcome and one.code.rpartition(".")[0] == outcome.code
        ]
        return {
            "code": outcome.code,
            "statement": outcome.statement,
            "assumption": outcome.assumption,
            "contributes_to": outcome.contributes_to,
            "outputs": outputs,
        }

    def _is_in_matrix(self, result: FrozenResult) -> bool:
        """What has indicators; an organisation's own outcomes in any case, for they stand nowhere else."""
        return bool(result.indicators) or (result.is_outcome and not self.plan.line)

    def _matrix_part(self, result: FrozenResult) -> dict[str, Any]:
        return {
            "code": result.code,
            "is_outcome": result.is_outcome,
            # The outcome of a line stands above, in full; an organisation's own stands only here.
            "statement": None if result.is_outcome and self.plan.line else result.statement,
            "contributes_to": result.contributes_to,
            "indicators": [self._indicator(one) for one in result.indicators],
        }

    def _indicator(self, one: FrozenIndicator) -> dict[str, Any]:
        def shown(number: Decimal | None) -> str:
            return show_number(number, is_percentage=one.is_percentage) if number is not None else NO_TARGET

        return {
            "code": one.code,
            "title": one.title,
            "unit": one.unit,
            "counting": one.counting,
            "baseline": shown(one.baseline) if one.baseline is not None else _("to be measured"),
            "baseline_year": one.baseline_year if one.baseline is not None else "",
            "targets": [shown(one.targets.get(year)) for year in self.plan.years],
            "end": shown(one.end) if not one.targets_to_set else _("not known yet"),
            "means": one.means,
        }

    def _work_part(self, result: FrozenResult) -> dict[str, Any]:
        years = self.plan.years
        return {
            "code": result.code,
            "statement": result.statement,
            "activities": [
                {
                    "code": one.code,
                    "title": one.title,
                    "responsible": one.responsible,
                    "countries": format_words(one.countries) if one.countries else "",
                    "strip": quarter_strip(one.code, one.start, one.end, years, description=self.code, target="print"),
                    "period": period_name(one.start, one.end, years),
                    "total": _("costs nothing") if one.has_no_budget else format_number(one.total),
                }
                for one in result.activities
            ],
        }

    # --- money and risks ---

    def _budget(self) -> dict[str, Any]:
        """Cost categories by year with sums on both sides, and who pays."""
        totals = self.plan.totals
        if not totals.total:
            return {}
        if not totals.reconciles:
            raise ValueError(f"The totals of {self.code} do not agree.")
        years = list(totals.by_year)
        table = Table(
            _("Budget by cost category and year, in %(currency)s") % {"currency": self.plan.currency},
            [
                Column(_("Cost category"), width=30),
                *(Column(str(year), numeric=True) for year in years),
                Column(_("Total"), numeric=True),
            ],
            [
                [
                    capital(CostCategory(category).label),
                    *(format_number(row[year]) for year in years),
                    format_number(totals.by_category[category]),
                ]
                for category, row in totals.grid.items()
            ],
            totals=[
                _("Total"),
                *(format_number(amount) for amount in totals.by_year.values()),
                format_number(totals.total),
            ],
        )
        sources = [
            format_labelled(capital(FundingSource(source).label), format_money(amount, self.plan.currency))
            for source, amount in totals.by_source.items()
            if amount
        ]
        return {"table": table, "sources": " · ".join(sources), "reconciles": totals.reconciles}

    def _risks(self) -> list[dict[str, Any]]:
        risks = self.plan.public_risks if self.is_public else self.plan.risks
        return [
            {
                "code": risk.code,
                "description": risk.description,
                "mitigation": risk.mitigation,
                "probability": risk.probability,
                "impact": risk.impact,
                "score": risk.score,
            }
            for risk in sorted(risks, key=lambda risk: (-risk.score, risk.code))
        ]
