"""``--until continental``, what ``make demo`` shows: the main job can be done at once."""

from io import StringIO

import pytest
from django.core.management import call_command

from actionplans.models import ActionPlan
from consultations.models import Consultation, Priority
from consultations.services.summary import SUMMARY as COUNTRY_SUMMARY
from planning_portal.demo.story import Until
from planning_portal.jobs.models import Job, JobState
from planning_portal.languages.models import TranslationState, TranslationUnit
from planning_portal.organisations.models import Identity, Membership, Organisation, User
from planning_portal.programme.models import Step, StepKind, StepResult, StepStatus
from planning_portal.workflow.models import TransitionLog
from tests.demo.conftest import LABELS
from workshops.models import Candidate, DecisionOutcome, Hand, Room, Round, RoundState, Workshop, WorkshopState
from workshops.queries.lineage import Lineage
from workshops.services import cast_ballot, close_round, close_workshop, closing_blockers
from workshops.services.closing import SUMMARY as WORKSHOP_SUMMARY

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.xdist_group("demo-continental")]


@pytest.fixture(scope="module", autouse=True)
def story(tell):
    return tell(Until.CONTINENTAL)


@pytest.fixture
def facilitator():
    return User.objects.get(email="facilitator@example.org")


def in_zone(slug: str) -> Workshop:
    return Workshop.objects.get(zone__slug=slug)


def test_programme_has_its_countries_and_organisations():
    assert Consultation.objects.count() == 22
    assert Organisation.objects.count() >= 100
    assert Organisation.objects.filter(is_lead=True).count() == 4
    invented = Organisation.objects.filter(is_lead=False)
    assert all(one.name.endswith(LABELS) for one in invented)
    for consultation in Consultation.objects.all():
        assert 3 <= consultation.priorities.count() <= 8


def test_organisations_appear_in_different_ways():
    shown = set(Organisation.objects.filter(is_lead=False).values_list("identity", flat=True))
    assert shown == set(Identity.values)
    choices = TransitionLog.objects.filter(name="set_identity")
    assert choices.filter(to_state=Identity.WITHHELD).count() == 5


def test_some_colleagues_have_no_mandate():
    shared = [one for one in Organisation.objects.all() if one.memberships.count() == 2]
    assert len(shared) == 2
    for organisation in shared:
        assert organisation.memberships.filter(has_mandate=True).count() == 1
    assert Membership.objects.filter(has_mandate=False).count() == 2


def test_steps_are_where_the_story_stopped():
    status = {step.kind: step.status for step in Step.objects.all()}
    assert status[StepKind.CONSULTATION] == status[StepKind.INTERCONTINENTAL] == StepStatus.DONE
    assert status[StepKind.CONTINENTAL] == StepStatus.NOW
    assert status[StepKind.ACTION_PLANS] == StepStatus.TO_COME


def test_three_workshops_are_published_and_their_summaries_asked_for():
    published = Workshop.objects.filter(state=WorkshopState.PUBLISHED)
    assert published.count() == StepResult.objects.count() == 3
    asked = Job.objects.filter(state=JobState.QUEUED)
    assert asked.filter(payload__kind=WORKSHOP_SUMMARY).count() == 12


def test_summary_of_one_country_is_asked_for_with_its_translations():
    asked = Job.objects.filter(state=JobState.QUEUED, payload__kind=COUNTRY_SUMMARY)
    assert {job.payload["audience"] for job in asked} >= {"country", "members"}
    assert len({job.payload["object"] for job in asked}) == 1
    assert {job.payload["version"] for job in asked} == {"2"}


def test_dates_are_those_of_the_story():
    workshop = Workshop.objects.get(zone=None)
    assert workshop.closed_at.date().isoformat() == "2025-07-03"
    for session in workshop.sessions.all():
        assert workshop.starts_on <= session.started_at.date() <= workshop.ends_on


def test_facilitator_can_close_the_workshop_of_asia(facilitator):
    workshop = in_zone("asia")
    assert closing_blockers(workshop) == []
    assert close_workshop(workshop, by=facilitator)
    workshop.refresh_from_db()
    assert workshop.state == WorkshopState.CLOSED


def test_round_of_west_africa_waits_for_a_third_of_its_ballots(facilitator):
    round_ = Round.objects.get(state=RoundState.OPEN)
    assert round_.workshop == in_zone("west-africa")
    assert 0.6 <= round_.ballots.count() / round_.entitlements.count() <= 0.72
    assert round_.session.started_at
    assert not round_.session.ended_at
    closed = close_round(round_, by=facilitator)
    assert closed.result["chosen"]


def test_partner_of_benin_can_cast_the_ballot():
    person = User.objects.get(email="partner.bj@example.org")
    organisation = person.memberships.get().organisation
    round_ = Round.objects.get(state=RoundState.OPEN)
    chosen = Candidate.objects.filter(workshop=round_.workshop).on_ballot()[:3]
    ballot = cast_ballot(round_, organisation, [one.pk for one in chosen], by=person)
    assert ballot.choices.count() == 3


@pytest.mark.parametrize("email", ["partner.pe@example.org", "partner.ph@example.org"])
def test_other_partners_have_a_plan_to_go_on_with(email):
    person = User.objects.get(email=email)
    plan = ActionPlan.objects.get(organisation=person.memberships.get().organisation)
    assert person.has_perm("actionplans.edit_plan", plan)


def test_a_priority_of_benin_leads_to_a_line_and_back():
    priority = Priority.objects.agreed().get(organisation__slug="bj-lafia-yi")
    workshop = Workshop.objects.get(zone=None)
    lineage = Lineage(workshop.candidates.all())
    decided = [one for one in workshop.candidates.all() if priority.pk in lineage.priority_ids(one)]
    lines = {one.decision.line for one in decided if one.decision.line}
    assert len(lines) == 1
    behind = {pk for decision in lines.pop().decisions.all() for pk in lineage.priority_ids(decision.candidate)}
    assert priority.pk in behind


def test_decisions_are_of_every_kind_each_with_a_reason():
    workshop = Workshop.objects.get(zone=None)
    decisions = [candidate.decision for candidate in workshop.candidates.select_related("decision")]
    assert {decision.outcome for decision in decisions} == set(DecisionOutcome.values)
    assert all(decision.reason_en for decision in decisions)


def test_translations_are_in_every_state_and_some_are_out_of_date():
    titles = TranslationUnit.objects.filter(content_type__model="priority", field="title")
    assert set(titles.values_list("state", flat=True)) == set(TranslationState.values)
    texts = TranslationUnit.objects.filter(content_type__model="priority").exclude(field="title")
    assert set(texts.values_list("state", flat=True)) == {TranslationState.MISSING}
    assert TranslationUnit.objects.filter(stale=True).exists()


def test_seeding_again_changes_nothing():
    before = _counts()
    out = StringIO()
    call_command("seed_demo", "--if-empty", stdout=out)
    assert out.getvalue().count("\n") == 1
    assert _counts() == before


def _counts() -> dict[str, int]:
    from django.apps import apps

    return {model._meta.label: model._base_manager.count() for model in apps.get_models()}


def test_hands_are_raised_where_the_round_is_open_and_were_where_people_discussed():
    going_on = Hand.objects.filter(session__workshop__zone__slug="west-africa", session__ended_at=None)
    assert going_on.filter(started_at=None).count() == 3
    assert going_on.filter(started_at__isnull=False, ended_at=None).count() == 1
    assert going_on.filter(ended_at__isnull=False).count() == 2
    partner = User.objects.get(email="partner.bj@example.org")
    assert not going_on.filter(organisation__in=partner.memberships.values("organisation")).exists()
    spoken = Hand.objects.filter(session__workshop__zone__slug="asia")
    assert spoken.count() >= 4
    assert all(hand.session.kind == "discussion" and hand.ended_at <= hand.session.ended_at for hand in spoken)
    assert Room.objects.get().workshop.zone.slug == "west-africa"
