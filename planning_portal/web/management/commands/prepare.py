"""Everything between a checkout and a portal that can be started; run again, it changes nothing."""

import hashlib
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


class Command(BaseCommand):
    help = "Compile the catalogs, migrate the database, make the cache's table and collect the static files."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("i18n_compile", verbosity=options["verbosity"])
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            self.stdout.write("Preparing the database ...")
            call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)
        stamp = Path(settings.STATIC_ROOT) / ".stamp"
        state = static_state()
        if not stamp.exists() or stamp.read_text() != state:
            self.stdout.write("Collecting the static files ...")
            call_command("collectstatic", interactive=False, verbosity=0)
            stamp.write_text(state)


def static_state() -> str:
    """A hash of the names, sizes and times of all static files: when it is the same there is nothing to collect."""
    digest = hashlib.sha256(django.__version__.encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            path = Path(storage.path(name))
            status = path.stat()
            digest.update(f"{name}:{status.st_size}:{status.st_mtime_ns}".encode())
    return digest.hexdigest()
