"""Proposing a priority: five short pages, a last look, a receipt. Made for a bad line: nothing typed is lost."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from planning_portal.languages.queries import attach_units
from planning_portal.organisations.identity import viewer_of
from planning_portal.organisations.permissions import is_member_of, organisations_of
from planning_portal.web.formatting import format_clock
from planning_portal.web.submissions import SubmissionConflict, SubmissionKeyMissing, answer_once
from planning_portal.web.switching import (
    answer_in,
    asked_language,
    form_for,
    is_sent,
    keeps_typed,
    show_again,
    version_for,
)
from planning_portal.workflow.services import WrongState

from .. import services
from ..comparison import compared_parts
from ..forms.drafts import PAGE_OF_PART, PAGES, PartForm, StartForm, page_titles
from ..models import Consultation, Priority
from ..parts import missing_parts
from ..queries import COMPARED, parked_edit_of, prepare_lines, similar_while_writing
from ..services import Incomplete
from ..services.drafts import closed_reason
from ..versions import EditConflict

START = "consultations.start"
SUBMIT = "consultations.submit"


def too_old() -> str:
    """A form whose key is no longer good: it is shown again with a new one."""
    return _("This page had been open for too long. Everything you typed is still here: send it again.")


@require_http_methods(["GET", "HEAD", "POST"])
@keeps_typed
def priority_start(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """For which organisation, in which language; then the first page. Twice is once."""
    consultation = get_object_or_404(Consultation.objects.visible_to(request.user).with_country(), public_id=public_id)
    mine = [o for o in organisations_of(request.user) if o.country_id == consultation.country_id]
    if not request.user.has_perm("consultations.write_priority", consultation):
        raise PermissionDenied(
            closed_reason(consultation)
            if mine and closed_reason(consultation)
            else _("Only organisations of this country can propose priorities, while its consultation is open.")
        )
    form = form_for(
        request,
        StartForm,
        consultation=consultation,
        organisations=mine,
        viewer=viewer_of(request.user),
        language=request.user.preferred_language,  # type: ignore[union-attr]
    )
    if is_sent(request) and form.is_valid():

        def start() -> str:
            priority = services.start_draft(
                consultation, by=request.user, organisation=form.organisation(), language=form.cleaned_data["language"]
            )
            return page_url(priority, 1)

        try:
            return answer_once(request, START, start)
        except SubmissionConflict as first:
            return HttpResponseRedirect(first.location)
        except SubmissionKeyMissing:
            form.add_error(None, too_old())
    context = {"consultation": consultation, "form": form, "organisations": mine}
    return render(request, "consultations/priority_start.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def priority_edit(request: HttpRequest, public_id: uuid.UUID, page: int) -> HttpResponse:
    """One of the five pages. A plain POST saves and goes on; with ``X-Autosave`` it saves and stays."""
    if not 1 <= page <= len(PAGES):
        raise Http404
    priority = own_priority(request, public_id) if request.method != "POST" else _own_to_save(request, public_id)
    if not priority.is_draft and request.method != "POST":
        return redirect("consultations:priority-detail", priority.public_id)
    # Whom a reader may know is asked for only by the page that names organisations.
    viewer: Any = SimpleLazyObject(lambda: viewer_of(request.user))
    form = form_for(request, PAGES[page - 1], priority=priority, viewer=viewer)
    if is_sent(request):
        if (language := asked_language(request)) and not form.is_valid():
            # What cannot be saved yet must not hold anyone in a language they do not read.
            return show_again(request, language, priority_edit, public_id, page)
        return _save_page(request, priority, form, page)
    return _show_page(request, priority, form, page)


def own_priority(request: HttpRequest, public_id: uuid.UUID) -> Priority:
    """The priority, if an organisation of this person proposes it: 404 when unseen, 403 when only read."""
    priority = get_object_or_404(Priority.objects.visible_to(request.user).with_parts(), public_id=public_id)
    if not is_member_of(request.user, priority.organisation):
        raise PermissionDenied(_("Only the organisation that proposes this priority can change its text."))
    return priority


def _own_to_save(request: HttpRequest, public_id: uuid.UUID) -> Priority:
    """The same without what only a page shows: an autosave reads nothing else. Nobody reads a draft but its authors."""
    draft = Priority.objects.drafts_of(request.user).filter(public_id=public_id).first()
    return draft or own_priority(request, public_id)


def _save_page(request: HttpRequest, priority: Priority, form: PartForm, page: int) -> HttpResponse:
    is_autosave = request.headers.get("X-Autosave") == "1"
    if not form.is_valid():
        if is_autosave:
            return JsonResponse({"errors": len(form.errors), "csrf": get_token(request)}, status=422)
        return _show_page(request, own_priority(request, priority.public_id), form, page, status=422)
    try:
        fresh = services.save_draft(
            priority,
            by=request.user,
            is_autosave=is_autosave,
            **form.guards(),
            **form.parts(),
        )
    except (EditConflict, WrongState):
        url = reverse("consultations:priority-compare", args=[priority.public_id])
        return JsonResponse({"conflict_url": url}, status=409) if is_autosave else redirect(url)
    if is_autosave:
        said = {"version": fresh.version, "saved_at": format_clock(fresh.saved_at), "csrf": get_token(request)}
        return JsonResponse({**said, **_similar_news(request, fresh, form)})
    if language := asked_language(request):
        return answer_in(request, language)
    return HttpResponseRedirect(_where_next(request.POST.get("go", ""), priority, page))


def _similar_news(request: HttpRequest, priority: Priority, form: PartForm) -> dict[str, str]:
    """For an autosave: what may say nearly the same, if that is something else than the page shows. One query, after
    the save, and only on a page whose text is compared."""
    if not set(COMPARED) & set(form.PARTS):
        return {}
    similar = similar_while_writing(priority, request.user)
    key = similar_key(similar)
    if key == request.headers.get("X-Similar", ""):
        return {}
    words = render_to_string("consultations/_similar_found.html", {"similar": similar, "page": True}, request)
    return {"similar_key": key, "similar": words.strip()}


def similar_key(similar: list[Priority]) -> str:
    """Names what is shown as similar, so that it is sent once."""
    return "-".join(other.public_id.hex[:8] for other in similar)


def _where_next(go: str, priority: Priority, page: int) -> str:
    if go == "stop":
        return reverse("web:work")
    if go == "similar":
        return f"{reverse('consultations:priority-similar', args=[priority.public_id])}?page={page}"
    if go == "files":
        return reverse("consultations:priority-attachments", args=[priority.public_id])
    if go == "check" or (go == "" and page == len(PAGES)):
        return reverse("consultations:priority-submit", args=[priority.public_id])
    if go.isdecimal() and 1 <= int(go) <= len(PAGES):
        return page_url(priority, int(go))
    return page_url(priority, min(page + 1, len(PAGES)))


def page_url(priority: Priority, page: int) -> str:
    return reverse("consultations:priority-edit", args=[priority.public_id, page])


def _show_page(
    request: HttpRequest, priority: Priority, form: PartForm, page: int, *, status: int = 200
) -> HttpResponse:
    context = {
        "priority": priority,
        "form": form,
        "page": page,
        "page_title": page_titles()[page - 1],
        "pages": _pages(priority),
        "closed_reason": closed_reason(priority.consultation),
        **_similar(priority, request),
    }
    return render(request, form.template, context, status=status)


def _similar(priority: Priority, request: HttpRequest) -> dict[str, Any]:
    similar = similar_while_writing(priority, request.user)
    return {"similar": similar, "similar_key": similar_key(similar)}


def _pages(priority: Priority) -> list[dict[str, Any]]:
    """The bar above the form: every page, and whether something on it is still missing."""
    missing = {PAGE_OF_PART[part] for part in missing_parts(priority)}
    return [
        {"number": number, "title": title, "is_done": number not in missing}
        for number, title in enumerate(page_titles(), start=1)
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def priority_submit(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The whole text as others will read it, what is missing as links, and the submission itself: once."""
    priority = own_priority(request, public_id) if request.method != "POST" else _own_to_save(request, public_id)
    receipt_url = reverse("consultations:priority-receipt", args=[priority.public_id])
    if not priority.is_draft:
        return HttpResponseRedirect(receipt_url)
    refusal, status = "", 200
    if request.method == "POST":
        try:
            return answer_once(request, SUBMIT, lambda: _submit(request, priority, receipt_url))
        except SubmissionConflict as first:
            return HttpResponseRedirect(first.location)
        except WrongState as error:
            refusal, status = str(error), 409
        except Incomplete:
            status = 422
        except SubmissionKeyMissing:
            messages.warning(request, too_old())
            status = 422
        priority = own_priority(request, public_id)
        if not priority.is_draft:
            return HttpResponseRedirect(receipt_url)
    missing = missing_parts(priority)
    attach_units([priority.theme, *(groups := list(priority.groups.all()))])
    context = {
        "priority": priority,
        "groups": groups,
        "supports": priority.supports.select_related("organisation__country__zone"),
        "missing": [_missing_link(priority, part) for part in missing],
        "attachments": list(priority.attachments.all()),
        "refusal": refusal or closed_reason(priority.consultation),
        "pages": _pages(priority),
        "was_refused": status == 422 and missing,
        **_similar(priority, request),
    }
    return render(request, "consultations/priority_submit.html", context, status=status)


def _submit(request: HttpRequest, priority: Priority, receipt_url: str) -> str:
    services.submit_priority(priority, by=request.user)
    return receipt_url


def _missing_link(priority: Priority, part: str) -> dict[str, Any]:
    anchor = f"id_{part}_0" if part in {"theme", "level"} else f"id_{part}"
    label = Priority._meta.get_field(part).verbose_name  # type: ignore[union-attr]
    return {"label": label, "url": f"{page_url(priority, PAGE_OF_PART[part])}#{anchor}"}


@require_http_methods(["GET", "HEAD"])
def priority_receipt(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The receipt number, when, and what happens next. Can be opened again at any time."""
    priority = own_priority(request, public_id)
    if priority.is_draft:
        return redirect("consultations:priority-submit", priority.public_id)
    return render(request, "consultations/priority_receipt.html", {"priority": priority})


@require_http_methods(["GET", "HEAD", "POST"])
@keeps_typed
def priority_compare(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Two people edited the same part: both texts, and a choice for each. Nothing is overwritten before that."""
    priority = own_priority(request, public_id)
    parked = parked_edit_of(priority, request.user)
    if parked is None:
        return redirect("consultations:priority-submit", priority.public_id)
    errors: dict[str, list[str]] = {}
    choices = {name.removeprefix("choice_"): str(value) for name, value in request.POST.items()}
    if is_sent(request):
        if request.POST.get("go") == "discard":
            services.drop_parked_edit(priority, by=request.user)
            return redirect("consultations:priority-submit", priority.public_id)
        version = request.POST.get("version", "")
        try:
            services.resolve_conflict(
                priority, by=request.user, version=int(version) if version.isdecimal() else 0, choices=choices
            )
        except EditConflict:
            messages.warning(request, _("Somebody saved once more meanwhile. Compare again."))
            return redirect("consultations:priority-compare", priority.public_id)
        except WrongState as error:
            messages.warning(request, str(error))
            return redirect("consultations:priority-compare", priority.public_id)
        except ValidationError as error:
            errors = error.message_dict
        else:
            messages.success(request, _("Both texts are settled and saved."))
            return redirect(page_url(priority, min(PAGE_OF_PART[part] for part in parked.fields)))
    parts = compared_parts(priority, parked.fields, viewer_of(request.user), errors, choices)
    context = {
        "priority": priority,
        "parts": parts,
        "parked": parked,
        "version": version_for(request, priority.version),
    }
    return render(request, "consultations/priority_compare.html", context, status=422 if errors else 200)


@require_safe
def priority_similar(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """A draft beside those that may say nearly the same, text by text, and the way back to where one was writing."""
    priority = own_priority(request, public_id)
    if not priority.is_draft:
        return redirect("consultations:priority-detail", priority.public_id)
    found = [other.pk for other in similar_while_writing(priority, request.user)]
    others = Priority.objects.with_parts().in_bulk(found)
    number = request.GET.get("page", "")
    is_page = number in {str(page) for page in range(1, len(PAGES) + 1)}
    back = page_url(priority, int(number)) if is_page else ""
    context = {
        "priority": priority,
        "others": prepare_lines(others[pk] for pk in found),
        "back": back or reverse("consultations:priority-submit", args=[priority.public_id]),
    }
    return render(request, "consultations/priority_similar.html", context)
