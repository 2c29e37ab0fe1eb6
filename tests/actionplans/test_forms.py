"""Writing a plan on its pages: bad input is told beside the field, and nothing typed is lost."""

from decimal import Decimal

import pytest
from django.urls import reverse

from actionplans import services
from actionplans.models import ActionPlan, Activity, Indicator, Result, Risk
from planning_portal.web.submissions import FIELD, issue_key

from . import factories


def url(name, *args):
    return reverse(f"actionplans:{name}", args=[getattr(one, "public_id", one) for one in args])


def text(response):
    return response.content.decode()


@pytest.fixture
def client_of_alice(signed_in, alice):
    return signed_in(alice)


@pytest.fixture
def post(client_of_alice, alice):
    """``post(address, fields, purpose=…, language=…)`` as the form would send it, with the plan's present version."""

    def send(address, fields, *, purpose="", language="en", version=None):
        if version is None:
            version = ActionPlan.objects.order_by("-version").values_list("version", flat=True).first()
        key = {FIELD: issue_key(alice, purpose)} if purpose else {}
        return client_of_alice.post(
            address.replace("/en/", f"/{language}/", 1),
            {"version": version, "source_language": "en", **key, **fields},
        )

    return send


INDICATOR = {
    "title": "People reached",
    "measure": "number",
    "unit": "people",
    "accumulation": "cumulative",
    "direction": "rising",
    "baseline_value": "10",
    "baseline_year": "2026",
    "target_2027": "100",
    "target_2031": "200",
}
ACTIVITY = {"title": "Training", "start_quarter": "1", "end_quarter": "8"}
RISK = {"description": "Prices rise.", "probability": "2", "impact": "2"}


# --- adding ---------------------------------------------------------------------------------------------------------


def test_everything_can_be_added_from_the_pages(post, plan, union, benin):
    outcome = factories.outcome_of(plan)
    response = post(
        url("output-add", plan, outcome), {"statement": "Markets are covered."}, purpose="actionplans.output"
    )
    output = Result.objects.get(code="1.1")
    assert response.url == f"{url('plan-detail', plan)}#result-{output.public_id}"
    post(url("indicator-add", plan, output), INDICATOR, purpose="actionplans.indicator")
    post(
        url("activity-add", plan, output),
        {**ACTIVITY, "organisation": str(union.public_id), "countries": ["BJ"]},
        purpose="actionplans.activity",
    )
    post(url("risk-add", plan), RISK, purpose="actionplans.risk")
    activity = Activity.objects.get()
    post(url("budget-edit", plan, activity) + "?source=own", {"activities_2027": "1250.50"})
    assert (activity.organisation, list(activity.countries.all())) == (union, [benin])
    assert activity.budget_lines.get().amount == Decimal("1250.50")
    assert activity.budget_lines.get().source == "own"
    assert {one.year: one.value for one in Indicator.objects.get().targets.all()} == {2027: 100, 2031: 200}
    assert Risk.objects.get().description_en == "Prices rise."


def test_outcomes_are_added_to_own_plans_only(post, plan, own_plan):
    goal = factories.outcome_of(plan)
    post(
        url("outcome-add", own_plan),
        {"statement": "We cover our members.", "contributes_to": str(goal.public_id)},
        purpose="actionplans.outcome",
    )
    assert own_plan.results.get().contributes_to == goal
    assert post(url("outcome-add", plan), {"statement": "x"}, purpose="actionplans.outcome").status_code == 403


def test_double_click_makes_one(client_of_alice, alice, plan):
    data = {**RISK, "source_language": "en", FIELD: issue_key(alice, "actionplans.risk")}
    first = client_of_alice.post(url("risk-add", plan), data)
    again = client_of_alice.post(url("risk-add", plan), data)
    assert first.url == again.url
    assert Risk.objects.count() == 1


def test_form_that_was_open_too_long_keeps_what_was_typed(post, plan):
    response = post(url("risk-add", plan), RISK)
    assert response.status_code == 422
    assert "send it again" in text(response)
    assert "Prices rise." in text(response)


def test_beginning_a_plan_twice_is_once(client_of_alice, alice, union):
    page = text(client_of_alice.get(url("plan-list")))
    key = page.split('name="submission_key" value="')[1].split('"')[0]
    data = {FIELD: key, "organisation": str(union.public_id)}
    answers = {client_of_alice.post(url("plan-draft"), data).url for _number in range(2)}
    assert answers == {url("plan-detail", ActionPlan.objects.get())}


@pytest.mark.parametrize("data", [{"line": "nonsense"}, {"organisation": "nonsense"}, {}])
def test_beginning_a_plan_of_nothing_is_not_there(data, client_of_alice, alice):
    response = client_of_alice.post(url("plan-draft"), {FIELD: issue_key(alice, "actionplans.draft"), **data})
    assert response.status_code == 404


def test_beginning_somebody_elses_plan_is_refused(client_of_alice, alice, mutual):
    data = {FIELD: issue_key(alice, "actionplans.draft"), "organisation": str(mutual.public_id)}
    assert client_of_alice.post(url("plan-draft"), data).status_code in {403, 404}
    assert not ActionPlan.objects.exists()


# --- bad input ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"title": ""}, "title", "This is needed"),
        ({"target_2031": "50"}, "target_2031", "A cumulative target cannot fall: 2031 is lower than 2027."),
        ({"target_2028": "many"}, "target_2028", "Write one number in digits"),
        ({"target_2028": "1,234"}, "target_2028", "can be read in two ways. Write 1234 or 1.2340"),
        ({"target_2027": "-1"}, "target_2027", "A target cannot be negative."),
        ({"measure": "percentage", "target_2031": "101"}, "target_2031", "A percentage is at most 100."),
        ({"measure": "scale"}, "measure", "Select a valid choice"),
        ({"baseline_year": ""}, "baseline_year", "Say in which year the baseline was measured."),
        ({"baseline_year": "1999"}, "baseline_year", "Select a valid choice"),
        ({"baseline_to_measure": "on"}, "baseline_to_measure", "not both"),
        ({"targets_to_set": "on"}, "targets_to_set", "not both"),
    ],
)
def test_bad_indicator_is_told_beside_the_field(fields, field, words, post, plan):
    outcome = factories.outcome_of(plan)
    response = post(url("indicator-add", plan, outcome), {**INDICATOR, **fields}, purpose="actionplans.indicator")
    assert response.status_code == 422
    form = response.context["form"]
    assert words in form.errors[field][0]
    page = text(response)
    assert f'href="#id_{field}' in page
    for value in {**INDICATOR, **fields}.values():
        assert value in page
    assert not Indicator.objects.exists()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"end_quarter": "3", "start_quarter": "5"}, "end_quarter"),
        ({"end_quarter": "21"}, "end_quarter"),
        ({"organisation": "nobody"}, "organisation"),
        ({"countries": ["XX"]}, "countries"),
        ({"title": "x" * 201}, "title"),
        ({"source_language": "pt"}, "source_language"),
    ],
)
def test_bad_activity_is_told_beside_the_field(fields, field, post, plan, output):
    response = post(url("activity-add", plan, output), {**ACTIVITY, **fields}, purpose="actionplans.activity")
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert not Activity.objects.exists()


@pytest.mark.parametrize("value", ["12,345,67", "abc", "-5", "1.2345"])
def test_bad_amount_is_told_in_its_cell_and_saves_nothing(value, post, plan, output):
    activity = factories.make_activity(output)
    response = post(url("budget-edit", plan, activity), {"activities_2027": "100", "equipment_2029": value})
    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["equipment_2029"]
    page = text(response)
    assert 'id="id_equipment_2029_error"' in page
    assert value in page
    assert 'value="100"' in page
    assert not activity.budget_lines.exists()


def test_decimal_comma_is_read_in_dutch(post, plan, output):
    activity = factories.make_activity(output)
    post(url("budget-edit", plan, activity), {"activities_2027": "1.250,50", "activities_2028": "0"}, language="nl")
    assert {line.year: line.amount for line in activity.budget_lines.all()} == {2027: Decimal("1250.50"), 2028: 0}


def test_form_of_what_is_saved_can_be_sent_unchanged_in_every_language(client_of_alice, plan, output):
    indicator = factories.make_indicator(
        output,
        measure="percentage",
        baseline_value=Decimal("1.5"),
        targets={2027: Decimal("2.125"), 2031: Decimal("62.5")},
    )
    before = {one.year: one.value for one in indicator.targets.all()}
    for language in ("en", "es", "fr", "nl"):
        address = url("indicator-edit", plan, indicator).replace("/en/", f"/{language}/", 1)
        form = client_of_alice.get(address).context["form"]
        data = {bound.html_name: value for bound in form if (value := bound.value()) not in (None, False)}
        assert client_of_alice.post(address, data).status_code == 302
        indicator.refresh_from_db()
        assert {one.year: one.value for one in indicator.targets.all()} == before
        assert indicator.baseline_value == Decimal("1.5")


def test_baseline_that_was_emptied_can_be_given_again(client_of_alice, plan, output):
    indicator = factories.make_indicator(output)
    address = url("indicator-edit", plan, indicator)

    def save(typed):
        form = client_of_alice.get(address).context["form"]
        data = {bound.html_name: value for bound in form if (value := bound.value()) not in (None, False)}
        assert client_of_alice.post(address, {**data, "baseline_value": typed}).status_code == 302
        indicator.refresh_from_db()
        return indicator.baseline_value, indicator.baseline_year

    assert save("") == (None, None)
    assert save("12") == (12, plan.programme.years[0] - 1)


def test_unknown_source_is_not_there(client_of_alice, plan, output):
    activity = factories.make_activity(output)
    assert client_of_alice.get(url("budget-edit", plan, activity) + "?source=lottery").status_code == 404


# --- somebody else --------------------------------------------------------------------------------------------------


def test_edit_over_somebody_elses_edit_shows_both_and_then_saves(post, plan, output, coordinator):
    plan.refresh_from_db()
    seen = plan.version
    services.save_result(output, by=coordinator, content=services.ResultContent("en", "The coordinator's words"))
    mine = {"statement": "Alice's words", "assumption": "Peace lasts."}
    response = post(url("result-edit", plan, output), mine, version=seen)
    assert response.status_code == 409
    shown = {one.label: (one.mine, one.theirs) for one in response.context["differences"]}
    assert shown == {
        "What has changed": ("Alice's words", "The coordinator's words"),
        "Assumption": ("Peace lasts.", ""),
    }
    output.refresh_from_db()
    assert output.statement_en == "The coordinator's words"
    again = post(url("result-edit", plan, output), mine, version=response.context["form"]["version"].value())
    assert again.status_code == 302
    output.refresh_from_db()
    assert output.statement_en == "Alice's words"


def test_edit_without_a_version_is_not_taken_blindly(post, plan, output):
    response = post(url("result-edit", plan, output), {"statement": "Alice's words"}, version="")
    assert response.status_code == 409


def test_choices_that_differ_are_shown_in_words(post, plan, output, union, coordinator):
    activity = factories.make_activity(output)
    plan.refresh_from_db()
    seen = plan.version
    services.save_activity(
        activity, by=coordinator, content=factories.activity_content(title="Training", organisation=union)
    )
    response = post(url("activity-edit", plan, activity), ACTIVITY, version=seen)
    shown = {one.label: (one.mine, one.theirs) for one in response.context["differences"]}
    assert shown["Responsible"] == ("–", union.name) or shown["Responsible"] == ("", union.name)
    assert shown["Last quarter"] == ("2028, quarter 4", "2031, quarter 4")


def test_what_was_removed_meanwhile_is_shown_to_be_copied(post, client_of_alice, plan, output, coordinator):
    address = url("result-edit", plan, output)
    services.remove_result(output, by=coordinator)
    response = post(address, {"statement": "Words that took an hour"})
    assert response.status_code == 409
    assert "Words that took an hour" in text(response)
    assert client_of_alice.get(address).status_code == 404


def test_what_was_removed_above_is_told_too(post, plan, output, coordinator):
    address = url("indicator-add", plan, output)
    services.remove_result(output, by=coordinator)
    response = post(address, INDICATOR, purpose="actionplans.indicator")
    assert response.status_code == 409
    assert "People reached" in text(response)


def test_plan_that_went_into_review_keeps_what_was_typed(post, client_of_alice, plan, output, coordinator):
    services.send_for_review(plan, by=coordinator)
    response = post(url("result-edit", plan, output), {"statement": "Words that took an hour"})
    assert response.status_code == 409
    assert "Words that took an hour" in text(response)
    assert "This plan is in review." in text(response)
    assert client_of_alice.get(url("result-edit", plan, output)).status_code == 403


def test_stranger_learns_nothing_from_what_was_removed(signed_in, bob, plan, output, coordinator):
    address = url("result-edit", plan, output)
    services.remove_result(output, by=coordinator)
    assert signed_in(bob).post(address, {"statement": "x"}).status_code == 404


# --- languages ------------------------------------------------------------------------------------------------------


def test_switching_the_language_keeps_everything_typed(client_of_alice, plan, output):
    activity = factories.make_activity(output)
    data = {**ACTIVITY, "title": "Half a senten", "countries": ["BJ"], "switch_language": "nl", "version": "1"}
    response = client_of_alice.post(url("activity-edit", plan, activity), data)
    page = text(response)
    assert response.status_code == 200
    assert '<html lang="nl"' in page
    assert "Half a senten" in page
    assert response.context["form"]["countries"].value() == ["BJ"]
    assert 'action="/nl/plans/' in page
    activity.refresh_from_db()
    assert activity.title_en != "Half a senten"


def test_text_is_offered_in_the_language_it_was_written_in(client_of_alice, plan):
    output = factories.make_output(plan, source_language="fr", statement="Les marchés sont couverts.")
    form = client_of_alice.get(url("result-edit", plan, output)).context["form"]
    assert form["statement"].value() == "Les marchés sont couverts."
    assert form.fields["statement"].widget.attrs["lang"] == "fr"
    assert form["source_language"].value() == "fr"


# --- removing, agreeing ---------------------------------------------------------------------------------------------


def test_removal_is_asked_once_more_with_all_that_goes(client_of_alice, plan, output):
    factories.make_activity(output)
    factories.make_indicator(output)
    page = client_of_alice.get(url("result-remove", plan, output))
    assert page.context["goes_too"] == {"outputs": 0, "indicators": 1, "activities": 1}
    version = page.context["version"]
    assert client_of_alice.post(url("result-remove", plan, output), {"version": version}).status_code == 302
    assert not Result.objects.filter(code="1.1").exists()
    assert client_of_alice.post(url("result-remove", plan, output), {"version": version}).status_code == 302


def test_removal_of_what_somebody_changes_is_refused(client_of_alice, plan, output, coordinator):
    version = client_of_alice.get(url("result-remove", plan, output)).context["version"]
    factories.make_activity(output)
    response = client_of_alice.post(url("result-remove", plan, output), {"version": version})
    assert response.status_code == 409
    assert Result.objects.filter(code="1.1").exists()


@pytest.mark.parametrize("make", [factories.make_indicator, factories.make_activity])
def test_indicators_and_activities_are_removed(make, client_of_alice, plan, output):
    item = make(output)
    address = url(f"{item._meta.model_name}-remove", plan, item)
    version = client_of_alice.get(address).context["version"]
    assert client_of_alice.post(address, {"version": version}).status_code == 302
    assert not type(item).objects.exists()


def test_outcome_of_a_global_plan_stays(client_of_alice, plan):
    outcome = factories.outcome_of(plan)
    response = client_of_alice.post(url("result-remove", plan, outcome), {"version": "999"})
    assert response.status_code == 409
    assert "The workshop decided this outcome" in text(response)


def test_whole_agreement_on_the_pages(signed_in, alice, coordinator, plan):
    client = signed_in(alice)
    assert "3 things are still missing" in text(client.get(url("plan-send", plan)))
    assert client.post(url("plan-send", plan)).status_code == 302
    client = signed_in(coordinator)
    assert "3 things are missing" in text(client.get(url("plan-adopt", plan)))
    assert client.post(url("plan-adopt", plan), {"note": ""}).status_code == 409
    response = client.post(url("plan-return", plan), {"reason": "  "})
    assert response.status_code == 422
    assert client.post(url("plan-return", plan), {"reason": "Complete it."}).status_code == 302
    factories.fill_plan(plan)
    services.send_for_review(plan, by=None)
    assert client.post(url("plan-adopt", plan), {"note": "Agreed"}).status_code == 302
    assert plan.versions.get().note == "Agreed"
    assert client.post(url("plan-adopt", plan), {"note": "Again"}).status_code == 409
    assert client.post(url("plan-amend", plan), {"reason": "Prices rose."}).status_code == 302
    plan.refresh_from_db()
    assert plan.state == "draft"


@pytest.mark.parametrize("count", [1, 30])
def test_forms_cost_the_same(count, client_of_alice, plan, own_plan, output, union, django_assert_max_num_queries):
    for _number in range(count):
        factories.make_indicator(output)
        activity = factories.make_activity(output, organisation=union)
    outcome = factories.make_result(own_plan)
    pages = [
        url("indicator-edit", plan, output.indicators.first()),
        url("activity-edit", plan, activity),
        url("budget-edit", plan, activity),
        url("result-edit", own_plan, outcome),
        url("risk-add", plan),
        url("plan-edit", plan),
    ]
    for page in pages:
        client_of_alice.get(page)
        with django_assert_max_num_queries(4 + 6):
            assert client_of_alice.get(page).status_code == 200
