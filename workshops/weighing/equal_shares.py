"""The Method of Equal Shares: every ballot gets the same money, and its supporters buy a candidate together.

A seat costs one. All ballots together have as much as there are seats, each in proportion to its weight. A seat goes to
the candidate with the smallest r such that its supporters can pay one when each pays r per unit of weight, or all that
it has left if that is less. When nobody's supporters can pay any more, seats are left over, and the completion decides.

*Completion*: by sequential Phragmén, which starts from the money that is left (as loads below nought). The reference
found that filling up by count undoes what Equal Shares is for, while Phragmén and a growing budget come out alike. Of
those two Phragmén is chosen because it always fills all seats, one after the other; a growing budget can jump past the
number of seats and then needs another rule after all, and its many repeated runs are hard to follow by hand.

Source: D. Peters and P. Skowron, "Proportionality and the Limits of Welfarism" (2020); electowiki, "Method of Equal
Shares". A ballot that weighs w counts like w ballots that are alike.
"""

from __future__ import annotations

from fractions import Fraction
from math import lcm

from .approvals import Approvals, Cheapest, Seats
from .phragmen import carry_on

# Ballots that weigh the same and have the same left, by weight and money per unit of weight.
Money = dict[tuple[int, Fraction], int]


def equal_shares(approvals: Approvals, seats: Seats) -> None:
    """Fill all seats. The value of a step is r, and in the completion the load."""
    left = buy(approvals, seats)
    carry_on(approvals, seats, {(weight, -money): ballots for (weight, money), ballots in left.items()})


def buy(approvals: Approvals, seats: Seats) -> Money:
    """The method itself, without the completion: what every ballot has left per unit of weight at its end."""
    if not approvals.total:
        return {}
    share = Fraction(seats.number, approvals.total)
    state: Money = {(weight, share): ballots for weight, ballots in approvals.weights}
    cheapest = Cheapest()
    while seats.are_left:
        unit = lcm(*(money.denominator for _weight, money in state))
        # Whole numbers of 1/unit, the poorest first.
        classes = sorted(
            (money.numerator * (unit // money.denominator), weight, ballots)
            for (weight, money), ballots in state.items()
            if money
        )

        def price_of(
            candidate: int, classes: list[tuple[int, int, int]] = classes, unit: int = unit
        ) -> Fraction | None:
            return _price(approvals.supporters[candidate], classes, unit)

        tied, price = cheapest.find(seats.candidates(), price_of)
        if price is None:
            break
        state = _pay(state, approvals.supporters[seats.take(tied, price, "equal_shares")], price)
    return state


def _price(supporters: int, classes: list[tuple[int, int, int]], unit: int) -> Fraction | None:
    """The r at which ``supporters`` pay one together; None when they have not enough."""
    payers = [
        (money, weight * number) for money, weight, ballots in classes if (number := (supporters & ballots).bit_count())
    ]
    if sum(money * units for money, units in payers) < unit:
        return None
    missing, paying = unit, sum(units for _money, units in payers)
    for money, units in payers:
        if money * paying >= missing:
            break
        missing -= money * units
        paying -= units
    return Fraction(missing, unit * paying)


def _pay(state: Money, supporters: int, price: Fraction) -> Money:
    """What is left once each of ``supporters`` has paid ``price`` per unit of weight, or all it had."""
    after: Money = {}
    for (weight, money), ballots in state.items():
        rest = max(money - price, Fraction(0))
        for key, part in (((weight, money), ballots & ~supporters), ((weight, rest), ballots & supporters)):
            if part:
                after[key] = after.get(key, 0) | part
    return after
