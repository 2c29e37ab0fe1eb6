"""Whether the portal can serve."""

import pytest
from django.db import OperationalError, connection

from planning_portal.web import health, registry
from planning_portal.web.models import Submission

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def alone(monkeypatch):
    """Nothing is remembered, nothing is registered, and there is room."""
    monkeypatch.setattr(health, "_migrations_are_complete", False)
    monkeypatch.setattr(registry, "_health_checks", [])
    monkeypatch.setattr(health, "FREE_BYTES", 0)


def test_live_answers_without_anything(client):
    response = client.get("/live", headers={"host": "unknown.example"})
    assert (response.status_code, response.content) == (200, b"ok")


def test_ready_looks_at_each_part_and_leaves_nothing(client):
    response = client.get("/ready", headers={"host": "unknown.example"})
    assert response.status_code == 200
    assert {name: part["state"] for name, part in response.json()["parts"].items()} == {
        "database": "ok",
        "migrations": "ok",
        "disk": "ok",
    }
    assert response.headers["Cache-Control"] == "no-store"
    assert not Submission.objects.exists()


def test_dead_database_is_not_ready_and_says_no_secret(client, monkeypatch):
    def dead(*args, **kwargs):
        raise OperationalError("password=hunter2")

    monkeypatch.setattr(Submission.objects, "create", dead)
    response = client.get("/ready")
    assert response.status_code == 503
    assert response.json()["parts"]["database"] == {"state": "failed", "detail": "OperationalError"}


def test_full_disk_is_not_ready(client, monkeypatch):
    monkeypatch.setattr(health, "FREE_BYTES", 10**18)
    assert client.get("/ready").json()["parts"]["disk"]["state"] == "failed"


def test_missing_migration_is_not_ready(client, monkeypatch):
    monkeypatch.setattr(health.MigrationExecutor, "migration_plan", lambda *_args: [("web", "0002")])
    response = client.get("/ready")
    assert (response.status_code, response.json()["parts"]["migrations"]["detail"]) == (503, "1 to apply")


def test_migrations_are_looked_at_until_complete(client, monkeypatch):
    client.get("/ready")
    monkeypatch.setattr(health, "MigrationExecutor", None)
    assert client.get("/ready").status_code == 200


def test_degraded_part_still_serves(client):
    registry.register_health(lambda: [("broker", "degraded", "silent")])
    response = client.get("/ready")
    assert response.status_code == 200
    assert response.json()["parts"]["broker"]["state"] == "degraded"


def test_check_that_raises_has_failed(client):
    def queue():
        raise RuntimeError

    registry.register_health(queue)
    assert client.get("/ready").json()["parts"]["queue"] == {"state": "failed", "detail": "RuntimeError"}


def test_ready_sees_the_queue():
    from planning_portal.jobs.queries import health as health_of_jobs

    assert {name for name, _state, _detail in health_of_jobs()} == {"worker", "jobs"}
    assert connection.vendor in {"sqlite", "postgresql"}
