"""Stage 2 of the world: one workshop published, one closed, two in the middle of a round, one only planned."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from consultations.models import Priority
from planning_portal.languages.models import TranslationState
from planning_portal.languages.services import save_translation
from planning_portal.organisations.models import Organisation, Zone
from planning_portal.programme.models import Step, StepKind, Theme
from planning_portal.programme.services import close_step, open_step
from workshops.models import BallotSource, Candidate, LineOfWork, Round, Session, StepSummary, Workshop
from workshops.services import (
    cast_ballot,
    close_round,
    close_workshop,
    create_line,
    decide,
    end_session,
    merge_candidates,
    open_round,
    open_screen,
    open_workshop,
    plan_workshop,
    prepare_round,
    publish_summary,
    raise_hand,
    record_objection,
    save_minutes,
    set_presence,
    start_session,
)

from .things import store_fake_documents

if TYPE_CHECKING:
    from .build import World


def hold_intercontinental(world: World, agreed: list[Priority]) -> None:
    """Weighed, merged, decided into three lines of work, closed, published, with its summary in four languages."""
    step = _open(world, StepKind.INTERCONTINENTAL)
    by = world.people["facilitator"]
    workshop = _plan(world, step, "All together", None)
    workshop = open_workshop(workshop, by=by)
    _everybody_is_there(workshop, by)
    candidates = {one.priorities.get().pk: one for one in workshop.candidates.all()}
    union, mutual, women, cooperative, _women, youth, *others = [candidates[one.pk] for one in agreed]
    merge_candidates(union, [youth], by=by, reason="Both say the same.", language="en")
    _hold_sessions(workshop, by, leave_open=0)
    round_ = open_round(prepare_round(workshop, by=by, seats=3), by=by)
    for organisation, person, chosen in (
        ("union", "partner", [union, mutual]),
        ("mutual", "neighbour", [union, mutual]),
        ("women", "stranger", [union, women]),
        ("cooperative", "cooperator", [cooperative]),
    ):
        ids = [one.pk for one in chosen]
        cast_ballot(round_, world.organisations[organisation], ids, by=world.people[person])
    cast_ballot(round_, world.organisations["youth"], [union.pk], by=by, source=BallotSource.PAPER)
    counted = close_round(round_, by=by)
    lines = [
        _make_line(world, workshop, "Rights at work", "labour-rights", ("union", "mutual", "women", "youth")),
        _make_line(world, workshop, "Health for all", "health-social-protection", ("mutual",)),
        _make_line(world, workshop, "Work of our own", "decent-work-job-creation", ("cooperative", "women")),
    ]
    for candidate, line in ((union, lines[0]), (mutual, lines[1]), (cooperative, lines[2])):
        decide(candidate, outcome="adopted", reason="It convinced many.", language="en", by=by, line=line)
    decide(women, outcome="adapted", reason="In other words.", language="en", by=by, line=lines[2])
    for candidate in (_women, *others):
        decide(candidate, outcome="deferred", reason="The continents will see.", language="en", by=by)
    save_minutes(workshop, text="We met and decided.", language="en", by=by)
    close_workshop(workshop, by=by)
    published = publish_summary(workshop, by=world.people["coordinator"])
    close_step(step, by=world.people["coordinator"])
    world.own |= {
        "published_workshop": published,
        "counted_round": counted,
        "published_candidate": Candidate.objects.get(pk=union.pk),
        "line": lines[0],
        "document": store_fake_documents(published, "workshop-summary", version="1", audience="public"),
    }
    world.foreign |= {
        "published_workshop": published,
        "published_candidate": Candidate.objects.get(pk=women.pk),
        "line": lines[2],
        "document": world.own["document"],
    }
    world.own["lines"] = lines
    world.own["step_summary"] = world.foreign["step_summary"] = StepSummary.objects.create(
        step=step,
        frozen={"workshops": [{"id": published.pk, "version": 1, "outcome": published.snapshot}]},
        made_at=published.closed_at,
    )
    _leave_one_closed(world, step)
    _leave_one_prepared(world, step)


def _open(world: World, kind: str) -> Step:
    step = Step.objects.get(programme=world.programme, kind=kind)
    return open_step(step, by=world.people["coordinator"])


def _plan(world: World, step: Step, title: str, zone: Zone | None) -> Workshop:
    by = world.people["facilitator"]
    workshop = plan_workshop(
        step,
        by=by,
        title=title,
        language="en",
        starts_on=date(2025, 9, 1),
        ends_on=date(2025, 9, 3),
        zone=zone,
        place="Here",
        facilitators=[by],
    )
    save_translation(workshop, "title", "fr", f"{title} (fr)", by=by, state=TranslationState.MACHINE)
    return workshop


def _everybody_is_there(workshop: Workshop, by: Any) -> None:
    ids = list(workshop.delegations.values_list("organisation_id", flat=True))
    set_presence(workshop, by=by, present=ids, listed=ids)


def _hold_sessions(workshop: Workshop, by: Any, *, leave_open: int) -> None:
    """Hold all sessions but the last ``leave_open``; the first of those is left running."""
    sessions = list(workshop.sessions.all())
    held = sessions[: len(sessions) - leave_open]
    for session in held:
        start_session(session, by=by)
        end_session(session, by=by)
    if leave_open:
        start_session(sessions[len(held)], by=by)


def _make_line(world: World, workshop: Workshop, title: str, theme: str, joined: tuple[str, ...]) -> LineOfWork:
    return create_line(
        workshop,
        title=title,
        statement=f"By 2031: {title.lower()}.",
        language="en",
        theme=Theme.objects.get(programme=world.programme, slug=theme),
        by=world.people["facilitator"],
        lead=world.organisations["lead"],
        organisations=[world.organisations[key] for key in joined],
    )


def _leave_one_closed(world: World, step: Step) -> None:
    """A second meeting of all, closed and not published: its summary still has to be built."""
    by = world.people["facilitator"]
    workshop = open_workshop(_plan(world, step, "All together again", None), by=by)
    for candidate in workshop.candidates.all():
        decide(candidate, outcome="not_retained", reason="Seen before.", language="en", by=by)
    close_workshop(workshop, by=by)
    world.own["closed_workshop"] = world.foreign["closed_workshop"] = Workshop.objects.get(pk=workshop.pk)


def _leave_one_prepared(world: World, step: Step) -> None:
    """A third meeting, going on: two candidates merged, a round prepared, nothing decided."""
    by = world.people["facilitator"]
    workshop = open_workshop(_plan(world, step, "All together once more", None), by=by)
    first, second, *_others = workshop.candidates.all()
    merge_candidates(first, [second], by=by, reason="They belong together.", language="en")
    prepared = prepare_round(workshop, by=by, seats=2)
    for things in (world.own, world.foreign):
        things |= {"merged_candidate": second, "prepared_round": prepared}


def hold_continental(world: World) -> None:
    """Benin's workshop and Peru's are both in a round; in Benin's another round was closed before, one organisation
    has voted, and the partner's has not. A third workshop is only planned."""
    step = _open(world, StepKind.CONTINENTAL)
    for things, organisation, voter, person in (
        (world.own, "union", "mutual", "neighbour"),
        (world.foreign, "women", "cooperative", "cooperator"),
    ):
        zone = world.organisations[organisation].country.zone
        workshop = _plan(world, step, f"In {zone.code}", zone)
        _hold_in_zone(world, things, workshop, world.organisations[organisation], voter, person)
    planned = _plan(world, step, "To come", Zone.objects.get(slug="central-africa"))
    world.own["planned_workshop"] = world.foreign["planned_workshop"] = planned


def _hold_in_zone(
    world: World, things: dict[str, Any], workshop: Workshop, speaker: Organisation, voter: str, person: str
) -> None:
    by = world.people["facilitator"]
    workshop = open_workshop(workshop, by=by)
    _everybody_is_there(workshop, by)
    _hold_sessions(workshop, by, leave_open=2)
    first = open_round(prepare_round(workshop, by=by, seats=1), by=by)
    candidates = list(workshop.candidates.all())
    cast_ballot(first, world.organisations[voter], [candidates[0].pk], by=world.people[person])
    first = close_round(first, by=by)
    decision = decide(
        candidates[-1],
        outcome="adapted",
        reason="In our own words.",
        rule="consent",
        follow_up="The zone's mutuals meet in May.",
        language="en",
        by=by,
    )
    objection = record_objection(
        decision, organisation=world.organisations[voter], reason="Others are nearer to it.", language="en", by=by
    )
    second = open_round(prepare_round(workshop, by=by, seats=1), by=by)
    ballot = cast_ballot(second, world.organisations[voter], [candidates[0].pk], by=world.people[person])
    sessions = list(workshop.sessions.all())
    room = open_screen(workshop, by=by)
    hand = raise_hand(sessions[-2], by=by, organisation=speaker, language="fr")
    line = _make_line(world, workshop, f"In {workshop.zone.code if workshop.zone else ''}", "population", ())
    things |= {
        "open_line": line,
        "workshop": Workshop.objects.get(pk=workshop.pk),
        "candidate": candidates[0],
        "decided_candidate": candidates[-1],
        "decision": decision,
        "objection": objection,
        "session": Session.objects.get(pk=sessions[-1].pk),
        "running_session": Session.objects.get(pk=sessions[-2].pk),
        "closed_round": first,
        "round": Round.objects.get(pk=second.pk),
        "ballot": ballot,
        "room": room,
        "hand": hand,
    }
    things.setdefault("counted_round", things["round"])
