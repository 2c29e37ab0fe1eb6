"""Every change of a job's state: one compare-and-set statement each, on the database's clock."""

from __future__ import annotations

import os
import secrets
import socket
import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Now

from .models import Job, JobOrder, JobState, WorkerBeat
from .publishing import publish_from_web
from .registry import Effect, LeaseLost

BACK_IN_THE_QUEUE: dict[str, Any] = {
    "state": JobState.QUEUED,
    "not_before": Now(),
    "lease_until": None,
    "lease_owner": "",
    "published_at": None,
    "progress": 0,
    "step": {},
    "finished_at": None,
}


@dataclass(frozen=True)
class Claim:
    """The right to work on a job until the lease runs out. ``owner`` and ``attempts`` are the fence."""

    job: Job
    owner: str
    attempts: int

    def rows(self) -> Any:
        """The job's row as long as this claim holds; nothing once somebody else has taken it over."""
        return Job.objects.filter(
            pk=self.job.pk, state=JobState.RUNNING, lease_owner=self.owner, attempts=self.attempts
        )


def worker_name() -> str:
    """The name of this process's worker, first part of ``lease_owner``; its supervisor gives it."""
    return os.environ.get("PORTAL_WORKER") or f"{socket.gethostname()[:30]}-{os.getppid()}"


def enqueue(
    kind: str,
    payload: dict[str, Any],
    *,
    owner: Any = None,
    dedupe_key: str | None = None,
    group: uuid.UUID | None = None,
) -> Job:
    """Ask for a piece of slow work, inside the business transaction that wants it.

    With a ``dedupe_key`` that is known, the job that has it is the answer: as it is while it waits, runs or is
    done; queued again when it had failed. ``group`` puts the job among those that one act of ``owner`` asked for.
    ``payload`` holds ids and codes only: it is never logged, but it is kept.
    """
    wanted = {"kind": kind, "payload": payload, "owner": owner}
    if dedupe_key is None:
        job, is_new = Job.objects.create(**wanted), True
    else:
        job, is_new = Job.objects.get_or_create(dedupe_key=dedupe_key, defaults=wanted)
    if group is not None:
        JobOrder.objects.get_or_create(group=group, job=job, defaults={"owner": owner})
    if is_new:
        _publish_on_commit(job)
    elif job.state == JobState.FAILED:
        retry_job(job)
    return job


def retry_job(job: Job) -> bool:
    """Queue a failed job again, with as many attempts as a new one; False when it is not (any longer) failed."""
    changed = Job.objects.filter(pk=job.pk, state=JobState.FAILED).update(
        **BACK_IN_THE_QUEUE, error_code="", max_attempts=F("attempts") + settings.JOB_MAX_ATTEMPTS
    )
    job.refresh_from_db()
    if changed:
        _publish_on_commit(job)
    return bool(changed)


def _publish_on_commit(job: Job) -> None:
    transaction.on_commit(lambda: publish_from_web(job.pk), robust=True)


def claim_job(job_id: uuid.UUID) -> Claim | None:
    """Take a job that waits and is due. None when it is somebody else's, finished, or not due yet."""
    job = Job.objects.filter(pk=job_id, state=JobState.QUEUED).first()
    if job is None:
        return None
    claim = Claim(job, f"{worker_name()}:{os.getpid()}:{secrets.token_hex(4)}", job.attempts + 1)
    taken = Job.objects.filter(pk=job_id, state=JobState.QUEUED, attempts=job.attempts, not_before__lte=Now()).update(
        state=JobState.RUNNING,
        attempts=claim.attempts,
        lease_owner=claim.owner,
        lease_until=_end_of_lease(),
        progress=0,
        step={},
    )
    return claim if taken else None


def _end_of_lease() -> Any:
    return Now() + timedelta(seconds=settings.JOB_LEASE_SECONDS)


def prolong_claim(claim: Claim, *, progress: int, step: dict[str, Any]) -> bool:
    """The heartbeat: hold the lease and show how far the work is. False when the job was lost to somebody else."""
    return bool(claim.rows().update(lease_until=_end_of_lease(), progress=progress, step=step))


@transaction.atomic
def finish_job(claim: Claim, effect: Effect | None) -> None:
    """Mark the job as done and apply its effect, in one transaction: so the effect happens exactly once.

    Raises LeaseLost, and what ``effect`` raises; either way nothing of it remains.
    """
    if not claim.rows().update(
        state=JobState.DONE, lease_until=None, progress=100, step={}, error_code="", finished_at=Now()
    ):
        raise LeaseLost
    if effect is not None:
        effect()


def fail_job(claim: Claim, code: str, *, retry: bool = True) -> bool:
    """Note a failed attempt: another one after the back-off, or failed for good when the attempts are used up."""
    job = Job.objects.filter(pk=claim.job.pk).only("max_attempts").first()
    if job is None:
        return False
    left = job.max_attempts - claim.attempts if retry else 0
    if left <= 0:
        return bool(
            claim.rows().update(state=JobState.FAILED, error_code=code, lease_until=None, step={}, finished_at=Now())
        )
    return bool(claim.rows().update(**{**BACK_IN_THE_QUEUE, "not_before": Now() + _back_off(left)}, error_code=code))


def _back_off(attempts_left: int) -> timedelta:
    waits = settings.JOB_BACKOFF_SECONDS
    failures = settings.JOB_MAX_ATTEMPTS - attempts_left
    return timedelta(seconds=waits[min(max(failures, 1), len(waits)) - 1])


def requeue_expired_jobs() -> int:
    """Put back what nobody has prolonged in time; what was lost at every attempt fails for good.

    A job that kills its worker must not be repeated for ever.
    """
    expired = Job.objects.filter(state=JobState.RUNNING, lease_until__lt=Now())
    if not expired.exists():
        return 0  # every relay asks every second: a read disturbs nobody
    expired.filter(attempts__gte=F("max_attempts")).update(
        state=JobState.FAILED, error_code="lost", lease_until=None, step={}, finished_at=Now()
    )
    return expired.filter(attempts__lt=F("max_attempts")).update(**BACK_IN_THE_QUEUE)


def release_leases(worker: str, *, charge: bool) -> int:
    """Put back at once what a worker held that is known to be gone. ``charge=False``: the attempt does not count."""
    held = Job.objects.filter(state=JobState.RUNNING, lease_owner__startswith=f"{worker}:")
    if charge:
        return held.filter(attempts__lt=F("max_attempts")).update(**BACK_IN_THE_QUEUE)
    return held.update(**BACK_IN_THE_QUEUE, max_attempts=F("max_attempts") + 1)


def restart_jobs(jobs: QuerySet[Job]) -> int:
    """Have those of ``jobs`` that run begin again: what they read is no longer true. The attempt does not count."""
    running = jobs.filter(state=JobState.RUNNING)
    return running.update(**BACK_IN_THE_QUEUE, max_attempts=F("max_attempts") + 1)


def note_beat(worker: str) -> None:
    """A worker's relay is alive."""
    if not WorkerBeat.objects.filter(name=worker).update(seen_at=Now()):
        WorkerBeat.objects.get_or_create(name=worker)
