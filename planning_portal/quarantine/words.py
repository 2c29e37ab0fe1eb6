"""What a refusal means and what to do about it, in the reader's language."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from .process import Refused

WORDS: dict[str, Any] = {
    "active": _("This file holds a macro, a program or another file. Save it as a PDF and send that."),
    "bomb": _("This file unpacks to far more than it seems to hold. Save it anew, or as a PDF, and send that."),
    "broken": _("This file is damaged, or it is not what its name says. Open it, save it anew, and send that."),
    "busy": _("Many files are being looked at right now. Send yours again in a minute."),
    "cells": _("This workbook holds far more than a form of this portal can. Was it the right file?"),
    "empty": _("This file is empty."),
    "entities": _("This file would draw in other files when it is opened. Open it, save it anew, and send that."),
    "heavy": _("This file takes too much memory to be opened. Send a smaller one."),
    "kind": _("Files of this kind are not taken."),
    "large": _("This file is larger than 5 MB. Send a smaller one."),
    "locked": _("This file is protected by a password. Save it without one and send that."),
    "long": _("This file has more than %(limit)s pages. Send the pages that matter."),
    "nested": _("This file holds another file inside. Take that out, or save it as a PDF, and send that."),
    "pixels": _("This picture has too many pixels. Make it smaller and send that."),
    "rows": _("This workbook goes on below row %(limit)s. A form of this portal does not: was it the right file?"),
    "slow": _("This file takes too long to be opened. Send a simpler one."),
}


def words_of(refused: Refused) -> str:
    """The refusal as a person reads it."""
    return str(WORDS.get(refused.code, WORDS["broken"]) % refused.details)
