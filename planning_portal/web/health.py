"""Whether this portal can serve: asked by the proxy, the container engine and the supervisor.

The database is written to and the write taken back; migrations are looked at until they are found complete, once for
each process. What later apps watch over (the queue, the worker) they add with ``registry.register_health``.
"""

from __future__ import annotations

import logging
import shutil
import uuid
from collections.abc import Iterable

from django.conf import settings
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpResponse, JsonResponse

from .models import Submission
from .registry import HealthCheck, HealthLine, health_checks

logger = logging.getLogger(__name__)
FREE_BYTES = 500_000_000
_migrations_are_complete = False


def readiness() -> HttpResponse:
    """200 while nothing has failed, else 503; the body says how each part is. Degraded parts do not count."""
    lines = [line for check in (database, migrations, disk, *health_checks()) for line in look_at(check)]
    parts = {line.name: {"state": line.state, "detail": line.detail} for line in lines}
    has_failed = any(line.state == "failed" for line in lines)
    response = JsonResponse(
        {"state": "failed" if has_failed else "ok", "parts": parts}, status=503 if has_failed else 200
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def look_at(check: HealthCheck) -> list[HealthLine]:
    """The lines of one check; what it raises is a failure, told by its kind only: the body is public."""
    try:
        return [HealthLine(*line) for line in check()]
    except Exception as error:
        name = getattr(check, "__name__", "check")
        logger.exception("The health check %s failed.", name)
        return [HealthLine(name, "failed", type(error).__name__)]


def database() -> Iterable[HealthLine]:
    """Write a row and take it back: a read-only or full disk answers reads happily."""
    with transaction.atomic():
        Submission.objects.create(key=uuid.uuid4(), purpose="health", fingerprint="")
        transaction.set_rollback(True)
    yield HealthLine("database", "ok")


def migrations() -> Iterable[HealthLine]:
    """Whether the database is as the code expects it; asked no more once it was."""
    global _migrations_are_complete
    if not _migrations_are_complete:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if missing:
            yield HealthLine("migrations", "failed", f"{len(missing)} to apply")
            return
        _migrations_are_complete = True
    yield HealthLine("migrations", "ok")


def disk() -> Iterable[HealthLine]:
    """Free room where files and, by default, the database lie."""
    free = shutil.disk_usage(settings.PORTAL_DATA_DIR).free
    yield HealthLine("disk", "ok" if free > FREE_BYTES else "failed", f"{free // 1_000_000} MB free")
