"""What action plans add to the home page and the navigation."""

import pytest

from actionplans import home, services
from planning_portal.programme.models import StepKind
from tests import factories as base

from . import factories


def titles(user):
    return [(task.title, task.note) for task in home.tasks(user)]


@pytest.fixture
def step(programme):
    return base.make_step(StepKind.ACTION_PLANS)


def test_organisation_is_asked_for_its_own_plan_once_it_is_time(alice, programme):
    assert titles(alice) == []
    base.make_step(StepKind.ACTION_PLANS)
    assert titles(alice) == [("Begin your own action plan", "")]


def test_drafts_say_how_much_is_missing(alice, step, own_plan, plan):
    assert titles(alice) == [
        ("Fill your own action plan", "1 thing is missing"),
        ("Fill the global action plan of line of work L1", "3 things are missing"),
    ]
    factories.fill_plan(own_plan)
    assert titles(alice)[0][1] == "Complete: it can be sent for review."


def test_plans_that_are_no_drafts_are_no_tasks(alice, step, own_plan):
    services.send_for_review(own_plan, by=alice)
    assert titles(alice) == []


def test_coordinator_is_told_of_reviews(coordinator, own_plan, plan):
    assert titles(coordinator) == []
    for one in (own_plan, plan):
        services.send_for_review(one, by=None)
    assert titles(coordinator) == [("2 action plans wait for your review", "")]


def test_strangers_have_nothing_to_do(carmen, nobody, anonymous, plan):
    for person in (carmen, nobody, anonymous):
        assert titles(person) == []


def test_navigation_is_for_who_takes_part(alice, nobody, anonymous):
    assert [str(entry.title) for entry in home.entries(alice)] == ["Action plans"]
    assert home.entries(nobody) == home.entries(anonymous) == []


@pytest.mark.parametrize("count", [1, 12])
def test_tasks_cost_the_same_for_any_number_of_plans(count, alice, step, union, django_assert_max_num_queries):
    for _number in range(count):
        factories.make_global_plan(organisations=[union])
    with django_assert_max_num_queries(1 + 2 + 2):  # memberships, roles; plans, step
        assert len(list(home.tasks(alice))) == count + 1
