"""Rounds in which a few candidates are ranked: the Schulze method.

A ballot gives ranks, 1 for the best; equal ranks are allowed, and candidates without a rank are all equal, after those
with one. d(a, b) is the weight of the ballots that rank a before b. A *path* from a to b goes from candidate to
candidate, each step a duel won (d(x, y) > d(y, x)); it is as strong as the weakest d on it. a comes before b when its
strongest path to b is stronger than the strongest path back.

That relation never runs in a circle, but it may leave two candidates level. ``places`` takes those first that nobody
comes before, then those that only they come before, and so on; within a place the seed decides.

Nobody ranks a hundred things by hand: more than ``MOST`` candidates are refused.
Source: M. Schulze, "A new monotonic, clone-independent, reversal symmetric, and Condorcet-consistent single-winner
election method" (2011), with winning votes.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from .errors import WeighingError
from .ties import tie_key

K = TypeVar("K", bound=Hashable)
V = TypeVar("V", bound=Hashable)
MOST = 12


@dataclass(frozen=True)
class SchulzeOutcome(Generic[K]):
    """``ranking`` holds every candidate; ``places`` those that are level, together.

    ``duels[a, b]`` is the weight of the ballots that rank a before b, ``paths[a, b]`` the strength of the strongest
    path (nought when there is none).
    """

    ranking: list[K]
    places: list[list[K]]
    duels: dict[tuple[K, K], int]
    paths: dict[tuple[K, K], int]
    ballots: int


def levels(candidates: Sequence[K], ranks: Mapping[K, int]) -> list[int]:
    """The ranks of ``candidates`` on one ballot, those without one as equal last. Raises WeighingError below 1."""
    if ranks and min(ranks.values()) < 1:
        raise WeighingError("The best rank is 1.")
    last = max(ranks.values(), default=0) + 1
    return [ranks.get(candidate, last) for candidate in candidates]


def schulze(
    candidates: Sequence[K],
    ballots: Mapping[V, Mapping[K, int]],
    *,
    weights: Mapping[V, int] | None = None,
    codes: Mapping[K, str] | None = None,
    seed: str = "",
) -> SchulzeOutcome[K]:
    """Order ``candidates`` by ``ballots``, which all weigh the same unless ``weights`` says what.

    Raises WeighingError for more candidates than can be ranked by hand, an unknown candidate and a rank below 1.
    """
    if len(candidates) > MOST:
        raise WeighingError(f"Rank at most {MOST} candidates.")
    duels = dict.fromkeys(((a, b) for a in candidates for b in candidates if a != b), 0)
    for voter, ranks in ballots.items():
        if unknown := [candidate for candidate in ranks if candidate not in candidates]:
            raise WeighingError(f"There is no candidate {unknown[0]!r}.")
        given = dict(zip(candidates, levels(candidates, ranks), strict=True))
        for a, b in duels:
            if given[a] < given[b]:
                duels[a, b] += weights[voter] if weights else 1
    paths = strongest_paths(candidates, duels)
    code = codes or {candidate: str(candidate) for candidate in candidates}
    found = _places(candidates, paths)
    for level in found:
        level.sort(key=lambda candidate: tie_key(seed, code[candidate]))
    return SchulzeOutcome(
        ranking=[candidate for level in found for candidate in level],
        places=found,
        duels=duels,
        paths=paths,
        ballots=len(ballots),
    )


def strongest_paths(candidates: Sequence[K], duels: Mapping[tuple[K, K], int]) -> dict[tuple[K, K], int]:
    """The widest paths between all pairs (Floyd and Warshall), over duels that were won."""
    paths = {(a, b): won if won > duels[b, a] else 0 for (a, b), won in duels.items()}
    for over in candidates:
        for a in candidates:
            for b in candidates:
                if len({a, b, over}) == 3:
                    paths[a, b] = max(paths[a, b], min(paths[a, over], paths[over, b]))
    return paths


def _places(candidates: Sequence[K], paths: Mapping[tuple[K, K], int]) -> list[list[K]]:
    left, found = list(candidates), []
    while left:
        level = [b for b in left if not any(paths[a, b] > paths[b, a] for a in left if a != b)]
        found.append(level)
        left = [candidate for candidate in left if candidate not in level]
    return found
