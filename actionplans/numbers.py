"""Numbers as people type them in their language, without ever misreading a thousand for a fraction.

In Spanish, French and Dutch a comma starts the decimals; in English it groups thousands; people switch languages and
paste from spreadsheets. So a number that can be read in two ways is refused with what to type instead, and everything
else is read: spaces and apostrophes only group, the last of two different signs starts the decimals, a sign that
comes more than once groups, a sign followed by other than three digits starts the decimals.
"""

from __future__ import annotations

import re
from decimal import Decimal

from babel import Locale, numbers
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from planning_portal.web.formatting import locale_of

DECIMAL_SIGN = {"en": ".", "es": ",", "fr": ",", "nl": ","}
GROUP_SIGN = {"en": ",", "es": ".", "fr": "", "nl": "."}
SPACES = " \u00a0\u2009\u202f"
GROUPED = re.compile(rf"([0-9]{{1,3}}(?:[{SPACES}'’][0-9]{{3}})+)(?:[.,]([0-9]+))?")
LARGEST = Decimal(10) ** 11


class UnreadableNumber(ValueError):
    """What was typed is not one number. Its text says what to type instead."""


class AmbiguousNumber(UnreadableNumber):
    """What was typed can be read as two different numbers."""


def read_number(typed: str, language: str, *, decimals: int = 4) -> Decimal:
    """The number that ``typed`` means to a reader of ``language``, with at most ``decimals`` decimals.

    A currency or per cent sign around it is overlooked. Raises UnreadableNumber or AmbiguousNumber.
    """
    text = re.sub(r"^(?:€|EUR)|(?:€|EUR|%)$", "", typed.strip(), flags=re.IGNORECASE).strip()
    negative = text.startswith(("-", "−"))
    whole, fraction = _parts(text[1:].strip() if negative else text, language, decimals)
    if len(fraction) > decimals:
        raise UnreadableNumber(
            ngettext("At most %(count)s decimal.", "At most %(count)s decimals.", decimals) % {"count": decimals}
        )
    number = Decimal(f"{whole or '0'}.{fraction or '0'}")
    if number >= LARGEST:
        raise UnreadableNumber(_("This number is too large."))
    number = number.normalize() + 0
    return -number if negative and number else number


def _parts(text: str, language: str, decimals: int) -> tuple[str, str]:
    """The digits before and after the decimal sign."""
    if match := GROUPED.fullmatch(text):
        return re.sub(r"[^0-9]", "", match[1]), match[2] or ""
    if not re.fullmatch(r"[0-9.,]*[0-9][0-9.,]*", text):
        raise _unreadable(language)
    signs = [sign for sign in text if sign in ".,"]
    if not signs:
        return text, ""
    if len(set(signs)) == 2:
        return _two_signs(text, signs[-1], language)
    if len(signs) > 1:
        return _only_groups(text, signs[0], language), ""
    whole, _sign, fraction = text.partition(signs[0])
    if len(fraction) == 3 and 1 <= len(whole) <= 3 and whole != "0":
        if decimals < 3 and signs[0] == GROUP_SIGN[language]:
            return whole + fraction, ""
        raise _ambiguous(text, whole, fraction, language, decimals)
    return whole, fraction


def _two_signs(text: str, decimal_sign: str, language: str) -> tuple[str, str]:
    """ "1.234,56" and "1,234.56" mean the same in any language."""
    whole, _sign, fraction = text.rpartition(decimal_sign)
    group_sign = "," if decimal_sign == "." else "."
    if decimal_sign in whole or not fraction:
        raise _unreadable(language)
    return _only_groups(whole, group_sign, language), fraction


def _only_groups(text: str, sign: str, language: str) -> str:
    if not re.fullmatch(rf"[0-9]{{1,3}}(?:{re.escape(sign)}[0-9]{{3}})+", text):
        raise _unreadable(language)
    return text.replace(sign, "")


def _unreadable(language: str) -> UnreadableNumber:
    example = write_number(Decimal("1250.5"), language)
    return UnreadableNumber(_("Write one number in digits, for example %(example)s.") % {"example": example})


def _ambiguous(text: str, whole: str, fraction: str, language: str, decimals: int) -> AmbiguousNumber:
    decimal = write_number(Decimal(f"{whole}.{fraction[:decimals]}"), language)
    return AmbiguousNumber(
        _("“%(typed)s” can be read in two ways. Write %(whole)s or %(decimal)s, whichever you mean.")
        % {"typed": text, "whole": f"{whole}{fraction}", "decimal": decimal}
    )


def show_number(number: Decimal | None, language: str | None = None, *, is_percentage: bool = False) -> str:
    """``number`` as it is read: grouped as the language does, with the decimals it has (at most four); "" for None."""
    if number is None:
        return ""
    locale = locale_of(language)
    if is_percentage:
        pattern = Locale.parse(locale).percent_formats[None].pattern.replace("#,##0", "#,##0.####")
        return str(numbers.format_percent(number / 100, format=pattern, locale=locale))
    return str(numbers.format_decimal(number, format="#,##0.####", locale=locale))


def write_number(number: Decimal | None, language: str) -> str:
    """``number`` as it stands in a field: no grouping, the language's decimal sign, and always readable again.

    Three decimals would look like thousands, so a fourth is written.
    """
    if number is None:
        return ""
    whole, _point, fraction = format(number, "f").partition(".")
    fraction = fraction.rstrip("0")
    if len(fraction) == 3:
        fraction += "0"
    return f"{whole}{DECIMAL_SIGN[language]}{fraction}" if fraction else whole
