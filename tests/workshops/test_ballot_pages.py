"""The ballot on a phone: cast, changed, sent twice, too late, by a colleague at once; by a facilitator, from paper."""

import gzip
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from planning_portal.workflow.models import TransitionLog
from tests import factories as base
from workshops.models import Ballot, Round
from workshops.services import cast_ballot, close_round

from . import factories

FRAME = ("SAVEPOINT", "django_session", 'FROM "organisations_user"', "organisations_membership", "programme_role")


def url(name, round_, *more):
    return reverse(f"workshops:{name}", args=[round_.public_id, *more])


def paper_of(client, address):
    page = client.get(address)
    assert page.status_code == 200
    return dict(re.findall(r'name="(submission_key|version|for)" value="([^"]*)"', page.content.decode()))


def cast(client, address, candidates, **more):
    data = {**paper_of(client, address), "choice": [candidate.pk for candidate in candidates], **more}
    return client.post(address, data, follow=True)


@pytest.fixture
def voter(client, alice):
    client.force_login(alice)
    return client


def test_the_ballot_lists_the_candidates_by_theme(voter, open_round, candidates):
    page = voter.get(url("ballot-cast", open_round)).content.decode()

    for candidate in candidates:
        assert candidate.title_en in page
        assert f'id="theme-{candidate.theme.pk}"' in page
        assert f'href="#theme-{candidate.theme.pk}"' in page
    assert "Approve all that you would work on" in page


def test_casting_leads_to_a_receipt(voter, open_round, candidates, alice, union):
    page = cast(voter, url("ballot-cast", open_round), candidates[:2])
    ballot = Ballot.objects.get()

    assert page.redirect_chain[-1][0].startswith(url("ballot-receipt", open_round))
    assert ballot.receipt_number in page.content.decode()
    assert "You approve 2 candidates" in page.content.decode()
    assert (ballot.organisation, ballot.cast_by, ballot.source) == (union, alice, "own")


def test_the_ballot_can_be_changed_until_the_round_closes(voter, open_round, candidates):
    address = url("ballot-cast", open_round)
    cast(voter, address, candidates[:1])
    page = voter.get(address).content.decode()
    assert "You can still change it" in page
    assert f'value="{candidates[0].pk}" checked' in page

    cast(voter, address, candidates[1:])
    assert set(Ballot.objects.get().choices.all()) == set(candidates[1:])
    assert Ballot.objects.get().version == 2


def test_a_double_click_casts_once_and_shows_the_same_receipt(voter, open_round, candidates):
    address = url("ballot-cast", open_round)
    data = {**paper_of(voter, address), "choice": [candidates[0].pk]}
    first = voter.post(address, data)
    second = voter.post(address, data)

    assert first.url == second.url
    assert Ballot.objects.get().version == 1


def test_an_empty_ballot_asks_whether_it_is_meant(voter, open_round, candidates):
    page = cast(voter, url("ballot-cast", open_round), [])

    assert page.status_code == 422
    assert "Choose at least one candidate" in page.content.decode()
    assert not Ballot.objects.exists()


def test_a_ballot_that_says_both_is_asked_which(voter, open_round, candidates):
    page = cast(voter, url("ballot-cast", open_round), [candidates[0]], blank="1")

    assert page.status_code == 422
    assert "untick one or the other" in page.content.decode()
    assert not Ballot.objects.exists()


def test_a_blank_ballot_is_taken_when_it_is_meant(voter, open_round, candidates):
    page = cast(voter, url("ballot-cast", open_round), [], blank="1")

    assert "A blank ballot" in page.content.decode()
    assert Ballot.objects.get().choices.count() == 0


@pytest.mark.parametrize("choice", ["x", "999999", "9" * 40, "-1"])
def test_choices_that_are_not_on_the_ballot_are_refused_or_ignored(voter, open_round, candidates, choice):
    address = url("ballot-cast", open_round)
    response = voter.post(address, {**paper_of(voter, address), "choice": [choice]})

    assert response.status_code == 422
    assert not Ballot.objects.exists()


def test_a_colleagues_ballot_and_mine_are_both_shown_and_theirs_counts(voter, open_round, candidates, union):
    address = url("ballot-cast", open_round)
    data = {**paper_of(voter, address), "choice": [candidates[2].pk]}
    colleague = base.make_user(organisation=union)
    cast_ballot(open_round, union, [candidates[0].pk], by=colleague)

    page = voter.post(address, data)
    html = page.content.decode()

    assert page.status_code == 409
    assert "A colleague has cast your organisation's ballot meanwhile" in html
    assert f"<strong>{candidates[0].code}</strong>" in html.split("What your colleague chose")[1].split("</ul>")[0]
    assert f'value="{candidates[2].pk}" checked' in html
    assert f'value="{candidates[0].pk}" checked' not in html
    assert list(Ballot.objects.get().choices.all()) == [candidates[0]]
    # Sending it again, on purpose, replaces theirs.
    again = dict(re.findall(r'name="(submission_key|version|for)" value="([^"]*)"', html))
    voter.post(address, {**again, "choice": [candidates[2].pk]})
    assert list(Ballot.objects.get().choices.all()) == [candidates[2]]


def test_after_the_closing_nothing_is_taken_and_what_was_chosen_stays_visible(
    voter, open_round, candidates, facilitator
):
    Round.objects.filter(pk=open_round.pk).update(secrecy="open")
    address = url("ballot-cast", open_round)
    cast(voter, address, candidates[:1])
    late = {**paper_of(voter, address), "choice": [candidates[2].pk]}
    close_round(open_round, by=facilitator)

    refused = voter.post(address, late)
    looked = voter.get(address)

    assert refused.status_code == 403
    assert looked.status_code == 200
    for page in (refused.content.decode(), looked.content.decode()):
        assert "This round of weighing is closed" in page
        assert candidates[0].title_en in page
        assert candidates[2].title_en not in page
        assert 'type="checkbox"' not in page
    assert list(Ballot.objects.get().choices.all()) == [candidates[0]]


def test_a_round_that_closes_under_the_voter_refuses_with_the_reason(voter, open_round, candidates, monkeypatch):
    """The state is looked at again under the lock."""
    address = url("ballot-cast", open_round)
    data = {**paper_of(voter, address), "choice": [candidates[0].pk]}
    from workshops.views import ballots

    original = ballots.answer_once

    def close_first(*args):
        Round.objects.filter(pk=open_round.pk).update(
            state="closed",
            closed_at=open_round.opened_at,
            result={"candidates": [candidate.pk for candidate in candidates]},
        )
        return original(*args)

    monkeypatch.setattr(ballots, "answer_once", close_first)
    response = voter.post(address, data)

    assert response.status_code == 403
    assert "This round of weighing is closed" in response.content.decode()
    assert not Ballot.objects.exists()


def test_before_the_opening_nothing_is_taken(voter, workshop, candidates, union):
    round_ = factories.make_round(workshop, "prepared")
    round_.entitlements.create(organisation=union)
    page = voter.get(url("ballot-cast", round_))

    assert "has not been opened yet" in page.content.decode()
    assert voter.post(url("ballot-cast", round_), {"choice": candidates[0].pk}).status_code == 403


def test_a_colleague_without_mandate_sees_the_state_and_cannot_cast(client, open_round, candidates, union):
    client.force_login(base.make_user(organisation=union, has_mandate=False))
    page = client.get(url("ballot-cast", open_round)).content.decode()

    assert "mandate" in page
    assert "Cast the ballot" not in page
    assert client.post(url("ballot-cast", open_round), {"choice": candidates[0].pk}).status_code == 403


def test_an_organisation_that_does_not_vote_is_told_so(client, open_round, benin):
    client.force_login(base.make_user(organisation=base.make_organisation(country=benin)))
    response = client.get(url("ballot-cast", open_round))

    assert response.status_code == 403
    assert "not among those that vote" in response.content.decode()


@pytest.mark.parametrize("role", ["facilitator", "coordinator", "translator"])
def test_the_ballot_is_only_for_organisations(request, client, open_round, role):
    client.force_login(request.getfixturevalue(role))

    assert client.get(url("ballot-cast", open_round)).status_code == 403
    assert client.get(url("ballot-receipt", open_round)).status_code == 403


def test_strangers_find_no_ballot(client, open_round):
    client.force_login(base.make_user())

    assert client.get(url("ballot-cast", open_round)).status_code == 404


def test_the_receipt_of_another_organisation_is_not_shown(voter, open_round, candidates, mutual):
    ballot = cast_ballot(open_round, mutual, [candidates[0].pk], by=None, version=None)
    response = voter.get(url("ballot-receipt", open_round), {"for": mutual.public_id})

    assert response.status_code == 403
    assert ballot.receipt not in response.content.decode()


def test_who_acts_for_two_organisations_chooses(voter, open_round, candidates, alice, mutual):
    from planning_portal.organisations.models import Membership

    Membership.objects.create(user=alice, organisation=mutual, has_mandate=True)
    address = url("ballot-cast", open_round)
    cast(voter, address, candidates[:1])
    # The first is in: the page now shows the other one.
    page = voter.get(address).content.decode()
    assert f'name="for" value="{mutual.public_id}"' in page
    cast(voter, f"{address}?for={mutual.public_id}", candidates[1:])

    assert Ballot.objects.count() == 2


@pytest.mark.parametrize("acts_for_two", [False, True])
def test_a_ballot_for_somebody_else_never_becomes_ones_own(voter, open_round, candidates, alice, union, acts_for_two):
    """The address or form of an organisation that one does not vote for: refused, whatever was cast before."""
    if acts_for_two:
        other = base.make_organisation(country=union.country)
        from planning_portal.organisations.models import Membership

        Membership.objects.create(user=alice, organisation=other, has_mandate=True)
    address = url("ballot-cast", open_round)
    cast(voter, address, candidates[:1])
    stranger = base.make_organisation(country=union.country)
    data = {**paper_of(voter, address), "choice": [candidates[2].pk], "for": stranger.public_id}

    assert voter.post(address, data).status_code == 403
    assert voter.get(address, {"for": stranger.public_id}).status_code == 403
    assert voter.get(address, {"for": "nonsense"}).status_code == 403
    assert list(Ballot.objects.get().choices.all()) == [candidates[0]]


def test_who_acts_for_two_organisations_says_for_which_a_ballot_is(voter, open_round, candidates, alice, mutual):
    from planning_portal.organisations.models import Membership

    Membership.objects.create(user=alice, organisation=mutual, has_mandate=True)
    address = url("ballot-cast", open_round)
    data = {**paper_of(voter, address), "choice": [candidates[0].pk]}
    del data["for"]

    assert voter.post(address, data).status_code == 403
    assert not Ballot.objects.exists()


def test_the_language_switch_keeps_what_is_ticked(voter, open_round, candidates):
    address = url("ballot-cast", open_round)
    data = {**paper_of(voter, address), "choice": [candidates[1].pk], "switch_language": "fr"}
    page = voter.post(address, data)
    html = page.content.decode()

    assert page.status_code == 200
    assert '<html lang="fr"' in html
    assert f'value="{candidates[1].pk}" checked' in html
    assert 'action="/fr/' in html
    assert not Ballot.objects.exists()


def test_the_ballot_says_in_which_language_a_candidate_is_written(voter, open_round, candidates):
    page = voter.get(url("ballot-cast", open_round).replace("/en/", "/nl/")).content.decode()

    assert 'lang="en"' in page
    assert "Original" in page or "Origineel" in page


# --- Entered by a facilitator ---


@pytest.fixture
def desk_client(client, facilitator):
    client.force_login(facilitator)
    return client


def test_a_facilitator_enters_a_paper_ballot(desk_client, open_round, candidates, union, facilitator):
    cast(desk_client, url("ballot-enter", open_round, union.public_id), candidates[:1], source="paper")
    ballot = Ballot.objects.get()

    assert (ballot.organisation, ballot.source, ballot.cast_by) == (union, "paper", facilitator)


def test_entering_a_ballot_asks_how_it_came(desk_client, open_round, candidates, union):
    page = cast(desk_client, url("ballot-enter", open_round, union.public_id), candidates[:1], source="own")

    assert page.status_code == 422
    assert "Say how the ballot came to you" in page.content.decode()
    assert not Ballot.objects.exists()


def test_a_facilitator_does_not_see_what_an_organisation_chose(desk_client, open_round, candidates, union):
    cast_ballot(open_round, union, [candidates[0].pk], by=None, version=None)
    page = desk_client.get(url("ballot-enter", open_round, union.public_id)).content.decode()
    listed = desk_client.get(reverse("workshops:round-list", args=[open_round.workshop.public_id])).content.decode()

    assert "checked" not in page
    assert "What is on it stays hidden" in page
    assert "cast by the organisation" in listed
    assert candidates[0].title_en not in listed


def test_a_facilitator_is_told_of_a_ballot_that_came_in_meanwhile(desk_client, open_round, candidates, union, alice):
    address = url("ballot-enter", open_round, union.public_id)
    data = {**paper_of(desk_client, address), "choice": [candidates[2].pk], "source": "paper"}
    cast_ballot(open_round, union, [candidates[0].pk], by=alice)
    page = desk_client.post(address, data)

    assert page.status_code == 409
    assert "came in meanwhile" in page.content.decode()
    assert "What your colleague chose" not in page.content.decode()
    assert list(Ballot.objects.get().choices.all()) == [candidates[0]]


def test_an_organisations_own_ballot_is_replaced_only_with_a_tick_and_a_reason(
    desk_client, open_round, candidates, union, alice
):
    ballot = cast_ballot(open_round, union, [candidates[0].pk], by=alice)
    address = url("ballot-enter", open_round, union.public_id)
    assert 'class="notice done"' not in desk_client.get(address).content.decode()

    for said in ({}, {"why": "They rang."}, {"replace": "1"}, {"replace": "1", "why": "  "}):
        page = cast(desk_client, address, candidates[1:], source="paper", **said)
        assert page.status_code == 422
        assert "has cast its ballot itself" in page.content.decode()
    assert list(Ballot.objects.get().choices.all()) == [candidates[0]]

    cast(desk_client, address, candidates[1:], source="paper", replace="1", why="They rang.")
    replaced = Ballot.objects.get()
    log = TransitionLog.objects.get(name="replace_ballot")
    assert (replaced.source, replaced.version) == ("paper", 2)
    assert (log.reason, log.organisation_id) == ("They rang.", union.pk)
    assert replaced.receipt_number != ballot.receipt_number


def test_an_organisation_sends_what_was_entered_for_it_and_makes_it_its_own(
    voter, open_round, candidates, union, facilitator
):
    entered = cast_ballot(open_round, union, [candidates[0].pk], by=facilitator, source="facilitator")
    receipt = voter.get(url("ballot-receipt", open_round), {"for": union.public_id}).content.decode()
    assert "has not sent this ballot itself" in receipt

    page = cast(voter, url("ballot-cast", open_round), candidates[:1]).content.decode()
    ballot = Ballot.objects.get()
    assert (ballot.source, ballot.receipt_number) == ("own", entered.receipt_number)
    assert "has not sent this ballot itself" not in page


@pytest.mark.parametrize("role", ["alice", "coordinator", "companion"])
def test_only_facilitators_enter_ballots(request, client, open_round, candidates, mutual, role):
    client.force_login(request.getfixturevalue(role))
    address = url("ballot-enter", open_round, mutual.public_id)

    assert client.get(address).status_code == 403
    assert client.post(address, {"choice": candidates[0].pk, "source": "paper"}).status_code == 403


def test_a_ballot_of_an_organisation_that_does_not_vote_cannot_be_entered(desk_client, open_round, benin):
    other = base.make_organisation(country=benin)

    assert desk_client.get(url("ballot-enter", open_round, other.public_id)).status_code == 404


# --- What it costs ---


def big_round(number):
    workshop = factories.make_workshop()
    themes = [base.make_theme(title_en=f"Theme {place}") for place in range(5)]
    candidates = [
        factories.make_candidate(
            workshop, theme=themes[place % 5], title_en=f"A proposal with a title as long as people write them, {place}"
        )
        for place in range(number)
    ]
    return workshop, candidates


def test_the_ballot_costs_the_same_at_any_size(voter, union):
    counts = []
    for number in (3, 60):
        workshop, candidates = big_round(number)
        factories.make_delegations(workshop, [union])
        round_ = factories.make_round(workshop)
        cast_ballot(round_, union, [candidate.pk for candidate in candidates], by=None, version=None)
        voter.get(url("ballot-cast", round_))
        with CaptureQueriesContext(connection) as context:
            voter.get(url("ballot-cast", round_))
        counts.append([q["sql"] for q in context.captured_queries if not any(word in q["sql"] for word in FRAME)])

    assert len(counts[0]) == len(counts[1]) <= 6, "\n".join(counts[1])


def test_the_ballot_is_small_enough_for_a_slow_line(voter, union):
    workshop, _candidates = big_round(80)
    factories.make_delegations(workshop, [union])
    page = voter.get(url("ballot-cast", factories.make_round(workshop)))

    assert len(gzip.compress(page.content)) < 14_000
