"""Giving back, adopting and amending a plan."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from .fields import WrittenText


class ReasonForm(forms.Form):
    """Why a plan is given back or amended: those who write it will read this."""

    use_required_attribute = False
    reason = WrittenText(
        label=_("Reason"), help_text=_("The organisations that carry the plan will read this."), max_length=2000
    )


class NoteForm(forms.Form):
    """What is worth remembering about an adoption."""

    use_required_attribute = False
    note = WrittenText(
        label=_("Note"), help_text=_("It stays with the adopted version."), max_length=2000, required=False
    )
