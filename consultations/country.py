"""A country's page: its consultations, what it agreed and what became of it, its organisations, its summary."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from planning_portal.documents.models import Audience
from planning_portal.documents.queries import DownloadRow, Edition, download_rows
from planning_portal.organisations.identity import Viewer, name_of, viewer_of
from planning_portal.organisations.models import Country, Organisation
from planning_portal.web.registry import LifeEvent, latest_of

from .models import Consultation, ConsultationState, CountrySummary, Priority, PriorityState
from .queries import prepare_lines
from .services.summary import SUMMARY, audiences_of


@dataclass(frozen=True)
class Organisations:
    """The organisations of a country as one reader may know them; ``unnamed`` None means: some, too few to count."""

    names: list[str] = field(default_factory=list)
    unnamed: int | None = 0


@dataclass
class CountryPage:
    """Everything that the page shows; for visitors only what anyone may read."""

    country: Country
    consultations: list[Consultation]
    agreed: list[tuple[Priority, LifeEvent | None]]
    organisations: Organisations | None = None
    rows: list[DownloadRow] = field(default_factory=list)


def consultations_of(country_id: int, user: Any) -> list[Consultation]:
    """The consultations of a country in the current programme that this reader may know of, newest first."""
    consultations = Consultation.objects.visible_to(user) if user.is_authenticated else Consultation.objects.public()
    return list(
        consultations.filter(country_id=country_id, step__programme__is_current=True)
        .with_country()
        .with_summary()
        .order_by("-step__order", "-pk")
    )


def country_page(consultations: list[Consultation], user: Any) -> CountryPage:
    """The page of the country that ``consultations`` (not empty) are of."""
    country = consultations[0].country
    priorities = Priority.objects.visible_to(user) if user.is_authenticated else Priority.objects.public()
    agreed = prepare_lines(
        priorities.filter(consultation__in=consultations, state=PriorityState.AGREED)
        .with_parts()
        .order_by("-consultation__step__order", "position", "id")
    )
    latest = latest_of(agreed, user) if user.is_authenticated else {}
    page = CountryPage(country, consultations, [(priority, latest.get(priority.pk)) for priority in agreed])
    page.rows = summary_rows(consultations, user)
    if user.is_authenticated:
        page.organisations = organisations_as_seen(
            Organisation.objects.active().filter(country=country).select_related("country__zone"),
            viewer_of(user),
            country.minimum_cell,
        )
    return page


def organisations_as_seen(rows: Iterable[Organisation], viewer: Viewer, minimum: int) -> Organisations:
    """The names that this reader may know; of the others a number only when it gives nobody away."""
    rows = list(rows)
    names = sorted((name_of(one, viewer) for one in rows if viewer.knows(one)), key=str.casefold)
    hidden = len(rows) - len(names)
    return Organisations(names, hidden if hidden == 0 or hidden >= minimum else None)


def summary_rows(consultations: Iterable[Consultation], user: Any) -> list[DownloadRow]:
    """The summary of each (``with_summary``) that is closed, in four languages, in the edition that tells this reader
    most: at most 3 queries."""
    editions = []
    for one in consultations:
        version: int | None = one.summary_version  # type: ignore[attr-defined]
        audience = audience_for(one, user)
        if one.state == ConsultationState.CLOSED and version and audience is not None:
            editions.append(Edition.of(one, SUMMARY, version=str(version), audience=audience))
    return [row for row in download_rows(editions, user=user if user.is_authenticated else None) if not row.is_gone]


def audience_for(consultation: Consultation, user: Any) -> Audience | None:
    """For whom the edition is made that tells ``user`` most; None when there is none for them."""
    if not user.is_authenticated:
        return Audience.PUBLIC if Audience.PUBLIC in audiences_of(consultation) else None
    is_inside = user.has_perm("consultations.view_country_level", consultation)
    return Audience.COUNTRY if is_inside else Audience.MEMBERS


def editions_to_run(consultation: Consultation, user: Any) -> list[DownloadRow]:
    """Every edition of the present summary, for who runs the consultation."""
    version = (
        CountrySummary.objects.filter(consultation=consultation, frozen__isnull=False)
        .values_list("version", flat=True)
        .first()
    )
    if version is None:
        return []
    return download_rows(
        [
            Edition.of(consultation, SUMMARY, version=str(version), audience=audience)
            for audience in audiences_of(consultation)
        ],
        user=user,
    )
