import pytest
from django.core.exceptions import PermissionDenied

from planning_portal.documents.models import Audience
from planning_portal.organisations.services import set_identity
from planning_portal.programme.models import Programme, StepResult, StepState
from planning_portal.programme.services import (
    close_step,
    follow_dates,
    open_step,
    publish_result,
    touch,
    unpublish_result,
)
from planning_portal.workflow.models import TransitionLog
from planning_portal.workflow.services import WrongState
from tests import factories

from .factories import make_result

CAST = ["alice", "companion", "facilitator", "translator", "coordinator"]
CHANGES = [(open_step, StepState.OPEN), (close_step, StepState.CLOSED), (follow_dates, StepState.AUTOMATIC)]


def revision() -> int:
    return Programme.objects.values_list("revision", flat=True).get(is_current=True)


@pytest.mark.parametrize("who", CAST)
@pytest.mark.parametrize("before", StepState.values)
@pytest.mark.parametrize(("change", "target"), CHANGES)
def test_step_changes_by_role_and_state(request, programme, who, before, change, target):
    step = factories.make_step(state=before)
    by, earlier = request.getfixturevalue(who), revision()
    if before == target:
        with pytest.raises(WrongState):
            change(step, by=by)
    elif who != "coordinator":
        with pytest.raises(PermissionDenied):
            change(step, by=by)
    else:
        assert change(step, by=by).state == target
        entry = TransitionLog.objects.get()
        assert (entry.from_state, entry.to_state, entry.by) == (before, target, by)
    step.refresh_from_db()
    happened = before != target and who == "coordinator"
    assert step.state == (target if happened else before)
    assert revision() == earlier + happened


@pytest.mark.parametrize("who", CAST)
def test_who_may_publish(request, programme, who):
    step, by = factories.make_step(), request.getfixturevalue(who)
    if who in {"facilitator", "coordinator"}:
        result = publish_result(step, subject=programme, kind="x", version="1", by=by)
        assert (result.audience, result.published_by, result.subject) == (Audience.PUBLIC, by, programme)
    else:
        with pytest.raises(PermissionDenied):
            publish_result(step, subject=programme, kind="x", version="1", by=by)
        assert not StepResult.objects.exists()


def test_publishing_the_same_again_changes_nothing(programme, coordinator):
    step = factories.make_step()
    first = publish_result(step, subject=programme, kind="x", version="1", by=coordinator)
    earlier = revision()
    assert publish_result(step, subject=programme, kind="x", version="1", by=coordinator) == first
    assert revision() == earlier
    assert TransitionLog.objects.count() == 1


def test_publishing_for_others_moves_the_result(programme, coordinator):
    step = factories.make_step()
    publish_result(step, subject=programme, kind="x", version="1", by=coordinator)
    earlier = revision()
    publish_result(step, subject=programme, kind="x", version="1", audience=Audience.MEMBERS, by=coordinator)
    assert StepResult.objects.get().audience == Audience.MEMBERS
    assert revision() == earlier + 1


@pytest.mark.parametrize("who", CAST)
def test_who_may_take_a_result_away(request, programme, who):
    result, by = make_result(factories.make_step()), request.getfixturevalue(who)
    earlier = revision()
    if who in {"facilitator", "coordinator"}:
        unpublish_result(result, by=by, reason="A name stood in it")
        assert not StepResult.objects.exists()
        assert TransitionLog.objects.get(name="unpublish_result").reason == "A name stood in it"
        assert revision() == earlier + 1
    else:
        with pytest.raises(PermissionDenied):
            unpublish_result(result, by=by)
        assert StepResult.objects.exists()


def test_touch_reaches_the_current_programme_or_the_one_that_is_named(programme):
    other = factories.make_programme(is_current=False)
    touch()
    touch(other)
    touch(other.pk)
    programme.refresh_from_db()
    other.refresh_from_db()
    assert (programme.revision, other.revision) == (2, 3)


def test_organisation_that_changes_how_it_appears_makes_the_pages_new(programme, alice, union):
    earlier = revision()
    set_identity(union, "withheld", by=alice)
    assert revision() == earlier + 1
