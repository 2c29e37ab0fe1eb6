"""Merging, splitting and rewording: with consent, with lineage, and back again."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from consultations import services
from consultations.lineage import lineage_of, newest_texts
from consultations.models import Amendment, AmendmentAnswer, AmendmentSource, Priority, Support
from consultations.services import Incomplete
from consultations.services.amendments import authors_of
from consultations.services.consultation import closing_blockers
from consultations.versions import EditConflict
from planning_portal.languages.models import TranslationUnit
from planning_portal.organisations.models import Notice
from planning_portal.workflow.models import TransitionLog
from planning_portal.workflow.services import WrongState
from tests import factories

from .factories import make_amendment, make_group, make_priority, make_support

pytestmark = pytest.mark.django_db


@pytest.fixture
def theirs(consultation, mutual, bob):
    return make_priority(consultation=consultation, organisation=mutual, author=bob, title="Cover for drivers")


@pytest.fixture
def merge(companion, consultation, submitted, theirs):
    """A merge of Alice's and Bob's priorities, sent to both."""
    return make_amendment(consultation, [submitted, theirs], by=companion)


def state_of(priority):
    return Priority.objects.get(pk=priority.pk).state


def accept(amendment, user, organisation):
    return services.answer_amendment(amendment, by=user, organisation=organisation, accepts=True)


def decline(amendment, user, organisation, reason="It loses our point."):
    return services.answer_amendment(amendment, by=user, organisation=organisation, accepts=False, reason=reason)


def let_time_pass(amendment):
    Amendment.objects.filter(pk=amendment.pk).update(answer_by=timezone.now() - timedelta(minutes=1))


# --- Proposing -------------------------------------------------------------------------------------


def test_draft_starts_from_the_texts_of_its_sources(companion, consultation, submitted, theirs):
    group = make_group()
    theirs.groups.add(group)
    amendment = services.start_amendment(consultation, by=companion, kind="merge", sources=[submitted, theirs])
    [text] = amendment.texts
    assert text["title"] == submitted.title_fr
    assert text["situation"] == f"{submitted.situation_fr}\n\n{theirs.situation_fr}"
    assert (text["theme"], text["level"]) == (submitted.theme_id, submitted.level)
    assert text["groups"] == [group.pk]
    assert amendment.source_language == "fr"
    assert state_of(submitted) == "submitted"


def test_sources_in_two_languages_are_merged_in_the_language_of_the_companion(
    companion, consultation, submitted, mutual
):
    other = make_priority(consultation=consultation, organisation=mutual, source_language="en")
    amendment = services.start_amendment(consultation, by=companion, kind="merge", sources=[submitted, other])
    assert amendment.source_language == consultation.source_language


@pytest.mark.parametrize(("kind", "number"), [("merge", 1), ("split", 2), ("reword", 2)])
def test_number_of_sources_fits_the_kind(companion, consultation, submitted, theirs, kind, number):
    with pytest.raises(ValidationError):
        services.start_amendment(consultation, by=companion, kind=kind, sources=[submitted, theirs][:number])


@pytest.mark.parametrize("state", ["draft", "agreed", "not_retained"])
def test_only_what_waits_for_the_country_is_amended(companion, consultation, union, submitted, state):
    decided = make_priority(consultation=consultation, organisation=union, state=state)
    with pytest.raises(WrongState):
        services.start_amendment(consultation, by=companion, kind="merge", sources=[submitted, decided])


def test_priority_of_another_country_is_no_source(companion, consultation, submitted, stranger_organisation):
    foreign = make_priority(organisation=stranger_organisation)
    with pytest.raises(ValidationError):
        services.start_amendment(consultation, by=companion, kind="merge", sources=[submitted, foreign])


def test_incomplete_proposal_is_not_sent(companion, consultation, submitted, theirs):
    amendment = services.start_amendment(consultation, by=companion, kind="merge", sources=[submitted, theirs])
    text = {**amendment.texts[0], "title": "", "level": ""}
    amendment = services.save_amendment(amendment, by=companion, version=1, texts=[text], why="")
    with pytest.raises(Incomplete) as refused:
        services.propose_amendment(
            amendment, by=companion, version=amendment.version, answer_by=timezone.now() + timedelta(days=1)
        )
    assert refused.value.missing == ["0-title", "0-level", "why"]


def test_deadline_must_be_to_come(companion, consultation, submitted, theirs):
    with pytest.raises(ValidationError, match="still to come"):
        make_amendment(consultation, [submitted, theirs], by=companion, days=-1)


def test_two_companions_never_overwrite_each_other(companion, consultation, submitted, theirs):
    amendment = services.start_amendment(consultation, by=companion, kind="merge", sources=[submitted, theirs])
    services.save_amendment(
        amendment, by=companion, version=1, texts=[{**amendment.texts[0], "title": "One"}], why="", editor="page-1"
    )
    with pytest.raises(EditConflict) as conflict:
        services.save_amendment(
            amendment, by=companion, version=1, texts=[{**amendment.texts[0], "title": "Two"}], why="", editor="page-2"
        )
    assert conflict.value.theirs["text-0"]["title"] == "One"


def test_what_changed_since_it_was_read_is_not_sent(companion, consultation, submitted, theirs):
    amendment = make_amendment(consultation, [submitted, theirs], by=companion, propose=False)
    with pytest.raises(EditConflict):
        services.propose_amendment(
            amendment, by=companion, version=amendment.version - 1, answer_by=timezone.now() + timedelta(days=1)
        )


def test_a_text_is_in_one_open_proposal_only(companion, consultation, submitted, theirs, union):
    third = make_priority(consultation=consultation, organisation=union)
    second = make_amendment(consultation, [submitted, third], by=companion, propose=False)
    make_amendment(consultation, [submitted, theirs], by=companion)
    with pytest.raises(WrongState, match="Another proposal"):
        services.propose_amendment(
            second, by=companion, version=second.version, answer_by=timezone.now() + timedelta(days=1)
        )
    with pytest.raises(WrongState, match="Another proposal"):
        services.start_amendment(consultation, by=companion, kind="reword", sources=[submitted])


# --- Answering -------------------------------------------------------------------------------------


def test_when_all_accept_the_new_text_stands_and_its_sources_do_not(
    merge, alice, bob, union, mutual, submitted, theirs, consultation
):
    accept(merge, alice, union)
    assert state_of(submitted) == "submitted"
    done = accept(merge, bob, mutual)
    assert done.state == "done"
    result = done.results.get()
    assert result.state == "submitted"
    assert result.receipt
    assert result.receipt not in {submitted.receipt, theirs.receipt}
    assert result.title_fr == submitted.title_fr
    assert authors_of(result) == [union, mutual]
    assert {state_of(submitted), state_of(theirs)} == {"replaced"}
    assert list(consultation.priorities.filter(state="submitted")) == [result]
    assert Priority.objects.get(pk=theirs.pk).receipt == theirs.receipt
    assert not TranslationUnit.objects.filter(object_id=result.pk, content_type__model="priority").exists()


def test_who_acted_is_kept_apart_from_for_whom(merge, colleague, union):
    accept(merge, colleague, union)
    answer = merge.answers.get(organisation=union)
    assert (answer.by, answer.answer) == (colleague, "accepted")
    line = TransitionLog.objects.filter(name="accept").get()
    assert (line.by, line.organisation_id) == (colleague, union.pk)


def test_declining_needs_a_reason(merge, alice, union):
    with pytest.raises(ValidationError):
        decline(merge, alice, union, reason=" ")
    decline(merge, alice, union)
    assert merge.answers.get(organisation=union).reason_fr == "It loses our point."


def test_an_organisation_may_think_again(merge, alice, bob, union, mutual):
    decline(merge, alice, union)
    accept(merge, bob, mutual)
    assert Amendment.objects.get(pk=merge.pk).state == "open"
    assert accept(merge, alice, union).state == "done"
    assert merge.answers.get(organisation=union).reason_fr == ""


def test_only_who_was_asked_answers(merge, alice, carmen, companion, union, mutual, stranger_organisation, benin):
    with pytest.raises(PermissionDenied):
        accept(merge, alice, mutual)
    with pytest.raises(PermissionDenied):
        accept(merge, carmen, stranger_organisation)
    with pytest.raises(PermissionDenied):
        accept(merge, companion, union)
    third = factories.make_organisation(country=benin)
    outsider = factories.make_user(name="Third", organisation=third)
    with pytest.raises(PermissionDenied):
        accept(merge, outsider, third)


def test_one_organisation_with_two_sources_is_asked_once(companion, consultation, union, submitted):
    second = make_priority(consultation=consultation, organisation=union)
    amendment = make_amendment(consultation, [submitted, second], by=companion)
    assert [answer.organisation for answer in amendment.answers.all()] == [union]


# --- Deciding, withdrawing -------------------------------------------------------------------------


def test_companion_decides_only_after_the_deadline_and_says_why(merge, companion, alice, union, submitted):
    decline(merge, alice, union)
    with pytest.raises(WrongState, match="after the deadline"):
        services.decide_amendment(merge, by=companion, carries_out=True, reason="Because.")
    let_time_pass(merge)
    with pytest.raises(ValidationError):
        services.decide_amendment(merge, by=companion, carries_out=True, reason="")
    done = services.decide_amendment(merge, by=companion, carries_out=True, reason="The meeting wished it.")
    assert done.state == "done"
    assert done.verdict_fr == "The meeting wished it."
    assert state_of(submitted) == "replaced"


def test_companion_leaves_the_texts_as_they_are(merge, companion, submitted):
    let_time_pass(merge)
    dropped = services.decide_amendment(merge, by=companion, carries_out=False, reason="One of two said no.")
    assert dropped.state == "dropped"
    assert state_of(submitted) == "submitted"
    assert not AmendmentSource.objects.filter(is_holding=True).exists()


def test_withdrawn_proposal_frees_its_sources(merge, companion, consultation, submitted):
    with pytest.raises(ValidationError):
        services.withdraw_amendment(merge, by=companion)
    services.withdraw_amendment(merge, by=companion, reason="A better one comes.")
    services.start_amendment(consultation, by=companion, kind="reword", sources=[submitted])


@pytest.mark.parametrize("who", ["alice", "facilitator", "companion_of_peru"])
def test_only_who_runs_it_proposes_and_decides(merge, everyone, who, consultation, submitted):
    let_time_pass(merge)
    acts = [
        lambda by: services.start_amendment(consultation, by=by, kind="reword", sources=[submitted]),
        lambda by: services.decide_amendment(merge, by=by, carries_out=True, reason="x"),
        lambda by: services.withdraw_amendment(merge, by=by, reason="x"),
        lambda by: services.undo_amendment(merge, by=by, reason="x"),
    ]
    for act in acts:
        with pytest.raises(PermissionDenied):
            act(everyone[who])


# --- Support ---------------------------------------------------------------------------------------


def test_support_of_a_source_is_shown_as_such_and_never_counted(
    merge, alice, bob, union, mutual, benin, submitted, theirs
):
    third = factories.make_organisation(country=benin)
    member = factories.make_user(name="Third", organisation=third)
    make_support(submitted, third, why="Nos membres aussi.", is_confirmed=True)
    accept(merge, alice, union)
    result = accept(merge, bob, mutual).results.get()
    assert not Support.objects.filter(priority=result).exists()
    lineage = lineage_of(result, is_insider=True)
    assert [(source.pk, [s.organisation for s in supports]) for source, supports in lineage.inherited] == [
        (submitted.pk, [third])
    ]
    services.support_priority(result, by=member, organisation=third)
    assert Support.objects.get(priority=result).is_confirmed
    with pytest.raises(ValidationError):
        services.support_priority(result, by=bob, organisation=mutual)


# --- The list and undoing --------------------------------------------------------------------------


def merged(merge, alice, bob, union, mutual):
    accept(merge, alice, union)
    return accept(merge, bob, mutual)


def test_no_list_is_agreed_while_a_proposal_waits(merge, companion, consultation, submitted, theirs):
    with pytest.raises(ValidationError, match="waits for answers"):
        services.agree_list(
            consultation, by=companion, version=consultation.version, ordered=[submitted, theirs], not_retained={}
        )
    assert any("waits for answers" in blocker for blocker in closing_blockers(consultation))


def test_the_merged_text_is_agreed_in_the_place_of_its_sources(
    merge, companion, alice, bob, union, mutual, consultation
):
    result = merged(merge, alice, bob, union, mutual).results.get()
    services.agree_list(consultation, by=companion, version=consultation.version, ordered=[result], not_retained={})
    assert state_of(result) == "agreed"
    with pytest.raises(WrongState, match="decided on the new text"):
        services.undo_amendment(merge, by=companion, reason="Too late.")


def test_undone_merge_leaves_everything_as_it_was(
    merge, companion, alice, bob, union, mutual, submitted, theirs, consultation
):
    before = {p.pk: (p.title_fr, p.receipt, p.submitted_at) for p in (submitted, theirs)}
    done = merged(merge, alice, bob, union, mutual)
    result = done.results.get()
    undone = services.undo_amendment(done, by=companion, reason="They want it back.")
    assert undone.state == "undone"
    assert state_of(result) == "undone"
    now = Priority.objects.in_bulk([submitted.pk, theirs.pk])
    assert {pk: (p.title_fr, p.receipt, p.submitted_at) for pk, p in now.items()} == before
    assert {p.state for p in now.values()} == {"submitted"}
    services.agree_list(
        consultation, by=companion, version=consultation.version, ordered=[submitted, theirs], not_retained={}
    )


def test_later_proposal_about_the_new_text_comes_first(
    merge, companion, alice, bob, union, mutual, consultation, submitted
):
    result = merged(merge, alice, bob, union, mutual).results.get()
    later = make_amendment(consultation, [result], by=companion, kind="reword")
    with pytest.raises(WrongState, match="later proposal"):
        services.undo_amendment(merge, by=companion, reason="x")
    assert {answer.organisation for answer in later.answers.all()} == {union, mutual}
    accept(later, alice, union)
    newest = accept(later, bob, mutual).results.get()
    assert newest_texts([Priority.objects.get(pk=submitted.pk)]) == {submitted.pk: [newest]}


def test_split_makes_several_texts_of_one(companion, consultation, alice, union, submitted):
    amendment = services.start_amendment(consultation, by=companion, kind="split", sources=[submitted])
    assert len(amendment.texts) == 2
    amendment = services.add_text(amendment, by=companion)
    texts = [{**amendment.texts[0], "title": f"Part {number}"} for number in range(3)]
    amendment = services.save_amendment(amendment, by=companion, version=amendment.version, texts=texts, why="Long.")
    amendment = services.propose_amendment(
        amendment, by=companion, version=amendment.version, answer_by=timezone.now() + timedelta(days=2)
    )
    done = accept(amendment, alice, union)
    assert [result.title_fr for result in done.results.order_by("id")] == ["Part 0", "Part 1", "Part 2"]
    assert len(set(done.results.values_list("receipt", flat=True))) == 3
    assert len(lineage_of(Priority.objects.get(pk=submitted.pk), is_insider=True).results) == 3


@pytest.mark.parametrize("act", ["start", "answer", "undo"])
def test_closed_consultation_stands_still(merge, companion, alice, union, consultation, submitted, act):
    consultation.state, consultation.closed_at = "closed", timezone.now()
    consultation.save()
    acts = {
        "start": lambda: services.start_amendment(consultation, by=companion, kind="reword", sources=[submitted]),
        "answer": lambda: accept(merge, alice, union),
        "undo": lambda: services.undo_amendment(merge, by=companion, reason="x"),
    }
    with pytest.raises(WrongState, match="while the consultation is open"):
        acts[act]()


def test_answers_are_one_for_each_organisation(merge, union, mutual):
    assert {answer.organisation for answer in AmendmentAnswer.objects.all()} == {union, mutual}


# --- Who is told by mail ---------------------------------------------------------------------------


def test_everyone_asked_is_told_and_the_companion_of_each_answer(merge, alice, bob, companion, union):
    told = lambda: set(Notice.objects.values_list("user__name", flat=True))  # noqa: E731
    assert told() == {alice.name, bob.name}
    decline(merge, alice, union)
    assert told() == {alice.name, bob.name, companion.name}
