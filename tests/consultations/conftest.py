"""Who else stands around the consultation of Benin, and the consultation itself."""

import pytest
from django.contrib.auth.models import AnonymousUser

from tests import factories

from .factories import make_consultation, make_priority


@pytest.fixture
def step(programme):
    return factories.make_step(programme=programme)


@pytest.fixture
def consultation(step, benin):
    return make_consultation(step=step, country=benin)


@pytest.fixture
def draft(consultation, union, alice):
    """Alice's draft, complete."""
    return make_priority(state="draft", consultation=consultation, organisation=union, author=alice)


@pytest.fixture
def submitted(consultation, union, alice):
    return make_priority(state="submitted", consultation=consultation, organisation=union, author=alice)


@pytest.fixture
def colleague(union):
    """Of Alice's organisation, without a mandate."""
    return factories.make_user(name="Colleague", organisation=union, has_mandate=False)


@pytest.fixture
def companion_of_peru(peru):
    user = factories.make_user(name="Companion of Peru")
    factories.make_role(user, "companion", countries=[peru])
    return user


@pytest.fixture
def everyone(alice, colleague, bob, carmen, companion, companion_of_peru, facilitator, translator, coordinator):
    """The whole cast by name; ``nobody`` is not signed in."""
    return {
        "alice": alice,
        "colleague": colleague,
        "bob": bob,
        "carmen": carmen,
        "companion": companion,
        "companion_of_peru": companion_of_peru,
        "facilitator": facilitator,
        "translator": translator,
        "coordinator": coordinator,
        "nobody": AnonymousUser(),
    }
