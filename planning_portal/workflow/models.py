"""The transition log: who changed which state, for which organisation, from what to what, and why."""

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext_lazy as _


class TransitionLog(models.Model):
    """One change of state, never edited. ``organisation_id`` is kept as a number: the log outlives what it names."""

    content_type = models.ForeignKey(ContentType, models.PROTECT, verbose_name=_("kind of object"))
    object_id = models.PositiveBigIntegerField(_("object"))
    obj = GenericForeignKey("content_type", "object_id")
    name = models.CharField(_("change"), max_length=40)
    from_state = models.CharField(_("from"), max_length=40)
    to_state = models.CharField(_("to"), max_length=40)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("who"))
    organisation_id = models.PositiveBigIntegerField(_("for which organisation"), null=True)
    reason = models.TextField(_("why"), blank=True)
    at = models.DateTimeField(_("when"), auto_now_add=True)

    class Meta:
        verbose_name = _("change of state")
        verbose_name_plural = _("changes of state")
        ordering = ["id"]
        indexes = [models.Index(fields=["content_type", "object_id"], name="transition_of_object")]
