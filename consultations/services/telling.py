"""Who is told by mail that something waits for them: each at most once a day, and never what (``notices``)."""

from __future__ import annotations

from collections.abc import Iterable

from planning_portal.organisations.models import Organisation, User
from planning_portal.organisations.notices import may_be_written_to, notify_people, people_to_notify
from planning_portal.programme.models import RoleKind

from ..models import Consultation


def tell_organisations(organisations: Iterable[Organisation]) -> None:
    """The people who act for ``organisations`` have something to answer."""
    if asked := list(organisations):
        notify_people(people_to_notify(asked))


def tell_companions(consultation: Consultation) -> None:
    """An answer has come for the companions of the country."""
    companions = User.objects.filter(
        roles__kind=RoleKind.COMPANION,
        roles__countries=consultation.country_id,
        roles__programme=consultation.step.programme_id,
    )
    notify_people(may_be_written_to(companions))
