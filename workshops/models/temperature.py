"""A temperature check: one tap of each organisation, shown as shares, never a decision, gone when it is over."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from planning_portal.organisations.models import Organisation
from planning_portal.web.models import Opaque

from .session import Session
from .workshop import Workshop


class Level(models.IntegerChoices):
    """From full agreement to none, in the words of somebody who taps."""

    FULLY = 5, _("I am fully for it")
    MOSTLY = 4, _("I am for it")
    ALONG = 3, _("I can go along with it")
    DOUBTS = 2, _("I have serious doubts")
    AGAINST = 1, _("I cannot go along with it")


class TemperatureCheck(Opaque):
    """The question that a workshop is asked now, at most one; a new one takes the place of the former.

    ``question`` in ``language``, or empty: then it is about the ``session``. ``minimum`` is the smallest number that
    may be shown, fixed at its opening. ``shown`` is what is left of the answers once it was ended: they are gone then.
    """

    workshop = models.OneToOneField(Workshop, models.CASCADE, related_name="temperature", verbose_name=_("workshop"))
    session = models.ForeignKey(
        Session, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("session")
    )
    question = models.CharField(_("question"), max_length=200, blank=True)
    language = models.CharField(_("language of the question"), max_length=2, choices=settings.LANGUAGES)
    minimum = models.PositiveSmallIntegerField(_("smallest number shown"))
    opened_at = models.DateTimeField(_("opened"))
    closes_at = models.DateTimeField(_("closes"))
    shown = models.JSONField(_("what may be shown"), null=True, blank=True)

    class Meta:
        verbose_name = _("temperature check")
        verbose_name_plural = _("temperature checks")
        constraints = [
            models.CheckConstraint(
                condition=~Q(question="") | Q(session__isnull=False),
                name="temperature_asks_something",
                violation_error_message=_("Type a question, or ask about the session that is running."),
            ),
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opened_at")),
                name="temperature_closes_after_opening",
                violation_error_message=_("A question closes after it was opened."),
            ),
        ]


class TemperatureAnswer(models.Model):
    """What an organisation tapped, kept until the check is over and no longer."""

    check_of = models.ForeignKey(
        TemperatureCheck, models.CASCADE, related_name="answers", verbose_name=_("temperature check")
    )
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("organisation"))
    level = models.PositiveSmallIntegerField(_("level"), choices=Level)

    class Meta:
        verbose_name = _("answer to a temperature check")
        verbose_name_plural = _("answers to temperature checks")
        constraints = [
            models.UniqueConstraint(fields=["check_of", "organisation"], name="one_temperature_per_organisation"),
            models.CheckConstraint(
                condition=Q(level__in=Level.values),
                name="temperature_has_five_levels",
                violation_error_message=_("Choose one of the five levels."),
            ),
        ]
