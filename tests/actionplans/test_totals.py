"""Money adds up, to the cent, whichever way it is added."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actionplans.models import CostCategory, FundingSource
from actionplans.queries.totals import totals_of_plans, totals_of_tree
from actionplans.queries.tree import plan_tree
from actionplans.totals import Amount, Totals

from . import factories
from .factories import YEARS

AMOUNTS = st.builds(
    Amount,
    year=st.sampled_from(YEARS),
    category=st.sampled_from(CostCategory.values),
    source=st.sampled_from(FundingSource.values),
    amount=st.decimals(min_value=0, max_value=Decimal("999999999999.99"), places=2),
    organisation=st.none() | st.integers(1, 5),
    plan=st.integers(1, 5),
    activity=st.integers(1, 9),
)


@given(st.lists(AMOUNTS, max_size=60))
def test_every_way_of_adding_up_gives_the_same(amounts):
    totals = Totals(amounts, YEARS)
    assert totals.reconciles
    assert totals.total == sum((one.amount for one in amounts), Decimal(0))
    assert list(totals.by_year) == list(YEARS)
    assert totals.own + totals.only(lambda one: one.source != "own").total == totals.total


@given(st.lists(AMOUNTS, min_size=1, max_size=30))
def test_own_gap_is_what_lifts_the_share_to_a_fifth(amounts):
    totals = Totals(amounts, YEARS)
    if totals.total:
        reached = totals.own + totals.own_gap
        assert reached >= (totals.total * Decimal("0.20")).quantize(Decimal("0.01"))
        assert (totals.own_gap == 0) == (totals.own >= (totals.total * Decimal("0.20")).quantize(Decimal("0.01")))


@given(st.lists(AMOUNTS, min_size=1, max_size=30))
def test_sums_that_do_not_agree_are_found(amounts):
    totals = Totals(amounts, YEARS)
    assert totals.reconciles
    totals.by_year[2027] += Decimal("0.01")
    assert not totals.reconciles


def test_nothing_is_a_total_too():
    totals = Totals([], YEARS)
    assert (totals.total, totals.own_share, totals.own_gap, totals.reconciles) == (0, None, 0, True)
    assert totals.grid == {}


@pytest.fixture
def plans(union):
    made = [factories.fill_plan(factories.make_global_plan(organisations=[union]), outputs=2) for _number in range(2)]
    factories.make_budget(
        factories.make_activity(factories.make_output(made[0])), {("equipment", 2031): "99999999999.99"}, "other"
    )
    return made


def test_totals_of_several_plans_cost_one_query(plans, union, django_assert_num_queries):
    with django_assert_num_queries(1):
        totals = totals_of_plans(plans, YEARS)
    assert totals.reconciles
    assert totals.total == Decimal("99999999999.99") + 4 * Decimal("1650.50")
    assert totals.by_source == {"dgd": 4 * Decimal("1250.50"), "own": 1600, "other": Decimal("99999999999.99")}
    assert totals.by_plan == {plans[0].pk: Decimal("99999999999.99") + 3301, plans[1].pk: 3301}
    assert set(totals.by_organisation) == {None, union.pk}
    assert totals.grid["operational_staff"] == {2027: 1600, 2028: 1002, 2029: 0, 2030: 0, 2031: 0}


def test_plan_that_was_read_gives_the_same_totals(plans):
    from actionplans.models import ActionPlan

    for plan in ActionPlan.objects.with_context():
        assert totals_of_tree(plan_tree(plan)).total == totals_of_plans([plan], YEARS).total


def test_percentages_are_not_added_up():
    from actionplans.models import end_target

    values = {2027: Decimal(10), 2028: Decimal(30)}
    assert end_target("yearly", "number", values) == 40
    assert end_target("yearly", "percentage", values) == 30
    assert end_target("cumulative", "number", values) == 30
    assert end_target("level", "number", values) == 30
    assert end_target("level", "number", {}) is None
