"""Reads of workshops, always through the eyes of somebody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from .models import Candidate, LineOfWork, Workshop  # noqa: F401

CLOSED_STATES = ("closed", "published")
NOT_WEIGHED = ("merged", "deferred", "not_retained")


class WorkshopQuerySet(models.QuerySet["Workshop"]):
    """Workshops."""

    def visible_to(self, user: Any) -> WorkshopQuerySet:
        """All workshops for those who take part in the planning; else those they were named to facilitate."""
        from .permissions import takes_part

        return self if takes_part(user) else self.filter(facilitators=user.pk)

    def for_desk_of(self, user: Any) -> WorkshopQuerySet:
        """The workshops that ``user`` may see from the facilitator's side."""
        from .permissions import sees_every_desk

        if sees_every_desk(user):
            return self
        return self.filter(facilitators=user.pk)

    def with_context(self) -> WorkshopQuerySet:
        return self.select_related("step__programme", "zone", "temperature")


class CandidateQuerySet(models.QuerySet["Candidate"]):
    """Candidates."""

    def visible_to(self, user: Any) -> CandidateQuerySet:
        from .permissions import takes_part

        return self if takes_part(user) else self.filter(workshop__facilitators=user.pk)

    def of(self, workshop: Workshop) -> CandidateQuerySet:
        return self.filter(workshop=workshop)

    def standing(self) -> CandidateQuerySet:
        """Those that were not merged into another."""
        return self.exclude(decision__outcome="merged")

    def undecided(self) -> CandidateQuerySet:
        return self.filter(decision__isnull=True)

    def on_ballot(self) -> CandidateQuerySet:
        """Those that a round puts to the organisations: neither merged, deferred nor dropped before."""
        return self.filter(Q(decision__isnull=True) | ~Q(decision__outcome__in=NOT_WEIGHED))


class LineQuerySet(models.QuerySet["LineOfWork"]):
    """Lines of work."""

    def visible_to(self, user: Any) -> LineQuerySet:
        from .permissions import takes_part

        return self if takes_part(user) else self.filter(workshop__facilitators=user.pk)
