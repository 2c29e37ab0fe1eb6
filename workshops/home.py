"""What stage 2 adds to a person's home page and to the navigation."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from planning_portal.languages.queries import attach_units, shown
from planning_portal.organisations.identity import short_name_of, viewer_of
from planning_portal.organisations.permissions import memberships_of
from planning_portal.programme.permissions import is_facilitator
from planning_portal.web.registry import NavEntry, Task

from .models import BallotSource, Round, RoundState, Workshop, WorkshopState
from .permissions import sees_every_desk, takes_part
from .queries.ballots import Vote, votes_of
from .queries.desk import needs_of, with_counts


def tasks(user: Any) -> Iterable[Task]:
    """Ballots that are still to be cast, and what each workshop needs from whoever facilitates it."""
    if not user.is_authenticated:
        return []
    return [*_tasks_of_voter(user), *_tasks_of_facilitator(user)]


def _tasks_of_voter(user: Any) -> list[Task]:
    """One task for each organisation without ballot, or whose ballot somebody else entered: at most four queries, one
    when no round is open."""
    if not any(membership.has_mandate for membership in memberships_of(user).values()):
        return []
    rounds = list(
        Round.objects.filter(state=RoundState.OPEN, workshop__step__programme__is_current=True).select_related(
            "workshop"
        )
    )
    votes = [vote for vote in votes_of(user, rounds) if vote.has_mandate and not _is_own(vote)]
    if not votes:
        return []
    attach_units({vote.entitlement.round.workshop_id: vote.entitlement.round.workshop for vote in votes}.values())
    viewer = viewer_of(user)
    found = []
    for vote in votes:
        round_ = vote.entitlement.round
        page = "workshops:ballot-receipt" if vote.ballot else "workshops:ballot-cast"
        url = reverse(page, args=[round_.public_id])
        workshop = shown(round_.workshop, "title").text
        found.append(
            Task(
                _("Your ballot was entered by a facilitator or from paper: look at it")
                if vote.ballot
                else _("Cast your organisation's ballot"),
                f"{url}?for={vote.organisation.public_id}",
                note=f"{workshop} · {short_name_of(vote.organisation, viewer)}",
                rank=1,
            )
        )
    return found


def _is_own(vote: Vote) -> bool:
    return vote.ballot is not None and vote.ballot.source == BallotSource.OWN


def _tasks_of_facilitator(user: Any) -> list[Task]:
    """The workshops that are not finished, each with what it needs; coordinators only read of those to publish."""
    states = (
        [WorkshopState.CLOSED]
        if sees_every_desk(user) and not is_facilitator(user)
        else [WorkshopState.PLANNED, WorkshopState.OPEN, WorkshopState.CLOSED]
    )
    workshops = list(
        with_counts(
            Workshop.objects.for_desk_of(user).filter(state__in=states, step__programme__is_current=True)
        ).order_by("starts_on", "id")
    )
    attach_units(workshops)
    ranks = {WorkshopState.OPEN: 3, WorkshopState.CLOSED: 30, WorkshopState.PLANNED: 40}
    return [
        Task(
            shown(workshop, "title").text,
            reverse("workshops:workshop-desk", args=[workshop.public_id]),
            note=needs_of(workshop),
            rank=ranks[WorkshopState(workshop.state)],
            audience="facilitator",
        )
        for workshop in workshops
    ]


def entries(user: Any) -> list[NavEntry]:
    """Workshops, for whoever takes part in the planning."""
    if not user.is_authenticated or not takes_part(user):
        return []
    return [NavEntry(gettext_lazy("Workshops"), "workshops:workshop-list", rank=40)]
