"""What all workshops of one step decided, together."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from planning_portal.programme.models import Step
from planning_portal.web.models import Opaque


class StepSummary(Opaque):
    """The consolidated summary of a step that has several workshops, frozen when the last of them closed.

    ``frozen`` holds, in the order of their dates, the frozen outcome of each workshop with its id and the version of
    its own summary: ``{"workshops": [{"id": 3, "version": 1, "outcome": {…}}]}`` (``snapshot`` says what stands in an
    outcome). A workshop that is closed anew, or whose translations are renewed, makes the next version.
    """

    step = models.OneToOneField(Step, models.PROTECT, related_name="workshops_summary", verbose_name=_("step"))
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    frozen = models.JSONField(_("frozen outcome"))
    made_at = models.DateTimeField(_("made"))

    class Meta:
        verbose_name = _("summary of a step")
        verbose_name_plural = _("summaries of steps")
