"""The world as fixtures (imported by ``tests/conftest.py``)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command

from planning_portal.web.registry import forget_site_title

if TYPE_CHECKING:
    from .build import World


@pytest.fixture
def world(db, settings, tmp_path) -> World:
    """A world of its own for one test; its files are in the test's own folder."""
    from .build import build_world

    settings.MEDIA_ROOT = tmp_path
    return build_world()


@pytest.fixture(scope="module")
def shared_world(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[World]:
    """One world for all tests of a module, really in the database: what a test changes is rolled back after it.

    At the end of the module every table is emptied. The tests must use ``db`` as usual.
    """
    from django.conf import settings

    from .build import build_world

    before, settings.MEDIA_ROOT = settings.MEDIA_ROOT, tmp_path_factory.mktemp("files")
    with django_db_blocker.unblock():
        built = build_world()
    forget_site_title()
    yield built
    settings.MEDIA_ROOT = before
    with django_db_blocker.unblock():
        call_command("flush", interactive=False, verbosity=0)
        ContentType.objects.clear_cache()
    forget_site_title()
