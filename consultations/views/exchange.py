"""Comments on a priority; a part of it sent back to its authors, answered, resolved or asked for once more."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from planning_portal.organisations.identity import viewer_of
from planning_portal.organisations.permissions import organisations_of
from planning_portal.web.submissions import SubmissionKeyMissing, answer_once, once_per_form
from planning_portal.web.switching import form_for, is_sent, keeps_typed
from planning_portal.workflow.services import WrongState

from .. import services
from ..comparison import _words
from ..exchange import words_of
from ..forms.exchange import AnswerRequestForm, AskForm, CommentForm, RemoveForm, WordsForm
from ..models import ChangeRequest, Comment, Priority
from ..services import Incomplete
from ..versions import EditConflict
from .drafts import too_old
from .priorities import _show, _visible

COMMENT = "consultations.comment"
REMOVE = "consultations.comment_remove"
ASK = "consultations.ask"
REQUEST = "consultations.request"


def page_of(priority: Priority, anchor: str) -> str:
    return reverse("consultations:priority-detail", args=[priority.public_id]) + anchor


@require_POST
@keeps_typed
def comment_add(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """An organisation of the country says something. Twice is once."""
    priority = _visible(request, public_id)
    mine = [o for o in organisations_of(request.user) if o.country_id == priority.consultation.country_id]
    if not mine:
        raise PermissionDenied(_("You can only speak for an organisation of this country that you belong to."))
    form = form_for(request, CommentForm, organisations=mine, viewer=viewer_of(request.user))
    if not is_sent(request):
        return _show(request, priority, comment_form=form)

    def add() -> str:
        services.add_comment(
            priority,
            by=request.user,
            organisation=form.organisation(),
            words=form.cleaned_data["words"],
            language=form.cleaned_data["language"],
        )
        return page_of(priority, "#comments")

    if form.is_valid():
        answer = _once(request, form, COMMENT, add)
        if answer is not None:
            return answer
    return _show(request, priority, comment_form=form, status=422)


def _once(request: HttpRequest, form: Any, purpose: str, act: Any) -> HttpResponse | None:
    """The answer to a form that makes something; None when it was refused, with the reason in the form.

    Raises SubmissionConflict: other words under the same key are shown to be copied, not thrown away.
    """
    try:
        return answer_once(request, purpose, act)
    except SubmissionKeyMissing:
        form.add_error(None, too_old())
    except ValidationError as error:
        form.add_error(None, error)
    except WrongState as error:
        form.add_error(None, str(error))
    return None


@require_http_methods(["GET", "HEAD", "POST"])
@keeps_typed
@once_per_form(REMOVE)
def comment_remove(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Its own organisation deletes a comment; the companion removes it and says why."""
    comment = get_object_or_404(
        Comment.objects.visible_to(request.user).select_related(
            "organisation__country__zone", "priority__consultation__country", "priority__consultation__step"
        ),
        public_id=public_id,
    )
    if not request.user.has_perm("consultations.remove_comment", comment):
        raise PermissionDenied(_("A comment is removed by its organisation, or by the companion with a reason."))
    is_own = comment.organisation in organisations_of(request.user)
    form = form_for(request, RemoveForm, language=comment.source_language)
    if is_sent(request) and form.is_valid():
        try:
            services.remove_comment(comment, by=request.user, reason=form.cleaned_data["reason"])
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The comment is removed."))
            return HttpResponseRedirect(page_of(comment.priority, "#comments"))
    context = {"comment": comment, "priority": comment.priority, "form": form, "is_own": is_own}
    return render(request, "consultations/comment_remove.html", context, status=422 if form.errors else 200)


@require_POST
@keeps_typed
def request_ask(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The companion sends one part back. Twice is once."""
    priority = _visible(request, public_id)
    if not request.user.has_perm("consultations.request_change", priority):
        raise PermissionDenied(_("The companion can ask for changes until the country has decided on this priority."))
    form = form_for(request, AskForm)
    if not is_sent(request):
        return _show(request, priority, ask_form=form)

    def ask() -> str:
        asked = services.request_change(
            priority,
            by=request.user,
            part=form.cleaned_data["part"],
            words=form.cleaned_data["words"],
            language=form.cleaned_data["language"],
        )
        return reverse("consultations:request-detail", args=[asked.public_id])

    if form.is_valid():
        answer = _once(request, form, ASK, ask)
        if answer is not None:
            return answer
    return _show(request, priority, ask_form=form, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
@keeps_typed
@once_per_form(REQUEST)
def request_detail(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """What was asked and answered; the authors change the part and answer, the companion resolves or asks again."""
    asked = get_object_or_404(
        ChangeRequest.objects.visible_to(request.user).select_related(
            "priority__consultation__country__zone",
            "priority__consultation__step",
            "priority__organisation__country__zone",
            "priority__theme",
        ),
        public_id=public_id,
    )
    priority, user, viewer = asked.priority, request.user, viewer_of(request.user)
    can_answer = user.has_perm("consultations.answer_request", asked)
    can_run = user.has_perm("consultations.run_request", asked) and asked.state != "resolved"
    go = request.POST.get("go", "")
    is_answer = go not in {"reopen", "resolve"} and can_answer
    form: Any = (
        form_for(request, AnswerRequestForm, request_=asked, priority=priority, viewer=viewer)
        if is_answer
        else form_for(request, WordsForm)
    )
    theirs = None
    if is_sent(request):
        if not (is_answer or (can_run and go in {"reopen", "resolve"})):
            raise PermissionDenied(_("Only the authors answer, and only who runs the consultation resolves."))
        if form.is_valid():
            try:
                _act(request, asked, form, go, is_answer=is_answer)
                return redirect("consultations:request-detail", asked.public_id)
            except EditConflict as conflict:
                theirs = _words(asked.part, conflict.theirs[asked.part], viewer)
                form.data = form.data.copy()
                form.data["version"] = str(conflict.obj.version)
                form.add_error(
                    None,
                    _("A colleague changed this part meanwhile. Their version is shown below: mend yours, then send."),
                )
            except Incomplete:
                form.add_error("value", _("A submitted priority needs this part: write it, or leave it as it was."))
            except ValidationError as error:
                form.add_error(None, error)
            except WrongState as error:
                form.add_error(None, str(error))
    context = {
        "asked": asked,
        "priority": priority,
        "words": words_of(asked),
        "can_answer": can_answer,
        "can_run": can_run,
        "can_reopen": can_run and asked.state == "answered",
        "form": form,
        "theirs": theirs,
        "is_over": priority.state != "submitted",
    }
    return render(request, "consultations/request_detail.html", context, status=422 if form.errors else 200)


def _act(request: HttpRequest, asked: ChangeRequest, form: Any, go: str, *, is_answer: bool) -> None:
    said = {"words": form.cleaned_data["words"], "language": form.cleaned_data["language"]}
    if is_answer:
        services.answer_request(asked, by=request.user, value=form.cleaned_data["value"], **said, **form.guards())
        messages.success(request, _("Your answer is sent, and the text is saved."))
    elif go == "reopen":
        services.reopen_request(asked, by=request.user, **said)
        messages.success(request, _("Asked once more: the authors find it on their home page."))
    else:
        services.resolve_request(asked, by=request.user, **said)
        messages.success(request, _("Resolved."))
