"""What is wrong with a form or with one of its cells, and what to do about it, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from planning_portal.quarantine.process import Refused
from planning_portal.quarantine.words import words_of

REFUSALS: dict[str, Any] = {
    "columns": _("The columns of this form have been moved or changed. Fetch a new one and copy your texts into it."),
    "country": _("This form belongs to another country's consultation. Send it from that country's page."),
    "no_key": _("This is not a form of this portal, or its key has been changed. Send the file that you fetched here."),
    "nothing": _("Nothing is filled in yet in this form."),
    "organisation": _(
        "This form was fetched for an organisation that you do not write for. Its own people can send it."
    ),
    "version": _(
        "This form is of version %(theirs)s, the portal now asks by version %(ours)s. Fetch a new one and copy your "
        "texts into it."
    ),
}
_TOO_MUCH = _("This file holds far more than the form of this portal. Fetch the form anew and type into that one.")
_ACTIVE = _(
    "This file holds a macro, a program or another file, and the form of this portal does not. Fetch the form anew and "
    "type into that one."
)
_DAMAGED = _(
    "This file is damaged, or it is not the form of this portal. Fetch the form anew and copy your texts into it."
)
FILES: dict[str, Any] = {
    "active": _ACTIVE,
    "bomb": _TOO_MUCH,
    "broken": _DAMAGED,
    "cells": _TOO_MUCH,
    "entities": _DAMAGED,
    "heavy": _TOO_MUCH,
    "kind": _("This is not an XLSX file. Send the form that you fetched here."),
    "large": _TOO_MUCH,
    "nested": _ACTIVE,
    "rows": _(
        "This workbook goes on below row %(limit)s, and the form of this portal does not. Fetch the form anew and type "
        "into that one."
    ),
    "slow": _TOO_MUCH,
}
"""In place of the words of ``quarantine.words``: here nothing but the portal's own form can be sent."""
FAULTS: dict[str, Any] = {
    "choice": _("“%(value)s” is not in the list. Choose one of the list."),
    "formula": _("This cell holds a formula. Type the text or the figure itself."),
    "gone": _("This group of workers is no longer in the list. Empty the cell."),
    "language": _("“%(value)s” is not one of the four languages. Choose one of the list."),
    "long": _("This text is %(excess)d characters too long: shorten it (at most %(limit)d)."),
    "number": _("This row has no number in column A, so it cannot be told which it is. Use a row with a number."),
    "outside": _("This column is not part of the form. Move the text into one that is."),
    "sheet": _("This sheet is not part of the form: what stands in it is not read."),
    "tick": _("“%(value)s” is no tick. Choose x, or leave the cell empty."),
    "twice": _("Number %(number)d stands in two rows: only the first one is read."),
}


def words_for(code: str, details: Mapping[str, Any]) -> str:
    """The words for a refusal or a fault."""
    return str((REFUSALS.get(code) or FAULTS[code]) % details)


def words_for_file(refused: Refused) -> str:
    """Why a file could not even be opened as a form."""
    return str(FILES[refused.code] % refused.details) if refused.code in FILES else words_of(refused)
