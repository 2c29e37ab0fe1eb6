"""Phragmén and Equal Shares once more, straight from their definitions: ballot by ballot, slow, nothing shared.

Only their results are compared with the product's, so nothing of its layout (bits, classes, bounds) is used here.
"""

from fractions import Fraction


def open_to(candidates, chosen, ballots, seats, homes, floors):
    """Who may take the next seat: all with a supporter, unless the floors need every seat that is left."""
    supported = [c for c in candidates if any(c in choices for choices in ballots.values())]
    free = [c for c in supported if c not in chosen]
    places = min(seats, len(supported)) - len(chosen)
    missing = {}
    for zone, floor in floors.items():
        own = [c for c in supported if homes.get(c) == zone]
        missing[zone] = max(0, min(floor, len(own)) - sum(1 for c in chosen if homes.get(c) == zone))
    if places <= 0:
        return []
    if 0 < sum(missing.values()) >= places:
        return [c for c in free if missing.get(homes.get(c), 0)]
    return free


def phragmen(candidates, ballots, weights, seats, ties, homes=None, floors=None, loads=None, chosen=()):
    loads = dict(loads or dict.fromkeys(ballots, Fraction(0)))
    chosen = list(chosen)
    while free := open_to(candidates, chosen, ballots, seats, homes or {}, floors or {}):

        def load(candidate):
            inside = [v for v in ballots if candidate in ballots[v]]
            return (1 + sum(weights[v] * loads[v] for v in inside)) / Fraction(sum(weights[v] for v in inside))

        best = min(free, key=lambda c: (load(c), ties.index(c)))
        height = load(best)
        for voter in ballots:
            if best in ballots[voter]:
                loads[voter] = height
        chosen.append(best)
    return chosen


def price(candidate, ballots, weights, money):
    """The r with sum of weight x min(money, r) = 1, found by trying how many of the poorest pay all they have."""
    inside = sorted((v for v in ballots if candidate in ballots[v]), key=lambda v: money[v])
    for poor in range(len(inside)):
        missing = 1 - sum(weights[v] * money[v] for v in inside[:poor])
        r = missing / Fraction(sum(weights[v] for v in inside[poor:]))
        if r <= money[inside[poor]] and all(money[v] <= r for v in inside[:poor]):
            return r
    return None


def equal_shares(candidates, ballots, weights, seats, ties, homes=None, floors=None):
    money = {voter: Fraction(seats, sum(weights[v] for v in ballots)) for voter in ballots}
    chosen = []
    while free := open_to(candidates, chosen, ballots, seats, homes or {}, floors or {}):
        prices = {c: price(c, ballots, weights, money) for c in free}
        payable = [c for c in free if prices[c] is not None]
        if not payable:
            break
        best = min(payable, key=lambda c: (prices[c], ties.index(c)))
        for voter in ballots:
            if best in ballots[voter]:
                money[voter] -= min(money[voter], prices[best])
        chosen.append(best)
    owed = {voter: -left for voter, left in money.items()}
    return phragmen(candidates, ballots, weights, seats, ties, homes, floors, owed, chosen)
