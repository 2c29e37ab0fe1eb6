"""In which language short words are written: the page's unless the writer says another; marked and named for others."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from consultations import services
from consultations.models import AmendmentAnswer, Comment, InvitationAnswer, RequestWord, Support
from planning_portal.web.submissions import issue_key

from .factories import make_amendment, make_participation, make_priority

pytestmark = pytest.mark.django_db

WORDS = "Los vendedores también lo piden."


def address(name, obj, language="en"):
    with translation.override(language):
        return reverse(f"consultations:{name}", args=[obj.public_id])


def chosen_in(html, field):
    [select] = re.findall(rf'<select name="{field}".*?</select>', html, re.DOTALL)
    return re.findall(r'<option value="(\w+)" selected', select)


def mark_of(html, field):
    """The lang of a field that words are typed in."""
    [tag] = re.findall(rf'<(?:textarea|input)[^>]*name="{field}"[^>]*>', html)
    return re.search(r'\blang="(\w+)"', tag)[1]


@pytest.fixture
def asked(companion, submitted):
    return services.request_change(submitted, by=companion, part="change", words="How many?", language="en")


@pytest.fixture
def proposal(consultation, companion, submitted, mutual):
    other = make_priority(consultation=consultation, organisation=mutual)
    return make_amendment(consultation, [submitted, other], by=companion)


@pytest.fixture(params=["comment", "support", "ask", "answer", "reopen", "resolve", "accept", "line"])
def form(request, consultation, submitted, mutual, alice, bob, companion):
    """(who, page, address in French, field of the words, field of the language, what is sent, key, what is kept)."""
    name = request.param
    if name in {"comment", "support"}:
        field = {"comment": "comment-words", "support": "why"}[name]
        spoken = {"comment": "comment-language", "support": "language"}[name]
        to = address({"comment": "comment-add", "support": "support-edit"}[name], submitted, "fr")
        kept = {"comment": (Comment, "words"), "support": (Support, "why")}[name]
        return bob, address("priority-detail", submitted, "fr"), to, field, spoken, {}, f"consultations.{name}", kept
    if name == "ask":
        page, to = address("priority-detail", submitted, "fr"), address("request-ask", submitted, "fr")
        sent = {"ask-part": "change"}
        return companion, page, to, "ask-words", "ask-language", sent, "consultations.ask", (RequestWord, "words")
    if name in {"answer", "reopen", "resolve"}:
        asked = request.getfixturevalue("asked")
        if name == "reopen":
            services.answer_request(asked, by=alice, version=1, words="Voilà.", value="La moitié.")
        page = address("request-detail", asked, "fr")
        sent = {"go": name} | ({"value": "La moitié.", "version": 1} if name == "answer" else {})
        who = alice if name == "answer" else companion
        return who, page, page, "words", "language", sent, "consultations.request", (RequestWord, "words")
    if name == "accept":
        page = address("amendment-detail", request.getfixturevalue("proposal"), "fr")
        kept = (AmendmentAnswer, "reason")
        return bob, page, page, "reason", "language", {"go": "decline"}, "consultations.amendment", kept
    consultation.starts_at = timezone.now() + timedelta(days=10)
    consultation.save()
    make_participation(consultation, mutual, is_present=False)
    services.send_invitations(consultation, by=companion)
    page = address("invitation-answer", consultation, "fr")
    return bob, page, page, "line", "language", {"comes": "yes", "version": 0}, "", (InvitationAnswer, "line")


def send(client, form, words=WORDS, language="es", to=""):
    who, _page, address_, field, spoken, sent, purpose, _kept = form
    key = {"submission_key": issue_key(who, purpose)} if purpose else {}
    return client.post(to or address_, {**sent, **key, field: words, spoken: language})


def kept_of(form):
    model, field = form[-1]
    latest = [obj for obj in model.objects.order_by("pk") if getattr(obj, f"{field}_{obj.source_language}")][-1]
    return latest.source_language, getattr(latest, f"{field}_{latest.source_language}")


def test_form_begins_with_the_language_of_the_page(client, form):
    who, page, _to, field, spoken, *_rest = form
    client.force_login(who)
    html = client.get(page).text
    assert chosen_in(html, spoken) == ["fr"]
    assert mark_of(html, field) == "fr"


def test_words_are_kept_in_the_language_that_was_said(client, form):
    client.force_login(form[0])
    assert send(client, form).status_code == 302
    assert kept_of(form) == ("es", WORDS)


def test_page_that_did_not_ask_leaves_it_to_the_writers_own_language(client, form):
    client.force_login(form[0])
    assert send(client, form, language="").status_code == 302
    assert kept_of(form) == (form[0].preferred_language, WORDS)


def test_form_that_is_refused_comes_back_in_the_same_language(client, form):
    client.force_login(form[0])
    too_long = "palabra " * 200
    response = send(client, form, words=too_long)
    assert response.status_code == 422
    assert "palabra palabra" in response.text
    assert chosen_in(response.text, form[4]) == ["es"]
    assert mark_of(response.text, form[3]) == "es"


def test_reading_the_page_in_another_language_does_not_change_that_of_the_words(client, form):
    who, _page, to, field, spoken, sent, *_rest = form
    client.force_login(who)
    response = client.post(to, {**sent, field: WORDS, spoken: "es", "switch_language": "nl", "whole": "1"})
    assert response.status_code == 200
    assert WORDS in response.text
    assert chosen_in(response.text, spoken) == ["es"]
    assert mark_of(response.text, field) == "es"


def test_language_survives_an_expired_sign_in(client, form, settings):
    client.force_login(form[0])
    client.get(form[1])
    del client.cookies[settings.SESSION_COOKIE_NAME]
    assert "/account/login/" in send(client, form).url
    client.force_login(form[0])
    typed = client.get(reverse("web:kept")).context["typed"]
    assert (form[4], "es") in typed.fields
    assert client.post(typed.action, dict(typed.fields)).status_code == 302
    assert kept_of(form) == ("es", WORDS)


@pytest.mark.parametrize(("page", "label"), [("nl", "Origineel: Spaans"), ("es", "")])
def test_reader_of_another_language_is_told_and_the_words_are_marked(
    client, submitted, mutual, alice, bob, page, label
):
    services.add_comment(submitted, by=bob, organisation=mutual, words=WORDS, language="es")
    services.support_priority(submitted, by=bob, organisation=mutual, why=WORDS, language="es")
    client.force_login(alice)
    html = client.get(address("priority-detail", submitted, page)).text
    assert html.count(WORDS) == 2
    assert html.count('lang="es">' + WORDS) + html.count('lang="es"><p>' + WORDS) == (2 if label else 0)
    if label:
        assert html.count(label) >= 2


def test_same_words_with_another_language_put_the_language_right(submitted, mutual, bob):
    for language in ("fr", "es", "es"):
        comment = services.add_comment(submitted, by=bob, organisation=mutual, words=WORDS, language=language)
        services.support_priority(submitted, by=bob, organisation=mutual, why=WORDS, language=language)
    [comment], [support] = Comment.objects.all(), Support.objects.all()
    assert (comment.source_language, comment.words_es, comment.words_fr) == ("es", WORDS, "")
    assert (support.source_language, support.why_es, support.why_fr) == ("es", WORDS, "")
    assert services.add_comment(submitted, by=bob, organisation=mutual, words=WORDS).source_language == "es"


def test_reason_kept_with_other_words_is_asked_for_in_their_language(client, submitted, mutual, bob, companion):
    comment = services.add_comment(submitted, by=bob, organisation=mutual, words=WORDS, language="es")
    client.force_login(companion)
    html = client.get(address("comment-remove", comment)).text
    assert "Write it in this language: Spanish." in html
    assert mark_of(html, "reason") == "es"


def test_proposed_text_in_another_language_says_so(client, proposal, bob):
    client.force_login(bob)
    assert "Original: French" in client.get(address("amendment-detail", proposal)).text
    assert "Original: French" not in client.get(address("amendment-detail", proposal, "fr")).text


def test_why_a_text_was_continued_is_told_with_its_language(client, proposal, submitted, companion, alice):
    type(proposal).objects.filter(pk=proposal.pk).update(answer_by=proposal.proposed_at)
    services.decide_amendment(proposal, by=companion, carries_out=True, reason="Ils sont pareils.")
    client.force_login(alice)
    html = client.get(address("priority-detail", submitted)).text
    assert re.search(r'Reason:\s*<span lang="fr">Ils sont pareils\.</span>\s*<small class="language-label">', html)
