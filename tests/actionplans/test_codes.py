"""Codes sort as people count."""

from hypothesis import given
from hypothesis import strategies as st

from actionplans.codes import child_code, indicator_code, natural_key


@given(st.integers(1, 400), st.integers(1, 400))
def test_codes_sort_by_number(first, second):
    for make in (lambda n: child_code("1.2", n), lambda n: indicator_code("1.2", n), lambda n: f"L{n}"):
        one, other = natural_key(make(first)), natural_key(make(second))
        assert (one < other) == (first < second)


def test_letters_go_on_after_z():
    assert [indicator_code("1", n) for n in (1, 26, 27, 52, 53, 702, 703)] == [
        "1.a",
        "1.z",
        "1.aa",
        "1.az",
        "1.ba",
        "1.zz",
        "1.aaa",
    ]


def test_parents_stand_before_their_children():
    codes = ["1.10", "2", "1.2.1", "1", "1.2", "1.1.1", "1.1"]
    assert sorted(codes, key=natural_key) == ["1", "1.1", "1.1.1", "1.2", "1.2.1", "1.10", "2"]
