"""Once a day the portal forgets what it no longer needs; never what it does."""

import uuid
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from planning_portal.jobs import housekeeping, registry, run
from planning_portal.jobs.models import Job, JobState, WorkerBeat
from planning_portal.web.models import ParkedPost, Submission
from tests.jobs.factories import make_job

pytestmark = pytest.mark.django_db


def days_ago(days):
    return timezone.now() - timedelta(days=days)


def keep_house():
    job = housekeeping.enqueue_housekeeping("2026-11-24")
    assert run.run_job(job.pk)
    return job


def test_old_jobs_are_forgotten_and_unfinished_ones_are_not():
    make_job(JobState.DONE, finished_at=days_ago(31))
    make_job(JobState.FAILED, finished_at=days_ago(91))
    kept = {
        make_job(JobState.DONE, finished_at=days_ago(29)).pk,
        make_job(JobState.FAILED, finished_at=days_ago(60)).pk,
        make_job(JobState.QUEUED, not_before=days_ago(100)).pk,
    }
    own = keep_house()
    assert set(Job.objects.values_list("pk", flat=True)) == kept | {own.pk}


def test_frame_forgets_old_submissions_and_parked_posts():
    for model, fields, limit in [
        (Submission, {"purpose": "x", "fingerprint": "x"}, timedelta(days=30)),
        (ParkedPost, {"path": "/", "fields": {}}, timedelta(hours=24)),
    ]:
        name = "key" if model is Submission else "token"
        old = model.objects.create(**{name: uuid.uuid4()}, **fields)
        new = model.objects.create(**{name: uuid.uuid4()}, **fields)
        model.objects.filter(pk=old.pk).update(created_at=timezone.now() - limit - timedelta(minutes=1))
        model.objects.filter(pk=new.pk).update(created_at=timezone.now() - limit + timedelta(minutes=1))
    keep_house()
    assert ParkedPost.objects.count() == 1
    assert Submission.objects.count() == 1


def test_expired_sessions_and_silent_workers_are_forgotten():
    Session.objects.create(session_key="old", session_data="", expire_date=days_ago(1))
    Session.objects.create(session_key="new", session_data="", expire_date=timezone.now() + timedelta(days=1))
    WorkerBeat.objects.create(name="old", seen_at=days_ago(2))
    WorkerBeat.objects.create(name="new")
    keep_house()
    assert Session.objects.get().session_key == "new"
    assert WorkerBeat.objects.get().name == "new"


def test_other_apps_keep_their_own_house(monkeypatch):
    monkeypatch.setattr(registry, "_housekeeping", {})
    cleaned = []
    registry.register_housekeeping("test", lambda: cleaned.append(1))
    keep_house()
    assert cleaned == [1]


def test_a_day_is_kept_once():
    assert housekeeping.enqueue_housekeeping("2026-11-24") == housekeeping.enqueue_housekeeping("2026-11-24")
    assert housekeeping.enqueue_housekeeping("2026-11-24") != housekeeping.enqueue_housekeeping("2026-11-25")
