"""How the invented organisations vote: by what they are, where they are, what they proposed, and a little chance."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from planning_portal.organisations.models import Organisation, OrganisationKind

# How close a theme is to a kind of organisation; a theme that is not named counts nothing.
AFFINITY: Mapping[str, Mapping[str, float]] = {
    OrganisationKind.TRADE_UNION: {"labour-rights": 1.2, "social-dialogue": 1.0, "decent-work-job-creation": 0.4},
    OrganisationKind.HEALTH_MUTUAL: {"health-social-protection": 1.6, "population": 0.5},
    OrganisationKind.NGO: {"population": 0.6, "health-social-protection": 0.5, "labour-rights": 0.4},
    OrganisationKind.SOCIAL_ECONOMY: {"decent-work-job-creation": 1.5, "social-dialogue": 0.3},
    OrganisationKind.YOUTH: {"population": 1.1, "decent-work-job-creation": 0.8},
    OrganisationKind.WOMEN: {"labour-rights": 0.8, "decent-work-job-creation": 0.6, "population": 0.5},
    OrganisationKind.OLDER_PEOPLE: {"population": 1.2, "health-social-protection": 1.0},
    OrganisationKind.NETWORK: {"social-dialogue": 0.7, "labour-rights": 0.5, "health-social-protection": 0.4},
}
FEWEST, MOST = 6, 13


@dataclass(frozen=True)
class Option:
    """A candidate on the ballot: its theme, who stands behind it, from which countries, and how dear it is to many."""

    candidate_id: int
    theme: str
    organisation_ids: frozenset[int]
    country_ids: frozenset[int]
    is_favourite: bool = False


@dataclass
class Electorate:
    """The voters of one round. What convinces in a room is drawn once, what convinces one organisation each time."""

    options: Sequence[Option]
    chance: random.Random
    strength: dict[int, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for option in self.options:
            breadth = 0.25 * min(len(option.organisation_ids), 4)
            self.strength[option.candidate_id] = (
                self.chance.gauss(0, 0.5) + breadth + (1.6 if option.is_favourite else 0)
            )

    def choices_of(self, organisation: Organisation) -> list[int]:
        """The candidates that ``organisation`` would work on: several, never all."""
        number = min(self.chance.randint(FEWEST, MOST), max(1, len(self.options) * 2 // 3))
        ranked = sorted(self.options, key=lambda option: -self._appeal(organisation, option))
        return [option.candidate_id for option in ranked[:number]]

    def _appeal(self, organisation: Organisation, option: Option) -> float:
        appeal = self.strength[option.candidate_id] + AFFINITY[organisation.kind].get(option.theme, 0)
        if organisation.pk in option.organisation_ids:
            appeal += 2
        if organisation.country_id in option.country_ids:
            appeal += 0.8
        return appeal + self.chance.gauss(0, 0.6)
