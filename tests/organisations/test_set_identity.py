import itertools

import pytest
from django.core.exceptions import PermissionDenied

from planning_portal.organisations import services
from planning_portal.organisations.models import Identity
from planning_portal.organisations.services import IDENTITY_ORDER, is_tighter, set_identity
from planning_portal.workflow.models import TransitionLog
from tests import factories

from .factories import fresh

CHANGES = list(itertools.permutations(Identity.values, 2))


@pytest.mark.parametrize(("before", "after"), CHANGES)
def test_members_may_only_show_less(alice, union, before, after):
    type(union).objects.update(identity=before)
    tighter = IDENTITY_ORDER.index(after) > IDENTITY_ORDER.index(before)
    assert is_tighter(after, before) is tighter
    if tighter:
        set_identity(union, after, by=alice)
        assert fresh(union).identity == after
    else:
        with pytest.raises(PermissionDenied, match="coordinator"):
            set_identity(union, after, by=alice)
        assert fresh(union).identity == before


@pytest.mark.parametrize(("before", "after"), CHANGES)
def test_coordinators_may_set_any(coordinator, union, before, after):
    type(union).objects.update(identity=before)
    set_identity(union, after, by=coordinator)
    assert fresh(union).identity == after


@pytest.mark.parametrize("who", ["bob", "carmen", "companion", "facilitator", "translator"])
def test_others_may_not_even_tighten(request, union, who):
    with pytest.raises(PermissionDenied):
        set_identity(union, Identity.WITHHELD, by=request.getfixturevalue(who))
    assert fresh(union).identity == Identity.NAMED


def test_member_without_a_mandate_may_tighten_too(union):
    colleague = factories.make_user(organisation=union, has_mandate=False)
    set_identity(union, Identity.WITHHELD, by=colleague)
    assert fresh(union).identity == Identity.WITHHELD


def test_change_is_logged_with_who_and_for_whom(alice, union):
    set_identity(union, Identity.DESCRIBED, by=alice, reason="Threats")
    entry = TransitionLog.objects.get(name="set_identity")
    assert (entry.from_state, entry.to_state, entry.by, entry.organisation_id, entry.reason) == (
        "named",
        "described",
        alice,
        union.pk,
        "Threats",
    )


def test_same_choice_again_changes_nothing(alice, union):
    set_identity(union, Identity.NAMED, by=alice)
    assert not TransitionLog.objects.exists()


def test_watchers_are_told_inside_the_change(monkeypatch, alice, union):
    told = []
    monkeypatch.setattr(services, "_identity_watchers", [])
    services.on_identity_change(told.append)
    services.on_identity_change(told.append)
    set_identity(union, Identity.DESCRIBED, by=alice)
    assert told == [union]
    assert told[0].identity == Identity.DESCRIBED


def test_stale_object_does_not_bring_an_old_identity_back(alice, union):
    old = fresh(union)
    set_identity(union, Identity.WITHHELD, by=alice)
    with pytest.raises(PermissionDenied):
        set_identity(old, Identity.DESCRIBED, by=alice)
    assert fresh(union).identity == Identity.WITHHELD
