"""The PDFs that were made: of what, in which language, for whom, and what they weigh."""

import uuid

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext_lazy as _


class Audience(models.TextChoices):
    """For whom a document was made: what was redacted (``organisations/identity.py``)."""

    PUBLIC = "public", _("everyone")
    MEMBERS = "members", _("participating organisations")
    COUNTRY = "country", _("the country's own circle")
    COORDINATORS = "coordinators", _("coordinators")


def document_path(document: "RenderedDocument", filename: str) -> str:
    """A stored name that says nothing about the content."""
    return f"documents/{uuid.uuid4().hex}.pdf"


class RenderedDocument(models.Model):
    """One built PDF; the same subject, kind, version, language and audience is one file: same input, same bytes."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    content_type = models.ForeignKey(ContentType, models.PROTECT, verbose_name=_("kind of object"))
    object_id = models.PositiveBigIntegerField(_("object"))
    subject = GenericForeignKey("content_type", "object_id")
    kind = models.CharField(_("document"), max_length=40)
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES)
    version = models.CharField(_("version"), max_length=20, default="1")
    audience = models.CharField(_("for"), max_length=12, choices=Audience)
    file = models.FileField(_("file"), upload_to=document_path)
    file_name = models.CharField(_("name on download"), max_length=120)
    title = models.CharField(_("title"), max_length=250)
    sha256 = models.CharField("SHA-256", max_length=64)
    pages = models.PositiveIntegerField(_("pages"))
    size = models.PositiveIntegerField(_("size"))
    built_at = models.DateTimeField(_("built"), auto_now_add=True)

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        constraints = [
            models.UniqueConstraint(
                fields=["content_type", "object_id", "kind", "language", "version", "audience"],
                name="one_document_per_version_language_audience",
            )
        ]
