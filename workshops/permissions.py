"""Who may do what in a workshop: role here, and the state of the workshop or the round.

Everybody who takes part in the planning may follow a workshop. The desk belongs to its facilitators, to whoever has
the facilitator's role in the programme, and, for reading, to coordinators. One person runs, another publishes.
"""

from __future__ import annotations

from typing import Any

import rules

from planning_portal.organisations.permissions import has_mandate_for, memberships_of
from planning_portal.programme.permissions import is_coordinator, is_facilitator, roles_of

from .models import Delegation, Round, RoundEntitlement, RoundState, Workshop, WorkshopState


@rules.predicate
def takes_part(user: Any, obj: Any = None) -> bool:
    """Belongs to an organisation of the programme or has a role in it."""
    return bool(memberships_of(user)) or bool(roles_of(user))


def sees_every_desk(user: Any) -> bool:
    return is_facilitator(user) or is_coordinator(user)


def _is_named_facilitator(user: Any, workshop: Workshop) -> bool:
    """Named for this workshop: one query a request, and none for those whose role says enough."""
    if not user.is_authenticated:
        return False
    known: dict[int, bool] = user.__dict__.setdefault("_facilitates", {})
    if workshop.pk not in known:
        known[workshop.pk] = workshop.facilitators.filter(pk=user.pk).exists()
    return known[workshop.pk]


@rules.predicate
def facilitates(user: Any, workshop: Workshop | None) -> bool:
    return workshop is not None and (is_facilitator(user) or _is_named_facilitator(user, workshop))


@rules.predicate
def views_desk(user: Any, workshop: Workshop | None) -> bool:
    return workshop is not None and (sees_every_desk(user) or _is_named_facilitator(user, workshop))


@rules.predicate
def is_planned(user: Any, workshop: Workshop | None) -> bool:
    return workshop is not None and workshop.state == WorkshopState.PLANNED


@rules.predicate
def is_open(user: Any, workshop: Workshop | None) -> bool:
    return workshop is not None and workshop.state == WorkshopState.OPEN


@rules.predicate
def is_closed(user: Any, workshop: Workshop | None) -> bool:
    return workshop is not None and workshop.state in {WorkshopState.CLOSED, WorkshopState.PUBLISHED}


@rules.predicate
def holds_mandate(user: Any, entitlement: RoundEntitlement | None) -> bool:
    return entitlement is not None and has_mandate_for(user, entitlement.organisation)


@rules.predicate
def round_is_open(user: Any, obj: RoundEntitlement | Round | None) -> bool:
    if isinstance(obj, RoundEntitlement):
        obj = obj.round
    return obj is not None and obj.state == RoundState.OPEN


@rules.predicate
def facilitates_round(user: Any, entitlement: RoundEntitlement | None) -> bool:
    return entitlement is not None and facilitates(user, entitlement.round.workshop)


@rules.predicate
def acts_for_delegation(user: Any, delegation: Delegation | None) -> bool:
    return delegation is not None and delegation.organisation_id in memberships_of(user)


rules.add_perm("workshops.view_workshop", takes_part | facilitates)
rules.add_perm("workshops.view_desk", views_desk)
rules.add_perm("workshops.plan_workshop", is_coordinator | is_facilitator)
rules.add_perm("workshops.open_workshop", facilitates & is_planned)
rules.add_perm("workshops.run_workshop", facilitates & is_open)
rules.add_perm("workshops.keep_note", facilitates)
rules.add_perm("workshops.come_in", acts_for_delegation)
rules.add_perm("workshops.decide", facilitates & is_open)
rules.add_perm("workshops.close_workshop", facilitates & is_open)
rules.add_perm("workshops.reopen_workshop", is_coordinator & is_closed)
rules.add_perm("workshops.publish_summary", (is_facilitator | is_coordinator) & is_closed)
rules.add_perm("workshops.view_step_summary", is_facilitator | is_coordinator)
rules.add_perm("workshops.publish_step_summary", is_facilitator | is_coordinator)
rules.add_perm("workshops.cast_ballot", holds_mandate & round_is_open)
rules.add_perm("workshops.cast_ballot_for", facilitates_round & round_is_open)
