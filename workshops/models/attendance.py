"""Which organisations were at which session."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from planning_portal.organisations.models import Organisation

from .session import Session


class AttendanceSource(models.TextChoices):
    PHONE = "phone", _("by phone")
    DESK = "desk", _("at the desk")
    LIST = "list", _("from the list")


class Attendance(models.Model):
    """An organisation that was at a session. Whoever has one took part in the workshop (``Delegation.is_present``)."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="attendances", verbose_name=_("session"))
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("organisation"))
    source = models.CharField(_("source"), max_length=5, choices=AttendanceSource)
    recorded_at = models.DateTimeField(_("recorded"), auto_now_add=True)

    class Meta:
        verbose_name = _("attendance")
        verbose_name_plural = _("attendances")
        constraints = [
            models.UniqueConstraint(fields=["session", "organisation"], name="one_attendance_per_organisation"),
        ]
