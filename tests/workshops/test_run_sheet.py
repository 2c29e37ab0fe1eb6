"""The run sheet in depth: owners, candidates, languages, hours, what is skipped or parked, and how the day drifts."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from planning_portal.workflow.services import WrongState
from tests import factories as base
from workshops import services
from workshops.models import Session, Workshop
from workshops.queries.desk import desk_of, with_counts
from workshops.queries.schedule import drift_of, expected_times, interpreted_into, planned_times, upcoming_of
from workshops.services import add_session, set_session_aside, start_session, take_session_back, update_session

from . import factories

pytestmark = pytest.mark.django_db
LIMA = ZoneInfo("America/Lima")
WRITTEN = {"kind": "discussion", "title": "Health", "language": "en", "planned_minutes": 30}


def page(name, obj):
    return reverse(f"workshops:{name}", args=[obj.public_id])


def desk(workshop):
    return desk_of(with_counts(Workshop.objects.with_context()).get(pk=workshop.pk))


def states(workshop):
    return [line.state for line in desk(workshop).lines]


@pytest.fixture
def sessions(workshop):
    return [factories.make_session(workshop, position=number) for number in (1, 2, 3)]


@pytest.fixture
def desk_client(client, facilitator):
    client.force_login(facilitator)
    return client


# --- What an item says -------------------------------------------------------------------------------------


def test_an_item_says_who_leads_it_in_which_language_about_what(workshop, candidates, facilitator):
    workshop.facilitators.add(facilitator)
    session = add_session(
        workshop, by=facilitator, owner=facilitator, spoken_language="fr", day=2, candidates=candidates[:2], **WRITTEN
    )
    session = Session.objects.get(pk=session.pk)
    assert (session.owner, session.spoken_language, session.day) == (facilitator, "fr", 2)
    assert set(session.candidates.all()) == set(candidates[:2])


def test_changing_a_title_leaves_the_rest_as_it_was(sessions, candidates, facilitator):
    update_session(
        sessions[0],
        by=facilitator,
        position=1,
        owner_name=" Ana ",
        candidates=candidates[:1],
        begins_at=time(9),
        **WRITTEN,
    )
    update_session(sessions[0], by=facilitator, position=1, title="Work", language="en")
    session = Session.objects.get(pk=sessions[0].pk)
    assert (session.owner_name, session.begins_at, session.title_en) == ("Ana", time(9), "Work")
    assert list(session.candidates.all()) == candidates[:1]


@pytest.mark.parametrize("wrong", [{"day": 9}, {"day": 0}, {"spoken_language": "xx"}, {"planned_minutes": None}])
def test_an_item_that_cannot_be_is_refused(workshop, facilitator, wrong):
    with pytest.raises(ValidationError):
        add_session(workshop, by=facilitator, **{**WRITTEN, **wrong})
    assert not workshop.sessions.exists()


def test_an_owner_facilitates_or_is_a_name(workshop, facilitator, alice):
    with pytest.raises(ValidationError) as error:
        add_session(workshop, by=facilitator, owner=alice, **WRITTEN)
    assert "owner" in error.value.message_dict
    with pytest.raises(ValidationError):
        add_session(workshop, by=facilitator, owner=facilitator, owner_name="Ana", **WRITTEN)


def test_a_candidate_of_another_workshop_is_not_linked(workshop, facilitator, programme):
    foreign = factories.make_candidate(factories.make_workshop())
    assert not add_session(workshop, by=facilitator, candidates=[foreign], **WRITTEN).candidates.exists()


def test_a_workshop_is_not_cut_shorter_than_its_run_sheet(workshop, facilitator):
    add_session(workshop, by=facilitator, day=3, **WRITTEN)
    plan = {"title": "T", "language": "en", "format": "mixed", "place": "", "facilitators": []}
    with pytest.raises(ValidationError) as error:
        services.update_workshop(
            workshop, by=facilitator, starts_on=workshop.starts_on, ends_on=workshop.starts_on, **plan
        )
    assert "ends_on" in error.value.message_dict


def test_a_workshop_keeps_the_languages_of_the_portal_and_a_clock_that_exists(workshop, facilitator):
    plan = {"title": "T", "language": "en", "format": "mixed", "place": "", "facilitators": []}
    dates = {"starts_on": workshop.starts_on, "ends_on": workshop.ends_on}
    fresh = services.update_workshop(workshop, by=facilitator, interpretation=["nl", "xx", "es"], **plan, **dates)
    assert fresh.interpretation == ["es", "nl"]
    with pytest.raises(ValidationError):
        services.update_workshop(workshop, by=facilitator, time_zone="Mars/Olympus", **plan, **dates)


def test_interpretation_leaves_out_what_is_spoken():
    workshop = Workshop(interpretation=["en", "es", "fr"])
    with translation.override("en"):
        assert interpreted_into(workshop, Session(spoken_language="fr")) == "English and Spanish"
        assert interpreted_into(workshop) == "English, Spanish and French"


# --- Skipped and parked ------------------------------------------------------------------------------------


def test_skipping_twice_is_once_and_the_next_item_comes_up(sessions, workshop, facilitator):
    assert set_session_aside(sessions[0], by=facilitator, how="skipped") is True
    assert set_session_aside(sessions[0], by=facilitator, how="skipped") is False
    assert states(workshop) == ["skipped", "waiting", "waiting"]
    assert desk(workshop).upcoming.session == sessions[1]
    assert take_session_back(sessions[0], by=facilitator) is True
    assert take_session_back(sessions[0], by=facilitator) is False
    assert desk(workshop).upcoming.session == sessions[0]


def test_what_is_parked_comes_after_all_others(sessions, workshop, facilitator):
    set_session_aside(sessions[0], by=facilitator, how="parked")
    for session in sessions[1:]:
        start_session(session, by=facilitator)
        services.end_session(session, by=facilitator)
    assert desk(workshop).upcoming.session == sessions[0]
    start_session(sessions[0], by=facilitator)
    assert states(workshop) == ["now", "done", "done"]


def test_parking_what_runs_ends_it_and_it_goes_on_later(sessions, workshop, facilitator):
    start_session(sessions[0], by=facilitator)
    began = Session.objects.get(pk=sessions[0].pk).started_at
    set_session_aside(sessions[0], by=facilitator, how="parked")
    assert states(workshop)[0] == "parked"
    start_session(sessions[0], by=facilitator)
    fresh = Session.objects.get(pk=sessions[0].pk)
    assert (fresh.started_at, fresh.ended_at, fresh.set_aside) == (began, None, "")


def test_what_was_held_is_not_skipped(sessions, facilitator):
    start_session(sessions[0], by=facilitator)
    with pytest.raises(WrongState):
        set_session_aside(sessions[0], by=facilitator, how="skipped")
    with pytest.raises(ValidationError):
        set_session_aside(sessions[1], by=facilitator, how="burnt")


@pytest.mark.parametrize("role", ["alice", "coordinator", "companion"])
def test_only_facilitators_set_aside(request, sessions, role):
    with pytest.raises(PermissionDenied):
        set_session_aside(sessions[0], by=request.getfixturevalue(role), how="skipped")


def test_a_workshop_with_only_skipped_sessions_left_has_none_to_hold(sessions, workshop, facilitator):
    for session in sessions:
        set_session_aside(session, by=facilitator, how="skipped")
    assert with_counts(Workshop.objects.all()).get(pk=workshop.pk).waiting_count == 0
    assert desk(workshop).upcoming is None


# --- Hours and drift ---------------------------------------------------------------------------------------


def at(hour, minute=0, day=1):
    return datetime(2025, 7, day, hour, minute, tzinfo=LIMA)


def sheet(*items, begins_at=time(9)):
    """Sessions that need no database: (minutes, more)."""
    workshop = Workshop(starts_on=date(2025, 7, 1), ends_on=date(2025, 7, 3), begins_at=begins_at, time_zone=LIMA.key)
    sessions = [Session(pk=number, planned_minutes=minutes, **more) for number, (minutes, more) in enumerate(items)]
    return workshop, sessions


def test_hours_follow_each_other_but_for_a_fixed_one_and_a_new_day():
    workshop, sessions = sheet((30, {}), (45, {}), (60, {"begins_at": time(14)}), (10, {}), (20, {"day": 2}))
    planned = planned_times(workshop, sessions)
    assert list(planned.values()) == [at(9), at(9, 30), at(14), at(15), at(9, day=2)]
    assert planned_times(*sheet((30, {}), begins_at=None)) == {}


def test_drift_is_told_by_the_clock():
    workshop, sessions = sheet((30, {"started_at": at(9, 10), "ended_at": at(9, 50)}), (30, {"started_at": at(9, 55)}))
    planned = planned_times(workshop, sessions)
    assert drift_of(sessions, planned, at(10)) == 25
    assert drift_of(sessions, planned, at(10, 40)) == 40
    assert drift_of(sessions, {}, at(10)) == 10


def test_skipping_wins_the_time_that_was_planned():
    workshop, sessions = sheet(
        (30, {"started_at": at(9), "ended_at": at(9, 50)}),
        (40, {"set_aside": "skipped"}),
        (30, {"started_at": at(9, 50)}),
    )
    assert drift_of(sessions, planned_times(workshop, sessions), at(9, 55)) == -20


def test_what_waits_is_expected_after_what_runs_and_not_before_its_fixed_hour():
    workshop, sessions = sheet(
        (30, {"started_at": at(9, 20)}),
        (30, {}),
        (30, {"set_aside": "parked"}),
        (30, {"begins_at": time(14)}),
        (5, {"day": 2}),
    )
    expected = expected_times(sessions, planned_times(workshop, sessions), at(9, 30))
    assert expected == {1: at(9, 50), 3: at(14)}


@given(st.lists(st.tuples(st.integers(1, 300), st.sampled_from(["", "skipped", "parked"]), st.booleans()), max_size=12))
def test_what_comes_next_has_not_begun_and_nothing_that_waits_stands_before_it(items):
    now = timezone.now()
    held = {"started_at": now, "ended_at": now}
    _workshop, sessions = sheet(
        *((minutes, {"set_aside": "" if done else aside, **(held if done else {})}) for minutes, aside, done in items)
    )
    coming = upcoming_of(sessions)
    waiting = [one for one in sessions if not one.started_at and not one.set_aside]
    parked = [one for one in sessions if one.set_aside == "parked"]
    assert coming == next(iter([*waiting, *parked]), None)
    assert drift_of(sessions, {}, now) == -sum(one.planned_minutes for one in sessions if one.started_at)


def test_the_desk_tells_the_hours_of_the_workshops_own_clock(desk_client, workshop, facilitator):
    noon = ZoneInfo(f"Etc/GMT{timezone.now().hour - 12:+d}")  # where it is about noon now: no midnight nearby
    begins = (timezone.now().astimezone(noon) - timedelta(minutes=30)).replace(second=0, microsecond=0)
    Workshop.objects.filter(pk=workshop.pk).update(
        starts_on=begins.date(), ends_on=begins.date() + timedelta(days=2), begins_at=begins.time(), time_zone=noon.key
    )
    workshop.refresh_from_db()
    first = factories.make_session(workshop, position=1, planned_minutes=30, owner_name="Ana Quispe")
    factories.make_session(workshop, position=2)
    start_session(first, by=facilitator)
    text = desk_client.get(page("workshop-desk", workshop)).content.decode()
    assert begins.strftime("%H:%M") in text
    assert "+30 min" in text
    assert "expected at" in text
    assert "Ana Quispe" in text


# --- What is seen where ------------------------------------------------------------------------------------


def test_linked_candidates_are_seen_by_those_in_the_room_and_the_owner_at_the_desk_only(
    client, workshop, candidates, facilitator, alice
):
    session = factories.make_session(workshop, owner_name="Ana Quispe", spoken_language="fr")
    session.candidates.set(candidates[:1])
    Workshop.objects.filter(pk=workshop.pk).update(interpretation=["es", "fr"])
    services.start_session(session, by=facilitator)
    room = services.open_screen(workshop, by=facilitator)
    addresses = {
        "desk": page("workshop-desk", workshop),
        "place": page("workshop-place", workshop),
        "screen": reverse("workshops-room:room-screen", args=[room.screen_code]),
        "detail": page("workshop-detail", workshop),
    }
    for name, address in addresses.items():
        client.force_login(facilitator if name == "desk" else alice)
        text = client.get(address).content.decode()
        assert (candidates[0].title_en in text) or name == "detail"
        assert ("Ana Quispe" in text) is (name == "desk")
        if name in {"desk", "place"}:
            assert "interpretation: Spanish" in text
        if name != "detail":
            assert candidates[1].title_en not in text or name == "desk"
    assert "Ana Quispe" not in services.draft_minutes(workshop, "en")


def test_the_forms_write_it_all(desk_client, workshop, candidates, facilitator):
    workshop.facilitators.add(facilitator)
    session = factories.make_session(workshop, position=1)
    data = {
        **WRITTEN,
        "position": 1,
        "day": 3,
        "begins_at": "13:45",
        "owner": facilitator.pk,
        "owner_name": "",
        "spoken_language": "es",
        "candidates": [candidates[2].pk],
    }
    assert desk_client.post(page("session-edit", session), data).status_code == 302
    session.refresh_from_db()
    assert (session.day, session.begins_at, session.owner, session.spoken_language) == (
        3,
        time(13, 45),
        facilitator,
        "es",
    )
    assert list(session.candidates.all()) == [candidates[2]]
    listed = desk_client.get(page("session-list", workshop)).content.decode()
    assert candidates[2].code in listed
    refused = desk_client.post(page("session-edit", session), {**data, "owner_name": "Ana"})
    assert refused.status_code == 422
    assert "not both" in refused.content.decode()


def test_the_desk_skips_parks_and_takes_back(desk_client, sessions, workshop):
    for go, state in (("skipped", "skipped"), ("parked", "parked"), ("", "waiting")):
        assert desk_client.post(page("session-aside", sessions[0]), {"go": go}).url == page("workshop-desk", workshop)
        assert states(workshop)[0] == state


def test_an_edit_form_with_many_candidates_stays_small(desk_client, workshop, facilitator):
    theme = base.make_theme(programme=workshop.step.programme)
    for _number in range(100):
        factories.make_candidate(workshop, theme=theme)
    session = factories.make_session(workshop)
    assert len(desk_client.get(page("session-edit", session)).content) < 60_000
