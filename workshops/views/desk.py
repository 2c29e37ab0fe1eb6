"""The desk: one page that follows what is going on, and the clicks that move the workshop on."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from planning_portal.languages.queries import attach_units
from planning_portal.organisations.identity import viewer_of
from planning_portal.web.submissions import answer_once

from .. import services
from ..forms import NoteForm
from ..forms.room import TemperatureForm
from ..models import Session, SessionKind, SessionNote, SetAside, Workshop
from ..queries.closing import step_summaries
from ..queries.desk import desk_of, needs_of, version_of, with_counts
from ..queries.planning import waiting_for
from ..queries.room import queue_of
from .guards import FORM, act, require_desk, require_running, session_or_404, status_of, submit, workshop_or_404
from .typed import form_for, is_sent, keeps_typed

ASK = "workshops.temperature"


@require_safe
def workshop_list(request: HttpRequest) -> HttpResponse:
    """All workshops, those that go on first; facilitators and coordinators read beside each what it needs next."""
    visible = Workshop.objects.visible_to(request.user).filter(step__programme__is_current=True)
    visible = visible.with_context().defer("snapshot")
    workshops = sorted(with_counts(visible).order_by("starts_on", "id"), key=lambda one: one.state != "open")
    attach_units(workshops)
    for workshop in workshops:
        if request.user.has_perm("workshops.view_desk", workshop):
            workshop.needs = needs_of(workshop)  # type: ignore[attr-defined]
    return render(
        request, "workshops/workshop_list.html", {"workshops": workshops, "summaries": step_summaries(request.user)}
    )


@require_safe
def workshop_desk(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    workshop = workshop_or_404(request, public_id, with_counts(Workshop.objects.visible_to(request.user)))
    require_desk(request, workshop)
    with timezone.override(workshop.clock):
        return render(request, "workshops/workshop_desk.html", _context(request, workshop))


@require_safe
def workshop_desk_live(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The part of the desk that renews itself: 204 (or 304 to who asks with the ETag) as long as nothing changed.

    Whether something changed is one row of the workshop: its revision, and whether a session runs.
    """
    found = Workshop.objects.visible_to(request.user)
    workshop = workshop_or_404(request, public_id, with_counts(found))
    require_desk(request, workshop)
    version = version_of(workshop, timezone.now(), is_running=bool(workshop.running_count))  # type: ignore[attr-defined]
    if request.GET.get("seen") == version:
        return HttpResponse(status=204)
    unchanged = get_conditional_response(request, etag=quote_etag(version))
    if unchanged is not None:
        return unchanged
    with timezone.override(workshop.clock):
        response = render(request, "workshops/_desk_live.html", _context(request, workshop))
    response.headers["ETag"] = quote_etag(version)
    return response


def _context(request: HttpRequest, workshop: Workshop) -> dict[str, Any]:
    desk = desk_of(workshop)
    running = desk.running.session if desk.running else None
    can_run = request.user.has_perm("workshops.run_workshop", workshop)
    return {
        "workshop": workshop,
        "desk": desk,
        "waiting": waiting_for(workshop) if workshop.state == "planned" else None,
        "queue": queue_of(workshop, running, viewer_of(request.user)),
        "can_run": can_run,
        "can_plan": request.user.has_perm("workshops.plan_workshop"),
        "keeps_notes": request.user.has_perm("workshops.keep_note", workshop),
        "can_open": request.user.has_perm("workshops.open_workshop", workshop),
        "is_weighing": bool(desk.running and desk.running.session.kind == SessionKind.WEIGHING),
    }


@require_POST
def workshop_open(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Open the workshop: the agreed priorities become its candidates."""
    workshop = workshop_or_404(request, public_id)
    require_desk(request, workshop)
    return act(
        request,
        lambda: services.open_workshop(workshop, by=request.user),
        done=_("The workshop is open: the agreed priorities are its candidates."),
        to=lambda _opened: redirect("workshops:workshop-desk", workshop.public_id).url,
    )


@require_POST
def workshop_late(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Take in what countries agreed after the workshop was opened."""
    workshop = workshop_or_404(request, public_id)
    require_desk(request, workshop)
    number = 0

    def take_in() -> bool:
        nonlocal number
        number = services.take_in_late_priorities(workshop, by=request.user)
        return number > 0

    response = act(
        request,
        take_in,
        done=_("Priorities that came later are candidates now."),
        repeated=_("There was nothing new to take in."),
        to=redirect("workshops:candidate-list", workshop.public_id).url,
    )
    if number:
        words = ngettext("%(count)s candidate was added.", "%(count)s candidates were added.", number)
        messages.info(request, words % {"count": number})
    return response


@require_POST
def session_start(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Start a session; the form names the one that it ends, so that a stale page cannot end another."""
    session = session_or_404(request, public_id)
    require_desk(request, session.workshop)
    ending = _ending(request, session)
    return act(
        request,
        lambda: services.start_session(session, by=request.user, ending=ending),
        done=_("The session has begun."),
        repeated=_("This session is running already."),
        to=redirect("workshops:workshop-desk", session.workshop.public_id).url,
    )


@require_POST
def session_end(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    session = session_or_404(request, public_id)
    require_desk(request, session.workshop)
    return act(
        request,
        lambda: services.end_session(session, by=request.user),
        done=_("The session has ended."),
        repeated=_("This session is not running any more."),
        to=redirect("workshops:workshop-desk", session.workshop.public_id).url,
    )


@require_POST
def session_pause(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Stop the clock of the running session, or let it go on: the form says which, so that a click can come twice."""
    session = session_or_404(request, public_id)
    require_desk(request, session.workshop)
    goes_on = request.POST.get("go") == "on"
    do = services.resume_session if goes_on else services.pause_session
    return act(
        request,
        lambda: do(session, by=request.user),
        done=_("The clock goes on.") if goes_on else _("The clock stands still until you go on."),
        to=redirect("workshops:workshop-desk", session.workshop.public_id).url,
    )


@require_http_methods(FORM)
@keeps_typed
def note_edit(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The facilitators' own note of a session. Two who write at once both keep their text."""
    session = session_or_404(request, public_id)
    require_desk(request, session.workshop)
    if not request.user.has_perm("workshops.keep_note", session.workshop):
        raise PermissionDenied(_("Only the facilitators of this workshop read and write its notes."))
    form = form_for(request, NoteForm, note=SessionNote.objects.filter(session=session).first())
    if is_sent(request) and form.is_valid():

        def save() -> HttpResponseRedirect:
            services.save_note(session, by=request.user, **form.cleaned_data)
            return redirect("workshops:workshop-desk", session.workshop.public_id)  # type: ignore[return-value]

        if answer := submit(form, save):
            return answer
    attach_units([session.workshop, session])
    context = {"workshop": session.workshop, "session": session, "form": form}
    return render(request, "workshops/note_edit.html", context, status=status_of(form))


@require_http_methods(FORM)
@keeps_typed
def temperature_edit(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Ask for the temperature; end the question, or take it off every screen. Every click can be repeated."""
    workshop = workshop_or_404(request, public_id)
    require_running(request, workshop)
    here = redirect("workshops:workshop-desk", workshop.public_id)
    acts: dict[str, tuple[Any, str]] = {
        "end": (services.end_temperature, _("The question has closed; who answered what is forgotten.")),
        "clear": (services.clear_temperature, _("The question is gone from every screen.")),
    }
    go = request.POST.get("go", "")
    if is_sent(request) and go in acts:
        do, done = acts[go]
        return act(request, lambda: do(workshop, by=request.user), done=done, to=here.url)
    form = form_for(request, TemperatureForm)
    if is_sent(request) and form.is_valid():

        def ask() -> str:
            services.open_temperature(workshop, by=request.user, **form.cleaned_data)
            return here.url

        if answer := submit(form, lambda: answer_once(request, ASK, ask)):
            return answer
    attach_units([workshop])
    context = {"workshop": workshop, "form": form}
    return render(request, "workshops/temperature_edit.html", context, status=status_of(form))


@require_POST
def session_aside(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Skip a session, park it, or take it back into the run sheet."""
    session = session_or_404(request, public_id)
    require_desk(request, session.workshop)
    go = request.POST.get("go", "")
    acts: dict[str, tuple[Any, str]] = {
        SetAside.SKIPPED: (services.set_session_aside, _("The session is skipped: it takes no time.")),
        SetAside.PARKED: (
            services.set_session_aside,
            _("The session is parked: it comes after all others."),
        ),
    }
    do, done = acts.get(go, (services.take_session_back, _("The session stands in the run sheet again.")))
    how = {"how": go} if go in acts else {}
    return act(
        request,
        lambda: do(session, by=request.user, **how),
        done=done,
        to=redirect("workshops:workshop-desk", session.workshop.public_id).url,
    )


def _ending(request: HttpRequest, session: Session) -> Session | None:
    try:
        public_id = uuid.UUID(request.POST.get("ending", ""))
    except ValueError:
        return None
    return session.workshop.sessions.filter(public_id=public_id).first()
