"""The plan itself: of a line of work, or of an organisation."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from planning_portal.languages.models import Multilingual
from planning_portal.organisations.models import Organisation
from planning_portal.programme.models import Programme
from planning_portal.web.models import Opaque
from workshops.models import LineOfWork

from ..querysets import ActionPlanQuerySet


class PlanItem(Multilingual, Opaque):
    """Something in a plan that people edit. ``changed_in`` is the plan's version in which it last changed.

    So two people who work on different parts of one plan never meet, and nobody overwrites another unseen.
    """

    changed_in = models.PositiveIntegerField(_("last changed in"), default=1, editable=False)

    class Meta:
        abstract = True


class PlanKind(models.TextChoices):
    GLOBAL = "global", _("global action plan")
    ORGANISATION = "organisation", _("organisation's own action plan")


class PlanState(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("state of a plan", "draft")
    IN_REVIEW = "in_review", pgettext_lazy("state of a plan", "in review")
    ADOPTED = "adopted", pgettext_lazy("state of a plan", "adopted")


class ActionPlan(PlanItem):
    """A five-year plan: global for a line of work, or an organisation's own.

    ``version`` grows with every edit of anything in the plan. It has no title of its own: that is the line's, or the
    organisation's name as ``organisations/identity.py`` lets the reader know it.
    """

    TEXTS = ("summary",)

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="plans", verbose_name=_("programme"))
    kind = models.CharField(_("kind"), max_length=12, choices=PlanKind)
    line = models.OneToOneField(
        LineOfWork, models.PROTECT, null=True, blank=True, related_name="plan", verbose_name=_("line of work")
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="plans", verbose_name=_("organisation")
    )
    state = models.CharField(_("state"), max_length=10, choices=PlanState, default=PlanState.DRAFT)
    summary = models.TextField(_("summary"), blank=True)
    version = models.PositiveIntegerField(_("version"), default=1)

    objects = ActionPlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("action plan")
        verbose_name_plural = _("action plans")
        ordering = ["kind", "line__code", "organisation__slug"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="global", line__isnull=False, organisation__isnull=True)
                | Q(kind="organisation", line__isnull=True, organisation__isnull=False),
                name="plan_of_line_or_organisation",
                violation_error_message=_("A plan is either of a line of work or of an organisation."),
            ),
            models.UniqueConstraint(
                fields=["programme", "organisation"],
                condition=Q(organisation__isnull=False),
                name="one_plan_per_organisation",
                violation_error_message=_("This organisation already has its own plan."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} #{self.pk}"

    @property
    def is_global(self) -> bool:
        return self.kind == PlanKind.GLOBAL

    @property
    def is_draft(self) -> bool:
        return self.state == PlanState.DRAFT
