"""How far the organisations and the zones agree: measures to report, never to decide by.

Kendall's W for m organisations that rank n candidates, with R_j the sum of the ranks of candidate j:

    W = 12 S / (m^2 (n^3 - n) - m T),  S = sum over j of (R_j - m (n + 1) / 2)^2,
    T = sum over organisations and groups of t equal candidates of (t^3 - t).

Equal candidates get the mean of the ranks they take up together. 0 is no agreement at all, 1 is all alike.

Group-informed consensus of a candidate: the product over the zones of (A + 1) / (S + 2), where A of the S ballots of a
zone approve it. One zone that is against pulls it down, however small that zone. Its root (of as many zones as there
are) reads like a share. Here the zones are the groups; none are searched for by machine. The product is exact; the root
is rounded down to ``ROOT_DIGITS`` digits after the point, by whole numbers alone, so it is the same everywhere.

Sources: M. G. Kendall and B. Babington Smith, "The Problem of m Rankings" (1939); Polis for the consensus.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TypeVar

from .outcome import Outcome
from .rankings import levels

K = TypeVar("K", bound=Hashable)
V = TypeVar("V", bound=Hashable)
ROOT_DIGITS = 6


@dataclass(frozen=True)
class Concordance:
    """Kendall's W and the mean of the rank correlations of all pairs, (m W - 1) / (m - 1).

    The mean is exactly that of Spearman's correlations where no organisation has equal ranks, and close to it else.
    Either is None where it says nothing: fewer than two candidates, or no organisation that tells any of them apart;
    for the mean, fewer than two organisations.
    """

    organisations: int
    candidates: int
    w: Fraction | None
    mean_correlation: Fraction | None


@dataclass(frozen=True)
class Consensus:
    """The group-informed consensus of one candidate over ``zones`` zones with ballots."""

    product: Fraction
    root: Decimal
    zones: int


def mid_ranks(given: Sequence[int]) -> list[Fraction]:
    """Ranks from 1 to their number; equal ones share the mean of those they take up."""
    sizes = Counter(given)
    first, start = {}, 1
    for level in sorted(sizes):
        first[level] = Fraction(2 * start + sizes[level] - 1, 2)
        start += sizes[level]
    return [first[level] for level in given]


def kendalls_w(candidates: Sequence[K], ballots: Sequence[Mapping[K, int]]) -> Concordance:
    """How alike ``ballots`` rank ``candidates``; those without a rank are equal last."""
    n, m = len(candidates), len(ballots)
    sums, ties = [Fraction(0)] * n, 0
    for ranks in ballots:
        given = levels(candidates, ranks)
        sums = [total + rank for total, rank in zip(sums, mid_ranks(given), strict=True)]
        ties += sum(size**3 - size for size in Counter(given).values())
    below = m * m * (n**3 - n) - m * ties
    if not below:
        return Concordance(m, n, None, None)
    mean = Fraction(m * (n + 1), 2)
    w = Fraction(12 * sum((total - mean) ** 2 for total in sums)) / below
    return Concordance(m, n, w, Fraction(m * w - 1, m - 1) if m > 1 else None)


def kendalls_w_by_zone(
    candidates: Sequence[K], ballots: Mapping[V, Mapping[K, int]], zones: Mapping[V, str]
) -> dict[str, Concordance]:
    """Kendall's W inside each zone that has a ballot."""
    inside: dict[str, list[Mapping[K, int]]] = {}
    for voter, ranks in ballots.items():
        inside.setdefault(zones[voter], []).append(ranks)
    return {zone: kendalls_w(candidates, ranks) for zone, ranks in inside.items()}


def group_consensus(approving: Mapping[str, int], ballots: Mapping[str, int]) -> Consensus:
    """From the ballots of each zone that approve a candidate, and all of its ballots.

    Zones without a ballot are left out: they say nothing about any candidate.
    """
    product, zones = Fraction(1), 0
    for zone, number in ballots.items():
        if number:
            product *= Fraction(approving.get(zone, 0) + 1, number + 2)
            zones += 1
    return Consensus(product, root_of(product, zones) if zones else Decimal(1), zones)


def consensus_of(outcome: Outcome[K]) -> dict[K, Consensus]:
    """The group-informed consensus of every candidate of a round of approvals, in the order of its ranking."""
    ballots = {zone: group.ballots for zone, group in outcome.groups.items()}
    return {
        candidate: group_consensus({zone: group.counts[candidate] for zone, group in outcome.groups.items()}, ballots)
        for candidate in outcome.ranking
    }


def root_of(share: Fraction, degree: int) -> Decimal:
    """The root of ``share`` (not below nought), rounded down to ``ROOT_DIGITS`` digits after the point."""
    scaled = share.numerator * 10 ** (ROOT_DIGITS * degree) // share.denominator
    low, high = 0, 1 << (scaled.bit_length() // degree + 1)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if middle**degree <= scaled else (low, middle)
    return Decimal(low).scaleb(-ROOT_DIGITS)
