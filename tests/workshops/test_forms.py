"""The forms of the desk: what they keep, what they refuse and why, and that a form never makes two."""

import re

import pytest
from django.urls import reverse

from planning_portal.languages.models import TranslationState
from planning_portal.languages.services import save_translation
from planning_portal.programme.models import StepResult
from tests import factories as base
from tests.world.things import store_fake_documents
from workshops import services
from workshops.models import Candidate, Decision, LineOfWork, Minutes, Round, Session, Workshop
from workshops.services import create_line, decide, reword_candidate, save_minutes

from . import factories


def url(name, *objects):
    return reverse(f"workshops:{name}", args=[obj.public_id for obj in objects])


def hidden(client, address):
    page = client.get(address)
    assert page.status_code == 200
    return dict(re.findall(r'name="(submission_key|version)" value="([^"]*)"', page.content.decode()))


def send(client, address, **data):
    return client.post(address, {**hidden(client, address), **data})


@pytest.fixture
def desk_client(client, facilitator):
    client.force_login(facilitator)
    return client


# --- Planning ---


def plan_data(**more):
    step = base.make_step("continental")
    return {
        "step": step.pk,
        "zone": base.make_zone("asia").pk,
        "title": "Atelier Asie",
        "language": "fr",
        "starts_on": "2025-10-14",
        "ends_on": "2025-10-16",
        "format": "mixed",
        **more,
    }


def test_planning_a_workshop_twice_makes_one(desk_client, programme):
    address = reverse("workshops:workshop-plan")
    data = {**hidden(desk_client, address), **plan_data()}
    first = desk_client.post(address, data)
    second = desk_client.post(address, data)

    assert first.status_code == 302
    assert first.url == second.url
    workshop = Workshop.objects.get()
    assert (workshop.title_fr, workshop.zone.slug, workshop.sessions.count()) == ("Atelier Asie", "asia", 11)


def test_planning_with_dates_the_wrong_way_round_keeps_what_was_typed(desk_client, programme):
    response = send(desk_client, reverse("workshops:workshop-plan"), **plan_data(ends_on="2025-10-01"))
    html = response.content.decode()

    assert response.status_code == 422
    assert "cannot end before it starts" in html
    assert "Atelier Asie" in html
    assert not Workshop.objects.exists()


@pytest.mark.parametrize("role", ["alice", "companion", "translator"])
def test_planning_is_refused_to_others(request, client, programme, role):
    client.force_login(request.getfixturevalue(role))

    assert client.get(reverse("workshops:workshop-plan")).status_code == 403


def test_changing_the_plan(desk_client, workshop, facilitator):
    send(
        desk_client,
        url("workshop-edit", workshop),
        title="New title",
        language="en",
        starts_on="2025-10-14",
        ends_on="2025-10-16",
        format="virtual",
        place="Manila",
        facilitators=[facilitator.pk],
    )
    workshop.refresh_from_db()

    assert (workshop.title_en, workshop.format, workshop.place) == ("New title", "virtual", "Manila")
    assert list(workshop.facilitators.all()) == [facilitator]


def test_the_plan_of_a_closed_workshop_cannot_be_changed(desk_client, programme):
    assert desk_client.get(url("workshop-edit", factories.make_workshop("closed"))).status_code == 403


def test_adding_a_session_twice_makes_one(desk_client, workshop):
    address = url("session-list", workshop)
    data = {**hidden(desk_client, address), "kind": "welcome", "title": "Hola", "language": "es", "planned_minutes": 9}
    desk_client.post(address, data)
    desk_client.post(address, data)

    assert Session.objects.get().title_es == "Hola"


@pytest.mark.parametrize("minutes", ["0", "", "x", "99999"])
def test_a_session_needs_believable_minutes(desk_client, workshop, minutes):
    response = send(
        desk_client,
        url("session-list", workshop),
        kind="welcome",
        title="Hola",
        language="es",
        planned_minutes=minutes,
    )

    assert response.status_code == 422
    assert "Hola" in response.content.decode()
    assert not Session.objects.exists()


def test_editing_and_removing_a_session(desk_client, workshop):
    session = factories.make_session(workshop, position=1)
    send(
        desk_client,
        url("session-edit", session),
        kind="closing",
        title="Fin",
        language="fr",
        planned_minutes="5",
        position="1",
    )
    session.refresh_from_db()
    assert (session.kind, session.title_fr) == ("closing", "Fin")

    assert desk_client.post(url("session-remove", session)).status_code == 302
    assert desk_client.post(url("session-remove", session)).status_code == 404


# --- Attendance ---


def test_switching_the_language_keeps_the_ticks_and_saves_nothing(desk_client, workshop, union, mutual):
    before = list(workshop.delegations.order_by("pk").values_list("is_present", flat=True))
    data = {"listed": [union.pk, mutual.pk], "present": [mutual.pk], "switch_language": "nl"}
    html = desk_client.post(url("attendance", workshop), data).content.decode()

    assert '<html lang="nl"' in html
    assert f'name="present" value="{mutual.pk}" checked' in html
    assert f'name="present" value="{union.pk}" checked' not in html
    assert list(workshop.delegations.order_by("pk").values_list("is_present", flat=True)) == before


def test_attendance_is_saved_for_what_the_page_listed(desk_client, workshop, union, mutual):
    response = desk_client.post(
        url("attendance", workshop), {"listed": [union.pk, mutual.pk], "present": [mutual.pk]}, follow=True
    )

    assert "Saved." in response.content.decode()
    assert dict(workshop.delegations.values_list("organisation_id", "is_present"))[union.pk] is False
    again = desk_client.post(
        url("attendance", workshop), {"listed": [union.pk, mutual.pk], "present": [mutual.pk]}, follow=True
    )
    assert "Nothing had changed." in again.content.decode()


def test_attendance_with_nonsense_does_no_harm(desk_client, workshop):
    assert (
        desk_client.post(url("attendance", workshop), {"listed": ["x", "9" * 30], "present": ["-1"]}).status_code == 302
    )


# --- Candidates ---


def test_merging_by_ticking(desk_client, workshop, candidates):
    first, second, third = candidates
    response = desk_client.post(
        url("candidate-list", workshop),
        {"others": [second.pk, third.pk], "into": first.pk, "reason": "The same ask", "language": "en"},
        follow=True,
    )

    assert "2 candidates were merged into C01." in response.content.decode()
    assert Decision.objects.filter(merged_into=first).count() == 2


def test_merging_without_a_reason_keeps_the_ticks(desk_client, workshop, candidates):
    first, second, _third = candidates
    response = desk_client.post(
        url("candidate-list", workshop), {"others": [second.pk], "into": first.pk, "reason": "", "language": "en"}
    )
    html = response.content.decode()

    assert response.status_code == 422
    assert re.search(rf'name="others" value="{second.pk}" checked', html)
    assert not Decision.objects.exists()


def test_merging_is_not_offered_while_a_round_is_open(desk_client, workshop, candidates, open_round):
    page = desk_client.get(url("candidate-list", workshop)).content.decode()

    assert "Merge the ticked candidates" not in page
    assert "cannot change before it is closed" in page


def test_merging_while_a_round_is_open_is_refused_with_the_reason(desk_client, workshop, candidates, open_round):
    response = desk_client.post(
        url("candidate-list", workshop),
        {"others": [candidates[1].pk], "into": candidates[0].pk, "reason": "Same", "language": "en"},
    )

    assert response.status_code == 422
    assert not Decision.objects.exists()


def test_members_read_the_candidates_and_cannot_merge(client, workshop, candidates, alice):
    client.force_login(alice)
    page = client.get(url("candidate-list", workshop)).content.decode()

    assert "3 candidates" in page
    assert "Merge the ticked" not in page
    assert client.post(url("candidate-list", workshop), {"others": [candidates[1].pk]}).status_code == 403


def test_splitting_back_twice(desk_client, candidates):
    first, second, _third = candidates
    factories.make_decision(second, "merged", merged_into=first)
    one = desk_client.post(url("candidate-split", second), follow=True).content.decode()
    two = desk_client.post(url("candidate-split", second), follow=True).content.decode()

    assert "C02 stands on its own again." in one
    assert "C02 stands on its own already." in two


def test_rewording_over_somebody_elses_words_shows_both(desk_client, candidates, facilitator):
    candidate = candidates[0]
    data = {**hidden(desk_client, url("candidate-reword", candidate)), "language": "en", "statement": ""}
    reword_candidate(candidate, by=facilitator, title="Their words", statement="", language="en", version=1)
    response = desk_client.post(url("candidate-reword", candidate), {**data, "title": "My words"})
    html = response.content.decode()

    assert response.status_code == 409
    assert "Their words" in html
    assert 'value="My words"' in html
    assert 'name="version" value="2"' in html
    again = desk_client.post(url("candidate-reword", candidate), {**data, "title": "My words", "version": "2"})
    assert again.status_code == 302
    assert Candidate.objects.get(pk=candidate.pk).title_en == "My words"


# --- Rounds ---


def test_preparing_dropping_and_opening_a_round(desk_client, workshop, candidates):
    address = url("round-list", workshop)
    desk_client.post(address, {"seats": 2, "rule": "plain_count"})
    round_ = Round.objects.get()
    assert (round_.state, round_.seats) == ("prepared", 2)
    desk_client.post(address, {"seats": 3, "rule": "plain_count"})
    assert Round.objects.get().seats == 3

    desk_client.post(url("round-drop", round_))
    assert not Round.objects.exists()
    desk_client.post(address, {"seats": 2, "rule": "plain_count"})
    page = desk_client.post(url("round-open", Round.objects.get()), follow=True).content.decode()
    assert "The round is open" in page
    assert Round.objects.get().entitlements.count() == 3


def test_too_many_seats_are_refused_beside_the_field(desk_client, workshop, candidates):
    response = desk_client.post(url("round-list", workshop), {"seats": 9, "rule": "plain_count"})

    assert response.status_code == 422
    assert "not more than there are candidates" in response.content.decode()


# --- Decisions ---


def decision_data(**more):
    return {"outcome": "adopted", "reason": "We need it", "language": "en", "merged_into": "", "line": "", **more}


def test_deciding_leads_to_the_next_candidate(desk_client, candidates, workshop):
    response = send(desk_client, url("decision-edit", candidates[0]), **decision_data())

    assert response.url == url("decision-edit", candidates[1])
    assert Decision.objects.get().outcome == "adopted"


def test_deciding_the_last_leads_to_the_list(desk_client, candidates, workshop):
    for candidate in candidates[:2]:
        factories.make_decision(candidate)

    assert send(desk_client, url("decision-edit", candidates[2]), **decision_data()).url == url(
        "decision-list", workshop
    )


def test_deciding_without_a_reason_keeps_the_choice(desk_client, candidates):
    response = send(desk_client, url("decision-edit", candidates[0]), **decision_data(reason="", outcome="deferred"))
    html = response.content.decode()

    assert response.status_code == 422
    assert re.search(r'value="deferred"[^>]*checked', html)
    assert "Say why" in html


def test_deciding_over_somebody_elses_decision_shows_both(desk_client, candidates, facilitator):
    address = url("decision-edit", candidates[0])
    data = {**hidden(desk_client, address), **decision_data(reason="My reason")}
    decide(candidates[0], outcome="deferred", reason="Their reason", language="en", by=facilitator)
    response = desk_client.post(address, data)
    html = response.content.decode()

    assert response.status_code == 409
    assert "Their reason" in html
    assert "My reason" in html
    assert Decision.objects.get().outcome == "deferred"


def test_a_line_is_not_kept_for_what_is_not_retained(desk_client, candidates, workshop):
    line = factories.make_line(workshop)
    send(desk_client, url("decision-edit", candidates[0]), **decision_data(outcome="not_retained", line=line.pk))

    assert Decision.objects.get().line is None


def test_decisions_of_a_closed_workshop_are_refused_with_the_reason(desk_client, programme):
    candidate = factories.make_candidate(factories.make_workshop("closed"))
    response = desk_client.get(url("decision-edit", candidate))

    assert response.status_code == 403
    assert "its outcome is frozen" in response.content.decode()


def test_switching_the_language_keeps_a_decision_that_is_being_typed(desk_client, candidates):
    address = url("decision-edit", candidates[0])
    data = {**hidden(desk_client, address), **decision_data(reason="Half a sent", switch_language="nl")}
    html = desk_client.post(address, data).content.decode()

    assert '<html lang="nl"' in html
    assert "Half a sent" in html
    assert not Decision.objects.exists()


# --- Lines of work ---


def line_data(kind, **more):
    return {"title": "Cover", "statement": "All are covered", "language": "en", "theme": kind.pk, **more}


def test_a_line_is_made_once(desk_client, workshop, union, candidates):
    address = url("line-create", workshop)
    data = {**hidden(desk_client, address), **line_data(candidates[0].theme, lead=union.pk, organisations=[union.pk])}
    desk_client.post(address, data)
    desk_client.post(address, data)
    line = LineOfWork.objects.get()

    assert (line.code, line.title_en, line.lead) == ("L1", "Cover", union)
    assert list(line.organisations.all()) == [union]


def test_a_line_without_theme_is_refused(desk_client, workshop, candidates):
    response = send(desk_client, url("line-create", workshop), **line_data(candidates[0].theme, theme=""))

    assert response.status_code == 422
    assert not LineOfWork.objects.exists()


def test_editing_a_line_over_somebody_elses_edit_shows_both(desk_client, workshop, candidates, facilitator):
    theme = candidates[0].theme
    line = create_line(workshop, title="Old", statement="Old", language="en", theme=theme, by=facilitator)
    LineOfWork.objects.filter(pk=line.pk).update(version=2, title_en="Theirs")
    response = desk_client.post(url("line-edit", line), {**line_data(theme, title="Mine"), "version": "1"})
    html = response.content.decode()

    assert response.status_code == 409
    assert "Theirs" in html
    assert 'value="Mine"' in html


# --- Minutes ---


def test_minutes_begin_as_a_draft_from_the_log_and_nothing_is_kept_before_saving(desk_client, workshop, candidates):
    page = desk_client.get(url("minutes-edit", workshop)).content.decode()

    assert "3 of 3 organisations took part." in page
    assert not Minutes.objects.exists()


def test_minutes_by_two_at_once_show_both(desk_client, workshop, facilitator):
    address = url("minutes-edit", workshop)
    data = {**hidden(desk_client, address), "language": "en", "text": "Mine"}
    save_minutes(workshop, text="Theirs", language="en", by=facilitator, version=0)
    response = desk_client.post(address, data)
    html = response.content.decode()

    assert response.status_code == 409
    assert "Theirs" in html
    assert ">\nMine</textarea>" in html
    assert Minutes.objects.get().text_en == "Theirs"


def test_minutes_are_read_and_not_written_by_coordinators(client, workshop, facilitator, coordinator):
    save_minutes(workshop, text="We met.", language="en", by=facilitator)
    client.force_login(coordinator)
    page = client.get(url("minutes-edit", workshop)).content.decode()

    assert "We met." in page
    assert "<textarea" not in page
    assert client.post(url("minutes-edit", workshop), {"text": "x", "language": "en"}).status_code == 403


# --- Closing ---


def test_closing_lists_what_is_missing_with_links(desk_client, workshop, candidates, open_round):
    page = desk_client.get(url("workshop-close", workshop)).content.decode()

    assert "A round of weighing is still open" in page
    assert url("round-list", workshop) in page
    assert "3 candidates are still to be decided" in page
    assert "Close the workshop" not in page


def test_closing_with_something_missing_is_refused(desk_client, workshop, candidates):
    page = desk_client.post(url("workshop-close", workshop), follow=True).content.decode()

    assert "3 candidates are still to be decided" in page
    workshop.refresh_from_db()
    assert workshop.state == "open"


def test_closing_leads_to_the_progress_of_the_summary_then_to_its_publication(desk_client, facilitator, programme):
    workshop = factories.hold_workshop(facilitator=facilitator)
    response = desk_client.post(url("workshop-close", workshop), follow=True)
    assert response.redirect_chain[-1][0].startswith("/en/jobs/")
    assert response.status_code == 200

    again = desk_client.post(url("workshop-close", workshop), follow=True)
    assert "Only a workshop that is going on can be closed." in again.content.decode()
    page = desk_client.get(url("workshop-close", workshop)).content.decode()
    assert "The summary is being made" in page

    assert "Publish it on the programme" not in page
    early = desk_client.post(url("workshop-publish", workshop), follow=True)
    assert "not there in all four languages yet" in early.content.decode()
    assert not StepResult.objects.exists()

    store_fake_documents(workshop, "workshop-summary", version="1", audience="public")
    assert "Publish it on the programme" in desk_client.get(url("workshop-close", workshop)).content.decode()
    published = desk_client.post(url("workshop-publish", workshop), follow=True)
    assert "Published: the summary is on the programme" in published.content.decode()


def test_a_new_version_is_made_once_and_only_when_a_translation_changed(desk_client, facilitator, translator):
    workshop = factories.hold_workshop(facilitator=facilitator, until="closed")

    def form():
        page = desk_client.get(url("workshop-close", workshop)).content.decode()
        return dict(re.findall(r'name="(submission_key)" value="([^"]*)"', page))

    refused = desk_client.post(url("workshop-rebuild", workshop), form(), follow=True)
    assert "No translation has changed since version 1 was made" in refused.content.decode()

    save_translation(
        workshop.candidates.get(code="C01"), "title", "nl", "Een dekking", by=translator, state=TranslationState.DONE
    )
    data = form()
    first, second = (desk_client.post(url("workshop-rebuild", workshop), data) for _click in range(2))
    assert first.url == second.url
    assert first.url.startswith("/en/jobs/")
    workshop.refresh_from_db()
    assert workshop.summary_version == 2


def test_texts_that_name_what_is_kept_back_are_listed_before_publication(desk_client, facilitator, benin):
    hidden = base.make_organisation(country=benin, identity="withheld", name="Syndicat des Écoles", acronym="SYDEC")
    workshop = factories.hold_workshop(facilitator=facilitator)
    line = workshop.lines.get()
    type(line).objects.filter(pk=line.pk).update(statement_en="Led with the SYNDICAT DES ECOLES in Bénin.")
    candidate = workshop.candidates.get(code="C03")
    type(candidate).objects.filter(pk=candidate.pk).update(title_en="SYDEC asks; sydecology does not")
    type(benin).objects.filter(pk=benin.pk).update(risk_level="high")
    services.close_workshop(workshop, by=facilitator)

    page = desk_client.get(url("workshop-close", workshop)).content.decode()
    notice = page.split("Read these once more before everybody can")[1].split("</ul>")[0]
    assert f'href="{reverse("workshops:line-detail", args=[line.public_id])}"' in notice
    assert f'href="{reverse("workshops:candidate-detail", args=[candidate.public_id])}"' in notice
    assert hidden.name in notice
    assert "Benin" in notice
    assert notice.count("SYDEC") == 1
    assert "Candidate C01" not in notice


@pytest.mark.parametrize("page", ["workshop-publish", "workshop-rebuild"])
def test_publishing_an_open_workshop_is_refused_with_the_reason(desk_client, workshop, page):
    response = desk_client.post(url(page, workshop))

    assert response.status_code == 403
    assert "Only a workshop that is closed has a summary." in response.content.decode()


@pytest.mark.parametrize("page", ["workshop-close", "workshop-publish", "workshop-rebuild"])
def test_closing_and_publishing_are_refused_to_partners(client, workshop, alice, page):
    client.force_login(alice)

    assert client.post(url(page, workshop)).status_code == 403


def test_a_coordinator_publishes_but_does_not_close(client, coordinator, facilitator, programme):
    workshop = factories.hold_workshop(facilitator=facilitator)
    client.force_login(coordinator)
    assert client.post(url("workshop-close", workshop)).status_code == 403

    closed = factories.make_workshop("closed", snapshot={"title": {"source": "en", "texts": {"en": "x"}, "kinds": {}}})
    store_fake_documents(closed, "workshop-summary", version="1", audience="public")
    assert client.post(url("workshop-publish", closed)).status_code == 302
    closed.refresh_from_db()
    assert closed.state == "published"
