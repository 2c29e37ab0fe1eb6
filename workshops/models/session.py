"""The run sheet of a workshop: its items, live, and what the facilitators note beside them."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from planning_portal.languages.models import Multilingual
from planning_portal.organisations.models import User
from planning_portal.web.models import Opaque


class SessionKind(models.TextChoices):
    WELCOME = "welcome", _("welcome")
    PRESENTATION = "presentation", _("presentation")
    DISCUSSION = "discussion", _("discussion")
    WORKING_GROUPS = "working_groups", _("working groups")
    WEIGHING = "weighing", _("weighing")
    DECISION = "decision", _("decision")
    CLOSING = "closing", _("closing")


class SetAside(models.TextChoices):
    SKIPPED = "skipped", _("skipped")
    PARKED = "parked", _("parked")


class Session(Multilingual, Opaque):
    """An item of the run sheet; started and ended live, at most one at a time.

    ``day`` counts from one; ``begins_at`` fixes its hour, else it follows the item before. Its owner is one of the
    facilitators or a name that was typed: read at the desk only.
    ``paused_seconds`` are the pauses that are over, and the time between an end and going on: they do not count.
    *Skipped* is left out; *parked* waits until everything else was held, also when it had begun.
    """

    TEXTS = ("title",)
    REQUIRED_TEXTS = ("title",)

    workshop = models.ForeignKey(
        "workshops.Workshop", models.CASCADE, related_name="sessions", verbose_name=_("workshop")
    )
    kind = models.CharField(_("kind"), max_length=16, choices=SessionKind)
    position = models.PositiveSmallIntegerField(_("position"))
    title = models.CharField(_("title"), max_length=160, blank=True)
    planned_minutes = models.PositiveSmallIntegerField(_("planned minutes"), default=30)
    day = models.PositiveSmallIntegerField(_("day"), default=1)
    begins_at = models.TimeField(_("begins at"), null=True, blank=True)
    owner = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("owner"))
    owner_name = models.CharField(_("owner's name"), max_length=120, blank=True)
    spoken_language = models.CharField(
        _("language that is spoken"), max_length=2, choices=settings.LANGUAGES, blank=True
    )
    candidates = models.ManyToManyField(
        "workshops.Candidate", blank=True, related_name="sessions", verbose_name=_("candidates")
    )
    set_aside = models.CharField(_("set aside"), max_length=8, choices=SetAside, blank=True)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    paused_at = models.DateTimeField(_("paused"), null=True, blank=True)
    paused_seconds = models.PositiveIntegerField(_("seconds of pauses"), default=0)

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["workshop", "position"], name="one_session_per_position"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(started_at__isnull=False, ended_at__gte=F("started_at")),
                name="session_ends_after_start",
                violation_error_message=_("A session cannot end before it has started."),
            ),
            models.UniqueConstraint(
                fields=["workshop"],
                condition=Q(started_at__isnull=False, ended_at__isnull=True),
                name="one_running_session",
                violation_error_message=_("Another session is still running. End it first."),
            ),
            models.CheckConstraint(
                condition=Q(day__gte=1),
                name="session_is_on_a_day",
                violation_error_message=_("Days count from one."),
            ),
            models.CheckConstraint(
                condition=Q(owner__isnull=True) | Q(owner_name=""),
                name="session_has_one_owner",
                violation_error_message=_("Choose an owner or type a name, not both."),
            ),
            models.CheckConstraint(
                condition=Q(set_aside="") | Q(started_at__isnull=True) | Q(set_aside="parked", ended_at__isnull=False),
                name="session_set_aside_is_not_running",
                violation_error_message=_(
                    "A session that runs is not set aside, and one that was held is not skipped."
                ),
            ),
            models.CheckConstraint(
                condition=Q(paused_at__isnull=True) | Q(started_at__isnull=False, ended_at__isnull=True),
                name="paused_session_is_running",
                violation_error_message=_("Only a session that runs can be paused."),
            ),
        ]

    @property
    def is_running(self) -> bool:
        return self.started_at is not None and self.ended_at is None


class SessionNote(models.Model):
    """What the facilitators of a session tell each other. It never leaves their desk: no screen, no minutes, no export.

    A table of its own, so that nothing which reads a session reads it by the way.
    """

    session = models.OneToOneField(Session, models.CASCADE, related_name="note", verbose_name=_("session"))
    text = models.TextField(_("text"), blank=True)
    version = models.PositiveIntegerField(_("version"), default=1)

    class Meta:
        verbose_name = _("note of a session")
        verbose_name_plural = _("notes of sessions")
