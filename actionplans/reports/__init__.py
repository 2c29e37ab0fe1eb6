"""What the consolidated plan shows, as plain data from frozen versions."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.urls import reverse
from django.utils.translation import gettext as _

from planning_portal.documents.models import Audience, RenderedDocument
from planning_portal.programme.models import StepResult
from workshops.permissions import takes_part

from ..models import PlanEdition
from ..naming import text_for_link
from ..queries.editions import DOCUMENT
from .consolidated import Consolidated


def title_of(edition: PlanEdition, language: str) -> str:
    """What the document is called: on its cover, in its properties, in lists of downloads."""
    programme = text_for_link(edition.programme, "title", language)
    return _("%(programme)s: consolidated action plan") % {"programme": programme}


def file_name_of(edition: PlanEdition, language: str, version: str) -> str:
    return f"consolidated-plan-v{version}_{language}.pdf"


def consolidated_report(edition: PlanEdition, language: str, audience: str) -> dict[str, Any]:
    """Everything that the template needs."""
    return Consolidated(edition, language, audience).report()


def url_of(_edition: PlanEdition) -> str:
    return reverse("actionplans:edition-list")


def stands(edition: PlanEdition, version: str) -> bool:
    """Whether the edition is made again once its names must change: the latest one, and the one that is published."""
    if not PlanEdition.objects.filter(programme=edition.programme_id, number__gt=edition.number).exists():
        return True
    content_type = ContentType.objects.get_for_model(PlanEdition)
    published = StepResult.objects.filter(content_type=content_type, object_id=edition.pk, kind=DOCUMENT)
    return published.filter(version=version).exists()


def can_read(user: Any, document: RenderedDocument) -> bool:
    """Coordinators everything; the public version those who take part, and everybody once it is published."""
    if user.is_authenticated and user.has_perm("actionplans.build_consolidated"):
        return True
    if document.audience != Audience.PUBLIC:
        return False
    if user.is_authenticated and takes_part(user):
        return True
    return StepResult.objects.filter(
        content_type=document.content_type_id,
        object_id=document.object_id,
        kind=DOCUMENT,
        version=document.version,
        audience=Audience.PUBLIC,
    ).exists()
