"""What if: the same ballots under each rule and each weight, beside the terms that are in force.

Plain data for a page to draw as a picture and a table. It helps those who choose the rule *before* ballots open (on
the ballots of an earlier round), and shows afterwards what hangs on it. It decides nothing. How many choices of each
organisation are in is by organisation: what of it may be shown is decided elsewhere (``disclosure``).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Generic, TypeVar

from .outcome import Outcome, decide
from .rules import RULES, Terms, latest
from .weights import WEIGHTS

K = TypeVar("K", bound=Hashable)
V = TypeVar("V", bound=Hashable)


@dataclass(frozen=True)
class ZoneView:
    """How a zone fares: its ballots that approve something, how many of them are covered, choices in on average."""

    voting: int
    covered: int
    mean_choices: Fraction

    @property
    def with_none(self) -> Fraction:
        """The share of its organisations that see none of their choices in the result."""
        return Fraction(self.voting - self.covered, self.voting) if self.voting else Fraction(0)


@dataclass(frozen=True)
class Alternative(Generic[K, V]):
    """The result on other terms. ``enters`` and ``leaves`` are against the terms in force, in the order of the results.

    ``choices_in`` is for each organisation how many of its choices are in the result.
    """

    terms: Terms
    chosen: list[K]
    enters: list[K]
    leaves: list[K]
    tied_at_edge: list[K]
    covered: int
    zones: dict[str, ZoneView]
    choices_in: dict[V, int]
    is_in_force: bool = False


def terms_side_by_side(in_force: Terms) -> list[Terms]:
    """Every rule with every weight, with the seats, floors and seed in force; the terms in force themselves come first.

    A rule that is in force keeps its version; the others come in their latest.
    """
    others = [
        replace(
            in_force, rule=rule, version=in_force.version if rule == in_force.rule else latest(rule), weights=weights
        )
        for rule in RULES
        for weights in WEIGHTS
    ]
    return [in_force, *(terms for terms in others if terms != in_force)]


def compare(
    in_force: Terms,
    candidates: Sequence[K],
    ballots: Mapping[V, frozenset[K]],
    *,
    zones: Mapping[V, str],
    others: Iterable[Terms] | None = None,
    sizes: Mapping[str, int] | None = None,
    homes: Mapping[K, str] | None = None,
    codes: Mapping[K, str] | None = None,
) -> list[Alternative[K, V]]:
    """The result on the terms in force, then on each of ``others`` (``terms_side_by_side`` when left out).

    Raises what ``decide`` raises.
    """
    wanted = terms_side_by_side(in_force) if others is None else [in_force, *others]
    outcomes = [
        decide(terms, candidates, ballots, zones=zones, sizes=sizes, homes=homes, codes=codes) for terms in wanted
    ]
    first = outcomes[0]
    return [
        _alternative(terms, outcome, first, ballots, zones, is_in_force=not place)
        for place, (terms, outcome) in enumerate(zip(wanted, outcomes, strict=True))
    ]


def _alternative(
    terms: Terms,
    outcome: Outcome[K],
    in_force: Outcome[K],
    ballots: Mapping[V, frozenset[K]],
    zones: Mapping[V, str],
    *,
    is_in_force: bool,
) -> Alternative[K, V]:
    chosen, before = frozenset(outcome.chosen), frozenset(in_force.chosen)
    choices_in = {voter: len(choices & chosen) for voter, choices in ballots.items()}
    voting: dict[str, list[int]] = {zone: [] for zone in outcome.groups}
    for voter, choices in ballots.items():
        if choices:
            voting[zones[voter]].append(choices_in[voter])
    return Alternative(
        terms=terms,
        chosen=outcome.chosen,
        enters=[candidate for candidate in outcome.chosen if candidate not in before],
        leaves=[candidate for candidate in in_force.chosen if candidate not in chosen],
        tied_at_edge=outcome.tied_at_edge,
        covered=outcome.covered,
        zones={
            zone: ZoneView(
                len(numbers),
                sum(1 for number in numbers if number),
                Fraction(sum(numbers), len(numbers)) if numbers else Fraction(0),
            )
            for zone, numbers in voting.items()
        },
        choices_in=choices_in,
        is_in_force=is_in_force,
    )
