"""A meeting as a calendar file (RFC 5545), written so that it may lie on a phone that others look into.

It says when, and neither who nor what about: calendars are copied to other people's machines. In a country of high
risk not even where. The link into the meeting is never in it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from planning_portal.organisations.mail import absolute_address
from planning_portal.organisations.models import RiskLevel
from planning_portal.web.formatting import format_labelled
from planning_portal.web.registry import site_title

from .models import Consultation

LONGEST_LINE = 75
"""Octets, without the line break (RFC 5545, 3.1)."""


def calendar_file(consultation: Consultation) -> bytes:
    """The meeting, in the reader's language. The same ``UID`` for ever and a growing ``SEQUENCE``: a newer file moves
    the entry that an older one made. Raises ValueError while nobody has said when it is held."""
    if consultation.starts_at is None:
        raise ValueError("A meeting without a time is no entry in a calendar.")
    is_quiet = consultation.country.risk_level == RiskLevel.HIGH
    lines = [
        ("BEGIN", "VCALENDAR"),
        ("VERSION", "2.0"),
        ("PRODID", "-//Planning portal//Meetings//EN"),
        ("CALSCALE", "GREGORIAN"),
        ("METHOD", "PUBLISH"),
        ("BEGIN", "VEVENT"),
        ("UID", str(consultation.public_id)),
        ("SEQUENCE", str(consultation.version)),
        ("DTSTAMP", _utc(timezone.now())),
        ("DTSTART", _utc(consultation.starts_at)),
    ]
    if consultation.ends_at is not None and consultation.ends_at > consultation.starts_at:
        lines.append(("DTEND", _utc(consultation.ends_at)))
    title = _("Meeting") if is_quiet else format_labelled(site_title(), _("Consultation"))
    lines.append(("SUMMARY", escaped(title)))
    if not is_quiet:
        if consultation.place:
            lines.append(("LOCATION", escaped(consultation.place)))
        lines.append(("DESCRIPTION", escaped(_("Sign in to the portal to read more."))))
        lines.append(("URL", absolute_address(reverse("web:work"))))
    lines += [("CLASS", "PRIVATE"), ("STATUS", "CONFIRMED"), ("END", "VEVENT"), ("END", "VCALENDAR")]
    return "".join(folded(f"{name}:{value}") for name, value in lines).encode()


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def escaped(text: object) -> str:
    """A value of type TEXT (RFC 5545, 3.3.11): backslash, semicolon, comma and line break; no control characters."""
    words = str(text).replace("\r\n", "\n").replace("\r", "\n")
    words = words.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")
    return "".join(letter for letter in words if letter == "\t" or unicodedata.category(letter) not in {"Cc", "Cs"})


def folded(line: str) -> str:
    """One content line, folded so that no line has more than 75 octets and no letter is cut in two."""
    return "\r\n ".join(_pieces(line)) + "\r\n"


def _pieces(line: str) -> Iterable[str]:
    piece, length = "", 0
    for letter in line:
        octets = len(letter.encode())
        if length + octets > LONGEST_LINE:
            yield piece
            piece, length = "", 1
        piece += letter
        length += octets
    yield piece
