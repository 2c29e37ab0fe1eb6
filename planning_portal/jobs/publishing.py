"""Tell a worker that a job waits. A message is only a hint: the table is the truth, and the relay mends.

So a message may be lost, come twice or come late, and whoever sends it need not wait for a broker that is ill.
"""

from __future__ import annotations

import logging
import threading
import time
import uuid

from celery import current_app
from django.conf import settings
from django.db.models.functions import Now

from .models import Job

logger = logging.getLogger(__name__)

REST_SECONDS = 30.0


class Breaker:
    """After a failure nobody of this process tries again for a while: only one request waits for an ill broker."""

    def __init__(self, rest_seconds: float = REST_SECONDS):
        self.rest_seconds = rest_seconds
        self.failures = 0
        self._rests_until = 0.0
        self._lock = threading.Lock()

    def is_open(self) -> bool:
        return time.monotonic() < self._rests_until

    def note_failure(self) -> None:
        with self._lock:
            self.failures += 1
            self._rests_until = time.monotonic() + self.rest_seconds

    def note_success(self) -> None:
        self._rests_until = 0.0


breaker = Breaker()


def has_broker() -> bool:
    """Whether there is a broker beyond this process: without one the worker's relay feeds the worker itself."""
    return not settings.CELERY_BROKER_URL.startswith("memory:")


def publish(job_id: uuid.UUID) -> None:
    """Hand the job's id to the queue, once and with no second try. Raises what the broker's client raises.

    The time it may take is bounded by the socket timeouts in ``CELERY_BROKER_TRANSPORT_OPTIONS``.
    """
    current_app.send_task("jobs.run_job", (str(job_id),), retry=False, ignore_result=True)


def publish_from_web(job_id: uuid.UUID) -> bool:
    """Hand over a job that was just committed, if there is a broker and it is well. Never raises, never hangs."""
    if not has_broker() or breaker.is_open():
        return False
    try:
        publish(job_id)
    except Exception as error:
        breaker.note_failure()
        logger.warning("The broker does not take jobs (%s): the relay will hand them over.", type(error).__name__)
        return False
    breaker.note_success()
    Job.objects.filter(pk=job_id, published_at=None).update(published_at=Now())
    return True
