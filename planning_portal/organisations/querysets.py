"""Reads of organisations that more than one page needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

if TYPE_CHECKING:
    from .models import Organisation  # noqa: F401 (the parameter of the query set)


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    """Organisations, always read through the eyes of somebody."""

    def active(self) -> OrganisationQuerySet:
        return self.filter(is_active=True)

    def visible_to(self, user: Any) -> OrganisationQuerySet:
        """Signed-in people see every organisation that takes part, each as ``identity.py`` lets it appear; visitors
        see none of them one by one, only counts."""
        return self.active() if user.is_authenticated else self.none()

    def of_user(self, user: Any) -> OrganisationQuerySet:
        """The organisations that ``user`` acts for."""
        return self.filter(memberships__user=user, is_active=True)

    def with_country(self) -> OrganisationQuerySet:
        return self.select_related("country__zone")
