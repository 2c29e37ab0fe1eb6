"""Invitations for tests, made by the service that makes real ones."""

from typing import Any

from planning_portal.organisations.models import Invitation
from planning_portal.organisations.services import invite_person


def make_invitation(**fields: Any) -> tuple[Invitation, str]:
    """An open invitation and its token; without ``by`` the system itself invites."""
    return invite_person(**{"by": None, "email": "invited@example.org", "language": "fr", **fields})


def fresh(obj: Any) -> Any:
    """The row as a new request would read it: nothing remembered on the object."""
    return type(obj).objects.get(pk=obj.pk)
