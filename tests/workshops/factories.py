"""Workshops for tests, in any state, with what hangs on them: plain functions that return saved objects."""

from datetime import date
from typing import Any

from django.utils import timezone

from planning_portal.organisations.models import Organisation
from planning_portal.programme.models import StepKind
from tests import factories
from tests.factories import numbers
from workshops.models import (
    Candidate,
    Decision,
    Delegation,
    Hand,
    LineOfWork,
    Round,
    RoundEntitlement,
    RoundState,
    Session,
    Workshop,
    WorkshopState,
)


def make_workshop(state: str = WorkshopState.OPEN, *, organisations: Any = (), **fields: Any) -> Workshop:
    """A workshop in ``state``, intercontinental unless a ``zone`` is given, with ``organisations`` as delegations."""
    step = fields.pop("step", None)
    if step is None:
        step = factories.make_step(StepKind.CONTINENTAL if fields.get("zone") else StepKind.INTERCONTINENTAL)
    now = timezone.now()
    moments: dict[str, Any] = {}
    if state != WorkshopState.PLANNED:
        moments["opened_at"] = now
    if state in {WorkshopState.CLOSED, WorkshopState.PUBLISHED}:
        moments |= {"closed_at": now, "snapshot": {}, "summary_version": 1}
    defaults = {
        "source_language": "en",
        "title_en": f"Workshop {next(numbers)}",
        "starts_on": date(2025, 7, 1),
        "ends_on": date(2025, 7, 3),
    }
    workshop = Workshop.objects.create(step=step, state=state, **{**defaults, **moments, **fields})
    make_delegations(workshop, organisations)
    return workshop


def make_delegations(workshop: Workshop, organisations: Any, *, is_present: bool = True) -> list[Delegation]:
    return Delegation.objects.bulk_create(
        [Delegation(workshop=workshop, organisation=one, is_present=is_present) for one in organisations]
    )


def make_session(workshop: Workshop, **fields: Any) -> Session:
    number = next(numbers)
    defaults = {
        "kind": "discussion",
        "position": number,
        "planned_minutes": 30,
        "source_language": "en",
        "title_en": f"Session {number}",
    }
    return Session.objects.create(workshop=workshop, **{**defaults, **fields})


def make_hand(session: Session, organisation: Organisation, **fields: Any) -> Hand:
    position = session.hands.count() + 1
    by = fields.pop("raised_by", None) or factories.make_user()
    return Hand.objects.create(
        session=session, organisation=organisation, raised_by=by, language="fr", position=position, **fields
    )


def make_candidate(workshop: Workshop, *, priorities: Any = (), **fields: Any) -> Candidate:
    theme = fields.pop("theme", None) or factories.make_theme(programme=workshop.step.programme)
    number = workshop.candidates.count() + 1
    defaults = {
        "code": f"C{number:02d}",
        "level": "continental",
        "source_language": "en",
        "title_en": f"Candidate {number}",
        "statement_en": f"What candidate {number} wants to change.",
    }
    candidate = Candidate.objects.create(workshop=workshop, theme=theme, **{**defaults, **fields})
    candidate.priorities.set(priorities)
    return candidate


def make_round(workshop: Workshop, state: str = RoundState.OPEN, *, entitled: Any = None, **fields: Any) -> Round:
    """A round of weighing; everybody with a delegation is entitled unless ``entitled`` names them."""
    now = timezone.now()
    moments: dict[str, Any] = {}
    if state != RoundState.PREPARED:
        moments["opened_at"] = now
    if state == RoundState.CLOSED:
        moments |= {"closed_at": now, "result": {}}
    defaults = {"number": workshop.rounds.count() + 1, "seats": 3}
    round_ = Round.objects.create(workshop=workshop, state=state, **{**defaults, **moments, **fields})
    if state != RoundState.PREPARED:
        ids = (
            [one.pk for one in entitled]
            if entitled is not None
            else workshop.delegations.values_list("organisation_id", flat=True)
        )
        RoundEntitlement.objects.bulk_create([RoundEntitlement(round=round_, organisation_id=pk) for pk in ids])
    return round_


def make_line(
    workshop: Workshop | None = None, *, organisations: Any = (), candidates: Any = (), **fields: Any
) -> LineOfWork:
    """A line of work of a workshop (made when not given); ``candidates`` become adopted with this line."""
    workshop = workshop or make_workshop()
    programme = workshop.step.programme
    number = LineOfWork.objects.filter(programme=programme).count() + 1
    defaults = {
        "code": f"L{number}",
        "zone": workshop.zone,
        "source_language": "en",
        "title_en": f"Line of work {number}",
        "statement_en": f"What line {number} works for.",
    }
    theme = fields.pop("theme", None) or factories.make_theme(programme=programme)
    lead: Organisation | None = fields.pop("lead", None)
    line = LineOfWork.objects.create(
        programme=programme, workshop=workshop, theme=theme, lead=lead, **{**defaults, **fields}
    )
    line.organisations.set(organisations)
    for candidate in candidates:
        make_decision(candidate, line=line)
    return line


def make_decision(candidate: Candidate, outcome: str = "adopted", **fields: Any) -> Decision:
    defaults = {"source_language": "en", "reason_en": f"Why {candidate.code} was decided so."}
    return Decision.objects.create(candidate=candidate, outcome=outcome, **{**defaults, **fields})


def hold_workshop(*, facilitator: Any, until: str = "decided", **fields: Any) -> Workshop:
    """A workshop as it really goes, through the services: sessions, a round with ballots, decisions, a line, minutes.

    Eight organisations of two zones, six candidates of two themes from agreed priorities of two countries; one
    candidate is merged. ``until``: "opened", "closed_round", "decided" or "closed".
    """
    from tests.consultations.factories import make_consultation, make_priority
    from workshops import services

    benin = factories.make_country("BJ", working_language="fr")
    peru = factories.make_country("PE", zone=factories.make_zone("latin-america-caribbean"), working_language="es")
    themes = [factories.make_theme() for _number in range(2)]
    for country, words in ((benin, "Une couverture pour toutes"), (peru, "Salud para todas")):
        organisations = [factories.make_organisation(country=country) for _number in range(4)]
        consultation = make_consultation(country=country, state="closed")
        for number in range(3):
            make_priority(
                consultation=consultation,
                organisation=organisations[number],
                state="agreed",
                theme=themes[number % 2],
                title=f"{words} {number + 1}",
            )
    workshop = services.open_workshop(make_workshop(WorkshopState.PLANNED, **fields), by=facilitator)
    if until == "opened":
        return workshop
    session = make_session(workshop, position=1, title_en="Weighing together")
    services.start_session(session, by=facilitator)
    ids = list(workshop.delegations.order_by("id").values_list("organisation_id", flat=True))
    services.set_presence(workshop, by=facilitator, present=ids, listed=ids)
    candidates = list(workshop.candidates.order_by("id"))
    services.merge_candidates(candidates[0], [candidates[1]], by=facilitator, reason="The same ask.", language="en")
    standing = [candidates[0], *candidates[2:]]
    round_ = services.open_round(services.prepare_round(workshop, by=facilitator, seats=2), by=facilitator)
    for number, organisation in enumerate(Organisation.objects.filter(pk__in=ids).order_by("id")):
        chosen = standing if number < 3 else standing[: 1 + number % 3]
        services.cast_ballot(round_, organisation, [one.pk for one in chosen], by=None, version=None)
    services.close_round(round_, by=facilitator)
    services.end_session(session, by=facilitator)
    if until == "closed_round":
        return workshop
    line = services.create_line(
        workshop,
        title="Health cover for all workers",
        statement="By 2031 informal workers belong to a mutual.",
        language="en",
        theme=themes[0],
        organisations=Organisation.objects.filter(pk__in=ids[:4]),
        by=facilitator,
    )
    outcomes = ["adopted", "adapted", "deferred", "not_retained", "adopted"]
    for candidate, outcome in zip(standing, outcomes, strict=True):
        kept = outcome in {"adopted", "adapted"}
        services.decide(
            candidate,
            outcome=outcome,
            reason=f"Because of {candidate.code}.",
            language="en",
            line=line if kept else None,
            by=facilitator,
        )
    services.save_minutes(workshop, text="We met and decided.", language="en", by=facilitator)
    if until == "closed":
        services.close_workshop(workshop, by=facilitator)
    workshop.refresh_from_db()
    return workshop
