"""The room of a workshop: its codes and its screen, who speaks next. Every click can be repeated."""

from __future__ import annotations

import secrets
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from planning_portal.languages.services import LANGUAGE_CODES
from planning_portal.organisations.models import Organisation
from planning_portal.workflow.services import WrongState, log_change

from ..models import AttendanceSource, Gender, Hand, Room, RoomView, Session, Workshop
from ..models.room import JOIN_CODE_LENGTH
from .attendance import attend, delegation_of
from .edits import lock_until_closed, lock_workshop, touch

# What is read aloud and typed on a phone: no letter that looks or sounds like another, and no vowel, so no words.
ALPHABET = "BCDFGHJKMNPQRSTVWXYZ23456789"
TRIES = 20


@transaction.atomic
def set_up_room(workshop: Workshop, *, by: Any) -> Room:
    """The room of a workshop, with its code to join; made once, for who runs the desk. Raises WrongState,
    PermissionDenied."""
    fresh = lock_until_closed(workshop, by=by)
    room = Room.objects.filter(workshop=fresh).first()
    if room is None:
        room = Room.objects.create(workshop=fresh, join_code=_unused_code())
        log_change(fresh, "set_up_room", by=by, before=fresh.state, after=fresh.state)
        touch(fresh)
    return room


@transaction.atomic
def renew_join_code(workshop: Workshop, *, by: Any) -> Room:
    """Another code to join: the former one leads nowhere. Raises as ``set_up_room``."""
    room = set_up_room(workshop, by=by)
    room.join_code = _unused_code()
    return _saved(room, "join_code", act="renew_join_code", by=by)


@transaction.atomic
def open_screen(workshop: Workshop, *, by: Any) -> Room:
    """Give the screen a new address that nobody can guess: a former one leads nowhere. Raises as ``set_up_room``."""
    room = set_up_room(workshop, by=by)
    room.screen_code = secrets.token_urlsafe(18)
    return _saved(room, "screen_code", act="open_screen", by=by)


@transaction.atomic
def shut_screen(workshop: Workshop, *, by: Any) -> Room:
    """The screen's address leads nowhere any more. Raises as ``set_up_room``."""
    room = set_up_room(workshop, by=by)
    if room.screen_code is None:
        return room
    room.screen_code = None
    return _saved(room, "screen_code", act="shut_screen", by=by)


@transaction.atomic
def show_on_screen(workshop: Workshop, *, by: Any, view: str, language: str, second_language: str = "") -> Room:
    """What the screen shows, in one language or two. Raises as ``set_up_room``, and ValidationError."""
    room = set_up_room(workshop, by=by)
    if view not in RoomView.values or language not in LANGUAGE_CODES:
        raise ValidationError(_("Choose what the screen shows, and in which language."))
    room.view, room.language = view, language
    room.second_language = second_language if second_language in LANGUAGE_CODES else ""
    room.full_clean()
    return _saved(room, "view", "language", "second_language", act="show_on_screen", by=by)


def _saved(room: Room, *fields: str, act: str, by: Any) -> Room:
    room.save(update_fields=fields)
    log_change(room.workshop, act, by=by, before=room.workshop.state, after=room.workshop.state)
    touch(room.workshop)
    return room


def _unused_code() -> str:
    for _try in range(TRIES):
        code = "".join(secrets.choice(ALPHABET) for _number in range(JOIN_CODE_LENGTH))
        if not Room.objects.filter(join_code=code).exists():
            return code
    raise RuntimeError("no free code to join was found")


# --- Speaking ------------------------------------------------------------------------------------------------


@transaction.atomic
def raise_hand(session: Session, *, by: Any, organisation: Organisation, language: str, gender: str = "") -> Hand:
    """An organisation wants to speak, in ``language``; a facilitator may raise its hand for it. It comes last.

    A hand that is raised already stays where it is (its language and gender are renewed). Raises WrongState when the
    session is not running, PermissionDenied, ValidationError.
    """
    workshop = lock_workshop(session.workshop, by=None)
    fresh = workshop.sessions.select_for_update().get(pk=session.pk)
    delegation = delegation_of(workshop, organisation)
    if not (by.has_perm("workshops.come_in", delegation) or by.has_perm("workshops.run_workshop", workshop)):
        raise PermissionDenied(_("You can only speak for an organisation on the list that you belong to."))
    if fresh.started_at is None or fresh.ended_at is not None:
        raise WrongState(_("This session is not running: a hand is raised in the one that is."))
    if language not in LANGUAGE_CODES or gender not in {"", *Gender.values}:
        raise ValidationError(_("Choose the language in which you will speak."))
    raised = fresh.hands.filter(organisation=organisation, ended_at__isnull=True, lowered_at__isnull=True).first()
    if raised is not None:
        if (raised.language, raised.gender) != (language, gender):
            raised.language, raised.gender = language, gender
            raised.save(update_fields=["language", "gender"])
            touch(workshop)
        return raised
    hand = Hand.objects.create(
        session=fresh,
        organisation=organisation,
        raised_by=by,
        language=language,
        gender=gender,
        position=(fresh.hands.aggregate(last=Max("position"))["last"] or 0) + 1,
    )
    own = by.has_perm("workshops.come_in", delegation)
    attend(delegation, fresh, source=AttendanceSource.PHONE if own else AttendanceSource.DESK)
    touch(workshop)
    return hand


@transaction.atomic
def lower_hand(hand: Hand, *, by: Any) -> bool:
    """Take a waiting hand down: by its organisation, or by the desk. False when it was not waiting any more."""
    workshop, fresh = _lock_hand(hand)
    delegation = delegation_of(workshop, fresh.organisation)
    if not (by.has_perm("workshops.come_in", delegation) or by.has_perm("workshops.run_workshop", workshop)):
        raise PermissionDenied(_("Only the organisation itself or a facilitator can lower its hand."))
    if not fresh.is_waiting:
        return False
    fresh.lowered_at = timezone.now()
    fresh.save(update_fields=["lowered_at"])
    touch(workshop)
    return True


@transaction.atomic
def give_floor(hand: Hand, *, by: Any) -> bool:
    """Let a waiting hand speak; who is speaking has ended. False when it speaks already.

    Raises WrongState when it was lowered or has spoken, or its session is over; PermissionDenied.
    """
    workshop, fresh = _lock_hand(hand, by=by)
    if fresh.is_speaking:
        return False
    if not fresh.is_waiting:
        raise WrongState(_("This hand is not raised any more."))
    if fresh.session.started_at is None or fresh.session.ended_at is not None:
        raise WrongState(_("This session is not running: a hand is raised in the one that is."))
    end_turns(fresh.session)
    fresh.started_at = timezone.now()
    try:
        with transaction.atomic():
            fresh.save(update_fields=["started_at"])
    except IntegrityError as error:
        raise WrongState(_("Somebody else is speaking. End their turn first.")) from error
    log_change(fresh, "speak", by=by, organisation=fresh.organisation, after="speaking")
    touch(workshop)
    return True


@transaction.atomic
def end_turn(hand: Hand, *, by: Any) -> bool:
    """Who speaks has ended. False when they had already."""
    workshop, fresh = _lock_hand(hand, by=by)
    if not fresh.is_speaking:
        return False
    fresh.ended_at = timezone.now()
    fresh.save(update_fields=["ended_at"])
    touch(workshop)
    return True


@transaction.atomic
def move_hand(hand: Hand, *, by: Any, to: str) -> bool:
    """Put a waiting hand ``first``, ``up``, ``down`` or ``last`` among those that wait. False when nothing moved."""
    workshop, fresh = _lock_hand(hand, by=by)
    waiting = list(fresh.session.hands.filter(started_at=None, lowered_at=None).order_by("position", "id"))
    place = next((number for number, one in enumerate(waiting) if one.pk == fresh.pk), None)
    if place is None:
        return False
    wanted = {"first": 0, "up": place - 1, "down": place + 1, "last": len(waiting) - 1}.get(to, place)
    wanted = max(0, min(wanted, len(waiting) - 1))
    if wanted == place:
        return False
    waiting.insert(wanted, waiting.pop(place))
    start = min(one.position for one in waiting)
    for number, one in enumerate(waiting, start=start):
        one.position = number
    Hand.objects.bulk_update(waiting, ["position"])
    touch(workshop)
    return True


def end_turns(session: Session) -> None:
    """Nobody speaks any more in this session."""
    session.hands.filter(started_at__isnull=False, ended_at__isnull=True).update(ended_at=timezone.now())


def _lock_hand(hand: Hand, *, by: Any = None) -> tuple[Workshop, Hand]:
    """The workshop, locked, and its hand; ``by`` (if given) must run it."""
    workshop = lock_workshop(hand.session.workshop, by=by)
    fresh = Hand.objects.select_for_update(of=("self",)).select_related("session", "organisation").get(pk=hand.pk)
    return workshop, fresh
