"""When, where and in which languages a consultation is held, and what is written about it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from babel import Locale
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from planning_portal.languages.services import set_source, source_text
from planning_portal.organisations.time_zones import zones_of_country

from ..models import Consultation
from .consultation import has_news, lock_to_run, save_parts

MOST_LANGUAGES = 12


@transaction.atomic
def save_dates(
    consultation: Consultation,
    *,
    by: Any,
    version: int,
    starts_at: datetime | None,
    ends_at: datetime | None,
    place: str,
    link: str | None = None,
    time_zone: str | None = None,
    languages: Sequence[str] | None = None,
    agenda: str | None = None,
    editor: str = "",
) -> Consultation:
    """When and where it is held, in which languages, and what about; None leaves a part as it is.

    Raises EditConflict, PermissionDenied, ValidationError (dates, a link that is not https, a zone of elsewhere).
    """
    fresh = lock_to_run(consultation, by=by)
    wanted: dict[str, Any] = {"starts_at": starts_at, "ends_at": ends_at, "place": place.strip()}
    if link is not None:
        wanted["link"] = link.strip()
    if time_zone is not None:
        wanted["time_zone"] = _zone_of(fresh, time_zone)
    if languages is not None:
        wanted["languages"] = _known_languages(languages)
    mine = {part: _plain(value) for part, value in wanted.items()}
    theirs = {part: _plain(getattr(fresh, part)) for part in wanted}
    if agenda is not None:
        mine["agenda"] = agenda.replace("\r\n", "\n").strip()
        theirs["agenda"] = source_text(fresh, "agenda")
    if not has_news(fresh, mine, theirs, version, editor):
        return fresh
    for part, value in wanted.items():
        setattr(fresh, part, value)
    if agenda is not None:
        set_source(fresh, agenda=mine["agenda"])
    fresh.full_clean(exclude={"step", "country"})
    changed = [part for part, value in mine.items() if value != theirs[part]]
    return save_parts(fresh, changed, by=by, name="save_dates", editor=editor)


def _zone_of(consultation: Consultation, key: str) -> str:
    """Empty for the country's usual zone, so that a meeting follows it when it is set right."""
    usual = consultation.country.time_zone
    if key in {"", usual}:
        return ""
    if key != consultation.time_zone and key not in dict(zones_of_country(consultation.country.iso2, "en", usual)):
        raise ValidationError(_("Choose one of the time zones of the country."))
    return key


def _known_languages(codes: Sequence[str]) -> list[str]:
    known = Locale.parse("en").languages
    found = list(dict.fromkeys(codes))
    if len(found) > MOST_LANGUAGES or any(code not in known for code in found):
        raise ValidationError(_("Choose the languages of the meeting from the list."))
    return found


@transaction.atomic
def set_context(consultation: Consultation, *, by: Any, version: int, context: str, editor: str = "") -> Consultation:
    """The situation of the country, in the language the companion works in. Raises EditConflict, PermissionDenied."""
    return _set_texts(consultation, by=by, version=version, name="set_context", editor=editor, context=context)


@transaction.atomic
def set_minutes(
    consultation: Consultation,
    *,
    by: Any,
    version: int,
    minutes: str,
    context: str | None = None,
    civic_space: str | None = None,
    civic_space_note: str | None = None,
    lessons: str | None = None,
    editor: str = "",
) -> Consultation:
    """The minutes and, from the same form, what is said of the country: its context, how free civic space is (one of
    ``CivicSpace`` or empty, and a text), what the current programme taught. None leaves a part as it is.

    Raises EditConflict, PermissionDenied, ValidationError (a word that is not one of the five).
    """
    texts = {"minutes": minutes, "context": context, "civic_space_note": civic_space_note, "lessons": lessons}
    given = {name: text for name, text in texts.items() if text is not None}
    return _set_texts(
        consultation, by=by, version=version, name="set_minutes", editor=editor, civic_space=civic_space, **given
    )


def _set_texts(
    consultation: Consultation,
    *,
    by: Any,
    version: int,
    name: str,
    editor: str,
    civic_space: str | None = None,
    **texts: str,
) -> Consultation:
    fresh = lock_to_run(consultation, by=by)
    mine = {field: text.replace("\r\n", "\n").strip() for field, text in texts.items()}
    theirs = {field: source_text(fresh, field) for field in texts}
    if civic_space is not None:
        mine["civic_space"], theirs["civic_space"] = civic_space, fresh.civic_space
    if not has_news(fresh, mine, theirs, version, editor):
        return fresh
    set_source(fresh, **{field: mine[field] for field in texts})
    if civic_space is not None:
        fresh.civic_space = civic_space
        fresh.full_clean(exclude={"step", "country"})
    changed = [part for part, value in mine.items() if value != theirs[part]]
    return save_parts(fresh, changed, by=by, name=name, editor=editor)


def _plain(value: Any) -> Any:
    """A part as it is compared: moments to the minute, as a form shows them."""
    return value.isoformat(timespec="minutes") if isinstance(value, datetime) else value
