"""A round of weighing and its ballots: one for each organisation, changeable until the end, counted exactly."""

import threading

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection

from planning_portal.workflow.models import TransitionLog
from planning_portal.workflow.services import WrongState
from tests import factories as base
from workshops.models import Ballot, Round, RoundEntitlement, Workshop
from workshops.services import (
    BallotConflict,
    cast_ballot,
    close_round,
    decide,
    drop_round,
    merge_candidates,
    open_round,
    prepare_round,
    reword_candidate,
)

from . import factories


def ids(candidates):
    return [candidate.pk for candidate in candidates]


def choices(ballot):
    return set(ballot.choices.values_list("pk", flat=True))


# --- Preparing, opening, closing ---


def test_prepare_round_says_the_rule_and_is_not_doubled(workshop, candidates, facilitator):
    first = prepare_round(workshop, by=facilitator, seats=2)
    second = prepare_round(workshop, by=facilitator, seats=3)

    assert first.pk == second.pk
    assert (second.number, second.seats, second.rule, second.state) == (1, 3, "plain_count", "prepared")


@pytest.mark.parametrize("seats", [0, 4])
def test_prepare_round_refuses_an_impossible_number(workshop, candidates, facilitator, seats):
    with pytest.raises(ValidationError) as error:
        prepare_round(workshop, by=facilitator, seats=seats)
    assert "seats" in error.value.message_dict


def test_prepare_round_while_another_is_open_is_refused(workshop, open_round, facilitator):
    with pytest.raises(WrongState):
        prepare_round(workshop, by=facilitator, seats=1)


def test_drop_round_only_before_it_was_opened(workshop, candidates, facilitator):
    round_ = prepare_round(workshop, by=facilitator, seats=2)
    assert drop_round(round_, by=facilitator) is True
    assert drop_round(round_, by=facilitator) is False

    opened = factories.make_round(workshop)
    with pytest.raises(WrongState):
        drop_round(opened, by=facilitator)


def test_open_round_freezes_every_delegation_present_or_not(workshop, candidates, facilitator, mutual, benin):
    workshop.delegations.filter(organisation=mutual).update(is_present=False)
    session = factories.make_session(workshop, started_at=workshop.opened_at)
    round_ = open_round(prepare_round(workshop, by=facilitator, seats=2), by=facilitator)
    factories.make_delegations(workshop, [base.make_organisation(country=benin)])

    assert round_.state == "open"
    assert round_.session == session
    assert round_.entitlements.count() == 3
    assert round_.entitlements.filter(organisation=mutual).exists()


def test_open_round_without_candidates_is_refused(workshop, facilitator):
    round_ = factories.make_round(workshop, "prepared")
    with pytest.raises(WrongState, match="no candidate"):
        open_round(round_, by=facilitator)


def test_open_round_without_organisations_is_refused(facilitator, programme):
    workshop = factories.make_workshop()
    factories.make_candidate(workshop)
    with pytest.raises(WrongState, match="No organisation"):
        open_round(factories.make_round(workshop, "prepared"), by=facilitator)


def test_open_round_twice_is_refused_with_the_reason(workshop, candidates, facilitator):
    round_ = prepare_round(workshop, by=facilitator, seats=2)
    open_round(round_, by=facilitator)
    with pytest.raises(WrongState, match="already been opened"):
        open_round(round_, by=facilitator)
    assert RoundEntitlement.objects.count() == 3


@pytest.mark.parametrize("role", ["alice", "companion", "translator", "coordinator"])
def test_rounds_are_run_by_facilitators(request, workshop, candidates, role):
    user = request.getfixturevalue(role)
    with pytest.raises(PermissionDenied):
        prepare_round(workshop, by=user, seats=1)
    prepared = factories.make_round(workshop, "prepared")
    with pytest.raises(PermissionDenied):
        open_round(prepared, by=user)
    Round.objects.filter(pk=prepared.pk).update(state="open")
    with pytest.raises(PermissionDenied):
        close_round(prepared, by=user)


def test_close_round_keeps_a_result_that_can_be_checked(
    workshop, candidates, open_round, facilitator, union, mutual, stranger_organisation
):
    first, second, third = ids(candidates)
    cast_ballot(open_round, union, [first, second], by=None, version=None)
    cast_ballot(open_round, mutual, [second], by=None, version=None)
    cast_ballot(open_round, stranger_organisation, [], by=None, version=None, source="paper")

    result = close_round(open_round, by=facilitator).result

    assert result["rule"] == "plain_count"
    assert result["rule_version"] == "1"
    assert result["counts"] == {str(first): 1, str(second): 2, str(third): 0}
    assert result["ranking"] == [second, first, third]
    assert result["chosen"] == [second, first]
    assert (result["ballots"], result["entitled"], result["blank"], result["covered"]) == (3, 3, 1, 2)
    assert result["sources"] == {"own": 2, "paper": 1}
    assert result["zones"]["WA"]["ballots"] == 2
    assert result["zones"]["LA"]["counts"][str(first)] == 0
    # Two organisations here, one there: nothing of it may be shown.
    assert result["shown"]["totals"][str(second)] is None
    assert set(result["shown"]["zones"][str(second)].values()) == {None}


def test_close_round_shows_five_at_least_where_a_country_is_at_high_risk(facilitator, programme):
    country = base.make_country("CD", risk_level="high", zone=base.make_zone("central-africa", code="CA"))
    organisations = [base.make_organisation(country=country) for _number in range(6)]
    workshop = factories.make_workshop(organisations=organisations)
    few, many = factories.make_candidate(workshop), factories.make_candidate(workshop)
    round_ = factories.make_round(workshop)
    for number, organisation in enumerate(organisations):
        chosen = [many.pk, few.pk] if number < 4 else [many.pk]
        cast_ballot(round_, organisation, chosen, by=None, version=None)

    shown = close_round(round_, by=facilitator).result["shown"]

    assert shown["minimum"] == 5
    assert shown["totals"] == {str(many.pk): 6, str(few.pk): None}


def test_close_round_twice_is_refused_and_keeps_the_result(open_round, facilitator, union, candidates):
    cast_ballot(open_round, union, ids(candidates)[:1], by=None, version=None)
    first = close_round(open_round, by=facilitator)
    with pytest.raises(WrongState, match="open round"):
        close_round(open_round, by=facilitator)

    open_round.refresh_from_db()
    assert open_round.result == first.result
    assert TransitionLog.objects.filter(name="close", object_id=open_round.pk).exists()


def test_a_round_has_a_fixed_cost_to_count(facilitator, benin, django_assert_max_num_queries):
    organisations = [base.make_organisation(country=benin) for _number in range(40)]
    workshop = factories.make_workshop(organisations=organisations)
    candidates = [factories.make_candidate(workshop) for _number in range(10)]
    round_ = factories.make_round(workshop)
    for organisation in organisations:
        cast_ballot(round_, organisation, ids(candidates), by=None, version=None)

    with django_assert_max_num_queries(24):
        close_round(round_, by=facilitator)


def test_candidates_stand_still_while_a_round_is_open(workshop, candidates, open_round, facilitator):
    first, second, _third = candidates
    with pytest.raises(WrongState, match="round"):
        merge_candidates(first, [second], by=facilitator, reason="Same", language="en")
    with pytest.raises(WrongState, match="round"):
        reword_candidate(first, by=facilitator, title="Other", statement="", language="en")
    with pytest.raises(WrongState, match="round"):
        decide(first, outcome="adopted", reason="Yes", language="en", by=facilitator)


def test_what_was_merged_or_dropped_is_not_on_the_ballot(workshop, candidates, union):
    first, second, third = candidates
    factories.make_decision(second, "merged", merged_into=first)
    factories.make_decision(third, "not_retained")
    round_ = factories.make_round(workshop)

    assert cast_ballot(round_, union, [first.pk], by=None, version=None).pk
    for candidate in (second, third):
        with pytest.raises(ValidationError):
            cast_ballot(round_, union, [candidate.pk], by=None, version=None)


# --- Ballots ---


def test_cast_ballot_is_kept_with_a_receipt(open_round, candidates, union, alice):
    ballot = cast_ballot(open_round, union, ids(candidates)[:2], by=alice)

    assert choices(ballot) == set(ids(candidates)[:2])
    assert (ballot.source, ballot.version, ballot.cast_by) == ("own", 1, alice)
    assert len(ballot.receipt) == 8
    log = TransitionLog.objects.get(name="cast_ballot")
    assert (log.by, log.organisation_id) == (alice, union.pk)


def test_cast_ballot_can_be_changed_and_keeps_its_receipt(open_round, candidates, union, alice):
    first = cast_ballot(open_round, union, ids(candidates)[:1], by=alice)
    second = cast_ballot(open_round, union, ids(candidates)[1:], by=alice, version=1)

    assert first.pk == second.pk
    assert (second.version, second.receipt) == (2, first.receipt)
    assert choices(second) == set(ids(candidates)[1:])
    assert Ballot.objects.count() == 1


def test_the_same_ballot_again_changes_nothing(open_round, candidates, union, alice):
    cast_ballot(open_round, union, ids(candidates), by=alice)
    again = cast_ballot(open_round, union, ids(candidates), by=alice)

    assert again.version == 1


def test_a_blank_ballot_is_a_ballot(open_round, union, alice):
    assert choices(cast_ballot(open_round, union, [], by=alice)) == set()


def test_a_second_ballot_by_a_colleague_is_refused_with_both(open_round, candidates, union, alice):
    colleague = base.make_user(organisation=union)
    cast_ballot(open_round, union, ids(candidates)[:1], by=alice)

    with pytest.raises(BallotConflict) as conflict:
        cast_ballot(open_round, union, ids(candidates)[1:], by=colleague)

    assert choices(conflict.value.ballot) == set(ids(candidates)[:1])
    assert conflict.value.chosen == ids(candidates)[1:]
    assert choices(Ballot.objects.get()) == set(ids(candidates)[:1])


def test_a_change_over_a_colleagues_change_is_refused(open_round, candidates, union, alice):
    cast_ballot(open_round, union, ids(candidates)[:1], by=alice)
    cast_ballot(open_round, union, ids(candidates)[:2], by=alice, version=1)
    with pytest.raises(BallotConflict):
        cast_ballot(open_round, union, ids(candidates)[2:], by=alice, version=1)


def test_a_ballot_without_mandate_is_refused(open_round, candidates, union):
    colleague = base.make_user(organisation=union, has_mandate=False)
    with pytest.raises(PermissionDenied, match="mandate"):
        cast_ballot(open_round, union, ids(candidates), by=colleague)


def test_a_ballot_for_another_organisation_is_refused(open_round, candidates, union, carmen):
    with pytest.raises(PermissionDenied):
        cast_ballot(open_round, union, ids(candidates), by=carmen)


def test_a_ballot_of_an_organisation_that_is_not_entitled_is_refused(open_round, candidates, benin):
    outsider = base.make_organisation(country=benin)
    user = base.make_user(organisation=outsider)
    with pytest.raises(PermissionDenied, match="not among those"):
        cast_ballot(open_round, outsider, ids(candidates), by=user)


@pytest.mark.parametrize("source", ["facilitator", "paper"])
def test_a_facilitator_casts_for_somebody_and_it_says_so(open_round, candidates, union, facilitator, source):
    ballot = cast_ballot(open_round, union, ids(candidates)[:1], by=facilitator, source=source)

    assert (ballot.source, ballot.cast_by) == (source, facilitator)


@pytest.mark.parametrize("role", ["alice", "coordinator", "companion"])
def test_only_facilitators_cast_for_somebody(request, open_round, candidates, mutual, role):
    with pytest.raises(PermissionDenied):
        cast_ballot(open_round, mutual, ids(candidates)[:1], by=request.getfixturevalue(role), source="facilitator")


def test_a_facilitator_cannot_pass_for_the_organisation(open_round, candidates, union, facilitator):
    with pytest.raises(PermissionDenied):
        cast_ballot(open_round, union, ids(candidates)[:1], by=facilitator, source="own")


def test_a_candidate_of_another_workshop_is_refused(open_round, union, alice):
    foreign = factories.make_candidate(factories.make_workshop())
    with pytest.raises(ValidationError):
        cast_ballot(open_round, union, [foreign.pk], by=alice)


@pytest.mark.parametrize(("state", "words"), [("prepared", "not been opened"), ("closed", "closed")])
def test_a_ballot_outside_the_time_is_refused_with_the_reason(workshop, candidates, union, alice, state, words):
    round_ = factories.make_round(workshop, state)
    with pytest.raises(WrongState, match=words):
        cast_ballot(round_, union, ids(candidates), by=alice)


def test_every_ballot_moves_the_live_pages(workshop, open_round, candidates, union, alice):
    before = Workshop.objects.get(pk=workshop.pk).revision
    cast_ballot(open_round, union, ids(candidates), by=alice)

    assert Workshop.objects.get(pk=workshop.pk).revision == before + 1


@pytest.mark.django_db(transaction=True)
def test_ten_ballots_of_one_organisation_at_once_make_one(workshop, open_round, candidates, union, alice):
    """The database has the last word: one row, and everybody else is told."""
    barrier = threading.Barrier(10)
    outcomes = []

    def cast(number):
        try:
            barrier.wait()
            cast_ballot(open_round, union, [candidates[number % 3].pk], by=alice)
            outcomes.append("cast")
        except BallotConflict:
            outcomes.append("conflict")
        finally:
            connection.close()

    threads = [threading.Thread(target=cast, args=(number,)) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    ballot = Ballot.objects.get(round=open_round)
    assert ballot.version == 1
    assert ballot.choices.count() == 1
    # Who chose the same as the winner is told that it is in; all others see both ballots.
    same = sum(1 for number in range(10) if candidates[number % 3].pk in choices(ballot))
    assert outcomes.count("cast") == same
    assert outcomes.count("conflict") == 10 - same
