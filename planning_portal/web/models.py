"""What a page must remember to be safe on a bad line: answered submissions, and posts that met an expired sign-in."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Opaque(models.Model):
    """A thing that has an address: the address says nothing (no name, no country, no number that counts up)."""

    public_id = models.UUIDField(_("address"), default=uuid.uuid4, unique=True, editable=False)

    class Meta:
        abstract = True


class Submission(models.Model):
    """A form that was sent and answered. A replay of the same key gets the same answer and changes nothing.

    ``key`` is the server-issued submission key; ``fingerprint`` the SHA-256 of what was sent with it (so the same
    key with other content is a conflict, not a replay); ``location`` the address of the first answer.
    """

    key = models.UUIDField(_("submission key"), unique=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, verbose_name=_("person"))
    purpose = models.CharField(_("purpose"), max_length=64)
    fingerprint = models.CharField(_("fingerprint"), max_length=64)
    location = models.CharField(_("answer"), max_length=500, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("submission")
        verbose_name_plural = _("submissions")


class ParkedPost(models.Model):
    """The body of a form that arrived after its sender's sign-in had expired: kept for 24 hours, sent on after.

    ``user`` is who sent it (``parking.sender_in``): nobody else is shown it, and without one nothing is parked.
    ``fields`` is a list of names and values in the form's own order; passwords and files are never among them.
    """

    token = models.UUIDField(_("token"), default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+", verbose_name=_("person")
    )
    path = models.CharField(_("path"), max_length=500)
    fields = models.JSONField(_("fields"))
    has_files = models.BooleanField(_("had files"), default=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True, db_index=True)

    class Meta:
        verbose_name = _("parked post")
        verbose_name_plural = _("parked posts")
