"""What a person typed, when the form they sent cannot be taken: kept on the page that says so, to be sent again.

Passwords and codes are never kept, and nothing from another site's form.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpRequest, UnreadablePostError
from django.http.request import RawPostDataException

from .submissions import FIELD as SUBMISSION_KEY

SECRETS = re.compile(r"password|passwd|secret|otp|token|credential|^code$", re.IGNORECASE)
OWN_FIELDS = {"csrfmiddlewaretoken", "kept"}
LARGEST = 1_000_000
QUIET_FIELDS = {SUBMISSION_KEY, "version", "switch_language", "seen"}


@dataclass(frozen=True)
class Typed:
    """The fields of a form, in their order, and where they were sent. ``has_files``: files came too and are gone."""

    action: str
    fields: tuple[tuple[str, str], ...]
    has_files: bool = False

    @property
    def size(self) -> int:
        return sum(len(name.encode()) + len(value.encode()) for name, value in self.fields)

    @property
    def words(self) -> list[str]:
        """What a person would recognise as their own text, to read or copy."""
        return readable(self.fields)


def typed_in(request: HttpRequest) -> Typed | None:
    """The form that was sent, if it may be kept. Never raises: it is asked while something else is wrong."""
    if request.method != "POST" or is_foreign(request):
        return None
    if "/account/" in request.path or "/admin/" in request.path:
        return None
    try:
        sent = [(name, value) for name, values in request.POST.lists() for value in values]
        has_files = bool(request.FILES)
    except (UnreadablePostError, RawPostDataException, ValueError, OSError):
        return None
    if any(SECRETS.search(name) for name, _value in sent if name not in {*OWN_FIELDS, SUBMISSION_KEY}):
        return None
    typed = Typed(
        request.get_full_path(),
        tuple((_clean(name), _clean(value)) for name, value in sent if name not in OWN_FIELDS),
        has_files,
    )
    return typed if typed.fields and typed.size <= LARGEST else None


def _clean(text: str) -> str:
    """Without NUL, which no field of ours may hold: the rest is still worth keeping."""
    return text.replace("\x00", "")


def is_foreign(request: HttpRequest) -> bool:
    """Whether another site's page sent this form, as far as the browser says so."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        return True
    origin = request.headers.get("Origin", "")
    return bool(origin) and origin != "null" and origin.split("://")[-1] != request.META.get("HTTP_HOST", "")


def readable(fields: Iterable[tuple[str, str]]) -> list[str]:
    """The values that are words: no keys, numbers, single choices or identifiers."""
    return [
        value
        for name, value in fields
        if name not in QUIET_FIELDS and re.search(r"[^\W\d_]{3}", value) and (" " in value.strip() or len(value) > 24)
        if not _is_identifier(value)
    ]


def _is_identifier(value: str) -> bool:
    try:
        uuid.UUID(value)
    except ValueError:
        return False
    return True
