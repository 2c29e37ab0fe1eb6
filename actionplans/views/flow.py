"""One form of a plan from the first look to saved, without ever losing what was typed.

Refused are: an edit over somebody else's edit (both shown, 409), an edit of what was removed or of a plan that is no
draft any more (409, the text still there), bad input (422, beside the field).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import translate_url
from django.utils import translation
from django.utils.translation import gettext as _

from planning_portal.web.submissions import SubmissionConflict, SubmissionKeyMissing, answer_once
from planning_portal.web.switching import asked_language
from planning_portal.workflow.services import WrongState

from ..forms.base import VersionedForm
from ..models import ActionPlan, PlanItem
from ..services import EditConflict, ItemGone
from ..services.editing import locked_because, not_yours
from .lookup import plan_url


@dataclass
class Editor:
    """One page that writes one thing of a plan.

    ``make_form(data=…, item=…, initial=…)`` builds the form; ``save(form, seen)`` calls the service and returns what
    was written. ``purpose`` is set where something new is made: then a double click makes one.
    """

    plan: ActionPlan
    title: str
    make_form: Callable[..., VersionedForm]
    save: Callable[[Any, int], PlanItem | None]
    item: PlanItem | None = None
    purpose: str = ""
    template: str = "actionplans/item_edit.html"
    remove_url: str = ""
    context: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Difference:
    """A field in which what was typed is not what is saved."""

    label: str
    mine: str
    theirs: str


def run_editor(request: HttpRequest, editor: Editor) -> HttpResponse:
    """Show the form, or take it."""
    plan = editor.plan
    if not request.user.has_perm("actionplans.write_plan", plan):
        raise PermissionDenied(not_yours())
    if request.method != "POST":
        if not plan.is_draft:
            raise PermissionDenied(locked_because(plan))
        return _show(request, editor, editor.make_form(item=editor.item))
    if language := asked_language(request):
        return _show_in(request, editor, language)
    form = editor.make_form(data=request.POST, item=editor.item)
    if not plan.is_draft:
        return _show(request, editor, form, status=409, locked=locked_because(plan))
    if not form.is_valid():
        return _show(request, editor, form, status=422)
    return _take(request, editor, form)


def _take(request: HttpRequest, editor: Editor, form: VersionedForm) -> HttpResponse:
    def act() -> str:
        return plan_url(editor.plan, editor.save(form, form.cleaned_data.get("version") or 0))

    try:
        answer = answer_once(request, editor.purpose, act) if editor.purpose else HttpResponseRedirect(act())
    except EditConflict as conflict:
        return _show_conflict(request, editor, form, conflict)
    except ItemGone:
        return show_gone(request, editor.plan, form)
    except WrongState as refusal:
        return _show(request, editor, form, status=409, locked=str(refusal))
    except ValidationError as error:
        form.take_errors(error)
        return _show(request, editor, form, status=422)
    except SubmissionConflict as first:
        return HttpResponseRedirect(first.location)
    except SubmissionKeyMissing:
        form.add_error(
            None, _("This page had been open for too long. Everything you typed is still here: send it again.")
        )
        return _show(request, editor, form, status=422)
    messages.success(request, _("Saved."))
    return answer


def _show(request: HttpRequest, editor: Editor, form: VersionedForm, *, status: int = 200, **more: Any) -> HttpResponse:
    context = {
        "plan": editor.plan,
        "item": editor.item,
        "title": editor.title,
        "form": form,
        "purpose": editor.purpose,
        "remove_url": editor.remove_url,
        "back_url": plan_url(editor.plan, editor.item),
        "action": request.path,
        **editor.context,
        **more,
    }
    return render(request, editor.template, context, status=status)


def _show_in(request: HttpRequest, editor: Editor, language: str) -> HttpResponse:
    """The same form in another language, with everything that was typed."""
    action = translate_url(request.path, language)
    with translation.override(language):
        blank = editor.make_form(item=editor.item)
        typed: dict[str, Any] = {}
        for name, bound in blank.fields.items():
            if bound.disabled:
                continue
            value = bound.widget.value_from_datadict(request.POST, request.FILES, blank.add_prefix(name))
            typed[name] = value
        form = editor.make_form(item=editor.item, initial=typed)
        return _show(request, editor, form, action=action)


def _show_conflict(request: HttpRequest, editor: Editor, form: VersionedForm, conflict: EditConflict) -> HttpResponse:
    """Both texts beside each other; sending the form again means: mine shall stand."""
    theirs = editor.make_form(item=conflict.item)
    form.with_version(conflict.version)
    return _show(request, editor, form, status=409, differences=differences(form, theirs), is_conflict=True)


def show_gone(request: HttpRequest, plan: ActionPlan, form: VersionedForm) -> HttpResponse:
    """What was edited is no more: the words are shown, to be copied."""
    return render(request, "actionplans/item_gone.html", {"plan": plan, "typed": typed_values(form)}, status=409)


def typed_values(form: VersionedForm) -> list[tuple[str, str]]:
    """What was typed, with the labels of its fields."""
    values = [(str(bound.label), display_value(form, bound.name)) for bound in form.visible_fields()]
    return [(label, value) for label, value in values if value]


def differences(form: VersionedForm, theirs: VersionedForm) -> list[Difference]:
    """The fields in which two forms differ, in words."""
    found = []
    for bound in form.visible_fields():
        mine, saved = display_value(form, bound.name), display_value(theirs, bound.name)
        if mine != saved:
            found.append(Difference(str(bound.label), mine, saved))
    return found


def display_value(form: VersionedForm, name: str) -> str:
    """A field's value as a person would say it: the label of a choice, yes or no, the words."""
    value, bound = form[name].value(), form.fields[name]
    choices = dict(_flat(getattr(bound, "choices", ())))
    if choices:
        chosen = value if isinstance(value, list | tuple) else [value]
        return ", ".join(str(choices.get(str(one), one)) for one in chosen if one not in (None, ""))
    if value is True or value is False:
        return _("yes") if value else _("no")
    return "" if value is None else str(value).replace("\r\n", "\n").strip()


def _flat(choices: Any) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for value, label in choices:
        if isinstance(label, list | tuple):
            found += _flat(label)
        else:
            found.append((str(value), label))
    return found
