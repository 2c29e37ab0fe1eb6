"""What is done, by whom, where and when, and what it costs."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from planning_portal.organisations.models import Country, Organisation

from .plan import PlanItem
from .results import Result

QUARTERS = 20


class Activity(PlanItem):
    """What is done, by whom, where and when. Quarters count from 1 (first quarter of the programme) to 20.

    ``budget_changed_in`` is what ``changed_in`` is, for its budget alone; ``has_no_budget`` says aloud that it costs
    nothing.
    """

    TEXTS = ("title", "description")
    REQUIRED_TEXTS = ("title",)

    result = models.ForeignKey(Result, models.CASCADE, related_name="activities", verbose_name=_("output"))
    code = models.CharField(_("code"), max_length=12)
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    title = models.CharField(_("title"), max_length=200, blank=True)
    description = models.TextField(_("description"), blank=True)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="activities", verbose_name=_("responsible")
    )
    countries = models.ManyToManyField(Country, blank=True, verbose_name=_("countries"))
    start_quarter = models.PositiveSmallIntegerField(
        _("first quarter"), default=1, validators=[MinValueValidator(1), MaxValueValidator(QUARTERS)]
    )
    end_quarter = models.PositiveSmallIntegerField(
        _("last quarter"), default=QUARTERS, validators=[MinValueValidator(1), MaxValueValidator(QUARTERS)]
    )
    has_no_budget = models.BooleanField(_("this activity costs nothing"), default=False)
    budget_changed_in = models.PositiveIntegerField(_("budget last changed in"), default=1, editable=False)

    class Meta:
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(
                fields=["result", "code"],
                name="one_activity_per_code",
                violation_error_message=_("Another activity of this output already has this code."),
            ),
            models.CheckConstraint(
                condition=Q(start_quarter__gte=1, end_quarter__gte=F("start_quarter"), end_quarter__lte=QUARTERS),
                name="activity_quarters_in_order",
                violation_error_message=_("The last quarter cannot come before the first."),
            ),
        ]

    def __str__(self) -> str:
        return self.code


class CostCategory(models.TextChoices):
    STAFF = "operational_staff", _("operational staff")
    ACTIVITIES = "activities", _("activities")
    EQUIPMENT = "equipment", _("equipment")
    PARTNER_TRANSFER = "partner_transfer", _("transfer to partners")
    MONITORING = "monitoring", _("monitoring and evaluation")


class FundingSource(models.TextChoices):
    DGD = "dgd", _("DGD")
    OWN = "own", _("own contribution")
    OTHER = "other", pgettext_lazy("who pays", "other")


class BudgetLine(models.Model):
    """An amount of one activity in one year, in the programme's currency."""

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="budget_lines", verbose_name=_("activity"))
    year = models.PositiveSmallIntegerField(_("year"))
    category = models.CharField(_("cost category"), max_length=20, choices=CostCategory)
    source = models.CharField(_("source"), max_length=6, choices=FundingSource, default=FundingSource.DGD)
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("budget line")
        verbose_name_plural = _("budget lines")
        ordering = ["activity", "year", "category", "source"]
        constraints = [
            models.UniqueConstraint(
                fields=["activity", "year", "category", "source"],
                name="one_budget_line_per_key",
                violation_error_message=_("This activity already has a line for this year, category and source."),
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0),
                name="amount_not_negative",
                violation_error_message=_("An amount cannot be negative."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.category} {self.source}"
