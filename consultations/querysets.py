"""Reads of consultations and priorities, always through the eyes of somebody."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from planning_portal.languages.folding import words_of
from planning_portal.organisations.models import RiskLevel
from planning_portal.organisations.permissions import country_ids_of, memberships_of
from planning_portal.programme.models import StepState
from planning_portal.programme.permissions import companion_country_ids, is_coordinator, is_facilitator

RECEIPT = re.compile(r"[0-9a-z]{4}-[0-9a-z]{4}")

if TYPE_CHECKING:
    from .models import Amendment, AmendmentAnswer, Attachment, ChangeRequest, Comment, Consultation, Priority  # noqa: F401


def insider_country_ids(user: Any) -> set[int]:
    """The countries whose matters ``user`` may read because of an organisation or as a companion."""
    return country_ids_of(user) | companion_country_ids(user)


def sees_all_countries(user: Any) -> bool:
    return bool(is_coordinator(user) or is_facilitator(user))


def step_is_done(prefix: str = "step__") -> Q:
    """The condition behind ``Step.status == DONE``, for the database."""
    return Q(**{f"{prefix}state": StepState.CLOSED}) | Q(
        **{f"{prefix}state": StepState.AUTOMATIC, f"{prefix}ends__lt": timezone.localdate()}
    )


def _files_of(owner: str) -> Exists:
    """Whether something has files: most have none, and a page then asks no further."""
    from .models import Attachment

    return Exists(Attachment.objects.filter(**{owner: OuterRef("pk")}))


class ConsultationQuerySet(models.QuerySet["Consultation"]):
    """Consultations."""

    def visible_to(self, user: Any) -> ConsultationQuerySet:
        """Members know of every consultation; what it holds has its own levels (``permissions.py``)."""
        return self.all() if user.is_authenticated else self.none()

    def with_country(self) -> ConsultationQuerySet:
        return self.select_related("country__zone", "step__programme")

    def with_has_files(self) -> Any:
        return self.annotate(has_files=_files_of("consultation"))

    def with_summary(self) -> ConsultationQuerySet:
        """With ``summary_version``: the version of the summary, None where there never was one."""
        return self.annotate(summary_version=F("summary__version"))

    def run_by(self, user: Any) -> ConsultationQuerySet:
        """Those that ``user`` runs as a companion (coordinators may run all, but theirs is the whole list)."""
        return self.filter(country_id__in=companion_country_ids(user))

    def followed_by(self, user: Any) -> ConsultationQuerySet:
        """Those whose progress ``user`` follows: all for coordinators and facilitators, a companion's own."""
        return self.all() if sees_all_countries(user) else self.run_by(user)

    def closed_inside(self, user: Any) -> ConsultationQuerySet:
        """The closed ones of which ``user`` may read everything: the country's own circle."""
        closed = self.filter(state="closed")
        return closed if sees_all_countries(user) else closed.filter(country_id__in=insider_country_ids(user))

    def public(self) -> ConsultationQuerySet:
        """Those whose agreed list anyone may read: closed, in a step that is over, in a country where it is safe."""
        return self.filter(step_is_done(), state="closed").exclude(country__risk_level=RiskLevel.HIGH)


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    """Files beside a priority or a consultation."""

    def visible_to(self, user: Any) -> AttachmentQuerySet:
        """What ``permissions``' ``view_attachment`` allows.

        A priority's files for who may read the priority; a consultation's for the country's own circle, as its minutes.
        """
        from .models import Priority

        if not user.is_authenticated:
            return self.none()
        of_priorities = Q(priority__in=Priority.objects.visible_to(user))
        if sees_all_countries(user):
            return self.filter(of_priorities | Q(consultation__isnull=False))
        return self.filter(of_priorities | Q(consultation__country_id__in=insider_country_ids(user)))

    def with_owner(self) -> AttachmentQuerySet:
        return self.select_related(
            "priority__consultation__country", "priority__organisation", "consultation__country", "consultation__step"
        )


class PriorityQuerySet(models.QuerySet["Priority"]):
    """Proposed priorities."""

    def visible_to(self, user: Any) -> PriorityQuerySet:
        """What ``permissions``' ``view_priority`` allows, as one condition.

        Drafts for the author organisation; submitted and not retained for the country, its companion, facilitators
        and coordinators; agreed for every member; nothing for strangers.
        """
        if not user.is_authenticated:
            return self.none()
        own = Q(organisation_id__in=list(memberships_of(user)))
        if sees_all_countries(user):
            return self.filter(own | ~Q(state="draft"))
        country = Q(consultation__country_id__in=insider_country_ids(user)) & ~Q(state="draft")
        return self.filter(own | country | Q(state="agreed"))

    def drafts_of(self, user: Any) -> PriorityQuerySet:
        return self.filter(state="draft", organisation_id__in=list(memberships_of(user)))

    def listed(self) -> PriorityQuerySet:
        """What stands in a country's lists: submitted and not part of another text (``models.LISTED``)."""
        return self.filter(state__in=["submitted", "agreed", "not_retained"])

    def agreed(self) -> PriorityQuerySet:
        return self.filter(state="agreed")

    def public(self) -> PriorityQuerySet:
        """The agreed priorities that anyone may read (``ConsultationQuerySet.public``)."""
        return self.filter(step_is_done("consultation__step__"), state="agreed", consultation__state="closed").exclude(
            consultation__country__risk_level=RiskLevel.HIGH
        )

    def with_parts(self) -> PriorityQuerySet:
        """Everything a line in a list shows and a predicate walks, in the same query."""
        return self.select_related(
            "consultation__country__zone", "consultation__step", "organisation__country__zone", "theme"
        )

    def with_has_files(self) -> Any:
        return self.annotate(has_files=_files_of("priority"))

    def search(self, query: str) -> PriorityQuerySet:
        """Every word must stand in some text, in whichever of the four languages, whatever its accents and capitals;
        or the query is the number of a receipt. Drafts are never found."""
        words = words_of(query)
        if not words:
            return self
        found = Q()
        for word in words:
            found &= Q(words__text__contains=word)
        if len(words) == 1 and RECEIPT.fullmatch(words[0]):
            found |= Q(receipt=words[0].upper())
        return self.filter(found)


class AmendmentQuerySet(models.QuerySet["Amendment"]):
    """Proposals to merge, split or reword."""

    def visible_to(self, user: Any) -> AmendmentQuerySet:
        """What ``view_amendment`` allows: what was never sent for who runs the consultation, else its circle."""
        if not user.is_authenticated:
            return self.none()
        runs = Q() if is_coordinator(user) else Q(consultation__country_id__in=companion_country_ids(user))
        inside = Q() if sees_all_countries(user) else Q(consultation__country_id__in=insider_country_ids(user))
        return self.filter((Q(proposed_at=None) & runs) | (Q(proposed_at__isnull=False) & inside))

    def with_parts(self) -> AmendmentQuerySet:
        """Everything a page shows of it besides its sources and results: two queries."""
        return self.select_related("consultation__country__zone", "consultation__step").prefetch_related("answers")


class AnswerManager(models.Manager["AmendmentAnswer"]):
    """Answers, each with the organisation that its name is read from: nobody shows one without the other."""

    def get_queryset(self) -> models.QuerySet[AmendmentAnswer]:
        return super().get_queryset().select_related("organisation__country__zone")


class CommentQuerySet(models.QuerySet["Comment"]):
    """Comments of organisations."""

    def visible_to(self, user: Any) -> CommentQuerySet:
        """For the country's circle (``view_country_level``), whatever became of the priority."""
        if not user.is_authenticated:
            return self.none()
        if sees_all_countries(user):
            return self.all()
        return self.filter(priority__consultation__country_id__in=insider_country_ids(user))


class RequestQuerySet(models.QuerySet["ChangeRequest"]):
    """What the companion asked the authors to change."""

    def visible_to(self, user: Any) -> RequestQuerySet:
        """Between the authors and who runs the consultation (``view_request``)."""
        if not user.is_authenticated:
            return self.none()
        if is_coordinator(user):
            return self.all()
        return self.filter(
            Q(priority__organisation_id__in=list(memberships_of(user)))
            | Q(priority__consultation__country_id__in=companion_country_ids(user))
        )
