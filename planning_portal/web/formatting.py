"""Numbers, amounts, dates and moments as CLDR writes them in the reader's language, in pages and documents alike.

English is British English: day before month, "24 November 2026".
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from babel import Locale, dates, numbers
from babel.lists import format_list
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

LOCALES = {"en": "en_GB", "es": "es_ES", "fr": "fr_FR", "nl": "nl_NL"}


def locale_of(language: str | None = None) -> str:
    """The CLDR locale of ``language`` (the active one by default)."""
    return LOCALES.get((language or get_language() or "en")[:2], "en_GB")


def format_number(value: Any, language: str | None = None, digits: int | None = None) -> str:
    """A number with the language's own grouping; "" for nothing, the value itself when it is no number."""
    number = _decimal(value)
    if number is None:
        return "" if value is None else str(value)
    pattern = "#,##0.###" if digits is None else "#,##0" + ("." + "0" * digits if digits else "")
    return str(numbers.format_decimal(number, format=pattern, locale=locale_of(language)))


def format_money(value: Any, currency: str = "EUR", language: str | None = None) -> str:
    """An amount; cents only when there are any."""
    amount = _decimal(value)
    if amount is None:
        return ""
    locale = locale_of(language)
    if amount == amount.to_integral_value():
        pattern = Locale.parse(locale).currency_formats["standard"].pattern.replace("0.00", "0")
        return str(numbers.format_currency(amount, currency, format=pattern, locale=locale, currency_digits=False))
    return str(numbers.format_currency(amount, currency, locale=locale))


def format_share(value: Any, language: str | None = None) -> str:
    """A share between 0 and 1 as whole per cent."""
    share = _decimal(value)
    return "" if share is None else str(numbers.format_percent(share, locale=locale_of(language)))


def format_day(value: date | datetime | None, language: str | None = None, style: str = "long") -> str:
    """A day in words ("24 November 2026"); a moment is first brought to the reader's zone."""
    if not value:
        return ""
    return str(dates.format_date(_local_day(value), format=style, locale=locale_of(language)))


def format_days(start: date | None, end: date | None, language: str | None = None) -> str:
    """From one day to another, as short as the language allows ("1-3 July 2025"); open ends are left out."""
    if not start or not end or _local_day(start) == _local_day(end):
        return format_day(start or end, language)
    first, last = _local_day(start), _local_day(end)
    field = "y" if first.year != last.year else "M" if first.month != last.month else "d"
    locale = Locale.parse(locale_of(language))
    if "yMMMMd" in locale.interval_formats:
        patterns = locale.interval_formats["yMMMMd"][field]
    else:  # CLDR gives some languages only the abbreviated month: write it out, as single days are
        patterns = [part.replace("MMM", "MMMM") for part in locale.interval_formats["yMMMd"][field]]
    return "".join(
        dates.format_date(value, format=pattern, locale=locale)
        for value, pattern in zip((first, last), patterns, strict=True)
    )


def format_moment(value: datetime | None, language: str | None = None) -> str:
    """Day and time in the reader's zone, with the zone: "24 Nov 2026, 14:02 UTC"."""
    if not value:
        return ""
    zone = timezone.get_current_timezone()
    local = timezone.localtime(value, zone) if timezone.is_aware(value) else value
    locale = locale_of(language)
    day = dates.format_date(local.date(), format="medium", locale=locale)
    return f"{day}, {format_clock(local, language)} {zone_name(local, language)}"


def format_clock(value: datetime | None, language: str | None = None) -> str:
    """Hours and minutes in the reader's zone: "14:02"."""
    if not value:
        return ""
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    return str(dates.format_time(local, format="short", locale=locale_of(language)))


def zone_name(value: datetime, language: str | None = None) -> str:
    """The zone of a moment as a difference from UTC that everybody understands: "UTC+1", "UTC"."""
    offset = value.utcoffset()
    if not offset:
        return "UTC"
    minutes = int(offset.total_seconds() // 60)
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'+' if minutes > 0 else '−'}{hours}" + (f":{rest:02}" if rest else "")


def format_words(values: Any, language: str | None = None) -> str:
    """A list in words: "a, b and c"."""
    return str(format_list([str(value) for value in values], locale=locale_of(language)))


def format_labelled(label: object, text: object) -> str:
    """ "Label: text", with the colon as the reader's language sets it (French puts a space before it)."""
    return _("%(label)s: %(text)s") % {"label": label, "text": text}


def with_colon(label: object) -> str:
    """A label before what cannot stand in the same message (a picture, a number in bold)."""
    return _("%(label)s:") % {"label": label}


def format_size(value: int | None, language: str | None = None) -> str:
    """A file's size: "310 KB", "1.2 MB"."""
    if value is None:
        return ""
    if value < 1_000_000:
        return f"{format_number(max(1, round(value / 1000)), language)} KB"
    return f"{format_number(Decimal(value) / 1_000_000, language, digits=1)} MB"


def _local_day(value: date | datetime) -> date:
    if not isinstance(value, datetime):
        return value
    return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()


def _decimal(value: Any) -> Decimal | None:
    if value is None or value == "" or isinstance(value, bool):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
