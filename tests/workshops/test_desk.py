"""The desk: what it says is next, its live part, its clicks, and what it costs."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from planning_portal.languages.models import TranslationState
from planning_portal.languages.services import sync_units
from tests import factories as base
from tests.consultations.factories import make_consultation, make_priority
from workshops.models import Candidate, Round, Session, Workshop
from workshops.queries.desk import desk_of, needs_of, with_counts
from workshops.services import cast_ballot, close_round, set_presence

from . import factories

# What every page asks of whoever is signed in: the session, the person with their organisations and roles, the header.
FRAME = (
    "SAVEPOINT",
    "django_session",
    'FROM "organisations_user"',
    'FROM "organisations_membership"',
    'FROM "programme_role"',
    "programme_role_countries",
    'FROM "programme_programme"',
)


def url(name, obj):
    return reverse(f"workshops:{name}", args=[obj.public_id])


def desk(workshop):
    return desk_of(with_counts(Workshop.objects.with_context()).get(pk=workshop.pk))


def next_text(workshop):
    step = desk(workshop).next_step
    return step.text if step else None


@pytest.fixture
def desk_client(client, facilitator):
    client.force_login(facilitator)
    return client


# --- The one thing to do next ---


def test_next_step_of_a_planned_workshop_is_to_open_it(programme):
    assert next_text(factories.make_workshop("planned")) == "Open the workshop"


def test_next_step_starts_the_first_session_then_leads_on(workshop, candidates):
    first = factories.make_session(workshop, position=1, title_en="Welcome")
    second = factories.make_session(workshop, position=2, title_en="Groups")
    assert next_text(workshop) == "Start: Welcome"

    Session.objects.filter(pk=first.pk).update(started_at=timezone.now())
    step = desk(workshop).next_step
    assert step.text == "Go on to: Groups"
    assert step.fields == {"ending": str(first.public_id)}

    Session.objects.filter(pk=second.pk).delete()
    assert next_text(workshop) == "End: Welcome"


def test_next_step_in_a_weighing_session_follows_the_round(workshop, candidates):
    session = factories.make_session(workshop, kind="weighing", started_at=timezone.now())
    assert next_text(workshop) == "Prepare a round of weighing"

    round_ = factories.make_round(workshop, "prepared")
    assert next_text(workshop) == "Open the round to the organisations"

    Round.objects.filter(pk=round_.pk).update(state="open", session=session)
    step = desk(workshop).next_step
    assert step.text == "Close the round"
    assert "No ballot" in step.confirm

    Round.objects.filter(pk=round_.pk).update(state="closed", closed_at=timezone.now(), result={})
    assert next_text(workshop) == f"End: {session.title_en}"


def test_next_step_after_the_sessions_decides_then_closes(workshop, candidates):
    step = desk(workshop).next_step
    assert (step.text, step.note) == ("Decide C01", "3 candidates are still to be decided.")

    for candidate in candidates:
        factories.make_decision(candidate)
    assert next_text(workshop) == "Close the workshop"


@pytest.mark.parametrize(("state", "text"), [("closed", "Look at the summary, then publish it"), ("published", None)])
def test_next_step_after_the_closing(programme, state, text):
    assert next_text(factories.make_workshop(state)) == text


def test_needs_of_says_in_words_what_a_workshop_needs(workshop, candidates, open_round):
    def needs():
        return needs_of(with_counts(Workshop.objects.all()).get(pk=workshop.pk))

    assert needs() == "A round of weighing is open."
    open_round.delete()
    session = factories.make_session(workshop, started_at=timezone.now())
    assert needs() == "A session is running."
    Session.objects.filter(pk=session.pk).update(started_at=None)
    assert needs() == "1 session is still to be held."
    session.delete()
    assert needs() == "3 candidates are still to be decided."
    for candidate in candidates:
        factories.make_decision(candidate)
    assert needs() == "Everything is decided: it can be closed."


# --- Time ---


def test_time_runs_on_the_server_and_the_drift_adds_up(workshop):
    now = timezone.now()
    factories.make_session(
        workshop,
        position=1,
        planned_minutes=30,
        started_at=now - timedelta(minutes=70),
        ended_at=now - timedelta(minutes=30),
    )
    running = factories.make_session(workshop, position=2, planned_minutes=20, started_at=now - timedelta(minutes=25))

    found = desk(workshop)

    assert [line.minutes for line in found.lines] == [40, 25]
    assert found.running.session == running
    assert found.running.over == 5
    assert found.drift == 15


def test_a_running_session_that_is_in_time_adds_no_drift(workshop):
    factories.make_session(workshop, planned_minutes=30, started_at=timezone.now() - timedelta(minutes=10))

    assert desk(workshop).drift == 0


def test_a_day_ahead_of_its_plan_says_so(workshop):
    now = timezone.now()
    factories.make_session(workshop, planned_minutes=30, started_at=now - timedelta(minutes=10), ended_at=now)

    assert desk(workshop).ahead == 20


# --- The page ---


def test_the_desk_shows_ballots_received_by_zone_and_no_values(
    desk_client, workshop, candidates, open_round, union, stranger_organisation
):
    cast_ballot(open_round, union, [candidates[0].pk], by=None, version=None)
    cast_ballot(open_round, stranger_organisation, [candidates[0].pk], by=None, version=None)
    page = desk_client.get(url("workshop-desk", workshop)).content.decode()

    assert "ballots 2/3" in page
    assert re.search(r"West Africa</th><td class=\"numbers\">1 / 2<", page)
    assert re.search(r"Latin America Caribbean</th><td class=\"numbers\">1 / 1<", page)
    assert candidates[0].title_en not in page


def test_the_desk_of_a_planned_workshop_says_what_waits(desk_client, benin, peru):
    make_priority(consultation=make_consultation(country=benin, state="closed"), state="agreed")
    make_consultation(country=peru)
    page = desk_client.get(url("workshop-desk", factories.make_workshop("planned"))).content.decode()

    assert "1 agreed priority is ready to come in" in page
    assert "1 country has not closed its consultation" in page


@pytest.mark.parametrize("role", ["alice", "companion", "translator"])
def test_the_desk_is_refused_with_the_reason_to_whoever_only_takes_part(request, client, workshop, role):
    client.force_login(request.getfixturevalue(role))
    for page in ("workshop-desk", "workshop-desk-live", "attendance", "round-list", "decision-list", "workshop-close"):
        response = client.get(url(page, workshop))
        assert response.status_code == 403
        assert "The desk is for the facilitators" in response.content.decode()


def test_the_desk_does_not_exist_for_strangers(client, workshop):
    client.force_login(base.make_user())

    assert client.get(url("workshop-desk", workshop)).status_code == 404


def test_the_desk_asks_visitors_to_sign_in(client, workshop):
    assert client.get(url("workshop-desk", workshop)).status_code == 302


def test_a_coordinator_reads_the_desk_and_finds_no_button(client, workshop, candidates, coordinator):
    factories.make_session(workshop, position=1)
    client.force_login(coordinator)
    page = client.get(url("workshop-desk", workshop)).content.decode()

    assert "session-start" not in page
    assert "/start/" not in page
    assert "Next:" in page


def test_addresses_and_titles_say_nothing(desk_client, workshop, candidates):
    page = desk_client.get(url("workshop-desk", workshop)).content.decode()

    assert "<title>Desk</title>" in page
    assert str(workshop.public_id) in url("workshop-desk", workshop)


# --- The live part ---


def strip_keys(html):
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", html)


def test_the_live_part_equals_the_same_part_of_a_fresh_page(desk_client, workshop, candidates, open_round):
    factories.make_session(workshop, kind="weighing", started_at=timezone.now())
    whole = strip_keys(desk_client.get(url("workshop-desk", workshop)).content.decode())
    part = strip_keys(desk_client.get(url("workshop-desk-live", workshop)).content.decode()).strip()
    # The navigation marks the same page as current in both.
    assert part in whole


def test_the_live_part_answers_304_and_204_until_something_changes(desk_client, workshop, candidates, facilitator):
    address = url("workshop-desk-live", workshop)
    first = desk_client.get(address)
    etag = first.headers["ETag"]
    version = etag.removeprefix("W/").strip('"')

    unchanged = desk_client.get(address, headers={"If-None-Match": etag})
    assert unchanged.status_code == 304
    assert unchanged.content == b""
    assert desk_client.get(address, {"seen": version}).status_code == 204

    ids = list(workshop.delegations.values_list("organisation_id", flat=True))
    set_presence(workshop, by=facilitator, present=[], listed=ids)
    assert desk_client.get(address, headers={"If-None-Match": etag}).status_code == 200
    assert desk_client.get(address, {"seen": version}).status_code == 200


def test_a_ballot_changes_the_live_part(desk_client, workshop, candidates, open_round, union, alice):
    address = url("workshop-desk-live", workshop)
    etag = desk_client.get(address).headers["ETag"]
    cast_ballot(open_round, union, [candidates[0].pk], by=alice)

    assert desk_client.get(address, headers={"If-None-Match": etag}).status_code == 200


def test_the_page_carries_the_version_that_it_shows(desk_client, workshop, candidates):
    page = desk_client.get(url("workshop-desk", workshop)).content.decode()
    seen = re.search(r"desk/live/\?seen=([^\"]+)\"", page)[1]

    assert desk_client.get(url("workshop-desk-live", workshop), {"seen": seen}).status_code == 204


def test_while_a_session_runs_the_version_changes_with_the_minute(workshop, monkeypatch):
    factories.make_session(workshop, started_at=timezone.now())
    now = timezone.now().replace(second=0)
    versions = []
    for seconds in (0, 30, 60):
        monkeypatch.setattr(
            "workshops.queries.desk.timezone.now", lambda moment=seconds: now + timedelta(seconds=moment)
        )
        versions.append(desk(workshop).version)

    assert versions[0] == versions[1] != versions[2]


# --- Clicks ---


@pytest.fixture
def session(workshop):
    return factories.make_session(workshop, position=1, title_en="Welcome")


def test_a_click_starts_a_session_and_a_second_says_it_runs(desk_client, workshop, session):
    first = desk_client.post(url("session-start", session), follow=True)
    second = desk_client.post(url("session-start", session), follow=True)

    assert "The session has begun." in first.content.decode()
    assert "This session is running already." in second.content.decode()
    assert Session.objects.filter(started_at__isnull=False).count() == 1


def test_go_on_ends_the_session_the_page_showed_and_no_other(desk_client, workshop, session):
    following = factories.make_session(workshop, position=2)
    third = factories.make_session(workshop, position=3)
    desk_client.post(url("session-start", session))
    desk_client.post(url("session-start", following), {"ending": session.public_id})
    # A page that still shows the first session as running.
    stale = desk_client.post(url("session-start", third), {"ending": session.public_id}, follow=True)

    assert "Another session is still running" in stale.content.decode()
    assert Session.objects.get(ended_at__isnull=True, started_at__isnull=False) == following


def test_ending_twice_says_so(desk_client, session):
    desk_client.post(url("session-start", session))
    desk_client.post(url("session-end", session))
    again = desk_client.post(url("session-end", session), follow=True)

    assert "This session is not running any more." in again.content.decode()


@pytest.mark.parametrize("ending", ["", "nonsense", "00000000-0000-0000-0000-000000000000"])
def test_a_start_with_a_bad_ending_does_no_harm(desk_client, session, ending):
    assert desk_client.post(url("session-start", session), {"ending": ending}).status_code == 302


def test_opening_twice_opens_once(desk_client, benin):
    make_priority(consultation=make_consultation(country=benin, state="closed"), state="agreed")
    planned = factories.make_workshop("planned")
    first = desk_client.post(url("workshop-open", planned), follow=True)
    second = desk_client.post(url("workshop-open", planned), follow=True)

    assert "The workshop is open" in first.content.decode()
    assert "already been opened" in second.content.decode()
    assert Candidate.objects.filter(workshop=planned).count() == 1


def test_opening_without_priorities_says_why_not(desk_client):
    page = desk_client.post(url("workshop-open", factories.make_workshop("planned")), follow=True).content.decode()

    assert "No agreed priority has reached this workshop yet" in page


def test_closing_a_round_twice_leads_to_its_result(desk_client, workshop, open_round, candidates, union):
    cast_ballot(open_round, union, [candidates[0].pk], by=None, version=None)
    first = desk_client.post(url("round-close", open_round))
    second = desk_client.post(url("round-close", open_round))

    assert first.url == second.url == url("round-results", open_round)


@pytest.mark.parametrize(
    "page",
    ["workshop-open", "workshop-late", "session-start", "session-end", "round-open", "round-close", "round-drop"],
)
@pytest.mark.parametrize("role", ["alice", "coordinator", "companion"])
def test_acts_are_refused_to_others(request, client, workshop, session, candidates, page, role):
    client.force_login(request.getfixturevalue(role))
    target = {"workshop": workshop, "session": session, "round": factories.make_round(workshop, "prepared")}
    if page == "workshop-open":
        target["workshop"] = factories.make_workshop("planned")
    response = client.post(url(page, target[page.split("-")[0]]))

    assert response.status_code == 403
    assert Session.objects.filter(started_at__isnull=False).count() == 0
    assert Workshop.objects.filter(state="planned").count() == (page == "workshop-open")
    assert not Round.objects.exclude(state="prepared").exists()


def test_acts_are_posts(desk_client, workshop, session):
    assert desk_client.get(url("session-start", session)).status_code == 405


# --- What it costs ---


def fill(workshop, number):
    organisations = [base.make_organisation(country=base.make_country("BJ")) for _one in range(number)]
    factories.make_delegations(workshop, organisations)
    theme = base.make_theme(programme=workshop.step.programme)
    found = [factories.make_candidate(workshop, theme=theme) for _one in range(number)]
    for candidate in found:
        candidate.title_nl = "vertaald"
    sync_units(found, imported_state=TranslationState.MACHINE)
    for position in range(min(number, 20)):
        factories.make_session(workshop, position=position + 1)
    return organisations, found


def queries_of(client, address):
    with CaptureQueriesContext(
        connection,
    ) as context:
        response = client.get(address)
    assert response.status_code == 200
    return [query["sql"] for query in context.captured_queries if not any(word in query["sql"] for word in FRAME)]


@pytest.mark.parametrize("stage", ["running", "weighing"])
def test_the_desk_costs_the_same_at_any_size(desk_client, facilitator, programme, stage):
    counts = []
    for number in (3, 100):
        workshop = factories.make_workshop()
        _organisations, _candidates = fill(workshop, number)
        if stage == "weighing":
            factories.make_round(workshop)
        address = url("workshop-desk", workshop)
        desk_client.get(address)
        counts.append(queries_of(desk_client, address))

    assert len(counts[0]) == len(counts[1])
    assert len(counts[1]) <= 8, "\n".join(counts[1])


@pytest.mark.parametrize(
    "page", ["candidate-list", "decision-list", "attendance", "round-list", "line-list", "workshop-detail"]
)
def test_sub_pages_cost_the_same_at_any_size(desk_client, facilitator, programme, page):
    counts = []
    for number in (3, 30):
        workshop = factories.make_workshop()
        organisations, found = fill(workshop, number)
        for candidate in found[: number - 1]:
            factories.make_decision(candidate)
        for _one in range(number // 3):
            factories.make_line(workshop, organisations=organisations, theme=found[0].theme)
        factories.make_round(workshop)
        desk_client.get(url(page, workshop))
        counts.append(queries_of(desk_client, url(page, workshop)))

    assert len(counts[0]) == len(counts[1]), "\n".join(counts[1])
    assert len(counts[1]) <= 8, "\n".join(counts[1])


def test_the_list_of_workshops_costs_the_same_at_any_number(desk_client, facilitator, programme):
    factories.make_workshop()
    one = queries_of(desk_client, reverse("workshops:workshop-list"))
    for _number in range(10):
        factories.make_workshop()
    many = queries_of(desk_client, reverse("workshops:workshop-list"))

    assert len(one) == len(many) <= 6


def test_an_unchanged_poll_asks_little(desk_client, workshop, candidates):
    address = url("workshop-desk-live", workshop)
    etag = desk_client.get(address).headers["ETag"]
    with CaptureQueriesContext(connection) as context:
        assert desk_client.get(address, headers={"If-None-Match": etag}).status_code == 304

    assert len([query for query in context.captured_queries if "workshops_" in query["sql"]]) == 1


def test_results_cost_the_same_at_any_size(desk_client, facilitator, programme):
    counts = []
    for number in (3, 30):
        workshop = factories.make_workshop()
        organisations, found = fill(workshop, number)
        round_ = factories.make_round(workshop)
        for organisation in organisations:
            cast_ballot(round_, organisation, [candidate.pk for candidate in found], by=None, version=None)
        close_round(round_, by=facilitator)
        desk_client.get(url("round-results", round_))
        counts.append(len(queries_of(desk_client, url("round-results", round_))))

    assert counts[0] == counts[1] <= 7
