"""Both ways: from an activity to the priorities it came from, and from a priority to the activities."""

import pytest

from actionplans.lineage import life_of_line, life_of_priority, origin_of_activity, origin_of_plan
from actionplans.models import ActionPlan, Activity, PlanState
from planning_portal.web.registry import life_of
from tests.consultations.factories import make_priority
from tests.workshops.factories import make_candidate, make_decision, make_line, make_workshop
from workshops.models import WorkshopState

from . import factories


@pytest.fixture
def story(union, mutual, stranger_organisation, coordinator):
    """Two priorities in two candidates, one merged into the other, which became a line; a third that did not."""
    workshop = make_workshop(WorkshopState.CLOSED)
    kept, merged, dropped = (
        make_priority(state="agreed", organisation=one, title=title, source_language="en")
        for one, title in ((union, "Health cover"), (mutual, "Market women"), (stranger_organisation, "Something else"))
    )
    first = make_candidate(workshop, priorities=[kept])
    second = make_candidate(workshop, priorities=[merged])
    third = make_candidate(workshop, priorities=[dropped])
    line = make_line(workshop, organisations=[union])
    make_decision(first, line=line, reason_en="Many ask for it.")
    make_decision(second, "merged", merged_into=first)
    make_decision(third, "not_retained")
    plan = factories.fill_plan(factories.make_global_plan(line=line))
    return {"kept": kept, "merged": merged, "dropped": dropped, "line": line, "plan": plan}


def with_parts(activity):
    return Activity.objects.select_related(
        "result__plan__line", "result__plan__programme", "result__contributes_to__plan__line", "result__parent"
    ).get(pk=activity.pk)


def told(events):
    return [(event.title, str(event.text)) for event in events]


def test_activity_leads_back_to_every_priority(story, alice):
    activity = Activity.objects.get()
    events = origin_of_activity(with_parts(activity), alice)
    assert [str(event.text) for event in events[:3]] == [
        activity.result.statement_en,
        "What line 1 works for.",
        "Line of work 1",
    ]
    assert events[3].title == "Candidate C01: adopted"
    assert str(events[3].reason) == "Many ask for it."
    assert [str(event.text) for event in events[4:]] == ["Health cover", "Market women"]
    assert all(event.url for event in events if not event.title.startswith("Candidate"))


def test_own_activity_leads_back_through_what_it_contributes_to(story, alice, own_plan):
    goal = story["plan"].results.get(code="1.1")
    outcome = factories.make_result(own_plan, contributes_to=goal)
    activity = factories.make_activity(factories.make_result(own_plan, parent=outcome))
    titles = [event.title for event in origin_of_activity(with_parts(activity), alice)]
    assert titles[:4] == ["Output 1.1", "Outcome 1", "Contributes to 1.1 of a global plan", titles[3]]
    assert titles[3].startswith("Global action plan of line of work")
    assert sum(title.startswith("Priority of") for title in titles) == 2


def test_own_activity_that_contributes_to_nothing_ends_with_its_outcome(alice, own_plan):
    activity = factories.make_activity(factories.make_output(own_plan))
    assert len(origin_of_activity(with_parts(activity), alice)) == 2


@pytest.mark.parametrize("which", ["kept", "merged"])
def test_priority_leads_to_plan_outcome_outputs_and_activities(which, story, alice):
    events = life_of(story[which], alice)
    mine = [event for event in events if "plans/" in event.url]
    assert [event.title.split(":")[0] for event in mine] == [
        "Action plan of line of work L1",
        "Outcome 1",
        "Output 1.1",
        "Activity 1.1.1",
    ]
    assert "draft" in mine[0].title
    factories.bring_to(story["plan"], PlanState.ADOPTED)
    assert "adopted version 1" in life_of_priority(story[which], alice)[0].title


def test_priority_that_was_dropped_leads_to_no_plan(story, alice):
    assert life_of_priority(story["dropped"], alice) == []


def test_line_leads_to_its_plan(story, alice, nobody):
    assert len(life_of_line(story["line"], alice)) == 4
    assert life_of_line(story["line"], nobody) == []


def test_names_on_the_way_obey_identity(story, carmen, union, mutual):
    mutual.identity = "withheld"
    mutual.save()
    plan = ActionPlan.objects.with_context().get(pk=story["plan"].pk)
    words = " ".join(event.title for event in origin_of_plan(plan, carmen))
    assert union.name in words
    assert mutual.name not in words


def test_way_back_costs_the_same_for_any_number_of_priorities(story, alice, union, django_assert_num_queries):
    plan = ActionPlan.objects.with_context().get(pk=story["plan"].pk)
    origin_of_plan(plan, alice)
    with django_assert_num_queries(6):
        origin_of_plan(plan, alice)
    candidate = story["line"].decisions.first().candidate
    candidate.priorities.add(*(make_priority(state="agreed", organisation=union) for _number in range(10)))
    with django_assert_num_queries(6):
        assert len(origin_of_plan(plan, alice)) == 14
