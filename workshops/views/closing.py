"""Minutes, closing, the summary and its publication; and what a workshop shows to everybody who takes part."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from planning_portal.documents.models import Audience
from planning_portal.documents.queries import DownloadRow, Edition, download_rows
from planning_portal.languages.queries import attach_units
from planning_portal.programme.models import StepResult
from planning_portal.web.submissions import answer_once
from planning_portal.workflow.services import WrongState

from .. import services
from ..forms import MinutesForm, ReopenForm
from ..models import Decision, DecisionOutcome, DecisionRule, Minutes, Workshop, WorkshopState
from ..queries.closing import forwarded_count, last_reopening
from ..queries.exposure import exposures_of
from ..queries.members import workshop_for_members
from ..services import EditConflict, NotReady
from ..services.closing import SUMMARY, closing_blockers
from .guards import FORM, act, require_desk, require_running, status_of, submit, workshop_or_404
from .typed import form_for, is_sent, keeps_typed

REBUILD = "workshops.rebuild"
PAGES = {
    "round": "workshops:round-list",
    "decisions": "workshops:decision-list",
    "desk": "workshops:workshop-desk",
    "minutes": "workshops:minutes-edit",
    "attendance": "workshops:attendance",
    "lines": "workshops:line-list",
}


@require_safe
def workshop_detail(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """A workshop for everybody who takes part: its programme, the ballot, results, decisions, lines, documents."""
    workshop = workshop_or_404(request, public_id)
    context = {
        **workshop_for_members(workshop, request.user),
        "on_desk": request.user.has_perm("workshops.view_desk", workshop),
    }
    return render(request, "workshops/workshop_detail.html", context)


@require_http_methods(FORM)
@keeps_typed
def minutes_edit(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The minutes: drafted from the log, then written by people. Two who write at once both keep their text."""
    workshop = workshop_or_404(request, public_id)
    require_desk(request, workshop)
    can_run = request.user.has_perm("workshops.run_workshop", workshop)
    minutes = Minutes.objects.filter(workshop=workshop).first()
    attach_units([workshop, minutes])
    draft = services.draft_minutes(workshop, get_language() or "en") if can_run else ""
    if not can_run:
        if request.method == "POST":
            require_running(request, workshop)
        return render(request, "workshops/minutes_edit.html", {"workshop": workshop, "minutes": minutes})
    form = form_for(request, MinutesForm, minutes=minutes, draft=draft)
    if is_sent(request) and form.is_valid():

        def save() -> HttpResponseRedirect:
            services.save_minutes(workshop, by=request.user, **form.cleaned_data)
            messages.success(request, _("Saved."))
            return redirect("workshops:minutes-edit", workshop.public_id)  # type: ignore[return-value]

        if answer := submit(form, save):
            return answer
    context = {"workshop": workshop, "form": form, "minutes": minutes, "draft": draft if minutes else ""}
    return render(request, "workshops/minutes_edit.html", context, status=status_of(form))


@require_POST
def minutes_approve(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Say that the minutes, in the version that was on the page, tell what happened."""
    workshop = workshop_or_404(request, public_id)
    require_running(request, workshop)
    here = reverse("workshops:minutes-edit", args=[workshop.public_id])
    version = request.POST.get("version", "")
    try:
        return act(
            request,
            lambda: services.approve_minutes(workshop, by=request.user, version=int(version)),
            done=_("The minutes are approved."),
            to=here,
        )
    except (EditConflict, ValueError):
        messages.error(request, _("The minutes were changed meanwhile: read them once more before you approve them."))
        return redirect(here)


@require_http_methods(FORM)
def workshop_close(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """What is still missing, then the one click that closes; afterwards the summary and its publication."""
    workshop = workshop_or_404(request, public_id)
    require_desk(request, workshop)
    if request.method == "POST":
        return _close(request, workshop)
    attach_units([workshop])
    if workshop.snapshot is not None:
        return _show_summary(request, workshop)
    reopened = last_reopening(workshop)
    blockers = [
        {"text": one.text, "url": reverse(PAGES[one.where], args=[workshop.public_id])}
        for one in (closing_blockers(workshop) if workshop.state == WorkshopState.OPEN else [])
    ]
    context = {
        "workshop": workshop,
        "blockers": blockers,
        "advice": _advice(workshop),
        "can_close": request.user.has_perm("workshops.close_workshop", workshop),
        "reopened": reopened,
    }
    return render(request, "workshops/workshop_close.html", context)


def _advice(workshop: Workshop) -> list[dict[str, str]]:
    """What may be missing although the workshop can be closed without it."""
    advice = [*_advice_on_minutes(workshop), *_advice_on_decisions(workshop)]
    if not workshop.lines.exists():
        advice.append((_("No line of work was made: there will be nothing to plan actions for."), "lines"))
    elif unled := workshop.lines.filter(lead=None).count():
        text = ngettext(
            "%(count)s line of work has no lead: nobody will be asked for its action plan.",
            "%(count)s lines of work have no lead: nobody will be asked for their action plans.",
            unled,
        )
        advice.append((text % {"count": unled}, "lines"))
    if not workshop.rounds.filter(state="closed").exists():
        advice.append((_("Nothing was weighed: the summary will show no result."), "round"))
    if not workshop.delegations.filter(is_present=True).exists():
        advice.append((_("Nobody was marked as present: the summary will say that nobody took part."), "attendance"))
    return [{"text": text, "url": reverse(PAGES[where], args=[workshop.public_id])} for text, where in advice]


def _advice_on_minutes(workshop: Workshop) -> list[tuple[str, str]]:
    minutes = Minutes.objects.filter(workshop=workshop).first()
    if minutes is None:
        return [(_("There are no minutes yet: the summary will have none."), "minutes")]
    if minutes.approved_at is None:
        return [(_("The minutes are not approved: the summary will say so."), "minutes")]
    return []


def _advice_on_decisions(workshop: Workshop) -> list[tuple[str, str]]:
    """Decisions whose own words do not fit together."""
    decisions = Decision.objects.filter(candidate__workshop=workshop)
    against = decisions.filter(rule=DecisionRule.CONSENT, objections__isnull=False).distinct().count()
    advice = []
    if against:
        text = ngettext(
            "%(count)s decision was taken by consent although an objection stands: the summary will show both.",
            "%(count)s decisions were taken by consent although objections stand: the summary will show both.",
            against,
        )
        advice.append((text % {"count": against}, "decisions"))
    without = decisions.filter(outcome__in=[DecisionOutcome.ADOPTED, DecisionOutcome.ADAPTED], line=None).count()
    if without:
        text = ngettext(
            "%(count)s candidate was kept and leads to no line of work: its proposers will see no more of it.",
            "%(count)s candidates were kept and lead to no line of work: their proposers will see no more of them.",
            without,
        )
        advice.append((text % {"count": without}, "decisions"))
    return advice


def _close(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    if not request.user.has_perm("workshops.close_workshop", workshop) and workshop.state == WorkshopState.OPEN:
        raise PermissionDenied(_("Only the facilitators of this workshop can do this."))
    try:
        group = services.close_workshop(workshop, by=request.user)
    except NotReady as missing:
        for blocker in missing.blockers:
            messages.error(request, blocker.text)
        return redirect("workshops:workshop-close", workshop.public_id)
    except WrongState as error:
        messages.info(request, str(error))
        return redirect("workshops:workshop-close", workshop.public_id)
    messages.success(request, _("The workshop is closed. Its summary is being made in four languages."))
    return redirect("jobs:group-progress", group)


def _show_summary(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    published = StepResult.objects.filter(
        step=workshop.step, kind=SUMMARY, object_id=workshop.pk, version=str(workshop.summary_version)
    ).exists()
    can_publish = request.user.has_perm("workshops.publish_summary", workshop)
    context = {
        "workshop": workshop,
        "row": _present_version(request, workshop),
        "is_published": published,
        "can_publish": can_publish,
        "can_reopen": request.user.has_perm("workshops.reopen_workshop", workshop),
        "exposures": exposures_of(workshop) if can_publish and not published else [],
        "purpose": REBUILD,
    }
    return render(request, "workshops/workshop_summary.html", context)


@require_http_methods(FORM)
@keeps_typed
def workshop_reopen(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """A coordinator says why a closed workshop must be opened again, having read what that means."""
    workshop = workshop_or_404(request, public_id)
    require_desk(request, workshop)
    if not request.user.has_perm("workshops.reopen_workshop", workshop):
        raise PermissionDenied(
            _("Only a closed workshop can be reopened.")
            if workshop.snapshot is None
            else _("Only a coordinator can reopen a closed workshop.")
        )
    attach_units([workshop])
    form = form_for(request, ReopenForm)
    if is_sent(request) and form.is_valid():

        def reopen() -> HttpResponseRedirect:
            services.reopen_workshop(workshop, by=request.user, **form.cleaned_data)
            messages.success(request, _("The workshop is open again."))
            return redirect("workshops:workshop-close", workshop.public_id)  # type: ignore[return-value]

        if answer := submit(form, reopen):
            return answer
    context = {"workshop": workshop, "form": form, "forwarded": forwarded_count(workshop)}
    return render(request, "workshops/workshop_reopen.html", context, status=status_of(form))


def _present_version(request: HttpRequest, workshop: Workshop) -> DownloadRow:
    edition = Edition.of(workshop, SUMMARY, version=str(workshop.summary_version), audience=Audience.PUBLIC)
    (row,) = download_rows([edition], user=request.user)
    return row


@require_POST
def workshop_publish(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Show the summary under its step on the public page, once it is there in all four languages.

    While a newer version is being made, visitors keep the one that was published before.
    """
    workshop = workshop_or_404(request, public_id)
    require_desk(request, workshop)
    _require_publisher(request, workshop)

    def publish() -> None:
        if not _present_version(request, workshop).is_complete:
            raise ValidationError(_("The summary is not there in all four languages yet. Publish it when it is."))
        services.publish_summary(workshop, by=request.user)

    return act(
        request,
        publish,
        done=_("Published: the summary is on the programme's page, under its step."),
        to=reverse("workshops:workshop-close", args=[workshop.public_id]),
    )


@require_POST
def workshop_rebuild(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Make a new version of the summary with the translations of today."""
    workshop = workshop_or_404(request, public_id)
    require_desk(request, workshop)
    _require_publisher(request, workshop)

    def rebuild() -> str:
        group = services.rebuild_summary(workshop, by=request.user)
        messages.success(request, _("A new version is being made in four languages."))
        return reverse("jobs:group-progress", args=[group])

    try:
        return answer_once(request, REBUILD, rebuild)
    except ValidationError as error:
        messages.info(request, " ".join(error.messages))
        return redirect("workshops:workshop-close", workshop.public_id)


def _require_publisher(request: HttpRequest, workshop: Workshop) -> None:
    if not request.user.has_perm("workshops.publish_summary", workshop):
        raise PermissionDenied(
            _("Only a workshop that is closed has a summary.")
            if workshop.snapshot is None
            else _("Only facilitators and coordinators publish the summary of a workshop.")
        )
