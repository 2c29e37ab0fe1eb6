"""Who may do what: every right of the app by role and state, also those that must be refused."""

import pytest
from django.contrib.auth.models import AnonymousUser

from tests import factories as base
from workshops.models import LineOfWork, RoundEntitlement, Workshop

from . import factories

STATES = ["planned", "open", "closed", "published"]
ROLES = [
    "anonymous",
    "nobody",
    "alice",
    "carmen",
    "companion",
    "translator",
    "coordinator",
    "facilitator",
    "named_facilitator",
]
FACILITATORS = {"facilitator", "named_facilitator"}
MEMBERS = set(ROLES) - {"anonymous", "nobody"}
# right -> (who holds it, in which states)
RIGHTS = {
    "workshops.view_workshop": (MEMBERS, set(STATES)),
    "workshops.view_desk": (FACILITATORS | {"coordinator"}, set(STATES)),
    "workshops.open_workshop": (FACILITATORS, {"planned"}),
    "workshops.run_workshop": (FACILITATORS, {"open"}),
    "workshops.decide": (FACILITATORS, {"open"}),
    "workshops.close_workshop": (FACILITATORS, {"open"}),
    "workshops.publish_summary": ({"facilitator", "coordinator"}, {"closed", "published"}),
}


@pytest.fixture
def anonymous():
    return AnonymousUser()


@pytest.fixture
def nobody(programme):
    """Signed in, but without organisation or role."""
    return base.make_user()


@pytest.fixture
def named_facilitator(programme):
    """Facilitates this workshop, without the role in the programme."""
    return base.make_user(name="Named")


def workshop_in(state, named):
    workshop = factories.make_workshop(state)
    workshop.facilitators.add(named)
    return workshop


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("right", RIGHTS)
def test_right_by_role_and_state(request, named_facilitator, right, role, state):
    workshop = workshop_in(state, named_facilitator)
    user = request.getfixturevalue(role)
    roles, states = RIGHTS[right]

    assert user.has_perm(right, workshop) is (role in roles and state in states)


@pytest.mark.parametrize("role", ROLES)
def test_planning_is_for_facilitators_and_coordinators(request, named_facilitator, role):
    assert request.getfixturevalue(role).has_perm("workshops.plan_workshop") is (role in {"facilitator", "coordinator"})


@pytest.mark.parametrize("state", ["prepared", "open", "closed"])
@pytest.mark.parametrize("role", [*ROLES, "colleague_without_mandate"])
def test_ballots_by_role_and_state_of_the_round(request, named_facilitator, union, role, state):
    colleague = base.make_user(organisation=union, has_mandate=False)
    workshop = workshop_in("open", named_facilitator)
    factories.make_delegations(workshop, [union])
    round_ = factories.make_round(workshop, state)
    entitlement = RoundEntitlement.objects.filter(round=round_).first() or RoundEntitlement.objects.create(
        round=round_, organisation=union
    )
    user = colleague if role == "colleague_without_mandate" else request.getfixturevalue(role)

    assert user.has_perm("workshops.cast_ballot", entitlement) is (role == "alice" and state == "open")
    assert user.has_perm("workshops.cast_ballot_for", entitlement) is (role in FACILITATORS and state == "open")


@pytest.mark.parametrize("role", ROLES)
def test_visible_to_follows_the_right_to_view(request, named_facilitator, role):
    workshop = workshop_in("open", named_facilitator)
    factories.make_candidate(workshop)
    factories.make_line(workshop)
    user = request.getfixturevalue(role)
    sees = role in MEMBERS

    assert Workshop.objects.visible_to(user).exists() is sees
    assert workshop.candidates.visible_to(user).exists() is sees
    assert LineOfWork.objects.visible_to(user).exists() is sees


@pytest.mark.parametrize("role", ROLES)
def test_for_desk_of_follows_the_right_to_view_the_desk(request, named_facilitator, role):
    workshop_in("open", named_facilitator)
    user = request.getfixturevalue(role)

    assert Workshop.objects.for_desk_of(user).exists() is (role in FACILITATORS | {"coordinator"})
