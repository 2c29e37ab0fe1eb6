"""One file at a time: what arrived on a bad line is there, whatever becomes of the next."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from planning_portal.quarantine.limits import LARGEST_FILE
from planning_portal.quarantine.words import WORDS

from ..offline.words import FILES


class FileForm(forms.Form):
    """A file of at most ``LARGEST_FILE`` bytes; ``accept`` only helps to choose, its content is looked at later. The
    script says before sending that a file is too large: a browser shows no answer before it has sent all."""

    file = forms.FileField()

    def __init__(self, *args: Any, label: str, help_text: str, accept: str, too_large: str, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.too_large = too_large
        field = self.fields["file"]
        field.label, field.help_text = label, help_text
        field.widget.attrs |= {"accept": accept, "data-largest": LARGEST_FILE, "data-too-large": too_large}
        field.error_messages |= {
            "required": _("Choose a file first."),
            "missing": _("Choose a file first."),
            "invalid": _("Choose a file first."),
            "empty": _("This file is empty."),
        }

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LARGEST_FILE:
            raise ValidationError(self.too_large)
        return file


def attachment_form(*args: Any) -> FileForm:
    return FileForm(
        *args,
        label=_("Add a file"),
        help_text=_(
            "A picture (JPEG, PNG, WebP), PDF, DOCX or XLSX of at most 5 MB. Who made it, where and when, authors "
            "of comments, scripts and the formulas of a workbook (their results stay) are taken out before it is kept. "
            "Its name is not kept."
        ),
        accept="image/jpeg,image/png,image/webp,.pdf,.docx,.xlsx",
        too_large=WORDS["large"],
    )


def form_file_form(*args: Any) -> FileForm:
    return FileForm(
        *args,
        label=_("Your filled-in form"),
        help_text=_("The XLSX file that you fetched here. You see what was read before anything is saved."),
        accept=".xlsx",
        too_large=FILES["large"],
    )
