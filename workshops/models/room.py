"""The room of a workshop: how it is joined, what its screen shows, who wants to speak."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from planning_portal.organisations.models import Organisation, User
from planning_portal.web.models import Opaque

from .session import Session
from .workshop import Workshop

JOIN_CODE_LENGTH = 6


class RoomView(models.TextChoices):
    NOW = "now", _("what is going on")
    JOIN = "join", _("how to join")
    QUEUE = "queue", _("who speaks")
    RESULT = "result", _("the result of the last round")


class Room(models.Model):
    """How people in the room reach a workshop: a short code to join with, and the address of the screen on the wall.

    ``screen_code`` is a secret in an address that needs no sign-in; without one there is no screen. A new one makes the
    former address a dead end.
    """

    workshop = models.OneToOneField(Workshop, models.CASCADE, related_name="room", verbose_name=_("workshop"))
    join_code = models.CharField(_("code to join"), max_length=JOIN_CODE_LENGTH, unique=True)
    screen_code = models.CharField(_("code of the screen"), max_length=32, unique=True, null=True, blank=True)
    view = models.CharField(_("what the screen shows"), max_length=8, choices=RoomView, default=RoomView.NOW)
    language = models.CharField(_("first language"), max_length=2, choices=settings.LANGUAGES, default="en")
    second_language = models.CharField(_("second language"), max_length=2, choices=settings.LANGUAGES, blank=True)

    class Meta:
        verbose_name = _("room")
        verbose_name_plural = _("rooms")
        constraints = [
            models.CheckConstraint(
                condition=~Q(second_language=F("language")),
                name="room_shows_two_different_languages",
                violation_error_message=_("Choose another second language, or none."),
            )
        ]

    @property
    def languages(self) -> list[str]:
        return [self.language, self.second_language] if self.second_language else [self.language]


class Gender(models.TextChoices):
    WOMAN = "woman", _("a woman")
    MAN = "man", _("a man")
    OTHER = "other", _("another gender")


class Hand(Opaque):
    """A wish to speak in a session: waiting, speaking, done, or lowered before its turn.

    Somebody raises it for an organisation; ``raised_by`` is who pressed the button, which may be a facilitator.
    ``position`` orders those that wait, lowest first.
    """

    session = models.ForeignKey(Session, models.CASCADE, related_name="hands", verbose_name=_("session"))
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("organisation"))
    raised_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("raised by"))
    language = models.CharField(_("language of the speech"), max_length=2, choices=settings.LANGUAGES)
    gender = models.CharField(_("who speaks"), max_length=5, choices=Gender, blank=True)
    position = models.PositiveSmallIntegerField(_("position"))
    raised_at = models.DateTimeField(_("raised"), auto_now_add=True)
    started_at = models.DateTimeField(_("began to speak"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    lowered_at = models.DateTimeField(_("lowered"), null=True, blank=True)

    class Meta:
        verbose_name = _("raised hand")
        verbose_name_plural = _("raised hands")
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "organisation"],
                condition=Q(ended_at__isnull=True, lowered_at__isnull=True),
                name="one_raised_hand_per_organisation",
                violation_error_message=_("The hand of this organisation is raised already."),
            ),
            models.UniqueConstraint(
                fields=["session"],
                condition=Q(started_at__isnull=False, ended_at__isnull=True),
                name="one_speaker_at_a_time",
                violation_error_message=_("Somebody else is speaking. End their turn first."),
            ),
            models.CheckConstraint(
                condition=Q(started_at__isnull=True, ended_at__isnull=True)
                | Q(started_at__isnull=False, lowered_at__isnull=True),
                name="hand_is_lowered_or_speaks",
                violation_error_message=_("A hand is lowered before its turn, or speaks."),
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")),
                name="turn_ends_after_start",
                violation_error_message=_("A turn cannot end before it has begun."),
            ),
        ]

    @property
    def is_waiting(self) -> bool:
        return self.started_at is None and self.lowered_at is None

    @property
    def is_speaking(self) -> bool:
        return self.started_at is not None and self.ended_at is None
