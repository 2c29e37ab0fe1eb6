"""A form that comes twice, by a double click or because its reply was lost on the line, is answered as it was the first
time; and what was done is done and logged once."""

import pytest
from django.urls import reverse

from consultations import services
from consultations.models import Comment
from planning_portal.web.submissions import issue_key
from planning_portal.workflow.models import TransitionLog

from .factories import make_amendment, make_participation

pytestmark = pytest.mark.django_db


def send_twice(client, user, url, purpose, **fields):
    """The same form two times; both answers lead to the same place, without a complaint on it."""
    client.force_login(user)
    sent = {"submission_key": issue_key(user, purpose), **fields}
    first = client.post(url, sent)
    shown = client.get(first.url).text
    logged = TransitionLog.objects.count()
    again = client.post(url, sent)
    assert (first.status_code, again.status_code, again.url) == (302, 302, first.url)
    assert TransitionLog.objects.count() == logged
    for text in (shown, client.get(again.url).text):
        assert "notice stop" not in text
    return first


def to(name, thing):
    return reverse(f"consultations:{name}", args=[thing.public_id])


@pytest.fixture
def asked(companion, submitted):
    return services.request_change(submitted, by=companion, part="change", words="How many, and by when?")


@pytest.fixture
def proposed(consultation, companion, submitted):
    return make_amendment(consultation, [submitted], by=companion, kind="reword")


def test_request_is_answered_once(client, alice, asked, submitted):
    fields = {"version": submitted.version, "value": "Half of them.", "words": "We added a number.", "go": "answer"}
    send_twice(client, alice, to("request-detail", asked), "consultations.request", **fields)
    assert [word.kind for word in asked.words.order_by("pk")] == ["ask", "answer"]


@pytest.mark.parametrize("go", ["reopen", "resolve"])
def test_answer_is_taken_or_sent_back_once(client, alice, companion, asked, submitted, go):
    services.answer_request(asked, by=alice, version=submitted.version, words="As it is.", value=submitted.change_fr)
    fields = {"go": go, "words": "By which year?"}
    send_twice(client, companion, to("request-detail", asked), "consultations.request", **fields)
    assert asked.words.count() == 3


def test_other_words_under_the_same_key_are_shown_to_be_copied(client, alice, asked, submitted):
    client.force_login(alice)
    fields = {"version": submitted.version, "value": "Half of them.", "go": "answer"}
    fields["submission_key"] = issue_key(alice, "consultations.request")
    client.post(to("request-detail", asked), {**fields, "words": "We added a number."})
    again = client.post(to("request-detail", asked), {**fields, "words": "We added two numbers, in fact."})
    assert again.status_code == 409
    assert "We added two numbers, in fact." in again.text


def test_other_comment_under_the_same_key_is_shown_to_be_copied(client, bob, submitted):
    client.force_login(bob)
    key = issue_key(bob, "consultations.comment")
    client.post(to("comment-add", submitted), {"submission_key": key, "comment-words": "Our members too."})
    again = client.post(to("comment-add", submitted), {"submission_key": key, "comment-words": "And the neighbours."})
    assert again.status_code == 409
    assert "And the neighbours." in again.text
    assert Comment.objects.count() == 1


def test_proposal_is_accepted_once(client, alice, proposed):
    send_twice(client, alice, to("amendment-detail", proposed), "consultations.amendment", go="accept", reason="Good.")
    proposed.refresh_from_db()
    assert proposed.state == "done"


def test_proposal_is_declined_once(client, alice, proposed):
    fields = {"go": "decline", "reason": "It says less."}
    send_twice(client, alice, to("amendment-detail", proposed), "consultations.amendment", **fields)
    assert proposed.answers.get().answer == "declined"


def test_proposal_is_withdrawn_once(client, companion, proposed):
    fields = {"go": "withdraw", "verdict": "Too early."}
    send_twice(client, companion, to("amendment-detail", proposed), "consultations.amendment", **fields)


def test_priority_is_supported_once(client, bob, submitted):
    send_twice(client, bob, to("support-edit", submitted), "consultations.support", why="Our members too.")
    assert submitted.supports.count() == 1


def test_comment_is_removed_once(client, bob, mutual, submitted):
    comment = services.add_comment(submitted, by=bob, organisation=mutual, words="A word too many.")
    send_twice(client, bob, to("comment-remove", comment), "consultations.comment_remove")


def test_list_is_agreed_and_closed_once(client, companion, consultation, submitted, union):
    make_participation(consultation, union)
    client.force_login(companion)
    page = client.get(to("consultation-list-edit", consultation))
    form = page.context["form"]
    line = form.lines()[0]
    fields = {"version": consultation.version, "go": "agree"}
    fields[line["keep"].html_name] = line["keep"].field.choices[0][0]
    fields[line["place"].html_name] = "1"
    send_twice(client, companion, to("consultation-list-edit", consultation), "consultations.list", **fields)
    submitted.refresh_from_db()
    assert submitted.state == "agreed"
    send_twice(client, companion, to("consultation-close", consultation), "consultations.close", closing_note="Thanks.")


# --- Without a key: sent from another page, the same again is nothing new -------------------------------------------


def test_same_words_again_are_no_second_comment(alice, bob, mutual, submitted):
    first = services.add_comment(submitted, by=bob, organisation=mutual, words="Our members too.\r\nMany.")
    assert services.add_comment(submitted, by=bob, organisation=mutual, words=" Our members too.\nMany. ") == first
    services.add_comment(submitted, by=bob, organisation=mutual, words="And our neighbours.")
    again = services.add_comment(submitted, by=bob, organisation=mutual, words="Our members too.\nMany.")
    assert again != first
    assert Comment.objects.count() == 3


def test_same_support_and_same_answer_again_are_not_logged_twice(alice, union, bob, mutual, submitted, proposed):
    for _time in range(2):
        services.support_priority(submitted, by=bob, organisation=mutual, why="Our members too.")
        services.answer_amendment(proposed, by=alice, organisation=union, accepts=False, reason="It says less.")
    assert TransitionLog.objects.filter(name__in=["support", "decline"]).count() == 2
