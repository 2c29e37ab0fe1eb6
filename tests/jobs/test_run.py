"""One job from claim to end: progress, failure in words and in the log, lost leases."""

import logging
import threading
import time
import uuid

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.core.management import call_command
from django.db import connection, connections
from django.utils import timezone

from planning_portal.jobs import run, services, tasks
from planning_portal.jobs.models import Job, JobState
from planning_portal.jobs.registry import JobError
from tests.jobs.factories import make_job, registered


@pytest.fixture
def effects():
    return []


def test_run_applies_the_effect(db, effects):
    job = make_job(payload={"id": 7})
    with registered("test.work", lambda payload, _report: lambda: effects.append(payload["id"])):
        assert run.run_job(job.pk)
        assert not run.run_job(job.pk)
    job.refresh_from_db()
    assert (effects, job.state) == ([7], JobState.DONE)


def test_task_runs_the_job_of_its_id(db, effects):
    job = make_job()
    with registered("test.work", lambda _payload, _report: lambda: effects.append(1)):
        tasks.run_job(str(job.pk))
    assert effects == [1]


def test_work_without_effect_is_done(db):
    with registered("test.work", lambda _payload, _report: None):
        assert run.run_job(make_job().pk)


def test_report_is_shown_while_the_work_goes_on(db):
    job = make_job()
    seen = []

    def work(payload, report):
        report(140, "test.step", {"page": 3})
        seen.append(Job.objects.values("progress", "step").get())

    with registered("test.work", work):
        run.run_job(job.pk)
    assert seen == [{"progress": 99, "step": {"key": "test.step", "params": {"page": 3}}}]


def _raise(error):
    def work(payload, report):
        raise error

    return work


@pytest.mark.parametrize(
    ("error", "state", "code"),
    [
        (ZeroDivisionError("secret words"), JobState.QUEUED, "error"),
        (SoftTimeLimitExceeded(), JobState.QUEUED, "timeout"),
        (JobError("no_room"), JobState.QUEUED, "no_room"),
        (JobError("gone", retry=False), JobState.FAILED, "gone"),
    ],
)
def test_failure_is_noted_by_a_code(db, error, state, code):
    job = make_job()
    with registered("test.work", _raise(error)):
        assert not run.run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error_code) == (state, code)


def test_log_tells_where_it_failed_and_no_words(db, caplog):
    def work(payload, report):
        try:
            raise KeyError("first secret")
        except KeyError as error:
            raise ValueError("second secret") from error

    with registered("test.work", work), caplog.at_level(logging.ERROR):
        run.run_job(make_job(payload={"third": "secret"}).pk)
    assert "ValueError" in caplog.text
    assert "KeyError" in caplog.text
    assert "test_run.py" in caplog.text
    assert "first secret" not in caplog.messages[0].replace('raise KeyError("first secret")', "")
    assert "third" not in caplog.text


def test_effect_that_fails_is_a_failed_attempt(db):
    def effect():
        raise ZeroDivisionError

    job = make_job()
    with registered("test.work", lambda _payload, _report: effect):
        assert not run.run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error_code) == (JobState.QUEUED, "error")


def test_unknown_kind_is_a_failed_attempt(db):
    """A worker of the former release may meet a kind that it does not know yet: another attempt may succeed."""
    job = make_job(kind="test.unheard_of")
    assert not run.run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error_code) == (JobState.QUEUED, "unknown_kind")


def test_unknown_id_does_nothing(db):
    assert not run.run_job(uuid.uuid4())


def test_overtaken_work_is_thrown_away(db, effects):
    job = make_job()

    def work(payload, report):
        Job.objects.update(lease_owner="somebody else")
        return lambda: effects.append(1)

    with registered("test.work", work):
        assert not run.run_job(job.pk)
    job.refresh_from_db()
    assert (effects, job.state, job.error_code) == ([], JobState.RUNNING, "")


def test_overtaken_work_stops_at_its_next_report(db, effects):
    def work(payload, report):
        Job.objects.update(lease_owner="somebody else")
        report(10, "test.step", {})
        with pytest.raises(Exception):  # noqa: B017 (whatever the work does with it, it is not asked to go on)
            report(20, "test.step", {})
        raise ZeroDivisionError

    with registered("test.work", work):
        assert not run.run_job(make_job().pk)
    assert Job.objects.get().error_code == ""


@pytest.mark.django_db(transaction=True)
def test_heartbeat_holds_the_lease_of_long_work(settings):
    settings.JOB_LEASE_SECONDS = 0.6
    job = make_job()
    others = []

    def work(payload, report):
        report(30, "test.step", {})
        for _ in range(6):
            time.sleep(0.25)
            services.requeue_expired_jobs()
            others.append(Job.objects.values_list("state", "progress").get())

    with registered("test.work", work):
        assert run.run_job(job.pk)
    assert {state for state, _progress in others} == {JobState.RUNNING}
    assert others[-1][1] == 30


@pytest.mark.django_db(transaction=True)
def test_heartbeat_goes_on_after_an_error_of_the_database(settings, monkeypatch):
    settings.JOB_LEASE_SECONDS = 0.3
    calls = []
    prolong = services.prolong_claim

    def fragile(claim, **values):
        calls.append(1)
        if len(calls) == 1:
            raise connection.Database.OperationalError("gone")
        return prolong(claim, **values)

    monkeypatch.setattr(services, "prolong_claim", fragile)
    with registered("test.work", lambda _payload, _report: time.sleep(0.6)):
        assert run.run_job(make_job().pk)
    assert len(calls) > 1


@pytest.mark.django_db(transaction=True)
def test_heartbeat_leaves_no_thread_and_no_connection():
    before = threading.active_count()
    with registered("test.work", lambda _payload, _report: None):
        run.run_job(make_job().pk)
    assert threading.active_count() == before
    assert len(connections.all(initialized_only=True)) == 1


def test_run_jobs_does_what_is_due_and_no_more(db, effects, capsys):
    make_job(payload={"n": 1})
    make_job(payload={"n": 2}, kind="test.bad")
    make_job(payload={"n": 3}, not_before=timezone.now() + timezone.timedelta(hours=1))
    make_job(JobState.RUNNING, payload={"n": 4}, lease_until=timezone.now() - timezone.timedelta(seconds=1))
    with registered("test.work", lambda payload, _report: lambda: effects.append(payload["n"])):
        call_command("run_jobs", "--until-empty")
    assert sorted(effects) == [1, 4]
    assert "Jobs done: 2. Attempts that did not succeed: 1." in capsys.readouterr().out
