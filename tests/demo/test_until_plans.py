"""``--until plans``: the whole cycle."""

from collections import Counter

import pytest

from actionplans.models import ActionPlan, Activity, PlanEdition, PlanKind, PlanState
from actionplans.queries.origins import lines_of_priority, origins_of_line
from consultations.models import Priority
from planning_portal.demo.story import Until
from planning_portal.organisations.models import User
from planning_portal.programme.models import Step, StepKind, StepStatus
from workshops.models import LineOfWork, Workshop, WorkshopState

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.xdist_group("demo-plans")]


@pytest.fixture(scope="module", autouse=True)
def story(tell):
    return tell(Until.PLANS)


def test_every_workshop_is_published():
    assert set(Workshop.objects.values_list("state", flat=True)) == {WorkshopState.PUBLISHED}
    assert Step.objects.get(kind=StepKind.CONTINENTAL).status == StepStatus.DONE
    assert Step.objects.get(kind=StepKind.ACTION_PLANS).status == StepStatus.NOW


def test_every_line_has_a_plan_and_several_are_adopted():
    lines = LineOfWork.objects.all()
    assert lines.count() == ActionPlan.objects.filter(kind=PlanKind.GLOBAL).count() == 14
    assert {line.code for line in lines} == {f"L{number}" for number in range(1, 15)}
    states = Counter(ActionPlan.objects.filter(kind=PlanKind.GLOBAL).values_list("state", flat=True))
    assert set(states) == set(PlanState.values)
    assert states[PlanState.ADOPTED] >= 8


def test_organisations_have_plans_of_their_own_that_contribute():
    own = ActionPlan.objects.filter(kind=PlanKind.ORGANISATION)
    assert own.count() == 8
    assert all(plan.results.filter(contributes_to__isnull=False).exists() for plan in own)
    for email in ("partner.bj@example.org", "partner.pe@example.org", "partner.ph@example.org"):
        person = User.objects.get(email=email)
        assert person.has_perm("actionplans.edit_plan", own.get(organisation=person.memberships.get().organisation))


def test_a_draft_still_lacks_something():
    """Only the plan that was adopted before and is being amended is complete."""
    drafts = ActionPlan.objects.filter(state=PlanState.DRAFT).with_missing_count()
    for plan in drafts:
        assert (plan.missing_count == 0) == plan.versions.exists()


def test_an_edition_holds_the_adopted_versions():
    edition = PlanEdition.objects.get()
    assert edition.versions.count() >= 12
    assert edition.sha256


def test_a_priority_of_benin_leads_to_an_activity_and_back():
    for priority in Priority.objects.agreed().filter(consultation__country__iso2="BJ"):
        lines = LineOfWork.objects.filter(pk__in=lines_of_priority(priority))
        for line in lines:
            activity = Activity.objects.filter(result__plan__line=line).first()
            assert activity is not None
            back = {one.pk for origin in origins_of_line(activity.result.plan.line) for one in origin.priorities}
            assert priority.pk in back
    assert lines


def test_budget_is_paid_in_part_by_the_organisations():
    plan = ActionPlan.objects.get(line__code="L1")
    lines = [line for activity in Activity.objects.filter(result__plan=plan) for line in activity.budget_lines.all()]
    total = sum(line.amount for line in lines)
    own = sum(line.amount for line in lines if line.source == "own")
    assert total > 0
    assert own / total >= 0.2
