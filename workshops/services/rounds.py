"""A round of weighing: prepared, opened to the organisations, closed with its result."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from planning_portal.workflow.services import WrongState, log_change

from ..models import Candidate, Round, RoundEntitlement, RoundState, Session, WeighingRule, Workshop
from ..results import result_of
from ..workflow import round_flow
from .edits import lock_workshop, touch


@transaction.atomic
def prepare_round(
    workshop: Workshop, *, by: Any, seats: int, rule: str = WeighingRule.PLAIN_COUNT, session: Session | None = None
) -> Round:
    """Say by which rule how many will be chosen, before anybody votes; it cannot be changed once the round is open.

    A round that is prepared already is changed, not doubled.
    Raises ValidationError, WrongState (another round is open), PermissionDenied.
    """
    fresh = lock_workshop(workshop, by=by)
    if fresh.rounds.filter(state=RoundState.OPEN).exists():
        raise WrongState(_("Another round is still open. Close it first."))
    if not 1 <= seats <= Candidate.objects.of(fresh).on_ballot().count():
        raise ValidationError({"seats": _("Choose at least one, and not more than there are candidates.")})
    prepared = fresh.rounds.filter(state=RoundState.PREPARED).first()
    last = fresh.rounds.aggregate(last=Max("number"))["last"] or 0
    round_ = prepared or Round(workshop=fresh, number=last + 1)
    round_.seats, round_.rule, round_.session = seats, rule, session
    round_.full_clean()
    round_.save()
    touch(fresh)
    return round_


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

    In order: change the state, tie it to the session that is running, freeze who may vote. *Every* organisation with
    a delegation may, present or not: those who could not travel vote from home, or have a facilitator do it for them.
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
    change the state. Raises WrongState, PermissionDenied.
    """
    workshop = lock_workshop(round_.workshop, by=by)
    locked = Round.objects.select_for_update(of=("self",)).get(pk=round_.pk)
    if not round_flow.is_possible(locked, "close"):
        raise WrongState(str(round_flow.transitions["close"].refusal))
    closed = round_flow.apply(locked, "close", by=by, closed_at=timezone.now(), result=result_of(locked))
    log_change(workshop, "close_round", by=by, before=workshop.state, after=workshop.state)
    touch(workshop)
    return closed
