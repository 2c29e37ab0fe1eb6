"""Stage 1 in the demonstration: twenty-two countries sit together, and hand on what they agreed."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from consultations.models import Consultation, ConsultationState, Priority, PriorityState
from consultations.services import (
    Presence,
    agree_list,
    answer_invitation,
    close_consultation,
    open_consultation,
    plan_consultation,
    rebuild_summary,
    record_participation,
    save_dates,
    save_draft,
    send_invitations,
    set_minutes,
    start_draft,
    submit_priority,
    support_priority,
)
from consultations.services.summary import SUMMARY
from planning_portal.documents.services import JOB_KIND
from planning_portal.jobs.models import Job
from planning_portal.organisations.models import Country, Organisation
from planning_portal.programme.models import StepKind
from planning_portal.programme.services import close_step, open_step

from ..material import Entry
from ..story import Story, Until
from ..translations import FRESH, SETTLED, fill_languages
from .amendments import TEXTS, merge_with_others, propose_merges
from .attachments import attach_files
from .exchange import exchange_words

WITH_A_SUMMARY = ("BJ", "GN")
STILL_OPEN = ("BJ", "PE", "PH")


@dataclass
class Proposed:
    """A priority with the entry of the data files that it was written from."""

    priority: Priority
    entry: Entry


def hold_consultations(story: Story, *, today: datetime) -> dict[str, Priority]:
    """Hold all consultations and return the agreed priorities by slug.

    When the story ends here, three countries are still at it: their accounts have a draft to finish, their companion
    a list to agree, and a meeting in the days to come of ``today``.
    """
    step = story.step(StepKind.CONSULTATION)
    story.clock.set_day(2025, 4, 1)
    open_step(step, by=story.cast.coordinator)
    step.refresh_from_db()
    agreed: list[Proposed] = []
    for number, entry in enumerate(story.material.consultations):
        story.clock.set_day(2025, 4, 7)
        story.clock.wait(days=number * 2.5, hours=number % 3)
        stays_open = entry["country"] in STILL_OPEN and not story.goes_beyond(Until.CONSULTATIONS)
        if stays_open:
            story.clock.set(today - timedelta(days=18))
        agreed += _hold(story, entry, stays_open=stays_open)
    mix = SETTLED if story.goes_beyond(Until.CONSULTATIONS) else FRESH
    fill_languages(
        [(one.priority, {"title": one.entry["titles"]}) for one in agreed],
        mix,
        chance=story.chance,
        translator=story.cast.translator,
    )
    if story.goes_beyond(Until.CONSULTATIONS):
        story.clock.set_day(2025, 6, 20)
        close_step(step, by=story.cast.coordinator)
        step.refresh_from_db()
    return {one.entry["slug"]: one.priority for one in agreed}


def ask_for_a_summary(story: Story) -> None:
    """Have the summary of one country made, with the translations of the story; of the others only when somebody asks:
    a worker would be busy for long with all of them before it comes to the workshops'."""
    Job.objects.filter(kind=JOB_KIND, payload__kind=SUMMARY).delete()
    closed = Consultation.objects.filter(state=ConsultationState.CLOSED, step__programme=story.programme)
    for iso2 in WITH_A_SUMMARY:
        consultation = closed.filter(country__iso2=iso2).first()
        if consultation is not None:
            rebuild_summary(consultation, by=story.cast.companions[iso2])
            return


def _hold(story: Story, entry: Entry, *, stays_open: bool) -> list[Proposed]:
    """One country, from its plan to its closed list (or, when it stays open, to its submitted proposals)."""
    country = story.cast.countries[entry["country"]]
    companion = story.cast.companions[country.iso2]
    starts_at = _morning_in(country, days=28 if stays_open else 14)
    consultation = plan_consultation(
        story.step(StepKind.CONSULTATION),
        country,
        by=companion,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=7),
        place=entry["place"],
    )
    consultation = _prepare(story, consultation, entry)
    attach_files(story, consultation, country.iso2, by=companion)
    send_invitations(consultation, by=companion)
    consultation = open_consultation(consultation, by=companion)
    story.clock.wait(days=3)
    _answer(story, consultation, but={entry["account"] for entry in story.material.story["draft"] if stays_open})
    aside = [one for one in story.material.story["set_aside"] if one["country"] == country.iso2]
    written = [one for one in story.material.priorities if one["country"] == country.iso2]
    if stays_open:
        written = written[:-1]  # one organisation is still silent, for the radar
    amended = {} if stays_open else {one["slug"]: one for one in story.material.story["amended"]}
    proposed = [_propose(story, consultation, _first_text(one, amended)) for one in [*written, *aside]]
    story.clock.wait(days=11)
    for one in proposed:
        _confirm_some_supports(story, one)
    if stays_open:
        _begin_drafts(story, consultation)
        by_slug = {one.entry["slug"]: one.priority for one in proposed}
        exchange_words(story, consultation, by_slug)
        propose_merges(story, consultation, by_slug)
        return []
    for one in proposed:
        if one.entry["slug"] in amended:
            one.priority = merge_with_others(story, consultation, one.priority, one.entry, amended[one.entry["slug"]])
    story.clock.set(max(story.clock.moment, starts_at + timedelta(hours=8)))
    consultation = _record_presence(story, consultation)
    consultation = set_minutes(consultation, by=companion, version=consultation.version, minutes=entry["minutes"])
    keep, drop = proposed[: len(written)], proposed[len(written) :]
    consultation = agree_list(
        consultation,
        by=companion,
        version=consultation.version,
        ordered=[one.priority for one in keep],
        not_retained={one.priority: one.entry["reason"] for one in drop},
    )
    story.clock.wait(days=1)
    close_consultation(consultation, by=companion, closing_note=entry["closing_note"])
    fresh = Priority.objects.in_bulk([one.priority.pk for one in keep])
    return [Proposed(fresh[one.priority.pk], one.entry) for one in keep]


def _prepare(story: Story, consultation: Consultation, entry: Entry) -> Consultation:
    """The day's agenda and languages, and what is known of the country beforehand."""
    companion, meeting = story.cast.companions[entry["country"]], story.material.meetings[entry["country"]]
    consultation = save_dates(
        consultation,
        by=companion,
        version=consultation.version,
        starts_at=consultation.starts_at,
        ends_at=consultation.ends_at,
        place=consultation.place,
        link=meeting.get("link", ""),
        time_zone=meeting.get("time_zone", ""),
        languages=meeting["languages"],
        agenda=meeting["agenda"],
    )
    return set_minutes(
        consultation,
        by=companion,
        version=consultation.version,
        minutes="",
        context=entry["context"],
        civic_space=meeting["civic_space"],
        civic_space_note=meeting["civic_space_note"],
        lessons=meeting["lessons"],
    )


def _first_text(entry: Entry, amended: dict[str, Entry]) -> Entry:
    """What was submitted first: for a priority that the country made out of others, what its first source said."""
    if entry["slug"] not in amended:
        return entry
    return {**entry, "agreed": entry, **amended[entry["slug"]]["source"][0]}


def _answer(story: Story, consultation: Consultation, *, but: set[str]) -> None:
    """Two in three say within days whether they come, all but the accounts that are to find it on their home page;
    chance of its own, so that the rest of the story stays."""
    chance = random.Random(f"answers-{consultation.country.iso2}")  # noqa: S311 (a story, not a secret)
    rows = consultation.participations.select_related("organisation").order_by("organisation__slug")
    for row in rows:
        if row.organisation.is_lead or chance.random() > 2 / 3:
            continue
        voice = story.cast.voice_of(row.organisation)
        if voice.email in but:
            continue
        lines = story.material.answers[consultation.source_language]
        comes = chance.random() < 0.8
        answer_invitation(
            consultation,
            by=voice,
            organisation=row.organisation,
            comes=comes,
            line=chance.choice(lines["yes" if comes else "no"]),
            language=consultation.source_language,
        )


def _morning_in(country: Country, *, days: int) -> datetime:
    """Nine o'clock there in so many days' time, on a working day: people meet by their own clock."""
    day = timezone.localdate(timezone=ZoneInfo(country.time_zone)) + timedelta(days=days)
    day += timedelta(days=7 - day.weekday() if day.weekday() > 4 else 0)
    return datetime.combine(day, time(9), tzinfo=ZoneInfo(country.time_zone))


def _propose(story: Story, consultation: Consultation, entry: Entry) -> Proposed:
    organisation = story.cast.organisations[entry["organisation"]]
    author = story.cast.voice_of(organisation)
    priority = start_draft(consultation, by=author, organisation=organisation, language=entry["language"])
    story.clock.wait(minutes=story.chance.randint(20, 90))
    priority = save_draft(
        priority,
        by=author,
        version=priority.version,
        theme=story.themes[entry["theme"]],
        level=entry["level"],
        groups=[story.groups[slug] for slug in entry["groups"]],
        supports=_whys(story, entry),
        **{text: entry[text] for text in TEXTS},
    )
    story.clock.wait(minutes=story.chance.randint(2, 30))
    attach_files(story, priority, entry["slug"], by=author)
    return Proposed(submit_priority(priority, by=author), entry)


def _whys(story: Story, entry: Entry) -> dict[Organisation, str]:
    return {
        story.cast.organisations[slug]: why for slug, why in zip(entry["supporters"], entry["support_why"], strict=True)
    }


def _confirm_some_supports(story: Story, proposed: Proposed) -> None:
    """Two in three organisations that the authors named stand by it themselves."""
    for slug, why in zip(proposed.entry["supporters"], proposed.entry["support_why"], strict=True):
        if story.chance.random() < 2 / 3:
            organisation = story.cast.organisations[slug]
            voice = story.cast.voice_of(organisation)
            support_priority(
                proposed.priority, by=voice, organisation=organisation, why=why, language=proposed.entry["language"]
            )


def _begin_drafts(story: Story, consultation: Consultation) -> None:
    """What the accounts of this country have begun and not finished."""
    for entry in story.material.story["draft"]:
        organisation = story.cast.partner_organisation(entry["account"])
        if organisation.country_id != consultation.country_id:
            continue
        author = story.cast.users[entry["account"]]
        draft = start_draft(consultation, by=author, organisation=organisation, language=entry["language"])
        save_draft(
            draft,
            by=author,
            version=draft.version,
            is_autosave=True,
            title=entry["title"],
            situation=entry["situation"],
            theme=story.themes[entry["theme"]],
            level=entry["level"],
            groups=[story.groups[slug] for slug in entry["groups"]],
        )


def _record_presence(story: Story, consultation: Consultation) -> Consultation:
    """Nearly all were there. Whoever proposed something was."""
    authors = set(consultation.priorities.exclude(state=PriorityState.DRAFT).values_list("organisation_id", flat=True))
    rows: dict[Organisation, Presence | None] = {}
    for row in consultation.participations.select_related("organisation").order_by("organisation__slug"):
        if row.organisation.is_lead or (row.organisation_id not in authors and story.chance.random() < 0.15):
            rows[row.organisation] = Presence()
            continue
        women, men = story.chance.randint(1, 4), story.chance.randint(0, 3)
        other = 1 if story.chance.random() < 0.04 else 0
        rows[row.organisation] = Presence(True, women, men, other, story.chance.randint(0, women + men + other))
    return record_participation(
        consultation, by=story.cast.companions[consultation.country.iso2], version=consultation.version, rows=rows
    )
