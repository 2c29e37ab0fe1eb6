"""Who is entitled to take part, and who is there."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from itertools import groupby

from planning_portal.organisations.identity import Viewer, name_of
from planning_portal.organisations.models import Zone

from ..models import Delegation, Session, Workshop


@dataclass(frozen=True)
class Row:
    """An organisation of the list, with its name as the reader may know it."""

    organisation_id: int
    name: str
    country: str
    is_present: bool


@dataclass(frozen=True)
class ZoneRows:
    zone: Zone
    rows: list[Row]

    @property
    def present(self) -> int:
        return sum(row.is_present for row in self.rows)


def attendance_by_zone(
    workshop: Workshop, viewer: Viewer, ticked: Collection[int] | None = None, session: Session | None = None
) -> list[ZoneRows]:
    """The delegations, zone by zone, country by country, in the order of their names: one query, two for a ``session``.

    ``ticked``: the organisations ticked in a form that is only shown again, instead of what is saved.
    """
    if ticked is None and session is not None:
        ticked = attending(session)
    delegations = (
        Delegation.objects.filter(workshop=workshop)
        .select_related("organisation__country__zone")
        .order_by("organisation__country__zone__order", "organisation__country__zone")
    )
    return [
        ZoneRows(
            zone,
            sorted((_row(one, viewer, ticked) for one in members), key=lambda row: (row.country, row.name.casefold())),
        )
        for zone, members in groupby(delegations, key=lambda one: one.organisation.country.zone)
    ]


def attending(session: Session) -> set[int]:
    """The organisations (ids) at a session: one query."""
    return set(session.attendances.values_list("organisation_id", flat=True))


def _row(delegation: Delegation, viewer: Viewer, ticked: Collection[int] | None) -> Row:
    organisation = delegation.organisation
    is_present = delegation.is_present if ticked is None else organisation.pk in ticked
    return Row(organisation.pk, name_of(organisation, viewer), organisation.country.name, is_present)
