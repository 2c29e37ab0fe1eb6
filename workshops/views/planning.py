"""Before the workshop: its plan, its run sheet; and who is there once it goes on."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from planning_portal.languages.queries import attach_units
from planning_portal.organisations.identity import viewer_of
from planning_portal.programme.models import current_programme
from planning_portal.web.submissions import answer_once

from .. import services
from ..forms import SessionForm, WorkshopForm
from ..models import Session, Workshop, WorkshopState
from ..queries.attendance import attendance_by_zone, attending
from ..queries.schedule import running_of, sheet_of
from ..queries.totals import totals_of
from .guards import (
    FORM,
    act,
    require_desk,
    session_or_404,
    status_of,
    submit,
    why_not_running,
    workshop_or_404,
)
from .typed import form_for, is_sent, keeps_typed

PLAN = "workshops.plan"
ADD_SESSION = "workshops.session"


def _require_planner(request: HttpRequest) -> None:
    if not request.user.has_perm("workshops.plan_workshop"):
        raise PermissionDenied(_("Only facilitators and coordinators can plan a workshop."))


@require_http_methods(FORM)
@keeps_typed
def workshop_plan(request: HttpRequest) -> HttpResponse:
    """Plan a workshop, from a model or like another (``?like=``). Twice is once."""
    _require_planner(request)
    programme = current_programme()
    others = list(Workshop.objects.visible_to(request.user).filter(step__programme=programme).defer("snapshot"))
    attach_units(others)
    like = next((one for one in others if str(one.public_id) == request.GET.get("like")), None)
    form = form_for(request, WorkshopForm, programme=programme, others=others, like=like)
    if is_sent(request) and form.is_valid():
        data = form.cleaned_data

        def plan() -> str:
            workshop = services.plan_workshop(
                data["step"],
                by=request.user,
                title=data["title"],
                language=data["language"],
                zone=data["zone"],
                starts_on=data["starts_on"],
                ends_on=data["ends_on"],
                format=data["format"],
                place=data["place"],
                begins_at=data["begins_at"],
                time_zone=data["time_zone"],
                interpretation=data["interpretation"],
                facilitators=data["facilitators"],
                **form.beginning(),
            )
            return reverse("workshops:session-list", args=[workshop.public_id])

        if answer := submit(form, lambda: answer_once(request, PLAN, plan)):
            return answer
    return render(request, "workshops/workshop_plan.html", {"form": form}, status=status_of(form))


@require_http_methods(FORM)
@keeps_typed
def workshop_edit(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Change the plan of a workshop that is not closed."""
    workshop = workshop_or_404(request, public_id)
    require_desk(request, workshop)
    _require_planner(request)
    if workshop.snapshot is not None:
        raise PermissionDenied(why_not_running(request, workshop))
    form = form_for(request, WorkshopForm, programme=workshop.step.programme, workshop=workshop)
    if is_sent(request) and form.is_valid():
        data = form.cleaned_data

        def save() -> HttpResponseRedirect:
            services.update_workshop(workshop, by=request.user, **data)
            return redirect("workshops:workshop-desk", workshop.public_id)  # type: ignore[return-value]

        if answer := submit(form, save):
            return answer
    context = {"form": form, "workshop": workshop}
    return render(request, "workshops/workshop_plan.html", context, status=status_of(form))


def _require_sheet(request: HttpRequest, workshop: Workshop) -> None:
    """The run sheet is changed before the workshop opens, and while it goes on."""
    require_desk(request, workshop)
    right = "open_workshop" if workshop.state == WorkshopState.PLANNED else "run_workshop"
    if not request.user.has_perm(f"workshops.{right}", workshop):
        raise PermissionDenied(
            _("Only the facilitators of this workshop can do this.")
            if workshop.state == WorkshopState.PLANNED
            else why_not_running(request, workshop)
        )


@require_http_methods(FORM)
@keeps_typed
def session_list(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The run sheet: its items, and one more."""
    workshop = workshop_or_404(request, public_id)
    _require_sheet(request, workshop)
    form = form_for(request, SessionForm, workshop=workshop)
    if is_sent(request) and form.is_valid():

        def add() -> str:
            services.add_session(workshop, by=request.user, **form.cleaned_data)
            return reverse("workshops:session-list", args=[workshop.public_id])

        if answer := submit(form, lambda: answer_once(request, ADD_SESSION, add)):
            return answer
    with timezone.override(workshop.clock):
        context = {"workshop": workshop, "sheet": sheet_of(workshop), "form": form}
        return render(request, "workshops/session_list.html", context, status=status_of(form))


@require_http_methods(FORM)
@keeps_typed
def session_edit(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    session = session_or_404(request, public_id)
    _require_sheet(request, session.workshop)
    form = form_for(request, SessionForm, workshop=session.workshop, session=session)
    if is_sent(request) and form.is_valid():

        def save() -> HttpResponseRedirect:
            services.update_session(session, by=request.user, **form.cleaned_data)
            return redirect("workshops:session-list", session.workshop.public_id)  # type: ignore[return-value]

        if answer := submit(form, save):
            return answer
    context = {"workshop": session.workshop, "session": session, "form": form}
    return render(request, "workshops/session_edit.html", context, status=status_of(form))


@require_POST
def session_remove(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Take an item off the run sheet; once it is gone, a second click finds nothing."""
    session: Session = get_object_or_404(
        Session.objects.select_related("workshop__step__programme", "workshop__zone").filter(
            workshop__in=Workshop.objects.visible_to(request.user)
        ),
        public_id=public_id,
    )
    _require_sheet(request, session.workshop)
    return act(
        request,
        lambda: services.remove_session(session, by=request.user),
        done=_("The session was taken off the run sheet."),
        to=reverse("workshops:session-list", args=[session.workshop.public_id]),
    )


@require_http_methods(FORM)
@keeps_typed
def attendance(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Which organisations are there: a list to tick, for the whole workshop or for one session (the running one first).

    ``like`` ticks those who were at another session; nothing is kept before it is saved.
    """
    workshop = workshop_or_404(request, public_id)
    require_desk(request, workshop)
    sessions = [one for one in workshop.sessions.all() if one.started_at]
    sent = request.POST if request.method == "POST" else request.GET
    running = running_of(sessions) if request.method != "POST" else None
    session = _asked(sessions, sent.get("session", "")) if "session" in sent else running
    here = reverse("workshops:attendance", args=[workshop.public_id])
    if is_sent(request):
        present, listed = (_ids(request, name) for name in ("present", "listed"))
        return act(
            request,
            lambda: (
                services.set_presence(workshop, by=request.user, present=present, listed=listed, session=session) > 0
            ),
            done=_("Saved."),
            repeated=_("Nothing had changed."),
            to=f"{here}?session={session.public_id if session else ''}",
        )
    like = _asked(sessions, sent.get("like", ""))
    ticked: Collection[int] | None = attending(like) if like else None
    if request.method == "POST":
        ticked = _ids(request, "present")
    zones = attendance_by_zone(workshop, viewer_of(request.user), ticked, session)
    attach_units([workshop, *sessions])
    context = {
        "workshop": workshop,
        "session": session,
        "sessions": sessions,
        "earlier": [one for one in sessions if session and one.position < session.position][-1:],
        "zones": zones,
        "present": sum(zone.present for zone in zones),
        "all": sum(len(zone.rows) for zone in zones),
        "can_run": request.user.has_perm("workshops.run_workshop", workshop),
    }
    return render(request, "workshops/attendance.html", context)


def _asked(sessions: list[Session], public_id: str) -> Session | None:
    return next((one for one in sessions if str(one.public_id) == public_id), None)


@require_safe
def attendance_totals(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Who was there and who was heard, by zone, kind of organisation and language."""
    workshop = workshop_or_404(request, public_id)
    require_desk(request, workshop)
    attach_units([workshop])
    return render(request, "workshops/attendance_totals.html", {"workshop": workshop, "totals": totals_of(workshop)})


def _ids(request: HttpRequest, name: str) -> list[int]:
    return [int(value) for value in request.POST.getlist(name) if value.isdecimal() and len(value) < 12]
