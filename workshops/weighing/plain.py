"""The plain count: the candidates that most ballots approve, each ballot with its weight."""

from __future__ import annotations

from fractions import Fraction

from .approvals import Approvals, Seats


def plain_count(approvals: Approvals, seats: Seats) -> None:
    """Seat after seat, the candidate whose supporters weigh most. The value of a step is that weight."""
    weight = [approvals.weight(ballots) for ballots in approvals.supporters]
    while seats.are_left:
        open_ = seats.candidates()
        most = max(weight[candidate] for candidate in open_)
        seats.take([candidate for candidate in open_ if weight[candidate] == most], Fraction(most), "count")
