"""Real threads against the real database: a double click, two windows, closing under a submission."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from consultations import services
from consultations.models import Amendment, Consultation, Priority, Reminder
from consultations.versions import EditConflict
from planning_portal.organisations.models import Notice
from planning_portal.web.submissions import issue_key
from planning_portal.workflow.services import WrongState

from .factories import WORDS, make_amendment, make_participation, make_priority

pytestmark = pytest.mark.django_db(transaction=True)
CROWD = 8


def all_at_once(*acts):
    """Run the acts at the same moment; what each returned or raised, in their order."""
    barrier, outcomes = threading.Barrier(len(acts)), [None] * len(acts)

    def run(number):
        try:
            barrier.wait(10)
            outcomes[number] = acts[number]()
        except Exception as error:
            outcomes[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return outcomes


def post_as(user, address, fields):
    from django.test import Client

    client = Client()
    client.force_login(user)
    return lambda: client.post(address, fields).url


def test_double_click_on_start_is_one_draft(alice, consultation):
    address = f"/en/consultations/{consultation.public_id}/propose/"
    fields = {"language": "fr", "submission_key": issue_key(alice, "consultations.start")}
    outcomes = all_at_once(*[post_as(alice, address, fields) for _number in range(CROWD)])
    draft = Priority.objects.get()
    assert set(outcomes) == {f"/en/consultations/priorities/{draft.public_id}/1/"}


def test_double_click_on_submit_is_one_receipt(alice, draft):
    address = f"/en/consultations/priorities/{draft.public_id}/submit/"
    key = issue_key(alice, "consultations.submit")
    acts = [post_as(alice, address, {"submission_key": key}) for _number in range(CROWD // 2)]
    acts += [
        post_as(alice, address, {"submission_key": issue_key(alice, "consultations.submit")})
        for _number in range(CROWD // 2)
    ]
    assert set(all_at_once(*acts)) == {f"/en/consultations/priorities/{draft.public_id}/receipt/"}
    draft.refresh_from_db()
    assert draft.history.filter(state="submitted").count() == 1


def test_two_editors_at_once_never_overwrite_each_other(alice, colleague, draft):
    def save(user, title):
        return lambda: services.save_draft(draft, by=user, version=1, title=title)

    outcomes = all_at_once(save(alice, "D'Alice"), save(colleague, "De la collègue"))
    conflicts = [outcome for outcome in outcomes if isinstance(outcome, EditConflict)]
    assert len(conflicts) == 1
    draft.refresh_from_db()
    assert {draft.title_fr, conflicts[0].mine["title"]} == {"D'Alice", "De la collègue"}


def test_consultation_never_closes_over_a_submission(alice, companion, union, consultation, draft):
    """Either the submission is in before (and closing waits for a decision), or it is refused; never in between."""
    make_participation(consultation, union)
    outcomes = all_at_once(
        lambda: services.submit_priority(draft, by=alice),
        lambda: services.close_consultation(consultation, by=companion),
    )
    consultation.refresh_from_db()
    draft.refresh_from_db()
    if isinstance(outcomes[0], WrongState):
        assert (consultation.state, draft.state) == ("closed", "draft")
    else:
        assert isinstance(outcomes[1], services.NotReady)
        assert (consultation.state, draft.state) == ("open", "submitted")


def test_receipts_of_many_are_all_different(alice, union, consultation):
    drafts = [make_priority(state="draft", consultation=consultation, organisation=union) for _number in range(CROWD)]

    def submit(draft):
        return lambda: services.submit_priority(draft, by=alice).receipt

    receipts = all_at_once(*[submit(draft) for draft in drafts])
    assert len(set(receipts)) == CROWD
    assert all(isinstance(receipt, str) for receipt in receipts)


def test_autosave_and_going_on_at_once_keep_the_last_text(alice, draft):
    """The autosave of a page is still on its way when its form is sent: same page, no conflict."""

    def save(text, is_autosave):
        return lambda: (
            services.save_draft(
                draft, by=alice, version=1, situation=text, editor="page", is_autosave=is_autosave
            ).version
        )

    outcomes = all_at_once(save("Un début", True), save("Un début et la suite", False))
    assert sorted(outcomes) == [2, 3]
    draft.refresh_from_db()
    assert draft.title_fr == WORDS["title"]


@pytest.fixture
def merge(companion, consultation, submitted, mutual, bob):
    other = make_priority(consultation=consultation, organisation=mutual, author=bob)
    return make_amendment(consultation, [submitted, other], by=companion)


def test_two_answers_at_once_carry_it_out_once(merge, alice, bob, union, mutual):
    def accept(user, organisation):
        return lambda: services.answer_amendment(merge, by=user, organisation=organisation, accepts=True).state

    outcomes = all_at_once(accept(alice, union), accept(bob, mutual))
    assert sorted(outcomes) == ["done", "open"]
    assert merge.results.count() == 1


def test_undoing_and_agreeing_at_once_leave_one_of_the_two(merge, alice, bob, union, mutual, companion, consultation):
    services.answer_amendment(merge, by=alice, organisation=union, accepts=True)
    result = services.answer_amendment(merge, by=bob, organisation=mutual, accepts=True).results.get()
    outcomes = all_at_once(
        lambda: services.undo_amendment(merge, by=companion, reason="They want it back."),
        lambda: services.agree_list(consultation, by=companion, version=1, ordered=[result], not_retained={}),
    )
    assert sum(isinstance(outcome, Exception) for outcome in outcomes) == 1
    states = (Amendment.objects.get().state, Priority.objects.get(pk=result.pk).state)
    assert states in {("undone", "undone"), ("done", "agreed")}


def test_accepting_and_withdrawing_at_once_leave_one_of_the_two(merge, alice, bob, union, mutual, companion):
    services.answer_amendment(merge, by=alice, organisation=union, accepts=True)
    outcomes = all_at_once(
        lambda: services.answer_amendment(merge, by=bob, organisation=mutual, accepts=True),
        lambda: services.withdraw_amendment(merge, by=companion, reason="Another comes."),
    )
    assert sum(isinstance(outcome, WrongState) for outcome in outcomes) == 1
    assert merge.results.count() == (Amendment.objects.get().state == "done")


def test_two_colleagues_answer_a_request_at_once(alice, colleague, companion, submitted):
    asked = services.request_change(submitted, by=companion, part="title", words="Shorter.")

    def answer(user, title):
        return lambda: services.answer_request(asked, by=user, version=1, words="Done.", value=title).state

    outcomes = all_at_once(answer(alice, "D'Alice"), answer(colleague, "De la collègue"))
    assert sum(isinstance(outcome, WrongState) for outcome in outcomes) == 1
    assert [word.kind for word in asked.words.all()] == ["ask", "answer"]


def test_answering_and_agreeing_at_once_never_changes_an_agreed_text(alice, companion, submitted, consultation):
    """Either the change is in before the list is agreed, or it is refused."""
    asked = services.request_change(submitted, by=companion, part="title", words="Shorter.")
    outcomes = all_at_once(
        lambda: services.answer_request(asked, by=alice, version=1, words="Done.", value="Shorter"),
        lambda: services.agree_list(consultation, by=companion, version=1, ordered=[submitted], not_retained={}),
    )
    assert not isinstance(outcomes[1], Exception)
    agreed = Priority.objects.get(pk=submitted.pk)
    assert agreed.state == "agreed"
    assert (agreed.title_fr == "Shorter") is not isinstance(outcomes[0], Exception)


def test_two_people_who_remind_at_once_remind_once(consultation, union, mutual, companion, coordinator):
    for organisation in (union, mutual):
        make_participation(consultation, organisation, is_present=False)
    outcomes = all_at_once(
        *[lambda by=by: services.remind(consultation, by=by, reason="silent") for by in (companion, coordinator)]
    )
    assert sorted(outcomes) == [0, 2]
    assert Reminder.objects.count() == 2


def test_two_who_send_the_invitations_at_once_send_them_once(consultation, union, alice, companion, coordinator):
    make_participation(consultation, union, is_present=False)
    Consultation.objects.update(starts_at=timezone.now() + timedelta(days=9))
    outcomes = all_at_once(
        *[lambda by=by: services.send_invitations(consultation, by=by) for by in (companion, coordinator)]
    )
    assert sorted(outcomes) == [0, 1]
    assert Notice.objects.get().user == alice
