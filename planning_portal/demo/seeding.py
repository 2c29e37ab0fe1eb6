"""Telling the whole story: a believable cycle, seeded through the real services."""

from __future__ import annotations

import random
from datetime import UTC, datetime

from django.db import transaction
from django.utils import timezone

from planning_portal.organisations.models import User
from planning_portal.programme.models import Programme, WorkerGroup
from planning_portal.programme.seeding import DATA, seed_programme

from . import people
from .clock import StoryClock
from .material import load_material
from .stages.consultations import ask_for_a_summary, hold_consultations
from .stages.continental import hold_continental, plan_continental
from .stages.intercontinental import hold_intercontinental
from .stages.plans import begin_own_plans, write_plans
from .story import Story, Until

PROGRAMME = "programme-2027-2031"
LARGEST_SCALE = 30
BEGINNING = datetime(2025, 4, 1, 8, tzinfo=UTC)


def demo_exists() -> bool:
    """Whether the demonstration is here: it comes as a whole or not at all, so one of its accounts tells."""
    return User.objects.filter(email="coordinator@example.org").exists()


@transaction.atomic
def seed_demo(until: Until, *, seed: int = 1, scale: int = 1) -> Story | None:
    """Load the programme and tell the story ``until`` there; None when somebody else was telling it just now.

    All in one transaction: an interrupted demonstration leaves nothing behind. The same ``seed`` gives the same
    words, ballots and decisions.
    """
    seed_programme(DATA / PROGRAMME)
    programme = Programme.objects.select_for_update().get(slug=PROGRAMME)
    if demo_exists():
        return None
    today = timezone.now()
    clock = StoryClock(BEGINNING)
    with clock.running():
        chance = random.Random(seed)  # noqa: S311 (a story, not a secret)
        material = load_material(scale)
        story = Story(
            programme=programme,
            material=material,
            cast=people.gather(programme, material, chance=chance),
            clock=clock,
            chance=chance,
            until=until,
            steps={step.kind: step for step in programme.steps.all()},
            themes={theme.slug: theme for theme in programme.themes.all()},
            groups={group.slug: group for group in WorkerGroup.objects.all()},
        )
        _tell(story, today)
        ask_for_a_summary(story)
    return story


def _tell(story: Story, today: datetime) -> None:
    """One stage after the other, as far as the story goes."""
    agreed = hold_consultations(story, today=today)
    if not story.goes_beyond(Until.CONSULTATIONS):
        return
    slugs = {priority.pk: slug for slug, priority in agreed.items()}
    intercontinental = hold_intercontinental(story, slugs)
    meetings = plan_continental(story, intercontinental)
    if not story.goes_beyond(Until.INTERCONTINENTAL):
        return
    hold_continental(story, meetings, intercontinental, today=today)
    lines = {key: line for meeting in (intercontinental, *meetings.values()) for key, line in meeting.lines.items()}
    if story.goes_beyond(Until.CONTINENTAL):
        write_plans(story, lines)
    else:
        begin_own_plans(story)
