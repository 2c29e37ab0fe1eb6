"""The Celery application. Its queue is only a hint; the relay keeps it in line with the table of jobs."""

import os
from typing import Any

from celery import Celery, signals

from planning_portal.jobs.bootstep import RelayStep

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "planning_portal.settings")
app = Celery("planning_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.set_default()  # so that every thread of the web publishes through it
app.autodiscover_tasks()
app.steps["consumer"].add(RelayStep)


@signals.worker_init.connect
def shorten_farewell(**kwargs: Any) -> None:
    """A process of the pool that ends waits 30 s for its last result to be read, which at a stop may never happen.

    What a job did is in the table, so one second is plenty.
    """
    from billiard import pool

    pool.GUARANTEE_MESSAGE_CONSUMPTION_RETRY_LIMIT = 10
