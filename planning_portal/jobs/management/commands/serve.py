"""Web and worker under one supervisor: the whole portal is one command."""

from __future__ import annotations

import http.client
import secrets
import socket
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connection, connections
from django.db.migrations.executor import MigrationExecutor

from planning_portal.jobs import registry, services
from planning_portal.jobs.supervisor import Program, Supervisor

WEB_GRACE = 30
GRACE = WEB_GRACE + 5
MIGRATION_LOCK = 7_262_031  # any number that is the same in every process of the portal
EVERY_ADDRESS = {"0.0.0.0", "::", ""}  # noqa: S104 (compared, not bound)


class Command(BaseCommand):
    help = "Run the portal: web (gunicorn) and worker (Celery) together, until SIGTERM or Ctrl-C."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--web-only", action="store_true", help="Only the web (several machines, compose).")
        which.add_argument("--worker-only", action="store_true", help="Only the worker.")
        parser.add_argument("--migrate", action="store_true", help="Bring the database up to date first.")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["migrate"]:
            self._migrate()
        self._refuse_without_tables()
        programs = []
        self._probe: Probe | None = None
        if not options["worker_only"]:
            bind = settings.BIND
            _refuse_taken_port(bind)
            self._probe = Probe(bind, self._welcome)
            programs.append(web_program(bind))
        if not options["web_only"]:
            programs.append(worker_program())
        connections.close_all()
        probe = self._probe
        supervisor = Supervisor(programs, grace=GRACE, on_round=probe.ask if probe is not None else None, say=self._say)
        sys.exit(supervisor.run())

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()

    def _welcome(self, address: str) -> None:
        self._say(f"Portal ready: {address}")
        for note in registry.welcome_notes():
            self._say(note)

    def _migrate(self) -> None:
        """Several processes may start at once: on PostgreSQL they do it one after the other."""
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
            call_command("migrate", interactive=False, verbosity=0)
            call_command("createcachetable", verbosity=0)
            if connection.vendor == "postgresql":
                cursor.execute("SELECT pg_advisory_unlock(%s)", [MIGRATION_LOCK])

    def _refuse_without_tables(self) -> None:
        try:
            executor = MigrationExecutor(connection)
            is_behind = bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
            cache_table = settings.CACHES["default"].get("LOCATION")
            is_behind = is_behind or bool(cache_table and cache_table not in connection.introspection.table_names())
        except DatabaseError as error:
            raise CommandError("The database does not answer: check DATABASE_URL.") from error
        if is_behind:
            raise CommandError(
                "The database is not up to date: run `manage.py migrate` and `manage.py createcachetable`, "
                "or start with --migrate."
            )


def web_program(bind: str) -> Program:
    """gunicorn with threads; a worker process that does not answer its master for a minute is replaced."""
    options = [
        f"--bind={bind}",
        "--worker-class=gthread",
        f"--workers={settings.WEB_CONCURRENCY}",
        f"--threads={settings.WEB_THREADS}",
        f"--graceful-timeout={WEB_GRACE}",
        "--timeout=60",
        "--max-requests=5000",
        "--max-requests-jitter=500",
        "--no-control-socket",
        "--log-level=warning",
    ]
    if Path("/dev/shm").is_dir():  # noqa: S108 (gunicorn's own heartbeat file, unlinked at once)
        options.append("--worker-tmp-dir=/dev/shm")
    command = [sys.executable, "-m", "gunicorn", *options, "planning_portal.wsgi:application"]
    return Program("web", command, str(settings.BASE_DIR))


def worker_program() -> Program:
    """Celery with as many processes as ``WORKER_CONCURRENCY``, behind the web in the queue for the processor.

    What a worker held when it ended is put back at once: its lease need not run out.
    """
    command = [
        # In a container or on a fresh machine it may well be root, and it never reads pickles.
        *[sys.executable, "-W", "ignore:You're running the worker with superuser privileges"],
        *["-m", "celery", "--app=planning_portal", "--quiet", "worker", "--pool=prefork"],
        *[f"--concurrency={settings.WORKER_CONCURRENCY}", "--loglevel=WARNING"],
        *["--without-gossip", "--without-mingle", "--without-heartbeat"],
    ]
    return Program(
        "worker", command, str(settings.BASE_DIR), nice=15, environment=_name_worker, on_end=_put_back_what_it_held
    )


def _name_worker() -> dict[str, str]:
    return {"PORTAL_WORKER": f"{socket.gethostname()[:30]}-{secrets.token_hex(6)}"}


def _put_back_what_it_held(environment: dict[str, str], was_told: bool) -> None:
    try:
        services.release_leases(environment["PORTAL_WORKER"], charge=not was_told)
    except DatabaseError:
        return  # the leases run out by themselves
    finally:
        connections.close_all()


class Probe:
    """Asks ``/ready`` until it answers 200 for the first time, then calls ``on_ready`` with the portal's address."""

    def __init__(self, bind: str, on_ready: Any):
        self.host, self.port = _host_and_port(bind)
        self.on_ready = on_ready
        self.is_over = self.port == 0

    def ask(self) -> None:
        if self.is_over:
            return
        host = "127.0.0.1" if self.host in EVERY_ADDRESS else self.host
        asking = http.client.HTTPConnection(host, self.port, timeout=2)
        try:
            asking.request("GET", "/ready")
            if asking.getresponse().status != 200:
                return
        except (OSError, http.client.HTTPException):
            return
        finally:
            asking.close()
        self.is_over = True
        self.on_ready(f"http://{f'[{host}]' if ':' in host else host}:{self.port}/")


def _host_and_port(bind: str) -> tuple[str, int]:
    """The parts of ``host:port`` or ``[host]:port``; port 0 for a socket file."""
    if bind.startswith(("unix:", "fd:")):
        return bind, 0
    host, _colon, port = bind.rpartition(":")
    return host.strip("[]"), int(port)


def _refuse_taken_port(bind: str) -> None:
    host, port = _host_and_port(bind)
    if not port:
        return
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandError(
                f"The address {bind} cannot be used ({error.strerror}): stop what runs there, or set PORT or BIND."
            ) from error
