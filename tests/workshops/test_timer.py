"""The timer of a session, with its pauses, and the note that never leaves the facilitators' desk."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from planning_portal.workflow.models import TransitionLog
from planning_portal.workflow.services import WrongState
from workshops import services
from workshops.models import Session, SessionNote
from workshops.queries.schedule import minutes_of, timer_of
from workshops.services import EditConflict, end_session, pause_session, resume_session, save_note, start_session
from workshops.snapshot import freeze

from . import factories

pytestmark = pytest.mark.django_db
START = timezone.now().replace(microsecond=0)
SECRET = "The union of the north must not be named today."


class Clock:
    """The clock that the services read, set by hand."""

    def __init__(self):
        self.minutes = 0.0

    def __call__(self):
        return START + timedelta(minutes=self.minutes)


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr("django.utils.timezone.now", clock)
    return clock


@pytest.fixture
def session(workshop):
    return factories.make_session(workshop, planned_minutes=30, position=1)


def page(name, obj):
    return reverse(f"workshops:{name}", args=[obj.public_id])


def fresh(session):
    return Session.objects.get(pk=session.pk)


# --- The timer ---------------------------------------------------------------------------------------------


def test_a_pause_does_not_count_however_often_one_clicks(session, facilitator, clock):
    start_session(session, by=facilitator)
    clock.minutes = 10
    assert pause_session(session, by=facilitator) is True
    clock.minutes = 15
    assert pause_session(session, by=facilitator) is False
    assert minutes_of(fresh(session), clock()) == 10
    assert timer_of(fresh(session), clock()).minutes_left == 20
    clock.minutes = 25
    assert resume_session(session, by=facilitator) is True
    assert resume_session(session, by=facilitator) is False
    clock.minutes = 30
    timer = timer_of(fresh(session), clock())
    assert (timer.minutes_left, timer.ends_at) == (15, START + timedelta(minutes=45))
    assert minutes_of(fresh(session), clock()) == 15


def test_a_session_that_ends_in_a_pause_has_lasted_until_the_pause(session, facilitator, clock):
    start_session(session, by=facilitator)
    clock.minutes = 12
    pause_session(session, by=facilitator)
    clock.minutes = 40
    end_session(session, by=facilitator)
    assert minutes_of(fresh(session), clock()) == 12
    assert fresh(session).paused_at is None


def test_the_time_between_an_end_and_going_on_does_not_count(session, facilitator, clock):
    start_session(session, by=facilitator)
    clock.minutes = 10
    end_session(session, by=facilitator)
    clock.minutes = 70
    start_session(session, by=facilitator)
    clock.minutes = 75
    assert minutes_of(fresh(session), clock()) == 15


@pytest.mark.parametrize(
    ("minute", "soon", "over"),
    [(0, False, False), (24, False, False), (26, True, False), (30, True, False), (31, False, True)],
)
def test_the_timer_warns_before_the_end(session, facilitator, clock, minute, soon, over):
    start_session(session, by=facilitator)
    clock.minutes = minute
    timer = timer_of(fresh(session), clock())
    assert (timer.ends_soon, timer.is_over) == (soon, over)


def test_only_what_runs_is_paused_and_only_by_facilitators(session, facilitator, alice, coordinator):
    for do in (pause_session, resume_session):
        with pytest.raises(WrongState):
            do(session, by=facilitator)
    start_session(session, by=facilitator)
    for user in (alice, coordinator):
        with pytest.raises(PermissionDenied):
            pause_session(session, by=user)


def test_desk_place_and_screen_tell_the_same_timer(client, session, workshop, facilitator, alice, clock):
    room = services.open_screen(workshop, by=facilitator)
    start_session(session, by=facilitator)
    addresses = [
        page("workshop-desk", workshop),
        page("workshop-place", workshop),
        reverse("workshops-room:room-screen", args=[room.screen_code]),
    ]

    def texts():
        found = []
        for address in addresses:
            client.force_login(facilitator if "desk" in address else alice)
            found.append(client.get(address).content.decode())
        return found

    clock.minutes = 26
    going = texts()
    assert len({re.search(r'data-until="([^"]+)"', text)[1] for text in going}) == 1
    assert all("Ends soon" in text for text in going)
    client.force_login(facilitator)
    for _time in range(2):
        assert client.post(page("session-pause", session), {"go": "pause"}).url == addresses[0]
    standing = texts()
    assert all("Paused" in text and "data-until" not in text for text in standing)
    client.force_login(facilitator)
    client.post(page("session-pause", session), {"go": "on"})
    assert fresh(session).paused_at is None


def test_the_frozen_outcome_knows_the_pauses(session, workshop, facilitator, clock):
    start_session(session, by=facilitator)
    pause_session(session, by=facilitator)
    clock.minutes = 3
    end_session(session, by=facilitator)
    assert freeze(workshop)["sessions"][0]["paused_seconds"] == 180


# --- The note ----------------------------------------------------------------------------------------------


def test_two_who_write_a_note_at_once_both_keep_their_text(client, session, facilitator):
    save_note(session, text="First", by=facilitator, version=0)
    with pytest.raises(EditConflict):
        save_note(session, text="Second", by=facilitator, version=0)
    client.force_login(facilitator)
    answer = client.post(page("note-edit", session), {"text": "Second", "version": 0})
    assert answer.status_code == 409
    assert "First" in answer.content.decode()
    assert "Second" in answer.content.decode()
    assert client.post(page("note-edit", session), {"text": "Both", "version": 1}).status_code == 302
    assert SessionNote.objects.get().text == "Both"


def test_the_same_note_twice_is_once(session, facilitator):
    save_note(session, text="First", by=facilitator, version=0)
    assert save_note(session, text="First", by=facilitator, version=0).version == 1


def test_the_note_stays_with_the_facilitators(client, session, workshop, facilitator, alice, coordinator):
    save_note(session, text=SECRET, by=facilitator)
    start_session(session, by=facilitator)
    room = services.open_screen(workshop, by=facilitator)
    desk, note = page("workshop-desk", workshop), page("note-edit", session)
    client.force_login(facilitator)
    assert SECRET in client.get(desk).content.decode()
    assert SECRET in client.get(note).content.decode()
    screen = reverse("workshops-room:room-screen", args=[room.screen_code])
    for user in (alice, coordinator):
        client.force_login(user)
        for address in (desk, note, page("workshop-place", workshop), page("workshop-detail", workshop), screen):
            assert SECRET not in client.get(address).content.decode()
        assert client.get(note).status_code == 403
        with pytest.raises(PermissionDenied):
            save_note(session, text="Mine", by=user)
    assert SECRET not in services.draft_minutes(workshop, "en")
    assert SECRET not in str(freeze(workshop))
    assert not TransitionLog.objects.filter(name__contains="note").exists()
