"""The rules by which approved candidates take seats, each with its versions.

A rule is never changed: a change that alters any result is a new version beside the old one, so that a result that
says under which one it was made can be worked out again in ten years.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from .approvals import Approvals, Seats
from .equal_shares import equal_shares
from .errors import WeighingError
from .phragmen import phragmen
from .plain import plain_count
from .weights import ONE

PUBLISHED_ORDER, SEED = "published order", "seed"


@dataclass(frozen=True)
class Terms:
    """By what a round is decided, all of it said before the ballots open.

    ``weights`` is one of ``weights.WEIGHTS``; ``floors`` says by zone how many seats at least go to candidates that
    were proposed in that zone; ``seed`` decides ties (``ties``).
    """

    rule: str
    seats: int
    version: str = "1"
    weights: str = ONE
    floors: Mapping[str, int] = field(default_factory=dict)
    seed: str = ""


@dataclass(frozen=True)
class Rule:
    """How seats are filled, and whether ties go by the published order of the candidates or by the seed."""

    fill: Callable[[Approvals, Seats], None]
    ties: str = SEED


RULES: dict[str, dict[str, Rule]] = {
    "plain_count": {
        "1": Rule(plain_count, ties=PUBLISHED_ORDER),
        "2": Rule(plain_count),
    },
    "phragmen": {"1": Rule(phragmen)},
    "equal_shares": {"1": Rule(equal_shares)},
}


def latest(rule: str) -> str:
    """The version of ``rule`` that a new round takes. Raises WeighingError for an unknown rule."""
    if rule not in RULES:
        raise WeighingError(f"There is no rule {rule!r}. There is: {', '.join(RULES)}")
    return list(RULES[rule])[-1]


def rule_of(terms: Terms) -> Rule:
    """Raises WeighingError when there is no such rule, or not in that version."""
    latest(terms.rule)
    versions = RULES[terms.rule]
    if terms.version not in versions:
        raise WeighingError(f"{terms.rule} has no version {terms.version!r}. There is: {', '.join(versions)}")
    return versions[terms.version]
