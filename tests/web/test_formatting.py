"""Numbers, amounts and dates as each language writes them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils import timezone, translation

from planning_portal.web import formatting

THIN, N, NO_BREAK = "\u2009", "\u202f", "\u00a0"


@pytest.mark.parametrize(
    ("language", "number", "money", "day", "days"),
    [
        ("en", "1,234,567.5", "€1,234,567", "24 November 2026", "1–3 July 2025"),
        ("es", "1.234.567,5", f"1.234.567{NO_BREAK}€", "24 de noviembre de 2026", "1–3 de julio de 2025"),
        ("fr", f"1{N}234{N}567,5", f"1{N}234{N}567{NO_BREAK}€", "24 novembre 2026", "1–3 juillet 2025"),
        ("nl", "1.234.567,5", f"€{NO_BREAK}1.234.567", "24 november 2026", "1–3 juli 2025"),
    ],
)  # fmt: skip
def test_numbers_and_dates_follow_the_language(language, number, money, day, days):
    with translation.override(language):
        assert formatting.format_number(Decimal("1234567.5")) == number
        assert formatting.format_money(1234567) == money
        assert formatting.format_day(date(2026, 11, 24)) == day
        assert formatting.format_days(date(2025, 7, 1), date(2025, 7, 3)) == days


def test_cents_show_only_when_there_are_any():
    assert formatting.format_money("12.50", "EUR", "en") == "€12.50"
    assert formatting.format_money("12.00", "EUR", "en") == "€12"


def test_days_across_months_and_years():
    assert (
        formatting.format_days(date(2025, 9, 1), date(2025, 10, 31), "en") == f"1 September{THIN}–{THIN}31 October 2025"
    )
    assert (
        formatting.format_days(date(2026, 12, 30), date(2027, 1, 2), "en")
        == f"30 December 2026{THIN}–{THIN}2 January 2027"
    )
    assert formatting.format_days(None, date(2027, 1, 2), "en") == "2 January 2027"
    assert formatting.format_days(None, None, "en") == ""


def test_moment_is_in_the_readers_zone_and_says_so():
    moment = datetime(2026, 11, 24, 13, 2, tzinfo=UTC)
    with timezone.override("Africa/Porto-Novo"):
        assert formatting.format_moment(moment, "en") == "24 Nov 2026, 14:02 UTC+1"
    with timezone.override("Asia/Kathmandu"):
        assert formatting.format_moment(moment, "nl") == "24 nov 2026, 18:47 UTC+5:45"
    with timezone.override("America/Lima"):
        assert formatting.format_moment(moment, "en") == "24 Nov 2026, 08:02 UTC−5"
    assert formatting.format_moment(moment, "en") == "24 Nov 2026, 13:02 UTC"


def test_day_of_a_moment_is_the_readers():
    late = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)
    with timezone.override("Asia/Manila"):
        assert formatting.format_day(late, "en") == "25 November 2026"


@pytest.mark.parametrize("value", [None, "", "many", float("nan"), float("inf"), True])
def test_what_is_no_number_does_not_break_the_page(value):
    assert formatting.format_money(value) == ""
    assert isinstance(formatting.format_number(value), str)


def test_sizes_and_lists():
    assert formatting.format_size(310_400, "en") == "310 KB"
    assert formatting.format_size(1_250_000, "fr") == "1,2 MB"
    assert formatting.format_size(12, "en") == "1 KB"
    assert formatting.format_words(["a", "b", "c"], "es") == "a, b y c"
