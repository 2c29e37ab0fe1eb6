"""Writing a plan through its services: rules, codes, languages, and two people who never overwrite each other."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from actionplans import services
from actionplans.models import Activity, Indicator, PlanState, Result, ResultKind, Risk, YearTarget
from actionplans.services import EditConflict, ItemGone, ResultContent, RiskContent
from planning_portal.languages.models import TranslationState
from planning_portal.languages.services import save_translation
from planning_portal.workflow.models import TransitionLog
from planning_portal.workflow.services import WrongState
from tests import factories as base

from . import factories
from .factories import YEARS, activity_content, indicator_content


def problems(error):
    return {name: messages[0] for name, messages in error.value.message_dict.items()}


def said(content):
    return ResultContent("en", content)


# --- codes ----------------------------------------------------------------------------------------------------------


def test_codes_follow_the_tree(plan):
    outcome = factories.outcome_of(plan)
    first, second = factories.make_output(plan), factories.make_output(plan)
    assert [outcome.code, first.code, second.code] == ["1", "1.1", "1.2"]
    assert [factories.make_activity(second).code for _number in range(2)] == ["1.2.1", "1.2.2"]
    assert [factories.make_indicator(outcome).code for _number in range(2)] == ["1.a", "1.b"]
    assert factories.make_indicator(second).code == "1.2.a"


def test_removed_code_leaves_a_gap(plan):
    outputs = [factories.make_output(plan) for _number in range(3)]
    services.remove_result(outputs[1], by=None)
    assert factories.make_output(plan).code == "1.4"
    assert sorted(plan.results.values_list("code", flat=True)) == ["1", "1.1", "1.3", "1.4"]


def test_own_plan_can_have_several_outcomes(own_plan):
    codes = [factories.make_result(own_plan).code for _number in range(2)]
    assert codes == ["1", "2"]


# --- rules ----------------------------------------------------------------------------------------------------------


def test_global_plan_has_one_outcome(plan, alice):
    with pytest.raises(ValidationError):
        services.add_result(plan, by=alice, kind=ResultKind.OUTCOME, content=said("Another outcome"))


def test_outcome_of_a_global_plan_keeps_its_statement(plan, alice):
    outcome = factories.outcome_of(plan)
    with pytest.raises(ValidationError) as error:
        services.save_result(outcome, by=alice, content=said("Something else"))
    assert list(problems(error)) == ["statement"]
    changed = services.save_result(outcome, by=alice, content=ResultContent("en", outcome.statement_en, "Peace lasts."))
    assert changed.assumption_en == "Peace lasts."
    with pytest.raises(ValidationError):
        services.remove_result(outcome, by=alice)


@pytest.mark.parametrize("parent", ["none", "an output", "of another plan"])
def test_output_needs_an_outcome_of_its_plan(parent, plan, own_plan, alice):
    above = {
        "none": lambda: None,
        "an output": lambda: factories.make_output(plan),
        "of another plan": lambda: factories.outcome_of(own_plan),
    }[parent]()
    with pytest.raises(ValidationError) as error:
        services.add_result(plan, by=alice, kind=ResultKind.OUTPUT, parent=above, content=said("x"))
    assert list(problems(error)) == ["parent"]


def test_activity_belongs_to_an_output(plan, alice):
    with pytest.raises(ValidationError):
        services.add_activity(factories.outcome_of(plan), by=alice, content=activity_content())


def test_own_plan_contributes_to_a_global_one(plan, own_plan, alice):
    goal = factories.outcome_of(plan)
    result = factories.make_result(own_plan, contributes_to=goal)
    assert result.contributes_to == goal
    for target, into in ((plan, goal), (own_plan, result)):
        with pytest.raises(ValidationError) as error:
            services.add_result(
                target,
                by=alice,
                kind=ResultKind.OUTPUT,
                parent=factories.outcome_of(target),
                content=ResultContent("en", "x", contributes_to=into),
            )
        assert list(problems(error)) == ["contributes_to"]


def test_result_to_which_others_contribute_is_not_removed(plan, own_plan, alice, output):
    factories.make_result(own_plan, contributes_to=output)
    with pytest.raises(ValidationError):
        services.remove_result(output, by=alice)
    assert Result.objects.filter(pk=output.pk).exists()


@pytest.mark.parametrize(
    ("content", "field"),
    [
        ({"targets": {2027: Decimal(10), 2028: Decimal(9)}}, "target_2028"),
        ({"direction": "falling", "targets": {2027: Decimal(9), 2029: Decimal(10)}}, "target_2029"),
        ({"measure": "percentage", "targets": {2031: Decimal("100.5")}}, "target_2031"),
        ({"measure": "percentage", "baseline_value": Decimal(101)}, "baseline_value"),
        ({"targets": {2032: Decimal(1)}}, "target_2032"),
        ({"targets": {2027: Decimal(-1)}}, "target_2027"),
        ({"baseline_value": Decimal(-1)}, "baseline_value"),
        ({"baseline_year": None}, "baseline_year"),
        ({"baseline_year": 2020}, "baseline_year"),
        ({"baseline_year": 2028}, "baseline_year"),
        ({"baseline_to_measure": True}, "baseline_to_measure"),
        ({"targets_to_set": True}, "targets_to_set"),
        ({"title": "  "}, "title"),
        ({"source_language": "pt"}, "source_language"),
    ],
)
def test_indicator_that_breaks_a_rule_is_refused(content, field, plan, alice):
    with pytest.raises(ValidationError) as error:
        services.add_indicator(factories.outcome_of(plan), by=alice, content=indicator_content(**content))
    assert field in problems(error)
    assert not Indicator.objects.exists()
    assert not YearTarget.objects.exists()


@pytest.mark.parametrize(
    "content",
    [
        {"accumulation": "yearly", "targets": {2027: Decimal(10), 2028: Decimal(5)}},
        {"accumulation": "level", "targets": {2027: Decimal(10), 2028: Decimal(5)}},
        {"direction": "falling", "targets": {2027: Decimal(10), 2028: Decimal(5)}},
        {"targets": {2027: Decimal(5), 2031: Decimal(5)}},
        {"measure": "percentage", "targets": {2031: Decimal(100)}},
        {"baseline_value": None, "baseline_year": None, "baseline_to_measure": True},
        {"targets": {}, "targets_to_set": True},
        {"baseline_value": Decimal(0), "targets": {2027: Decimal(0)}},
    ],
)
def test_indicator_that_keeps_the_rules_is_saved(content, plan, alice):
    indicator = services.add_indicator(factories.outcome_of(plan), by=alice, content=indicator_content(**content))
    given = indicator_content(**content).targets
    assert {target.year: target.value for target in indicator.targets.all()} == given


def test_empty_target_is_not_zero(plan, alice):
    indicator = factories.make_indicator(factories.outcome_of(plan))
    content = indicator_content(targets={2027: Decimal(0), 2028: None, 2031: Decimal(7)})
    services.save_indicator(indicator, by=alice, content=content)
    assert {one.year: one.value for one in indicator.targets.all()} == {2027: 0, 2031: 7}


@pytest.mark.parametrize(("start", "end"), [(0, 4), (4, 3), (1, 21)])
def test_quarters_out_of_order_are_refused(start, end, output, alice):
    with pytest.raises(ValidationError) as error:
        services.add_activity(output, by=alice, content=activity_content(start_quarter=start, end_quarter=end))
    assert list(problems(error)) == ["end_quarter"]


def test_responsible_must_carry_the_plan(output, alice, union, mutual):
    with pytest.raises(ValidationError) as error:
        services.add_activity(output, by=alice, content=activity_content(organisation=mutual))
    assert list(problems(error)) == ["organisation"]
    assert services.add_activity(output, by=alice, content=activity_content(organisation=union)).organisation == union


def test_risk_from_score_8_needs_a_mitigation(plan, alice):
    for probability, impact, is_fine in ((2, 3, True), (2, 4, False), (5, 5, False)):
        content = RiskContent("en", "Prices rise.", "", probability, impact)
        if is_fine:
            services.add_risk(plan, by=alice, content=content)
            continue
        with pytest.raises(ValidationError) as error:
            services.add_risk(plan, by=alice, content=content)
        assert list(problems(error)) == ["mitigation"]
    assert Risk.objects.count() == 1


# --- budgets --------------------------------------------------------------------------------------------------------


@pytest.fixture
def activity(output):
    return factories.make_activity(output)


def lines(activity):
    return {(one.category, one.year, one.source): one.amount for one in activity.budget_lines.all()}


def test_budget_of_one_source_leaves_the_others(activity, alice):
    factories.make_budget(activity, {("activities", 2027): 10}, "own")
    services.set_budget(
        activity,
        by=alice,
        source="dgd",
        amounts={("activities", 2027): Decimal("5.25"), ("equipment", 2028): Decimal(0), ("monitoring", 2029): None},
    )
    assert lines(activity) == {
        ("activities", 2027, "own"): 10,
        ("activities", 2027, "dgd"): Decimal("5.25"),
        ("equipment", 2028, "dgd"): 0,
    }
    services.set_budget(activity, by=alice, source="dgd", amounts={("activities", 2027): None})
    assert lines(activity) == {("activities", 2027, "own"): 10, ("equipment", 2028, "dgd"): 0}


def test_note_of_a_line_outlives_a_new_amount(activity, alice):
    factories.make_budget(activity, {("activities", 2027): 10})
    activity.budget_lines.update(note="rent")
    factories.make_budget(activity, {("activities", 2027): 12})
    assert activity.budget_lines.get().note == "rent"


@pytest.mark.parametrize(
    ("key", "amount", "cell"),
    [
        (("activities", 2026), 1, "activities_2026"),
        (("activities", 2027), -1, "activities_2027"),
        (("activities", 2027), "0.001", "activities_2027"),
        (("cars", 2027), 1, "cars_2027"),
    ],
)
def test_cell_that_breaks_a_rule_is_refused(key, amount, cell, activity, alice):
    with pytest.raises(ValidationError) as error:
        services.set_budget(activity, by=alice, source="dgd", amounts={key: Decimal(amount)})
    assert list(problems(error)) == [cell]
    assert not lines(activity)


def test_unknown_source_is_refused(activity, alice):
    with pytest.raises(ValidationError) as error:
        services.set_budget(activity, by=alice, source="lottery", amounts={})
    assert list(problems(error)) == ["source"]


def test_costs_nothing_or_something(activity, alice):
    with pytest.raises(ValidationError) as error:
        services.set_budget(
            activity, by=alice, source="dgd", amounts={("activities", 2027): Decimal(1)}, has_no_budget=True
        )
    assert list(problems(error)) == ["has_no_budget"]
    factories.make_budget(activity, {("activities", 2027): 10}, "own")
    with pytest.raises(ValidationError) as error:
        services.set_budget(activity, by=alice, source="dgd", amounts={}, has_no_budget=True)
    assert list(problems(error)) == ["has_no_budget"]


# --- who and when ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [PlanState.IN_REVIEW, PlanState.ADOPTED])
def test_only_a_draft_is_written(state, plan, coordinator):
    factories.fill_plan(plan)
    output = plan.results.get(kind="output")
    plan = factories.bring_to(plan, state)
    acts = [
        lambda: services.add_result(plan, by=coordinator, kind="output", parent=output.parent, content=said("x")),
        lambda: services.save_result(output, by=coordinator, content=said("x")),
        lambda: services.remove_result(output, by=coordinator),
        lambda: services.add_indicator(output, by=coordinator, content=indicator_content()),
        lambda: services.add_activity(output, by=coordinator, content=activity_content()),
        lambda: services.add_risk(plan, by=coordinator, content=RiskContent("en", "x")),
        lambda: services.save_summary(plan, by=coordinator, source_language="en", summary="x"),
        lambda: services.set_budget(output.activities.get(), by=coordinator, source="dgd", amounts={}),
    ]
    for act in acts:
        with pytest.raises(WrongState):
            act()


@pytest.mark.parametrize("person", ["bob", "carmen", "companion", "facilitator", "translator"])
def test_only_who_carries_the_plan_writes_it(person, plan, output, request):
    user = request.getfixturevalue(person)
    with pytest.raises(PermissionDenied) as refused:
        services.save_result(output, by=user, content=said("x"))
    assert str(refused.value)
    with pytest.raises(PermissionDenied):
        services.add_risk(plan, by=user, content=RiskContent("en", "x"))


def test_removal_is_logged(plan, output, alice):
    factories.make_activity(output)
    services.remove_result(output, by=alice)
    assert not Activity.objects.exists()
    log = TransitionLog.objects.get(name="remove_result")
    assert (log.by, log.reason, log.obj) == (alice, "1.1", plan)


# --- two people -----------------------------------------------------------------------------------------------------


def test_edit_over_somebody_elses_edit_is_refused(plan, output, alice, coordinator):
    seen = plan.version
    services.save_result(output, by=coordinator, content=said("The coordinator's words"), seen=seen)
    with pytest.raises(EditConflict) as conflict:
        services.save_result(output, by=alice, content=said("Alice's words"), seen=seen)
    assert conflict.value.item.statement_en == "The coordinator's words"
    services.save_result(output, by=alice, content=said("Alice's words"), seen=conflict.value.version)
    output.refresh_from_db()
    assert output.statement_en == "Alice's words"


def test_second_conflict_in_a_row_is_told_again(plan, output, alice, coordinator):
    seen = plan.version
    services.save_result(output, by=coordinator, content=said("First"), seen=seen)
    with pytest.raises(EditConflict) as conflict:
        services.save_result(output, by=alice, content=said("Alice's words"), seen=seen)
    services.save_result(output, by=coordinator, content=said("Second"), seen=conflict.value.version)
    with pytest.raises(EditConflict) as again:
        services.save_result(output, by=alice, content=said("Alice's words"), seen=conflict.value.version)
    assert again.value.item.statement_en == "Second"


def test_edits_of_different_things_do_not_meet(plan, output, alice, coordinator):
    plan.refresh_from_db()
    seen = plan.version
    activity, other = factories.make_activity(output), factories.make_activity(output)
    plan.refresh_from_db()
    seen = plan.version
    services.save_activity(activity, by=coordinator, content=activity_content(), seen=seen)
    services.save_activity(other, by=alice, content=activity_content(), seen=seen)
    services.set_budget(activity, by=alice, source="dgd", amounts={}, seen=seen)
    with pytest.raises(EditConflict):
        services.set_budget(activity, by=coordinator, source="own", amounts={}, seen=seen)


def test_edit_of_what_was_removed_is_told_apart(plan, output, alice, coordinator):
    services.remove_result(output, by=coordinator)
    with pytest.raises(ItemGone):
        services.save_result(output, by=alice, content=said("x"), seen=plan.version)


def test_result_is_not_removed_with_what_was_written_under_it_unseen(plan, output, alice, coordinator):
    plan.refresh_from_db()
    seen = plan.version
    factories.make_activity(output)
    with pytest.raises(EditConflict):
        services.remove_result(output, by=alice, seen=seen)
    assert Activity.objects.exists()


def test_failed_edit_gives_no_new_version(plan, alice):
    before = plan.version
    with pytest.raises(ValidationError):
        services.add_indicator(factories.outcome_of(plan), by=alice, content=indicator_content(title=""))
    plan.refresh_from_db()
    assert plan.version == before


# --- languages ------------------------------------------------------------------------------------------------------


def test_text_is_written_in_the_writers_language(plan, alice):
    output = factories.make_output(plan, source_language="fr", statement="Les marchés sont couverts.")
    assert (output.statement_fr, output.statement_en) == ("Les marchés sont couverts.", None)


def test_new_language_keeps_what_others_can_read_as_out_of_date(output, alice):
    old = output.statement_en
    save_translation(output, "statement", "nl", "Nederlands", by=None, state=TranslationState.DONE)
    services.save_result(output, by=alice, content=ResultContent("fr", "Autre chose"))
    output.refresh_from_db()
    assert (output.source_language, output.statement_fr, output.statement_en) == ("fr", "Autre chose", old)
    stale = {unit.language: unit.stale for unit in output.translation_units.filter(field="statement")}
    assert stale == {"en": True, "es": False, "nl": True}


def test_language_that_was_only_named_wrongly_is_put_right(plan, alice):
    output = factories.make_output(plan, source_language="en", statement="Les marchés sont couverts.")
    services.save_result(output, by=alice, content=ResultContent("fr", "Les marchés sont couverts."))
    output.refresh_from_db()
    assert (output.statement_fr, output.statement_en) == ("Les marchés sont couverts.", "")


def test_line_ends_and_margins_are_put_in_order(plan, alice):
    output = factories.make_output(plan, statement="  One\r\ntwo \n")
    assert output.statement_en == "One\ntwo"


def test_countries_of_an_activity(output, alice, benin, peru):
    activity = services.add_activity(output, by=alice, content=activity_content(countries=[benin, peru]))
    assert set(activity.countries.all()) == {benin, peru}
    services.save_activity(activity, by=alice, content=activity_content(countries=[peru]))
    assert set(activity.countries.all()) == {peru}


def test_years_come_from_the_programme(db):
    assert base.make_programme().years == list(YEARS)
