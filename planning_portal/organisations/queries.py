"""Reads that serve the pages of people and organisations."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import Http404
from django.utils import timezone

from .models import Country, Invitation, Membership, Organisation
from .permissions import organisations_of


def organisations_to_manage(user: Any) -> list[Organisation]:
    """The organisations for which ``user`` may invite people, with their number of people; by zone and country."""
    organisations = (
        Organisation.objects.visible_to(user)
        .with_country()
        .annotate(people=Count("memberships", filter=Q(memberships__user__is_active=True)))
        .order_by("country__zone__order", "country__iso2", "slug")
    )
    return [one for one in organisations if user.has_perm("organisations.invite_person", one)]


def organisation_for(user: Any, public_id: Any) -> Organisation:
    """The organisation behind an address, if ``user`` may see its people. Raises Http404."""
    organisation = Organisation.objects.visible_to(user).with_country().filter(public_id=public_id).first()
    if organisation is None or not user.has_perm("organisations.view_people", organisation):
        raise Http404
    return organisation


def first_organisation(user: Any) -> Organisation | None:
    """The organisation that the person acts for longest."""
    return next(iter(organisations_of(user)), None)


def people_of(organisation: Organisation) -> QuerySet[Membership]:
    """Those who act for the organisation, by name."""
    return (
        Membership.objects.filter(organisation=organisation, user__is_active=True)
        .select_related("user")
        .order_by("user__name", "id")
    )


def open_invitations(organisation: Organisation | None) -> QuerySet[Invitation]:
    """Invitations that can still be accepted."""
    return Invitation.objects.filter(
        organisation=organisation, accepted_at__isnull=True, expires_at__gt=timezone.now()
    ).order_by("-created_at")


def invitations_visible_to(user: Any) -> QuerySet[Invitation]:
    """Invitations whose existence ``user`` may learn of: signed-in people only; the right to act is asked of each."""
    invitations = Invitation.objects.select_related("organisation__country")
    return invitations if user.is_authenticated else invitations.none()


def programme_time_zones() -> list[str]:
    """The zones that most people here live in."""
    return list(Country.objects.order_by().values_list("time_zone", flat=True).distinct())
