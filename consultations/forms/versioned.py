"""What every form carries that edits something which others edit too."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.safestring import SafeString

from planning_portal.web.switching import WHOLE


class VersionedForm(forms.Form):
    """``version`` guards against somebody else's save; ``editor`` names this open page, so that its own save whose
    reply was lost on the line is not taken for somebody else's."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    editor = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any):
        kwargs["initial"] = {"editor": str(uuid.uuid4()), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)

    def opening(self) -> SafeString:
        """The guards, for where the form begins; and the mark by which ``switching.is_cut`` knows that it has."""
        return format_html('{}{}<input type="hidden" name="{}" value="">', self["version"], self["editor"], WHOLE)

    def guards(self) -> dict[str, Any]:
        """What the services take beside the fields."""
        return {"version": self.cleaned_data["version"], "editor": str(self.cleaned_data["editor"] or "")}
