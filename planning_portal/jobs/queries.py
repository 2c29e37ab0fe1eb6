"""Reads of jobs that serve a page or a probe."""

from __future__ import annotations

import hashlib
import json
import uuid
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import QuerySet
from django.db.models.functions import Now

from . import phrases
from .models import Job, JobOrder, JobState, WorkerBeat

LONGEST_WAIT = timedelta(minutes=5)
LONGEST_SILENCE = timedelta(seconds=60)


def jobs_of_group(group: uuid.UUID) -> QuerySet[Job]:
    """The jobs that one act asked for, in the order they were asked for."""
    return Job.objects.filter(orders__group=group).order_by("orders__id")


@dataclass(frozen=True)
class Group:
    """What one act asked for: its jobs, and who asked."""

    key: uuid.UUID
    jobs: list[Job]
    owner_ids: frozenset[int]

    @property
    def is_finished(self) -> bool:
        return all(job.is_finished for job in self.jobs)

    @property
    def done(self) -> int:
        return sum(job.state == JobState.DONE for job in self.jobs)

    @property
    def failed(self) -> int:
        return sum(job.state == JobState.FAILED for job in self.jobs)

    @property
    def percent(self) -> int:
        """How far all of it is; a job that failed for good counts as over."""
        return sum(100 if job.is_finished else job.progress for job in self.jobs) // len(self.jobs)

    def version(self, language: str) -> str:
        """Changes whenever the page about this group would look different in ``language``."""
        seen = [[str(job.pk), job.state, job.attempts, job.progress, job.step, job.error_code] for job in self.jobs]
        return hashlib.sha256(json.dumps([language, seen]).encode()).hexdigest()[:16]


def get_group(key: uuid.UUID) -> Group | None:
    """The group with its jobs: one query. None when there is nothing of that name."""
    orders = list(JobOrder.objects.filter(group=key).select_related("job").order_by("id"))
    if not orders:
        return None
    owners = frozenset(order.owner_id for order in orders if order.owner_id is not None)
    return Group(key, [order.job for order in orders], owners)


def group_key_of(job: Job, wanted: str) -> uuid.UUID | None:
    """``wanted`` when it is a group of this job, else the job's newest group; None when it is in none."""
    keys = list(job.orders.order_by("-id").values_list("group", flat=True))
    return next((key for key in keys if str(key) == wanted), keys[0] if keys else None)


@dataclass(frozen=True)
class JobLine:
    """One job as a page shows it; everything is in words of the reader's language."""

    job: Job
    title: str
    step: str
    error: str

    @property
    def badge(self) -> str:
        """The look of its state (``{% badge %}``)."""
        return {JobState.QUEUED: "waiting", JobState.RUNNING: "now", JobState.DONE: "done"}.get(
            JobState(self.job.state), "stop"
        )

    @property
    def can_retry(self) -> bool:
        return self.job.state == JobState.FAILED

    @property
    def is_waiting_again(self) -> bool:
        return self.job.state == JobState.QUEUED and bool(self.job.error_code)


def line_of(job: Job) -> JobLine:
    return JobLine(job, phrases.title_of(job), phrases.step_of(job), phrases.error_of(job))


def newest_jobs(state: str = "") -> QuerySet[Job]:
    """All jobs, the newest first, or those in one state."""
    jobs = Job.objects.order_by("-created_at", "pk")
    return jobs.filter(state=state) if state in JobState.values else jobs


def health() -> list[tuple[str, str, str]]:
    """How the slow work is, for ``/ready``: name, "ok" or "degraded" (pages still work), and why."""
    is_alive = WorkerBeat.objects.filter(seen_at__gte=Now() - LONGEST_SILENCE).exists()
    is_late = Job.objects.filter(state=JobState.QUEUED, not_before__lt=Now() - LONGEST_WAIT).exists()
    return [
        ("worker", "ok", "") if is_alive else ("worker", "degraded", "silent"),
        ("jobs", "degraded", "late") if is_late else ("jobs", "ok", ""),
    ]
