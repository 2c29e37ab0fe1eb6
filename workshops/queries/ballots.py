"""Ballots: what a person can still cast, what an organisation chose, and whose ballot is in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch

from planning_portal.organisations.identity import Viewer, name_of
from planning_portal.organisations.models import Organisation
from planning_portal.organisations.permissions import memberships_of

from ..models import Ballot, BallotSource, Candidate, Round, RoundEntitlement, RoundState, Secrecy
from .candidates import CandidateLine, by_theme, candidate_lines


@dataclass
class Vote:
    """An organisation of a person in a round: may this person cast its ballot, and is it in?"""

    entitlement: RoundEntitlement
    ballot: Ballot | None
    has_mandate: bool

    @property
    def organisation(self) -> Organisation:
        return self.entitlement.organisation


def votes_of(user: Any, rounds: Iterable[Round]) -> list[Vote]:
    """The organisations for which ``user`` acts and that vote in ``rounds``, without ballot first: two queries."""
    memberships = memberships_of(user)
    rounds = list(rounds)
    if not memberships or not rounds:
        return []
    entitlements = list(
        RoundEntitlement.objects.filter(round__in=rounds, organisation_id__in=memberships)
        .select_related("round__workshop", "organisation__country__zone")
        .order_by("round_id", "id")
    )
    cast = Ballot.objects.filter(round__in=rounds, organisation_id__in=memberships) if entitlements else ()
    ballots = {(ballot.round_id, ballot.organisation_id): ballot for ballot in cast}
    votes = [
        Vote(one, ballots.get((one.round_id, one.organisation_id)), memberships[one.organisation_id].has_mandate)
        for one in entitlements
    ]
    return sorted(votes, key=lambda vote: vote.ballot is not None)


def ballot_paper(round_: Round, ballot: Ballot | None = None) -> list[tuple[Any, list[CandidateLine]]]:
    """What is on the ballot, by theme, with the countries each candidate comes from: three queries.

    Each candidate says in ``is_kept`` whether ``ballot`` approves it.
    """
    candidates = Candidate.objects.of(round_.workshop).on_ballot()
    if round_.state == RoundState.CLOSED and round_.result:
        candidates = Candidate.objects.filter(pk__in=round_.result.get("candidates", []))
    approvals = Ballot.choices.through.objects.filter(ballot=ballot.pk if ballot else None, candidate=OuterRef("pk"))
    candidates = (
        candidates.select_related("theme", "decision")
        .annotate(is_kept=Exists(approvals))
        .order_by("theme__order", "theme", "id")
    )
    return by_theme(candidate_lines(round_.workshop, candidates))


def is_apart(round_: Round, ballot: Ballot | None) -> bool:
    """Whether nothing tells any more what was on ``ballot``: its round was confidential, and is closed."""
    return (
        ballot is not None
        and ballot.cast_at is None
        and round_.state == RoundState.CLOSED
        and round_.secrecy == Secrecy.CONFIDENTIAL
    )


@dataclass(frozen=True)
class OpenBallot:
    """What an organisation chose in an open round, as codes in their published order."""

    name: str
    codes: list[str]


def open_ballots(round_: Round, viewer: Viewer) -> list[OpenBallot] | None:
    """Who chose what in a closed open round, by name: two queries. None in a confidential one, and nothing at all
    where ``viewer`` may not know one of those who voted (any more): the totals would tell what that one chose."""
    if round_.state != RoundState.CLOSED or round_.secrecy != Secrecy.OPEN:
        return None
    ballots = Ballot.objects.filter(round=round_).select_related("organisation__country__zone")
    found = list(ballots.prefetch_related(Prefetch("choices", Candidate.objects.order_by("id").only("code"))))
    if not all(viewer.knows(ballot.organisation) for ballot in found):
        return []
    lines = [
        OpenBallot(name_of(ballot.organisation, viewer), [one.code for one in ballot.choices.all()]) for ballot in found
    ]
    return sorted(lines, key=lambda line: line.name.casefold())


def kept_lines(paper: list[tuple[Any, list[CandidateLine]]]) -> list[CandidateLine]:
    """What the ballot approves of a paper."""
    return [line for _theme, lines in paper for line in lines if line.candidate.is_kept]  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Received:
    """A line of the facilitator's list: whose ballot is in and how it came, never what is on it."""

    organisation: Organisation
    name: str
    source: str

    @property
    def is_in(self) -> bool:
        return bool(self.source)


def received_by_zone(round_: Round, viewer: Viewer) -> list[tuple[Any, list[Received]]]:
    """Everybody who votes, zone by zone, those still missing first: two queries."""
    sources = dict(Ballot.objects.filter(round=round_).values_list("organisation_id", "source"))
    organisations = (
        Organisation.objects.filter(pk__in=round_.entitlements.values("organisation_id"))
        .select_related("country__zone")
        .order_by("country__zone__order", "country__zone")
    )
    return [
        (
            zone,
            sorted(
                (_received(one, sources, viewer) for one in members),
                key=lambda line: (line.is_in, line.name.casefold()),
            ),
        )
        for zone, members in groupby(organisations, key=lambda one: one.country.zone)
    ]


def _received(organisation: Organisation, sources: dict[int, str], viewer: Viewer) -> Received:
    source = sources.get(organisation.pk)
    return Received(organisation, name_of(organisation, viewer), str(BallotSource(source).label) if source else "")
