"""The ballot: on a phone by the organisation itself, on the desk by a facilitator for it or from paper."""

from __future__ import annotations

import uuid
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from planning_portal.organisations.identity import name_of, viewer_of
from planning_portal.organisations.models import Organisation
from planning_portal.web.submissions import answer_once
from planning_portal.workflow.services import WrongState

from .. import services
from ..models import Ballot, BallotSource, Round, RoundEntitlement, RoundState
from ..queries.ballots import Vote, ballot_paper, is_apart, kept_lines, votes_of
from ..queries.terms import terms_in_words
from ..services import BallotConflict
from ..services.ballots import not_open
from .guards import FORM, require_desk, require_running, round_or_404
from .typed import is_sent, keeps_typed

CAST = "workshops.ballot"
ENTER = "workshops.enter"
REASON_LENGTH = 300


@require_http_methods(FORM)
@keeps_typed
def ballot_cast(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Approve everything the organisation would work on; change it until the round closes."""
    round_ = round_or_404(request, public_id)
    votes = votes_of(request.user, [round_])
    vote = _chosen_vote(request, votes)
    if vote is None:
        raise PermissionDenied(_("Your organisation is not among those that vote in this round."))
    page = BallotPage(request, round_, vote, votes)
    if round_.state != RoundState.OPEN:
        return page.show(reason=not_open(round_), status=403 if request.method == "POST" else 200)
    if not vote.has_mandate:
        if request.method == "POST":
            raise PermissionDenied(_("Only a person with your organisation's mandate can cast its ballot."))
        return page.show(reason=_("Only a person with your organisation's mandate can cast its ballot."))
    if not is_sent(request):
        return page.show()
    return page.send(CAST, source=BallotSource.OWN, after="workshops:ballot-receipt")


@require_http_methods(FORM)
@keeps_typed
def ballot_enter(request: HttpRequest, public_id: uuid.UUID, organisation: uuid.UUID) -> HttpResponse:
    """A facilitator casts for an organisation that asked for it, or types in its paper ballot; it says so for ever.

    What the organisation itself has cast is not shown: values stay hidden from everybody else.
    """
    round_ = round_or_404(request, public_id)
    require_desk(request, round_.workshop)
    require_running(request, round_.workshop)
    entitlement = get_object_or_404(
        RoundEntitlement.objects.select_related("organisation__country__zone"),
        round=round_,
        organisation__public_id=organisation,
    )
    ballot = Ballot.objects.filter(round=round_, organisation=entitlement.organisation).first()
    page = BallotPage(request, round_, Vote(entitlement, ballot, True), [], is_entered=True)
    if round_.state != RoundState.OPEN:
        return page.show(reason=not_open(round_), status=403 if request.method == "POST" else 200)
    if not is_sent(request):
        return page.show()
    source = request.POST.get("source", "")
    if source not in {BallotSource.FACILITATOR, BallotSource.PAPER}:
        return page.show(error=_("Say how the ballot came to you: by word, or on paper."), status=422)
    return page.send(ENTER, source=source, after="workshops:round-list")


@require_safe
def ballot_receipt(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The receipt: its number, when, and what was chosen. Only the organisation itself reads it."""
    round_ = round_or_404(request, public_id)
    votes = [vote for vote in votes_of(request.user, [round_]) if vote.ballot]
    vote = _chosen_vote(request, votes)
    if vote is None or vote.ballot is None:
        raise PermissionDenied(_("Your organisation has not cast a ballot in this round."))
    context = {
        "round": round_,
        "workshop": round_.workshop,
        "vote": vote,
        "ballot": vote.ballot,
        "organisation_name": name_of(vote.organisation, viewer_of(request.user)),
        "chosen": kept_lines(ballot_paper(round_, vote.ballot)),
        "is_open": round_.state == RoundState.OPEN,
        "is_apart": is_apart(round_, vote.ballot),
    }
    return render(request, "workshops/ballot_receipt.html", context)


def _chosen_vote(request: HttpRequest, votes: list[Vote]) -> Vote | None:
    """The organisation that the page is about: the one asked for and no other.

    Only a request that asks for none falls back: to the person's single vote, or, where nothing is written, to the
    first whose ballot is missing. A ballot is never taken for an organisation that was not meant.
    """
    if asked := request.POST.get("for") or request.GET.get("for", ""):
        return next((vote for vote in votes if str(vote.organisation.public_id) == asked), None)
    if len(votes) > 1 and request.method == "POST":
        raise PermissionDenied(_("This page is out of date. Load it again."))
    return votes[0] if votes else None


class BallotPage:
    """One organisation's ballot paper: shown, sent, or shown again with both when somebody else was faster."""

    def __init__(self, request: HttpRequest, round_: Round, vote: Vote, votes: list[Vote], *, is_entered: bool = False):
        self.request = request
        self.round = round_
        self.vote = vote
        self.votes = votes
        self.is_entered = is_entered

    @property
    def organisation(self) -> Organisation:
        return self.vote.organisation

    def send(self, purpose: str, *, source: str, after: str) -> HttpResponse:
        """Cast the ballot that was sent, once for each form."""
        chosen = self._sent()
        if not chosen and "blank" not in self.request.POST:
            error = _("Choose at least one candidate, or say that you hand in a blank ballot.")
            return self.show(error=error, status=422)
        if chosen and "blank" in self.request.POST:
            error = _("You chose candidates and a blank ballot as well: untick one or the other.")
            return self.show(error=error, status=422)

        def cast() -> str:
            services.cast_ballot(
                self.round,
                self.organisation,
                chosen,
                by=self.request.user,
                source=source,
                version=self._version(),
                reason=self._reason(),
            )
            if self.is_entered:
                return reverse(after, args=[self.round.workshop.public_id])
            return reverse(after, args=[self.round.public_id]) + f"?for={self.organisation.public_id}"

        try:
            return answer_once(self.request, purpose, cast)
        except BallotConflict as conflict:
            return self.show(conflict=conflict.ballot, status=409)
        except WrongState as error:
            self.round.refresh_from_db()
            return self.show(reason=str(error), status=403)
        except ValidationError as error:
            return self.show(error=" ".join(error.messages), status=422)

    def show(
        self, *, reason: str = "", error: str = "", conflict: Ballot | None = None, status: int = 200
    ) -> HttpResponse:
        """The paper. ``reason`` says why nothing can be cast; what was chosen stays visible all the same."""
        ballot = conflict or self.vote.ballot
        paper = ballot_paper(self.round, None if self.is_entered else ballot)
        theirs = kept_lines(paper)
        kept = {line.candidate.pk for line in theirs}
        is_typed = self.request.method == "POST"
        context: dict[str, Any] = {
            "round": self.round,
            "workshop": self.round.workshop,
            "vote": self.vote,
            "votes": self.votes,
            "organisation_name": name_of(self.organisation, viewer_of(self.request.user)),
            "themes": paper,
            "chosen": set(self._sent()) if is_typed and not reason else kept,
            "is_blank": "blank" in self.request.POST if is_typed else bool(ballot and not kept and not self.is_entered),
            "ballot": ballot,
            "version": ballot.version if ballot else 0,
            "theirs": theirs,
            "conflict": conflict,
            "reason": reason,
            "error": error,
            "is_entered": self.is_entered,
            "source": self.request.POST.get("source", ""),
            "replaces_own": bool(self.is_entered and ballot and ballot.source == BallotSource.OWN),
            "replaces": "replace" in self.request.POST,
            "why": self.request.POST.get("why", ""),
            "is_apart": is_apart(self.round, ballot),
            "terms": terms_in_words(self.round),
            "purpose": ENTER if self.is_entered else CAST,
        }
        return render(self.request, "workshops/ballot.html", context, status=status)

    def _sent(self) -> list[int]:
        return [int(value) for value in self.request.POST.getlist("choice") if value.isdecimal() and len(value) < 12]

    def _reason(self) -> str:
        """Why an organisation's own ballot is replaced: only what was said together with the tick counts."""
        said = self.is_entered and "replace" in self.request.POST
        return self.request.POST.get("why", "")[:REASON_LENGTH] if said else ""

    def _version(self) -> int:
        sent = self.request.POST.get("version", "")
        return int(sent) if sent.isdecimal() and len(sent) < 9 else 0
