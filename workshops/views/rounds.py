"""Weighing on the desk: prepare, open, watch the ballots come in, close, read the result."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from planning_portal.languages.queries import attach_units
from planning_portal.organisations.identity import viewer_of

from .. import services
from ..forms import RoundForm
from ..models import BallotRecord, Candidate, Round, RoundState, Workshop
from ..queries.ballots import open_ballots, received_by_zone
from ..queries.desk import zone_ballots
from ..queries.results import result_of_round
from ..queries.terms import rules_in_words, terms_in_words
from ..queries.what_if import what_if_of
from ..results import released_file
from .guards import FORM, act, require_desk, require_running, round_or_404, status_of, submit, workshop_or_404
from .typed import form_for, is_sent, keeps_typed


@require_http_methods(FORM)
@keeps_typed
def round_list(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The rounds of a workshop: the one to prepare, the one that is open, those with a result."""
    workshop = workshop_or_404(request, public_id)
    require_desk(request, workshop)
    rounds = list(workshop.rounds.all())
    open_round = next((one for one in rounds if one.state == RoundState.OPEN), None)
    prepared = next((one for one in rounds if one.state == RoundState.PREPARED), None)
    can_run = request.user.has_perm("workshops.run_workshop", workshop)
    if request.method == "POST":
        require_running(request, workshop)
    form = form_for(request, RoundForm, round_=prepared) if can_run and open_round is None else None
    if form is not None and is_sent(request) and form.is_valid():

        def prepare() -> HttpResponseRedirect:
            services.prepare_round(workshop, by=request.user, **form.cleaned_data)
            messages.success(request, _("The round is prepared. It starts when you open it."))
            return redirect("workshops:round-list", workshop.public_id)  # type: ignore[return-value]

        if answer := submit(form, prepare):
            return answer
    attach_units([workshop])
    context = {
        "workshop": workshop,
        "form": form,
        "open_round": open_round,
        "prepared": prepared,
        "closed": [one for one in rounds if one.state == RoundState.CLOSED],
        "zones": received_by_zone(open_round, viewer_of(request.user)) if open_round else [],
        "ballots": zone_ballots(open_round) if open_round else [],
        "on_ballot": Candidate.objects.of(workshop).on_ballot().count(),
        "delegations": workshop.delegations.count(),
        "can_run": can_run,
        "terms": terms_in_words(round_) if (round_ := open_round or prepared) else [],
        "rules": rules_in_words() if form else [],
    }
    return render(request, "workshops/round_list.html", context, status=status_of(form) if form else 200)


def _back(round_: Round) -> str:
    return reverse("workshops:workshop-desk", args=[round_.workshop.public_id])


@require_POST
def round_open(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    round_ = round_or_404(request, public_id)
    require_running(request, round_.workshop)
    return act(
        request,
        lambda: services.open_round(round_, by=request.user),
        done=_("The round is open. Ballots appear here as they come in; what is on them stays hidden."),
        to=_back(round_),
    )


@require_POST
def round_close(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    round_ = round_or_404(request, public_id)
    require_running(request, round_.workshop)
    results = reverse("workshops:round-results", args=[round_.public_id])
    return act(
        request,
        lambda: services.close_round(round_, by=request.user),
        done=_("The round is closed. Here is its result."),
        to=lambda closed: results if closed else _after_refusal(round_, results),
    )


def _after_refusal(round_: Round, results: str) -> str:
    """A second click on "close" finds the result."""
    fresh = Round.objects.filter(pk=round_.pk, state=RoundState.CLOSED).exists()
    return results if fresh else _back(round_)


@require_POST
def round_drop(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Forget a round that was prepared. Once it is gone a second click has nothing to find, and says so."""
    visible = Workshop.objects.visible_to(request.user)
    round_ = get_object_or_404(
        Round.objects.select_related("workshop__step__programme", "workshop__zone").filter(workshop__in=visible),
        public_id=public_id,
    )
    require_running(request, round_.workshop)
    return act(
        request,
        lambda: services.drop_round(round_, by=request.user),
        done=_("The prepared round is gone."),
        to=reverse("workshops:round-list", args=[round_.workshop.public_id]),
    )


def closed_round_or_403(request: HttpRequest, public_id: uuid.UUID) -> Round:
    """A round whose values may be looked at: before it is closed nobody sees one."""
    round_ = round_or_404(request, public_id)
    if round_.state != RoundState.CLOSED:
        raise PermissionDenied(
            _("The result is shown when the round is closed: until then nobody sees what was chosen.")
        )
    return round_


@require_safe
def round_results(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The result of a closed round, for everybody who takes part. Before that, nobody sees a value."""
    round_ = closed_round_or_403(request, public_id)
    context = {
        "round": round_,
        "workshop": round_.workshop,
        "result": result_of_round(round_),
        "on_desk": request.user.has_perm("workshops.view_desk", round_.workshop),
        "can_run": request.user.has_perm("workshops.run_workshop", round_.workshop),
        "open_ballots": open_ballots(round_, viewer_of(request.user)),
        "has_record": BallotRecord.objects.filter(round=round_).exists(),
    }
    return render(request, "workshops/round_results.html", context)


@require_safe
def round_what_if(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The same ballots under each rule and weight, for those who run the workshop: what hangs on the choice."""
    round_ = closed_round_or_403(request, public_id)
    require_desk(request, round_.workshop)
    context = {"round": round_, "workshop": round_.workshop, "what_if": what_if_of(round_)}
    return render(request, "workshops/round_what_if.html", context)


@require_safe
def round_ballots(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The file of ballots, to work the result out again: without a name, and where a ballot could not be recognised."""
    round_ = closed_round_or_403(request, public_id)
    content = released_file(round_)
    if content is None:
        raise PermissionDenied(result_of_round(round_).why_no_file or _("No file of ballots was kept of this round."))
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="ballots-round-{round_.number}.csv"'
    return response
