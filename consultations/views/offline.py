"""The form away from the line: fetch it, send it back, see what was read, save it as drafts."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from planning_portal.documents.queries import download_rows
from planning_portal.organisations.identity import viewer_of
from planning_portal.organisations.models import Organisation
from planning_portal.organisations.permissions import organisations_of
from planning_portal.quarantine.kinds import CONTENT_TYPES
from planning_portal.quarantine.process import Refused
from planning_portal.web.submissions import once_per_form
from planning_portal.workflow.services import WrongState

from .. import services
from ..forms.attachments import form_file_form
from ..models import Consultation, OfflineUpload, Priority
from ..offline.paper import paper_edition
from ..offline.preview import preview_of
from ..offline.reading import FormRefused
from ..offline.words import words_for, words_for_file
from ..offline.workbook import build_form
from ..services.drafts import closed_reason

FORM = ["GET", "HEAD", "POST"]
SAVE = "consultations.offline"


def _writing(request: HttpRequest, public_id: uuid.UUID) -> tuple[Consultation, list[Organisation]]:
    """The consultation and the organisations of its country that this person writes for: 403 without one."""
    consultation, mine = _reading(request, public_id)
    if not mine:
        raise PermissionDenied(_("Only organisations of this country can propose priorities."))
    return consultation, mine


def _reading(request: HttpRequest, public_id: uuid.UUID) -> tuple[Consultation, list[Organisation]]:
    """The same, and for who leads the meeting with no organisation: they print the sheets."""
    consultation = get_object_or_404(Consultation.objects.visible_to(request.user).with_country(), public_id=public_id)
    mine = [o for o in organisations_of(request.user) if o.country_id == consultation.country_id]
    if not mine and not request.user.has_perm("consultations.view_run", consultation):
        raise PermissionDenied(_("Only organisations of this country can propose priorities."))
    return consultation, mine


@require_http_methods(FORM)
def offline_form(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Fetch the form, and send it back filled in: what was read is shown on a page of its own."""
    consultation, mine = _reading(request, public_id)
    can_write = request.user.has_perm("consultations.write_priority", consultation)
    form = form_file_form()
    if request.method == "POST" and request.POST.get("go") == "print":
        group = services.request_paper(consultation, by=request.user)
        return redirect("jobs:group-progress", group)
    if request.method == "POST":
        consultation, mine = _writing(request, public_id)
        form = form_file_form(request.POST, request.FILES)
        if form.is_valid():
            try:
                upload = services.receive_form(consultation, by=request.user, data=form.cleaned_data["file"].read())
                return redirect("consultations:offline-preview", upload.public_id)
            except Refused as refused:
                form.add_error("file", words_for_file(refused))
            except FormRefused as refused:
                form.add_error("file", words_for(refused.code, refused.details))
    context = {
        "consultation": consultation,
        "organisations": mine,
        "form": form,
        "can_write": can_write,
        "papers": download_rows([paper_edition(consultation)], user=request.user),
        "closed_reason": closed_reason(consultation)
        or (_("This consultation is not open yet.") if not can_write else ""),
    }
    return render(request, "consultations/offline_form.html", context, status=422 if form.errors else 200)


@require_safe
def offline_download(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """A new form with a key of its own, in the reader's language. Nothing is stored."""
    consultation, mine = _writing(request, public_id)
    if not request.user.has_perm("consultations.write_priority", consultation):
        raise PermissionDenied(closed_reason(consultation) or _("This consultation is not open yet."))
    asked = request.GET.get("for", "")
    organisation = next((o for o in mine if str(o.public_id) == asked), mine[0])
    data, _key = build_form(consultation, organisation, viewer=viewer_of(request.user), language=get_language() or "en")
    response = HttpResponse(data, content_type=CONTENT_TYPES["xlsx"])
    response.headers["Content-Disposition"] = content_disposition_header(True, f"{_('form')}.xlsx") or "attachment"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@require_http_methods(FORM)
def offline_preview(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """What was read and what is wrong with it; then the button that makes drafts of it; then what became of it."""
    if request.method == "POST" and request.POST.get("go") == "discard":
        return _discard(request, public_id)
    upload = _upload(request, public_id)
    status = 200
    if request.method == "POST":
        try:
            # In several short transactions: the upload itself, not a submission key, is what makes it happen once.
            services.save_form(upload, by=request.user)
            return redirect("consultations:offline-preview", upload.public_id)
        except WrongState as error:
            messages.error(request, _("%(reason)s Nothing of this form was saved.") % {"reason": str(error)})
            status = 409
    if upload.saved_at:
        return _show_outcome(request, upload)
    context = {"upload": upload, "preview": preview_of(upload, by=request.user)}
    return render(request, "consultations/offline_preview.html", context, status=status)


@once_per_form(SAVE)
def _discard(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    upload = _upload(request, public_id)
    services.drop_form(upload, by=request.user)
    messages.success(request, _("Nothing was saved."))
    return redirect("consultations:offline-form", upload.consultation.public_id)


def _upload(request: HttpRequest, public_id: uuid.UUID) -> OfflineUpload:
    """One's own upload, and nobody else's."""
    uploads = OfflineUpload.objects.select_related(
        "consultation__country", "consultation__step", "organisation__country"
    )
    return get_object_or_404(uploads, public_id=public_id, user=request.user)


def _show_outcome(request: HttpRequest, upload: OfflineUpload) -> HttpResponse:
    """The drafts that were made or changed, and those where two texts wait for a choice: two queries."""
    states: dict[uuid.UUID, Any] = {uuid.UUID(row["priority"]): row for row in upload.outcome or []}
    drafts = Priority.objects.visible_to(request.user).filter(public_id__in=states).with_parts()
    rows = [(states[draft.public_id], draft) for draft in drafts]
    rows.sort(key=lambda pair: (pair[0]["state"] != "conflict", pair[0]["number"]))
    context = {
        "upload": upload,
        "rows": rows,
        "conflicts": sum(row["state"] == "conflict" for row, _draft in rows),
        "saved": sum(row["state"] in {"new", "changed"} for row, _draft in rows),
    }
    return render(request, "consultations/offline_saved.html", context)
