"""Once a day: forget what the portal no longer needs to know."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.contrib.sessions.models import Session
from django.utils import timezone

from .models import Job, JobState, WorkerBeat
from .registry import Report, housekeeping, register
from .services import enqueue

KIND = "jobs.housekeeping"
DONE_JOBS = timedelta(days=30)
FAILED_JOBS = timedelta(days=90)
SILENT_WORKERS = timedelta(days=1)
KEPT_BY_THE_FRAME = {"web.ParkedPost": timedelta(hours=24), "web.Submission": timedelta(days=30)}
"""Rows with ``created_at`` of apps that this one may not import, and how long they are of use."""


def enqueue_housekeeping(day: str) -> Job:
    """Ask for the housekeeping of ``day`` (ISO date); however many workers ask, it is done once."""
    return enqueue(KIND, {"day": day}, dedupe_key=f"{KIND}:{day}")


@register(KIND)
def keep_house(payload: dict[str, Any], report: Report) -> Callable[[], None]:
    """All of it is short deletes, so all of it is effect."""
    return forget_what_is_old


def forget_what_is_old() -> None:
    now = timezone.now()
    Job.objects.filter(state=JobState.DONE, finished_at__lt=now - DONE_JOBS).delete()
    Job.objects.filter(state=JobState.FAILED, finished_at__lt=now - FAILED_JOBS).delete()
    WorkerBeat.objects.filter(seen_at__lt=now - SILENT_WORKERS).delete()
    for label, age in KEPT_BY_THE_FRAME.items():
        apps.get_model(label)._default_manager.filter(created_at__lt=now - age).delete()
    Session.objects.filter(expire_date__lt=now).delete()
    for clean in housekeeping().values():
        clean()
