"""For which organisation a person acts: asked only of those who act for several."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from planning_portal.organisations.identity import Viewer, name_of
from planning_portal.organisations.models import Organisation


class ActingForm(forms.Form):
    """A form sent in the name of one of ``organisations``, of which there is at least one once it is valid."""

    def __init__(self, *args: Any, organisations: Sequence[Organisation], viewer: Viewer, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.organisations = {str(organisation.public_id): organisation for organisation in organisations}
        if len(organisations) > 1:
            self.fields["organisation"] = forms.ChoiceField(
                label=_("For which organisation"),
                choices=[(key, name_of(organisation, viewer)) for key, organisation in self.organisations.items()],
            )

    def organisation(self) -> Organisation:
        """The one that was chosen, or the only one."""
        if "organisation" in self.fields:
            return self.organisations[self.cleaned_data["organisation"]]
        return next(iter(self.organisations.values()))
