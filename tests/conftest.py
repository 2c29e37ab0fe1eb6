"""The cast: one person of each role, and the world they stand in."""

import pytest
from django.utils import translation
from hypothesis import settings

from planning_portal.web.registry import forget_site_title
from tests import factories
from tests.browser import browser, mark  # noqa: F401 (one browser for every test that asks for it)
from tests.world import shared_world, world  # noqa: F401 (fixtures for every test)

# How long an example takes depends on what else the machine is doing: no law is broken by that.
settings.register_profile("portal", deadline=None)
settings.load_profile("portal")


def pytest_itemcollected(item: pytest.Item) -> None:
    mark(item)
    if item.get_closest_marker("browser") or item.get_closest_marker("chaos"):
        # Portals, workers and a browser share two cores with the other half of the run. What passes only the second
        # time is told at its end ("RERUN"): a defect to look into, not a reason to keep everybody else waiting.
        item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture(autouse=True)
def english():
    """Each test starts in English, whatever language the last request of another one left behind."""
    translation.activate("en")


@pytest.fixture(autouse=True)
def fresh_site_title():
    """The header's title is kept for a minute: no test may see another's programme."""
    forget_site_title()


@pytest.fixture
def programme(db):
    return factories.make_programme()


@pytest.fixture
def benin(programme):
    return factories.make_country("BJ", working_language="fr")


@pytest.fixture
def peru(programme):
    return factories.make_country("PE", zone=factories.make_zone("latin-america-caribbean"), working_language="es")


@pytest.fixture
def union(benin):
    """Alice's organisation."""
    return factories.make_organisation(country=benin)


@pytest.fixture
def mutual(benin):
    """Bob's organisation: the same country."""
    return factories.make_organisation(country=benin, kind="health_mutual")


@pytest.fixture
def stranger_organisation(peru):
    """Carmen's organisation: another country, another zone."""
    return factories.make_organisation(country=peru)


@pytest.fixture
def alice(union):
    """Partner staff with a mandate."""
    return factories.make_user(name="Alice", organisation=union, preferred_language="fr")


@pytest.fixture
def bob(mutual):
    """Partner staff of another organisation of the same country."""
    return factories.make_user(name="Bob", organisation=mutual, preferred_language="fr")


@pytest.fixture
def carmen(stranger_organisation):
    """Partner staff of another country."""
    return factories.make_user(name="Carmen", organisation=stranger_organisation, preferred_language="es")


@pytest.fixture
def companion(benin):
    """Companion of Benin."""
    user = factories.make_user(name="Companion")
    factories.make_role(user, "companion", countries=[benin])
    return user


@pytest.fixture
def facilitator(programme):
    user = factories.make_user(name="Facilitator")
    factories.make_role(user, "facilitator")
    return user


@pytest.fixture
def translator(programme):
    """Translator into Dutch and Spanish."""
    user = factories.make_user(name="Translator")
    factories.make_role(user, "translator", languages=["nl", "es"])
    return user


@pytest.fixture
def coordinator(programme):
    user = factories.make_user(name="Coordinator")
    factories.make_role(user, "coordinator")
    return user
