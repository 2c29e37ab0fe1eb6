"""Consultations and priorities in any state, made quickly and always possible (the constraints hold)."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from consultations import services
from consultations.models import (
    Amendment,
    Consultation,
    ConsultationState,
    CountryDecision,
    Participation,
    Priority,
    PriorityState,
    Support,
)
from consultations.services.drafts import new_receipt
from planning_portal.programme.models import Step, StepKind, WorkerGroup
from tests import factories

WORDS = {
    "title": "Health cover for market women",
    "situation": "Most market women pay for care in cash and fall into debt.",
    "concerned": "Women who sell on the markets of our towns.",
    "change": "Four in ten belong to a health mutual.",
    "together": "We compare contribution models and speak up together.",
}


def make_consultation(*, state: str = ConsultationState.OPEN, **fields: Any) -> Consultation:
    """A consultation (default: open, in Benin, in a step that is open)."""
    country = fields.pop("country", None) or factories.make_country()
    step = fields.pop("step", None) or (
        Step.objects.filter(kind=StepKind.CONSULTATION, programme__is_current=True).first() or factories.make_step()
    )
    fields.setdefault("source_language", country.working_language)
    if state == ConsultationState.CLOSED:
        fields.setdefault("closed_at", timezone.now())
    return Consultation.objects.create(step=step, country=country, state=state, **fields)


def make_participation(consultation: Consultation, organisation: Any = None, **fields: Any) -> Participation:
    organisation = organisation or factories.make_organisation(country=consultation.country)
    defaults = {"is_present": True, "women": 2, "men": 1} if fields.get("is_present", True) else {}
    return Participation.objects.create(consultation=consultation, organisation=organisation, **{**defaults, **fields})


def make_priority(*, state: str = PriorityState.SUBMITTED, **fields: Any) -> Priority:
    """A priority in ``state`` with all its texts in ``source_language`` (default: the country's).

    Texts are given as ``title=…`` and so on; an agreed one gets the next place unless ``position`` is given; one set
    aside gets a decision with the reason ``reason``.
    """
    organisation = fields.pop("organisation", None)
    consultation = fields.pop("consultation", None)
    if consultation is None:
        country = organisation.country if organisation else factories.make_country()
        consultation = Consultation.objects.filter(country=country).first() or make_consultation(country=country)
    if organisation is None:
        organisation = factories.make_organisation(country=consultation.country)
    language = fields.pop("source_language", consultation.country.working_language)
    reason = fields.pop("reason", "The meeting preferred another one.")
    texts = {f"{name}_{language}": fields.pop(name, text) for name, text in WORDS.items()}
    groups = fields.pop("groups", ())
    if "theme" not in fields:
        programme = consultation.step.programme
        fields["theme"] = programme.themes.first() or factories.make_theme(programme=programme)
    fields.setdefault("level", "national")
    if state != PriorityState.DRAFT:
        fields.setdefault("receipt", new_receipt())
        fields.setdefault("submitted_at", timezone.now())
    if state == PriorityState.AGREED:
        places = [p for p in consultation.priorities.values_list("position", flat=True) if p]
        fields.setdefault("position", max(places, default=0) + 1)
    priority = Priority.objects.create(
        consultation=consultation, organisation=organisation, state=state, source_language=language, **texts, **fields
    )
    priority.groups.set(groups)
    if state in {PriorityState.AGREED, PriorityState.NOT_RETAINED}:
        words = {f"reason_{language}": reason} if state == PriorityState.NOT_RETAINED else {}
        CountryDecision.objects.create(priority=priority, outcome=state, source_language=language, **words)
    return priority


def make_support(priority: Priority, organisation: Any = None, *, why: str = "", **fields: Any) -> Support:
    organisation = organisation or factories.make_organisation(country=priority.consultation.country)
    language = fields.pop("source_language", priority.source_language)
    return Support.objects.create(
        priority=priority, organisation=organisation, source_language=language, **{f"why_{language}": why}, **fields
    )


def make_group(**fields: Any) -> WorkerGroup:
    number = next(factories.numbers)
    defaults = {"slug": f"group-{number}", "order": number, "source_language": "en", "name_en": f"Group {number}"}
    return WorkerGroup.objects.create(**{**defaults, **fields})


def make_amendment(
    consultation: Consultation,
    sources: list[Priority],
    *,
    by: Any,
    kind: str = "merge",
    propose: bool = True,
    days: int = 7,
    **text: Any,
) -> Amendment:
    """A proposal to change ``sources``, written and (by default) sent to their authors, through the services."""
    amendment = services.start_amendment(consultation, by=by, kind=kind, sources=sources)
    texts = [{**one, **text} for one in amendment.texts]
    amendment = services.save_amendment(amendment, by=by, version=amendment.version, texts=texts, why="They are alike.")
    if not propose:
        return amendment
    answer_by = timezone.now() + timedelta(days=days)
    return services.propose_amendment(amendment, by=by, version=amendment.version, answer_by=answer_by)
