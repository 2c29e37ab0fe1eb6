"""A world of its own for each test: database, queue, data directory, and every process that was started in it."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from pathlib import Path

import environ
import pytest
from django.conf import settings
from django.db.utils import ConnectionHandler

from planning_portal.jobs.management.commands.serve import web_program, worker_program

ROOT = Path(settings.BASE_DIR)
PATIENCE = 3
"""How much longer than on an idle machine a thing may take before it counts as not happening."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(condition, seconds: float, what: str, pause: float = 0.05):
    """The first true answer of ``condition()``; fails the test with ``what`` when there is none in time."""
    deadline = time.monotonic() + seconds * PATIENCE
    while time.monotonic() < deadline:
        if answer := condition():
            return answer
        time.sleep(pause)
    pytest.fail(f"not within {seconds * PATIENCE} s: {what}")
    return None


def hear_interrupts() -> None:
    """As at a terminal: a shell has what it runs in the background ignore Ctrl-C, and that is inherited."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class World:
    def __init__(self, directory: Path, *, database_url: str = "", redis_url: str = ""):
        self.directory = directory
        self.marker = uuid.uuid4().hex
        self.log = directory / "begun.log"
        self.processes: list[subprocess.Popen] = []
        self.port = free_port()
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "COV_"))},
            "DJANGO_SETTINGS_MODULE": "tests.jobs.chaos.settings",
            "PORTAL_DATA_DIR": str(directory),
            "SECRET_KEY": "only-for-the-tests-of-this-machine-0123456789",
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "CHAOS_LOG": str(self.log),
            "CHAOS_PREFIX": f"chaos-{self.marker}:",
            "CHAOS_MARKER": self.marker,
            "JOB_LEASE_SECONDS": "2",
            "JOB_RELAY_SECONDS": "0.3",
            "PORT": str(self.port),
            "WEB_CONCURRENCY": "1",
            "PYTHONPATH": str(ROOT),
        }
        config = (
            {"ENGINE": "django.db.backends.sqlite3", "NAME": directory / "portal.sqlite3", "OPTIONS": {"timeout": 20}}
            if not database_url
            else environ.Env.db_url_config(database_url)
        )
        self.connection = ConnectionHandler({"default": config})["default"]

    # --- processes

    def start(self, command: list[str], **options) -> subprocess.Popen:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=options.pop("stdout", (self.directory / "output.log").open("ab")),
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=hear_interrupts,
            **options,
        )
        self.processes.append(process)
        return process

    def start_worker(self) -> subprocess.Popen:
        return self.start(worker_program().command)

    def start_web(self) -> subprocess.Popen:
        *command, application = web_program(f"127.0.0.1:{self.port}").command
        process = self.start([*command, "--workers=1", application])
        wait_until(lambda: self.answers("/live"), 20, "the web answers")
        self.answers("/en/account/login/")  # the first request also loads the addresses and templates
        return process

    def start_serve(self, *options: str) -> subprocess.Popen:
        return self.start([sys.executable, "manage.py", "serve", *options], stdout=subprocess.PIPE)

    def manage(self, *arguments: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=60 * PATIENCE,
        )

    def living(self) -> dict[int, str]:
        """Every process of this world, also those that nobody waits for: number and command line."""
        found = {}
        for path in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if f"CHAOS_MARKER={self.marker}".encode() in (path / "environ").read_bytes():
                    found[int(path.name)] = (path / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        return found

    def pids_of(self, word: str) -> list[int]:
        return [pid for pid, line in self.living().items() if word in line]

    def is_deserted(self) -> bool:
        for process in self.processes:
            process.poll()
        return not self.living()

    def end(self) -> None:
        for process in self.processes:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
        for pid in self.living():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        for process in self.processes:
            process.wait(10)
            if process.stdout is not None:
                process.stdout.close()
        self.connection.close()

    # --- pages

    def answers(self, path: str) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=2) as response:
                return response.status == 200
        except (urllib.error.URLError, OSError):
            return False

    def ask(self, number: int) -> float:
        """Ask for a job by a request to the web; how many seconds the answer took."""
        data = urllib.parse.urlencode({"number": number}).encode()
        started = time.monotonic()
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/chaos/ask", data, timeout=60) as response:
            assert response.status == 202
        return time.monotonic() - started

    # --- what is so

    def rows(self, sql: str) -> list[tuple]:
        with self.connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall()

    def count(self, what: str) -> int:
        return self.rows(f"SELECT count(*) FROM {what}")[0][0]

    def effects(self) -> list[int]:
        return sorted(number for (number,) in self.rows("SELECT number FROM chaos_effect"))

    def running(self) -> int:
        return self.count("jobs_job WHERE state = 'running' AND kind = 'chaos.work'")

    def unfinished(self) -> int:
        return self.count("jobs_job WHERE state <> 'done' AND kind = 'chaos.work'")

    def begun(self) -> int:
        return len(self.log.read_text().splitlines()) if self.log.exists() else 0

    def output(self) -> str:
        path = self.directory / "output.log"
        return path.read_text()[-4000:] if path.exists() else ""


def make_tables(world: World) -> None:
    done = world.manage("migrate", "--run-syncdb", "--verbosity=0")
    assert done.returncode == 0, done.stderr


def copy_sqlite(template: Path, directory: Path) -> None:
    shutil.copy(template / "portal.sqlite3", directory / "portal.sqlite3")
