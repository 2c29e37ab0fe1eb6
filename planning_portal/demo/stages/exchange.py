"""Comments, and parts that were sent back, in a country of the demonstration that is at it today."""

from __future__ import annotations

from consultations.models import Consultation, Priority
from consultations.services import add_comment, answer_request, request_change

from ..story import Story


def exchange_words(story: Story, consultation: Consultation, proposed: dict[str, Priority]) -> None:
    """What organisations say about each other's priorities, what the companion asks, what was answered."""
    for told in story.material.story["comment"]:
        if told["slug"] in proposed:
            story.clock.wait(hours=3)
            organisation = story.cast.organisations[told["organisation"]]
            add_comment(
                proposed[told["slug"]],
                by=story.cast.voice_of(organisation),
                organisation=organisation,
                words=told["words"],
                language=told["language"],
            )
    for told in story.material.story["sent_back"]:
        if told["slug"] not in proposed:
            continue
        story.clock.wait(hours=5)
        priority = proposed[told["slug"]]
        companion = story.cast.companions[consultation.country.iso2]
        language = priority.source_language
        asked = request_change(priority, by=companion, part=told["part"], words=told["ask"], language=language)
        if "answer" in told:
            story.clock.wait(hours=20)
            answer_request(
                asked,
                by=story.cast.voice_of(priority.organisation),
                version=priority.version,
                words=told["answer"],
                value=told["value"],
                language=language,
            )
