"""Opening a workshop: agreed priorities become candidates, as a copy in all languages."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import translation

from planning_portal.languages.models import TranslationState
from planning_portal.languages.queries import attach_units, shown
from planning_portal.languages.services import save_translation
from planning_portal.programme.models import StepKind
from planning_portal.workflow.models import TransitionLog
from planning_portal.workflow.services import WrongState
from tests import factories as base
from tests.consultations.factories import make_consultation, make_priority
from workshops.models import Workshop
from workshops.queries.lineage import Lineage
from workshops.services import open_workshop, plan_workshop, take_in_late_priorities, update_workshop

from . import factories


@pytest.fixture
def priority(benin):
    """An agreed priority of Benin, in a closed consultation."""
    return make_priority(consultation=make_consultation(country=benin, state="closed"), state="agreed")


@pytest.fixture
def peruvian(peru):
    return make_priority(
        consultation=make_consultation(country=peru, state="closed"), state="agreed", title="Salud para todas"
    )


@pytest.fixture
def planned(programme):
    return factories.make_workshop("planned")


def continental(zone, **fields):
    return factories.make_workshop("planned", zone=zone, **fields)


def test_plan_workshop_makes_the_run_sheet_of_its_kind_in_four_languages(programme, facilitator):
    workshop = plan_workshop(
        base.make_step(StepKind.INTERCONTINENTAL),
        by=facilitator,
        title="Atelier intercontinental",
        language="fr",
        starts_on=date(2025, 7, 1),
        ends_on=date(2025, 7, 3),
        facilitators=[facilitator],
    )
    sessions = list(workshop.sessions.all())

    kinds = [session.kind for session in sessions]
    assert (kinds[0], kinds[-2:]) == ("welcome", ["decision", "closing"])
    assert {session.day for session in sessions} == {1, 2, 3}
    assert workshop.title_fr == "Atelier intercontinental"
    assert all(session.title_nl and session.source_language == "fr" for session in sessions)
    assert shown(sessions[0], "title", "nl").kind == "own"
    assert list(workshop.facilitators.all()) == [facilitator]


def test_plan_workshop_refuses_partner_staff(programme, alice):
    with pytest.raises(PermissionDenied):
        plan_workshop(
            base.make_step(StepKind.INTERCONTINENTAL),
            by=alice,
            title="Mine",
            language="en",
            starts_on=date(2025, 7, 1),
            ends_on=date(2025, 7, 3),
        )


def test_update_workshop_when_closed_is_refused(facilitator, workshop):
    closed = factories.make_workshop("closed")
    with pytest.raises(WrongState):
        update_workshop(
            closed,
            by=facilitator,
            title="Other",
            language="en",
            starts_on=date(2025, 7, 1),
            ends_on=date(2025, 7, 3),
            format="mixed",
            place="",
            facilitators=[],
        )


def test_open_workshop_turns_agreed_priorities_of_closed_consultations_into_candidates(
    planned, facilitator, priority, peruvian
):
    make_priority(consultation=priority.consultation, state="not_retained")
    still_open = make_consultation(country=base.make_country("PH", zone=base.make_zone("asia")))
    make_priority(consultation=still_open, state="agreed")

    workshop = open_workshop(planned, by=facilitator)

    assert workshop.state == "open"
    assert workshop.opened_at is not None
    found = list(workshop.candidates.all())
    assert [candidate.code for candidate in found] == ["C01", "C02"]
    assert {candidate.priorities.get() for candidate in found} == {priority, peruvian}


@pytest.mark.parametrize("language", ["en", "es", "fr", "nl"])
def test_open_workshop_copies_texts_whatever_the_active_language(planned, facilitator, priority, language):
    with translation.override(language):
        candidate = open_workshop(planned, by=facilitator).candidates.get()

    assert candidate.source_language == "fr"
    assert candidate.title_fr == priority.title_fr
    assert candidate.statement_fr == f"{priority.change_fr}\n\n{priority.together_fr}"
    assert not candidate.title_en


def test_open_workshop_copies_translations_with_their_state(planned, facilitator, translator, priority):
    for field in ("title", "change", "together"):
        save_translation(priority, field, "nl", f"{field} nl", by=translator, state=TranslationState.DONE)
    save_translation(priority, "title", "es", "título", by=None, state=TranslationState.MACHINE, tool="machine")
    save_translation(priority, "change", "es", "cambio", by=None, state=TranslationState.MACHINE)

    candidate = open_workshop(planned, by=facilitator).candidates.get()
    attach_units([candidate])

    assert shown(candidate, "title", "nl").kind == "own"
    assert candidate.statement_nl == "change nl\n\ntogether nl"
    assert shown(candidate, "statement", "nl").kind == "own"
    assert shown(candidate, "title", "es").kind == "machine"
    # Half a translation is none: one of the two parts is missing.
    assert candidate.statement_es == ""
    assert shown(candidate, "statement", "es").kind == "original"


def test_a_stale_translation_stays_stale_in_the_copy(planned, facilitator, translator, priority):
    save_translation(priority, "title", "nl", "oud", by=translator, state=TranslationState.DONE)
    priority.title_fr = "Un tout autre titre"
    priority.save()

    candidate = open_workshop(planned, by=facilitator).candidates.get()

    assert shown(candidate, "title", "nl").kind == "stale"


def test_later_edits_of_a_priority_do_not_reach_the_candidate(planned, facilitator, priority):
    candidate = open_workshop(planned, by=facilitator).candidates.get()
    before = candidate.title_fr
    priority.title_fr = "Changed after the hand-over"
    priority.save()

    candidate.refresh_from_db()

    assert candidate.title_fr == before


def test_open_workshop_entitles_active_organisations_and_leads(facilitator, priority, benin, peru):
    here = base.make_organisation(country=benin)
    base.make_organisation(country=benin, is_active=False)
    elsewhere = base.make_organisation(country=peru)
    lead = base.make_organisation(country=base.make_country("BE", zone=base.make_zone("belgium")), is_lead=True)

    continent = open_workshop(continental(benin.zone), by=facilitator)
    world = open_workshop(factories.make_workshop("planned"), by=facilitator)

    def entitled(workshop):
        return {delegation.organisation for delegation in workshop.delegations.all()}

    assert entitled(continent) == {here, lead, priority.organisation}
    assert entitled(world) == {here, lead, elsewhere, priority.organisation}


def test_a_continental_workshop_takes_only_its_own_zone(facilitator, priority, peruvian, benin):
    workshop = open_workshop(continental(benin.zone), by=facilitator)

    assert [list(candidate.priorities.all()) for candidate in workshop.candidates.all()] == [[priority]]


@pytest.mark.parametrize("outcome", ["adopted", "adapted", "deferred"])
def test_a_continental_workshop_takes_over_what_the_intercontinental_one_kept(facilitator, priority, benin, outcome):
    earlier = factories.make_workshop("closed")
    candidate = factories.make_candidate(earlier, priorities=[priority], title_en="As the world worded it")
    factories.make_decision(candidate, outcome)

    workshop = open_workshop(continental(benin.zone), by=facilitator)
    taken = workshop.candidates.get()

    assert taken.forwarded_from == candidate
    assert taken.title_en == "As the world worded it"
    assert list(taken.priorities.all()) == [priority]


def test_a_priority_that_was_merged_comes_over_inside_the_merged_candidate(facilitator, priority, peruvian, benin):
    earlier = factories.make_workshop("closed")
    world = factories.make_candidate(earlier, priorities=[peruvian])
    merged = factories.make_candidate(earlier, priorities=[priority])
    factories.make_decision(world, "adopted")
    factories.make_decision(merged, "merged", merged_into=world)

    taken = open_workshop(continental(benin.zone), by=facilitator).candidates.get()

    assert taken.forwarded_from == world
    assert list(taken.priorities.all()) == [priority]


def test_what_the_intercontinental_workshop_dropped_comes_as_the_country_wrote_it(facilitator, priority, benin):
    earlier = factories.make_workshop("closed")
    factories.make_decision(factories.make_candidate(earlier, priorities=[priority]), "not_retained")

    taken = open_workshop(continental(benin.zone), by=facilitator).candidates.get()

    assert taken.forwarded_from is None
    assert taken.title_fr == priority.title_fr


def test_an_intercontinental_workshop_that_goes_on_forwards_nothing(facilitator, priority, benin):
    earlier = factories.make_workshop("open")
    factories.make_decision(factories.make_candidate(earlier, priorities=[priority]), "adopted")

    assert open_workshop(continental(benin.zone), by=facilitator).candidates.get().forwarded_from is None


def test_open_workshop_without_agreed_priorities_is_refused_and_stays_planned(planned, facilitator):
    with pytest.raises(WrongState, match="No agreed priority"):
        open_workshop(planned, by=facilitator)

    planned.refresh_from_db()
    assert planned.state == "planned"
    assert not planned.delegations.exists()


def test_open_workshop_twice_is_refused_and_doubles_nothing(planned, facilitator, priority):
    open_workshop(planned, by=facilitator)
    with pytest.raises(WrongState, match="already"):
        open_workshop(planned, by=facilitator)

    assert planned.candidates.count() == 1
    assert TransitionLog.objects.filter(name="open", object_id=planned.pk, to_state="open").count() == 1


@pytest.mark.parametrize("role", ["alice", "companion", "coordinator", "translator"])
def test_open_workshop_is_for_facilitators(request, planned, priority, role):
    with pytest.raises(PermissionDenied):
        open_workshop(planned, by=request.getfixturevalue(role))

    assert Workshop.objects.get(pk=planned.pk).state == "planned"


def test_a_named_facilitator_without_the_role_may_open(planned, priority, bob):
    planned.facilitators.add(bob)

    assert open_workshop(planned, by=bob).state == "open"


def test_late_priorities_come_in_once_with_the_next_codes(planned, facilitator, priority, peru):
    workshop = open_workshop(planned, by=facilitator)
    late = make_priority(consultation=make_consultation(country=peru, state="closed"), state="agreed")

    assert take_in_late_priorities(workshop, by=facilitator) == 1
    assert take_in_late_priorities(workshop, by=facilitator) == 0
    assert list(workshop.candidates.values_list("code", flat=True)) == ["C01", "C02"]
    assert list(workshop.candidates.last().priorities.all()) == [late]


def test_late_priorities_wait_while_a_round_is_open(facilitator, priority, workshop, open_round):
    with pytest.raises(WrongState, match="round"):
        take_in_late_priorities(workshop, by=facilitator)


def test_hand_over_of_many_priorities_writes_in_bulk(facilitator, benin, django_assert_max_num_queries):
    consultation = make_consultation(country=benin, state="closed")
    organisation = base.make_organisation(country=benin)
    for _number in range(150):
        make_priority(consultation=consultation, organisation=organisation, state="agreed")
    workshop = factories.make_workshop("planned")

    # SQLite writes 150 rows in a few batches; one query for each would be 600.
    with django_assert_max_num_queries(40):
        open_workshop(workshop, by=facilitator)

    codes = list(workshop.candidates.values_list("code", flat=True))
    assert len(codes) == 150
    assert codes[:2] == ["C001", "C002"]
    assert codes == sorted(codes)


def test_lineage_follows_merges_of_merges(workshop, candidates, priority, peruvian):
    first, second, third = candidates
    first.priorities.set([priority])
    third.priorities.set([peruvian])
    factories.make_decision(second, "merged", merged_into=first)
    factories.make_decision(third, "merged", merged_into=second)

    lineage = Lineage(candidates)

    assert lineage.merged_ids(first) == [second.pk, third.pk]
    assert lineage.priority_ids(first) == [priority.pk, peruvian.pk]
    assert lineage.priority_ids(second) == [peruvian.pk]
