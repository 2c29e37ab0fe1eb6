"""What a plan wants to reach, and how that is measured."""

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .plan import ActionPlan, PlanItem


class ResultKind(models.TextChoices):
    OUTCOME = "outcome", _("outcome")
    OUTPUT = "output", _("output")


class Result(PlanItem):
    """An outcome or an output. In an organisation's plan it can contribute to a result of a global plan."""

    TEXTS = ("statement", "assumption")
    REQUIRED_TEXTS = ("statement",)

    plan = models.ForeignKey(ActionPlan, models.CASCADE, related_name="results", verbose_name=_("plan"))
    kind = models.CharField(_("kind"), max_length=8, choices=ResultKind)
    parent = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="children", verbose_name=_("outcome")
    )
    contributes_to = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="contributions", verbose_name=_("contributes to")
    )
    code = models.CharField(_("code"), max_length=12)
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    statement = models.TextField(_("statement"), blank=True)
    assumption = models.TextField(_("assumption"), blank=True)

    class Meta:
        verbose_name = _("result")
        verbose_name_plural = _("results")
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "code"],
                name="one_result_per_code",
                violation_error_message=_("Another result of this plan already has this code."),
            ),
            models.CheckConstraint(
                condition=Q(kind="outcome", parent__isnull=True) | Q(kind="output", parent__isnull=False),
                name="output_has_outcome",
                violation_error_message=_("An output belongs to an outcome."),
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def is_outcome(self) -> bool:
        return self.kind == ResultKind.OUTCOME


class Measure(models.TextChoices):
    NUMBER = "number", pgettext_lazy("what an indicator gives", "number")
    PERCENTAGE = "percentage", _("percentage")


class Accumulation(models.TextChoices):
    CUMULATIVE = "cumulative", _("cumulative")
    YEARLY = "yearly", _("each year anew")
    LEVEL = "level", _("level reached")


class Direction(models.TextChoices):
    RISING = "rising", _("more is better")
    FALLING = "falling", _("less is better")


class Indicator(PlanItem):
    """How a result is measured. Empty is not zero: a baseline or target that is unknown stays null.

    ``baseline_to_measure`` and ``targets_to_set`` say aloud that a number is not known yet, so that nobody takes a
    gap for an oversight.
    """

    TEXTS = ("title", "unit", "means_of_verification")
    REQUIRED_TEXTS = ("title",)

    result = models.ForeignKey(Result, models.CASCADE, related_name="indicators", verbose_name=_("result"))
    code = models.CharField(_("code"), max_length=12)
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    title = models.CharField(_("title"), max_length=250, blank=True)
    unit = models.CharField(_("unit"), max_length=80, blank=True)
    means_of_verification = models.CharField(_("means of verification"), max_length=250, blank=True)
    measure = models.CharField(_("measure"), max_length=10, choices=Measure, default=Measure.NUMBER)
    accumulation = models.CharField(
        _("how the years count"), max_length=10, choices=Accumulation, default=Accumulation.CUMULATIVE
    )
    direction = models.CharField(_("direction"), max_length=7, choices=Direction, default=Direction.RISING)
    baseline_value = models.DecimalField(_("baseline"), max_digits=18, decimal_places=4, null=True, blank=True)
    baseline_year = models.PositiveSmallIntegerField(_("year of the baseline"), null=True, blank=True)
    baseline_to_measure = models.BooleanField(_("the baseline still has to be measured"), default=False)
    targets_to_set = models.BooleanField(_("the targets are not known yet"), default=False)

    class Meta:
        verbose_name = _("indicator")
        verbose_name_plural = _("indicators")
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(
                fields=["result", "code"],
                name="one_indicator_per_code",
                violation_error_message=_("Another indicator of this result already has this code."),
            ),
            models.CheckConstraint(
                condition=Q(baseline_value__isnull=True) | Q(baseline_value__gte=0),
                name="baseline_not_negative",
                violation_error_message=_("A baseline cannot be negative."),
            ),
            models.CheckConstraint(
                condition=Q(baseline_value__isnull=True) | Q(baseline_year__isnull=False),
                name="baseline_has_year",
                violation_error_message=_("Say in which year the baseline was measured."),
            ),
            models.CheckConstraint(
                condition=Q(measure="number") | Q(baseline_value__isnull=True) | Q(baseline_value__lte=100),
                name="percentage_baseline_at_most_100",
                violation_error_message=_("A percentage is at most 100."),
            ),
            models.CheckConstraint(
                condition=Q(baseline_to_measure=False) | Q(baseline_value__isnull=True),
                name="baseline_known_or_to_measure",
                violation_error_message=_("Give the baseline, or say that it still has to be measured: not both."),
            ),
        ]

    def __str__(self) -> str:
        return self.code


class YearTarget(models.Model):
    """The target of an indicator for one year of the programme."""

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="targets", verbose_name=_("indicator"))
    year = models.PositiveSmallIntegerField(_("year"))
    value = models.DecimalField(_("target"), max_digits=18, decimal_places=4)

    class Meta:
        verbose_name = _("target")
        verbose_name_plural = _("targets")
        ordering = ["year"]
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "year"],
                name="one_target_per_year",
                violation_error_message=_("This indicator already has a target for this year."),
            ),
            models.CheckConstraint(
                condition=Q(value__gte=0),
                name="target_not_negative",
                violation_error_message=_("A target cannot be negative."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.year)


def end_target(accumulation: str, measure: str, targets: dict[int, Decimal]) -> Decimal | None:
    """What the targets come to at the end: the sum of yearly counts, otherwise the last year's value."""
    if not targets:
        return None
    if accumulation == Accumulation.YEARLY and measure == Measure.NUMBER:
        return sum(targets.values(), Decimal(0))
    return targets[max(targets)]


class Risk(PlanItem):
    """What could go wrong, how likely and how bad it would be (1-5 each), and what is done about it."""

    TEXTS = ("description", "mitigation")
    REQUIRED_TEXTS = ("description",)

    plan = models.ForeignKey(ActionPlan, models.CASCADE, related_name="risks", verbose_name=_("plan"))
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    description = models.TextField(_("risk"), blank=True)
    mitigation = models.TextField(_("mitigation"), blank=True)
    probability = models.PositiveSmallIntegerField(_("probability"), default=3)
    impact = models.PositiveSmallIntegerField(_("impact"), default=3)
    is_public = models.BooleanField(_("may be published"), default=False)

    class Meta:
        verbose_name = _("risk")
        verbose_name_plural = _("risks")
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(probability__range=(1, 5), impact__range=(1, 5)),
                name="risk_scores_in_range",
                violation_error_message=_("Probability and impact go from 1 to 5."),
            )
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.position}"

    @property
    def score(self) -> int:
        return self.probability * self.impact
