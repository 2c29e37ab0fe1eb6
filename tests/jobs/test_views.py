"""Progress of a group, trying again, the list: rights, versions, fragments, query counts."""

import re
import uuid

import pytest
from django.urls import reverse

from planning_portal.jobs import registry
from planning_portal.jobs.models import Job, JobState
from tests.jobs.factories import make_job, order_job, registered

HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture(autouse=True)
def letters():
    with registered("test.work", lambda _payload, _report: None, title="letter"):
        yield


@pytest.fixture
def group(alice):
    """Two jobs that Alice asked for: one waits, one runs."""
    key = uuid.uuid4()
    make_job(JobState.QUEUED, group=key, owner=alice, payload={"language": "fr"})
    make_job(JobState.RUNNING, group=key, owner=alice, payload={"language": "nl"}, progress=40)
    return key


def progress_url(group):
    return reverse("jobs:group-progress", args=[group])


# --- Rights ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("person", ["alice", "coordinator"])
def test_progress_is_shown_to_who_asked_and_to_coordinators(client, group, person, request):
    client.force_login(request.getfixturevalue(person))
    assert client.get(progress_url(group)).status_code == 200


@pytest.mark.parametrize("person", ["bob", "carmen", "companion", "facilitator", "translator"])
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_progress_is_hidden_from_others(client, group, person, headers, request):
    client.force_login(request.getfixturevalue(person))
    assert client.get(progress_url(group), **headers).status_code == 404


def test_progress_asks_to_sign_in(client, group):
    response = client.get(progress_url(group))
    assert response.status_code == 302
    assert reverse("account_login") in response.url


def test_progress_of_nothing_is_not_found(client, coordinator):
    client.force_login(coordinator)
    assert client.get(progress_url(uuid.uuid4())).status_code == 404


def test_second_person_of_a_shared_job_sees_their_group(client, group, bob):
    theirs = uuid.uuid4()
    order_job(Job.objects.first(), theirs, bob)
    client.force_login(bob)
    assert client.get(progress_url(theirs)).status_code == 200


@pytest.mark.parametrize("person", ["alice", "bob", "carmen", "companion", "facilitator", "translator"])
def test_list_is_hidden_from_all_but_coordinators(client, group, person, request):
    client.force_login(request.getfixturevalue(person))
    assert client.get(reverse("jobs:job-list")).status_code == 404


@pytest.mark.parametrize(
    ("person", "status"),
    [("alice", 302), ("coordinator", 302), ("bob", 404), ("carmen", 404), ("facilitator", 404), ("translator", 404)],
)
def test_retry_is_for_who_asked_and_coordinators(client, alice, person, status, request):
    job = make_job(JobState.FAILED, owner=alice)
    client.force_login(request.getfixturevalue(person))
    assert client.post(reverse("jobs:job-retry", args=[job.pk])).status_code == status
    job.refresh_from_db()
    assert (job.state == JobState.QUEUED) == (status == 302)


def test_retry_is_a_post(client, coordinator):
    job = make_job(JobState.FAILED)
    client.force_login(coordinator)
    assert client.get(reverse("jobs:job-retry", args=[job.pk])).status_code == 405
    job.refresh_from_db()
    assert job.state == JobState.FAILED


# --- Progress -------------------------------------------------------------------------------------------------------


def part(html):
    """The part of the page that renews itself, without what only the swap needs and the token of each answer."""
    found = re.search(r'<h1 id="progress-heading".*</ul>\s*</div>', html, re.DOTALL)[0]
    found = found.replace(' hx-swap-oob="innerHTML"', "")
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", found)


def test_fragment_equals_the_same_part_of_the_page(client, group, alice):
    make_job(JobState.FAILED, group=group, owner=alice)
    make_job(JobState.DONE, group=group, owner=alice)
    client.force_login(alice)
    page = client.get(progress_url(group)).content.decode()
    fragment = client.get(progress_url(group), **HTMX).content.decode()
    assert "<html" not in fragment
    assert part(fragment) == part(page)


def test_running_page_renews_itself_with_and_without_script(client, group, alice):
    client.force_login(alice)
    page = client.get(progress_url(group)).content.decode()
    assert 'hx-trigger="every 2s"' in page
    assert '<noscript><meta http-equiv="refresh"' in page
    assert "0 of 2 ready" in page
    assert "Letter" in page
    assert 'value="40"' in page


def test_finished_page_rests(client, alice):
    key = uuid.uuid4()
    make_job(JobState.DONE, group=key, owner=alice)
    client.force_login(alice)
    page = client.get(progress_url(key)).content.decode()
    assert "hx-" not in page
    assert "http-equiv" not in page
    assert "Everything is ready" in page


def test_unchanged_progress_is_not_sent_again(client, group, alice):
    client.force_login(alice)
    first = client.get(progress_url(group), **HTMX)
    seen = re.search(r"seen=(\w+)", first.content.decode())[1]
    assert client.get(progress_url(group), {"seen": seen}, **HTMX).status_code == 204
    assert client.get(progress_url(group), headers={"if-none-match": first["ETag"]}, **HTMX).status_code == 304


@pytest.mark.parametrize(
    "change", [{"progress": 41}, {"step": {"key": "a"}}, {"error_code": "timeout"}, {"attempts": 3}]
)
def test_changed_progress_is_sent(client, group, alice, change):
    client.force_login(alice)
    first = client.get(progress_url(group), **HTMX)
    seen = re.search(r"seen=(\w+)", first.content.decode())[1]
    Job.objects.filter(state=JobState.RUNNING).update(**change)
    assert client.get(progress_url(group), {"seen": seen}, **HTMX).status_code == 200
    assert client.get(progress_url(group), headers={"if-none-match": first["ETag"]}, **HTMX).status_code == 200


def test_version_seen_in_another_language_is_no_answer(client, group, alice):
    client.force_login(alice)
    seen = re.search(r"seen=(\w+)", client.get(progress_url(group), **HTMX).content.decode())[1]
    french = progress_url(group).replace("/en/", "/fr/")
    assert client.get(french, {"seen": seen}, **HTMX).status_code == 200


def test_progress_leads_to_the_outcomes_of_what_is_done(client, group, alice, monkeypatch):
    monkeypatch.setattr(registry, "_outcomes", {})
    done = make_job(JobState.DONE, group=group, owner=alice)
    asked = []

    def provider(jobs, user):
        asked.append((list(jobs), user))
        return [registry.Outcome("The letter", "/letter", "2 pages")]

    registry.register_outcome("test.work", provider)
    client.force_login(alice)
    page = client.get(progress_url(group)).content.decode()
    assert asked == [([done], alice)]
    assert '<a id="outcome-1" href="/letter">The letter</a>' in page
    assert "2 pages" in page


def test_progress_of_a_failure_says_what_happened_and_offers_another_try(client, alice):
    key = uuid.uuid4()
    job = make_job(JobState.FAILED, group=key, owner=alice, error_code="timeout")
    client.force_login(alice)
    page = client.get(progress_url(key)).content.decode()
    assert "It took longer than it may." in page
    assert reverse("jobs:job-retry", args=[job.pk]) in page
    assert "1 could not be made" in page


def test_progress_says_that_another_attempt_follows(client, alice):
    key = uuid.uuid4()
    make_job(JobState.QUEUED, group=key, owner=alice, error_code="error", attempts=1)
    client.force_login(alice)
    assert "Another one follows by itself." in client.get(progress_url(key)).content.decode()


@pytest.mark.parametrize("count", [1, 30])
def test_progress_costs_the_same_for_any_number_of_jobs(client, alice, count, django_assert_num_queries, group):
    key = uuid.uuid4()
    for _ in range(count):
        make_job(JobState.RUNNING, group=key, owner=alice)
    client.force_login(alice)
    client.get(progress_url(key))
    with django_assert_num_queries(3):  # session, user, the group
        client.get(progress_url(key), **HTMX)


# --- Trying again ---------------------------------------------------------------------------------------------------


def test_retry_leads_back_to_the_group_it_came_from(client, alice):
    first, second = uuid.uuid4(), uuid.uuid4()
    job = make_job(JobState.FAILED, group=first, owner=alice)
    order_job(job, second, alice)
    client.force_login(alice)
    response = client.post(reverse("jobs:job-retry", args=[job.pk]), {"group": str(first)}, follow=True)
    assert response.redirect_chain == [(progress_url(first), 302)]
    assert "This will be tried again." in response.content.decode()


def test_retry_believes_no_foreign_group(client, alice, group):
    own = uuid.uuid4()
    job = make_job(JobState.FAILED, group=own, owner=alice)
    client.force_login(alice)
    for wanted in (str(group), "not-a-group", ""):
        response = client.post(reverse("jobs:job-retry", args=[job.pk]), {"group": wanted})
        assert response.url == progress_url(own)


def test_retry_pressed_twice_is_one(client, coordinator):
    job = make_job(JobState.FAILED)
    client.force_login(coordinator)
    for _ in range(2):
        response = client.post(reverse("jobs:job-retry", args=[job.pk]))
        assert response.url == reverse("jobs:job-list")
    job.refresh_from_db()
    assert (job.state, job.max_attempts) == (JobState.QUEUED, 10)


# --- The list -------------------------------------------------------------------------------------------------------


def test_list_shows_states_in_words_and_no_payload(client, coordinator):
    make_job(JobState.FAILED, payload={"secret": "canary"}, error_code="lost")
    make_job(JobState.QUEUED)
    client.force_login(coordinator)
    page = client.get(reverse("jobs:job-list")).content.decode()
    assert "Letter" in page
    assert "The work was interrupted several times." in page
    assert "canary" not in page


def test_list_filters_by_state_and_ignores_nonsense(client, coordinator):
    make_job(JobState.FAILED)
    make_job(JobState.QUEUED)
    client.force_login(coordinator)
    url = reverse("jobs:job-list")
    assert [line.job.state for line in client.get(url, {"state": "failed"}).context["lines"]] == ["failed"]
    assert len(client.get(url, {"state": "nonsense"}).context["lines"]) == 2
    assert client.get(url, {"page": "x"}).status_code == 200


def test_empty_list_says_why(client, coordinator):
    client.force_login(coordinator)
    assert "There is no such work" in client.get(reverse("jobs:job-list")).content.decode()


@pytest.mark.parametrize("count", [1, 30])
def test_list_costs_the_same_for_any_number_of_jobs(client, coordinator, count, django_assert_max_num_queries):
    for _ in range(count):
        make_job(JobState.FAILED)
    client.force_login(coordinator)
    client.get(reverse("jobs:job-list"))
    with django_assert_max_num_queries(8) as captured:
        response = client.get(reverse("jobs:job-list"))
    assert len(response.context["lines"]) == min(count, 25)
    assert len([query for query in captured if "jobs_job" in query["sql"]]) == 2
