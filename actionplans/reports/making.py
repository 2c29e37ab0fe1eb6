"""How the plan was built: consultations, workshops, and what was not taken up, with the reasons."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from planning_portal.documents.report import Column, Table
from planning_portal.organisations.models import Zone
from planning_portal.web.formatting import format_days, format_number, format_words
from workshops.models import DecisionOutcome

from ..reading import Reader
from ..snapshots import Data

KEPT = (DecisionOutcome.ADOPTED, DecisionOutcome.ADAPTED, DecisionOutcome.MERGED)


class Making:
    """The facts of an edition as one reader may read them."""

    def __init__(self, facts: Data, reader: Reader, zones: Mapping[str, Zone]):
        self.facts, self.reader, self.zones = facts, reader, zones

    def report(self) -> dict[str, Any]:
        zones = self.facts.get("zones", [])
        return {
            "countries": len({iso2 for zone in zones for iso2 in zone["countries"]}),
            "priorities": sum(zone["priorities"] for zone in zones),
            "workshops": len(self.facts.get("workshops", [])),
            "candidates": sum(one["candidates"] for one in self.facts.get("workshops", [])),
            "zones": self._zones(),
            "workshop_table": self._workshops(),
            "set_aside": self._set_aside(),
        }

    def _zone(self, slug: str | None) -> str:
        zone = self.zones.get(slug or "")
        return (zone.name or zone.slug) if zone else _("all zones")

    def _zones(self) -> Table | None:
        """Which countries were consulted, and how many priorities they agreed."""
        zones = self.facts.get("zones", [])
        rows = [
            [
                self._zone(one["zone"]),
                format_words(self.reader.countries(one["countries"])),
                format_number(one["priorities"]),
            ]
            for one in zones
        ]
        return (
            Table(
                _("Country consultations"),
                [
                    Column(pgettext("of the world", "Zone"), width=25),
                    Column(_("Countries"), width=55),
                    Column(_("Priorities agreed"), numeric=True, width=20),
                ],
                rows,
                totals=[_("Total"), "", format_number(sum(one["priorities"] for one in zones))],
            )
            if rows
            else None
        )

    def _workshops(self) -> Table | None:
        """When each workshop was, and what it decided."""
        rows = []
        for one in self.facts.get("workshops", []):
            starts, ends = (date.fromisoformat(one[name]) for name in ("starts", "ends"))
            rows.append(
                [
                    self.reader.text(one["title"], "workshop", one["id"], "title"),
                    format_days(starts, ends),
                    format_number(one["candidates"]),
                    format_number(sum(one["outcomes"].get(outcome, 0) for outcome in KEPT)),
                    format_number(one["outcomes"].get(DecisionOutcome.DEFERRED, 0)),
                    format_number(one["outcomes"].get(DecisionOutcome.NOT_RETAINED, 0)),
                ]
            )
        columns = [
            Column(_("Workshop"), width=35),
            Column(_("When"), width=20),
            Column(_("Candidates"), numeric=True),
            Column(_("Kept"), numeric=True),
            Column(_("Deferred"), numeric=True),
            Column(_("Not retained"), numeric=True),
        ]
        return Table(_("Workshops and their decisions"), columns, rows) if rows else None

    def _set_aside(self) -> list[dict[str, Any]]:
        """The proposals that were deferred or not retained, by workshop, each with the reason."""
        return [
            {
                "title": self.reader.text(workshop["title"], "workshop", workshop["id"], "title"),
                "candidates": [
                    {
                        "code": one["code"],
                        "title": self.reader.text(one["title"], "candidate", one["id"], "title"),
                        "outcome": str(DecisionOutcome(one["outcome"]).label),
                        "reason": self.reader.text(one["reason"], "decision", one["decision"], "reason"),
                    }
                    for one in workshop["set_aside"]
                ],
            }
            for workshop in self.facts.get("workshops", [])
            if workshop["set_aside"]
        ]
