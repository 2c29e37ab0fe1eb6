"""What a plan lacks: named in the plan's order, and counted by the database alike."""

import pytest

from actionplans import services
from actionplans.completeness import missing_in
from actionplans.models import ActionPlan
from actionplans.queries.tree import plan_tree

from . import factories


def missing(plan):
    fresh = ActionPlan.objects.with_context().with_missing_count().get(pk=plan.pk)
    found = missing_in(plan_tree(fresh))
    assert fresh.missing_count == len(found), "the database counts otherwise"
    return [(one.code, one.text.split(".")[0]) for one in found]


def test_empty_global_plan(plan):
    assert missing(plan) == [
        ("1", "The outcome has no indicator yet"),
        ("1", "The outcome has no output yet"),
        ("", "No risk is named yet"),
    ]


def test_empty_own_plan(own_plan):
    assert missing(own_plan) == [("", "The plan has no outcome yet")]


def test_complete_plans(plan, own_plan):
    assert missing(factories.fill_plan(plan)) == []
    assert missing(factories.fill_plan(own_plan)) == []


def test_gaps_stand_in_the_order_of_the_codes(plan):
    outcome = factories.outcome_of(plan)
    factories.make_indicator(outcome, baseline_value=None, baseline_year=None)
    output = factories.make_output(plan)
    factories.make_indicator(output, targets={2027: 1})
    activity = factories.make_activity(output)
    factories.make_output(plan)
    factories.make_risk(plan)
    assert missing(plan) == [
        ("1.a", "The baseline is missing"),
        ("1.1.a", "The target of the last year is missing"),
        ("1.1.1", "Nobody is responsible yet"),
        ("1.1.1", "The budget is missing"),
        ("1.2", "The output has no activity yet"),
    ]
    services.set_budget(activity, by=None, source="dgd", amounts={}, has_no_budget=True)
    assert ("1.1.1", "The budget is missing") not in missing(plan)


@pytest.mark.parametrize(
    "content",
    [
        {
            "baseline_value": None,
            "baseline_year": None,
            "baseline_to_measure": True,
            "targets": {},
            "targets_to_set": True,
        },
        {"targets": {2031: 7}},
    ],
)
def test_saying_that_it_is_unknown_is_an_answer(content, plan):
    factories.make_indicator(factories.outcome_of(plan), **content)
    assert not [code for code, _text in missing(plan) if code == "1.a"]


def test_each_gap_leads_to_the_page_that_mends_it(plan, signed_in, alice):
    factories.make_indicator(factories.outcome_of(plan), baseline_value=None, baseline_year=None, targets={})
    factories.make_activity(factories.make_output(plan))
    tree = plan_tree(ActionPlan.objects.with_context().get(pk=plan.pk))
    client = signed_in(alice)
    for one in missing_in(tree):
        address, _sign, anchor = one.url.partition("#")
        page = client.get(address)
        assert page.status_code == 200
        assert not anchor or f'id="{anchor}"' in page.content.decode()


def test_counting_costs_one_query_for_any_number(union, django_assert_num_queries):
    for _number in range(4):
        factories.fill_plan(factories.make_global_plan(organisations=[union]))
    with django_assert_num_queries(1):
        assert [plan.missing_count for plan in ActionPlan.objects.with_missing_count()] == [0] * 4
