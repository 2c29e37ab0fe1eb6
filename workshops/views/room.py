"""The room: joining by a code, a delegate's place, the queue of speakers, and the screen on the wall."""

from __future__ import annotations

import uuid
from typing import Any

import segno
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import quote_etag
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from planning_portal.languages.queries import attach_units
from planning_portal.organisations.identity import viewer_of
from planning_portal.organisations.models import Organisation
from planning_portal.organisations.permissions import organisations_of

from .. import services
from ..forms.room import HandForm, JoinForm, ScreenForm
from ..models import Hand, Room, Session, Workshop, WorkshopState
from ..queries.ballots import votes_of
from ..queries.desk import linked_to
from ..queries.room import (
    Screen,
    is_running_now,
    listed_organisations,
    queue_of,
    screen_of,
    screen_version,
    seats_of,
)
from ..queries.schedule import interpreted_into, running_of, spoken_in, timer_of, upcoming_of
from ..queries.temperature import LEVELS, answers_of, check_of, mark_of, temperature_of
from .guards import FORM, act, require_desk, require_running, why_not_running, workshop_or_404
from .typed import form_for, is_sent, keeps_typed

MOVES = ("first", "up", "down", "last")


# --- Joining, and a delegate's place -------------------------------------------------------------------------


@require_http_methods(FORM)
@keeps_typed
def workshop_join(request: HttpRequest) -> HttpResponse:
    """The code on the screen leads to one's place in that workshop; changes nothing."""
    form = form_for(request, JoinForm)
    if is_sent(request) and form.is_valid():
        return redirect("workshops:workshop-joined", form.cleaned_data["code"])
    return render(request, "workshops/workshop_join.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
def workshop_joined(request: HttpRequest, code: str) -> HttpResponse:
    """Where the QR code leads."""
    room = Room.objects.select_related("workshop").filter(join_code=code.upper()).first()
    if room is None or not Workshop.objects.visible_to(request.user).filter(pk=room.workshop_id).exists():
        return redirect("workshops:workshop-join")
    return redirect("workshops:workshop-place", room.workshop.public_id)


@require_http_methods(FORM)
@keeps_typed
def workshop_place(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """A delegate's place: what is going on, we are here, a hand, the ballot."""
    workshop = workshop_or_404(request, public_id)
    if is_sent(request):
        organisation = _own_organisation(request, request.POST.get("organisation", ""))
        return act(
            request,
            lambda: services.check_in(workshop, by=request.user, organisation=organisation),
            done=_("You are on the list of those who are there."),
            repeated=_("You are on the list already."),
            to=reverse("workshops:workshop-place", args=[workshop.public_id]),
        )
    return render(request, "workshops/workshop_place.html", _place(request, workshop))


@require_safe
def workshop_place_live(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The part of the place that renews itself: 304 without a body as long as nothing has changed."""
    workshop = workshop_or_404(request, public_id)
    version = _place_version(request, workshop, is_running=is_running_now(workshop))
    unchanged = get_conditional_response(request, etag=quote_etag(version))
    if unchanged is not None:
        return unchanged
    response = render(request, "workshops/_place_live.html", _place(request, workshop))
    response.headers["ETag"] = quote_etag(version)
    return response


def _place_version(request: HttpRequest, workshop: Workshop, *, is_running: bool) -> str:
    minute = f".{int(timezone.now().timestamp()) // 60}" if is_running else ""
    mark = mark_of(workshop, timezone.now())
    return f"{workshop.pk}.{request.user.pk}.{workshop.revision}{minute}{mark}"


def _place(request: HttpRequest, workshop: Workshop) -> dict[str, Any]:
    viewer = viewer_of(request.user)
    sessions = list(workshop.sessions.all())
    running, upcoming = running_of(sessions), upcoming_of(sessions)
    linked = linked_to(running)
    attach_units([workshop, *sessions, *linked])
    queue = queue_of(workshop, running, viewer)
    is_open = workshop.state == WorkshopState.OPEN
    seats = seats_of(workshop, running, organisations_of(request.user), queue, viewer) if is_open else []
    choices = [(str(seat.organisation.public_id), seat.name) for seat in seats if seat.hand is None]
    temperature = temperature_of(workshop, sessions, timezone.now()) if is_open else None
    taps = answers_of(temperature, [seat.organisation.pk for seat in seats])
    open_rounds = list(workshop.rounds.filter(state="open").defer("result").select_related("workshop"))
    return {
        "workshop": workshop,
        "running": running,
        "upcoming": upcoming,
        "linked": linked,
        "timer": timer_of(running, timezone.now()),
        "spoken": spoken_in(running) if running else "",
        "interpreted": interpreted_into(workshop, running),
        "queue": queue,
        "seats": seats,
        "temperature": temperature,
        "taps": [(seat, taps.get(seat.organisation.pk)) for seat in seats] if temperature else [],
        "levels": LEVELS,
        "votes": votes_of(request.user, open_rounds) if open_rounds else [],
        "form": HandForm(organisations=choices, language=request.user.preferred_language)  # type: ignore[union-attr]
        if running and choices
        else None,
        "etag": quote_etag(_place_version(request, workshop, is_running=running is not None)),
    }


@require_POST
def temperature_answer(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """One tap of one's organisation. A check that is gone leads back to one's place, like one that is over."""
    workshop = workshop_or_404(request, public_id)
    check = check_of(workshop)
    to = reverse("workshops:workshop-place", args=[workshop.public_id])
    organisation = _own_organisation(request, request.POST.get("organisation", ""))
    if check is None or str(check.public_id) != request.POST.get("check"):
        messages.info(request, _("This question has closed: your answer is not counted any more."))
        return redirect(to)
    level = request.POST.get("level", "")
    return act(
        request,
        lambda: services.answer_temperature(
            check, by=request.user, organisation=organisation, level=int(level) if level.isdecimal() else 0
        ),
        done=_("Your answer is in. You can change it until the question closes."),
        repeated=_("Your answer is in already."),
        to=to,
    )


def _own_organisation(request: HttpRequest, public_id: str) -> Organisation:
    found = next((one for one in organisations_of(request.user) if str(one.public_id) == public_id), None)
    if found is None:
        raise Http404
    return found


# --- The queue -----------------------------------------------------------------------------------------------


@require_http_methods(FORM)
def hand_raise(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Raise a hand in a session: for one's own organisation, or at the desk for any on the list. Twice is once."""
    sessions = Session.objects.select_related("workshop__step__programme", "workshop__zone")
    session: Session = get_object_or_404(
        sessions, public_id=public_id, workshop__in=Workshop.objects.visible_to(request.user)
    )
    if request.method != "POST":
        return _hand_at_desk(request, session)
    at_desk = "desk" in request.POST and request.user.has_perm("workshops.view_desk", session.workshop)
    listed = Organisation.objects.visible_to(request.user).filter(delegations__workshop=session.workshop)
    organisation = (
        get_object_or_404(listed, public_id=_uuid(request.POST.get("organisation", "")))
        if at_desk
        else _own_organisation(request, request.POST.get("organisation", ""))
    )
    return act(
        request,
        lambda: services.raise_hand(
            session,
            by=request.user,
            organisation=organisation,
            language=request.POST.get("language", ""),
            gender=request.POST.get("gender", ""),
        ),
        done=_("The hand is raised."),
        to=_back(session.workshop, at_desk=at_desk),
    )


def _hand_at_desk(request: HttpRequest, session: Session) -> HttpResponse:
    """The form in which a facilitator raises a hand for somebody."""
    workshop = session.workshop
    require_running(request, workshop)
    attach_units([workshop, session])
    form = HandForm(organisations=listed_organisations(workshop, viewer_of(request.user)))
    return render(request, "workshops/hand_raise.html", {"workshop": workshop, "session": session, "form": form})


@require_POST
def hand_act(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Lower a hand; at the desk also give it the floor, end its turn, move it among those that wait."""
    hands = Hand.objects.select_related("session__workshop__step__programme", "session__workshop__zone", "organisation")
    hand = get_object_or_404(
        hands, public_id=public_id, session__workshop__in=Workshop.objects.visible_to(request.user)
    )
    workshop, go = hand.session.workshop, request.POST.get("go", "")
    at_desk = "desk" in request.POST and request.user.has_perm("workshops.view_desk", workshop)
    if go != "lower":
        require_running(request, workshop)
    acts: dict[str, tuple[Any, str]] = {
        "lower": (lambda: services.lower_hand(hand, by=request.user), _("The hand is lowered.")),
        "floor": (lambda: services.give_floor(hand, by=request.user), _("They have the floor.")),
        "end": (lambda: services.end_turn(hand, by=request.user), _("The turn has ended.")),
        **{
            name: (lambda name=name: services.move_hand(hand, by=request.user, to=name), _("The queue has changed."))
            for name in MOVES
        },
    }
    if go not in acts:
        raise Http404
    do, done = acts[go]
    return act(request, do, done=done, to=_back(workshop, at_desk=at_desk))


def _back(workshop: Workshop, *, at_desk: bool) -> str:
    return reverse(f"workshops:workshop-{'desk' if at_desk else 'place'}", args=[workshop.public_id])


def _uuid(value: str) -> uuid.UUID:
    try:
        return uuid.UUID(value)
    except ValueError as error:
        raise Http404 from error


# --- At the desk: the codes, and what the screen shows -------------------------------------------------------


@require_http_methods(FORM)
@keeps_typed
def room_edit(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """How people join, where the screen is, what it shows."""
    workshop = workshop_or_404(request, public_id)
    require_desk(request, workshop)
    here = reverse("workshops:room-edit", args=[workshop.public_id])
    room = Room.objects.filter(workshop=workshop).first()
    form = form_for(request, ScreenForm, room=room)
    can_change = any(request.user.has_perm(f"workshops.{act}_workshop", workshop) for act in ("open", "run"))
    if is_sent(request):
        if not can_change:
            raise PermissionDenied(why_not_running(request, workshop))
        acts: dict[str, tuple[Any, str]] = {
            "set_up": (services.set_up_room, _("The room is ready: people can join.")),
            "renew": (services.renew_join_code, _("There is a new code to join; the former one leads nowhere.")),
            "open": (services.open_screen, _("The screen has a new address; a former one leads nowhere.")),
            "shut": (services.shut_screen, _("The address of the screen leads nowhere any more.")),
        }
        go = request.POST.get("go", "")
        if go in acts:
            do, done = acts[go]
            return act(request, lambda: do(workshop, by=request.user), done=done, to=here)
        if form.is_valid():
            return act(
                request,
                lambda: services.show_on_screen(workshop, by=request.user, **form.cleaned_data),
                done=_("The screen shows it within five seconds."),
                to=here,
            )
    attach_units([workshop])
    join = request.build_absolute_uri(reverse("workshops:workshop-joined", args=[room.join_code])) if room else ""
    context = {
        "workshop": workshop,
        "room": room,
        "form": form,
        "join_url": join,
        "join_page": request.build_absolute_uri(reverse("workshops:workshop-join")),
        "join_picture": picture_of(join) if join else "",
        "screen_url": request.build_absolute_uri(_screen_url(room)) if room and room.screen_code else "",
        "can_change": can_change,
    }
    return render(request, "workshops/room_edit.html", context, status=422 if form.errors else 200)


def _screen_url(room: Room) -> str:
    return reverse("workshops-room:room-screen", args=[room.screen_code])


def picture_of(address: str) -> SafeString:
    """An address as a QR code: an SVG without a size, so that the page decides."""
    code = segno.make(address, error="m", micro=False)
    return mark_safe(code.svg_inline(border=2, omitsize=True, svgclass="qr", lineclass=None, dark="#000", light="#fff"))  # noqa: S308 (drawn by segno from an address of ours)


# --- The screen on the wall ----------------------------------------------------------------------------------


@login_not_required
@require_safe
def room_screen(request: HttpRequest, code: str) -> HttpResponse:
    """What everybody in the room sees: no sign-in, no names that not everyone may know."""
    room = _room_of_screen(code)
    with override(room.language), timezone.override(room.workshop.clock):
        return _private(render(request, "workshops/room_screen.html", _screen(request, room)))


@login_not_required
@require_safe
def room_screen_live(request: HttpRequest, code: str) -> HttpResponse:
    """The part that renews itself: 304 without a body as long as nothing has changed."""
    room = _room_of_screen(code)
    version = screen_version(room, room.workshop, timezone.now(), is_running=is_running_now(room.workshop))
    unchanged = get_conditional_response(request, etag=quote_etag(version))
    if unchanged is not None:
        return _private(unchanged)
    with override(room.language), timezone.override(room.workshop.clock):
        response = render(request, "workshops/_room_screen_live.html", _screen(request, room))
    response.headers["ETag"] = quote_etag(version)
    return _private(response)


def _room_of_screen(code: str) -> Room:
    rooms = Room.objects.select_related("workshop__step__programme", "workshop__zone", "workshop__temperature")
    rooms = rooms.defer("workshop__snapshot")
    return get_object_or_404(rooms, screen_code=code, workshop__state__in=[WorkshopState.PLANNED, WorkshopState.OPEN])


def _screen(request: HttpRequest, room: Room) -> dict[str, Any]:
    screen: Screen = screen_of(room)
    join = request.build_absolute_uri(reverse("workshops:workshop-joined", args=[room.join_code]))
    return {
        "screen": screen,
        "room": room,
        "join_page": request.build_absolute_uri(reverse("workshops:workshop-join")).partition("://")[2],
        "join_picture": picture_of(join),
        "etag": quote_etag(screen.version),
    }


def _private(response: HttpResponse) -> HttpResponse:
    patch_cache_control(response, private=True, no_store=True)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
