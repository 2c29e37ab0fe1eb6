"""What came out of a consultation, frozen when it closed: what its summary is made of."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .consultation import Consultation


class CountrySummary(models.Model):
    """The outcome of one consultation as plain data (``snapshot.py``); ``version`` counts its summaries.

    Empty while the consultation goes on again: its documents are withdrawn, and the next closing makes a new version.
    A table of its own, so that no page carries it along.
    """

    consultation = models.OneToOneField(
        Consultation, models.CASCADE, related_name="summary", verbose_name=_("consultation")
    )
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    frozen = models.JSONField(_("frozen outcome"), null=True, blank=True)

    class Meta:
        verbose_name = _("summary of a country")
        verbose_name_plural = _("summaries of countries")
        constraints = [
            models.CheckConstraint(
                condition=Q(version__gte=1),
                name="country_summary_counts_from_one",
                violation_error_message=_("The versions of a summary are counted from one."),
            )
        ]
