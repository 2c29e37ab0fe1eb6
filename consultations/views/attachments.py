"""Files beside a priority and a consultation: add one at a time, take away, fetch."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from planning_portal.quarantine.process import Refused
from planning_portal.quarantine.words import words_of
from planning_portal.workflow.services import WrongState

from .. import services
from ..forms.attachments import attachment_form
from ..models import MOST_ATTACHMENTS, Attachment, Consultation, Priority
from ..services import NoRoom
from .drafts import own_priority

FORM = ["GET", "HEAD", "POST"]


@require_http_methods(FORM)
def priority_attachments(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The files of a priority: changed by its authors while it is a draft."""
    priority = own_priority(request, public_id)
    back = reverse("consultations:priority-submit", args=[public_id])
    if not priority.is_draft:
        back = reverse("consultations:priority-detail", args=[public_id])
    return _files(request, priority, can_change=priority.is_draft, back=back)


@require_http_methods(FORM)
def consultation_attachments(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The files of a consultation (minutes, a photograph of the wall): its companion's, until it is closed."""
    consultation = get_object_or_404(Consultation.objects.visible_to(request.user).with_country(), public_id=public_id)
    if not request.user.has_perm("consultations.view_run", consultation):
        raise PermissionDenied(_("Only the companion of this country or a coordinator can do this."))
    can_change = request.user.has_perm("consultations.run_consultation", consultation)
    back = reverse("consultations:consultation-texts", args=[public_id])
    return _files(request, consultation, can_change=can_change, back=back)


def _files(request: HttpRequest, owner: Priority | Consultation, *, can_change: bool, back: str) -> HttpResponse:
    form = attachment_form()
    status = 200
    if request.method == "POST":
        try:
            if request.POST.get("remove"):
                return _remove(request, owner)
            form = attachment_form(request.POST, request.FILES)
            if form.is_valid():
                return _add(request, owner, form.cleaned_data["file"])
            status = 422
        except Refused as refused:
            form.add_error("file", words_of(refused))
            status = 422
        except NoRoom:
            form.add_error("file", _("There are three files already: take one away first."))
            status = 422
        except WrongState as error:
            messages.error(request, str(error))
            return redirect(request.path)
    attachments = list(owner.attachments.all())
    context = {
        "form": form,
        "attachments": attachments,
        "can_change": can_change,
        "has_room": len(attachments) < MOST_ATTACHMENTS,
        "back": back,
        "is_of_priority": isinstance(owner, Priority),
    }
    return render(request, "consultations/attachments.html", context, status=status)


def _add(request: HttpRequest, owner: Priority | Consultation, file: Any) -> HttpResponse:
    services.add_attachment(owner, by=request.user, data=file.read())
    messages.success(request, _("The file is kept. What could give somebody away has been taken out."))
    return redirect(request.path)


def _remove(request: HttpRequest, owner: Priority | Consultation) -> HttpResponse:
    attachment = next((one for one in owner.attachments.all() if str(one.public_id) == request.POST["remove"]), None)
    if attachment is not None:
        services.remove_attachment(attachment, by=request.user)
        messages.success(request, _("The file has been deleted."))
    return redirect(request.path)


@require_safe
def attachment_download(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """The file, only ever as a download: no browser shows it as a page of ours. 404 for who may not read its owner."""
    attachment = get_object_or_404(Attachment.objects.visible_to(request.user), public_id=public_id)
    response = FileResponse(
        attachment.file.open("rb"),
        as_attachment=True,
        filename=attachment.file_name,
        content_type=attachment.content_type_of_file,
    )
    response.headers["Content-Length"] = str(attachment.size)
    response.headers["Content-Encoding"] = "identity"
    response.headers["Content-Security-Policy"] = "sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response
