"""What most tests of action plans stand on."""

import pytest
from django.contrib.auth.models import AnonymousUser

from tests import factories as base

from . import factories


@pytest.fixture
def anonymous():
    return AnonymousUser()


@pytest.fixture
def nobody(programme):
    """Signed in, but without organisation or role."""
    return base.make_user(name="Nobody")


@pytest.fixture
def plan(union):
    """The draft of a global plan that Alice's organisation carries."""
    return factories.make_global_plan(organisations=[union])


@pytest.fixture
def own_plan(union):
    """The draft of Alice's organisation's own plan."""
    return factories.make_own_plan(union)


@pytest.fixture
def output(plan):
    return factories.make_output(plan)


@pytest.fixture
def signed_in(client):
    """``signed_in(user)``: a client of that person."""

    def sign_in(user):
        client.force_login(user)
        return client

    return sign_in
