"""What can be consolidated, and what has been."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, OuterRef

from planning_portal.documents.models import Audience
from planning_portal.documents.queries import DownloadRow, Edition, download_rows
from planning_portal.programme.models import Programme, StepResult
from workshops.models import LineOfWork

from ..codes import natural_key
from ..models import ActionPlan, PlanEdition, PlanState, PlanVersion
from .lists import lines_without_plan, order_of

DOCUMENT = "consolidated-plan"
AUDIENCES = (Audience.COORDINATORS, Audience.PUBLIC)
SHOWN_EDITIONS = 5


def latest_versions(programme: Programme) -> list[PlanVersion]:
    """The latest adopted version of every plan: lines in the order of their codes, then organisations."""
    versions = (
        PlanVersion.objects.filter(plan__programme=programme)
        .of_latest()
        .defer("snapshot")
        .select_related("plan__line", "plan__organisation__country__zone")
    )
    return sorted(versions, key=_order)


def _order(version: PlanVersion) -> tuple[object, ...]:
    plan = version.plan
    if plan.line is not None:
        return (0, natural_key(plan.line.code), 0, "", version.plan_id)
    organisation = plan.organisation
    assert organisation is not None  # noqa: S101 (a plan is of a line or of an organisation)
    country = organisation.country
    return (1, (), country.zone.order, country.iso2, version.plan_id)


@dataclass(frozen=True)
class EditionRows:
    """An edition with its documents, for each audience, and whether a newer version of a plan was adopted since."""

    edition: PlanEdition
    rows: list[DownloadRow]
    is_out_of_date: bool
    is_published: bool

    @property
    def is_complete(self) -> bool:
        return all(row.is_complete for row in self.rows)

    @property
    def is_building(self) -> bool:
        return any(row.is_building for row in self.rows)

    @property
    def may_be_published(self) -> bool:
        public = [row for row in self.rows if row.audience == Audience.PUBLIC]
        return not self.is_published and all(row.is_complete for row in public)


@dataclass(frozen=True)
class Overview:
    """The coordinator's page. ``waiting``: plans that are not adopted (any more), with what they lack."""

    lines: list[LineOfWork] = field(default_factory=list)
    waiting: list[ActionPlan] = field(default_factory=list)
    latest: list[PlanVersion] = field(default_factory=list)
    editions: list[EditionRows] = field(default_factory=list)

    @property
    def is_new(self) -> bool:
        """Whether a new edition would say something else than the last one."""
        return bool(self.latest) and (not self.editions or self.editions[0].is_out_of_date)


def overview(programme: Programme, user: Any) -> Overview:
    """Everything that the coordinator's page shows. A fixed number of queries."""
    latest = latest_versions(programme)
    waiting = (
        ActionPlan.objects.visible_to(user)
        .filter(programme=programme)
        .exclude(state=PlanState.ADOPTED)
        .with_context()
        .with_version_number()
        .with_missing_count()
    )
    editions = list(
        PlanEdition.objects.filter(programme=programme)
        .defer("facts")
        .annotate(is_out_of_date=_is_out_of_date(programme), is_published=_is_published())[:SHOWN_EDITIONS]
    )
    return Overview(
        lines_without_plan(user),
        sorted(waiting, key=lambda plan: (plan.state == PlanState.DRAFT, order_of(plan))),
        latest,
        _edition_rows(editions, user),
    )


def _is_out_of_date(programme: Programme) -> Exists:
    """Whether a version was adopted that the edition does not hold."""
    held = PlanEdition.versions.through.objects.filter(
        planedition_id=OuterRef(OuterRef("pk")), planversion_id=OuterRef("pk")
    )
    return Exists(PlanVersion.objects.filter(plan__programme=programme).of_latest().filter(~Exists(held)))


def _is_published() -> Exists:
    content_type = ContentType.objects.get_for_model(PlanEdition)
    return Exists(StepResult.objects.filter(content_type=content_type, object_id=OuterRef("pk"), kind=DOCUMENT))


def _edition_rows(editions: list[Any], user: Any) -> list[EditionRows]:
    """Each edition with a row for each audience. ``editions`` say themselves whether they are old or published."""
    if not editions:
        return []
    wanted = [
        Edition.of(one, DOCUMENT, version=str(one.number), audience=audience)
        for one in editions
        for audience in AUDIENCES
    ]
    rows = download_rows(wanted, user=user)
    size = len(AUDIENCES)
    return [
        EditionRows(one, rows[number * size : (number + 1) * size], one.is_out_of_date, one.is_published)
        for number, one in enumerate(editions)
    ]
