"""The four continental workshops: two published, one that only has to be closed, one in the middle of its round."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from planning_portal.organisations.models import User
from planning_portal.programme.models import StepKind
from planning_portal.programme.services import close_step, open_step
from workshops.models import Candidate, Decision, DecisionOutcome, LineOfWork
from workshops.services import set_up_room

from ..story import Story, Until
from .intercontinental import names_of
from .meeting import (
    Meeting,
    close_meeting,
    decide_on,
    found_line,
    hold_session,
    merge,
    open_meeting,
    plan_meeting,
    weigh,
    write_down,
)
from .speakers import leave_hands_raised

HELD = ("latin-america-caribbean", "central-africa", "asia", "west-africa")
TO_CLOSE, RUNNING = "asia", "west-africa"
TURNOUT, TURNOUT_SO_FAR = 0.9, 0.66


@dataclass
class Before:
    """What the intercontinental workshop left behind: its candidates' names, its lines by theme and by candidate."""

    names: dict[int, str]
    by_theme: dict[int, LineOfWork]
    by_candidate: dict[int, LineOfWork]


def plan_continental(story: Story, intercontinental: Meeting) -> dict[str, Meeting]:
    """Plan the four workshops; nobody has met yet."""
    story.clock.set_day(2025, 7, 21)
    by = facilitators_of(story)
    return {zone: plan_meeting(story, zone, by=by[zone], slugs=intercontinental.slugs) for zone in HELD}


def facilitators_of(story: Story) -> dict[str, User]:
    first, second = story.cast.facilitator, story.cast.second_facilitator
    return {"latin-america-caribbean": first, "central-africa": second, "asia": first, "west-africa": first}


def hold_continental(story: Story, meetings: dict[str, Meeting], intercontinental: Meeting, *, today: datetime) -> None:
    """Hold the workshops. Unless the story goes on, one stays ready to be closed and one in the middle of its round."""
    step = story.step(StepKind.CONTINENTAL)
    story.clock.set_day(2025, 9, 1)
    open_step(step, by=story.cast.coordinator)
    before = _before(intercontinental)
    goes_on = story.goes_beyond(Until.CONTINENTAL)
    for zone in HELD:
        meeting = meetings[zone]
        _begin(meeting, before)
        if zone == RUNNING and not goes_on:
            _leave_in_the_round(meeting, today)
            continue
        hold_session(meeting, "weighing", leave_running=True)
        weigh(meeting, turnout=TURNOUT)
        hold_session(meeting, "discussion")
        _decide(meeting, before)
        hold_session(meeting, "closing")
        write_down(meeting)
        if zone != TO_CLOSE or goes_on:
            close_meeting(meeting)
    if goes_on:
        story.clock.set_day(2025, 11, 17)
        close_step(step, by=story.cast.coordinator)
        step.refresh_from_db()


def _before(meeting: Meeting) -> Before:
    decisions = Decision.objects.filter(candidate__workshop=meeting.workshop, line__isnull=False)
    lines = {line.pk: line for line in meeting.lines.values()}
    return Before(
        names=names_of(meeting),
        by_theme={line.theme_id: line for line in reversed(meeting.lines.values())},
        by_candidate={pk: lines[line_id] for pk, line_id in decisions.values_list("candidate_id", "line_id")},
    )


def _begin(meeting: Meeting, before: Before) -> None:
    """Open the workshop, and merge by consent what its minutes say was merged."""
    open_meeting(meeting, before.names)
    hold_session(meeting, "discussion")
    for told in meeting.told("decision"):
        if told["outcome"] == DecisionOutcome.MERGED and told["candidate"] in meeting.candidates:
            merge(meeting, told["into"], [told["candidate"]])


def _leave_in_the_round(meeting: Meeting, today: datetime) -> None:
    """The round was opened just now: the facilitator can go on where the story stops."""
    opened = today - timedelta(minutes=25)
    hold_session(meeting, "weighing", leave_running=True, at=opened)
    cast = meeting.story.cast
    account = cast.partner_organisation("partner.bj@example.org")
    weigh(meeting, turnout=TURNOUT_SO_FAR, absent=[account], leave_open=True)
    set_up_room(meeting.workshop, by=meeting.by)
    leave_hands_raised(meeting, meeting.workshop.sessions.get(ended_at=None, started_at__isnull=False), but=[account])


def _decide(meeting: Meeting, before: Before) -> None:
    """Form the zone's own lines, then decide: the first by ballots as they stand, the others with changes, the last
    ones later or not; and always what the minutes say."""
    round_ = meeting.workshop.rounds.get()
    ranking = list(round_.result["ranking"]) if round_.result else []
    by_pk = {one.pk: one for one in meeting.candidates.values()}
    told = {
        meeting.candidates[one["candidate"]].pk: one["outcome"]
        for one in meeting.told("decision")
        if one["candidate"] in meeting.candidates
    }
    own: dict[int, LineOfWork] = {}
    for entry in meeting.story.material.lines:
        if entry["zone"] == meeting.zone:
            theme = meeting.story.themes[entry["theme"]]
            near = [by_pk[pk] for pk in ranking if by_pk[pk].theme_id == theme.pk]
            own[theme.pk] = found_line(meeting, entry, near=near)
    first_of_line = {next(pk for pk in ranking if by_pk[pk].theme_id == theme_id) for theme_id in own}
    for place, pk in enumerate(ranking):
        outcome = told.get(pk) or _outcome(place, len(ranking), is_kept=pk in first_of_line)
        is_kept = outcome in {DecisionOutcome.ADOPTED, DecisionOutcome.ADAPTED}
        decide_on(meeting, by_pk[pk], outcome, _line(by_pk[pk], own, before) if is_kept else None)


def _outcome(place: int, of: int, *, is_kept: bool) -> str:
    if place < of * 0.4:
        return DecisionOutcome.ADOPTED
    if place < of * 0.8 or is_kept:
        return DecisionOutcome.ADAPTED
    return DecisionOutcome.NOT_RETAINED if place == of - 1 else DecisionOutcome.DEFERRED


def _line(candidate: Candidate, own: dict[int, LineOfWork], before: Before) -> LineOfWork:
    """The zone's own line of this theme, else the global one that the candidate led to, else that of its theme."""
    return (
        own.get(candidate.theme_id)
        or before.by_candidate.get(candidate.forwarded_from_id or 0)
        or before.by_theme[candidate.theme_id]
    )
