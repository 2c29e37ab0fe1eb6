"""The small-number rule: what is shown is true, and what is hidden cannot be computed from it."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workshops.disclosure import Cell, Row, show, show_alternatives, show_number


def test_large_cells_are_shown_with_their_total():
    assert show([Cell(5, 9), Cell(4, 8)]) == Row([5, 4], 9)


def test_zero_is_shown():
    assert show([Cell(0, 9), Cell(4, 8)]) == Row([0, 4], 4)


def test_one_small_cell_takes_the_next_smallest_with_it():
    assert show([Cell(2, 9), Cell(7, 8), Cell(4, 8)]) == Row([None, 7, None], 13)


def test_a_group_smaller_than_the_minimum_is_hidden_even_when_it_is_unanimous():
    assert show([Cell(2, 2), Cell(7, 8), Cell(4, 8)]).cells[0] is None
    assert show([Cell(0, 2), Cell(7, 8), Cell(4, 8)]).cells[0] is None


def test_a_high_risk_country_asks_for_five():
    assert show([Cell(4, 9, minimum=5), Cell(6, 8), Cell(7, 8)]).cells == [None, None, 7]
    assert show([Cell(4, 9), Cell(6, 8), Cell(7, 8)]).cells == [4, 6, 7]


def test_a_small_total_is_hidden():
    assert show([Cell(1, 9), Cell(1, 8)]) == Row([None, None], None)


def test_in_a_zone_those_who_did_not_choose_are_hidden_too():
    assert show([Cell(8, 9, hides_rest=True), Cell(4, 8, hides_rest=True)]) == Row([None, None], 12)
    assert show([Cell(6, 9, hides_rest=True), Cell(4, 8, hides_rest=True)]) == Row([6, 4], 10)
    assert show([Cell(8, 9), Cell(4, 8)]) == Row([8, 4], 12)


@pytest.mark.parametrize(("value", "shown"), [(24, None), (23, None), (22, 22), (25, 25)])
def test_a_number_alone_hides_the_rest_as_well(value, shown):
    assert show_number(value, of=25) == shown


def test_a_single_group_hides_its_total_with_its_cell():
    assert show([Cell(2, 9)]) == Row([None], None)


def test_a_unanimous_total_is_shown_although_it_tells_what_each_did():
    assert show([Cell(2, 2), Cell(8, 8)]) == Row([None, 8], 10)
    assert show([Cell(0, 2), Cell(0, 8)]) == Row([None, 0], 0)


def test_sizes_of_groups_are_not_given_away_by_themselves():
    """Nobody outside knows how large a group is: its size is no bound that a reader could use."""
    assert show([Cell(2, 2, bound=30), Cell(8, 8, bound=30), Cell(5, 5, bound=30)]) == Row([None, 8, None], 15)


def test_an_empty_row_is_shown():
    assert show([]) == Row([], 0)


@pytest.mark.parametrize(("value", "shown"), [(0, 0), (1, None), (2, None), (3, 3)])
def test_a_number_alone(value, shown):
    assert show_number(value) == shown


@st.composite
def rows(draw):
    groups = draw(st.lists(st.tuples(st.integers(0, 6), st.sampled_from([3, 5])), min_size=1, max_size=5))
    hides_rest = draw(st.booleans())
    return [Cell(draw(st.integers(0, size)), size, minimum, hides_rest=hides_rest) for size, minimum in groups]


@given(rows())
def test_what_is_shown_is_true(cells):
    row = show(cells)

    for cell, shown in zip(cells, row.cells, strict=True):
        assert shown in (None, cell.value)
    assert row.total in (None, sum(cell.value for cell in cells))


@given(rows())
def test_no_small_cell_is_shown(cells):
    row = show(cells)

    for cell, shown in zip(cells, row.cells, strict=True):
        if shown:
            assert shown >= cell.minimum
            assert cell.of >= cell.minimum
        if shown is not None and cell.hides_rest and cell.of > shown:
            assert cell.of - shown >= cell.minimum
    if row.total:
        assert row.total >= max(cell.minimum for cell in cells)


@settings(max_examples=300, deadline=None)
@given(rows())
def test_no_hidden_cell_can_be_computed(cells):
    """Every way to fill the hidden cells that agrees with what is shown: each cell must have two values at least.

    Not so where the total of the vote itself tells: all or none, or no cell left to hide.
    """
    row = show(cells)
    is_unanimous = row.total in (0, sum(cell.of for cell in cells))
    hidden = [index for index, shown in enumerate(row.cells) if shown is None]
    nothing_left = any(cell.hides_rest for cell in cells) and all(
        index in hidden for index, cell in enumerate(cells) if cell.of
    )
    if row.total is None or is_unanimous or nothing_left:
        return
    rest = row.total - sum(shown for shown in row.cells if shown is not None)
    fillings = [
        values for values in itertools.product(*(range(cells[index].of + 1) for index in hidden)) if sum(values) == rest
    ]
    for position in range(len(hidden)):
        assert len({values[position] for values in fillings}) >= 2


@given(rows())
def test_a_total_is_hidden_only_when_it_is_small(cells):
    total = sum(cell.value for cell in cells)
    if show(cells).total is None:
        assert 0 < total < max(cell.minimum for cell in cells)


@given(rows())
def test_nothing_is_hidden_without_need(cells):
    """Rows without a small cell are shown whole."""
    if not any(cell.is_small for cell in cells) and sum(c.value for c in cells) >= max(c.minimum for c in cells):
        assert None not in show(cells).cells


# --- Several results of the same ballots ---


@given(
    of=st.integers(3, 40),
    minimum=st.sampled_from([3, 5]),
    is_first_shown=st.booleans(),
    data=st.data(),
)
def test_no_two_results_tell_what_a_few_organisations_did(of, minimum, is_first_shown, data):
    values = data.draw(st.lists(st.integers(0, of), min_size=1, max_size=9))
    first = values[0] if is_first_shown and not Cell(values[0], of, minimum, hides_rest=True).is_small else None
    shown = show_alternatives(first, values, of, minimum)

    assert shown[0] == first
    numbers = {number for number in shown if number is not None}
    assert all(value == number for value, number in zip(values, shown, strict=True) if number is not None)
    assert all(abs(one - other) >= minimum for one in numbers for other in numbers if one != other)
    if first is None:
        assert all(abs(number - values[0]) >= minimum for number in numbers)


def test_a_result_that_is_the_same_is_shown_the_same():
    assert show_alternatives(8, [8, 8, 7, 4, 0], 8, 3) == [8, 8, None, 4, 0]
    assert show_alternatives(None, [7, 7, 4, 0], 8, 3) == [None, None, 4, 0]
