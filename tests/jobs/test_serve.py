"""One command starts all and leaves nothing behind. Real processes of the real command."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings

from tests.jobs.chaos.world import PATIENCE, World, wait_until

pytestmark = [pytest.mark.chaos, pytest.mark.xdist_group("chaos")]


def lines_until(process: subprocess.Popen, start: str, seconds: float = 25) -> str:
    """What the process says, up to the line that begins with ``start``."""
    deadline, said = time.monotonic() + seconds * PATIENCE, ""
    os.set_blocking(process.stdout.fileno(), False)
    while time.monotonic() < deadline:
        said += (process.stdout.read() or b"").decode()
        if any(line.startswith(start) for line in said.splitlines()):
            return said
        if process.poll() is not None:
            break
        time.sleep(0.1)
    pytest.fail(f"never said {start!r}:\n{said}")
    return ""


def master_of(world: World, word: str) -> int:
    """The process of that program whose parent is not one of its own kind."""
    pids = world.pids_of(word)
    return next(pid for pid in pids if parent_of(pid) not in pids)


def parent_of(pid: int) -> int:
    with open(f"/proc/{pid}/stat") as file:
        return int(file.read().rpartition(")")[2].split()[1])


pytestmark.append(pytest.mark.skipif(sys.platform != "linux", reason="looks for stray processes in /proc"))


def test_serve_runs_web_and_worker_and_stops_both(sqlite_world):
    world = sqlite_world
    process = world.start_serve()
    said = lines_until(process, "Portal ready: ")
    assert f"Portal ready: http://127.0.0.1:{world.port}/" in said.splitlines()
    world.ask(1)
    wait_until(lambda: world.effects() == [1], 20, f"the job is done\n{world.output()}")
    worker = master_of(world, " celery ")
    assert os.getpriority(os.PRIO_PROCESS, worker) == min(19, os.getpriority(os.PRIO_PROCESS, 0) + 15)
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0
    wait_until(world.is_deserted, 3, f"nothing is left behind: {world.living()}")
    for place in (Path(settings.BASE_DIR), world.directory):
        assert not [*place.glob("*.pid"), *place.glob("celerybeat*"), *place.glob("*.state")]


def test_serve_starts_a_crashed_worker_again_and_gives_its_job_to_the_next(sqlite_world):
    world = sqlite_world
    world.environment |= {"CHAOS_SECONDS": "3", "JOB_LEASE_SECONDS": "600"}
    process = world.start_serve("--worker-only")
    assert world.manage("chaos_ask", "1").returncode == 0
    # begun, not only taken: the row says "running" a moment before the task writes its first line
    wait_until(lambda: world.begun() == 1, 20, "the job runs")
    first = master_of(world, " celery ")
    children = [pid for pid in world.pids_of(" celery ") if pid != first]
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: not set(children) & set(world.living()), 5, "its children are gone")
    wait_until(lambda: world.effects() == [0], 20, "the next worker does the job, long before the lease ends")
    assert process.poll() is None
    assert world.begun() == 2


def test_serve_that_is_killed_leaves_nothing_behind(sqlite_world):
    world = sqlite_world
    process = world.start_serve()
    lines_until(process, "Portal ready: ")
    wait_until(lambda: len(world.pids_of(" celery ")) >= 2, 20, "the worker runs")
    process.kill()
    process.wait(10)
    wait_until(world.is_deserted, 15, f"nothing is left behind: {world.living()}")


def test_serve_stops_at_ctrl_c_while_a_job_runs_and_gives_it_back(sqlite_world):
    world = sqlite_world
    world.environment |= {"CHAOS_SECONDS": "60", "JOB_LEASE_SECONDS": "600"}
    process = world.start_serve("--worker-only")
    assert world.manage("chaos_ask", "1").returncode == 0
    wait_until(world.running, 20, "the job runs")
    process.send_signal(signal.SIGINT)
    time.sleep(1.5)
    assert process.poll() is None, "it waits for the job"
    process.send_signal(signal.SIGINT)
    assert process.wait(15) == 0
    wait_until(world.is_deserted, 3, f"nothing is left behind: {world.living()}")
    assert world.rows("SELECT state, attempts, max_attempts FROM jobs_job WHERE kind = 'chaos.work'") == [
        ("queued", 1, 21)
    ]


def test_serve_on_a_taken_port_says_so_in_one_line(sqlite_world):
    world = sqlite_world
    with socket.socket() as other:
        other.bind(("127.0.0.1", world.port))
        other.listen()
        done = world.manage("serve")
    assert done.returncode == 1
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1
    assert str(world.port) in lines[0]
    assert "PORT" in lines[0]


def test_serve_without_tables_says_so_in_one_line(tmp_path, django_db_blocker):
    with django_db_blocker.unblock():
        world = World(tmp_path)
        done = world.manage("serve")
        world.end()
    assert done.returncode == 1
    assert done.stderr.strip().count("\n") == 0
    assert "--migrate" in done.stderr


def test_serve_makes_its_tables_when_told_to(tmp_path, django_db_blocker):
    with django_db_blocker.unblock():
        world = World(tmp_path)
        try:
            process = world.start_serve("--web-only", "--migrate")
            lines_until(process, "Portal ready: ", 40)
            assert world.count("jobs_job") == 0
            assert world.pids_of(" celery ") == []
        finally:
            world.end()
