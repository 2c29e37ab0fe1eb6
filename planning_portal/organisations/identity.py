"""The only way an organisation's name leaves: pages, documents, exports, mail, search, file names.

An organisation is *named*, *described* ("a trade union in Central Africa") or *withheld*. Those who work with it know
it anyway: its own people, the organisations of its country, the companion of that country, facilitators and
coordinators. Everybody else, and every document, gets what its identity allows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from planning_portal.documents.models import Audience

from .models import Identity, Organisation, OrganisationKind
from .permissions import country_ids_of, memberships_of

DESCRIPTIONS: dict[str, Callable[[], str]] = {
    OrganisationKind.TRADE_UNION: lambda: _("a trade union in %(zone)s"),
    OrganisationKind.HEALTH_MUTUAL: lambda: _("a health mutual in %(zone)s"),
    OrganisationKind.NGO: lambda: _("a non-governmental organisation in %(zone)s"),
    OrganisationKind.SOCIAL_ECONOMY: lambda: _("a social economy organisation in %(zone)s"),
    OrganisationKind.YOUTH: lambda: _("a youth movement in %(zone)s"),
    OrganisationKind.WOMEN: lambda: _("a women's movement in %(zone)s"),
    OrganisationKind.OLDER_PEOPLE: lambda: _("an older people's movement in %(zone)s"),
    OrganisationKind.NETWORK: lambda: _("a network in %(zone)s"),
}


@dataclass(frozen=True)
class Viewer:
    """For whom names are written: what they may know. Make one with ``viewer_of`` or ``viewer_for``."""

    knows_all: bool = False
    organisation_ids: frozenset[int] = field(default_factory=frozenset)
    country_ids: frozenset[int] = field(default_factory=frozenset)

    def knows(self, organisation: Organisation) -> bool:
        return (
            self.knows_all
            or organisation.identity == Identity.NAMED
            or organisation.pk in self.organisation_ids
            or organisation.country_id in self.country_ids
        )


EVERYONE = Viewer()
# Who else knows is told by later apps (roles are the programme's): each adds a reader of ``user`` -> Viewer.
_knowledge: list[Callable[[Any], Viewer]] = []


def register_knowledge(reader: Callable[[Any], Viewer]) -> None:
    """Have ``reader(user)`` widen what a person may know (called from ``AppConfig.ready``)."""
    if reader not in _knowledge:
        _knowledge.append(reader)


def viewer_of(user: Any) -> Viewer:
    """What this person may know, read once for each request."""
    if not user.is_authenticated:
        return EVERYONE
    if not hasattr(user, "_viewer"):
        wider = [reader(user) for reader in _knowledge]
        user._viewer = Viewer(
            knows_all=any(viewer.knows_all for viewer in wider),
            organisation_ids=frozenset(memberships_of(user)),
            country_ids=frozenset(country_ids_of(user)).union(*(viewer.country_ids for viewer in wider)),
        )
    return user._viewer  # type: ignore[no-any-return]


def viewer_for(audience: Audience | str) -> Viewer:
    """What the readers of a document may know. What is made for a country's own circle tells of no other country."""
    return Viewer(knows_all=True) if audience in {Audience.COORDINATORS, Audience.COUNTRY} else EVERYONE


def name_of(organisation: Organisation, viewer: Viewer) -> str:
    """The organisation as ``viewer`` may read it, in the active language."""
    if viewer.knows(organisation):
        return organisation.name
    return description_of(organisation)


def short_name_of(organisation: Organisation, viewer: Viewer) -> str:
    """The acronym where the name may be known, else the description."""
    if viewer.knows(organisation):
        return organisation.acronym or organisation.name
    return description_of(organisation)


def description_of(organisation: Organisation, identity: str = "") -> str:
    """The organisation without its name: kind and zone when described, nothing that points to it when withheld."""
    if (identity or organisation.identity) == Identity.WITHHELD:
        return _("an organisation that is not named")
    return DESCRIPTIONS[organisation.kind]() % {
        "zone": organisation.country.zone.name or organisation.country.zone.slug
    }


def preview_of(organisation: Organisation, identity: str) -> str:
    """The organisation as those who do not work with it would read it, were ``identity`` its choice."""
    if identity == Identity.NAMED:
        return organisation.name
    return description_of(organisation, identity)
