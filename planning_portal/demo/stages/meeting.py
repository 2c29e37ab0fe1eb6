"""Stage 2 in the demonstration: what every workshop goes through, from its plan to its published summary."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

from consultations.models import Priority
from planning_portal.languages.models import Multilingual, TranslationState
from planning_portal.languages.services import source_text
from planning_portal.organisations.models import Organisation, User
from planning_portal.programme.models import StepKind
from workshops.models import (
    BallotSource,
    Candidate,
    Decision,
    DecisionOutcome,
    DecisionRule,
    LineOfWork,
    Round,
    Session,
    SessionKind,
    StepSummary,
    Workshop,
)
from workshops.queries.lineage import Lineage
from workshops.services import (
    add_session,
    approve_minutes,
    cast_ballot,
    close_round,
    close_workshop,
    create_line,
    decide,
    end_session,
    merge_candidates,
    open_round,
    open_workshop,
    plan_workshop,
    prepare_round,
    publish_step_summary,
    publish_summary,
    record_objection,
    save_minutes,
    save_note,
    set_presence,
    start_session,
    update_session,
)
from workshops.services.decisions import departure_from
from workshops.services.run_sheets import SheetModel

from ..ballots import AFFINITY, Electorate, Option
from ..material import Entry
from ..story import Story
from ..translations import FINISHED, SETTLED, Texts, fill_languages, texts_of
from .speakers import speak_in

# On which day of the workshop each session of the data files is held.
DAY_OF_SESSION = (1, 1, 1, 2, 2, 2, 3, 3, 3)
DOORS = time(8, 30)
LED_BY_FACILITATOR = (SessionKind.WELCOME, SessionKind.WEIGHING, SessionKind.CLOSING)


@dataclass
class Meeting:
    """A workshop while the story is told. ``candidates`` are called by the key of the data files or by the slug of
    their priority; ``slugs`` say the same of every priority."""

    story: Story
    workshop: Workshop
    entry: Entry
    by: User
    sessions: list[Session]
    slugs: dict[int, str]
    candidates: dict[str, Candidate] = field(default_factory=dict)
    lines: dict[str, LineOfWork] = field(default_factory=dict)
    reasons_used: Counter[int] = field(default_factory=Counter)
    decisions: list[tuple[Decision, Entry]] = field(default_factory=list)
    has_objection: bool = False

    @property
    def zone(self) -> str:
        return str(self.entry["zone"])

    @property
    def stage(self) -> str:
        return "continental" if self.zone else "intercontinental"

    @property
    def language(self) -> str:
        return str(self.entry["language"])

    def told(self, kind: str) -> list[Entry]:
        """What the story says of this workshop."""
        return [one for one in self.story.material.story[kind] if one["zone"] == self.zone]


def plan_meeting(story: Story, zone: str, *, by: User, slugs: dict[int, str]) -> Meeting:
    """Plan the workshop of ``zone`` (or, without, the intercontinental one) with its run sheet, in four languages."""
    entry = next(one for one in story.material.story["workshop"] if one["zone"] == zone)
    workshop = plan_workshop(
        story.step(StepKind.CONTINENTAL if zone else StepKind.INTERCONTINENTAL),
        by=by,
        title=entry["title"][entry["language"]],
        language=entry["language"],
        starts_on=entry["starts_on"],
        ends_on=entry["ends_on"],
        zone=next((one.zone for one in story.cast.countries.values() if one.zone.slug == zone), None),
        format=entry["format"],
        place=entry["place"],
        begins_at=DOORS,
        time_zone=entry["time_zone"],
        interpretation=entry["interpretation"],
        facilitators=[by],
        run_sheet=SheetModel.NONE,
    )
    sessions = [
        add_session(
            workshop,
            by=by,
            kind=one["kind"],
            title=one["title"][entry["language"]],
            language=entry["language"],
            planned_minutes=one["planned_minutes"],
            day=day,
            owner=by if one["kind"] in LED_BY_FACILITATOR else None,
            spoken_language=entry["language"],
        )
        for one, day in zip(story.material.sessions, DAY_OF_SESSION, strict=True)
    ]
    meeting = Meeting(story, workshop, entry, by, sessions, slugs)
    _fill(meeting, [(workshop, {"title": entry["title"]})])
    told = story.material.sessions
    _fill(meeting, [(session, {"title": one["title"]}) for session, one in zip(sessions, told, strict=True)])
    return meeting


def _fill(
    meeting: Meeting, rows: Sequence[tuple[Multilingual, Texts]], *, mix: Mapping[TranslationState, int] = FINISHED
) -> None:
    fill_languages(rows, mix, chance=meeting.story.chance, translator=meeting.story.cast.translator)


def open_meeting(meeting: Meeting, known: dict[int, str]) -> None:
    """Open the workshop; ``known`` says what the candidates of the intercontinental workshop were called, by id."""
    meeting.story.clock.set(datetime.combine(meeting.entry["starts_on"], DOORS, meeting.workshop.clock))
    meeting.workshop = open_workshop(meeting.workshop, by=meeting.by)
    candidates = list(meeting.workshop.candidates.prefetch_related("priorities").select_related("theme"))
    for candidate in candidates:
        first = min(candidate.priorities.all(), key=lambda priority: priority.pk)
        key = known.get(candidate.forwarded_from_id or 0) or meeting.slugs[first.pk]
        meeting.candidates[key] = candidate
    _record_presence(meeting)
    _link_candidates(meeting)


def _record_presence(meeting: Meeting) -> None:
    listed = list(meeting.workshop.delegations.order_by("organisation__slug").values_list("organisation_id", flat=True))
    present = [pk for pk in listed if meeting.story.chance.random() < 0.92]
    set_presence(meeting.workshop, by=meeting.by, present=present, listed=listed)


def _record_attendance(meeting: Meeting, session: Session) -> None:
    """Of those who came, one in nine misses a session, each another one."""
    there = meeting.workshop.delegations.filter(is_present=True).order_by("organisation__slug")
    listed = list(there.values_list("organisation_id", flat=True))
    present = [pk for number, pk in enumerate(listed) if (number + session.position) % len(DAY_OF_SESSION)]
    set_presence(meeting.workshop, by=meeting.by, present=present, listed=listed, session=session)


def _link_candidates(meeting: Meeting) -> None:
    """The first discussion is about the candidates of which the minutes say that they were merged."""
    told = [one for one in meeting.told("decision") if one["outcome"] == DecisionOutcome.MERGED]
    linked = [
        meeting.candidates[one[name]]
        for one in told
        for name in ("candidate", "into")
        if one[name] in meeting.candidates
    ]
    session = next((one for one in meeting.sessions if one.kind == SessionKind.DISCUSSION), None)
    if session is not None and linked:
        title = source_text(session, "title")
        language, place = meeting.language, session.position
        update_session(session, by=meeting.by, title=title, language=language, position=place, candidates=linked)


def hold_session(meeting: Meeting, kind: str, *, leave_running: bool = False, at: datetime | None = None) -> None:
    """Hold the first session of ``kind`` that was not held yet, and all before it, each on its day."""
    for session in meeting.sessions:
        session.refresh_from_db(fields=["started_at", "ended_at"])
        if session.ended_at:
            continue
        if session.started_at:
            end_session(session, by=meeting.by)
            continue
        is_wanted = session.kind == kind
        _set_time(meeting, session, at if is_wanted else None)
        start_session(session, by=meeting.by)
        _record_attendance(meeting, session)
        if is_wanted and leave_running:
            save_note(session, text=meeting.story.material.story["note"][meeting.language], by=meeting.by)
            return
        spoken = speak_in(meeting, session) if session.kind == SessionKind.DISCUSSION else 0
        meeting.story.clock.wait(minutes=session.planned_minutes + meeting.story.chance.randint(-8, 22) - spoken)
        end_session(session, by=meeting.by)
        if is_wanted:
            return


def _set_time(meeting: Meeting, session: Session, at: datetime | None) -> None:
    """Go to the day of ``session``, not before what was held already; or to the moment ``at``."""
    day = meeting.entry["starts_on"] + timedelta(days=session.day - 1)
    morning = datetime.combine(day, DOORS, meeting.workshop.clock)
    meeting.story.clock.set(at or max(morning, meeting.story.clock.moment + timedelta(minutes=15)))


def merge(meeting: Meeting, into: str, others: Collection[str]) -> None:
    """Merge candidates by consent, with a reason for those who proposed them."""
    target = meeting.candidates[into]
    gone = [meeting.candidates[key] for key in others]
    if not gone:
        return
    reason = _reason(meeting, DecisionOutcome.MERGED, target)
    decisions = merge_candidates(
        target, gone, by=meeting.by, reason=reason["text"][meeting.language], language=meeting.language
    )
    meeting.decisions += [(decision, reason) for decision in decisions]


def weigh(
    meeting: Meeting,
    *,
    turnout: float,
    absent: Iterable[Organisation] = (),
    leave_open: bool = False,
    **terms: Any,
) -> Round:
    """A round: ``turnout`` is the share of organisations that vote; ``absent`` do not, whatever it is.

    ``terms`` are those of ``prepare_round``; the seed for ties is the place and the day, as it would be called out.
    """
    candidates = list(Candidate.objects.filter(workshop=meeting.workshop).on_ballot())
    seats = min(meeting.entry["seats"], len(candidates))
    prepared = prepare_round(meeting.workshop, by=meeting.by, seats=seats, seed=_seed(meeting), **terms)
    round_ = open_round(prepared, by=meeting.by)
    electorate = Electorate(options_of(meeting, candidates), meeting.story.chance)
    voters = _voters(meeting, turnout, absent)
    for number, organisation in enumerate(voters):
        meeting.story.clock.wait(seconds=meeting.story.chance.randint(4, 20))
        source = BallotSource.OWN
        if number % 17 == 5:
            source = BallotSource.FACILITATOR
        elif number % 23 == 7:
            source = BallotSource.PAPER
        by = meeting.story.cast.voice_of(organisation) if source == BallotSource.OWN else meeting.by
        choices = [] if number % 61 == 40 else electorate.choices_of(organisation)
        cast_ballot(round_, organisation, choices, by=by, source=source)
    return round_ if leave_open else close_round(round_, by=meeting.by)


def _seed(meeting: Meeting) -> str:
    return f"{meeting.entry['place'] or 'Online'} {meeting.story.clock.moment:%Y-%m-%d}"


def _voters(meeting: Meeting, turnout: float, absent: Iterable[Organisation]) -> list[Organisation]:
    missing = {organisation.pk for organisation in absent}
    entitled = [
        delegation.organisation
        for delegation in meeting.workshop.delegations.select_related("organisation").order_by("organisation__slug")
    ]
    willing = [one for one in entitled if one.pk not in missing]
    return meeting.story.chance.sample(willing, min(len(willing), round(len(entitled) * turnout)))


def options_of(meeting: Meeting, candidates: list[Candidate]) -> list[Option]:
    """The candidates as the organisations look at them."""
    favourites = {
        meeting.candidates[key].pk
        for told in meeting.told("favourite")
        for key in told["candidates"]
        if key in meeting.candidates
    }
    behind = behind_of(meeting, candidates)
    themes = {theme.pk: slug for slug, theme in meeting.story.themes.items()}
    return [
        Option(
            candidate.pk,
            themes[candidate.theme_id],
            frozenset(priority.organisation_id for priority in behind[candidate.pk]),
            frozenset(priority.consultation.country_id for priority in behind[candidate.pk]),
            candidate.pk in favourites,
        )
        for candidate in candidates
    ]


def behind_of(meeting: Meeting, candidates: Iterable[Candidate]) -> dict[int, list[Priority]]:
    """The priorities behind each candidate, those of what was merged into it included."""
    candidates = list(candidates)
    lineage = Lineage(meeting.workshop.candidates.all())
    ids = {candidate.pk: lineage.priority_ids(candidate) for candidate in candidates}
    found = Priority.objects.select_related("consultation").in_bulk({pk for each in ids.values() for pk in each})
    return {pk: [found[priority_id] for priority_id in each] for pk, each in ids.items()}


def found_line(meeting: Meeting, entry: Entry, *, near: Iterable[Candidate]) -> LineOfWork:
    """Form a line of work with those behind the candidates ``near`` it, and others of its field who join."""
    story = meeting.story
    joined = {priority.organisation_id for each in behind_of(meeting, near).values() for priority in each}
    delegations = meeting.workshop.delegations.select_related("organisation").order_by("organisation__slug")
    organisations = [
        one.organisation
        for one in delegations
        if one.organisation_id in joined
        or story.chance.random() < 0.06 + 0.22 * AFFINITY[one.organisation.kind].get(entry["theme"], 0)
    ]
    line = create_line(
        meeting.workshop,
        by=meeting.by,
        title=entry["title"][meeting.language],
        statement=entry["statement"][meeting.language],
        language=meeting.language,
        theme=story.themes[entry["theme"]],
        zone=meeting.workshop.zone,
        lead=story.cast.organisations[entry["lead"]],
        organisations=organisations,
        code=entry["code"],
    )
    meeting.lines[entry["key"]] = line
    _fill(meeting, [(line, texts_of(entry, "title", "statement"))])
    return line


def decide_on(meeting: Meeting, candidate: Candidate, outcome: str, line: LineOfWork | None = None) -> None:
    """Record what was decided about a candidate, with a reason that fits it."""
    reason = _reason(meeting, outcome, candidate)
    follow_up = meeting.story.material.follow_ups.get(outcome, {})
    is_first = outcome == DecisionOutcome.ADAPTED and not meeting.has_objection
    kept = DecisionRule.HANDS if is_first else DecisionRule.CONSENT
    set_aside = DecisionRule.HANDS if departure_from(candidate, outcome) else DecisionRule.WEIGHED
    decision = decide(
        candidate,
        outcome=outcome,
        reason=reason["text"][meeting.language],
        language=meeting.language,
        by=meeting.by,
        line=line,
        rule=kept if outcome in {DecisionOutcome.ADOPTED, DecisionOutcome.ADAPTED} else set_aside,
        follow_up=follow_up.get(meeting.language, ""),
        version=None,
    )
    meeting.decisions.append((decision, reason))
    if is_first:
        _object(meeting, decision)


def _object(meeting: Meeting, decision: Decision) -> None:
    """One organisation of each workshop holds something against a decision, and its words stay beside it."""
    meeting.has_objection = True
    behind = list(decision.line.organisations.all()) if decision.line else []
    others = meeting.workshop.delegations.filter(is_present=True, organisation__is_lead=False).exclude(
        organisation__in=behind
    )
    delegation = others.select_related("organisation").order_by("organisation__slug").first()
    if delegation is None:
        return
    words = meeting.story.material.objection
    objection = record_objection(
        decision,
        organisation=delegation.organisation,
        reason=words[meeting.language],
        language=meeting.language,
        by=meeting.by,
    )
    _fill(meeting, [(objection, {"reason": words})], mix=SETTLED)


def _reason(meeting: Meeting, outcome: str, candidate: Candidate) -> Entry:
    """A reason of the data files that is true here; those that were not given yet come first."""
    theme = next(slug for slug, theme in meeting.story.themes.items() if theme.pk == candidate.theme_id)
    fitting = [
        (number, one)
        for number, one in enumerate(meeting.story.material.reasons)
        if one["outcome"] == outcome and one["theme"] in ("", theme) and one["stage"] in ("", meeting.stage)
    ]
    fewest = min(meeting.reasons_used[number] for number, _one in fitting)
    number, reason = meeting.story.chance.choice([one for one in fitting if meeting.reasons_used[one[0]] == fewest])
    meeting.reasons_used[number] += 1
    return reason


def write_down(meeting: Meeting) -> None:
    """The minutes and the reasons, in the languages they have been translated into so far."""
    words = meeting.story.material.minutes[meeting.zone or "intercontinental"]
    minutes = save_minutes(meeting.workshop, text=words[meeting.language], language=meeting.language, by=meeting.by)
    _fill(meeting, [(minutes, {"text": words})])
    meeting.story.clock.wait(minutes=40)
    approve_minutes(meeting.workshop, by=meeting.by, version=minutes.version)
    follow_ups = meeting.story.material.follow_ups
    rows: list[tuple[Multilingual, Texts]] = [
        (decision, {"reason": reason["text"], **_also(follow_ups.get(decision.outcome))})
        for decision, reason in meeting.decisions
    ]
    _fill(meeting, rows, mix=SETTLED)


def _also(follow_up: Any) -> Texts:
    return {"follow_up": follow_up} if follow_up else {}


def close_meeting(meeting: Meeting, *, days_later: int = 14) -> None:
    """Close the workshop; its summary is published some days later by a coordinator, not by who ran it."""
    close_workshop(meeting.workshop, by=meeting.by)
    meeting.story.clock.wait(days=days_later)
    meeting.workshop = publish_summary(meeting.workshop, by=meeting.story.cast.coordinator)
    for summary in StepSummary.objects.filter(step=meeting.workshop.step):
        publish_step_summary(summary, by=meeting.story.cast.coordinator)
