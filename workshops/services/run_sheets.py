"""Where a run sheet comes from: one of the portal's models, or a workshop that was held before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time
from typing import NamedTuple

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils import translation
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from planning_portal.languages.models import TranslationState, TranslationUnit
from planning_portal.languages.services import LANGUAGE_CODES, sync_units
from planning_portal.organisations.models import Organisation

from ..models import Delegation, Session, SessionKind, Workshop

AFTERNOON = time(14)


class SheetModel(models.TextChoices):
    INTERCONTINENTAL = "intercontinental", _("the intercontinental model: three half days at a distance")
    CONTINENTAL = "continental", _("the continental model: three days in one room")
    NONE = "none", _("an empty run sheet")


class Item(NamedTuple):
    """An item of a model. Its title is the portal's own, so it is there in all four languages."""

    day: int
    kind: SessionKind
    title: str
    minutes: int
    begins_at: time | None = None


MODELS: dict[str, Sequence[Item]] = {
    # People of all continents are online together for half a day only: what takes long is done in small groups.
    SheetModel.INTERCONTINENTAL: (
        Item(1, SessionKind.WELCOME, gettext_noop("Welcome: who is here, and how we decide"), 30),
        Item(1, SessionKind.PRESENTATION, gettext_noop("What the countries propose"), 40),
        Item(1, SessionKind.WORKING_GROUPS, gettext_noop("Reading the proposals by theme"), 75),
        Item(1, SessionKind.DISCUSSION, gettext_noop("What the groups have seen"), 30),
        Item(2, SessionKind.WORKING_GROUPS, gettext_noop("What belongs together across continents"), 75),
        Item(2, SessionKind.DISCUSSION, gettext_noop("Merging, with the consent of those who proposed"), 60),
        Item(2, SessionKind.WEIGHING, gettext_noop("Weighing: one ballot per organisation"), 40),
        Item(3, SessionKind.DISCUSSION, gettext_noop("Reading the result: who is not heard in it?"), 45),
        Item(
            3, SessionKind.DECISION, gettext_noop("What we decide together, and what the continents will discuss"), 75
        ),
        Item(3, SessionKind.CLOSING, gettext_noop("What happens next"), 20),
    ),
    # In one room there is time to find words together; the lines of work are adopted on the last day.
    SheetModel.CONTINENTAL: (
        Item(1, SessionKind.WELCOME, gettext_noop("Welcome: who is here, and how we decide"), 45),
        Item(1, SessionKind.PRESENTATION, gettext_noop("What our countries propose"), 60),
        Item(1, SessionKind.PRESENTATION, gettext_noop("What the intercontinental workshop passes on"), 30),
        Item(1, SessionKind.WORKING_GROUPS, gettext_noop("Reading the proposals by theme"), 120, AFTERNOON),
        Item(2, SessionKind.DISCUSSION, gettext_noop("Merging, with the consent of those who proposed"), 75),
        Item(2, SessionKind.WORKING_GROUPS, gettext_noop("Who would work on it, and with whom"), 90),
        Item(2, SessionKind.WEIGHING, gettext_noop("Weighing: one ballot per organisation"), 45, AFTERNOON),
        Item(2, SessionKind.DISCUSSION, gettext_noop("Reading the result: who is not heard in it?"), 60),
        Item(3, SessionKind.WORKING_GROUPS, gettext_noop("Finding words for the lines of work"), 90),
        Item(3, SessionKind.DECISION, gettext_noop("Adopting the lines of work: who joins, who leads"), 90),
        Item(3, SessionKind.CLOSING, gettext_noop("What happens next"), 30, AFTERNOON),
    ),
}


def model_for(workshop: Workshop) -> SheetModel:
    return SheetModel.INTERCONTINENTAL if workshop.is_intercontinental else SheetModel.CONTINENTAL


def lay_out(workshop: Workshop, model: str, language: str) -> None:
    """Give a new workshop the run sheet of a model; in a shorter workshop, what is left falls on its last day."""
    sessions = []
    for position, item in enumerate(MODELS.get(model, ()), start=1):
        session = Session(
            workshop=workshop,
            kind=item.kind,
            position=position,
            day=min(item.day, workshop.days),
            begins_at=item.begins_at if item.day <= workshop.days else None,
            planned_minutes=item.minutes,
            source_language=language,
        )
        for code in LANGUAGE_CODES:
            with translation.override(code):
                setattr(session, f"title_{code}", gettext(item.title))
        sessions.append(session)
    sync_units(Session.objects.bulk_create(sessions), imported_state=TranslationState.DONE)


def copy_run_sheet(source: Workshop, workshop: Workshop) -> None:
    """Give a new workshop the items of another in all their languages: what was planned, nothing that happened.

    Owners and candidates belong to the other workshop and stay there; a typed name, too.
    """
    pairs = []
    for position, one in enumerate(source.sessions.all(), start=1):
        session = Session(
            workshop=workshop,
            kind=one.kind,
            position=position,
            day=min(one.day, workshop.days),
            begins_at=one.begins_at,
            planned_minutes=one.planned_minutes,
            spoken_language=one.spoken_language,
            source_language=one.source_language,
        )
        for code in LANGUAGE_CODES:
            setattr(session, f"title_{code}", getattr(one, f"title_{code}"))
        pairs.append((one.pk, session))
    Session.objects.bulk_create([session for _pk, session in pairs])
    copies = {pk: session.pk for pk, session in pairs}
    kind = ContentType.objects.get_for_model(Session)
    units = list(TranslationUnit.objects.filter(content_type=kind, object_id__in=copies))
    for unit in units:
        unit.pk, unit.object_id = None, copies[unit.object_id]
    TranslationUnit.objects.bulk_create(units)


def copy_organisations(source: Workshop, workshop: Workshop) -> None:
    """Entitle those who were entitled in a workshop of the same zone and are still active; nobody is there yet."""
    if source.zone_id != workshop.zone_id:
        return
    active = Organisation.objects.active().filter(delegations__workshop=source)
    Delegation.objects.bulk_create(
        [Delegation(workshop=workshop, organisation_id=pk) for pk in active.values_list("pk", flat=True)]
    )
