"""Sequential Phragmén: every chosen candidate is a load of one, which its supporters carry together.

A seat goes to the candidate that leaves the highest load as low as can be. With loads per unit of weight, the
supporters of candidate c would all carry L(c) = (1 + sum of weight x load) / (sum of weight), both sums over its
supporters; the lowest L(c) wins, and is what each of them carries from then on. So those who have little in the result
so far come first, and any group of n/k organisations that agree on a candidate is not left with nothing.

Source: the definition with loads in M. Lackner and P. Skowron, "Multi-Winner Voting with Approval Preferences";
L. E. Phragmén, 1894. A ballot that weighs w counts like w ballots that are alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import lcm

from .approvals import Approvals, Cheapest, Seats

# Ballots that weigh the same and carry the same, by weight and load per unit of weight.
Loads = dict[tuple[int, Fraction], int]


def phragmen(approvals: Approvals, seats: Seats) -> None:
    """Fill all seats. The value of a step is the load that its supporters carry from then on."""
    carry_on(approvals, seats, {(weight, Fraction(0)): ballots for weight, ballots in approvals.weights})


def carry_on(approvals: Approvals, seats: Seats, loads: Mapping[tuple[int, Fraction], int]) -> Loads:
    """Fill the seats that are left, from the loads there are, and say which loads came of it.

    A load may be negative: money that its ballots have left (``equal_shares``).
    """
    state: Loads = dict(loads)
    cheapest = Cheapest()
    weight = [approvals.weight(ballots) for ballots in approvals.supporters]
    while seats.are_left:
        unit = lcm(*(load.denominator for _weight, load in state))
        # Weight x load of one ballot of each class, as a whole number of 1/unit.
        classes = [
            (each * load.numerator * (unit // load.denominator), ballots)
            for (each, load), ballots in state.items()
            if load
        ]

        def load_with(candidate: int, classes: list[tuple[int, int]] = classes, unit: int = unit) -> Fraction:
            supporters = approvals.supporters[candidate]
            carried = sum(each * (supporters & ballots).bit_count() for each, ballots in classes)
            return Fraction(unit + carried, unit * weight[candidate])

        tied, load = cheapest.find(seats.candidates(), load_with)
        if load is None:
            break
        state = _share(state, approvals.supporters[seats.take(tied, load, "phragmen")], load)
    return state


def _share(state: Loads, supporters: int, load: Fraction) -> Loads:
    """The loads once ``supporters`` carry ``load``."""
    shared: Loads = {}
    for (weight, before), ballots in state.items():
        for key, part in (((weight, before), ballots & ~supporters), ((weight, load), ballots & supporters)):
            if part:
                shared[key] = shared.get(key, 0) | part
    return shared
