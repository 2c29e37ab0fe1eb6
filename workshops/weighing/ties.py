"""What decides between equals: an order that nobody can choose and everybody can work out.

The seed is published before the ballots open, for example the date and the title of the round. Candidates are ordered
by SHA-256 of the seed, a line feed and the candidate's code, in UTF-8, written in hexadecimal: the smallest comes
first. It is the same on every machine and in every language: ``printf 'SEED\nCODE' | sha256sum``.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256


def tie_key(seed: str, code: str) -> tuple[str, str]:
    """What sorts ``code`` among equals."""
    return sha256(f"{seed}\n{code}".encode()).hexdigest(), code


def tie_order(codes: Iterable[str], seed: str) -> list[str]:
    """``codes`` in the order in which they win ties under ``seed``."""
    return sorted(codes, key=lambda code: tie_key(seed, code))
