"""The demonstration, told once for each file that looks at it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command

from planning_portal.demo.seeding import seed_demo
from planning_portal.demo.story import Story, Until
from planning_portal.web.registry import forget_site_title

LABELS = ("(example)", "(ejemplo)", "(exemple)", "(voorbeeld)")


@pytest.fixture(scope="module")
def tell(django_db_setup, django_db_blocker) -> Iterator[Callable[[Until], Story]]:
    """A function that tells the story once for the whole module; all tables are emptied after its last test."""

    def tell_until(until: Until) -> Story:
        with django_db_blocker.unblock():
            story = seed_demo(until)
        assert story is not None
        return story

    yield tell_until
    with django_db_blocker.unblock():
        call_command("flush", interactive=False, verbosity=0)
        ContentType.objects.clear_cache()
    forget_site_title()
