"""Portals to measure: seeded as an operator would, run by the real ``serve``, asked from inside by ``inside.py``."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.journeys.portal import ROOT, Portal, make_portal

LONGEST_ACT = 900


def make_seeded(folder: Path) -> Portal:
    """A portal with the demonstration at its default stage."""
    folder.mkdir()
    portal = make_portal(folder)
    try:
        portal.manage("prepare")
        portal.manage("seed_demo")
    except BaseException:
        portal.stop()
        raise
    return portal


def ask(portal: Portal, act: str, number: int = 0) -> Any:
    """Do one act of ``inside.py`` in the portal's environment and return what it found."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.inside", act, str(number)],
        cwd=ROOT,
        env=portal.environment,
        capture_output=True,
        text=True,
        timeout=LONGEST_ACT,
    )
    assert done.returncode == 0, f"{act}:\n{done.stderr[-4000:]}"
    return json.loads(done.stdout.splitlines()[-1])


@contextlib.contextmanager
def served(portal: Portal) -> Iterator[Portal]:
    """The portal as ``make demo`` serves it: web and worker."""
    portal.start()
    try:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and not _is_ready(portal):
            time.sleep(0.3)
        yield portal
    finally:
        _end(portal.process)


def times_locked(portal: Portal) -> int:
    """How often the web found the database locked for longer than it waits, by its log."""
    return (portal.folder / "serve.log").read_text(errors="replace").count("database is locked")


def _is_ready(portal: Portal) -> bool:
    try:
        with urllib.request.urlopen(f"{portal.url}/ready", timeout=2) as answer:
            return '"degraded"' not in answer.read().decode()
    except OSError:
        return False


@contextlib.contextmanager
def working(portal: Portal, processes: int) -> Iterator[None]:
    """The worker alone, with as many processes."""
    with (portal.folder / "worker.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "serve", "--worker-only"],
            cwd=ROOT,
            env={**portal.environment, "WORKER_CONCURRENCY": str(processes)},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        yield
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes] | None) -> None:
    """Ask it to stop as an operator does; insist after a while."""
    if process is None or process.poll() is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(40)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
