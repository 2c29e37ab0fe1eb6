"""Forms that were filled in away from the line: which rows became which drafts, and what waits to be confirmed."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from planning_portal.organisations.models import Organisation, User
from planning_portal.web.models import Opaque

from .consultation import Consultation
from .priority import Priority


class OfflineForm(models.Model):
    """A form that came back at least once; before that it exists only in its own signed key (``offline.layout``)."""

    key = models.UUIDField(_("key"), unique=True)
    consultation = models.ForeignKey(
        Consultation, models.CASCADE, related_name="offline_forms", verbose_name=_("consultation")
    )
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("organisation"))
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("form filled in offline")
        verbose_name_plural = _("forms filled in offline")


class OfflineRow(models.Model):
    """A row of a form and the draft it became: the same row again is the same draft.

    ``version`` is the draft's when ``user`` last sent this row and nothing was in conflict: what changed later was
    somebody else's doing, or their own in the portal, and is never overwritten.
    """

    form = models.ForeignKey(OfflineForm, models.CASCADE, related_name="rows", verbose_name=_("form"))
    number = models.PositiveSmallIntegerField(_("row"))
    priority = models.ForeignKey(Priority, models.CASCADE, related_name="+", verbose_name=_("priority"))
    user = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("person"))
    version = models.PositiveIntegerField(_("version"))

    class Meta:
        verbose_name = _("row of a form filled in offline")
        verbose_name_plural = _("rows of forms filled in offline")
        constraints = [
            models.UniqueConstraint(fields=["form", "number"], name="one_draft_per_row_of_form"),
            models.UniqueConstraint(fields=["form", "priority"], name="one_row_per_draft_of_form"),
        ]


class OfflineUpload(Opaque):
    """A form that was read and checked, and waits for its sender's word; forgotten after a day, with or without it.

    ``rows`` are the checked ones, ``faults`` what is wrong with the others; ``outcome`` says which row became what, as
    far as they are saved: the next rows go on from there. The page never sends any of it back.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="+", verbose_name=_("person"))
    consultation = models.ForeignKey(Consultation, models.CASCADE, related_name="+", verbose_name=_("consultation"))
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("organisation"))
    form_key = models.UUIDField(_("key"))
    language = models.CharField(_("written in"), max_length=2, choices=settings.LANGUAGES)
    rows = models.JSONField(_("rows"), default=list)
    faults = models.JSONField(_("faults"), default=list)
    outcome = models.JSONField(_("outcome"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True, db_index=True)
    saved_at = models.DateTimeField(_("saved"), null=True, blank=True)

    class Meta:
        verbose_name = _("form to be confirmed")
        verbose_name_plural = _("forms to be confirmed")
        constraints = [
            models.CheckConstraint(
                condition=Q(saved_at__isnull=True) | Q(outcome__isnull=False),
                name="saved_form_has_outcome",
                violation_error_message=_("A form that was saved says what became of its rows."),
            )
        ]
