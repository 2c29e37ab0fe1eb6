"""Comments of the country's organisations; a part sent back, answered with the change, resolved or asked again."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from consultations import home, services
from consultations.history import described_versions
from consultations.models import ChangeRequest, Comment, Priority
from consultations.services import Incomplete
from consultations.services.exchange import COMMENT_LIMIT
from consultations.versions import EditConflict
from planning_portal.organisations.identity import viewer_of
from planning_portal.organisations.models import Notice
from planning_portal.web.submissions import issue_key
from planning_portal.workflow.models import TransitionLog
from planning_portal.workflow.services import WrongState

from .factories import WORDS, make_amendment, make_group, make_priority

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(companion, submitted):
    return services.request_change(submitted, by=companion, part="change", words="How many, and by when?")


def page_of(priority):
    return reverse("consultations:priority-detail", args=[priority.public_id])


def request_page(asked):
    return reverse("consultations:request-detail", args=[asked.public_id])


def text_of(response):
    return response.content.decode()


def answer(asked, user, value="Half of them do.", words="We added a number.", **guards):
    return services.answer_request(asked, by=user, words=words, value=value, **{"version": 1, **guards})


# --- Comments --------------------------------------------------------------------------------------


def test_organisation_comments_once(client, bob, mutual, submitted):
    client.force_login(bob)
    address = reverse("consultations:comment-add", args=[submitted.public_id])
    fields = {"comment-words": "Nos membres aussi.", "submission_key": issue_key(bob, "consultations.comment")}
    assert client.post(address, fields).url == client.post(address, fields).url
    comment = Comment.objects.get()
    assert (comment.organisation, comment.by, comment.words_fr) == (mutual, bob, "Nos membres aussi.")
    assert "Nos membres aussi." in text_of(client.get(page_of(submitted)))


@pytest.mark.parametrize("words", ["", "x" * (COMMENT_LIMIT + 1)])
def test_comment_that_cannot_be_is_refused_with_the_reason_and_kept(client, bob, submitted, words):
    client.force_login(bob)
    address = reverse("consultations:comment-add", args=[submitted.public_id])
    response = client.post(address, {"comment-words": words, "submission_key": issue_key(bob, "consultations.comment")})
    assert response.status_code == 422
    assert words in text_of(response)
    assert not Comment.objects.exists()


def test_comment_is_for_the_circle_of_the_country(client, alice, bob, carmen, facilitator, mutual, submitted):
    services.add_comment(submitted, by=bob, organisation=mutual, words="Nos membres aussi.")
    Priority.objects.filter(pk=submitted.pk).update(state="agreed", position=1)
    for user, seen in ((alice, True), (facilitator, True), (carmen, False)):
        client.force_login(user)
        assert ("Nos membres aussi." in text_of(client.get(page_of(submitted)))) is seen


def test_own_organisation_deletes_its_comment(client, alice, bob, mutual, submitted):
    comment = services.add_comment(submitted, by=bob, organisation=mutual, words="Un mot de trop.")
    address = reverse("consultations:comment-remove", args=[comment.public_id])
    client.force_login(alice)
    assert client.post(address).status_code == 403
    client.force_login(bob)
    client.post(address)
    assert not Comment.objects.exists()
    assert TransitionLog.objects.filter(name="delete_comment", organisation_id=mutual.pk).exists()


def test_companion_removes_a_comment_with_a_reason_that_stays(client, companion, alice, bob, mutual, submitted):
    comment = services.add_comment(submitted, by=bob, organisation=mutual, words="Un mot blessant.")
    address = reverse("consultations:comment-remove", args=[comment.public_id])
    client.force_login(companion)
    assert client.post(address, {"reason": ""}).status_code == 422
    client.post(address, {"reason": "It names a person."})
    client.force_login(alice)
    shown = text_of(client.get(page_of(submitted)))
    assert "It names a person." in shown
    assert "Un mot blessant." not in shown
    client.force_login(bob)
    assert "Un mot blessant." in text_of(client.get(page_of(submitted)))


def test_nobody_comments_on_what_is_decided(bob, mutual, consultation, union):
    agreed = make_priority(consultation=consultation, organisation=union, state="agreed")
    with pytest.raises(PermissionDenied):
        services.add_comment(agreed, by=bob, organisation=mutual, words="Trop tard.")


# --- Sent back -------------------------------------------------------------------------------------


def test_companion_sends_a_part_back_and_the_authors_find_it_at_home(client, companion, alice, submitted):
    client.force_login(companion)
    fields = {
        "ask-part": "change",
        "ask-words": "How many?",
        "submission_key": issue_key(companion, "consultations.ask"),
    }
    address = reverse("consultations:request-ask", args=[submitted.public_id])
    assert client.post(address, fields).url == client.post(address, fields).url
    asked = ChangeRequest.objects.get()
    [task] = [task for task in home.tasks(alice) if "change is asked" in task.title]
    assert task.url == request_page(asked)
    client.force_login(alice)
    shown = text_of(client.get(task.url))
    assert "How many?" in shown
    assert WORDS["change"] in shown


def test_authors_answer_with_the_change_and_the_priority_keeps_its_receipt(client, companion, alice, asked, submitted):
    client.force_login(alice)
    fields = {"value": "Six in ten belong to a health mutual.", "words": "A number now.", "version": 1, "go": "answer"}
    assert client.post(request_page(asked), fields).status_code == 302
    fresh = Priority.objects.get(pk=submitted.pk)
    assert fresh.change_fr == "Six in ten belong to a health mutual."
    assert (fresh.state, fresh.receipt) == ("submitted", submitted.receipt)
    asked.refresh_from_db()
    assert asked.state == "answered"
    assert [task.url for task in home.tasks(companion) if "is answered" in task.title] == [request_page(asked)]


def test_companion_asks_once_more_and_resolves(companion, alice, asked):
    answer(asked, alice)
    with pytest.raises(ValidationError):
        services.reopen_request(asked, by=companion, words="")
    services.reopen_request(asked, by=companion, words="And by when?")
    answer(asked, alice, value="Half of them by 2030.", version=2)
    assert services.resolve_request(asked, by=companion).state == "resolved"
    assert [word.kind for word in asked.words.all()] == ["ask", "answer", "reopen", "answer", "resolve"]
    with pytest.raises(WrongState):
        answer(asked, alice, version=3)


def test_authors_may_leave_it_and_say_why(alice, asked, submitted):
    answer(asked, alice, value=WORDS["change"], words="Nobody knows the number.")
    assert Priority.objects.get(pk=submitted.pk).version == submitted.version


def test_a_submitted_text_stays_complete(alice, asked, submitted):
    with pytest.raises(Incomplete):
        answer(asked, alice, value=" ")
    assert Priority.objects.get(pk=submitted.pk).change_fr == WORDS["change"]


def test_two_colleagues_never_overwrite_each_other(client, alice, colleague, asked, submitted, companion):
    answer(asked, colleague, value="The colleague's.", editor="page-1")
    services.reopen_request(asked, by=companion, words="Once more.")
    with pytest.raises(EditConflict):
        answer(asked, alice, value="Alice's.", editor="page-2")
    client.force_login(alice)
    fields = {"value": "Alice's.", "words": "Mine.", "version": 1, "go": "answer"}
    response = client.post(request_page(asked), fields)
    assert response.status_code == 422
    assert "The colleague&#x27;s." in text_of(response)
    assert "Alice&#x27;s." in text_of(response)


@pytest.mark.parametrize("part", ChangeRequest.PARTS)
def test_every_part_can_be_sent_back_and_answered(client, companion, alice, submitted, part):
    make_group()
    asked = services.request_change(submitted, by=companion, part=part, words="Please look again.")
    client.force_login(alice)
    page = text_of(client.get(request_page(asked)))
    assert 'name="value"' in page
    value = {"theme": submitted.theme_id, "level": "continental", "groups": []}.get(part, "Anew.")
    response = client.post(request_page(asked), {"value": value, "words": "Done.", "version": 1, "go": "answer"})
    assert response.status_code == 302
    asked.refresh_from_db()
    assert asked.state == "answered"


def test_asked_twice_is_asked_once(companion, asked, submitted):
    with pytest.raises(WrongState, match="already been asked"):
        services.request_change(submitted, by=companion, part="change", words="Again.")


def test_text_that_is_to_be_merged_stands_still(companion, alice, consultation, submitted, mutual, asked):
    other = make_priority(consultation=consultation, organisation=mutual)
    with pytest.raises(WrongState, match="resolve that request first"):
        make_amendment(consultation, [submitted, other], by=companion)
    services.resolve_request(asked, by=companion)
    make_amendment(consultation, [submitted, other], by=companion)
    with pytest.raises(WrongState, match="stands still"):
        services.request_change(submitted, by=companion, part="title", words="Shorter.")


def test_what_several_agreed_to_is_not_sent_back_to_one(companion, alice, bob, union, mutual, consultation, submitted):
    other = make_priority(consultation=consultation, organisation=mutual)
    merge = make_amendment(consultation, [submitted, other], by=companion)
    for user, organisation in ((alice, union), (bob, mutual)):
        services.answer_amendment(merge, by=user, organisation=organisation, accepts=True)
    with pytest.raises(PermissionDenied):
        services.request_change(merge.results.get(), by=companion, part="title", words="Shorter.")


def test_others_do_not_see_what_was_asked(client, bob, facilitator, asked, submitted):
    for user in (bob, facilitator):
        client.force_login(user)
        assert client.get(request_page(asked)).status_code == 404
        assert "How many, and by when?" not in text_of(client.get(page_of(submitted)))


def test_language_switch_keeps_the_answer(client, alice, asked, submitted):
    client.force_login(alice)
    fields = {"value": "À moitié écrit", "words": "Pas fini", "version": 1, "switch_language": "fr"}
    shown = text_of(client.post(request_page(asked), fields))
    assert "À moitié écrit" in shown
    assert "Pas fini" in shown
    assert Priority.objects.get(pk=submitted.pk).change_fr == WORDS["change"]


# --- Every version ---------------------------------------------------------------------------------


def test_history_shows_the_change_word_by_word(client, alice, asked, submitted):
    answer(asked, alice, value="Six in ten belong to a health mutual.")
    client.force_login(alice)
    page = text_of(client.get(reverse("consultations:priority-history", args=[submitted.public_id])))
    assert "<del>" in page
    assert "<ins>" in page
    assert "Alice" in page


def test_others_read_the_versions_since_submission_by_organisation(client, alice, bob, companion, union, consultation):
    draft = make_priority(state="draft", consultation=consultation, organisation=union, author=alice, title="Secret")
    draft = services.save_draft(draft, by=alice, version=1, title="What we say")
    submitted = services.submit_priority(draft, by=alice)
    asked = services.request_change(submitted, by=companion, part="title", words="Shorter.")
    answer(asked, alice, value="We say", version=submitted.version)
    client.force_login(bob)
    page = text_of(client.get(reverse("consultations:priority-history", args=[submitted.public_id])))
    assert "Secret" not in page
    assert "Alice" not in page
    assert union.name in page
    versions = described_versions(submitted, viewer_of(bob), since_submission=True)
    assert {version.who for version in versions} == {union.name}


@pytest.mark.parametrize("count", [1, 15])
def test_page_of_a_priority_asks_the_same_of_the_database(
    client, bob, mutual, submitted, count, django_assert_max_num_queries
):
    for number in range(count):
        services.add_comment(submitted, by=bob, organisation=mutual, words=f"Un mot, {number}.")
    client.force_login(bob)
    client.get(page_of(submitted))
    with django_assert_max_num_queries(18):
        client.get(page_of(submitted))


def test_companion_is_told_that_agreeing_ends_what_is_open(client, companion, consultation, asked):
    client.force_login(companion)
    page = client.get(reverse("consultations:consultation-list-edit", args=[consultation.public_id]))
    assert "agreeing the list ends it" in text_of(page)


# --- Who is told by mail ---------------------------------------------------------------------------


def told():
    return set(Notice.objects.values_list("user__name", flat=True))


def test_authors_are_told_of_each_request_and_the_companion_of_the_answer(submitted, alice, colleague, companion):
    asked = services.request_change(submitted, by=companion, part="change", words="How many, and by when?")
    assert told() == {alice.name, colleague.name}
    answer(asked, alice)
    assert told() == {alice.name, colleague.name, companion.name}
    Notice.objects.all().delete()
    services.reopen_request(asked, by=companion, words="And by when?")
    assert told() == {alice.name, colleague.name}


def test_nobody_is_told_where_mail_is_dangerous_or_not_wanted(companion, submitted, alice, colleague, benin):
    colleague.no_mail = True
    colleague.save()
    services.request_change(submitted, by=companion, part="change", words="By when?")
    assert told() == {alice.name}
    Notice.objects.all().delete()
    benin.no_mail = True
    benin.save()
    services.request_change(submitted, by=companion, part="title", words="Shorter?")
    assert told() == set()


def test_companion_of_another_country_is_not_told(asked, alice, companion_of_peru):
    answer(asked, alice)
    assert companion_of_peru.name not in told()
