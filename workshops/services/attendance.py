"""Who is there: an organisation by its phone, the desk for it, or a list. Every click can be repeated.

Whoever was at a session took part in the workshop; taken off the list of the whole workshop, it was at none.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from planning_portal.organisations.models import Organisation
from planning_portal.workflow.services import WrongState, log_change

from ..models import Attendance, AttendanceSource, Delegation, Session, Workshop
from ..queries.schedule import running_of
from .edits import lock_workshop, touch


@transaction.atomic
def check_in(workshop: Workshop, *, by: Any, organisation: Organisation) -> bool:
    """An organisation says by itself that it is there: in the session that runs, if one does.

    False when it had done so already. Raises WrongState when the workshop is not going on, PermissionDenied for who
    does not act for it or when it is not on the list.
    """
    fresh = lock_workshop(workshop, by=None)
    delegation = delegation_of(fresh, organisation)
    if not by.has_perm("workshops.come_in", delegation):
        raise PermissionDenied(_("You can only come in for an organisation on the list that you belong to."))
    if not attend(delegation, running_of(fresh.sessions.all()), source=AttendanceSource.PHONE):
        return False
    log_change(fresh, "check_in", by=by, organisation=organisation, before=fresh.state, after=fresh.state)
    touch(fresh)
    return True


def attend(delegation: Delegation, session: Session | None, *, source: str) -> bool:
    """Record that an organisation, whose row is locked, is there. False when that was known."""
    is_new = not delegation.is_present
    if is_new:
        delegation.is_present = True
        delegation.save(update_fields=["is_present"])
    if session is not None:
        _row, is_first = Attendance.objects.get_or_create(
            session=session, organisation_id=delegation.organisation_id, defaults={"source": source}
        )
        is_new = is_new or is_first
    return is_new


def delegation_of(workshop: Workshop, organisation: Organisation) -> Delegation:
    """The row of an organisation on the list of a workshop, locked. Raises PermissionDenied when it is not on it."""
    delegation = (
        workshop.delegations.select_for_update(of=("self",))
        .select_related("organisation")
        .filter(organisation=organisation)
        .first()
    )
    if delegation is None:
        raise PermissionDenied(_("This organisation is not on the list of this workshop."))
    return delegation


@transaction.atomic
def set_presence(
    workshop: Workshop, *, by: Any, present: Iterable[int], listed: Iterable[int], session: Session | None = None
) -> int:
    """Record which of the ``listed`` organisations (ids) are there, in the workshop or in one ``session`` of it; others
    stay as they were. Return how many changed.

    The page sends what it listed, so that an organisation that came in meanwhile is not marked absent.
    Raises WrongState (also for a session that has not begun), PermissionDenied.
    """
    fresh = lock_workshop(workshop, by=by)
    present, listed = set(present), set(listed)
    delegations = list(fresh.delegations.select_for_update().filter(organisation_id__in=listed))
    if session is not None:
        if not fresh.sessions.filter(pk=session.pk, started_at__isnull=False).exists():
            raise WrongState(_("This session has not begun: nobody is there yet."))
        changed = _set_attendance(session, delegations, present)
    else:
        changed = _set_delegations(fresh, delegations, present)
    if changed:
        log_change(fresh, "set_presence", by=by, before=fresh.state, after=fresh.state)
        touch(fresh)
    return changed


def _set_attendance(session: Session, delegations: list[Delegation], present: set[int]) -> int:
    known = set(session.attendances.values_list("organisation_id", flat=True))
    here = {one.organisation_id for one in delegations if one.organisation_id in present}
    gone = {one.organisation_id for one in delegations} - here
    Attendance.objects.bulk_create(
        [Attendance(session=session, organisation_id=pk, source=AttendanceSource.LIST) for pk in sorted(here - known)]
    )
    session.attendances.filter(organisation__in=gone & known).delete()
    arrived = [one for one in delegations if one.organisation_id in here and not one.is_present]
    for delegation in arrived:
        delegation.is_present = True
    Delegation.objects.bulk_update(arrived, ["is_present"])
    return len(here - known) + len(gone & known)


def _set_delegations(workshop: Workshop, delegations: list[Delegation], present: set[int]) -> int:
    changed = [one for one in delegations if one.is_present != (one.organisation_id in present)]
    for delegation in changed:
        delegation.is_present = not delegation.is_present
    Delegation.objects.bulk_update(changed, ["is_present"])
    gone = [one.organisation_id for one in changed if not one.is_present]
    Attendance.objects.filter(session__workshop=workshop, organisation__in=gone).delete()
    return len(changed)
