"""The pages of merging, splitting and rewording, seen by who proposes, who answers and who only reads."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from consultations import home, services
from consultations.models import Amendment, Consultation, ParkedProposal, Priority
from planning_portal.web.submissions import issue_key
from tests import factories

from .factories import make_amendment, make_priority, make_support

pytestmark = pytest.mark.django_db


@pytest.fixture
def theirs(consultation, mutual, bob):
    return make_priority(consultation=consultation, organisation=mutual, author=bob, title="Cover for drivers")


@pytest.fixture
def merge(companion, consultation, submitted, theirs):
    return make_amendment(consultation, [submitted, theirs], by=companion, title="Cover for both")


@pytest.fixture
def done(merge, alice, bob, union, mutual):
    services.answer_amendment(merge, by=alice, organisation=union, accepts=True)
    return services.answer_amendment(merge, by=bob, organisation=mutual, accepts=True)


def page_of(amendment, name="detail"):
    return reverse(f"consultations:amendment-{name}", args=[amendment.public_id])


def list_page(consultation):
    return reverse("consultations:amendment-list", args=[consultation.public_id])


def text_of(response):
    return response.content.decode()


def test_companion_starts_a_merge_once(client, companion, consultation, submitted, theirs):
    client.force_login(companion)
    fields = {
        "kind": "merge",
        "sources": [str(submitted.public_id), str(theirs.public_id)],
        "submission_key": issue_key(companion, "consultations.amend"),
    }
    first = client.post(list_page(consultation), fields)
    assert client.post(list_page(consultation), fields).url == first.url
    amendment = Amendment.objects.get()
    assert first.url == page_of(amendment, "edit")
    shown = text_of(client.get(first.url))
    assert submitted.situation_fr in shown
    assert "Cover for drivers" in shown


def test_one_source_is_no_merge(client, companion, consultation, submitted):
    client.force_login(companion)
    key = issue_key(companion, "consultations.amend")
    fields = {"kind": "merge", "sources": [str(submitted.public_id)], "submission_key": key}
    response = client.post(list_page(consultation), fields)
    assert response.status_code == 422
    assert "Choose between two and" in text_of(response)


def fields_of(amendment, **changes):
    text = amendment.texts[0]
    fields = {f"{name}_0": text[name] or "" for name in text if name != "groups"}
    day = timezone.localdate() + timedelta(days=5)
    return {**fields, "version": amendment.version, "language": "fr", "answer_by": day.isoformat(), **changes}


def test_draft_is_saved_and_sent(client, companion, consultation, submitted, theirs):
    amendment = make_amendment(consultation, [submitted, theirs], by=companion, propose=False)
    client.force_login(companion)
    client.post(page_of(amendment, "edit"), fields_of(amendment, title_0="Both", why="Alike.", go="save"))
    amendment.refresh_from_db()
    assert (amendment.texts[0]["title"], amendment.state) == ("Both", "draft")
    response = client.post(page_of(amendment, "edit"), fields_of(amendment, title_0="Both", why="Alike.", go="send"))
    assert response.url == page_of(amendment)
    amendment.refresh_from_db()
    assert amendment.state == "open"
    assert (amendment.answer_by - timezone.now()).days in {4, 5}


def test_autosave_answers_with_the_new_version(client, companion, consultation, submitted, theirs):
    amendment = make_amendment(consultation, [submitted, theirs], by=companion, propose=False)
    client.force_login(companion)
    address, fields = page_of(amendment, "edit"), fields_of(amendment, title_0="Typed", why="Alike.")
    saved = client.post(address, fields, headers={"X-Autosave": "1"}).json()
    assert saved["version"] == amendment.version + 1


def test_what_is_missing_is_said_beside_the_field_and_what_was_typed_is_saved(
    client, companion, consultation, submitted, theirs
):
    amendment = make_amendment(consultation, [submitted, theirs], by=companion, propose=False)
    client.force_login(companion)
    response = client.post(page_of(amendment, "edit"), fields_of(amendment, title_0="", change_0="Anew", go="send"))
    assert response.status_code == 422
    assert text_of(response).count("Fill this in before you send it.") >= 2
    amendment.refresh_from_db()
    assert (amendment.state, amendment.texts[0]["change"]) == ("draft", "Anew")
    assert f'name="version" value="{amendment.version}"' in text_of(response)


@pytest.fixture
def proposal(companion, consultation, submitted, theirs):
    """A draft about two texts, not sent yet."""
    return make_amendment(consultation, [submitted, theirs], by=companion, propose=False)


@pytest.fixture
def second(benin):
    """Another companion of the same country."""
    user = factories.make_user(name="Second companion")
    factories.make_role(user, "companion", countries=[benin])
    return user


def save_as(user, amendment, why="They are alike.", **text):
    texts = [{**amendment.texts[0], **text}, *amendment.texts[1:]]
    return services.save_amendment(amendment, by=user, version=amendment.version, texts=texts, why=why)


def autosave(client, amendment, fields):
    return client.post(page_of(amendment, "edit"), fields, headers={"X-Autosave": "1"})


@pytest.mark.parametrize("by_itself", [True, False])
def test_both_texts_are_kept_and_shown_when_a_colleague_was_faster(client, companion, second, proposal, by_itself):
    client.force_login(companion)
    mine = fields_of(proposal, title_0="Mine", why="Alike.")
    save_as(second, proposal, title="Theirs")
    if by_itself:
        answer = autosave(client, proposal, mine)
        assert answer.status_code == 409
        to = answer.json()["conflict_url"]
    else:
        to = client.post(page_of(proposal, "edit"), mine).url
    shown = client.get(to)
    assert "Theirs" in text_of(shown)
    assert shown.context["form"]["title_0"].value() == "Mine"
    assert Amendment.objects.get().texts[0]["title"] == "Theirs"
    client.force_login(second)
    assert "Mine" not in text_of(client.get(to))


def sent_again(client, address, **changes):
    """What a browser sends from the page as it stands."""
    form = client.get(address).context["form"]
    fields = {name: form[name].value() for name in form.fields}
    fields = {name: value for name, value in fields.items() if value not in (None, False)}
    day = timezone.localdate() + timedelta(days=5)
    return {**fields, "answer_by": day.isoformat(), **changes}


def test_typing_on_beside_theirs_changes_nothing_until_it_is_saved(client, companion, second, proposal):
    client.force_login(companion)
    save_as(second, proposal, title="Theirs")
    address = page_of(proposal, "edit")
    client.post(address, fields_of(proposal, title_0="Mine", why="Alike."))
    typed = sent_again(client, address, title_0="Mine, and more")
    answer = autosave(client, proposal, typed)
    assert answer.status_code == 200
    assert answer.json()["version"] == int(typed["version"])
    assert Amendment.objects.get().texts[0]["title"] == "Theirs"
    assert sent_again(client, address)["title_0"] == "Mine, and more"
    client.post(address, sent_again(client, address, go="save"))
    assert Amendment.objects.get().texts[0]["title"] == "Mine, and more"
    assert not ParkedProposal.objects.exists()


def test_what_was_typed_can_be_thrown_away(client, companion, second, proposal):
    client.force_login(companion)
    save_as(second, proposal, title="Theirs")
    address = page_of(proposal, "edit")
    client.post(address, fields_of(proposal, title_0="Mine", why="Alike."))
    client.post(address, sent_again(client, address, go="discard"))
    assert sent_again(client, address)["title_0"] == "Theirs"
    assert "Mine" not in text_of(client.get(address))


def test_another_open_page_does_not_throw_away_what_was_kept(client, companion, second, proposal):
    client.force_login(companion)
    fresh = save_as(second, proposal, title="Theirs")
    client.post(page_of(proposal, "edit"), fields_of(proposal, title_0="Mine", why="Alike."))
    autosave(client, fresh, fields_of(fresh, title_0="Theirs", why="Alike, as I see."))
    assert ParkedProposal.objects.get().fields["text-0"]["title"] == "Mine"


def end(amendment, how, by):
    if how == "sent":
        later = timezone.now() + timedelta(days=3)
        return services.propose_amendment(amendment, by=by, version=amendment.version, answer_by=later)
    if how == "dropped":
        return services.withdraw_amendment(amendment, by=by)
    return Consultation.objects.update(state="closed", closed_at=timezone.now())


@pytest.mark.parametrize("by_itself", [True, False])
@pytest.mark.parametrize("how", ["sent", "dropped", "closed"])
def test_nothing_typed_is_lost_when_the_proposal_ends_meanwhile(client, companion, second, proposal, how, by_itself):
    client.force_login(companion)
    mine = fields_of(proposal, change_0="What I was typing just now.", why="For this reason.", go="save")
    end(proposal, how, second)
    if by_itself:
        answer = autosave(client, proposal, mine)
        assert answer.status_code == 409
        to = answer.json()["conflict_url"]
    else:
        to = client.post(page_of(proposal, "edit"), mine).url
    shown = text_of(client.get(to))
    assert ("This consultation is closed" in shown) is (how == "closed")
    assert "What I was typing just now." in shown
    assert "For this reason." in shown
    assert ("Somebody sent this proposal" in shown) is (how == "sent")
    assert ("Begin a new proposal with it" in shown) is (how == "dropped")
    found = text_of(client.get(page_of(proposal), follow=True))
    assert ("It is kept for you alone" if how != "closed" else "What I was typing") in found
    client.force_login(second)
    assert "It is kept for you alone" not in text_of(client.get(page_of(proposal), follow=True))
    assert "What I was typing" not in text_of(client.get(to, follow=True))


def test_nothing_is_kept_of_what_was_saved_before(client, companion, second, proposal):
    client.force_login(companion)
    same = fields_of(proposal, why="They are alike.")
    end(proposal, "sent", second)
    assert autosave(client, proposal, same).status_code == 409
    assert not ParkedProposal.objects.exists()
    assert client.get(page_of(proposal, "edit")).url == page_of(proposal)


def test_dropped_text_goes_on_in_another_proposal(client, companion, second, proposal):
    client.force_login(companion)
    end(proposal, "dropped", second)
    address = page_of(proposal, "edit")
    client.post(address, fields_of(proposal, change_0="What I was typing just now.", why="Anew.", go="save"))
    started = client.post(address, {"go": "carry-on"})
    new = Amendment.objects.get(state="draft")
    assert started.url == page_of(new, "edit")
    assert new.texts[0]["change"] == "What I was typing just now."
    assert new.texts[0]["title"] == proposal.texts[0]["title"]
    assert new.why_fr == "Anew."
    assert list(new.sources.all()) == list(proposal.sources.all())
    assert client.get(address).url == page_of(proposal)


def test_text_is_not_carried_on_while_its_sources_are_held(client, companion, second, proposal):
    client.force_login(companion)
    end(proposal, "sent", second)
    address = page_of(proposal, "edit")
    client.post(address, fields_of(proposal, change_0="What I was typing just now.", go="save"))
    refused = client.post(address, {"go": "carry-on"}, follow=True)
    assert "Another proposal is already about one of these priorities" in text_of(refused)
    assert "What I was typing just now." in text_of(refused)


def test_text_that_a_colleague_added_stays(client, companion, second, consultation, submitted):
    split = make_amendment(consultation, [submitted], by=companion, kind="split", propose=False)
    client.force_login(companion)
    fields = fields_of(split) | {f"{name}_1": text or "" for name, text in split.texts[1].items() if name != "groups"}
    services.add_text(split, by=second)
    assert client.post(page_of(split, "edit"), {**fields, "title_1": "Second", "go": "save"}).status_code == 302
    split.refresh_from_db()
    assert [text["title"] for text in split.texts] == [split.texts[0]["title"], "Second", ""]


def test_text_too_many_is_removed_but_two_stay(client, companion, consultation, submitted):
    split = make_amendment(consultation, [submitted], by=companion, kind="split", propose=False)
    client.force_login(companion)
    address = page_of(split, "edit")
    assert "Remove text" not in text_of(client.get(address))
    client.post(address, sent_again(client, address, title_0="First", title_1="Second", go="add"))
    client.post(address, sent_again(client, address, title_2="Third", go="remove:1"))
    assert [text["title"] for text in Amendment.objects.get().texts] == ["First", "Third"]
    refused = client.post(address, sent_again(client, address, go="remove:1"))
    assert refused.status_code == 422
    assert "this one cannot be removed" in text_of(refused)


def test_dropped_draft_was_seen_by_nobody_else_and_still_is(client, alice, companion, proposal):
    services.withdraw_amendment(proposal, by=companion)
    client.force_login(alice)
    assert client.get(page_of(proposal)).status_code == 404
    client.force_login(companion)
    assert client.get(page_of(proposal)).status_code == 200


def test_draft_of_the_companion_is_seen_by_nobody_else(client, alice, companion, consultation, submitted, theirs):
    amendment = make_amendment(consultation, [submitted, theirs], by=companion, propose=False)
    client.force_login(alice)
    assert client.get(page_of(amendment)).status_code == 404
    assert client.get(page_of(amendment, "edit")).status_code == 404


def test_organisation_answers_from_its_home_page(client, alice, bob, merge, union):
    client.force_login(alice)
    [task] = [task for task in home.tasks(alice) if "merged" in task.title]
    assert task.deadline == merge.answer_by
    shown = text_of(client.get(task.url))
    assert "Cover for both" in shown
    assert "They are alike." in shown
    refused = client.post(task.url, {"go": "decline", "reason": ""})
    assert refused.status_code == 422
    assert "Say why you decline" in text_of(refused)
    client.post(task.url, {"go": "accept", "reason": "Good."})
    assert merge.answers.get(organisation=union).answer == "accepted"
    assert not [t for t in home.tasks(type(alice).objects.get(pk=alice.pk)) if "merged" in t.title]
    assert [t for t in home.tasks(bob) if "merged" in t.title]


def test_companion_sees_who_has_answered(client, companion, alice, merge, union):
    services.answer_amendment(merge, by=alice, organisation=union, accepts=False, reason="Our point is lost.")
    [task] = [task for task in home.tasks(companion) if "proposal" in task.title]
    assert task.note == "1 of 2 organisations has answered"
    client.force_login(companion)
    companions_page = text_of(client.get(list_page(merge.consultation)))
    assert "1 has declined" in companions_page
    assert "&lt;time" not in companions_page
    assert "Our point is lost." in text_of(client.get(page_of(merge)))


def test_deadline_is_said_by_the_clock_of_the_country_too(client, alice, merge):
    merge.consultation.country.time_zone = "Africa/Porto-Novo"
    merge.consultation.country.save()
    alice.time_zone = "America/Lima"
    alice.save()
    client.force_login(alice)
    shown = text_of(client.get(page_of(merge)))
    assert "Time in the country" in shown
    assert "UTC+1" in shown
    assert "UTC−5" in shown


def test_companion_decides_when_the_deadline_has_passed(client, companion, merge):
    client.force_login(companion)
    assert "Carry it out" not in text_of(client.get(page_of(merge)))
    Amendment.objects.update(answer_by=timezone.now() - timedelta(hours=1))
    assert "Carry it out" in text_of(client.get(page_of(merge)))
    assert client.post(page_of(merge), {"go": "carry-out", "verdict": ""}).status_code == 422
    client.post(page_of(merge), {"go": "carry-out", "verdict": "The meeting wished it."})
    assert Amendment.objects.get().state == "done"


def test_stranger_and_facilitator_do_not_act(client, carmen, facilitator, merge):
    client.force_login(carmen)
    assert client.get(page_of(merge)).status_code == 404
    client.force_login(facilitator)
    assert client.get(page_of(merge)).status_code == 200
    for go in ("accept", "decline", "withdraw", "undo", "carry-out", "nonsense"):
        assert client.post(page_of(merge), {"go": go, "reason": "x", "verdict": "x"}).status_code == 403


def test_language_switch_keeps_the_reason(client, alice, merge):
    client.force_login(alice)
    response = client.post(page_of(merge), {"reason": "Ma raison", "switch_language": "fr"})
    assert "Ma raison" in text_of(response)
    assert merge.answers.filter(answer="waiting").count() == 2


def test_proposal_that_cannot_be_saved_yet_is_shown_in_the_language_asked_for(
    client, companion, consultation, submitted
):
    amendment = services.start_amendment(consultation, by=companion, kind="reword", sources=[submitted])
    client.force_login(companion)
    address = reverse("consultations:amendment-edit", args=[amendment.public_id])
    long_title = "ب" * 200
    sent = {"version": amendment.version, "language": "fr", "title_0": long_title, "switch_language": "es"}
    response = client.post(address, sent)
    assert response.status_code == 200
    assert '<html lang="es"' in text_of(response)
    assert long_title in text_of(response)
    assert Amendment.objects.get().version == amendment.version


def test_lineage_leads_both_ways(client, alice, done, submitted, theirs, benin):
    third = factories.make_organisation(country=benin)
    make_support(theirs, third, why="Nous aussi.")
    result = done.results.get()
    client.force_login(alice)
    source = text_of(client.get(reverse("consultations:priority-detail", args=[submitted.public_id])))
    assert "It goes on in:" in source
    assert reverse("consultations:priority-detail", args=[result.public_id]) in source
    shown = text_of(client.get(reverse("consultations:priority-detail", args=[result.public_id])))
    for one in (submitted, theirs):
        assert reverse("consultations:priority-detail", args=[one.public_id]) in shown
    assert "Support of the sources, not counted here" in shown
    assert "Nous aussi." in shown


def test_members_of_other_countries_read_the_agreed_text_but_not_its_sources(
    client, carmen, companion, consultation, done, submitted
):
    result = done.results.get()
    services.agree_list(consultation, by=companion, version=consultation.version, ordered=[result], not_retained={})
    client.force_login(carmen)
    shown = text_of(client.get(reverse("consultations:priority-detail", args=[result.public_id])))
    assert "Cover for both" in shown
    assert str(submitted.public_id) not in shown
    assert client.get(reverse("consultations:priority-detail", args=[submitted.public_id])).status_code == 404


def test_sources_are_no_longer_separately_in_the_lists(client, companion, consultation, done, submitted):
    client.force_login(companion)
    for address in (
        reverse("consultations:priority-list"),
        reverse("consultations:consultation-list-edit", args=[consultation.public_id]),
        reverse("consultations:consultation-detail", args=[consultation.public_id]),
    ):
        shown = text_of(client.get(address))
        assert str(submitted.public_id) not in shown
        assert str(done.results.get().public_id) in shown
    narrowed = text_of(client.get(reverse("consultations:priority-list"), {"state": "replaced"}))
    assert str(submitted.public_id) in narrowed


def test_authors_of_a_source_see_at_home_where_it_stands(client, bob, companion, consultation, done):
    result = Priority.objects.get(amendment=done)
    services.agree_list(consultation, by=companion, version=consultation.version, ordered=[result], not_retained={})
    client.force_login(bob)
    shown = text_of(client.get(reverse("web:work")))
    assert "Continued in another text" in shown
    assert "Agreed by the country" in shown


@pytest.mark.parametrize("count", [1, 12])
def test_pages_ask_the_same_of_the_database(
    client, companion, consultation, union, count, django_assert_max_num_queries
):
    for _number in range(count):
        pair = [make_priority(consultation=consultation, organisation=union) for _one in range(2)]
        amendment = make_amendment(consultation, pair, by=companion)
    client.force_login(companion)
    client.get(list_page(consultation))
    with django_assert_max_num_queries(15):
        client.get(list_page(consultation))
    with django_assert_max_num_queries(14):
        client.get(page_of(amendment))


def test_part_that_nobody_typed_in_does_not_take_the_place_of_a_colleagues(client, companion, second, proposal):
    client.force_login(companion)
    address = page_of(proposal, "edit")
    mine = sent_again(client, address, title_0="Mine")
    save_as(second, proposal, why="A colleague's reason.")
    assert client.post(address, {**mine, "go": "save"}).status_code == 302
    saved = Amendment.objects.get()
    assert (saved.texts[0]["title"], saved.why_fr) == ("Mine", "A colleague's reason.")
    assert not ParkedProposal.objects.exists()
