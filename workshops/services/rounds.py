"""A round of weighing: prepared, opened to the organisations, closed with its result."""

from __future__ import annotations

import secrets
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from planning_portal.organisations.models import Identity
from planning_portal.workflow.services import WrongState, log_change

from ..models import (
    Ballot,
    BallotRecord,
    Candidate,
    Round,
    RoundEntitlement,
    RoundState,
    Secrecy,
    Session,
    WeighingRule,
    Weights,
    Workshop,
)
from ..results import count_round, homes_of
from ..weighing import RULES, latest
from ..weighing.ballot_file import write_ballots
from ..workflow import round_flow
from .edits import lock_workshop, touch


@transaction.atomic
def prepare_round(
    workshop: Workshop,
    *,
    by: Any,
    seats: int,
    rule: str = WeighingRule.PLAIN_COUNT,
    weights: str = Weights.ONE,
    floor: int = 0,
    quorum: int = 0,
    secrecy: str = Secrecy.CONFIDENTIAL,
    seed: str = "",
    session: Session | None = None,
) -> Round:
    """Say on which terms how many will be chosen, before anybody votes; they cannot be changed once the round is open.

    The rule is taken in its latest version. Without a ``seed`` one is drawn; a seed that was said before stays.
    A round that is prepared already is changed, not doubled.
    Raises ValidationError, WrongState (another round is open), PermissionDenied.
    """
    fresh = lock_workshop(workshop, by=by)
    if fresh.rounds.filter(state=RoundState.OPEN).exists():
        raise WrongState(_("Another round is still open. Close it first."))
    check_seats(fresh, seats, floor)
    check_names(fresh, secrecy)
    prepared = fresh.rounds.filter(state=RoundState.PREPARED).first()
    last = fresh.rounds.aggregate(last=Max("number"))["last"] or 0
    round_ = prepared or Round(workshop=fresh, number=last + 1)
    round_.seats, round_.rule, round_.session = seats, rule, session
    round_.weights, round_.floor, round_.quorum, round_.secrecy = weights, floor, quorum, secrecy
    round_.seed = seed.strip() or round_.seed or f"seed-{secrets.token_hex(6)}"
    round_.rule_version = latest(rule) if rule in RULES else ""
    round_.full_clean()
    round_.save()
    log_change(round_, "prepare", by=by, after=round_.state)
    touch(fresh)
    return round_


def check_seats(workshop: Workshop, seats: int, floor: int) -> None:
    """Raise ValidationError where there are fewer candidates than seats, or fewer seats than the floors ask for."""
    candidates = list(Candidate.objects.of(workshop).on_ballot().values_list("pk", flat=True))
    if not 1 <= seats <= len(candidates):
        raise ValidationError({"seats": _("Choose at least one, and not more than there are candidates.")})
    zones = len(set(homes_of(workshop, candidates).values())) if floor else 0
    if floor * zones > seats:
        text = _("The candidates come from %(zones)s zones: so large a floor needs %(needed)s to be chosen.")
        raise ValidationError({"floor": text % {"zones": zones, "needed": floor * zones}})


def check_names(workshop: Workshop, secrecy: str) -> None:
    """Raise ValidationError for an open round where an organisation that votes is not named to everybody.

    Not even without its own line: what the others chose would tell, from the totals, what it chose.
    """
    hidden = workshop.delegations.exclude(organisation__identity=Identity.NAMED).count()
    if secrecy == Secrecy.OPEN and hidden:
        text = ngettext(
            "%(count)s organisation that votes is not named to everybody: weigh confidentially.",
            "%(count)s organisations that vote are not named to everybody: weigh confidentially.",
            hidden,
        )
        raise ValidationError({"secrecy": text % {"count": hidden}})


@transaction.atomic
def drop_round(round_: Round, *, by: Any) -> bool:
    """Forget a round that was prepared and never opened. False when it is gone already."""
    workshop = lock_workshop(round_.workshop, by=by)
    fresh = workshop.rounds.select_for_update().filter(pk=round_.pk).first()
    if fresh is None:
        return False
    if fresh.state != RoundState.PREPARED:
        raise WrongState(_("This round has been opened: it stays in the record."))
    fresh.delete()
    touch(workshop)
    return True


@transaction.atomic
def open_round(round_: Round, *, by: Any) -> Round:
    """Open a prepared round to the organisations.

    In order: check the terms once more (candidates may have gone since), change the state, tie it to the session that
    is running, freeze who may vote. *Every* organisation with a delegation may, present or not: those who could not
    travel vote from home, or have a facilitator do it for them.
    Raises WrongState (not prepared, another one is open, nothing or nobody to vote), PermissionDenied.
    """
    workshop = lock_workshop(round_.workshop, by=by)
    if not Candidate.objects.of(workshop).on_ballot().exists():
        raise WrongState(_("There is no candidate to vote on."))
    organisations = list(workshop.delegations.values_list("organisation_id", flat=True))
    if not organisations:
        raise WrongState(_("No organisation takes part in this workshop yet."))
    if workshop.rounds.filter(state=RoundState.OPEN).exclude(pk=round_.pk).exists():
        raise WrongState(_("Another round is still open. Close it first."))
    if round_flow.is_possible(round_, "open"):
        _check_still_possible(workshop, round_)
    running = workshop.sessions.filter(started_at__isnull=False, ended_at__isnull=True).first()
    changes: dict[str, Any] = {"opened_at": timezone.now()}
    if running is not None:
        changes["session"] = running
    fresh = round_flow.apply(round_, "open", by=by, **changes)
    RoundEntitlement.objects.bulk_create(
        RoundEntitlement(round=fresh, organisation_id=organisation_id) for organisation_id in organisations
    )
    touch(workshop)
    return fresh


@transaction.atomic
def close_round(round_: Round, *, by: Any) -> Round:
    """Close an open round: no ballot is taken or changed any more, and the result is computed and kept.

    In order: lock the round (ballots under way wait, and are then refused), count, decide what of it may be shown,
    change the state, keep the ballots as a file without names; of a confidential round
    nothing else stays of what was on them. Raises WrongState, PermissionDenied.
    """
    workshop = lock_workshop(round_.workshop, by=by)
    locked = Round.objects.select_for_update(of=("self",)).get(pk=round_.pk)
    if not round_flow.is_possible(locked, "close"):
        raise WrongState(str(round_flow.transitions["close"].refusal))
    counted = count_round(locked)
    closed = round_flow.apply(locked, "close", by=by, closed_at=timezone.now(), result=counted.result)
    BallotRecord.objects.create(round=closed, file=write_ballots(counted.file).decode())
    if closed.secrecy == Secrecy.CONFIDENTIAL:
        Ballot.choices.through.objects.filter(ballot__round=closed).delete()
        closed.ballots.update(cast_at=None)
    log_change(workshop, "close_round", by=by, before=workshop.state, after=workshop.state)
    touch(workshop)
    return closed


def _check_still_possible(workshop: Workshop, round_: Round) -> None:
    """Candidates that were merged or dropped after the round was prepared may have made its terms impossible."""
    fresh = workshop.rounds.get(pk=round_.pk)
    try:
        check_seats(workshop, fresh.seats, fresh.floor)
        check_names(workshop, fresh.secrecy)
    except ValidationError as error:
        raise WrongState(" ".join(error.messages)) from None
