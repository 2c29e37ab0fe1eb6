"""What of a tally may be shown: no cell tells what fewer than three organisations (five at high risk) did.

Primary suppression hides a count between one and the minimum, and every count of a group that is itself smaller than
the minimum. Secondary suppression hides more, smallest first, until nothing that is hidden can be computed from what
is shown, the row's total and what a reader knows of the groups (reference: safety-and-reliability B2). Pure functions.

One thing cannot be hidden without hiding the result itself: the total of a vote. When all, none or nearly all of the
organisations chose something, it tells what each did or how few did not. It is shown, because that is what a vote is
for. In a part of it (a zone), those who did not choose are hidden like those who did (``hides_rest``).

What is shown is decided once, when a round is closed, and kept: two outputs that hid different cells of the same
tally would give each other away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

LOWEST_MINIMUM = 3


def why_hidden(strictest: int) -> str:
    """What the sign for a hidden number stands for: the one sentence of pages and documents.

    ``strictest`` is the largest minimum of the tally: that of its zones with a country at high risk, if it has any.
    """
    if strictest <= LOWEST_MINIMUM:
        return _(
            "The sign · stands for a number that is not shown: one that would tell what fewer than %(lowest)s "
            "organisations chose or did, or from which such a number could be worked out."
        ) % {"lowest": LOWEST_MINIMUM}
    return _(
        "The sign · stands for a number that is not shown: one that would tell what fewer than %(lowest)s "
        "organisations chose or did (fewer than %(strictest)s where a country at high risk is among them), or from "
        "which such a number could be worked out."
    ) % {"lowest": LOWEST_MINIMUM, "strictest": strictest}


@dataclass(frozen=True)
class Cell:
    """A count among the ``of`` organisations of a group; ``minimum`` is the smallest number that may be shown.

    ``bound`` is the largest value that a reader can take for possible: ``of`` unless the size of the group is not
    known to them. With ``hides_rest`` the others of the group, those who are not counted, must not be too few either.
    """

    value: int
    of: int
    minimum: int = LOWEST_MINIMUM
    bound: int | None = None
    hides_rest: bool = False

    @property
    def is_small(self) -> bool:
        """Too small to be shown as it is."""
        return (
            0 < self.value < self.minimum
            or 0 < self.of < self.minimum
            or (self.hides_rest and 0 < self.of - self.value < self.minimum)
        )

    @property
    def most(self) -> int:
        return self.of if self.bound is None else self.bound


@dataclass(frozen=True)
class Row:
    """What may be shown of a row: ``None`` stands for hidden."""

    cells: list[int | None]
    total: int | None


def show(cells: Sequence[Cell]) -> Row:
    """The cells and the total of a row of a tally, with what must stay hidden left out.

    The total obeys the strictest minimum of the row: it is hidden only when it is itself too small. Where it tells
    what a hidden cell holds although no cell is left to hide (one zone alone), it is shown all the same.
    """
    total = sum(cell.value for cell in cells)
    strictest = max((cell.minimum for cell in cells), default=LOWEST_MINIMUM)
    hidden = {index for index, cell in enumerate(cells) if cell.is_small}
    if 0 < total < strictest:
        return _row(cells, hidden, None)
    if total and total != sum(cell.most for cell in cells):
        while hidden and _is_given_away(cells, hidden):
            rest = [index for index, cell in enumerate(cells) if index not in hidden and cell.most]
            if not rest:
                break
            hidden.add(min(rest, key=lambda index: (cells[index].value, index)))
    return _row(cells, hidden, total)


def show_number(value: int, minimum: int = LOWEST_MINIMUM, *, of: int | None = None) -> int | None:
    """A number that stands alone, or ``None`` when it is too small to be shown; so is the rest of ``of``, if given."""
    is_small = 0 < value < minimum or (of is not None and 0 < of - value < minimum)
    return None if is_small else value


def show_alternatives(first: int | None, values: Sequence[int], of: int, minimum: int) -> list[int | None]:
    """A group's number in several results of the same ballots; ``values`` begins with that of the result in force.

    ``first`` is what is shown of that one elsewhere (None: hidden). Two numbers that lie close together would tell what
    fewer than ``minimum`` organisations did, just as a small number would: so a number is shown only when it is the
    same as one shown before, or far enough from all of them and from a first one that is hidden. No total may stand
    beside them.
    """
    known: list[int] = [] if first is None else [values[0]]
    shown = [first]
    for value in values[1:]:
        is_near_hidden = first is None and abs(value - values[0]) < minimum
        is_near = any(0 < abs(value - other) < minimum for other in known)
        if Cell(value, of, minimum, hides_rest=True).is_small or is_near_hidden or is_near:
            shown.append(None)
        else:
            known.append(value)
            shown.append(value)
    return shown


def _is_given_away(cells: Sequence[Cell], hidden: set[int]) -> bool:
    """Whether the hidden cells' sum, which anyone can compute, leaves some of them only one possible value."""
    sum_of_hidden = sum(cells[index].value for index in hidden)
    room = sum(cells[index].most for index in hidden)
    for index in hidden:
        least = max(0, sum_of_hidden - (room - cells[index].most))
        most = min(cells[index].most, sum_of_hidden)
        if least == most:
            return True
    return False


def _row(cells: Sequence[Cell], hidden: set[int], total: int | None) -> Row:
    return Row([None if index in hidden else cell.value for index, cell in enumerate(cells)], total)
