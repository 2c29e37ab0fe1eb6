"""Numbers as people type them: read back in every language, and never misread."""

from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from actionplans.numbers import AmbiguousNumber, UnreadableNumber, read_number, show_number, write_number
from planning_portal.web.formatting import format_number

LANGUAGES = st.sampled_from(["en", "es", "fr", "nl"])
AMOUNTS = st.decimals(min_value=0, max_value=Decimal("99999999999.99"), places=2)
QUANTITIES = st.decimals(min_value=0, max_value=Decimal("99999999999.9999"), places=4)


@given(QUANTITIES, LANGUAGES)
def test_written_number_is_read_back(number, language):
    assert read_number(write_number(number, language), language) == number


@given(AMOUNTS, LANGUAGES)
def test_written_amount_is_read_back(amount, language):
    assert read_number(write_number(amount, language), language, decimals=2) == amount


@given(QUANTITIES, LANGUAGES, LANGUAGES)
def test_number_shown_in_any_language_is_never_misread_in_another(number, shown_in, read_in):
    try:
        read = read_number(show_number(number, shown_in), read_in)
    except AmbiguousNumber:
        return
    assert read == number


@given(AMOUNTS, LANGUAGES, LANGUAGES)
def test_amount_shown_in_any_language_is_never_misread_in_another(amount, shown_in, read_in):
    try:
        read = read_number(format_number(amount, shown_in, digits=2), read_in, decimals=2)
    except AmbiguousNumber:
        return
    assert read == amount


@given(AMOUNTS, LANGUAGES)
def test_amount_shown_in_ones_own_language_is_read(amount, language):
    assert read_number(format_number(amount, language, digits=2), language, decimals=2) == amount


@pytest.mark.parametrize(
    ("typed", "language", "number"),
    [
        ("12,5", "fr", "12.5"),
        ("12.5", "fr", "12.5"),
        ("12,5", "en", "12.5"),
        ("1 250,50", "fr", "1250.50"),
        ("1\u202f250\u00a0000", "fr", "1250000"),
        ("1.250.000", "en", "1250000"),
        ("1.250,5", "en", "1250.5"),
        ("1,250.5", "nl", "1250.5"),
        ("1'250'000", "nl", "1250000"),
        ("0,125", "es", "0.125"),
        (",5", "es", "0.5"),
        ("7.", "en", "7"),
        ("€ 1000", "nl", "1000"),
        ("1000 EUR", "nl", "1000"),
        ("62 %", "fr", "62"),
        ("-3", "en", "-3"),
        ("−3,5", "fr", "-3.5"),
        ("0", "en", "0"),
    ],
)
def test_what_can_only_mean_one_thing_is_read(typed, language, number):
    assert read_number(typed, language) == Decimal(number)


@pytest.mark.parametrize("language", ["en", "es", "fr", "nl"])
@pytest.mark.parametrize("typed", ["1.234", "1,234", "12.500", "999,999"])
def test_what_can_mean_two_things_is_refused_with_both(typed, language):
    with translation.override("en"), pytest.raises(AmbiguousNumber) as refused:
        read_number(typed, language)
    digits = typed.replace(".", "").replace(",", "")
    assert f"Write {digits} or {typed[:-4]}" in str(refused.value)


@pytest.mark.parametrize(
    ("typed", "language", "offered"),
    [("1,000", "en", "1000 or 1,"), ("1.500", "nl", "1500 or 1,5,"), ("1,234", "fr", "1234 or 1,2340,")],
)
def test_readings_are_offered_as_short_as_they_are_unmistakable(typed, language, offered):
    with translation.override("en"), pytest.raises(AmbiguousNumber, match=f"Write {offered}"):
        read_number(typed, language)


def test_both_readings_that_are_offered_can_be_read():
    with translation.override("nl"), pytest.raises(AmbiguousNumber):
        read_number("1,234", "nl")
    assert read_number("1234", "nl") == 1234
    assert read_number("1,2340", "nl") == Decimal("1.234")


@pytest.mark.parametrize(("typed", "language"), [("1,234", "en"), ("1.234", "nl"), ("1.234", "es")])
def test_amount_grouped_as_the_page_shows_it_is_read(typed, language):
    """Amounts have two decimals at most, so the language's own grouping leaves no doubt."""
    assert read_number(typed, language, decimals=2) == 1234


@pytest.mark.parametrize(("typed", "language"), [("1.234", "en"), ("1,234", "nl"), ("1,234", "fr"), ("1.234", "fr")])
def test_amount_grouped_in_a_foreign_way_is_refused(typed, language):
    with pytest.raises(AmbiguousNumber):
        read_number(typed, language, decimals=2)


@pytest.mark.parametrize("typed", ["", "abc", "1 2", "1..2", "1,2,3", "12a", "1.2.3,4", "--3", "1,23.4,5", "٣"])
def test_what_is_no_number_is_refused(typed):
    with pytest.raises(UnreadableNumber):
        read_number(typed, "en")


def test_too_many_decimals_are_refused():
    with translation.override("en"), pytest.raises(UnreadableNumber, match="At most 2 decimals"):
        read_number("1.2345", "en", decimals=2)


def test_number_that_no_database_holds_exactly_is_refused():
    with pytest.raises(UnreadableNumber):
        read_number("100000000000", "en")


def test_shown_numbers_follow_the_language():
    assert show_number(Decimal("12345.5000"), "nl") == "12.345,5"
    assert show_number(Decimal("0.1234"), "en") == "0.1234"
    assert show_number(Decimal("62.5"), "fr", is_percentage=True) == "62,5\u00a0%"
    assert show_number(None) == ""
