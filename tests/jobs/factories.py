"""Jobs in any state, and kinds of job that only tests know."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.utils import timezone

from planning_portal.jobs import registry
from planning_portal.jobs.models import Job, JobOrder, JobState


def make_job(state: str = JobState.QUEUED, **fields: Any) -> Job:
    """A job as its services would have left it in ``state``."""
    group = fields.pop("group", None)
    now = timezone.now()
    shape: dict[str, Any] = {"kind": "test.work", "payload": {}, "not_before": now - timedelta(seconds=1)}
    if state == JobState.RUNNING:
        shape |= {"attempts": 1, "lease_owner": "worker-a:1:aaaa", "lease_until": now + timedelta(seconds=60)}
    if state in {JobState.DONE, JobState.FAILED}:
        shape |= {"attempts": 1, "finished_at": now}
    if state == JobState.FAILED:
        shape |= {"attempts": 5, "error_code": "error"}
    if state == JobState.DONE:
        shape["progress"] = 100
    job = Job.objects.create(state=state, **{**shape, **fields})
    if group is not None:
        order_job(job, group, fields.get("owner"))
    return job


def order_job(job: Job, group: uuid.UUID, owner: Any = None) -> JobOrder:
    return JobOrder.objects.create(job=job, group=group, owner=owner)


@contextmanager
def registered(kind: str, work: registry.Work, title: str = "") -> Iterator[None]:
    """``work`` does the jobs of ``kind`` as long as this lasts."""
    registry.register(kind, title=title)(work)
    try:
        yield
    finally:
        registry._kinds.pop(kind)
