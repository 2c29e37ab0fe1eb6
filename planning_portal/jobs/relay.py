"""The relay: what makes the table, not the broker, the truth.

A step of the worker's consumer that looks into the table every ``JOB_RELAY_SECONDS`` and hands to the queue whatever
waits and was not handed over (or long ago), puts back what a dead worker left, and says that this worker is alive.
Without a broker it is what feeds the worker; with one it mends what the web could not publish.
"""

from __future__ import annotations

import logging
import threading
import time
from datetime import timedelta

from django.conf import settings
from django.db import close_old_connections, connections
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from . import services
from .housekeeping import enqueue_housekeeping
from .models import Job, JobState
from .publishing import has_broker, publish

logger = logging.getLogger(__name__)

BATCH = 20
BEAT_SECONDS = 10.0


def jobs_to_hand_over() -> QuerySet[Job]:
    """What is due and not known to be in a queue: never handed over, or so long ago that the message may be lost.

    With a broker a new job has a moment's time to be published by the request that wrote it.
    """
    is_forgotten = Q(published_at=None) & (Q(attempts__gt=0) | Q(not_before__lte=Now() - _head_start()))
    is_old = Q(published_at__lt=Now() - timedelta(seconds=settings.JOB_LEASE_SECONDS))
    return Job.objects.filter(is_forgotten | is_old, state=JobState.QUEUED, not_before__lte=Now()).order_by(
        "not_before", "created_at"
    )


def _head_start() -> timedelta:
    return timedelta(seconds=settings.JOB_RELAY_SECONDS if has_broker() else 0)


def hand_over_jobs(limit: int = BATCH) -> int:
    """Publish what is to be handed over; each row by one relay only. Raises what the broker's client raises."""
    handed = 0
    for job in jobs_to_hand_over().only("pk", "published_at")[:limit]:
        row = Job.objects.filter(pk=job.pk, state=JobState.QUEUED)
        if not row.filter(published_at=job.published_at).update(published_at=Now()):
            continue
        try:
            publish(job.pk)
        except Exception:
            row.update(published_at=None)
            raise
        handed += 1
    return handed


def forget_what_was_handed_over() -> None:
    """An in-memory queue died with its worker: at its start nothing counts as handed over."""
    Job.objects.filter(state=JobState.QUEUED).exclude(published_at=None).update(published_at=None)


class Relay:
    """One round after another, in a thread of its own: a slow database or broker never holds up the worker."""

    def __init__(self) -> None:
        self._wake = threading.Event()
        self._is_stopped = False
        self._is_first = True
        self._is_ill = False
        self._last_beat = 0.0
        self._last_day = ""
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, name="relay", daemon=True)
        self._thread.start()

    def poke(self) -> None:
        """What the worker's timer calls: it only rings the bell."""
        self._wake.set()

    def stop(self) -> None:
        self._is_stopped = True
        self._wake.set()

    def _run(self) -> None:
        while True:
            self._wake.wait()
            self._wake.clear()
            if self._is_stopped:
                return
            self.try_round()

    def try_round(self) -> None:
        """One round; an error is logged when it begins and when it is over, not every second."""
        try:
            close_old_connections()
            self.do_round()
            if self._is_ill:
                logger.info("The relay works again.")
            self._is_ill = False
        except Exception as error:
            if not self._is_ill:
                logger.error("The relay cannot work (%s) and goes on trying.", type(error).__name__)
            self._is_ill = True
        finally:
            # The pool forks children at any time: none of them may inherit an open connection.
            connections.close_all()

    def do_round(self) -> None:
        if self._is_first and not has_broker():
            forget_what_was_handed_over()
        self._is_first = False
        self._beat()
        services.requeue_expired_jobs()
        self._keep_house()
        hand_over_jobs()

    def _beat(self) -> None:
        if time.monotonic() - self._last_beat < BEAT_SECONDS and self._last_beat:
            return
        services.note_beat(services.worker_name())
        self._last_beat = time.monotonic()

    def _keep_house(self) -> None:
        today = timezone.now().date().isoformat()
        if today != self._last_day:
            enqueue_housekeeping(today)
            self._last_day = today
