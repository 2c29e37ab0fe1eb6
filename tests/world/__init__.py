"""A small but complete world: every kind of object that an address can lead to, in every stage, seen by every role.

For the crawls (rights, axe, canaries, pseudo-locale, budgets). Three countries, seven organisations, all stages at
once. Use the fixture ``world`` (built anew for each test, about a second) or, for a module with many tests that only
read or roll back, ``shared_world`` (built once for the module; not together with ``transactional_db``).

``world.people[role]`` are the roles of ``ROLES`` (None: a visitor). ``world.urls("own")`` gives an address for every
route of the portal, by route name, of things that the partner ``alice`` works with; ``world.urls("foreign")`` the same
routes to another country's. A route that ``routes.py`` does not know raises UnknownRoute: add it there.
``world.canaries`` are the names that must not leak, with who may read each; every person's name begins with "Quixby"
and every address ends in "vraxmail.example", so that these can be looked for as well.

A module that uses ``shared_world`` should say ``pytestmark = pytest.mark.xdist_group("…")``, so that it is built once.
"""

from .fixtures import shared_world, world
from .people import ROLES

__all__ = ["ROLES", "shared_world", "world"]
