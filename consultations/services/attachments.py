"""Files beside a priority (while it is a draft) and a consultation (while it is not closed)."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from planning_portal.quarantine.process import examine
from planning_portal.workflow.services import WrongState, log_change

from ..models import MOST_ATTACHMENTS, Attachment, Consultation, Priority

SALT = "consultations.attachment"


class NoRoom(Exception):
    """There are three files already."""


def fingerprint_of(data: bytes) -> str:
    """What recognises a file that is sent again: SHA-256 with a key of this portal."""
    return salted_hmac(SALT, data, algorithm="sha256").hexdigest()


def add_attachment(owner: Priority | Consultation, *, by: Any, data: bytes) -> Attachment:
    """Clean a file and keep the clean copy. The same file again is the same attachment, however often it is sent.

    In order: check the right, have the file cleaned (seconds, outside any transaction), then in one transaction lock
    the owner, check once more, take the first free place, write file, row and log. What the sender calls it is
    not asked.

    Raises PermissionDenied, WrongState, NoRoom, and ``quarantine.process.Refused``.
    """
    _check(owner, by=by)
    fingerprint = fingerprint_of(data)
    if (known := owner.attachments.filter(fingerprint=fingerprint).first()) is not None:
        return known
    cleaned = examine("clean", data)
    return _keep(owner, by=by, fingerprint=fingerprint, kind=cleaned.facts["kind"], data=cleaned.data)


@transaction.atomic
def _keep(owner: Priority | Consultation, *, by: Any, fingerprint: str, kind: str, data: bytes) -> Attachment:
    fresh = _locked(owner)
    _check(fresh, by=by)
    kept = list(fresh.attachments.all())
    known = next((attachment for attachment in kept if attachment.fingerprint == fingerprint), None)
    if known is not None:
        return known
    taken = {attachment.slot for attachment in kept}
    slot = next((slot for slot in range(1, MOST_ATTACHMENTS + 1) if slot not in taken), None)
    if slot is None:
        raise NoRoom
    is_priority = isinstance(fresh, Priority)
    attachment = Attachment(
        priority=fresh if is_priority else None,
        consultation=None if is_priority else fresh,
        slot=slot,
        kind=kind,
        size=len(data),
        fingerprint=fingerprint,
        added_by=by,
    )
    attachment.file.save(f"file.{kind}", ContentFile(data), save=False)
    try:
        with transaction.atomic():
            attachment.save()
            log_change(fresh, "attach", by=by, organisation=fresh.organisation if is_priority else None)
    except Exception:
        attachment.file.delete(save=False)
        raise
    return attachment


@transaction.atomic
def remove_attachment(attachment: Attachment, *, by: Any) -> None:
    """Delete an attachment for good: its row now, its file after the commit. Gone already is done.

    Raises PermissionDenied, and WrongState once the priority is submitted or the consultation closed.
    """
    fresh = _locked(attachment.owner)
    _check(fresh, by=by)
    known = fresh.attachments.filter(pk=attachment.pk).first()
    if known is None:
        return
    known.delete()
    log_change(fresh, "detach", by=by, organisation=fresh.organisation if isinstance(fresh, Priority) else None)


def delete_file(instance: Attachment, **_signal: Any) -> None:
    """After a row is gone, and only if that stands (``post_delete``)."""
    storage, name = instance.file.storage, str(instance.file.name)
    transaction.on_commit(lambda: storage.delete(name), robust=True)


def _locked(owner: Priority | Consultation) -> Any:
    if isinstance(owner, Priority):
        rows = Priority.objects.select_for_update(of=("self",)).select_related("consultation__country", "organisation")
        return rows.get(pk=owner.pk)
    return Consultation.objects.select_for_update(of=("self",)).select_related("country", "step").get(pk=owner.pk)


def _check(owner: Any, *, by: Any) -> None:
    if isinstance(owner, Priority):
        if not by.has_perm("consultations.view_history", owner):
            raise PermissionDenied(_("Only the organisation that proposes this priority can add files to it."))
        if not owner.is_draft:
            raise WrongState(_("This priority has been submitted: its files can no longer be changed."))
        return
    if not by.has_perm("consultations.view_run", owner):
        raise PermissionDenied(_("Only the companion of this country or a coordinator can do this."))
    if not by.has_perm("consultations.run_consultation", owner):
        raise WrongState(_("The consultation of this country is closed."))
