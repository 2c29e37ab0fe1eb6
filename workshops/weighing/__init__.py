"""Weighing: from ballots to a result, by rules anyone can check. Pure functions on numbers, no database.

``outcome``, ``rules``
    Rounds in which candidates are approved: ``plain``, ``phragmen``, ``equal_shares``; ``weights``, floors
    (``approvals.Seats``), ``ties``.
``criteria``, ``judgment``, ``rankings``, ``consent``
    Rounds in which candidates are graded, ranked, or agreed to one by one.
``agreement``
    How far the organisations and the zones agree. Reported, never decided by.
``comparison``
    The same ballots under each rule and weight side by side.
``ballot_file``, ``recompute``
    A round as one file, and its result worked out again from that alone.
``words``
    What people read about all this.

Every number is exact (``fractions.Fraction`` or whole); where a root has to be rounded, the module says to how many
digits. Reference: workshops-and-weighing, section 2.
"""

from .errors import WeighingError
from .outcome import Floor, Group, Outcome, count, coverage, decide, weigh
from .rules import RULES, Terms, latest

__all__ = [
    "RULES",
    "Floor",
    "Group",
    "Outcome",
    "Terms",
    "WeighingError",
    "count",
    "coverage",
    "decide",
    "latest",
    "weigh",
]
