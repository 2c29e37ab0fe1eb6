"""The run sheet, live: one session at a time, and every click can be repeated."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from planning_portal.workflow.models import TransitionLog
from planning_portal.workflow.services import WrongState
from workshops.models import Workshop
from workshops.services import (
    add_session,
    end_session,
    remove_session,
    set_presence,
    start_session,
    update_session,
)

from . import factories


@pytest.fixture
def sessions(workshop):
    return [factories.make_session(workshop, position=position) for position in (1, 2, 3)]


def revision(workshop):
    return Workshop.objects.values_list("revision", flat=True).get(pk=workshop.pk)


def test_start_session_marks_its_beginning_once(sessions, facilitator, workshop):
    before = revision(workshop)
    assert start_session(sessions[0], by=facilitator) is True
    sessions[0].refresh_from_db()
    began = sessions[0].started_at

    assert start_session(sessions[0], by=facilitator) is False
    sessions[0].refresh_from_db()
    assert sessions[0].started_at == began
    assert revision(workshop) == before + 1
    assert TransitionLog.objects.filter(name="start", object_id=sessions[0].pk).count() == 1


def test_start_session_while_another_runs_is_refused(sessions, facilitator):
    start_session(sessions[0], by=facilitator)
    with pytest.raises(WrongState, match="still running"):
        start_session(sessions[1], by=facilitator)


def test_one_click_ends_a_session_and_starts_the_next(sessions, facilitator):
    start_session(sessions[0], by=facilitator)

    assert start_session(sessions[1], by=facilitator, ending=sessions[0]) is True
    assert start_session(sessions[1], by=facilitator, ending=sessions[0]) is False
    sessions[0].refresh_from_db()
    sessions[1].refresh_from_db()
    assert sessions[0].ended_at is not None
    assert sessions[1].started_at is not None
    assert sessions[1].ended_at is None


def test_end_session_twice_keeps_the_first_end(sessions, facilitator):
    start_session(sessions[0], by=facilitator)
    assert end_session(sessions[0], by=facilitator) is True
    sessions[0].refresh_from_db()
    ended = sessions[0].ended_at

    assert end_session(sessions[0], by=facilitator) is False
    sessions[0].refresh_from_db()
    assert sessions[0].ended_at == ended


def test_a_session_that_ended_too_early_goes_on(sessions, facilitator):
    start_session(sessions[0], by=facilitator)
    end_session(sessions[0], by=facilitator)

    assert start_session(sessions[0], by=facilitator) is True
    sessions[0].refresh_from_db()
    assert sessions[0].ended_at is None


@pytest.mark.parametrize("state", ["planned", "closed", "published"])
def test_sessions_run_only_while_the_workshop_goes_on(state, facilitator, programme):
    session = factories.make_session(factories.make_workshop(state))
    with pytest.raises(WrongState):
        start_session(session, by=facilitator)
    with pytest.raises(WrongState):
        end_session(session, by=facilitator)


@pytest.mark.parametrize("role", ["alice", "companion", "translator", "coordinator"])
def test_only_facilitators_run_sessions(request, sessions, role):
    with pytest.raises(PermissionDenied):
        start_session(sessions[0], by=request.getfixturevalue(role))


def test_add_session_goes_to_the_end(sessions, facilitator, workshop):
    session = add_session(workshop, by=facilitator, kind="closing", title="Cierre", language="es", planned_minutes=15)

    assert session.position == 4
    assert session.title_es == "Cierre"


def test_add_session_needs_a_title(workshop, facilitator):
    with pytest.raises(ValidationError) as error:
        add_session(workshop, by=facilitator, kind="closing", title=" ", language="es", planned_minutes=15)
    assert "title" in error.value.message_dict


def test_update_session_moves_the_others(sessions, facilitator, workshop):
    update_session(
        sessions[2], by=facilitator, kind="closing", title="First now", language="en", planned_minutes=5, position=1
    )

    assert list(workshop.sessions.values_list("pk", "position")) == [
        (sessions[2].pk, 1),
        (sessions[0].pk, 2),
        (sessions[1].pk, 3),
    ]


def test_remove_session_closes_the_gap(sessions, facilitator, workshop):
    remove_session(sessions[1], by=facilitator)
    remove_session(sessions[1], by=facilitator)

    assert list(workshop.sessions.values_list("position", flat=True)) == [1, 2]


def test_a_session_that_was_held_stays(sessions, facilitator):
    start_session(sessions[0], by=facilitator)
    with pytest.raises(WrongState):
        remove_session(sessions[0], by=facilitator)


def test_the_run_sheet_can_be_changed_before_the_workshop_opens(facilitator, programme):
    planned = factories.make_workshop("planned")
    assert add_session(planned, by=facilitator, kind="welcome", title="Hi", language="en", planned_minutes=5).pk


def test_the_run_sheet_of_a_closed_workshop_is_frozen(facilitator, programme):
    with pytest.raises(WrongState):
        add_session(
            factories.make_workshop("closed"),
            by=facilitator,
            kind="welcome",
            title="Hi",
            language="en",
            planned_minutes=5,
        )


def test_set_presence_changes_only_what_the_page_listed(workshop, facilitator, union, mutual, stranger_organisation):
    workshop.delegations.filter(organisation=mutual).update(is_present=False)

    changed = set_presence(workshop, by=facilitator, present=[mutual.pk], listed=[union.pk, mutual.pk])

    assert changed == 2
    there = dict(workshop.delegations.values_list("organisation_id", "is_present"))
    assert there == {union.pk: False, mutual.pk: True, stranger_organisation.pk: True}
    assert set_presence(workshop, by=facilitator, present=[mutual.pk], listed=[union.pk, mutual.pk]) == 0


def test_set_presence_of_a_foreign_organisation_does_nothing(workshop, facilitator, peru):
    from tests import factories as base

    other = base.make_organisation(country=peru)
    assert set_presence(workshop, by=facilitator, present=[other.pk], listed=[other.pk]) == 0


def test_set_presence_is_for_facilitators(workshop, alice):
    with pytest.raises(PermissionDenied):
        set_presence(workshop, by=alice, present=[], listed=[])
