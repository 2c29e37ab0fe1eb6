"""The world that the crawls rely on."""

import pytest

from tests.world import ROLES

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("demo-world")]


def test_world_has_a_person_for_each_role(world):
    for role in ROLES:
        assert (world.person(role) is None) == (role is None)


def test_world_knows_an_address_for_every_route(world):
    own, foreign = world.urls("own"), world.urls("foreign")
    assert set(own) == set(foreign)
    assert own["consultations:consultation-detail"] != foreign["consultations:consultation-detail"]


def test_no_address_of_ones_own_fails(shared_world):
    """Found or not, allowed or not, but never an error. (Every role on every address is the rights matrix's matter.)"""
    trouble = []
    for role in (None, "partner", "coordinator"):
        client = shared_world.client(role, raise_request_exception=False)
        for name, url in shared_world.urls("own").items():
            response = client.get(url)
            if response.status_code >= 500:
                trouble.append((role, name, response.status_code))
    assert trouble == []
