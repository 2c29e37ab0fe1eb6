"""What the web does after a commit, with a broker that is well, ill or absent."""

from contextlib import suppress

import pytest
from django.db import transaction

from planning_portal.jobs import publishing, services
from planning_portal.jobs.models import Job
from tests.jobs.factories import make_job


@pytest.fixture
def ill_broker(monkeypatch):
    tries = []

    def refuse(job_id):
        tries.append(job_id)
        raise OSError("secret address")

    monkeypatch.setattr(publishing, "publish", refuse)
    return tries


def test_job_is_handed_over_after_the_commit(db, with_broker, published, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        job = services.enqueue("test.work", {})
    assert published == []
    callbacks[0]()
    job.refresh_from_db()
    assert published == [job.pk]
    assert job.published_at is not None


def test_job_that_was_rolled_back_is_never_handed_over(db, with_broker, published, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True), suppress(ZeroDivisionError), transaction.atomic():
        services.enqueue("test.work", {})
        raise ZeroDivisionError
    assert published == []


def test_known_job_is_not_handed_over_again(db, with_broker, published, django_capture_on_commit_callbacks):
    make_job(dedupe_key="a")
    with django_capture_on_commit_callbacks(execute=True):
        services.enqueue("test.work", {}, dedupe_key="a")
    assert published == []


def test_retried_job_is_handed_over(db, with_broker, published, django_capture_on_commit_callbacks):
    job = make_job("failed")
    with django_capture_on_commit_callbacks(execute=True):
        services.retry_job(job)
    assert published == [job.pk]


def test_without_broker_nothing_is_handed_over(db, without_broker, published):
    assert not publishing.publish_from_web(make_job().pk)
    assert published == []


def test_ill_broker_is_left_alone_for_a_while(db, with_broker, ill_broker, monkeypatch, caplog):
    jobs = [make_job() for _ in range(3)]
    assert [publishing.publish_from_web(job.pk) for job in jobs] == [False] * 3
    assert len(ill_broker) == 1
    assert publishing.breaker.failures == 1
    assert not Job.objects.exclude(published_at=None).exists()
    assert "secret" not in caplog.text
    later = publishing.time.monotonic() + 31
    monkeypatch.setattr(publishing.time, "monotonic", lambda: later)
    publishing.publish_from_web(jobs[0].pk)
    assert len(ill_broker) == 2


def test_broker_that_is_well_again_is_used_again(db, with_broker, published):
    publishing.breaker.note_failure()
    publishing.breaker.note_success()
    assert publishing.publish_from_web(make_job().pk)


def test_enqueue_survives_whatever_the_broker_does(transactional_db, with_broker, ill_broker):
    with transaction.atomic():
        services.enqueue("test.work", {})
    assert Job.objects.count() == 1
