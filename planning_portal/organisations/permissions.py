"""Who belongs where. Asked often, so read once for each request and kept on the person."""

from __future__ import annotations

from typing import Any

import rules
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from .models import Membership, Organisation, User


def person(request: HttpRequest) -> User:
    """Who sent the request, on a page that asks for a sign-in."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def memberships_of(user: Any) -> dict[int, Membership]:
    """The person's memberships by organisation id, each with its organisation and country: one query a request."""
    if not user.is_authenticated or not user.is_active:
        return {}
    if not hasattr(user, "_memberships"):
        user._memberships = {
            membership.organisation_id: membership
            for membership in Membership.objects.filter(user=user, organisation__is_active=True)
            .select_related("organisation__country__zone")
            .order_by("id")
        }
    return user._memberships  # type: ignore[no-any-return]


def organisations_of(user: Any) -> list[Organisation]:
    """The organisations that ``user`` acts for, oldest membership first."""
    return [membership.organisation for membership in memberships_of(user).values()]


def country_ids_of(user: Any) -> set[int]:
    """The countries in which ``user`` acts for an organisation."""
    return {organisation.country_id for organisation in organisations_of(user)}


@rules.predicate
def is_member_of(user: Any, organisation: Organisation | None) -> bool:
    return organisation is not None and organisation.pk in memberships_of(user)


@rules.predicate
def has_mandate_for(user: Any, organisation: Organisation | None) -> bool:
    """May cast the organisation's ballot."""
    membership = memberships_of(user).get(organisation.pk) if organisation else None
    return membership is not None and membership.has_mandate
