"""Two at once: the database decides, exactly one wins."""

import threading

import pytest
from django.db import connection

from planning_portal.jobs import services
from planning_portal.jobs.models import Job, JobState
from tests.jobs.factories import make_job

pytestmark = pytest.mark.django_db(transaction=True)
CROWD = 6


def at_once(act):
    """What ``act(number)`` returned in each of several threads that all began at the same moment."""
    barrier = threading.Barrier(CROWD)
    results, errors = [None] * CROWD, []

    def run(number):
        try:
            barrier.wait(10)
            results[number] = act(number)
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(CROWD)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert errors == []
    return results


def test_one_job_is_claimed_by_one():
    job = make_job()
    claims = [claim for claim in at_once(lambda _: services.claim_job(job.pk)) if claim]
    assert len(claims) == 1
    assert Job.objects.get().attempts == 1


def test_the_same_request_makes_one_job():
    jobs = at_once(lambda _: services.enqueue("test.work", {}, dedupe_key="plan-1").pk)
    assert len(set(jobs)) == 1
    assert Job.objects.count() == 1


def test_one_retry_of_a_failed_job_counts():
    job = make_job(JobState.FAILED)
    changes = at_once(lambda _: services.retry_job(Job.objects.get(pk=job.pk)))
    assert sorted(changes) == [False] * (CROWD - 1) + [True]
