"""What waits outside a workshop that is planned or going on: agreed priorities, and countries that are not ready."""

from __future__ import annotations

from dataclasses import dataclass

from consultations.models import Consultation, ConsultationState, Priority, PriorityState

from ..models import Workshop


@dataclass(frozen=True)
class Waiting:
    """How many agreed priorities are ready to come in, and how many consultations have not closed yet."""

    ready: int
    consultations_open: int


def waiting_for(workshop: Workshop) -> Waiting:
    """Two queries."""
    programme = workshop.step.programme_id
    priorities = Priority.objects.filter(
        state=PriorityState.AGREED,
        consultation__state=ConsultationState.CLOSED,
        consultation__step__programme=programme,
    ).exclude(candidates__workshop=workshop)
    consultations = Consultation.objects.filter(step__programme=programme).exclude(state=ConsultationState.CLOSED)
    if workshop.zone_id:
        priorities = priorities.filter(consultation__country__zone=workshop.zone_id)
        consultations = consultations.filter(country__zone=workshop.zone_id)
    return Waiting(priorities.count(), consultations.count())
