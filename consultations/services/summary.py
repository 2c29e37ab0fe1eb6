"""The summary of a country: frozen when its consultation closes, withdrawn when it is opened again."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from planning_portal.documents.models import Audience, RenderedDocument
from planning_portal.documents.renewal import withdraw_documents
from planning_portal.documents.services import request_documents
from planning_portal.organisations.models import RiskLevel
from planning_portal.workflow.services import log_change

from ..models import Consultation, ConsultationState, CountrySummary
from ..snapshot import freeze, with_new_translations

SUMMARY = "country-summary"


def audiences_of(consultation: Consultation) -> list[Audience]:
    """For whom the summary of this country is made: of a country at high risk there is none for everyone."""
    audiences = [Audience.COUNTRY, Audience.MEMBERS]
    return audiences if consultation.country.risk_level == RiskLevel.HIGH else [*audiences, Audience.PUBLIC]


@transaction.atomic
def make_summary(consultation: Consultation, *, by: Any) -> uuid.UUID:
    """Freeze the outcome as the next version and ask for its documents; the group shows how far they are.

    Part of the transaction that closes the consultation: there is no closed one without its frozen outcome and jobs.
    """
    summary = CountrySummary.objects.select_for_update().filter(consultation=consultation).first()
    if summary is None:
        summary = CountrySummary(consultation=consultation)
    else:
        summary.version += 1
    summary.frozen = freeze(consultation)
    summary.save()
    withdraw_documents(_documents_of(consultation))
    return request_summary(consultation, version=summary.version, by=by)


@transaction.atomic
def withdraw_summary(consultation: Consultation) -> None:
    """The consultation goes on: its documents go at once, and nothing can be made until it closes again."""
    CountrySummary.objects.filter(consultation=consultation).update(frozen=None)
    withdraw_documents(_documents_of(consultation))


@transaction.atomic
def rebuild_summary(consultation: Consultation, *, by: Any) -> uuid.UUID:
    """Make a new version with today's translations, or ask again for what is missing of the present one.

    What was agreed and counted is not read again. Raises PermissionDenied, and ValidationError when there is nothing
    to make: the consultation goes on, or all documents are there and no translation has changed.
    """
    fresh = Consultation.objects.select_for_update(of=("self",)).select_related("country").get(pk=consultation.pk)
    if not by.has_perm("consultations.view_run", fresh):
        raise PermissionDenied(_("Only the companion of this country or a coordinator can do this."))
    summary = CountrySummary.objects.filter(consultation=fresh).first()
    if fresh.state != ConsultationState.CLOSED:
        raise ValidationError(_("The summary is made when the consultation is closed."))
    if summary is None or summary.frozen is None:
        log_change(fresh, "rebuild_summary", by=by, before=fresh.state, after=fresh.state)
        return make_summary(fresh, by=by)
    renewed = with_new_translations(summary.frozen)
    if renewed == summary.frozen:
        wanted = len(audiences_of(fresh)) * 4
        if _documents_of(fresh).filter(version=str(summary.version)).count() >= wanted:
            raise ValidationError(
                _("No translation has changed since version %(version)s was made: a new one would be the same.")
                % {"version": summary.version}
            )
        return request_summary(fresh, version=summary.version, by=by)
    summary.frozen = renewed
    summary.version += 1
    summary.save(update_fields=["frozen", "version"])
    log_change(fresh, "rebuild_summary", by=by, before=fresh.state, after=fresh.state)
    withdraw_documents(_documents_of(fresh))
    return request_summary(fresh, version=summary.version, by=by)


def request_summary(consultation: Consultation, *, version: int, by: Any) -> uuid.UUID:
    """Ask for the documents of this version for each audience, as one group of jobs."""
    group: uuid.UUID | None = None
    for audience in audiences_of(consultation):
        group = request_documents(consultation, SUMMARY, version=str(version), audience=audience, by=by, group=group)
    assert group is not None  # noqa: S101 (there is always an audience)
    return group


def _documents_of(consultation: Consultation) -> Any:
    return RenderedDocument.objects.filter(
        content_type=ContentType.objects.get_for_model(Consultation), object_id=consultation.pk, kind=SUMMARY
    )
