import pytest

from planning_portal.jobs import publishing, relay
from tests.jobs.chaos import world as worlds


@pytest.fixture(autouse=True)
def published(monkeypatch, request):
    """What was handed to the queue; no test of one process talks to a broker unless it is marked ``chaos``."""
    ids: list = []
    if request.node.get_closest_marker("chaos"):
        return ids
    monkeypatch.setattr(publishing, "publish", ids.append)
    monkeypatch.setattr(relay, "publish", ids.append)
    monkeypatch.setattr(publishing, "breaker", publishing.Breaker())
    return ids


@pytest.fixture
def with_broker(settings):
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    settings.JOB_RELAY_SECONDS = 5.0


@pytest.fixture
def without_broker(settings):
    settings.CELERY_BROKER_URL = "memory://localhost/"
    settings.JOB_RELAY_SECONDS = 1.0


@pytest.fixture(scope="package")
def sqlite_template(tmp_path_factory, django_db_blocker):
    directory = tmp_path_factory.mktemp("template")
    with django_db_blocker.unblock():
        world = worlds.World(directory)
        worlds.make_tables(world)
        world.connection.close()
    return directory


@pytest.fixture
def sqlite_world(tmp_path, sqlite_template, django_db_blocker):
    """SQLite and no broker: what runs with no configuration at all."""
    with django_db_blocker.unblock():
        worlds.copy_sqlite(sqlite_template, tmp_path)
        world = worlds.World(tmp_path)
        yield world
        world.end()
