"""What was adopted, frozen for good, and what was put together from it."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from planning_portal.organisations.models import User
from planning_portal.programme.models import Programme
from planning_portal.web.models import Opaque

from ..querysets import PlanVersionQuerySet
from .plan import ActionPlan


class PlanVersion(models.Model):
    """An adopted, frozen version of a plan: plain data with every language, and its SHA-256. Never edited."""

    plan = models.ForeignKey(ActionPlan, models.PROTECT, related_name="versions", verbose_name=_("plan"))
    number = models.PositiveIntegerField(_("number"))
    snapshot = models.JSONField(_("content"))
    sha256 = models.CharField("SHA-256", max_length=64)
    note = models.TextField(_("note"), blank=True)
    adopted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("adopted by"))
    adopted_at = models.DateTimeField(_("adopted"), auto_now_add=True)

    objects = PlanVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version of a plan")
        verbose_name_plural = _("versions of plans")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "number"],
                name="one_plan_version_per_number",
                violation_error_message=_("This plan already has a version with this number."),
            )
        ]

    def __str__(self) -> str:
        return f"#{self.plan_id} v{self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save once. Raises TypeError for a version that exists: what was adopted does not change."""
        if self.pk is not None:
            raise TypeError("An adopted version is never edited.")
        super().save(*args, **kwargs)


class PlanEditionManager(models.Manager["PlanEdition"]):
    """Editions with their programme: every title of one names it."""

    def get_queryset(self) -> models.QuerySet["PlanEdition"]:
        return super().get_queryset().select_related("programme")


class PlanEdition(Opaque):
    """A numbered consolidation of the latest adopted versions of all plans: what the consolidated PDFs are made of.

    ``facts`` is what the document tells of the planning itself (countries, workshops, decisions), frozen with it.
    """

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="editions", verbose_name=_("programme"))
    number = models.PositiveIntegerField(_("number"))
    versions = models.ManyToManyField(PlanVersion, related_name="editions", verbose_name=_("versions"))
    facts = models.JSONField(_("facts of the planning"), default=dict)
    sha256 = models.CharField("SHA-256", max_length=64)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("made by")
    )
    created_at = models.DateTimeField(_("made"), auto_now_add=True)

    objects = PlanEditionManager()

    class Meta:
        base_manager_name = "objects"
        verbose_name = _("edition of the consolidated plan")
        verbose_name_plural = _("editions of the consolidated plan")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "number"],
                name="one_edition_per_number",
                violation_error_message=_("This programme already has an edition with this number."),
            )
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.number}"
