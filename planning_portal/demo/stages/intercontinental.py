"""The virtual intercontinental workshop: from a hundred proposals to fifteen texts and six global lines of work."""

from __future__ import annotations

from planning_portal.languages.services import source_text
from planning_portal.programme.models import Level, StepKind
from planning_portal.programme.services import close_step, open_step
from workshops.models import Candidate, DecisionOutcome, LineOfWork
from workshops.services import reword_candidate

from ..story import Story
from ..translations import FINISHED, fill_languages, texts_of
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

NEVER_RETAINED = 3


def hold_intercontinental(story: Story, slugs: dict[int, str]) -> Meeting:
    """Hold, close and publish the workshop; ``slugs`` names the agreed priorities by id."""
    step = story.step(StepKind.INTERCONTINENTAL)
    story.clock.set_day(2025, 6, 23)
    meeting = plan_meeting(story, "", by=story.cast.facilitator, slugs=slugs)
    story.clock.set_day(2025, 7, 1, 7)
    open_step(step, by=story.cast.coordinator)
    open_meeting(meeting, {})
    hold_session(meeting, "working_groups")
    _merge_by_consent(meeting)
    hold_session(meeting, "weighing", leave_running=True)
    round_ = weigh(meeting, turnout=0.93, rule="phragmen", weights="square_root", floor=1, quorum=50)
    hold_session(meeting, "discussion")
    _decide(meeting, list(round_.result["ranking"]) if round_.result else [])
    hold_session(meeting, "closing")
    write_down(meeting)
    close_meeting(meeting)
    story.clock.set_day(2025, 7, 18)
    close_step(step, by=story.cast.coordinator)
    step.refresh_from_db()
    return meeting


def _merge_by_consent(meeting: Meeting) -> None:
    """The first priority of each merged text becomes that text; the others are merged into it."""
    story = meeting.story
    rows = []
    for told in story.material.story["merged"]:
        words = story.material.candidates[told["candidate"]]
        first, *others = told["priorities"]
        merge(meeting, first, others)
        candidate = reword_candidate(
            meeting.candidates.pop(first),
            by=meeting.by,
            title=words["title"]["en"],
            statement=words["statement"]["en"],
            language=meeting.language,
        )
        meeting.candidates[told["candidate"]] = candidate
        rows.append((candidate, texts_of(words, "title", "statement")))
    fill_languages(rows, FINISHED, chance=story.chance, translator=story.cast.translator)
    _add_a_sentence(meeting)


def _add_a_sentence(meeting: Meeting) -> None:
    """Some texts are changed once more: their translations are now out of date."""
    addition = meeting.story.material.story["addition"]
    for key in addition["candidates"]:
        candidate = meeting.candidates[key]
        meeting.candidates[key] = reword_candidate(
            candidate,
            by=meeting.by,
            title=source_text(candidate, "title"),
            statement=f"{source_text(candidate, 'statement')} {addition['en']}",
            language=meeting.language,
        )


def _decide(meeting: Meeting, ranking: list[int]) -> None:
    """The merged texts are adopted or adapted and lead to the six lines. Of the rest the continents hear what belongs
    there, and what found the fewest is not retained."""
    story = meeting.story
    entries = [one for one in story.material.lines if not one["zone"]]
    line_of: dict[str, LineOfWork] = {}
    for entry in entries:
        line = found_line(meeting, entry, near=[meeting.candidates[key] for key in entry["candidates"]])
        line_of |= dict.fromkeys(entry["candidates"], line)
    by_theme = {entry["theme"]: meeting.lines[entry["key"]] for entry in reversed(entries)}
    themes = {theme.pk: slug for slug, theme in story.themes.items()}
    place = {pk: number for number, pk in enumerate(ranking)}
    standing = {candidate.pk for candidate in Candidate.objects.filter(workshop=meeting.workshop).on_ballot()}
    alone = sorted(
        (one for key, one in meeting.candidates.items() if one.pk in standing and key not in line_of),
        key=lambda one: place[one.pk],
    )
    last = {candidate.pk for candidate in alone[-NEVER_RETAINED:]}
    for key, line in line_of.items():
        decide_on(meeting, meeting.candidates[key], _kept(place[meeting.candidates[key].pk], len(ranking)), line)
    for candidate in alone:
        if candidate.pk in last:
            decide_on(meeting, candidate, DecisionOutcome.NOT_RETAINED)
        elif candidate.level == Level.INTERCONTINENTAL:
            decide_on(meeting, candidate, DecisionOutcome.ADAPTED, by_theme[themes[candidate.theme_id]])
        else:
            decide_on(meeting, candidate, DecisionOutcome.DEFERRED)


def _kept(place: int, of: int) -> str:
    return DecisionOutcome.ADOPTED if place < of * 0.3 else DecisionOutcome.ADAPTED


def names_of(meeting: Meeting) -> dict[int, str]:
    """What the story calls the candidates of the workshop, by id."""
    return {candidate.pk: key for key, candidate in meeting.candidates.items()}
