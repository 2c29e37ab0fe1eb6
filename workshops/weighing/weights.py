"""How much a ballot weighs, by its zone. Which of the three it is, is a political choice, made before ballots open.

``one``
    One organisation, one vote.
``square_root``
    A zone weighs the square root of its size, so each of its ballots 1/sqrt(size).
``equal``
    All zones weigh the same, so each ballot 1/size.

The size of a zone is the number of organisations that *may* vote, where that is known. So everybody knows before the
vote what a ballot weighs, and who stays away gives nobody else more weight.

Weights are whole numbers; only their ratios matter. The one rounding is that of the square root, down to six digits
after the point; every calculation that follows is exact.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import gcd, isqrt, lcm

from .errors import WeighingError

ONE, SQUARE_ROOT, EQUAL = "one", "square_root", "equal"
WEIGHTS = (ONE, SQUARE_ROOT, EQUAL)
ROOT_DIGITS = 6


def ballot_weights(kind: str, sizes: Mapping[str, int]) -> dict[str, int]:
    """What one ballot of each zone weighs; ``sizes`` are numbers of organisations. Zones of size nought have no ballot.

    Raises WeighingError for an unknown kind of weight.
    """
    if kind not in WEIGHTS:
        raise WeighingError(f"There is no weight {kind!r}. There is: {', '.join(WEIGHTS)}")
    zones = {zone: size for zone, size in sizes.items() if size > 0}
    if kind == ONE:
        return dict.fromkeys(zones, 1)
    if kind == SQUARE_ROOT:
        weights = {zone: isqrt(10 ** (2 * ROOT_DIGITS) // size) for zone, size in zones.items()}
    else:
        whole = lcm(*zones.values())
        weights = {zone: whole // size for zone, size in zones.items()}
    shared = gcd(*weights.values()) or 1
    return {zone: weight // shared for zone, weight in weights.items()}
