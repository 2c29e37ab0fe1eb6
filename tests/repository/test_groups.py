"""Tests that share a portal, a browser or a clock run in one process: proven, because pytest 9.2 lost it silently."""

import os

import pytest

pytestmark = [
    pytest.mark.xdist_group("togetherness"),
    pytest.mark.skipif("PYTEST_XDIST_WORKER" not in os.environ, reason="this run has only one process"),
]


def test_group_is_known_to_the_one_who_distributes(request):
    assert request.node.nodeid.endswith("@togetherness")
