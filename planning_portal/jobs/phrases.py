"""What is being done and what went wrong, in the reader's language.

A job stores a key and its parameters, never a sentence: the one who reads may have another language than the one
who asked.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from .models import Job, JobState
from .registry import kind_of

logger = logging.getLogger(__name__)

Phrase = str | Promise

_steps: dict[str, Phrase] = {}
_errors: dict[str, Phrase] = {
    "error": _("Something went wrong on our side. Try again; if it happens again, tell the coordinators."),
    "timeout": _("It took longer than it may. Try again when fewer people are at work."),
    "lost": _("The work was interrupted several times. Try again; if it happens again, tell the coordinators."),
    "unknown_kind": _("This portal no longer does this kind of work."),
}


def register_step(key: str, phrase: Phrase) -> None:
    """Give the step ``key`` its words, with ``%(name)s`` for a parameter. ``language`` is a code shown as its name."""
    _steps[key] = phrase


def register_error(code: str, phrase: Phrase) -> None:
    """Give an error code its words: what happened and what the reader can do."""
    _errors[code] = phrase


def fill(phrase: Phrase, params: Mapping[str, Any]) -> str:
    """``phrase`` in the reader's language with its parameters filled in; empty when one is missing."""
    spoken = dict(params)
    if "language" in spoken:
        spoken["language"] = _language_name(str(spoken["language"]))
    try:
        return str(phrase) % spoken
    except (KeyError, TypeError, ValueError):
        logger.warning("A phrase of jobs misses a parameter.")
        return ""


def _language_name(code: str) -> str:
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code


def title_of(job: Job) -> str:
    """What the job makes, in words: its kind's title, filled in from its payload (``%(language)s`` is usual)."""
    kind = kind_of(job.kind)
    title = kind.title if kind is not None else ""
    if not isinstance(title, (str, Promise)):
        return title(job.payload)
    return (fill(title, job.payload) if title else "") or job.kind


def step_of(job: Job) -> str:
    """What is being done just now; empty when it has no words."""
    phrase = _steps.get(job.step.get("key", ""))
    return fill(phrase, job.step.get("params", {})) if phrase is not None else ""


def error_of(job: Job) -> str:
    """What went wrong for good; empty unless the job has failed."""
    if job.state != JobState.FAILED:
        return ""
    return str(_errors.get(job.error_code, _errors["error"]))
