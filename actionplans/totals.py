"""What things cost together: exact sums of budget lines, from the live rows or from frozen versions alike."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, TypeVar

from .models import CostCategory, FundingSource

OWN_SHARE = Decimal("0.20")
NOTHING = Decimal("0.00")
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Amount:
    """One budget line with everything that it can be added up by."""

    year: int
    category: str
    source: str
    amount: Decimal
    organisation: int | None = None
    plan: int | None = None
    activity: int | None = None


class Totals:
    """Sums of the same amounts along every side. ``Decimal`` throughout: nothing is rounded."""

    def __init__(self, amounts: Iterable[Amount], years: Iterable[int]):
        self.amounts = list(amounts)
        self.years = list(years)

    def by(self, key: Callable[[Amount], Key]) -> dict[Key, Decimal]:
        """The sum for each value of ``key`` that occurs."""
        sums: dict[Key, Decimal] = {}
        for amount in self.amounts:
            sums[key(amount)] = sums.get(key(amount), NOTHING) + amount.amount
        return sums

    def only(self, condition: Callable[[Amount], bool]) -> Totals:
        return Totals([amount for amount in self.amounts if condition(amount)], self.years)

    @cached_property
    def total(self) -> Decimal:
        return sum((amount.amount for amount in self.amounts), NOTHING)

    @cached_property
    def by_year(self) -> dict[int, Decimal]:
        """Every year of the programme, also those without an amount."""
        return {**dict.fromkeys(self.years, NOTHING), **self.by(lambda one: one.year)}

    @cached_property
    def by_category(self) -> dict[str, Decimal]:
        found = self.by(lambda one: one.category)
        return {category.value: found.get(category.value, NOTHING) for category in CostCategory}

    @cached_property
    def by_source(self) -> dict[str, Decimal]:
        found = self.by(lambda one: one.source)
        return {source.value: found.get(source.value, NOTHING) for source in FundingSource}

    @cached_property
    def by_organisation(self) -> dict[int | None, Decimal]:
        return self.by(lambda one: one.organisation)

    @cached_property
    def by_plan(self) -> dict[int | None, Decimal]:
        return self.by(lambda one: one.plan)

    @cached_property
    def by_activity(self) -> dict[int | None, Decimal]:
        return self.by(lambda one: one.activity)

    @cached_property
    def grid(self) -> dict[str, dict[int, Decimal]]:
        """Cost categories by year; categories without any amount are left out."""
        found = self.by(lambda one: (one.category, one.year))
        return {
            category.value: {year: found.get((category.value, year), NOTHING) for year in self.by_year}
            for category in CostCategory
            if self.by_category[category.value]
        }

    @cached_property
    def source_grid(self) -> dict[str, dict[int, Decimal]]:
        """Sources by year; sources without any amount are left out."""
        found = self.by(lambda one: (one.source, one.year))
        return {
            source.value: {year: found.get((source.value, year), NOTHING) for year in self.by_year}
            for source in FundingSource
            if self.by_source[source.value]
        }

    @property
    def reconciles(self) -> bool:
        """Whether every way of adding up comes to the same, to the cent."""
        sides: list[dict[Any, Decimal]] = [
            self.by_year,
            self.by_category,
            self.by_source,
            self.by_organisation,
            self.by_plan,
            self.by_activity,
            {key: sum(row.values(), NOTHING) for key, row in self.grid.items()},
        ]
        return all(sum(side.values(), NOTHING) == self.total for side in sides)

    @property
    def own(self) -> Decimal:
        return self.by_source[FundingSource.OWN]

    @property
    def own_share(self) -> Decimal | None:
        """The own contribution as a part of everything; None without a budget."""
        return self.own / self.total if self.total else None

    @property
    def own_gap(self) -> Decimal:
        """How much own contribution is missing to reach the share that is asked."""
        return max(NOTHING, (self.total * OWN_SHARE).quantize(Decimal("0.01")) - self.own)
