"""A workshop of two zones that is going on, with three organisations and three candidates."""

import pytest

from planning_portal.documents import registry

from . import factories


@pytest.fixture
def workshop(union, mutual, stranger_organisation):
    return factories.make_workshop(organisations=[union, mutual, stranger_organisation])


@pytest.fixture
def candidates(workshop):
    return [factories.make_candidate(workshop) for _number in range(3)]


@pytest.fixture
def open_round(workshop, candidates):
    return factories.make_round(workshop)


@pytest.fixture
def summary_kind():
    """The kind of document that the closing asks for."""
    return registry.get_kind("workshop-summary")
