"""Who may do what with a plan: every right by role, kind of plan and state, also those that must be refused."""

import pytest

from actionplans.models import ActionPlan, PlanState, PlanVersion
from tests import factories as base

from . import factories

ROLES = [
    "anonymous",
    "nobody",
    "alice",
    "bob",
    "carmen",
    "lena",
    "companion",
    "facilitator",
    "translator",
    "coordinator",
]
STATES = ["draft", "in_review", "adopted"]
MEMBERS = set(ROLES) - {"anonymous", "nobody"}
WRITERS = {"coordinator", "alice", "lena"}
# right -> (who holds it for a global plan, in which states)
GLOBAL = {
    "actionplans.view_plan": (MEMBERS, set(STATES)),
    "actionplans.view_risks": (WRITERS | {"facilitator"}, set(STATES)),
    "actionplans.write_plan": (WRITERS, set(STATES)),
    "actionplans.edit_plan": (WRITERS, {"draft"}),
    "actionplans.send_for_review": (WRITERS, {"draft"}),
    "actionplans.return_to_draft": ({"coordinator"}, {"in_review"}),
    "actionplans.adopt_plan": ({"coordinator"}, {"in_review"}),
    "actionplans.amend_plan": ({"coordinator"}, {"adopted"}),
}
OWNERS = {"coordinator", "alice"}
INSIDERS = OWNERS | {"companion", "facilitator"}
# right -> (who holds it for an organisation's own plan, in which states)
OWN = {
    "actionplans.view_risks": (INSIDERS, set(STATES)),
    "actionplans.write_plan": (OWNERS, set(STATES)),
    "actionplans.edit_plan": (OWNERS, {"draft"}),
    "actionplans.send_for_review": (OWNERS, {"draft"}),
    "actionplans.return_to_draft": ({"coordinator"}, {"in_review"}),
    "actionplans.adopt_plan": ({"coordinator"}, {"in_review"}),
    "actionplans.amend_plan": (OWNERS, {"adopted"}),
}


@pytest.fixture
def lead(peru):
    return base.make_organisation(country=peru, is_lead=True)


@pytest.fixture
def lena(lead):
    """Works for the organisation that leads the line, in another country."""
    return base.make_user(name="Lena", organisation=lead)


@pytest.fixture
def global_plan(union, lead):
    """Carried by Alice's organisation and the lead; Bob's and Carmen's did not join."""
    return factories.fill_plan(factories.make_global_plan(organisations=[union], lead=lead))


@pytest.fixture
def people(request):
    return {role: request.getfixturevalue(role) for role in ROLES}


@pytest.mark.parametrize("state", STATES)
def test_rights_to_a_global_plan(state, people, global_plan):
    plan = factories.bring_to(global_plan, state)
    for right, (holders, states) in GLOBAL.items():
        expected = holders if state in states else set()
        assert {role for role in ROLES if people[role].has_perm(right, plan)} == expected, (right, state)


@pytest.mark.parametrize("state", STATES)
def test_rights_to_an_organisations_own_plan(state, people, own_plan):
    plan = factories.bring_to(factories.fill_plan(own_plan), state)
    for right, (holders, states) in OWN.items():
        expected = holders if state in states else set()
        assert {role for role in ROLES if people[role].has_perm(right, plan)} == expected, (right, state)


@pytest.mark.parametrize(
    ("state", "identity", "viewers"),
    [
        ("draft", "named", INSIDERS),
        ("in_review", "named", INSIDERS),
        ("adopted", "named", MEMBERS),
        ("adopted", "described", MEMBERS),
        # Bob's organisation is of the same country: it knows anyway.
        ("adopted", "withheld", INSIDERS | {"bob"}),
        ("draft", "withheld", INSIDERS),
    ],
)
def test_who_sees_an_organisations_own_plan(state, identity, viewers, people, own_plan, union):
    union.identity = identity
    union.save()
    plan = factories.bring_to(factories.fill_plan(own_plan), state)
    assert {role for role in ROLES if people[role].has_perm("actionplans.view_plan", plan)} == viewers


@pytest.mark.parametrize("identity", ["named", "described", "withheld"])
@pytest.mark.parametrize("state", STATES)
def test_queryset_and_right_agree(state, identity, people, own_plan, global_plan, union):
    union.identity = identity
    union.save()
    plans = [factories.bring_to(factories.fill_plan(own_plan), state), factories.bring_to(global_plan, state)]
    for role, user in people.items():
        allowed = {plan.pk for plan in plans if user.has_perm("actionplans.view_plan", plan)}
        assert set(ActionPlan.objects.visible_to(user).values_list("pk", flat=True)) == allowed, role


def test_belonging_found_by_the_database_is_the_same(people, own_plan, global_plan):
    for role, user in people.items():
        for plan in ActionPlan.objects.with_context().with_belonging(user):
            plain = ActionPlan.objects.with_context().get(pk=plan.pk)
            assert user.has_perm("actionplans.write_plan", plan) == user.has_perm("actionplans.write_plan", plain), role


def test_plans_written_by_a_person(alice, bob, lena, coordinator, own_plan, global_plan):
    assert set(ActionPlan.objects.written_by(alice)) == {own_plan, global_plan}
    assert set(ActionPlan.objects.written_by(lena)) == {global_plan}
    assert not ActionPlan.objects.written_by(bob)
    assert not ActionPlan.objects.written_by(coordinator)


def test_rights_without_a_plan(people, union, global_plan):
    def holders(right, obj):
        return {role for role in ROLES if people[role].has_perm(right, obj)}

    assert holders("actionplans.list_plans", None) == MEMBERS
    assert holders("actionplans.build_consolidated", None) == {"coordinator"}
    assert holders("actionplans.draft_organisation_plan", union) == {"coordinator", "alice"}
    assert holders("actionplans.draft_global_plan", global_plan.line) == WRITERS | {"facilitator"}


@pytest.mark.parametrize("identity", ["named", "withheld"])
def test_adopted_versions_are_for_who_takes_part(identity, people, own_plan, union):
    union.identity = identity
    union.save()
    plan = factories.bring_to(factories.fill_plan(own_plan), PlanState.ADOPTED)
    seen = {role for role in ROLES if PlanVersion.objects.visible_to(people[role]).filter(plan=plan).exists()}
    assert seen == (MEMBERS if identity == "named" else INSIDERS | {"bob"})
