"""The life of a job: asked for, claimed, held, finished, failed, put back."""

import uuid
from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from planning_portal.jobs import services
from planning_portal.jobs.models import Job, JobOrder, JobState, WorkerBeat
from planning_portal.jobs.registry import LeaseLost
from tests.jobs.factories import make_job

pytestmark = pytest.mark.django_db


def test_enqueue_waits_and_is_due_at_once():
    job = services.enqueue("test.work", {"id": 1})
    assert (job.state, job.attempts, job.progress) == (JobState.QUEUED, 0, 0)
    assert services.claim_job(job.pk) is not None


def test_enqueue_disappears_with_its_transaction():
    with suppress(ZeroDivisionError), transaction.atomic():
        services.enqueue("test.work", {})
        raise ZeroDivisionError
    assert not Job.objects.exists()


@pytest.mark.parametrize("state", [JobState.QUEUED, JobState.RUNNING, JobState.DONE])
def test_enqueue_with_known_key_is_the_job_as_it_is(state):
    known = make_job(state, dedupe_key="plan-1")
    job = services.enqueue("test.work", {"other": 1}, dedupe_key="plan-1")
    assert job == known
    assert (job.state, job.payload) == (state, {})


def test_enqueue_with_known_key_of_failed_job_queues_it_again():
    known = make_job(JobState.FAILED, dedupe_key="plan-1")
    job = services.enqueue("test.work", {}, dedupe_key="plan-1")
    assert job == known
    assert (job.state, job.error_code, job.finished_at) == (JobState.QUEUED, "", None)
    assert job.max_attempts == job.attempts + 5


def test_enqueue_without_key_is_a_new_job_each_time():
    assert services.enqueue("test.work", {}) != services.enqueue("test.work", {})


def test_two_people_share_a_job_in_groups_of_their_own(alice, bob):
    mine, theirs = uuid.uuid4(), uuid.uuid4()
    job = services.enqueue("test.work", {}, owner=alice, dedupe_key="plan-1", group=mine)
    services.enqueue("test.work", {}, owner=bob, dedupe_key="plan-1", group=theirs)
    services.enqueue("test.work", {}, owner=bob, dedupe_key="plan-1", group=theirs)
    assert set(JobOrder.objects.values_list("group", "job", "owner")) == {
        (mine, job.pk, alice.pk),
        (theirs, job.pk, bob.pk),
    }


def test_claim_takes_the_lease_and_counts_the_attempt(settings):
    settings.JOB_LEASE_SECONDS = 60
    job = make_job(progress=40, step={"key": "x"})
    claim = services.claim_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempts, job.lease_owner) == (JobState.RUNNING, 1, claim.owner)
    assert (job.progress, job.step) == (0, {})
    assert timedelta(seconds=50) < job.lease_until - timezone.now() < timedelta(seconds=70)


@pytest.mark.parametrize("state", [JobState.RUNNING, JobState.DONE, JobState.FAILED])
def test_claim_of_what_does_not_wait_is_refused(state):
    assert services.claim_job(make_job(state).pk) is None


def test_claim_before_its_time_is_refused():
    assert services.claim_job(make_job(not_before=timezone.now() + timedelta(seconds=30)).pk) is None


def test_claim_of_a_job_that_is_gone_is_refused():
    assert services.claim_job(uuid.uuid4()) is None


def test_prolong_holds_the_lease_and_shows_progress():
    job = make_job()
    claim = services.claim_job(job.pk)
    Job.objects.update(lease_until=timezone.now())
    assert services.prolong_claim(claim, progress=30, step={"key": "a", "params": {}})
    job.refresh_from_db()
    assert (job.progress, job.step["key"]) == (30, "a")
    assert job.lease_until > timezone.now() + timedelta(seconds=1)


def test_finish_applies_the_effect_once():
    effects = []
    claim = services.claim_job(make_job().pk)
    services.finish_job(claim, lambda: effects.append(1))
    with pytest.raises(LeaseLost):
        services.finish_job(claim, lambda: effects.append(2))
    job = Job.objects.get()
    assert (effects, job.state, job.progress, job.lease_until) == ([1], JobState.DONE, 100, None)
    assert job.finished_at is not None


def test_finish_whose_effect_fails_leaves_nothing():
    claim = services.claim_job(make_job().pk)

    def effect():
        WorkerBeat.objects.create(name="trace")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        services.finish_job(claim, effect)
    assert not WorkerBeat.objects.exists()
    assert Job.objects.get().state == JobState.RUNNING


def test_who_was_overtaken_can_neither_hold_nor_finish_nor_fail():
    job = make_job()
    slow = services.claim_job(job.pk)
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    services.requeue_expired_jobs()
    quick = services.claim_job(job.pk)
    effects = []
    assert not services.prolong_claim(slow, progress=50, step={})
    assert not services.fail_job(slow, "error")
    with pytest.raises(LeaseLost):
        services.finish_job(slow, lambda: effects.append("slow"))
    services.finish_job(quick, lambda: effects.append("quick"))
    assert effects == ["quick"]


def test_fail_waits_longer_each_time_and_then_gives_up(settings):
    job = make_job()
    waits = []
    for _attempt in range(settings.JOB_MAX_ATTEMPTS):
        Job.objects.update(not_before=timezone.now() - timedelta(seconds=1))
        assert services.fail_job(services.claim_job(job.pk), "timeout")
        job.refresh_from_db()
        waits.append(round((job.not_before - timezone.now()).total_seconds()))
    assert waits[:4] == pytest.approx([5, 30, 120, 600], abs=2)
    assert (job.state, job.error_code) == (JobState.FAILED, "timeout")
    assert job.finished_at is not None


def test_fail_for_good_does_not_wait():
    job = make_job()
    services.fail_job(services.claim_job(job.pk), "gone", retry=False)
    job.refresh_from_db()
    assert (job.state, job.error_code) == (JobState.FAILED, "gone")


def test_retry_begins_with_the_shortest_wait_again():
    job = make_job(JobState.FAILED)
    assert services.retry_job(job)
    services.fail_job(services.claim_job(job.pk), "error")
    job.refresh_from_db()
    assert job.state == JobState.QUEUED
    assert (job.not_before - timezone.now()).total_seconds() == pytest.approx(5, abs=2)


@pytest.mark.parametrize("state", [JobState.QUEUED, JobState.RUNNING, JobState.DONE])
def test_retry_of_what_has_not_failed_changes_nothing(state):
    job = make_job(state)
    before = Job.objects.values().get()
    assert not services.retry_job(job)
    assert Job.objects.values().get() == before


def test_expired_lease_is_put_back_and_a_living_one_is_not():
    expired = make_job(JobState.RUNNING, lease_until=timezone.now() - timedelta(seconds=1))
    living = make_job(JobState.RUNNING)
    assert services.requeue_expired_jobs() == 1
    expired.refresh_from_db()
    living.refresh_from_db()
    assert (expired.state, expired.attempts, living.state) == (JobState.QUEUED, 1, JobState.RUNNING)


def test_what_was_lost_at_every_attempt_fails():
    job = make_job(JobState.RUNNING, attempts=5, lease_until=timezone.now() - timedelta(seconds=1))
    assert services.requeue_expired_jobs() == 0
    job.refresh_from_db()
    assert (job.state, job.error_code) == (JobState.FAILED, "lost")


def test_release_puts_back_only_what_this_worker_held():
    mine = make_job(JobState.RUNNING, lease_owner="worker-a:7:x")
    other = make_job(JobState.RUNNING, lease_owner="worker-ab:7:x")
    assert services.release_leases("worker-a", charge=True) == 1
    mine.refresh_from_db()
    other.refresh_from_db()
    assert (mine.state, mine.max_attempts, other.state) == (JobState.QUEUED, 5, JobState.RUNNING)


def test_release_without_charge_gives_the_attempt_back():
    job = make_job(JobState.RUNNING, attempts=5)
    services.release_leases("worker-a", charge=False)
    job.refresh_from_db()
    assert (job.state, job.max_attempts - job.attempts) == (JobState.QUEUED, 1)


def test_release_with_charge_leaves_the_last_attempt_to_the_lease():
    job = make_job(JobState.RUNNING, attempts=5)
    assert services.release_leases("worker-a", charge=True) == 0
    job.refresh_from_db()
    assert job.state == JobState.RUNNING


def test_beat_is_one_row_for_each_worker():
    services.note_beat("a")
    WorkerBeat.objects.update(seen_at=timezone.now() - timedelta(hours=1))
    services.note_beat("a")
    services.note_beat("b")
    assert WorkerBeat.objects.count() == 2
    assert WorkerBeat.objects.get(name="a").seen_at > timezone.now() - timedelta(minutes=1)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("running_job_has_lease", {"state": "running"}),
        ("finished_job_has_time", {"state": "done"}),
        ("finished_job_has_time", {"finished_at": timezone.now()}),
        ("job_progress_is_share", {"progress": 101}),
    ],
)
def test_impossible_job_is_refused_by_the_database(name, change):
    make_job()
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Job.objects.update(**change)


def test_second_order_of_a_job_in_a_group_is_refused_by_the_database():
    job, group = make_job(), uuid.uuid4()
    JobOrder.objects.create(group=group, job=job)
    with pytest.raises(IntegrityError), transaction.atomic():
        JobOrder.objects.create(group=group, job=job)
