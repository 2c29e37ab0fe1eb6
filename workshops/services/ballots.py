"""One ballot for each organisation: from its own phone, by a facilitator for it, or from paper, all in one count."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from planning_portal.organisations.models import Organisation
from planning_portal.workflow.services import WrongState, log_change

from ..models import Ballot, BallotSource, Candidate, Round, RoundEntitlement, RoundState, Secrecy
from .edits import touch

# Without letters and digits that are mistaken for one another when read aloud.
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


class BallotConflict(Exception):
    """Somebody else of the organisation has cast or changed its ballot meanwhile: ``ballot`` is theirs.

    Nothing was changed. ``chosen`` is what was sent now, so that both can be shown.
    """

    def __init__(self, ballot: Ballot, chosen: list[int]):
        self.ballot = ballot
        self.chosen = chosen
        super().__init__(ballot.receipt_number)


@transaction.atomic
def cast_ballot(
    round_: Round,
    organisation: Organisation,
    candidates: Iterable[int],
    *,
    by: Any,
    source: str = BallotSource.OWN,
    version: int | None = 0,
    reason: str = "",
) -> Ballot:
    """Cast an organisation's ballot, or change it: ``candidates`` are the ids it approves, none for a blank ballot.

    ``version`` is that of the ballot the voter saw: 0 for none yet, ``None`` for the system itself. In order: lock the
    round (it cannot close meanwhile), check the right, the choices and the version, write the ballot and the log.
    Sending the same choices again changes nothing, but makes a ballot that came another way the organisation's own.
    What an organisation has cast itself is replaced by a facilitator only with ``reason``, which is logged; it reads
    of it on its home page. Raises WrongState (not open), PermissionDenied (no mandate, not
    entitled), ValidationError (something that is not on the ballot), BallotConflict.
    """
    fresh = Round.objects.select_for_update(of=("self",)).select_related("workshop").get(pk=round_.pk)
    if fresh.state != RoundState.OPEN:
        raise WrongState(not_open(fresh))
    entitlement = (
        RoundEntitlement.objects.filter(round=fresh, organisation=organisation).select_related("organisation").first()
    )
    if entitlement is None:
        raise PermissionDenied(_("This organisation is not among those that vote in this round."))
    entitlement.round = fresh
    _check_right(entitlement, by, source)
    chosen = sorted(set(candidates))
    if len(chosen) != Candidate.objects.of(fresh.workshop).on_ballot().filter(pk__in=chosen).count():
        raise ValidationError(_("Only the candidates on the ballot can be chosen."))
    ballot = Ballot.objects.select_for_update(of=("self",)).filter(round=fresh, organisation=organisation).first()
    if ballot is not None and _choices_of(ballot) == chosen:
        return _confirm(ballot, by) if source == BallotSource.OWN != ballot.source else ballot
    if version is not None and version != (ballot.version if ballot else 0):
        if ballot is None:
            raise ValidationError(_("This page is out of date. Load it again."))
        raise BallotConflict(ballot, chosen)
    replaces_own = ballot is not None and ballot.source == BallotSource.OWN and source != BallotSource.OWN
    if replaces_own and by is not None and not reason.strip():
        raise ValidationError(
            _("This organisation has cast its ballot itself. Say that you replace it, and in a few words why.")
        )
    ballot = _write(ballot, fresh, organisation, chosen, by=by, source=source)
    log_change(
        fresh,
        "replace_ballot" if replaces_own else "cast_ballot",
        by=by,
        before=fresh.state,
        after=fresh.state,
        organisation=organisation,
        reason=reason.strip(),
    )
    touch(fresh.workshop)
    return ballot


def not_open(round_: Round) -> str:
    """Why no ballot is taken."""
    if round_.state == RoundState.CLOSED:
        return _("This round of weighing is closed. What your organisation had chosen until then has been counted.")
    return _("This round of weighing has not been opened yet.")


def _check_right(entitlement: RoundEntitlement, by: Any, source: str) -> None:
    if by is None:
        return
    if source == BallotSource.OWN:
        if not by.has_perm("workshops.cast_ballot", entitlement):
            raise PermissionDenied(_("Only a person with your organisation's mandate can cast its ballot."))
    elif not by.has_perm("workshops.cast_ballot_for", entitlement):
        raise PermissionDenied(_("Only the facilitators of this workshop can enter a ballot for an organisation."))


def _write(
    ballot: Ballot | None, round_: Round, organisation: Organisation, chosen: list[int], *, by: Any, source: str
) -> Ballot:
    cast_at = timezone.now() if round_.secrecy == Secrecy.OPEN else None
    if ballot is not None:
        ballot.version += 1
        ballot.cast_at = cast_at
        ballot.cast_by, ballot.source = by, source
        ballot.save(update_fields=["version", "cast_by", "source", "cast_at"])
    else:
        try:
            with transaction.atomic():
                ballot = Ballot.objects.create(
                    round=round_,
                    organisation=organisation,
                    cast_by=by,
                    source=source,
                    cast_at=cast_at,
                    receipt=new_receipt(),
                )
        except IntegrityError:
            theirs = Ballot.objects.filter(round=round_, organisation=organisation).first()
            if theirs is None:
                raise
            raise BallotConflict(theirs, chosen) from None
    ballot.choices.set(Candidate.objects.filter(pk__in=chosen))
    return ballot


def _confirm(ballot: Ballot, by: Any) -> Ballot:
    """The organisation has looked at what was entered for it and sent the same: from now on it is its own."""
    ballot.source, ballot.cast_by = BallotSource.OWN, by
    ballot.save(update_fields=["source", "cast_by"])
    round_ = ballot.round
    log_change(round_, "cast_ballot", by=by, before=round_.state, after=round_.state, organisation=ballot.organisation)
    touch(round_.workshop)
    return ballot


def _choices_of(ballot: Ballot) -> list[int]:
    return sorted(ballot.choices.values_list("pk", flat=True))


def new_receipt() -> str:
    """Eight characters to read out over the phone."""
    return "".join(secrets.choice(ALPHABET) for _place in range(8))
