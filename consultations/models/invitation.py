"""What an invited organisation answers, and when it was reminded."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from planning_portal.languages.models import Multilingual
from planning_portal.organisations.models import Organisation, User
from planning_portal.programme.models import Theme

from .consultation import Consultation, Participation
from .versioned import Versioned


class InvitationAnswer(Versioned, Multilingual):
    """Whether an organisation comes, with a line. Several of its staff may answer: who acted is kept apart from for
    whom, and none overwrites another unseen. Read by the country's circle only, so never offered to translators."""

    TEXTS = ("line",)

    participation = models.OneToOneField(
        Participation, models.CASCADE, related_name="answer", verbose_name=_("participation")
    )
    comes = models.BooleanField(_("comes"))
    line = models.CharField(_("a line to the companion"), max_length=250, blank=True)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("answered by"))
    answered_at = models.DateTimeField(_("answered"), auto_now=True)

    class Meta:
        verbose_name = _("answer to an invitation")
        verbose_name_plural = _("answers to invitations")

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save; nothing for translators."""
        super(Multilingual, self).save(*args, **kwargs)


class ReminderReason(models.TextChoices):
    """What an organisation is reminded of. The mail does not say it: the home page does."""

    ANSWER = "answer", pgettext_lazy("reminded of", "its answer")
    DRAFT = "draft", pgettext_lazy("reminded of", "its draft")
    SILENT = "silent", pgettext_lazy("reminded of", "a first word")
    THEME = "theme", pgettext_lazy("reminded of", "a theme")


class Reminder(models.Model):
    """An organisation was reminded: once a day at most, whoever presses the button. ``by`` None is the portal."""

    consultation = models.ForeignKey(
        Consultation, models.CASCADE, related_name="reminders", verbose_name=_("consultation")
    )
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("organisation"))
    day = models.DateField(_("day (UTC)"))
    reason = models.CharField(_("reminded of"), max_length=6, choices=ReminderReason)
    theme = models.ForeignKey(
        Theme, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("reminded of the theme")
    )
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("reminded by"))
    at = models.DateTimeField(_("when"), auto_now_add=True)

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        constraints = [
            models.UniqueConstraint(
                fields=["consultation", "organisation", "day"],
                name="one_reminder_per_organisation_and_day",
                violation_error_message=_("This organisation was already reminded today."),
            ),
            models.CheckConstraint(
                condition=Q(reason=ReminderReason.THEME, theme__isnull=False)
                | (~Q(reason=ReminderReason.THEME) & Q(theme__isnull=True)),
                name="reminder_of_a_theme_names_it",
                violation_error_message=_("A reminder of a theme says of which."),
            ),
        ]
