"""Who is invited, and what an invited organisation answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from planning_portal.languages.services import source_text
from planning_portal.organisations.identity import Viewer, name_of
from planning_portal.organisations.models import Organisation

from ..models import Consultation, InvitationAnswer, Participation
from .drafts import LimitedText
from .versioned import VersionedForm
from .written import WrittenForm

LINE_LIMIT = 250


class InvitationsForm(VersionedForm):
    """A tick for each organisation of the country. Whoever has answered or was there stays on the list."""

    def __init__(
        self,
        *args: Any,
        consultation: Consultation,
        organisations: Sequence[Organisation],
        rows: Sequence[Participation],
        viewer: Viewer,
        **kwargs: Any,
    ):
        kwargs["initial"] = {"version": consultation.version}
        super().__init__(*args, **kwargs)
        self.rows = {row.organisation_id: row for row in rows}
        self.organisations = sorted(organisations, key=lambda o: name_of(o, viewer).casefold())
        self.names = {o.pk: name_of(o, viewer) for o in self.organisations}
        for organisation in self.organisations:
            row = self.rows.get(organisation.pk)
            self.fields[f"invited_{organisation.pk}"] = forms.BooleanField(
                label=self.names[organisation.pk], required=False, initial=row is not None, disabled=_is_fixed(row)
            )

    def choices(self) -> dict[Organisation, bool]:
        return {o: self.cleaned_data[f"invited_{o.pk}"] for o in self.organisations}

    def lines(self) -> list[dict[str, Any]]:
        """The lines of the table: the tick, and how far the invitation is."""
        return [
            {
                "organisation": o,
                "name": self.names[o.pk],
                "tick": self[f"invited_{o.pk}"],
                "row": self.rows.get(o.pk),
                "answer": getattr(self.rows.get(o.pk), "answer", None),
            }
            for o in self.organisations
        ]


def _is_fixed(row: Participation | None) -> bool:
    return row is not None and (row.is_present or hasattr(row, "answer"))


class AnswerForm(WrittenForm, VersionedForm):
    """Does our organisation come? With a line, in the writer's language."""

    WORDS = "line"

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    comes = forms.ChoiceField(
        label=gettext_lazy("Does your organisation come?"),
        choices=[("yes", gettext_lazy("Yes, we come")), ("no", gettext_lazy("No, we cannot come"))],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose one of the two answers.")},
    )
    line = LimitedText(
        label=gettext_lazy("A line to the companion"),
        help_text=gettext_lazy("How many you are, what you need, why you cannot come. No names."),
        limit=LINE_LIMIT,
        rows=1,
    )

    def __init__(self, *args: Any, answer: InvitationAnswer | None, **kwargs: Any):
        kwargs["initial"] = {
            "version": answer.version if answer else 0,
            "comes": ("yes" if answer.comes else "no") if answer else None,
            "line": source_text(answer, "line") if answer else "",
            **({"language": answer.source_language} if answer and source_text(answer, "line") else {}),
        }
        kwargs["use_required_attribute"] = False
        super().__init__(*args, **kwargs)

    def parts(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {"comes": data["comes"] == "yes", "line": data["line"], "language": data["language"]}

    def words_of(self, comes: bool, line: str) -> str:
        """An answer as it is shown beside what somebody typed."""
        return " · ".join(text for text in (_("Yes, we come") if comes else _("No, we cannot come"), line) if text)
