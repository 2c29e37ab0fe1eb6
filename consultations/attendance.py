"""Who was at a consultation, as each reader may know it: the identity rule, then the small-number rule.

Those inside (the country, its companion, facilitators, coordinators) read the table. Other members read the names
that they may know, and numbers only where nobody can be worked out from them (DESIGN section 7).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from planning_portal.organisations.identity import Viewer, name_of

from .models import Participation


@dataclass(frozen=True)
class AttendanceLine:
    """One organisation that was there, for those inside."""

    name: str
    row: Participation


@dataclass(frozen=True)
class Attendance:
    """What a reader may know. Numbers are None where they are too small to be shown.

    ``names`` are the organisations this reader may know; ``unnamed`` how many more there were (0: none, None: some,
    too few to be counted).
    """

    names: list[str] = field(default_factory=list)
    organisations: int | None = 0
    unnamed: int | None = 0
    people: int | None = None
    women: int | None = None
    men: int | None = None
    other: int | None = None
    under_35: int | None = None
    lines: list[AttendanceLine] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Nobody is recorded as having been there."""
        return self.organisations == 0 and not self.names


def attendance_for_insiders(rows: Iterable[Participation], viewer: Viewer) -> Attendance:
    """Everything, with names."""
    rows = list(rows)
    present = sorted(
        (AttendanceLine(name_of(row.organisation, viewer), row) for row in rows if row.is_present),
        key=lambda line: line.name.casefold(),
    )
    absent = sorted((name_of(row.organisation, viewer) for row in rows if not row.is_present), key=str.casefold)
    return Attendance(
        names=[line.name for line in present],
        organisations=len(present),
        people=sum(line.row.people for line in present),
        women=sum(line.row.women for line in present),
        men=sum(line.row.men for line in present),
        other=sum(line.row.other for line in present),
        under_35=sum(line.row.under_35 for line in present),
        lines=present,
        absent=absent,
    )


def attendance_for_members(rows: Iterable[Participation], viewer: Viewer, minimum: int) -> Attendance:
    """Known names; numbers from ``minimum`` organisations (and people) on, and none that a subtraction would give away.

    A country's organisations are counted only when those not named are none or at least ``minimum``; a count of
    people only when the organisations are, and every part of it is nought or at least ``minimum``.
    """
    present = [row for row in rows if row.is_present]
    known = sorted(name_of(row.organisation, viewer) for row in present if viewer.knows(row.organisation))
    hidden = len(present) - len(known)
    unnamed = hidden if hidden == 0 or hidden >= minimum else None
    if not present:
        return Attendance()
    if len(present) < minimum:
        return Attendance(names=known, organisations=None, unnamed=0 if hidden == 0 else None)
    women, men, other = (sum(getattr(row, name) for row in present) for name in ("women", "men", "other"))
    under_35 = sum(row.under_35 for row in present)
    ages_are_safe = _is_safe(under_35, minimum) and _is_safe(women + men + other - under_35, minimum)
    parts_are_safe = all(_is_safe(number, minimum) for number in (women, men, other))
    return Attendance(
        names=known,
        organisations=None if unnamed is None else len(present),
        unnamed=unnamed,
        people=women + men + other,
        women=women if parts_are_safe else None,
        men=men if parts_are_safe else None,
        other=other if parts_are_safe else None,
        under_35=under_35 if ages_are_safe else None,
    )


def _is_safe(number: int, minimum: int) -> bool:
    return number == 0 or number >= minimum
