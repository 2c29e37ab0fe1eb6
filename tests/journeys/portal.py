"""A whole portal for the journeys: its own folder, database and broker, started as an operator would start it."""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg

ROOT = Path(__file__).resolve().parents[2]
# Two portals on one broker number would take each other's jobs.
BROKERS = set(range(10, 15))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Portal:
    """A running portal. ``manage`` runs a command on it; ``stop`` ends it and drops what it made."""

    folder: Path
    port: int
    environment: dict[str, str]
    process: subprocess.Popen[bytes] | None = None
    dropped: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def manage(self, *arguments: str, timeout: int = 300) -> str:
        """Run a management command; what it prints comes back, and a failure says why."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=timeout,
        )
        assert done.returncode == 0, f"{arguments}:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
        return done.stdout

    def start(self) -> None:
        log = (self.folder / "serve.log").open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "serve"],
            cwd=ROOT,
            env=self.environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            try:
                with urllib.request.urlopen(f"{self.url}/live", timeout=2):
                    return
            except OSError:
                time.sleep(0.2)
        raise AssertionError(f"The portal did not start:\n{(self.folder / 'serve.log').read_text()[-4000:]}")

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            for patience in (1, 30):
                # The second time means: now, whoever is still connected.
                self.process.send_signal(signal.SIGTERM)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self.process.wait(patience)
                    break
            else:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
        for name in self.dropped:
            with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
                connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')  # type: ignore[arg-type]


def make_portal(folder: Path, **environment: str) -> Portal:
    """A portal in ``folder``, on SQLite and ``memory://``, or on a database and a broker number of its own on the
    services that DATABASE_URL and REDIS_URL name. Nothing is started or seeded yet."""
    port = free_port()
    values: dict[str, Any] = {
        **os.environ,
        "PORTAL_DATA_DIR": str(folder),
        "PORTAL_DEMO": "1",
        "PORT": str(port),
        "LOG_LEVEL": "WARNING",
        "SECRET_KEY": secrets.token_urlsafe(48),
        "WORKER_CONCURRENCY": "1",
        "DJANGO_SETTINGS_MODULE": "planning_portal.settings",
        **environment,
    }
    portal = Portal(folder, port, values)
    if os.environ.get("DATABASE_URL"):
        name = f"portal_{secrets.token_hex(4)}"
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')  # type: ignore[arg-type]
        portal.dropped.append(name)
        values["DATABASE_URL"] = urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}"))
    if os.environ.get("REDIS_URL"):
        values["REDIS_URL"] = urlunsplit(urlsplit(os.environ["REDIS_URL"])._replace(path=f"/{BROKERS.pop()}"))
    return portal
