"""An organisation stands by a priority of its country, or no longer does."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from planning_portal.organisations.models import Organisation
from planning_portal.organisations.permissions import memberships_of
from planning_portal.workflow.services import log_change

from ..models import Priority, Support
from .amendments import authors_of
from .words import language_of, says_already, write_words


@transaction.atomic
def support_priority(
    priority: Priority, *, by: Any, organisation: Organisation, why: str = "", language: str = ""
) -> Support:
    """Record that ``organisation`` itself supports a submitted priority, with one line why; again changes the line;
    the same again changes nothing.

    A support that only the authors had named becomes a confirmed one. Raises PermissionDenied, and ValidationError
    for the authors' own organisation.
    """
    fresh = _lock(priority, by=by, organisation=organisation)
    if organisation in authors_of(fresh):
        raise ValidationError(_("An organisation already stands by what it proposes itself."))
    support = Support.objects.filter(priority=fresh, organisation=organisation).first() or Support(
        priority=fresh, organisation=organisation
    )
    if support.pk and support.is_confirmed and says_already(support, "why", why.strip(), language):
        return support
    write_words(support, language_of(language, by), why=why.strip())
    support.by = by
    support.is_confirmed = True
    support.full_clean(validate_unique=False, validate_constraints=False)
    support.save()
    log_change(fresh, "support", by=by, organisation=organisation, before=fresh.state, after=fresh.state, reason=why)
    return support


@transaction.atomic
def withdraw_support(priority: Priority, *, by: Any, organisation: Organisation, reason: str = "") -> None:
    """Any member of an organisation takes its support back, also one that a colleague gave or the authors named."""
    fresh = _lock(priority, by=by, organisation=organisation)
    Support.objects.filter(priority=fresh, organisation=organisation).delete()
    log_change(
        fresh,
        "withdraw_support",
        by=by,
        organisation=organisation,
        before=fresh.state,
        after=fresh.state,
        reason=reason,
    )


def _lock(priority: Priority, *, by: Any, organisation: Organisation) -> Priority:
    fresh = (
        Priority.objects.select_for_update(of=("self",))
        .select_related("consultation__step", "organisation")
        .get(pk=priority.pk)
    )
    if organisation.pk not in memberships_of(by) or organisation.country_id != fresh.consultation.country_id:
        raise PermissionDenied(_("You can only speak for an organisation of this country that you belong to."))
    if not by.has_perm("consultations.support_priority", fresh):
        raise PermissionDenied(_("Supports can be changed until the country has decided on this priority."))
    return fresh
