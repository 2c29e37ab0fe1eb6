"""The rules of a plan in words, asked by the forms and, again, by the services. Each problem is named by its field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from planning_portal.languages.services import LANGUAGE_CODES

from .models import QUARTERS, Accumulation, CostCategory, Direction, FundingSource, Measure

MITIGATION_FROM = 8
BASELINE_YEARS_BEFORE = 5

Problems = dict[str, str]


def refuse(problems: Mapping[str, str]) -> None:
    """Raise ValidationError when there are problems."""
    if problems:
        raise ValidationError({name: [message] for name, message in problems.items()})


def target_field(year: int) -> str:
    """The name of the field that holds the target of a year."""
    return f"target_{year}"


def problems_of_language(language: str) -> Problems:
    if language not in LANGUAGE_CODES:
        return {"source_language": _("Choose the language in which you write.")}
    return {}


def problems_of_texts(required: Iterable[str], texts: Mapping[str, str]) -> Problems:
    return {name: _("Write this: it cannot stay empty.") for name in required if not texts.get(name, "").strip()}


def problems_of_indicator(
    *,
    years: list[int],
    measure: str,
    accumulation: str,
    direction: str,
    baseline_value: Decimal | None,
    baseline_year: int | None,
    baseline_to_measure: bool,
    targets: Mapping[int, Decimal | None],
    targets_to_set: bool,
) -> Problems:
    """What is wrong with the numbers of an indicator."""
    problems: Problems = {}
    given = {year: value for year, value in targets.items() if value is not None}
    problems |= _problems_of_baseline(years, baseline_value, baseline_year, baseline_to_measure)
    for year, value in given.items():
        if year not in years:
            problems[target_field(year)] = _("%(year)s is outside the programme.") % {"year": year}
        elif value < 0:
            problems[target_field(year)] = _("A target cannot be negative.")
    if measure == Measure.PERCENTAGE:
        if baseline_value is not None and baseline_value > 100:
            problems["baseline_value"] = _("A percentage is at most 100.")
        for year, value in given.items():
            if value > 100:
                problems[target_field(year)] = _("A percentage is at most 100.")
    if targets_to_set and given:
        problems["targets_to_set"] = _("Give targets, or say that they are not known yet: not both.")
    if accumulation == Accumulation.CUMULATIVE:
        for name, message in _problems_of_order(given, direction).items():
            problems.setdefault(name, message)
    return problems


def _problems_of_baseline(years: list[int], value: Decimal | None, year: int | None, to_measure: bool) -> Problems:
    problems: Problems = {}
    if value is not None and value < 0:
        problems["baseline_value"] = _("A baseline cannot be negative.")
    if value is not None and to_measure:
        problems["baseline_to_measure"] = _("Give the baseline, or say that it still has to be measured: not both.")
    if value is not None and year is None:
        problems["baseline_year"] = _("Say in which year the baseline was measured.")
    first, last = years[0] - BASELINE_YEARS_BEFORE, years[0]
    if year is not None and not first <= year <= last:
        problems["baseline_year"] = _("The baseline is of a year from %(first)s to %(last)s.") % {
            "first": first,
            "last": last,
        }
    return problems


def _problems_of_order(given: Mapping[int, Decimal], direction: str) -> Problems:
    """A cumulative count never goes back: each year is told that goes the wrong way."""
    problems: Problems = {}
    before: tuple[int, Decimal] | None = None
    for year in sorted(given):
        value = given[year]
        if before is not None:
            words = {"year": year, "before": before[0]}
            if direction == Direction.RISING and value < before[1]:
                problems[target_field(year)] = (
                    _("A cumulative target cannot fall: %(year)s is lower than %(before)s.") % words
                )
            if direction == Direction.FALLING and value > before[1]:
                problems[target_field(year)] = (
                    _("Less is better here, so the target cannot rise: %(year)s is higher than %(before)s.") % words
                )
        before = (year, value)
    return problems


def problems_of_quarters(start: int | None, end: int | None) -> Problems:
    if start is None or end is None:
        return {}
    if not (1 <= start <= QUARTERS and 1 <= end <= QUARTERS):
        return {"end_quarter": _("Choose quarters inside the programme.")}
    if end < start:
        return {"end_quarter": _("The last quarter cannot come before the first.")}
    return {}


def problems_of_risk(probability: int, impact: int, mitigation: str) -> Problems:
    if not (1 <= probability <= 5 and 1 <= impact <= 5):
        return {"probability": _("Probability and impact go from 1 to 5.")}
    if probability * impact >= MITIGATION_FROM and not mitigation.strip():
        return {
            "mitigation": _("Say what you do about it: this is asked of every risk that scores %(score)s or more.")
            % {"score": MITIGATION_FROM}
        }
    return {}


def cell_name(category: str, year: int) -> str:
    """The name of a cell of the budget grid."""
    return f"{category}_{year}"


def problems_of_budget(
    years: list[int], source: str, amounts: Mapping[tuple[str, int], Decimal | None], *, has_no_budget: bool
) -> Problems:
    """What is wrong with one source of an activity's budget."""
    problems: Problems = {}
    if source not in FundingSource.values:
        problems["source"] = _("Choose a source.")
    given = {key: amount for key, amount in amounts.items() if amount is not None}
    for (category, year), amount in given.items():
        name = cell_name(category, year)
        if category not in CostCategory.values:
            problems[name] = _("Choose a cost category.")
        elif year not in years:
            problems[name] = _("%(year)s is outside the programme.") % {"year": year}
        elif amount < 0:
            problems[name] = _("An amount cannot be negative.")
        elif amount != amount.quantize(Decimal("0.01")):
            problems[name] = _("Write an amount with at most two decimals.")
    if has_no_budget and any(given.values()):
        problems["has_no_budget"] = _("Give amounts, or say that this activity costs nothing: not both.")
    return problems


def clean_texts(texts: Mapping[str, Any]) -> dict[str, str]:
    """Texts as they are kept: one kind of line end, nothing around them."""
    return {name: str(text or "").replace("\r\n", "\n").strip() for name, text in texts.items()}
