"""Who speaks in a session of the demonstration: raised hands, the floor, and who still waits."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from planning_portal.organisations.models import Organisation
from workshops.models import Gender, Hand, Session
from workshops.services import end_turn, give_floor, raise_hand

if TYPE_CHECKING:
    from .meeting import Meeting

HAVE_SPOKEN, STILL_WAIT = 4, 3
MINUTES = (2, 3, 4)


def speak_in(meeting: Meeting, session: Session) -> int:
    """Some delegates of those present speak one after the other; the minutes that it took."""
    return sum(_speak(meeting, hand) for hand in _raised(meeting, session, HAVE_SPOKEN))


def leave_hands_raised(meeting: Meeting, session: Session, *, but: Iterable[Organisation]) -> None:
    """Two have spoken, one has the floor and some wait: what a facilitator finds who goes on here."""
    hands = list(_raised(meeting, session, STILL_WAIT + 3, but=but))
    for hand in hands[:2]:
        _speak(meeting, hand)
    give_floor(hands[2], by=meeting.by)


def _raised(meeting: Meeting, session: Session, count: int, *, but: Iterable[Organisation] = ()) -> Iterator[Hand]:
    """Hands of ``count`` delegates who are there, each in its organisation's language; chance of its own, so that the
    rest of the story stays."""
    chance = random.Random(f"hands-{meeting.zone}-{session.position}")  # noqa: S311 (a story, not a secret)
    there = meeting.workshop.delegations.filter(is_present=True).exclude(organisation__in=list(but))
    delegations = list(there.select_related("organisation__country").order_by("organisation__slug"))
    for delegation in chance.sample(delegations, min(count, len(delegations))):
        voice = meeting.story.cast.voice_of(delegation.organisation)
        gender = chance.choice([Gender.WOMAN, Gender.WOMAN, Gender.MAN, ""])
        meeting.story.clock.wait(seconds=chance.randint(10, 40))
        yield raise_hand(
            session,
            by=voice,
            organisation=delegation.organisation,
            language=voice.preferred_language,
            gender=gender,
        )


def _speak(meeting: Meeting, hand: Hand) -> int:
    give_floor(hand, by=meeting.by)
    minutes = MINUTES[hand.position % len(MINUTES)]
    meeting.story.clock.wait(minutes=minutes)
    end_turn(hand, by=meeting.by)
    return minutes
