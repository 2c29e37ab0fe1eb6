"""Forms for comments, and for sending a part of a priority back and answering."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from planning_portal.organisations.identity import Viewer

from ..models import ChangeRequest, Priority
from ..services.exchange import COMMENT_LIMIT
from .acting import ActingForm
from .drafts import PAGE_OF_PART, PAGES, LimitedText
from .versioned import VersionedForm
from .written import WrittenForm, ask_in


class CommentForm(WrittenForm, ActingForm):
    """One organisation's comment."""

    words = LimitedText(
        label=gettext_lazy("Your comment"),
        help_text=gettext_lazy("The organisations of the country, its companion and the facilitators read it."),
        limit=COMMENT_LIMIT,
        rows=3,
        needed=True,
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, prefix="comment", **kwargs)


class RemoveForm(forms.Form):
    """The companion's reason for removing a comment, in the comment's own ``language``."""

    reason = LimitedText(label=gettext_lazy("Why it is removed"), limit=COMMENT_LIMIT, rows=2, needed=True)

    def __init__(self, *args: Any, language: str, **kwargs: Any):
        super().__init__(*args, **kwargs)
        ask_in(self.fields["reason"], language)


class AskForm(WrittenForm):
    """Which part should change, and what."""

    part = forms.ChoiceField(label=gettext_lazy("Which part should change?"), choices=())
    words = LimitedText(
        label=gettext_lazy("What should change"),
        help_text=gettext_lazy("Only the authors and who runs the consultation read it."),
        limit=COMMENT_LIMIT,
        rows=3,
        needed=True,
    )

    def __init__(self, *args: Any, **kwargs: Any):
        kwargs["prefix"] = "ask"
        super().__init__(*args, **kwargs)
        self.fields["part"].choices = [  # type: ignore[attr-defined]
            (part, str(Priority._meta.get_field(part).verbose_name).capitalize())  # type: ignore[union-attr]
            for part in ChangeRequest.PARTS
        ]


class WordsForm(WrittenForm):
    """The companion resolves or asks once more."""

    words = LimitedText(label=gettext_lazy("A word to the authors"), limit=COMMENT_LIMIT, rows=3)


class AnswerRequestForm(WrittenForm, VersionedForm):
    """The part as the form of a draft has it, and what the authors say."""

    def __init__(self, *args: Any, request_: ChangeRequest, priority: Priority, viewer: Viewer, **kwargs: Any):
        page = PAGES[PAGE_OF_PART[request_.part] - 1](priority=priority, viewer=viewer)
        kwargs["initial"] = {"version": priority.version, "value": page.initial.get(request_.part)}
        kwargs["use_required_attribute"] = False
        super().__init__(*args, **kwargs)
        self.fields["value"] = page.fields[request_.part]
        self.fields["value"].needed_later = True  # type: ignore[attr-defined]
        self.fields["words"] = LimitedText(
            label=_("Your answer"),
            help_text=_("Say what you changed, or why you leave it as it is."),
            limit=COMMENT_LIMIT,
            rows=3,
            needed=True,
        )
