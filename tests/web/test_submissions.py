"""A form never makes two: replay, conflict, old and foreign keys, many at once."""

import threading
import uuid

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core import signing
from django.db import connection
from django.http import HttpResponse, HttpResponseRedirect
from django.test import RequestFactory

from planning_portal.web.models import Submission
from planning_portal.web.submissions import (
    FIELD,
    SALT,
    SubmissionConflict,
    SubmissionKeyMissing,
    answer_once,
    issue_key,
    once_per_form,
    sender_of,
)

PURPOSE = "tests.note"
CROWD = 8


def sent(user, key=None, purpose=PURPOSE, **fields):
    request = RequestFactory().post("/", {FIELD: key or issue_key(user, purpose), **fields})
    request.user = user
    return request


def test_first_answer_is_acted_on(alice):
    acts = []
    response = answer_once(sent(alice, text="a"), PURPOSE, lambda: acts.append(1) or "/receipt/1/")
    assert (response.status_code, response.url, acts) == (302, "/receipt/1/", [1])
    assert Submission.objects.get().location == "/receipt/1/"


def test_replay_gets_the_first_answer_and_changes_nothing(alice):
    key, acts = issue_key(alice, PURPOSE), []
    for _ in range(3):
        response = answer_once(sent(alice, key, text="a"), PURPOSE, lambda: acts.append(1) or f"/receipt/{len(acts)}/")
        assert response.url == "/receipt/1/"
    assert acts == [1]


def test_same_key_with_another_text_is_a_conflict(alice):
    key, acts = issue_key(alice, PURPOSE), []
    answer_once(sent(alice, key, text="a"), PURPOSE, lambda: acts.append(1) or "/receipt/1/")
    with pytest.raises(SubmissionConflict) as conflict:
        answer_once(sent(alice, key, text="b"), PURPOSE, lambda: acts.append(2) or "/receipt/2/")
    assert conflict.value.location == "/receipt/1/"
    assert acts == [1]


def test_what_changes_by_itself_does_not_make_a_conflict(alice):
    key = issue_key(alice, PURPOSE)
    answer_once(sent(alice, key, text="a", csrfmiddlewaretoken="x"), PURPOSE, lambda: "/1/")
    again = sent(alice, key, text="a", csrfmiddlewaretoken="y", kept="token")
    assert answer_once(again, PURPOSE, lambda: "/2/").url == "/1/"


def test_refused_act_leaves_the_key_for_the_corrected_form(alice):
    key = issue_key(alice, PURPOSE)

    def refuse():
        raise ValueError

    with pytest.raises(ValueError):
        answer_once(sent(alice, key, text=""), PURPOSE, refuse)
    assert not Submission.objects.exists()
    assert answer_once(sent(alice, key, text="a"), PURPOSE, lambda: "/1/").url == "/1/"


@pytest.mark.parametrize("case", ["none", "forged", "other purpose", "other person", "anonymous"])
def test_key_of_another_form_or_person_is_refused(alice, bob, case):
    request = {
        "none": lambda: sent(alice, "x"),
        "forged": lambda: sent(alice, issue_key(alice, PURPOSE)[:-2] + "xx"),
        "other purpose": lambda: sent(alice, purpose="tests.other"),
        "other person": lambda: sent(alice, issue_key(bob, PURPOSE)),
        "anonymous": lambda: sent(alice, issue_key(AnonymousUser(), PURPOSE)),
    }[case]()
    with pytest.raises(SubmissionKeyMissing) as missing:
        answer_once(request, PURPOSE, lambda: "/1/")
    assert missing.value.purpose == PURPOSE
    assert not Submission.objects.exists()


def test_key_is_good_for_a_week(alice, monkeypatch):
    old = signing.dumps([str(uuid.uuid4()), alice.pk, PURPOSE], salt=SALT)
    monkeypatch.setattr(
        "django.core.signing.time.time", lambda: __import__("datetime").datetime.now().timestamp() + 8 * 86400
    )
    with pytest.raises(SubmissionKeyMissing):
        answer_once(sent(alice, old), PURPOSE, lambda: "/1/")
    assert sender_of(sent(alice, old)) == alice.pk


@pytest.mark.django_db(transaction=True)
def test_many_at_once_make_one(alice):
    key, barrier, outcomes, acts = issue_key(alice, PURPOSE), threading.Barrier(CROWD), [], []

    def post(number):
        try:
            barrier.wait(10)
            request = sent(alice, key, text="same" if number % 2 else "other")
            outcomes.append(answer_once(request, PURPOSE, lambda: acts.append(number) or f"/{number}/").url)
        except SubmissionConflict as conflict:
            outcomes.append(conflict)
        except Exception as error:
            outcomes.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=post, args=(number,)) for number in range(CROWD)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(outcomes) == CROWD
    replays = [outcome for outcome in outcomes if isinstance(outcome, str)]
    conflicts = [outcome for outcome in outcomes if isinstance(outcome, SubmissionConflict)]
    assert (len(replays), len(conflicts)) == (CROWD // 2, CROWD // 2)
    assert {*replays, *(conflict.location for conflict in conflicts)} == {f"/{acts[-1]}/"}
    assert Submission.objects.count() == 1


# --- once_per_form --------------------------------------------------------------------------------------------------


def make_view(acts):
    """Goes on after the first act, and is refused by the state from then on."""

    @once_per_form(PURPOSE)
    def view(request):
        if len(acts) > 0:
            return HttpResponse("That was done already.", status=409)
        if not request.POST.get("text"):
            Submission.objects.create(key=uuid.uuid4(), purpose="x", fingerprint="x")
            return HttpResponse("Say something.", status=422)
        acts.append(request.POST["text"])
        return HttpResponseRedirect("/done/")

    return view


def test_replay_of_a_form_is_answered_as_it_was_the_first_time(alice):
    acts, key = [], issue_key(alice, PURPOSE)
    view = make_view(acts)
    assert [view(sent(alice, key, text="a")).url for _time in range(3)] == ["/done/"] * 3
    assert acts == ["a"]


def test_another_form_is_told_that_it_came_too_late(alice):
    acts = []
    view = make_view(acts)
    view(sent(alice, text="a"))
    assert view(sent(alice, text="a")).status_code == 409


def test_page_with_errors_leaves_the_key_and_the_database_as_they_were(alice):
    acts, key = [], issue_key(alice, PURPOSE)
    view = make_view(acts)
    assert view(sent(alice, key)).status_code == 422
    assert not Submission.objects.exists()
    assert view(sent(alice, key, text="a")).url == "/done/"


def test_other_words_under_the_same_key_are_a_conflict(alice):
    key = issue_key(alice, PURPOSE)
    view = make_view([])
    view(sent(alice, key, text="a"))
    with pytest.raises(SubmissionConflict):
        view(sent(alice, key, text="b"))


def test_form_without_a_key_and_one_only_shown_again_are_left_to_the_view(alice):
    acts = []
    view = make_view(acts)
    assert view(sent(alice, "no key", text="a")).url == "/done/"
    assert not Submission.objects.exists()
    acts.clear()
    request = sent(alice, text="a")
    request.only_shown_again = True
    assert view(request).url == "/done/"
    assert not Submission.objects.exists()
