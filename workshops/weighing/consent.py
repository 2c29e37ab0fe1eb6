"""Consent: a line of work stands when nobody objects with a reason, and enough organisations of each zone answered.

Each organisation says of a line: *agree*, *agree with reservation*, *stand aside* (it does not join in and does not
stand in the way), or *object*, which takes a reason. An objection without a reason is shown and does not stop the line.
What makes a line pass, and the quorum of each zone, is said before anybody answers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import Generic, TypeVar

from .errors import WeighingError

V = TypeVar("V", bound=Hashable)
AGREE, RESERVATION, STAND_ASIDE, OBJECT = "agree", "reservation", "stand_aside", "object"
ANSWERS = (AGREE, RESERVATION, STAND_ASIDE, OBJECT)
PASSES, OBJECTED, NO_QUORUM, NOBODY_AGREES = "passes", "objected", "no_quorum", "nobody_agrees"


@dataclass(frozen=True)
class Answer:
    """What one organisation says of one line. ``reason`` belongs to an objection; a reservation may have one."""

    kind: str
    reason: str = ""

    @property
    def stops(self) -> bool:
        """Whether it is an objection that stands."""
        return self.kind == OBJECT and bool(self.reason.strip())


@dataclass(frozen=True)
class ZoneConsent:
    """The answers of one zone by kind, and its quorum: how many of the ``entitled`` had to answer."""

    counts: dict[str, int]
    answered: int
    entitled: int
    needed: int

    @property
    def is_met(self) -> bool:
        return self.answered >= self.needed


@dataclass(frozen=True)
class ConsentOutcome(Generic[V]):
    """``verdict`` is the first of these that holds: ``objected``, ``no_quorum``, ``nobody_agrees``, ``passes``.

    ``objections`` are the organisations whose reasoned objection stands; ``without_reason`` those whose does not.
    """

    verdict: str
    counts: dict[str, int]
    zones: dict[str, ZoneConsent]
    objections: list[V]
    without_reason: list[V]

    @property
    def passes(self) -> bool:
        return self.verdict == PASSES


def consent(
    answers: Mapping[V, Answer],
    *,
    zones: Mapping[V, str],
    sizes: Mapping[str, int] | None = None,
    quorum: Mapping[str, Fraction] | None = None,
) -> ConsentOutcome[V]:
    """What came of one line. ``zones`` holds all organisations that may answer, unless ``sizes`` says how many may.

    ``quorum`` is by zone the share of its organisations that have to answer, whatever they answer; a zone that is not
    named has none. The number needed is rounded up. Raises WeighingError for an unknown answer, for a quorum that is no
    share, for the quorum of a zone without organisations, and for more answers than organisations.
    """
    quorum = quorum or {}
    entitled = dict(Counter(zones.values())) | dict(sizes or {})
    for zone, share in quorum.items():
        if not 0 <= share <= 1:
            raise WeighingError("A quorum is a share between 0 and 1.")
        if share and not entitled.get(zone):
            raise WeighingError(f"Zone {zone!r} has a quorum and no organisation.")
    by_zone: dict[str, Counter[str]] = {zone: Counter() for zone in entitled}
    for voter, answer in answers.items():
        if answer.kind not in ANSWERS:
            raise WeighingError(f"There is no answer {answer.kind!r}. There is: {', '.join(ANSWERS)}")
        by_zone[zones[voter]][answer.kind] += 1
    found = {}
    for zone, counts in by_zone.items():
        if counts.total() > entitled[zone]:
            raise WeighingError(f"Zone {zone!r} has more answers than organisations.")
        needed = ceil(quorum.get(zone, Fraction(0)) * entitled[zone])
        found[zone] = ZoneConsent(_all_kinds(counts), counts.total(), entitled[zone], needed)
    total = _all_kinds(Counter(answer.kind for answer in answers.values()))
    objecting = [voter for voter, answer in answers.items() if answer.kind == OBJECT]
    objections = [voter for voter in objecting if answers[voter].stops]
    return ConsentOutcome(
        verdict=_verdict(total, found, bool(objections)),
        counts=total,
        zones=found,
        objections=objections,
        without_reason=[voter for voter in objecting if not answers[voter].stops],
    )


def _verdict(counts: Mapping[str, int], zones: Mapping[str, ZoneConsent], is_stopped: bool) -> str:
    if is_stopped:
        return OBJECTED
    if not all(zone.is_met for zone in zones.values()):
        return NO_QUORUM
    if not counts[AGREE] + counts[RESERVATION]:
        return NOBODY_AGREES
    return PASSES


def _all_kinds(counts: Counter[str]) -> dict[str, int]:
    return {kind: counts[kind] for kind in ANSWERS}
