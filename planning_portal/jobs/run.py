"""Do one job: claim it, hold the lease while its function works, then finish or fail."""

from __future__ import annotations

import logging
import threading
import time
import traceback
import uuid
from collections.abc import Callable
from typing import Any

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import close_old_connections, connection, connections
from django.db.models.functions import Now

from . import services
from .models import Job, JobState
from .registry import Effect, JobError, LeaseLost, kind_of

logger = logging.getLogger(__name__)

SHORTEST_PAUSE = 1.0


class Heartbeat:
    """Holds the lease and writes the progress, in a thread of its own, at most once a second.

    Inside a transaction of the caller (tests, one process) nobody else sees the row: then there is no thread, and
    each report is written at once.
    """

    def __init__(self, claim: services.Claim):
        self.claim = claim
        self.progress = 0
        self.step: dict[str, Any] = {}
        self.is_lost = False
        self._is_new = False
        self._stop = threading.Event()
        self._thread = None if connection.in_atomic_block else threading.Thread(target=self._beat, daemon=True)

    def __enter__(self) -> Heartbeat:
        if self._thread is not None:
            self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join(settings.JOB_LEASE_SECONDS)

    def report(self, percent: int, key: str, params: dict[str, Any] | None = None) -> None:
        """What the job's function calls. Raises LeaseLost: then the rest of the work would be for nothing."""
        if self.is_lost:
            raise LeaseLost
        self.progress = min(max(int(percent), 0), 99)
        self.step = {"key": key, "params": params or {}}
        self._is_new = True
        if self._thread is None:
            self._write()

    def _write(self) -> None:
        self._is_new = False
        self.is_lost = not services.prolong_claim(self.claim, progress=self.progress, step=self.step)

    def _beat(self) -> None:
        interval = settings.JOB_LEASE_SECONDS / 3
        last = time.monotonic()
        try:
            while not self.is_lost and not self._stop.wait(min(interval, SHORTEST_PAUSE)):
                if self._is_new or time.monotonic() - last >= interval:
                    self._try_to_write()
                    last = time.monotonic()
        finally:
            connections.close_all()

    def _try_to_write(self) -> None:
        try:
            self._write()
        except Exception as error:
            logger.warning("The lease of job %s could not be prolonged (%s).", self.claim.job.pk, type(error).__name__)
            connections.close_all()


def run_job(job_id: uuid.UUID) -> bool:
    """Do the job if it can be claimed; True when it is done and its effect applied. Raises only what the claim does."""
    claim = services.claim_job(job_id)
    if claim is None:
        return False
    try:
        with Heartbeat(claim) as heartbeat:
            effect = _work(claim, heartbeat.report)
        if not connection.in_atomic_block:
            close_old_connections()
        services.finish_job(claim, effect)
    except LeaseLost:
        logger.warning("Job %s was taken over by somebody else.", claim.job.pk)
        return False
    except JobError as error:
        return _fail(claim, error.code, error, retry=error.retry)
    except SoftTimeLimitExceeded as error:
        return _fail(claim, "timeout", error)
    except Exception as error:
        return _fail(claim, "error", error)
    return True


def _work(claim: services.Claim, report: Callable[..., None]) -> Effect | None:
    kind = kind_of(claim.job.kind)
    if kind is None:
        raise JobError("unknown_kind")
    return kind.work(dict(claim.job.payload), report)


def _fail(claim: services.Claim, code: str, error: Exception, *, retry: bool = True) -> bool:
    logger.error("Job %s (%s) failed with %s", claim.job.pk, claim.job.kind, _where(error))
    try:
        services.fail_job(claim, code, retry=retry)
    except Exception as trouble:
        # The lease runs out, and the relay puts the job back.
        logger.error("The failure of job %s could not be noted (%s).", claim.job.pk, type(trouble).__name__)
    return False


def _where(error: BaseException) -> str:
    """The kind of error and its traceback without messages: a message may hold what people wrote."""
    frames = "".join(traceback.format_tb(error.__traceback__))
    cause = error.__cause__ or error.__context__
    return f"{type(error).__name__}\n{frames}" + (f"because of {_where(cause)}" if cause is not None else "")


def run_due_jobs() -> tuple[int, int]:
    """Do all jobs that are due, one after the other, in this process. How many were done, and how many were not."""
    done = failed = 0
    services.requeue_expired_jobs()
    while (job_id := _next_due_job()) is not None:
        if run_job(job_id):
            done += 1
        else:
            failed += 1
    return done, failed


def _next_due_job() -> uuid.UUID | None:
    due = Job.objects.filter(state=JobState.QUEUED, not_before__lte=Now()).order_by("not_before", "created_at")
    return due.values_list("pk", flat=True).first()
