"""Inviting, answering, reminding."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from planning_portal.organisations.identity import name_of, viewer_of
from planning_portal.organisations.models import Organisation
from planning_portal.organisations.permissions import organisations_of
from planning_portal.web.switching import form_for, is_sent, keeps_typed
from planning_portal.workflow.services import WrongState

from .. import services
from ..clocks import clocks_of
from ..forms.invitations import AnswerForm, InvitationsForm
from ..models import Consultation, InvitationAnswer, Participation, ReminderReason
from ..reminders import with_drafts, without_answer
from ..versions import EditConflict
from .running import FORM, _page, _refused, _retry_with, _run, _saved


@require_http_methods(FORM)
@keeps_typed
def consultation_invitations(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Who is invited, who comes; the invitations are sent from here, and those without an answer reminded."""
    consultation = _run(request, public_id)
    rows = list(consultation.participations.select_related("organisation__country__zone", "answer"))
    active = Organisation.objects.active().filter(country=consultation.country).select_related("country__zone")
    organisations = {o.pk: o for o in [*active, *(row.organisation for row in rows)]}
    form = form_for(
        request,
        InvitationsForm,
        consultation=consultation,
        organisations=list(organisations.values()),
        rows=rows,
        viewer=viewer_of(request.user),
    )
    if is_sent(request) and form.is_valid():
        try:
            services.choose_invited(consultation, by=request.user, **form.guards(), choices=form.choices())
            if request.POST.get("go") != "send":
                return _saved(request, consultation, "invitations")
            _say_how_many_were_invited(request, services.send_invitations(consultation, by=request.user))
            return redirect("consultations:consultation-invitations", consultation.public_id)
        except EditConflict as conflict:
            _retry_with(form, conflict)
        except ValidationError as error:
            form.add_error(None, error.messages)  # type: ignore[arg-type]
        except WrongState as error:
            return _refused(request, consultation, "invitations", error)
    lines = form.lines()
    context = {
        "form": form,
        "lines": lines,
        "untold": sum(row.invited_at is None for row in rows),
        "coming": sum(line["answer"] is not None and line["answer"].comes for line in lines),
        "answered": sum(line["answer"] is not None for line in lines),
        "waiting": without_answer(consultation).count(),
        "drafting": with_drafts(consultation).count(),
        "can_invite": request.user.has_perm("consultations.invite_organisations", consultation),
        "can_remind": request.user.has_perm("consultations.remind", consultation),
    }
    return _page(request, consultation, "invitations", context, status=422 if form.errors else 200)


def _say_how_many_were_invited(request: HttpRequest, count: int) -> None:
    if not count:
        messages.info(request, _("Everyone on the list was invited before."))
        return
    words = ngettext(
        "%(count)d organisation is invited: it finds it on its home page.",
        "%(count)d organisations are invited: they find it on their home pages.",
        count,
    )
    messages.success(request, words % {"count": count})


@require_POST
def consultation_remind(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Remind all whom a reason is for, or one organisation. Twice a day is once: the row is unique by day."""
    consultation = _run(request, public_id)
    reason = request.POST.get("reason", "")
    chosen = None
    if one := request.POST.get("organisation", ""):
        listed = consultation.participations.select_related("organisation")
        chosen = [row.organisation for row in listed if str(row.organisation.public_id) == one]
    if reason not in set(ReminderReason.values) - {ReminderReason.THEME} or chosen == []:
        messages.error(request, _("Choose whom to remind from the page again: it has changed meanwhile."))
        return _back(request, consultation)
    if not request.user.has_perm("consultations.remind", consultation):
        raise PermissionDenied(_("People are reminded while the step goes on and the consultation is not closed."))
    count = services.remind(consultation, by=request.user, reason=reason, organisations=chosen)
    say_how_many_were_reminded(request, count)
    return _back(request, consultation)


def say_how_many_were_reminded(request: HttpRequest, count: int) -> None:
    if count:
        words = ngettext(
            "%(count)d organisation is reminded on its home page; a mail goes to whom it may.",
            "%(count)d organisations are reminded on their home pages; a mail goes to whom it may.",
            count,
        )
        messages.success(request, words % {"count": count})
    else:
        messages.info(request, _("Nobody to remind: everyone has answered, or was reminded today already."))


def _back(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    """To the page that the button stood on, if it is one of ours."""
    page = request.POST.get("back", "")
    if page.startswith("/") and url_has_allowed_host_and_scheme(page, allowed_hosts={request.get_host()}):
        return redirect(page)
    return redirect("consultations:consultation-invitations", consultation.public_id)


@require_http_methods(FORM)
@keeps_typed
def invitation_answer(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """An invited organisation says whether it comes. Two colleagues never overwrite each other."""
    consultation = get_object_or_404(Consultation.objects.visible_to(request.user).with_country(), public_id=public_id)
    row = _invited_row(request, consultation)
    answer: InvitationAnswer | None = getattr(row, "answer", None)
    form = form_for(request, AnswerForm, answer=answer)
    theirs = ""
    can_answer = request.user.has_perm("consultations.answer_invitation", consultation)
    if is_sent(request) and form.is_valid():
        try:
            services.answer_invitation(
                consultation,
                by=request.user,
                organisation=row.organisation,
                **form.guards(),
                **form.parts(),
            )
        except EditConflict as conflict:
            _retry_with(form, conflict)
            theirs = form.words_of(*conflict.theirs["answer"])
        except WrongState as error:
            messages.error(request, str(error))
            return redirect("consultations:consultation-detail", consultation.public_id)
        else:
            messages.success(request, _("Your answer is recorded. You can change it until the consultation is closed."))
            return redirect("consultations:consultation-detail", consultation.public_id)
    context: dict[str, Any] = {
        "consultation": consultation,
        "form": form,
        "theirs": theirs,
        "answer": answer,
        "organisation": row.organisation,
        "name": name_of(row.organisation, viewer_of(request.user)),
        "can_answer": can_answer,
        "clocks": clocks_of(consultation),
    }
    return render(request, "consultations/invitation_answer.html", context, status=422 if form.errors else 200)


def _invited_row(request: HttpRequest, consultation: Consultation) -> Participation:
    """The invitation of an organisation that this person acts for: the one asked for, else the first unanswered."""
    mine = [o.pk for o in organisations_of(request.user) if o.country_id == consultation.country_id]
    rows = list(
        consultation.participations.filter(organisation__in=mine, invited_at__isnull=False)
        .select_related("organisation__country__zone", "answer")
        .order_by("pk")
    )
    if not rows:
        raise PermissionDenied(_("Only the people of an invited organisation answer its invitation."))
    asked = next((row for row in rows if str(row.organisation.public_id) == request.GET.get("for")), None)
    return asked or next((row for row in rows if not hasattr(row, "answer")), rows[0])
