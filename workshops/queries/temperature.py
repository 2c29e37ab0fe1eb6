"""A temperature check as it may be seen: while it is open how many have answered, then the shares, if enough have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..disclosure import Cell, show
from ..models import Level, Session, TemperatureAnswer, TemperatureCheck, Workshop

LEVELS = list(Level)


def check_of(workshop: Workshop) -> TemperatureCheck | None:
    """No query for a workshop that ``with_context`` has read."""
    return getattr(workshop, "temperature", None)


def is_over(check: TemperatureCheck, now: datetime) -> bool:
    return check.shown is not None or check.closes_at <= now


def mark_of(workshop: Workshop, now: datetime) -> str:
    """What a page's version carries: a check closes by itself, without any row being written."""
    check = check_of(workshop)
    return ".over" if check is not None and is_over(check, now) else ""


def counted(check: TemperatureCheck) -> dict[str, Any]:
    """What may be shown of the answers (``showable``): one query."""
    counts = Counter(check.answers.values_list("level", flat=True))
    return showable([counts[level] for level in LEVELS], check.minimum)


def showable(counts: list[int], minimum: int) -> dict[str, Any]:
    """How many have answered, and for each level how many, or None: nothing when all together are too few."""
    answered = sum(counts)
    row = show([Cell(count, answered, minimum) for count in counts])
    return {"answered": row.total, "cells": row.cells if row.total else [None] * len(counts)}


@dataclass(frozen=True)
class Share:
    level: Level
    value: float | None  # of those who answered


@dataclass(frozen=True)
class Temperature:
    """A check at one moment. ``answered`` is told while it is open; ``shares`` once it is over, if enough answered."""

    check: TemperatureCheck
    session: Session | None
    is_open: bool
    answered: int | None
    shares: list[Share]


def temperature_of(workshop: Workshop, sessions: Iterable[Session], now: datetime) -> Temperature | None:
    """The check of a workshop: one query while there is one that was not ended.

    Shares are told only when nobody can answer any more: whoever watched them change would learn who tapped what.
    """
    check = check_of(workshop)
    if check is None:
        return None
    session = next((one for one in sessions if one.pk == check.session_id), None)
    if not is_over(check, now):
        return Temperature(check, session, True, check.answers.count(), [])
    shown = check.shown if check.shown is not None else counted(check)
    answered = shown["answered"]
    shares = [
        Share(level, None if cell is None else cell / answered)
        for level, cell in zip(LEVELS, shown["cells"], strict=True)
    ]
    return Temperature(check, session, False, answered, shares if answered else [])


def answers_of(temperature: Temperature | None, organisation_ids: Iterable[int]) -> dict[int, int]:
    """What the reader's own organisations have tapped, by organisation: one query while a check is open."""
    if temperature is None or not temperature.is_open:
        return {}
    rows = TemperatureAnswer.objects.filter(check_of=temperature.check, organisation__in=list(organisation_ids))
    return dict(rows.values_list("organisation_id", "level"))
