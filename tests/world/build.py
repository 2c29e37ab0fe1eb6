"""Telling the world's story through the real services, all stages at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.test import Client

from planning_portal.organisations.models import Organisation, User
from planning_portal.programme.models import Programme
from planning_portal.programme.seeding import DATA, seed_programme

from . import stage_one, stage_three, stage_two
from .people import Canary, canaries_of, make_organisations, make_people
from .things import add_small_things


@dataclass
class World:
    """What is there. ``own`` and ``foreign`` hold one object of each kind by its noun, as ``partner`` sees them."""

    programme: Programme
    organisations: dict[str, Organisation]
    people: dict[str, User]
    own: dict[str, Any] = field(default_factory=dict)
    foreign: dict[str, Any] = field(default_factory=dict)
    canaries: list[Canary] = field(default_factory=list)

    def urls(self, whose: str = "own", language: str = "en") -> dict[str, str]:
        """An address for every route of the portal, by its name; ``whose`` is "own" or "foreign"."""
        from .routes import urls_of

        return urls_of(self, whose, language)

    def person(self, role: str | None) -> User | None:
        """The person of a role, read anew: rights are kept on the object for one request."""
        return User.objects.get(pk=self.people[role].pk) if role else None

    def client(self, role: str | None, **defaults: Any) -> Client:
        """A browser, signed in as ``role`` (None: a visitor)."""
        client = Client(**defaults)
        person = self.person(role)
        if person is not None:
            client.force_login(person)
        return client


def build_world() -> World:
    """Build it all; the database must hold no programme yet."""
    seed_programme(DATA / "programme-2027-2031")
    programme = Programme.objects.get(is_current=True)
    organisations = make_organisations()
    world = World(programme, organisations, make_people(programme, organisations))
    world.canaries = canaries_of(organisations)
    agreed = stage_one.hold_first_round(world)
    stage_two.hold_intercontinental(world, agreed)
    stage_two.hold_continental(world)
    stage_one.open_second_round(world)
    stage_three.write_plans(world)
    add_small_things(world)
    for person in world.people.values():
        forget_rights(person)
    return world


def forget_rights(person: User) -> None:
    """What was read of a person's rights while the world was built is not true for ever."""
    for name in [name for name in person.__dict__ if name.startswith("_") and name != "_state"]:
        del person.__dict__[name]
