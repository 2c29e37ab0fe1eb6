"""Reading priorities: the list with its filters, one priority with its life, its versions; supporting one."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe

from planning_portal.languages.folding import words_of
from planning_portal.languages.queries import attach_units
from planning_portal.languages.services import source_text
from planning_portal.organisations.identity import Viewer, viewer_of
from planning_portal.organisations.models import Organisation
from planning_portal.organisations.permissions import organisations_of
from planning_portal.programme.models import Level
from planning_portal.programme.permissions import is_coordinator
from planning_portal.web.submissions import once_per_form
from planning_portal.web.switching import form_for, is_sent, keeps_typed

from .. import services
from ..exchange import exchange_on
from ..forms.drafts import SupportForm
from ..forms.exchange import AskForm, CommentForm
from ..history import described_versions
from ..life import whole_life
from ..lineage import lineage_of
from ..models import LISTED, Priority, PriorityState, Support
from ..queries import (
    STATE_WORDS,
    Filters,
    changes_of,
    decision_on,
    filter_options,
    page_of_priorities,
)
from ..search import excerpt_of, marked_title

PAGE_SIZE = 25
SUPPORT = "consultations.support"


@require_safe
def priority_list(request: HttpRequest) -> HttpResponse:
    """Everything this person may read, narrowed by the address; htmx swaps the results alone."""
    filters = Filters.from_query(request.GET)
    page = page_of_priorities(request.user, filters, request.GET.get("page"), PAGE_SIZE)
    words = words_of(filters.q)
    context = {
        "page": page,
        "lines": [(priority, marked_title(priority, words), excerpt_of(priority, words)) for priority in page],
        "filters": filters,
        "query": filters.as_query(),
        "exports_own": not is_coordinator(request.user),
    }
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "consultations/_priority_results.html", context)
    states = [*LISTED, PriorityState.REPLACED]
    context |= {
        "options": filter_options(),
        "levels": [(level.value, level.label.capitalize()) for level in Level],
        "states": [(state.value, STATE_WORDS[state]) for state in states],
    }
    return render(request, "consultations/priority_list.html", context)


@require_safe
def priority_detail(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The text with its labels, who supports it, and what became of it."""
    return _show(request, _visible(request, public_id))


def _visible(request: HttpRequest, public_id: uuid.UUID) -> Priority:
    priorities = Priority.objects.visible_to(request.user).with_parts().with_has_files()
    return get_object_or_404(priorities, public_id=public_id)


def _show(
    request: HttpRequest,
    priority: Priority,
    form: SupportForm | None = None,
    *,
    comment_form: CommentForm | None = None,
    ask_form: AskForm | None = None,
    status: int = 200,
) -> HttpResponse:
    if form or comment_form or ask_form:
        # The links to this page in other languages lead to the page, not to what the form was sent to.
        request.path = reverse("consultations:priority-detail", args=[priority.public_id])
    viewer = viewer_of(request.user)
    groups = list(priority.groups.all())
    supports = list(priority.supports.select_related("organisation__country__zone").order_by("created_at"))
    decision = decision_on(priority)
    is_insider = request.user.has_perm("consultations.view_country_level", priority.consultation)
    lineage = lineage_of(priority, is_insider=is_insider)
    attach_units([priority, priority.theme, decision, *groups, *supports, *lineage.sources, *lineage.results])
    exchange = exchange_on(priority, request.user, is_insider=is_insider)
    speakers = [o for o in organisations_of(request.user) if o.country_id == priority.consultation.country_id]
    mine = [
        organisation
        for organisation in organisations_of(request.user)
        if organisation.country_id == priority.consultation.country_id and organisation not in lineage.authors
    ]
    can_support = bool(mine) and request.user.has_perm("consultations.support_priority", priority)
    supporting = {support.organisation_id for support in supports if support.is_confirmed}
    context = {
        "priority": priority,
        "groups": groups,
        "supports": supports,
        "decision": decision,
        "events": whole_life(
            priority, changes_of(priority), decision, user=request.user, viewer=viewer, lineage=lineage
        ),
        "lineage": lineage,
        "attachments": list(priority.attachments.all()) if getattr(priority, "has_files", True) else [],
        "exchange": exchange,
        "comment_form": comment_form or CommentForm(organisations=speakers, viewer=viewer)
        if exchange.can_comment
        else None,
        "ask_form": ask_form or AskForm() if exchange.can_request else None,
        "can_support": can_support,
        "support_form": form or _support_form(mine, supports, viewer) if can_support else None,
        "my_supports": [s for s in supports if s.organisation_id in {o.pk for o in mine}] if can_support else [],
        "everyone_supports": bool(mine) and supporting >= {organisation.pk for organisation in mine},
    }
    return render(request, "consultations/priority_detail.html", context, status=status)


def _support_form(mine: list[Organisation], supports: list[Support], viewer: Viewer) -> SupportForm:
    """Empty, or with the reason that the only organisation one speaks for has given: it is then changed, not erased."""
    given = next((one for one in supports if len(mine) == 1 and one.organisation_id == mine[0].pk), None)
    initial = {"why": source_text(given, "why"), "language": given.source_language} if given else None
    return SupportForm(organisations=mine, viewer=viewer, initial=initial)


@require_POST
@keeps_typed
@once_per_form(SUPPORT)
def support_edit(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Give, reword or take back an organisation's support. Twice is once: the row is unique."""
    priority = _visible(request, public_id)
    mine = [o for o in organisations_of(request.user) if o.country_id == priority.consultation.country_id]
    organisations = [o for o in mine if o.pk != priority.organisation_id]
    if not organisations:
        raise PermissionDenied(_("You can only speak for an organisation of this country that you belong to."))
    withdrawn = request.POST.get("withdraw", "")
    if withdrawn and is_sent(request):
        organisation = next((o for o in organisations if str(o.public_id) == withdrawn), None)
        if organisation is None:
            raise PermissionDenied(_("You can only speak for an organisation of this country that you belong to."))
        services.withdraw_support(priority, by=request.user, organisation=organisation)
        messages.success(request, _("The support has been taken back."))
        return redirect("consultations:priority-detail", priority.public_id)
    form = form_for(request, SupportForm, organisations=organisations, viewer=viewer_of(request.user))
    if not is_sent(request):
        return _show(request, priority, form)
    if not form.is_valid():
        return _show(request, priority, form, status=422)
    services.support_priority(
        priority,
        by=request.user,
        organisation=form.organisation(),
        why=form.cleaned_data["why"],
        language=form.cleaned_data["language"],
    )
    messages.success(request, _("Your organisation's support is recorded."))
    return redirect("consultations:priority-detail", priority.public_id)


@require_GET
def priority_history(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Every kept version with what changed: for its authors all, for the country those since it was submitted."""
    priority = _visible(request, public_id)
    if not request.user.has_perm("consultations.view_versions", priority):
        raise PermissionDenied(_("Only the organisations of this country can read the earlier versions."))
    is_own = request.user.has_perm("consultations.view_history", priority)
    versions = described_versions(priority, viewer_of(request.user), since_submission=not is_own)
    context = {"priority": priority, "versions": versions, "is_own": is_own}
    return render(request, "consultations/priority_history.html", context)
