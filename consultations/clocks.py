"""When a meeting is held, by the reader's clock and by that of the country; and its parts in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from planning_portal.languages.names import language_name
from planning_portal.languages.services import source_text
from planning_portal.organisations.time_zones import zones_of_country
from planning_portal.web.formatting import format_days, format_moment, format_words, zone_name

from .models import CivicSpace, Consultation

MOMENTS = ("starts_at", "ends_at")


@dataclass(frozen=True)
class Clocks:
    """The same moments twice, in words; ``*_there`` are empty when both clocks say the same."""

    starts_here: str = ""
    ends_here: str = ""
    starts_there: str = ""
    ends_there: str = ""

    def __bool__(self) -> bool:
        return bool(self.starts_here)


def clocks_of(consultation: Consultation) -> Clocks:
    """Both clocks of a consultation; false while nobody has said when it is held."""
    if consultation.starts_at is None:
        return Clocks()
    here = [format_moment(getattr(consultation, name)) for name in MOMENTS]
    with timezone.override(ZoneInfo(consultation.zone_key)):
        there = [format_moment(getattr(consultation, name)) for name in MOMENTS]
    return Clocks(*here) if here == there else Clocks(*here, *there)


def lies_in_the_past(consultation: Consultation) -> bool:
    return consultation.starts_at is not None and consultation.starts_at < timezone.now()


def days_of(consultation: Consultation, *, reader_has_clock: bool) -> str:
    """The days of the meeting with the zone in which they are counted: by the country's clock, and by the reader's
    (visitors have none) where it differs. Empty while nobody has said when it is held."""
    if consultation.starts_at is None:
        return ""
    with timezone.override(ZoneInfo(consultation.zone_key)):
        there, zone_there = _days_here(consultation)
    here, zone_here = _days_here(consultation) if reader_has_clock else (there, zone_there)
    words = {"there": there, "zone_there": zone_there, "here": here, "zone_here": zone_here}
    if zone_here == zone_there:
        return _("%(there)s (%(zone_there)s)") % words
    if here == there:
        return _("%(there)s, in the country (%(zone_there)s) and by your clock (%(zone_here)s)") % words
    return _("%(there)s in the country (%(zone_there)s), %(here)s by your clock (%(zone_here)s)") % words


def _days_here(consultation: Consultation) -> tuple[str, str]:
    """The days by the present clock, and its name."""
    days = format_days(consultation.starts_at, consultation.ends_at)
    return days, zone_name(timezone.localtime(consultation.starts_at))


def languages_in_words(consultation: Consultation) -> str:
    """The languages of the meeting in the reader's: "French, Fon and Yoruba"."""
    reader = get_language() or "en"
    return format_words(language_name(code, reader) for code in consultation.languages)


def shown_part(consultation: Any, part: str) -> str:
    """A part of a consultation as words, to be read beside what somebody else typed."""
    value = getattr(consultation, part)
    if isinstance(value, datetime):
        return format_moment(value)
    if part == "languages":
        return languages_in_words(consultation)
    if part == "time_zone":
        language = get_language() or "en"
        key = consultation.zone_key
        return dict(zones_of_country(consultation.country.iso2, language, key)).get(key, key)
    if part == "civic_space":
        return str(CivicSpace(value).label) if value else ""
    return source_text(consultation, part) if part in consultation.TEXTS else str(value or "")
