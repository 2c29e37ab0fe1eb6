"""What Celery runs: thin, by id only."""

import uuid

from celery import shared_task

from . import run


@shared_task(name="jobs.run_job")
def run_job(job_id: str) -> None:
    """Do the job with this id, or nothing when it is not to be done (any longer, or yet)."""
    run.run_job(uuid.UUID(job_id))
