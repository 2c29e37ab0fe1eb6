"""Phragmén and Equal Shares on rounds of many sizes: pure Python on made-up ballots, no portal.

Organisations are of four zones, 45, 30, 15 and 10 in a hundred. Four fifths of the candidates are of one zone, the
others of none; a ballot leans to its own zone in seven choices of ten. Zones weigh the square root of their size, each
has a floor of one, and twelve seats are filled: the terms that ask for most work.
"""

from __future__ import annotations

import random
import time

from workshops.weighing import Terms, decide

SEATS = 12
SHARES = {"A": 45, "B": 30, "C": 15, "D": 10}
LEANING = 0.7


def made_up_round(ballots: int, candidates: int, approvals: int) -> dict[str, dict]:
    """What ``decide`` takes, the same for the same numbers; ``approvals`` is the most that a ballot approves."""
    chance = random.Random(f"{ballots} {candidates} {approvals}")
    codes = [f"C{number:04}" for number in range(candidates)]
    homes = {code: "ABCD "[number % 5].strip() for number, code in enumerate(codes)}
    own = {zone: [code for code in codes if homes[code] == zone] for zone in SHARES}
    seats_of_zones = [zone for zone, share in SHARES.items() for _ in range(share)]
    zones = {voter: seats_of_zones[voter % 100] for voter in range(ballots)}
    return {
        "candidates": codes,
        "ballots": {
            voter: frozenset(chance.choice(own[zone] if chance.random() < LEANING else codes) for _ in range(approvals))
            for voter, zone in zones.items()
        },
        "zones": zones,
        "homes": homes,
    }


def seconds(rule: str, made_up: dict[str, dict]) -> float:
    """How long ``rule`` takes for it, from the ballots to the outcome. Raises RuntimeError when a seat stays empty."""
    terms = Terms(rule, SEATS, weights="square_root", floors=dict.fromkeys(SHARES, 1), seed="bench")
    start = time.perf_counter()
    outcome = decide(terms, **made_up)
    taken = time.perf_counter() - start
    if len(outcome.chosen) != SEATS or any(floor.taken < 1 for floor in outcome.floors.values()):
        raise RuntimeError(f"{rule} left a seat or a floor empty")
    return taken
