"""The consolidated plan of one edition, for one audience, in one language.

Made from frozen versions only; chapters, codes and the order of everything are the same in every language. Looked up
when the document is made: how each organisation may appear now (``organisations/identity.py``), which countries are at
high risk now, and translations that have become better since (``snapshots.thaw`` says under which condition).

For everyone (``PUBLIC``): names as identities allow; a withheld organisation's own plan is left out; countries at high
risk are counted, not named; risks only where they may be published; money by organisation only for named ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from planning_portal.documents.models import Audience
from planning_portal.documents.report import Column, Table
from planning_portal.languages.queries import shown
from planning_portal.organisations.identity import viewer_for
from planning_portal.organisations.models import Country, Identity, RiskLevel
from planning_portal.web.charts import Tile, TileGroup, tile_grid
from planning_portal.web.formatting import format_money, format_number, format_share, format_words

from ..codes import natural_key
from ..models import CostCategory, FundingSource, PlanEdition, PlanVersion
from ..naming import capital
from ..pictures import budget_bars
from ..reading import FrozenPlan, Reader, load_live, load_organisations, load_zones, organisations_in
from ..snapshots import Data
from ..totals import Totals
from .annexes import lineage_of, who_does_what
from .making import Making
from .plans import PlanChapter, carriers_of


@dataclass(frozen=True)
class Adopted:
    """A frozen plan with the version that it is."""

    plan: FrozenPlan
    version: PlanVersion


class Consolidated:
    """One document under construction."""

    def __init__(self, edition: PlanEdition, language: str, audience: str):
        self.edition, self.language, self.audience = edition, language, audience
        self.programme = edition.programme
        self.is_public = audience != Audience.COORDINATORS
        versions = list(edition.versions.order_by("plan_id"))
        snapshots = [version.snapshot for version in versions]
        facts: Data = edition.facts
        self.zones = load_zones()
        self.all_countries = list(Country.objects.select_related("zone").order_by("zone__order", "iso2"))
        high_risk = frozenset(one.iso2 for one in self.all_countries if one.risk_level == RiskLevel.HIGH)
        self.reader = Reader(
            language,
            viewer_for(audience),
            load_organisations(organisations_in(*snapshots)),
            load_live(snapshots, facts),
            high_risk if self.is_public else frozenset(),
        )
        adopted = [Adopted(FrozenPlan(version.snapshot, self.reader), version) for version in versions]
        self.lines = sorted((one for one in adopted if one.plan.line), key=lambda one: natural_key(one.plan.code))
        own = [one for one in adopted if not one.plan.line]
        self.own = sorted((one for one in own if self._may_show_own(one)), key=self._order_of_own)
        self.hidden_own = len(own) - len(self.own)
        self.everything = [*self.lines, *own]
        self.making = Making(facts, self.reader, self.zones)

    # --- who is in it ---

    def _may_show_own(self, one: Adopted) -> bool:
        organisation = self.reader.organisations.get(one.plan.organisation_id or 0)
        if organisation is None:
            return False
        return not self.is_public or organisation.identity != Identity.WITHHELD

    def _order_of_own(self, one: Adopted) -> tuple[Any, ...]:
        """By zone, then as the plans were begun: nothing in the order tells the country of who is not named."""
        organisation = self.reader.organisations[one.plan.organisation_id or 0]
        return (organisation.country.zone.order, one.plan.plan_id)

    @cached_property
    def totals(self) -> Totals:
        """The global plans together. Organisations' own plans are what they do for them, not more money."""
        amounts = [amount for one in self.lines for amount in one.plan.amounts]
        return Totals(amounts, self.programme.years)

    @cached_property
    def country_codes(self) -> set[str]:
        return {iso2 for one in self.everything for iso2 in one.plan.country_codes}

    def report(self) -> dict[str, Any]:
        """Nested plain data for ``documents/consolidated_plan.html``."""
        if not self.totals.reconciles:
            raise ValueError("The totals of the consolidated plan do not agree.")
        years = self.programme.years
        return {
            "programme": str(shown(self.programme, "title", self.language)),
            "what": ngettext("%(count)s line of work", "%(count)s lines of work", len(self.lines))
            % {"count": len(self.lines)},
            "who": self._who(),
            "when": f"{years[0]}–{years[-1]}",
            "frozen_at": self.edition.created_at,
            "content_hash": self.edition.sha256,
            "currency": self.programme.currency,
            "years": years,
            "tiles": self._tiles(),
            "figures": self._figures(),
            "budget": self._budget(),
            "themes": self._themes(),
            "line_list": self._line_list(),
            "making": self.making.report(),
            "lines": [self._chapter(one).report() for one in self.lines],
            "missing_lines": self._missing_lines(),
            "own": [self._chapter(one, f"O{number}").report() for number, one in enumerate(self.own, start=1)],
            "hidden_own": self.hidden_own,
            "money": self._money(),
            "who_does_what": who_does_what([one.plan for one in self.lines], self.reader),
            "lineage": lineage_of([one.plan for one in self.lines], self.reader, self.zones),
            "is_public": self.is_public,
        }

    def _chapter(self, one: Adopted, code: str = "") -> PlanChapter:
        return PlanChapter(one.plan, one.version, code or one.plan.code, self.zones, is_public=self.is_public)

    # --- cover and essentials ---

    def _who(self) -> str:
        organisations = len({pk for one in self.everything for pk in one.plan.organisation_ids})
        countries = len(self.country_codes)
        return format_words(
            [
                ngettext("%(count)s organisation", "%(count)s organisations", organisations)
                % {"count": format_number(organisations)},
                ngettext("%(count)s country", "%(count)s countries", countries) % {"count": format_number(countries)},
            ]
        )

    def _tiles(self) -> Any:
        """The countries of the programme by zone; those in which something is planned are filled."""
        groups = []
        for zone in self.zones.values():
            tiles = [
                Tile(
                    one.iso2,
                    one.name,
                    one.tile_row,
                    one.tile_column,
                    "" if one.iso2 in self.country_codes else "to_come",
                )
                for one in self.all_countries
                if one.zone_id == zone.pk and one.iso2 not in self.reader.hidden_countries
            ]
            if tiles:
                groups.append(TileGroup(zone.code, zone.name or zone.slug, tiles))
        title = _("Countries of the programme, by zone")
        return tile_grid(groups, title=title, target="print", columns=3) if groups else ""

    def _figures(self) -> list[tuple[str, str]]:
        organisations = len({pk for one in self.everything for pk in one.plan.organisation_ids})
        indicators = sum(len(result.indicators) for one in self.everything for result in one.plan.results)
        countries, lines, own = len(self.country_codes), len(self.lines), len(self.own) + self.hidden_own
        return [
            (format_money(self.totals.total, self.programme.currency), _("budget for five years")),
            (format_number(lines), ngettext("line of work", "lines of work", lines)),
            (format_number(countries), ngettext("country", "countries", countries)),
            (format_number(organisations), ngettext("organisation", "organisations", organisations)),
            (format_number(indicators), ngettext("indicator", "indicators", indicators)),
            (format_number(own), ngettext("organisation's own plan", "organisations' own plans", own)),
        ]

    def _budget(self) -> dict[str, Any]:
        """The picture by year, its numbers, and how much the organisations bring themselves."""
        title = _("Budget by year and source, in %(currency)s") % {"currency": self.programme.currency}
        return {
            "picture": budget_bars(self.totals, title=title, target="print") if self.totals.total else "",
            "table": self._by_year(
                title,
                [Column(_("Source"), width=25)],
                [([capital(FundingSource(key).label)], row) for key, row in self.totals.source_grid.items()],
            ),
            "own_share": format_share(self.totals.own_share) if self.totals.own_share is not None else "",
            "own": format_money(self.totals.own, self.programme.currency),
            "gap": format_money(self.totals.own_gap, self.programme.currency) if self.totals.own_gap else "",
        }

    def _by_year(self, caption: str, heads: list[Column], rows: list[tuple[list[Any], dict[int, Decimal]]]) -> Table:
        """Anything by year, with its sums at the right and below. ``heads`` are the columns of the labels."""
        years = list(self.totals.by_year)
        return Table(
            caption,
            [*heads, *(Column(str(year), numeric=True) for year in years), Column(_("Total"), numeric=True)],
            [
                [*labels, *(format_number(row[year]) for year in years), format_number(sum(row.values()))]
                for labels, row in rows
            ],
            totals=[
                _("Total"),
                *[""] * (len(heads) - 1),
                *(format_number(amount) for amount in self.totals.by_year.values()),
                format_number(self.totals.total),
            ],
        )

    def _themes(self) -> Table:
        """What the plan works on: lines and money by theme."""
        themes: dict[int, list[Adopted]] = {}
        for one in self.lines:
            themes.setdefault((one.plan.line or {})["theme"]["id"], []).append(one)
        rows = []
        for members in themes.values():
            theme = (members[0].plan.line or {})["theme"]
            amount = sum((one.plan.totals.total for one in members), Decimal("0.00"))
            title = self.reader.text(theme["title"], "theme", theme["id"], "title")
            rows.append([title, format_words(one.plan.code for one in members), format_number(amount)])
        return Table(
            "",
            [
                Column(_("Theme"), width=50),
                Column(_("Lines of work"), width=30),
                Column(_("Budget"), numeric=True, width=20),
            ],
            rows,
            totals=[_("Total"), "", format_number(self.totals.total)],
        )

    def _line_list(self) -> Table:
        """All lines on one page: what, where, how many carry it, for how much."""
        rows = []
        for one in self.lines:
            line = one.plan.line or {}
            rows.append(
                [
                    one.plan.code,
                    one.plan.title,
                    self._zone(line["zone"]),
                    format_number(len(carriers_of(line))),
                    format_number(one.plan.totals.total),
                ]
            )
        return Table(
            "",
            [
                Column(_("Code"), width=10),
                Column(_("Line of work"), width=45),
                Column(_("Where"), width=20),
                Column(_("Organisations"), numeric=True),
                Column(_("Budget"), numeric=True),
            ],
            rows,
            totals=["", _("Total"), "", "", format_number(self.totals.total)],
        )

    def _zone(self, slug: str | None) -> str:
        zone = self.zones.get(slug or "")
        return (zone.name or zone.slug) if zone else _("all zones")

    def _missing_lines(self) -> list[dict[str, Any]]:
        """Decided lines of work whose plan is not adopted yet: said aloud."""
        there = {one.plan.line["id"] for one in self.lines if one.plan.line}
        lines = sorted(self.edition.facts.get("lines", []), key=lambda line: natural_key(line["code"]))
        return [
            {"code": line["code"], "title": self.reader.text(line["title"], "line", line["id"], "title")}
            for line in lines
            if line["id"] not in there
        ]

    # --- money ---

    def _money(self) -> dict[str, Any]:
        """The budget of everything, three ways, each with the same total."""
        by_line = self.totals.by(lambda one: (one.plan, one.year))
        years = list(self.totals.by_year)
        lines = [
            (
                [one.plan.code, one.plan.title],
                {year: by_line.get((one.plan.plan_id, year), Decimal("0.00")) for year in years},
            )
            for one in self.lines
        ]
        heads = [Column(_("Code"), width=5), Column(_("Line of work"), width=35)]
        return {
            "by_line": self._by_year(_("Budget by line of work and year"), heads, lines),
            "by_category": self._by_year(
                _("Budget by cost category and year"), [Column(_("Cost category"), width=25)], self._categories()
            ),
            "by_organisation": self._by_organisation(),
            "reconciles": self.totals.reconciles,
            "total": format_money(self.totals.total, self.programme.currency),
        }

    def _categories(self) -> list[tuple[list[Any], dict[int, Decimal]]]:
        return [([capital(CostCategory(key).label)], row) for key, row in self.totals.grid.items()]

    def _by_organisation(self) -> Table:
        """For coordinators every organisation; for everyone the named ones, and all others as one sum."""
        shown_sums: dict[str, Decimal] = {}
        others = Decimal("0.00")
        for pk, amount in self.totals.by_organisation.items():
            organisation = self.reader.organisations.get(pk or 0)
            if organisation is None or (self.is_public and organisation.identity != Identity.NAMED):
                others += amount
            else:
                name = self.reader.name(pk)
                shown_sums[name] = shown_sums.get(name, Decimal("0.00")) + amount
        ranked = sorted(shown_sums.items(), key=lambda pair: (-pair[1], pair[0]))
        rows: list[list[Any]] = [[name, format_number(amount)] for name, amount in ranked]
        if others:
            rows.append([_("Organisations that are not named"), format_number(others)])
        return Table(
            _("Budget by responsible organisation"),
            [Column(_("Organisation"), width=75), Column(_("Total"), numeric=True, width=25)],
            rows,
            totals=[_("Total"), format_number(self.totals.total)],
        )
