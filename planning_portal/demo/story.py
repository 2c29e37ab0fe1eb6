"""What every stage of the demonstration is told: the cast, the clock, chance, and how far the story goes."""

from __future__ import annotations

import random
from dataclasses import dataclass
from enum import IntEnum

from planning_portal.programme.models import Programme, Step, StepKind, Theme, WorkerGroup

from .clock import StoryClock
from .material import Material
from .people import Cast


class Until(IntEnum):
    """How far the story is told."""

    CONSULTATIONS = 1
    INTERCONTINENTAL = 2
    CONTINENTAL = 3
    PLANS = 4


@dataclass
class Story:
    """The demonstration while it is being told. All chance comes from ``chance``: the same seed, the same story."""

    programme: Programme
    material: Material
    cast: Cast
    clock: StoryClock
    chance: random.Random
    until: Until
    steps: dict[str, Step]
    themes: dict[str, Theme]
    groups: dict[str, WorkerGroup]

    def step(self, kind: StepKind) -> Step:
        return self.steps[kind]

    def goes_beyond(self, stage: Until) -> bool:
        return self.until > stage
