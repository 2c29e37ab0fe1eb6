"""Texts that a country merges, in the demonstration: with their authors' consent, or still waiting for it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.utils import timezone

from consultations.models import Amendment, AmendmentKind, Consultation, Priority
from consultations.services import (
    answer_amendment,
    propose_amendment,
    save_amendment,
    save_draft,
    start_amendment,
    start_draft,
    submit_priority,
)

from ..material import Entry
from ..story import Story

TEXTS = ("title", "situation", "concerned", "change", "together")


def merge_with_others(
    story: Story, consultation: Consultation, first: Priority, entry: Entry, amended: Entry
) -> Priority:
    """The other organisations submit theirs, the companion proposes one text, all accept: the priority it became."""
    sources = [first, *(_submit(story, consultation, entry, source) for source in amended["source"][1:])]
    amendment = _propose(story, consultation, sources, entry["agreed"], amended["why"], timezone.now())
    for source in sources:
        story.clock.wait(hours=7)
        voice = story.cast.voice_of(source.organisation)
        amendment = answer_amendment(amendment, by=voice, organisation=source.organisation, accepts=True)
    return amendment.results.get()


def propose_merges(story: Story, consultation: Consultation, proposed: dict[str, Priority]) -> None:
    """What the companion wishes to merge in a country that is at it today: some have answered, an account has not."""
    for told in story.material.story["proposed"]:
        if told["country"] != consultation.country.iso2:
            continue
        sources = [proposed[slug] for slug in told["sources"]]
        amendment = _propose(
            story, consultation, sources, told, told["why"], datetime.now(tz=UTC).replace(hour=22, minute=59)
        )
        for slug in told["accepted"]:
            organisation = story.cast.organisations[slug]
            answer_amendment(amendment, by=story.cast.voice_of(organisation), organisation=organisation, accepts=True)


def _propose(
    story: Story, consultation: Consultation, sources: list[Priority], words: Entry, why: str, moment: datetime
) -> Amendment:
    """A merge, sent a while after it was begun; the answers have six days from ``moment`` on."""
    companion = story.cast.companions[consultation.country.iso2]
    amendment = start_amendment(consultation, by=companion, kind=AmendmentKind.MERGE, sources=sources)
    text = {**amendment.texts[0], **{name: words[name] for name in TEXTS}}
    story.clock.wait(minutes=50)
    amendment = save_amendment(amendment, by=companion, version=amendment.version, texts=[text], why=why)
    return propose_amendment(amendment, by=companion, version=amendment.version, answer_by=moment + timedelta(days=6))


def _submit(story: Story, consultation: Consultation, entry: Entry, source: Entry) -> Priority:
    organisation = story.cast.organisations[source["organisation"]]
    author = story.cast.voice_of(organisation)
    draft = start_draft(consultation, by=author, organisation=organisation, language=entry["language"])
    draft = save_draft(
        draft,
        by=author,
        version=draft.version,
        theme=story.themes[entry["theme"]],
        level=entry["level"],
        groups=[story.groups[slug] for slug in entry["groups"]],
        **{name: source[name] for name in TEXTS},
    )
    return submit_priority(draft, by=author)
