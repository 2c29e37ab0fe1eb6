"""The one truth about slow work (README.md; reference: safety-and-reliability D2)."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class JobState(models.TextChoices):
    QUEUED = "queued", _("waiting")
    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")


class Job(models.Model):
    """A piece of slow work, written in the business transaction that wants it and run by Celery.

    ``payload`` holds ids and language codes only. ``progress`` is 0-100, ``step`` a key and its parameters that the
    page turns into words in the reader's language. ``lease_until`` is database time: past it, another worker may
    take the job over; ``lease_owner`` and ``attempts`` (which only ever grows) fence the former owner off.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("kind"), max_length=60)
    payload = models.JSONField(_("payload"), default=dict)
    dedupe_key = models.CharField(_("dedupe key"), max_length=200, unique=True, null=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("asked by")
    )
    state = models.CharField(_("state"), max_length=10, choices=JobState, default=JobState.QUEUED)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    max_attempts = models.PositiveSmallIntegerField(_("most attempts"), default=settings.JOB_MAX_ATTEMPTS)
    not_before = models.DateTimeField(_("not before"), db_default=Now())
    lease_until = models.DateTimeField(_("leased until"), null=True)
    lease_owner = models.CharField(_("leased by"), max_length=80, blank=True)
    published_at = models.DateTimeField(_("handed to the queue"), null=True)
    progress = models.PositiveSmallIntegerField(_("progress"), default=0)
    step = models.JSONField(_("step"), default=dict)
    error_code = models.CharField(_("error"), max_length=60, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished"), null=True)

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        constraints = [
            models.CheckConstraint(
                condition=Q(state="running", lease_until__isnull=False) | ~Q(state="running"),
                name="running_job_has_lease",
                violation_error_message=_("A running job must hold a lease."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=["done", "failed"], finished_at__isnull=False)
                | Q(state__in=["queued", "running"], finished_at__isnull=True),
                name="finished_job_has_time",
                violation_error_message=_("A finished job must say when."),
            ),
            models.CheckConstraint(
                condition=Q(progress__lte=100), name="job_progress_is_share", violation_error_message=_("At most 100.")
            ),
        ]
        indexes = [models.Index(fields=["state", "not_before"], name="job_to_run")]

    @property
    def is_finished(self) -> bool:
        return self.state in {JobState.DONE, JobState.FAILED}


class JobOrder(models.Model):
    """Who asked for a job, and together with which others: what one press of a button asked for is one group.

    Two people who ask for the same document share its job, and each finds it in the group of their own.
    """

    group = models.UUIDField(_("group"))
    job = models.ForeignKey(Job, models.CASCADE, related_name="orders", verbose_name=_("job"))
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("asked by")
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("job order")
        verbose_name_plural = _("job orders")
        constraints = [
            models.UniqueConstraint(
                fields=["group", "job"],
                name="job_once_in_group",
                violation_error_message=_("This job is already in the group."),
            )
        ]


class WorkerBeat(models.Model):
    """When a worker's relay was last alive, in database time: what ``/ready`` asks."""

    name = models.CharField(_("worker"), max_length=80, unique=True)
    seen_at = models.DateTimeField(_("last seen"), db_default=Now())

    class Meta:
        verbose_name = _("worker")
        verbose_name_plural = _("workers")
