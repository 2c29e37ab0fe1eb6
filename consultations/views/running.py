"""The companion's pages: plan, open, who was there, context and minutes, the list, closing.

One short page for each matter, so that saving one never loses what is typed in another.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from planning_portal.languages.queries import attach_units
from planning_portal.organisations.identity import viewer_of
from planning_portal.organisations.models import Organisation
from planning_portal.programme.models import StepStatus
from planning_portal.web.submissions import (
    SubmissionConflict,
    SubmissionKeyMissing,
    answer_once,
    answered_before,
    once_per_form,
)
from planning_portal.web.switching import form_for, is_sent, keeps_typed
from planning_portal.workflow.services import WrongState

from .. import services
from ..clocks import clocks_of, lies_in_the_past, shown_part
from ..country import editions_to_run
from ..forms.consultation import AttendanceForm, CloseForm, ReopenForm
from ..forms.country_list import ListForm
from ..forms.meeting import DatesForm, PlanForm, TextsForm
from ..models import ChangeRequest, Consultation, Priority, PriorityState, RequestState
from ..queries import attach_authors, countries_to_plan, handed_in, steps_to_plan
from ..services import NotReady
from ..services.consultation import closing_blockers
from ..similar import similar_pairs
from ..versions import EditConflict
from .drafts import too_old

FORM = ["GET", "HEAD", "POST"]
PLAN = "consultations.plan"
REBUILD = "consultations.rebuild_summary"
LIST = "consultations.list"
CLOSE = "consultations.close"
# Each page of the companion: its address and its template.
RUN_PAGES = {
    "dates": ("consultations:consultation-dates", "consultations/run_dates.html"),
    "invitations": ("consultations:consultation-invitations", "consultations/run_invitations.html"),
    "attendance": ("consultations:consultation-attendance", "consultations/run_attendance.html"),
    "texts": ("consultations:consultation-texts", "consultations/run_texts.html"),
    "amendments": ("consultations:amendment-list", "consultations/run_amendments.html"),
    "list": ("consultations:consultation-list-edit", "consultations/run_list.html"),
    "close": ("consultations:consultation-close", "consultations/run_close.html"),
}


def _run(request: HttpRequest, public_id: uuid.UUID) -> Consultation:
    """The consultation, if this person runs it."""
    consultation = get_object_or_404(Consultation.objects.visible_to(request.user).with_country(), public_id=public_id)
    if not request.user.has_perm("consultations.view_run", consultation):
        raise PermissionDenied(_("Only the companion of this country or a coordinator can do this."))
    return consultation


def run_pages(consultation: Consultation, current: str) -> list[dict[str, Any]]:
    """The companion's pages in their order."""
    titles = {
        "dates": _("When and where"),
        "invitations": _("Who is invited"),
        "attendance": _("Who was there"),
        "texts": _("Context and minutes"),
        "amendments": _("Merge or split"),
        "list": _("The list"),
        "close": _("Closing"),
    }
    return [
        {
            "title": title,
            "url": reverse(RUN_PAGES[name][0], args=[consultation.public_id]),
            "current": name == current,
        }
        for name, title in titles.items()
    ]


def _page(
    request: HttpRequest, consultation: Consultation, name: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    can_run = request.user.has_perm("consultations.run_consultation", consultation)
    if not can_run:
        for field in context["form"].fields.values():
            field.disabled = True
    base = {
        "consultation": consultation,
        "run_pages": run_pages(consultation, name),
        "can_run": can_run,
        "is_over": consultation.step.status == StepStatus.DONE,
    }
    return render(request, RUN_PAGES[name][1], {**base, **context}, status=status)


def _retry_with(form: forms.Form, conflict: EditConflict) -> None:
    """After a conflict the same form is shown with what was typed and the new version: sending it again is a choice."""
    form.data = form.data.copy()  # type: ignore[attr-defined]
    form.data["version"] = str(conflict.obj.version)  # type: ignore[index]
    form.add_error(
        None,
        _("Somebody else saved this page meanwhile. Their version is shown beside yours: mend yours, then save again."),
    )


def _saved(request: HttpRequest, consultation: Consultation, name: str) -> HttpResponse:
    messages.success(request, _("Saved."))
    return redirect(RUN_PAGES[name][0], consultation.public_id)


def _refused(request: HttpRequest, consultation: Consultation, name: str, error: WrongState) -> HttpResponse:
    messages.error(request, str(error))
    return redirect(RUN_PAGES[name][0], consultation.public_id)


@require_http_methods(FORM)
@keeps_typed
def consultation_plan(request: HttpRequest) -> HttpResponse:
    """Plan the consultation of a country that has none yet. Twice is once."""
    if first := answered_before(request, PLAN):
        return HttpResponseRedirect(first)
    step = steps_to_plan().select_related("programme").first()
    countries = countries_to_plan(request.user, step) if step else []
    if not countries or step is None:
        raise PermissionDenied(_("There is no country left for which you could plan a consultation now."))
    initial = {"country": request.GET.get("country", "")}
    form = form_for(request, PlanForm, countries=countries, initial=initial)
    if is_sent(request) and form.is_valid():

        def plan() -> str:
            consultation = services.plan_consultation(
                step,
                form.country(),
                by=request.user,
                starts_at=form.cleaned_data["starts_at"],
                ends_at=form.cleaned_data["ends_at"],
                place=form.cleaned_data["place"],
                link=form.cleaned_data["link"],
                language=form.cleaned_data["language"],
            )
            return reverse("consultations:consultation-dates", args=[consultation.public_id])

        try:
            return answer_once(request, PLAN, plan)
        except SubmissionConflict as earlier:
            return HttpResponseRedirect(earlier.location)
        except SubmissionKeyMissing:
            form.add_error(None, too_old())
        except ValidationError as error:
            form.add_error(None, error.messages)  # type: ignore[arg-type]
    context = {"form": form}
    return render(request, "consultations/consultation_plan.html", context, status=422 if form.errors else 200)


@require_POST
def consultation_open(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """From now on the country's organisations can propose. A second click says that it is open already; a meeting that
    lies in the past is asked about, since its day may be a slip."""
    consultation = _run(request, public_id)
    if lies_in_the_past(consultation) and not request.POST.get("held"):
        messages.error(request, _("The day of the meeting lies in the past: mend it, or say that it was held already."))
        return redirect("consultations:consultation-dates", consultation.public_id)
    try:
        services.open_consultation(consultation, by=request.user)
    except WrongState as error:
        messages.info(request, str(error))
    except PermissionDenied as error:
        raise PermissionDenied(_("A consultation is opened while its step goes on.")) from error
    else:
        messages.success(request, _("The consultation is open: its organisations can now propose priorities."))
    return redirect("consultations:consultation-dates", consultation.public_id)


@require_http_methods(FORM)
@keeps_typed
def consultation_dates(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """When and where, in which languages, what about."""
    consultation = _run(request, public_id)
    form = form_for(request, DatesForm, consultation=consultation)
    theirs: dict[str, str] = {}
    if is_sent(request) and form.is_valid():
        try:
            services.save_dates(consultation, by=request.user, **form.guards(), **form.parts())
        except EditConflict as conflict:
            _retry_with(form, conflict)
            theirs = {name: shown_part(conflict.obj, name) for name in conflict.theirs}
        except ValidationError as error:
            form.add_error(None, error.messages)  # type: ignore[arg-type]
        except WrongState as error:
            return _refused(request, consultation, "dates", error)
        else:
            return _saved(request, consultation, "dates")
    context = {
        "form": form,
        "lines": with_theirs(form.main_fields(), theirs),
        "can_open": request.user.has_perm("consultations.open_consultation", consultation),
        "can_reopen": request.user.has_perm("consultations.reopen_consultation", consultation),
        "clocks": clocks_of(consultation),
        "is_past": lies_in_the_past(consultation),
    }
    return _page(request, consultation, "dates", context, status=422 if form.errors else 200)


def with_theirs(fields: Iterable[forms.BoundField], theirs: Mapping[str, str]) -> list[dict[str, Any]]:
    """Each field of a form, with what somebody else saved in it meanwhile."""
    return [{"field": field, "clashes": field.name in theirs, "theirs": theirs.get(field.name)} for field in fields]


@require_http_methods(FORM)
@keeps_typed
def consultation_attendance(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    consultation = _run(request, public_id)
    rows = list(consultation.participations.select_related("organisation__country__zone"))
    active = Organisation.objects.active().filter(country=consultation.country).select_related("country__zone")
    organisations = {o.pk: o for o in [*active, *(row.organisation for row in rows)]}
    form = form_for(
        request,
        AttendanceForm,
        consultation=consultation,
        organisations=list(organisations.values()),
        rows=rows,
        viewer=viewer_of(request.user),
    )
    theirs: dict[int, Any] = {}
    if is_sent(request) and form.is_valid():
        try:
            services.record_participation(consultation, by=request.user, **form.guards(), rows=form.presences())
        except ValidationError as error:
            form.add_error(None, error.messages)  # type: ignore[arg-type]
        except EditConflict as conflict:
            _retry_with(form, conflict)
            theirs = {int(part.removeprefix("row-")): cells for part, cells in conflict.theirs.items()}
        except WrongState as error:
            return _refused(request, consultation, "attendance", error)
        else:
            return _saved(request, consultation, "attendance")
    lines = [{**line, "theirs": theirs.get(line["pk"]), "clashes": line["pk"] in theirs} for line in form.lines()]
    context = {"form": form, "lines": lines}
    return _page(request, consultation, "attendance", context, status=422 if form.errors else 200)


@require_http_methods(FORM)
@keeps_typed
def consultation_texts(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """What is said of the country, and the minutes."""
    consultation = _run(request, public_id)
    form = form_for(request, TextsForm, consultation=consultation)
    theirs: dict[str, str] = {}
    if is_sent(request) and form.is_valid():
        try:
            services.set_minutes(consultation, by=request.user, **form.guards(), **form.parts())
        except EditConflict as conflict:
            _retry_with(form, conflict)
            theirs = {name: shown_part(conflict.obj, name) for name in conflict.theirs}
        except WrongState as error:
            return _refused(request, consultation, "texts", error)
        else:
            return _saved(request, consultation, "texts")
    context = {"form": form, "lines": with_theirs(form.main_fields(), theirs)}
    return _page(request, consultation, "texts", context, status=422 if form.errors else 200)


@require_http_methods(FORM)
@keeps_typed
@once_per_form(LIST)
def consultation_list_edit(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Order the submitted priorities, retain or not with a reason; up and down are plain buttons that save first."""
    consultation = _run(request, public_id)
    form = form_for(request, ListForm, consultation=consultation, priorities=handed_in(consultation))
    theirs: list[Priority] = []
    if is_sent(request) and form.is_valid():
        go, _colon, key = request.POST.get("go", "").partition(":")
        try:
            if go != "agree":
                step = {"up": -1, "down": 1}.get(go, 0)
                services.save_arrangement(
                    consultation,
                    by=request.user,
                    **form.guards(),
                    ordered=form.moved(key, step),
                    reasons=form.reasons(),
                    notes=form.notes(),
                    undecided=form.undecided(),
                )
                if not step:
                    messages.success(request, _("The order is saved. Nothing is agreed yet."))
                anchor = f"#p{key}" if step else ""
                return redirect(reverse("consultations:consultation-list-edit", args=[consultation.public_id]) + anchor)
            if form.is_ready_to_agree():
                services.agree_list(
                    consultation,
                    by=request.user,
                    **form.guards(),
                    ordered=form.ordered(),
                    not_retained=form.reasons(),
                )
                messages.success(request, _("The country's list is agreed."))
                return redirect("consultations:consultation-close", consultation.public_id)
        except EditConflict as conflict:
            _retry_with(form, conflict)
            consultation.refresh_from_db()
            theirs = ListForm(consultation=consultation, priorities=handed_in(consultation)).priorities
        except ValidationError as error:
            form.add_error(None, error.messages)  # type: ignore[arg-type]
        except WrongState as error:
            return _refused(request, consultation, "list", error)
    attach_units([priority.theme for priority in form.priorities])
    attach_authors(form.priorities)
    context = {
        "form": form,
        "lines": form.lines(),
        "theirs": theirs,
        "drafts": consultation.priorities.filter(state=PriorityState.DRAFT).count(),
        "pairs": similar_pairs([priority for priority in form.priorities if priority.state == PriorityState.SUBMITTED]),
        "can_amend": request.user.has_perm("consultations.amend_priorities", consultation),
        "sent_back": ChangeRequest.objects.visible_to(request.user)
        .filter(priority__consultation=consultation, priority__state=PriorityState.SUBMITTED)
        .exclude(state=RequestState.RESOLVED)
        .count(),
        "can_agree": request.user.has_perm("consultations.agree_list", consultation),
    }
    return _page(request, consultation, "list", context, status=422 if form.errors else 200)


@require_http_methods(FORM)
@keeps_typed
@once_per_form(CLOSE)
def consultation_close(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """What closing will do, what is missing, and the closing itself."""
    consultation = _run(request, public_id)
    form = form_for(request, CloseForm, consultation=consultation)
    blockers = closing_blockers(consultation) if consultation.state == "open" else []
    status = 200
    if is_sent(request) and form.is_valid():
        try:
            services.close_consultation(consultation, by=request.user, closing_note=form.cleaned_data["closing_note"])
        except NotReady as error:
            blockers, status = error.blockers, 422
        except WrongState as error:
            return _refused(request, consultation, "close", error)
        else:
            messages.success(request, _("The consultation is closed. Thank you to everyone who took part."))
            return redirect("consultations:consultation-detail", consultation.public_id)
    editions = editions_to_run(consultation, request.user) if consultation.state == "closed" else []
    states = list(consultation.priorities.values_list("state", flat=True).order_by())
    context = {
        "form": form,
        "blockers": blockers,
        "agreed": states.count(PriorityState.AGREED),
        "set_aside": states.count(PriorityState.NOT_RETAINED),
        "drafts": states.count(PriorityState.DRAFT),
        "can_close": request.user.has_perm("consultations.close_consultation", consultation),
        "can_reopen": request.user.has_perm("consultations.reopen_consultation", consultation),
        "reopen_form": ReopenForm(),
        "editions": editions,
        "progress": next((row.group for row in editions if row.is_building and row.group), None),
        "purpose": REBUILD,
        "is_to_come": bool(consultation.starts_at and consultation.starts_at > timezone.now()),
        "clocks": clocks_of(consultation),
    }
    return _page(request, consultation, "close", context, status=422 if form.errors else status)


@require_POST
def summary_rebuild(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Make a new version of the summary with the translations of today, or ask again for what is missing of it."""
    consultation = _run(request, public_id)

    def rebuild() -> str:
        group = services.rebuild_summary(consultation, by=request.user)
        messages.success(request, _("The summary is being made in four languages."))
        return reverse("jobs:group-progress", args=[group])

    back = reverse("consultations:consultation-close", args=[consultation.public_id])
    try:
        return answer_once(request, REBUILD, rebuild)
    except SubmissionConflict as earlier:
        return HttpResponseRedirect(earlier.location)
    except SubmissionKeyMissing:
        messages.error(request, too_old())
    except ValidationError as error:
        messages.info(request, " ".join(error.messages))
    return HttpResponseRedirect(back)


@require_POST
@once_per_form(CLOSE)
def consultation_reopen(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """A coordinator opens a closed consultation again and says why."""
    consultation = _run(request, public_id)
    form = ReopenForm(request.POST)
    if not request.user.has_perm("consultations.reopen_consultation", consultation):
        raise PermissionDenied(_("Only a coordinator can reopen a closed consultation, while its step goes on."))
    if not form.is_valid():
        context = {"form": CloseForm(consultation=consultation), "reopen_form": form, "can_reopen": True}
        return _page(request, consultation, "close", context, status=422)
    services.reopen_consultation(consultation, by=request.user, reason=form.cleaned_data["reason"])
    messages.success(request, _("The consultation is open again."))
    return redirect("consultations:consultation-dates", consultation.public_id)
