"""Real processes, really killed: every effect once, none lost, and nobody waits for a broker that is ill."""

import os
import shutil
import signal
import socket
import subprocess
import uuid
from urllib.parse import urlsplit

import pytest
from django.conf import settings

from tests.jobs.chaos import world as worlds
from tests.jobs.chaos.world import World, wait_until

pytestmark = [pytest.mark.chaos, pytest.mark.xdist_group("chaos")]
JOBS = 30


@pytest.fixture
def server_world(tmp_path, django_db_blocker):
    """A database of its own on the PostgreSQL server and keys of its own on the Redis server that are named."""
    if not settings.DATABASE_URL or not settings.REDIS_URL:
        pytest.skip("needs DATABASE_URL and REDIS_URL: PostgreSQL with Redis is NOT tested here")
    import psycopg
    import redis

    name = f"chaos_{uuid.uuid4().hex[:12]}"
    server = urlsplit(settings.DATABASE_URL)
    with psycopg.connect(settings.DATABASE_URL, autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}"')
        with django_db_blocker.unblock():
            world = World(
                tmp_path, database_url=server._replace(path=f"/{name}").geturl(), redis_url=settings.REDIS_URL
            )
            worlds.make_tables(world)
            yield world
            world.end()
        admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    with redis.Redis.from_url(settings.REDIS_URL) as broker:
        for key in broker.scan_iter(f"chaos-{world.marker}:*"):
            broker.delete(key)


@pytest.fixture(params=["sqlite_world", "server_world"])
def world(request):
    return request.getfixturevalue(request.param)


def test_every_effect_happens_once_however_often_the_worker_is_killed(world):
    assert world.manage("chaos_ask", str(JOBS)).returncode == 0
    lost = 0
    for _kill in range(3):
        before = len(world.effects())
        worker = world.start_worker()
        wait_until(lambda before=before: len(world.effects()) >= before + 4, 20, "the worker works")
        # begun and without effect, besides those that were killed before: in the middle of a job
        wait_until(lambda lost=lost: world.begun() - len(world.effects()) > lost, 20, "a job is at work", pause=0.005)
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait(10)
        lost = world.begun() - len(world.effects())
    assert world.unfinished() > 0
    worker = world.start_worker()
    wait_until(lambda: world.unfinished() == 0, 25, f"all jobs are done\n{world.output()}")
    assert world.effects() == list(range(JOBS))
    assert world.begun() > JOBS, "no kill met a job at work: nothing was proved"
    worker.send_signal(signal.SIGTERM)
    worker.wait(15)
    assert world.is_deserted()


def test_job_whose_process_is_killed_alone_is_done_by_another(sqlite_world):
    world = sqlite_world
    world.environment |= {"CHAOS_SECONDS": "1.5"}
    assert world.manage("chaos_ask", "1").returncode == 0
    worker = world.start_worker()
    wait_until(world.begun, 20, "the job runs")
    owner = world.rows("SELECT lease_owner FROM jobs_job WHERE kind = 'chaos.work'")[0][0]
    os.kill(int(owner.split(":")[1]), signal.SIGKILL)
    wait_until(lambda: world.effects() == [0], 20, f"the job is done\n{world.output()}")
    assert world.begun() == 2
    assert worker.poll() is None


def test_job_that_takes_too_long_is_a_failed_attempt(sqlite_world):
    world = sqlite_world
    world.environment |= {"CHAOS_SECONDS": "30", "CHAOS_SOFT_LIMIT": "1"}
    assert world.manage("chaos_ask", "1").returncode == 0
    world.start_worker()
    rows = "SELECT state, error_code, attempts FROM jobs_job WHERE kind = 'chaos.work'"
    wait_until(lambda: world.rows(rows) == [("queued", "timeout", 1)], 20, f"the attempt failed\n{world.output()}")
    assert world.effects() == []


@pytest.fixture
def private_redis(tmp_path):
    """Starts a Redis server on a port when told to, and ends it."""
    binary = shutil.which("redis-server")
    if binary is None:
        pytest.skip("no redis-server on the PATH: a broker that is ill is NOT tested here")
    started = []

    def start(port):
        command = [binary, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)]
        started.append(subprocess.Popen(command, stdout=subprocess.DEVNULL))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait(10)


@pytest.fixture
def black_hole():
    """A broker that accepts every connection and never answers."""
    hole = socket.socket()
    hole.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    hole.bind(("127.0.0.1", 0))
    hole.listen(64)
    yield hole
    hole.close()


@pytest.fixture
def redis_world(tmp_path, sqlite_template, black_hole, django_db_blocker):
    """SQLite, and a broker at the address of the black hole."""
    with django_db_blocker.unblock():
        worlds.copy_sqlite(sqlite_template, tmp_path)
        world = World(tmp_path, redis_url=f"redis://127.0.0.1:{black_hole.getsockname()[1]}/0")
        yield world
        world.end()


@pytest.mark.parametrize("illness", ["refuses", "never answers"])
def test_request_does_not_wait_for_an_ill_broker_and_the_work_is_done_later(
    illness, redis_world, black_hole, private_redis
):
    world, port = redis_world, black_hole.getsockname()[1]
    if illness == "refuses":
        black_hole.close()
    worker = world.start_worker()
    world.start_web()
    assert world.ask(0) < 3
    assert world.ask(1) < 0.7, "the second request tried the broker again"
    wait_until(lambda: "Cannot connect" in world.output(), 20, "the worker looks for its broker")
    assert world.effects() == []
    black_hole.close()
    private_redis(port)
    wait_until(lambda: world.effects() == [0, 1], 20, f"the jobs are done\n{world.output()}")
    assert worker.poll() is None


def test_broker_that_dies_and_comes_back_loses_nothing(redis_world, black_hole, private_redis):
    world, port = redis_world, black_hole.getsockname()[1]
    black_hole.close()
    broker = private_redis(port)
    worker = world.start_worker()
    world.start_web()
    world.ask(0)
    wait_until(lambda: world.effects() == [0], 20, f"the first job is done\n{world.output()}")
    broker.kill()
    broker.wait(10)
    assert world.ask(1) < 3
    assert world.ask(2) < 0.7
    private_redis(port)
    wait_until(lambda: world.effects() == [0, 1, 2], 20, f"all jobs are done\n{world.output()}")
    assert worker.poll() is None
