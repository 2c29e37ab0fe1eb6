"""Files beside priorities and consultations of the demonstration, through the same quarantine as a person's."""

from __future__ import annotations

from consultations.models import Consultation, Priority
from consultations.services import add_attachment
from planning_portal.organisations.models import User

from ..files import draw_bars, write_letter
from ..story import Story


def attach_files(story: Story, owner: Priority | Consultation, key: str, *, by: User) -> None:
    """What the story says is attached to the priority of this slug, or to the consultation of this country."""
    for told in story.material.story["attached"]:
        if told["to"] != key:
            continue
        made = draw_bars(told["title"], told["bars"]) if "bars" in told else write_letter(told["paragraphs"])
        add_attachment(owner, by=by, data=made)
