"""Files beside a priority or a consultation: cleaned of who made them, kept under a name that says nothing."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from planning_portal.organisations.models import User
from planning_portal.quarantine.kinds import CONTENT_TYPES, SUFFIXES
from planning_portal.web.models import Opaque

from ..querysets import AttachmentQuerySet
from .consultation import Consultation
from .priority import Priority

MOST_ATTACHMENTS = 3


class AttachmentKind(models.TextChoices):
    JPEG = "jpeg", _("picture")
    PNG = "png", _("picture (PNG)")
    WEBP = "webp", _("picture (WebP)")
    PDF = "pdf", "PDF"
    DOCX = "docx", _("text document (DOCX)")
    XLSX = "xlsx", _("workbook (XLSX)")


def attachment_path(attachment: "Attachment", filename: str) -> str:
    """A stored name that says nothing about the content."""
    return f"attachments/{uuid.uuid4().hex}.{SUFFIXES[attachment.kind]}"


class Attachment(Opaque):
    """The clean copy of a file that somebody added; what they sent is not kept.

    What its sender called it is not kept either: such names name people. ``slot`` (1 to 3) is its place, and the reason
    why there cannot be a fourth. ``fingerprint`` is a keyed hash of what was *sent*
    (``services.attachments.fingerprint_of``), so that the same file twice is one, and so that nobody who finds a file
    elsewhere can prove that it was sent here.
    """

    priority = models.ForeignKey(
        Priority, models.CASCADE, null=True, blank=True, related_name="attachments", verbose_name=_("priority")
    )
    consultation = models.ForeignKey(
        Consultation, models.CASCADE, null=True, blank=True, related_name="attachments", verbose_name=_("consultation")
    )
    slot = models.PositiveSmallIntegerField(_("place"))
    kind = models.CharField(_("kind"), max_length=4, choices=AttachmentKind)
    file = models.FileField(_("file"), upload_to=attachment_path)
    size = models.PositiveIntegerField(_("size"))
    fingerprint = models.CharField(_("fingerprint"), max_length=64)
    added_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("added by"))
    added_at = models.DateTimeField(_("added"), auto_now_add=True)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ["slot"]
        constraints = [
            models.CheckConstraint(
                condition=Q(priority__isnull=False, consultation__isnull=True)
                | Q(priority__isnull=True, consultation__isnull=False),
                name="attachment_of_one_thing",
                violation_error_message=_("A file belongs to one priority or to one consultation."),
            ),
            models.CheckConstraint(
                condition=Q(slot__gte=1, slot__lte=MOST_ATTACHMENTS),
                name="attachment_in_one_of_three_places",
                violation_error_message=_("There is room for three files."),
            ),
            models.UniqueConstraint(fields=["priority", "slot"], name="one_attachment_per_place_of_priority"),
            models.UniqueConstraint(fields=["consultation", "slot"], name="one_attachment_per_place_of_consultation"),
            models.UniqueConstraint(
                fields=["priority", "fingerprint"],
                name="one_attachment_per_file_of_priority",
                violation_error_message=_("This file is already there."),
            ),
            models.UniqueConstraint(
                fields=["consultation", "fingerprint"],
                name="one_attachment_per_file_of_consultation",
                violation_error_message=_("This file is already there."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.slot}"

    @property
    def owner(self) -> Priority | Consultation:
        """What it stands beside (``attachment_of_one_thing``)."""
        return self.priority or self.consultation  # type: ignore[return-value]

    @property
    def content_type_of_file(self) -> str:
        return CONTENT_TYPES[self.kind]

    @property
    def file_name(self) -> str:
        """What it is called on the device of who fetches it, in their language."""
        return f"{_('file')}-{self.slot}.{SUFFIXES[self.kind]}"
