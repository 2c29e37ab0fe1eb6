"""The relay hands over what waits, mends what was lost, and is not disturbed by trouble."""

import logging
import threading
from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.utils import timezone

from planning_portal.jobs import relay, services
from planning_portal.jobs.bootstep import RelayStep
from planning_portal.jobs.models import Job, JobState, WorkerBeat
from tests.jobs.factories import make_job


def ago(seconds):
    return timezone.now() - timedelta(seconds=seconds)


def handed(published):
    return set(Job.objects.filter(pk__in=published))


def test_without_broker_everything_due_is_handed_over(db, without_broker, published):
    job = make_job()
    make_job(not_before=timezone.now() + timedelta(minutes=1))
    make_job(JobState.RUNNING)
    make_job(JobState.DONE)
    make_job(JobState.FAILED)
    relay.hand_over_jobs()
    relay.hand_over_jobs()
    assert published == [job.pk]
    job.refresh_from_db()
    assert job.published_at is not None


def test_with_broker_the_web_comes_first(db, with_broker, published):
    make_job(not_before=ago(1))
    forgotten = make_job(not_before=ago(8))
    again = make_job(not_before=ago(1), attempts=1)
    relay.hand_over_jobs()
    assert handed(published) == {forgotten, again}


def test_message_that_seems_lost_is_sent_again(db, with_broker, published, settings):
    settings.JOB_LEASE_SECONDS = 60
    lost = make_job(not_before=ago(90), published_at=ago(70))
    make_job(not_before=ago(90), published_at=ago(50))
    relay.hand_over_jobs()
    assert published == [lost.pk]


def test_oldest_comes_first_and_only_so_many(db, without_broker, published):
    jobs = [make_job(not_before=ago(100 - number)) for number in range(5)]
    relay.hand_over_jobs(limit=3)
    assert published == [job.pk for job in jobs[:3]]


def test_broker_that_refuses_leaves_the_job_to_be_handed_over(db, without_broker, monkeypatch):
    job = make_job()

    def refuse(job_id):
        raise OSError

    monkeypatch.setattr(relay, "publish", refuse)
    with pytest.raises(OSError):
        relay.hand_over_jobs()
    job.refresh_from_db()
    assert job.published_at is None


def test_first_round_without_broker_trusts_no_former_queue(db, without_broker, published):
    job = make_job(published_at=ago(1))
    relay.Relay().do_round()
    assert job.pk in published


def test_first_round_with_broker_trusts_the_queue(db, with_broker, published):
    job = make_job(not_before=ago(8), published_at=ago(1))
    relay.Relay().do_round()
    assert job.pk not in published


def test_round_puts_back_an_expired_lease_and_hands_it_over(db, without_broker, published):
    job = make_job(JobState.RUNNING, lease_until=ago(1))
    relay.Relay().do_round()
    assert job.pk in published
    assert services.claim_job(job.pk) is not None


def test_round_says_that_the_worker_is_alive(db, without_broker, monkeypatch):
    monkeypatch.setenv("PORTAL_WORKER", "worker-z")
    relay.Relay().do_round()
    assert WorkerBeat.objects.get().name == "worker-z"


def test_housekeeping_is_asked_for_once_a_day(db, without_broker):
    first, second = relay.Relay(), relay.Relay()
    for one in (first, second, first):
        one.do_round()
    assert Job.objects.filter(kind="jobs.housekeeping").count() == 1


def test_quiet_round_is_few_statements(db, without_broker, django_assert_max_num_queries):
    """It happens every second: on SQLite each write takes the one lock."""
    one = relay.Relay()
    one.do_round()
    with django_assert_max_num_queries(3):
        one.do_round()


@pytest.mark.django_db(transaction=True)
def test_trouble_is_logged_once_and_its_end_too(without_broker, monkeypatch, caplog, published):
    one = relay.Relay()
    make_job()
    monkeypatch.setattr(services, "requeue_expired_jobs", _fail)
    with caplog.at_level(logging.INFO, logger="planning_portal.jobs.relay"):
        one.try_round()
        one.try_round()
        assert len(caplog.messages) == 1
        monkeypatch.undo()
        monkeypatch.setattr(relay, "publish", published.append)
        one.try_round()
    assert caplog.messages[1:] == ["The relay works again."]
    assert published


def _fail():
    raise DatabaseError("the server went away")


class FakeConsumer:
    """The parts of Celery's consumer that the step uses."""

    class timer:
        cancelled = 0

        @classmethod
        def call_repeatedly(cls, seconds, function):
            class Entry:
                @staticmethod
                def cancel():
                    cls.cancelled += 1

            cls.function, cls.seconds = function, seconds
            return Entry


def test_step_never_waits_for_a_round(monkeypatch, settings):
    settings.JOB_RELAY_SECONDS = 0.5
    begun, may_end, rounds = threading.Event(), threading.Event(), []

    def slow(self):
        rounds.append(1)
        begun.set()
        may_end.wait(10)

    monkeypatch.setattr(relay.Relay, "try_round", slow)
    step, consumer = RelayStep(FakeConsumer), FakeConsumer
    step.start(consumer)
    assert begun.wait(5)
    for _ in range(50):
        consumer.timer.function()
    thread = step.relay._thread
    step.stop(consumer)
    assert consumer.timer.cancelled == 1
    assert consumer.timer.seconds == 0.5
    may_end.set()
    thread.join(5)
    assert not thread.is_alive()
    assert len(rounds) == 1
