"""Reading a frozen plan: for the page of a version and for the consolidated plan alike.

Everything here is plain data in one language. Organisations stand in a snapshot by their id; what each is called, and
whether the places of its work may be shown, is decided now, for this reader.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.utils.translation import ngettext

from planning_portal.languages.models import Multilingual
from planning_portal.languages.names import country_name
from planning_portal.languages.queries import ShownText, attach_units
from planning_portal.organisations.identity import Viewer, name_of
from planning_portal.organisations.models import Organisation, Zone
from planning_portal.programme.models import Theme
from workshops.models import Candidate, Decision, LineOfWork, Workshop

from .codes import natural_key
from .models import Accumulation, ActionPlan, Activity, Indicator, Measure, Result, Risk, end_target
from .naming import alphabetical
from .snapshots import Data, thaw
from .totals import Amount, Totals

LiveTexts = Mapping[tuple[str, int], Multilingual]
MODELS: dict[str, type[Multilingual]] = {
    "plan": ActionPlan,
    "line": LineOfWork,
    "theme": Theme,
    "result": Result,
    "indicator": Indicator,
    "activity": Activity,
    "risk": Risk,
    "candidate": Candidate,
    "decision": Decision,
    "workshop": Workshop,
}


@dataclass
class Reader:
    """Who reads: a language, what they may know, and where better translations than the frozen ones may be found.

    ``hidden_countries`` are those whose names this reader must not find.
    """

    language: str
    viewer: Viewer
    organisations: dict[int, Organisation] = field(default_factory=dict)
    live: LiveTexts = field(default_factory=dict)
    hidden_countries: frozenset[str] = frozenset()

    def text(self, frozen: Data | None, kind: str = "", pk: int = 0, field_name: str = "") -> ShownText:
        return thaw(frozen, self.language, self.live.get((kind, pk)), field_name)

    def name(self, pk: int | None) -> str:
        """The organisation as this reader may know it; "" for none."""
        organisation = self.organisations.get(pk or 0)
        return name_of(organisation, self.viewer) if organisation is not None else ""

    def knows(self, pk: int | None) -> bool:
        organisation = self.organisations.get(pk or 0)
        return organisation is None or self.viewer.knows(organisation)

    def countries(self, codes: Iterable[str]) -> list[str]:
        """Names in alphabetical order; those that must not be found are counted at the end."""
        codes = set(codes)
        named = sorted((country_name(iso2, self.language) for iso2 in codes - self.hidden_countries), key=alphabetical)
        hidden = len(codes & self.hidden_countries)
        if hidden:
            named.append(
                ngettext("%(count)s country that is not named", "%(count)s countries that are not named", hidden)
                % {"count": hidden}
            )
        return named


@dataclass(frozen=True)
class FrozenIndicator:
    code: str
    title: ShownText
    unit: ShownText
    means: ShownText
    measure: str
    accumulation: str
    baseline: Decimal | None
    baseline_year: int | None
    baseline_to_measure: bool
    targets: dict[int, Decimal]
    targets_to_set: bool
    end: Decimal | None

    @property
    def is_percentage(self) -> bool:
        return self.measure == Measure.PERCENTAGE

    @property
    def counting(self) -> str:
        return str(Accumulation(self.accumulation).label)


@dataclass(frozen=True)
class FrozenActivity:
    code: str
    title: ShownText
    description: ShownText
    responsible: str
    countries: list[str]
    country_codes: list[str]
    start: int
    end: int
    total: Decimal
    has_no_budget: bool


@dataclass(frozen=True)
class FrozenResult:
    code: str
    is_outcome: bool
    statement: ShownText
    assumption: ShownText
    contributes_to: str
    indicators: list[FrozenIndicator]
    activities: list[FrozenActivity]


@dataclass(frozen=True)
class FrozenRisk:
    code: str
    description: ShownText
    mitigation: ShownText
    probability: int
    impact: int

    @property
    def score(self) -> int:
        return self.probability * self.impact


class FrozenPlan:
    """A snapshot as one reader may read it."""

    def __init__(self, snapshot: Data, reader: Reader):
        self.snapshot = snapshot
        self.reader = reader

    @property
    def years(self) -> list[int]:
        return list(self.snapshot["programme"]["years"])

    @property
    def currency(self) -> str:
        return str(self.snapshot["programme"]["currency"])

    @property
    def plan_id(self) -> int:
        return int(self.snapshot["plan"]["id"])

    @property
    def line(self) -> Data | None:
        return self.snapshot["line"]

    @property
    def organisation_id(self) -> int | None:
        return self.snapshot["plan"]["organisation"]

    @cached_property
    def code(self) -> str:
        return self.line["code"] if self.line else ""

    @cached_property
    def title(self) -> ShownText | str:
        """The line's title, or the organisation as the reader may know it."""
        if self.line:
            return self.reader.text(self.line["title"], "line", self.line["id"], "title")
        return self.reader.name(self.organisation_id)

    @cached_property
    def summary(self) -> ShownText:
        return self.reader.text(self.snapshot["plan"]["summary"], "plan", self.plan_id, "summary")

    @cached_property
    def results(self) -> list[FrozenResult]:
        return [self._result(one) for one in sorted(self.snapshot["results"], key=lambda one: natural_key(one["code"]))]

    @cached_property
    def risks(self) -> list[FrozenRisk]:
        return [self._risk(one) for one in self.snapshot["risks"]]

    @cached_property
    def public_risks(self) -> list[FrozenRisk]:
        return [self._risk(one) for one in self.snapshot["risks"] if one["is_public"]]

    @cached_property
    def totals(self) -> Totals:
        return Totals(self.amounts, self.years)

    @cached_property
    def amounts(self) -> list[Amount]:
        return [
            Amount(year, category, source, Decimal(amount), activity["organisation"], self.plan_id, activity["id"])
            for result in self.snapshot["results"]
            for activity in result["activities"]
            for year, category, source, amount, _note in activity["budget"]
        ]

    @cached_property
    def organisation_ids(self) -> set[int]:
        """Every organisation that stands in the plan."""
        return organisations_in(self.snapshot)

    @cached_property
    def country_codes(self) -> set[str]:
        """Every country in which something is planned."""
        return {
            iso2 for result in self.snapshot["results"] for one in result["activities"] for iso2 in one["countries"]
        }

    def _result(self, one: Data) -> FrozenResult:
        target = one["contributes_to"]
        return FrozenResult(
            code=one["code"],
            is_outcome=one["kind"] == "outcome",
            statement=self.reader.text(one["statement"], "result", one["id"], "statement"),
            assumption=self.reader.text(one["assumption"], "result", one["id"], "assumption"),
            contributes_to=f"{target['line']} {target['code']}" if target else "",
            indicators=[self._indicator(entry) for entry in one["indicators"]],
            activities=[self._activity(entry) for entry in one["activities"]],
        )

    def _indicator(self, one: Data) -> FrozenIndicator:
        targets = {int(year): Decimal(value) for year, value in one["targets"].items()}
        return FrozenIndicator(
            code=one["code"],
            title=self.reader.text(one["title"], "indicator", one["id"], "title"),
            unit=self.reader.text(one["unit"], "indicator", one["id"], "unit"),
            means=self.reader.text(one["means"], "indicator", one["id"], "means_of_verification"),
            measure=one["measure"],
            accumulation=one["accumulation"],
            baseline=Decimal(one["baseline"]) if one["baseline"] is not None else None,
            baseline_year=one["baseline_year"],
            baseline_to_measure=one["baseline_to_measure"],
            targets=targets,
            targets_to_set=one["targets_to_set"],
            end=end_target(one["accumulation"], one["measure"], targets),
        )

    def _activity(self, one: Data) -> FrozenActivity:
        responsible = one["organisation"] or self.organisation_id
        codes = one["countries"] if self.reader.knows(responsible) else []
        return FrozenActivity(
            code=one["code"],
            title=self.reader.text(one["title"], "activity", one["id"], "title"),
            description=self.reader.text(one["description"], "activity", one["id"], "description"),
            responsible=self.reader.name(responsible),
            countries=self.reader.countries(codes),
            country_codes=codes,
            start=one["start"],
            end=one["end"],
            total=sum((Decimal(amount) for *_key, amount, _note in one["budget"]), Decimal("0.00")),
            has_no_budget=one["has_no_budget"],
        )

    def _risk(self, one: Data) -> FrozenRisk:
        return FrozenRisk(
            code=f"R{one['position']}",
            description=self.reader.text(one["description"], "risk", one["id"], "description"),
            mitigation=self.reader.text(one["mitigation"], "risk", one["id"], "mitigation"),
            probability=one["probability"],
            impact=one["impact"],
        )


def organisations_in(*snapshots: Data) -> set[int]:
    """The ids of every organisation that stands in the snapshots."""
    found: set[int] = set()
    for snapshot in snapshots:
        line = snapshot["line"]
        named = [snapshot["plan"]["organisation"], *([line["lead"], *line["organisations"]] if line else [])]
        named += [one["organisation"] for result in snapshot["results"] for one in result["activities"]]
        found |= {pk for pk in named if pk is not None}
    return found


def load_organisations(ids: Iterable[int]) -> dict[int, Organisation]:
    """The organisations by id, as they are now: one query."""
    return {one.pk: one for one in Organisation.objects.filter(pk__in=set(ids)).select_related("country__zone")}


def load_zones() -> dict[str, Zone]:
    """The zones by slug, in their order: one query."""
    return {zone.slug: zone for zone in Zone.objects.order_by("order", "slug")}


def load_live(snapshots: Iterable[Data], facts: Data) -> LiveTexts:
    """The objects that frozen texts were taken from, where they still exist: one query for each model, one for all
    their translations."""
    wanted: dict[str, set[int]] = {kind: set() for kind in MODELS}
    for snapshot in snapshots:
        wanted["plan"].add(snapshot["plan"]["id"])
        wanted["risk"] |= {one["id"] for one in snapshot["risks"]}
        wanted["candidate"] |= {one["id"] for one in snapshot["origins"]}
        if snapshot["line"]:
            wanted["line"].add(snapshot["line"]["id"])
            wanted["theme"].add(snapshot["line"]["theme"]["id"])
        for result in snapshot["results"]:
            wanted["result"].add(result["id"])
            wanted["indicator"] |= {one["id"] for one in result["indicators"]}
            wanted["activity"] |= {one["id"] for one in result["activities"]}
    wanted["line"] |= {one["id"] for one in facts.get("lines", [])}
    for workshop in facts.get("workshops", []):
        wanted["workshop"].add(workshop["id"])
        wanted["candidate"] |= {one["id"] for one in workshop["set_aside"]}
        wanted["decision"] |= {one["decision"] for one in workshop["set_aside"]}
    live: dict[tuple[str, int], Any] = {}
    for kind, model in MODELS.items():
        if wanted[kind]:
            live |= {(kind, pk): obj for pk, obj in model._base_manager.in_bulk(wanted[kind]).items()}
    attach_units(live.values())
    return live
