"""The supervisor with small programs: back-off, programs that do not listen, strangers to be collected."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings

from tests.jobs.chaos.world import hear_interrupts, wait_until

pytestmark = [
    pytest.mark.chaos,
    pytest.mark.xdist_group("chaos"),
    pytest.mark.skipif(sys.platform != "linux", reason="looks for stray processes in /proc"),
]

SUPERVISE = """
import sys
from planning_portal.jobs.supervisor import Program, Supervisor
program = Program("program", [sys.executable, "-c", sys.argv[1]], ".")
sys.exit(Supervisor([program], grace=float(sys.argv[2]), say=lambda line: print(line, flush=True)).run())
"""


@pytest.fixture
def supervise(tmp_path):
    started = []

    def start(code, grace=1.0):
        command = [sys.executable, "-c", SUPERVISE, code, str(grace)]
        environment = {**os.environ, "PYTHONPATH": str(settings.BASE_DIR), "PORTAL_DATA_DIR": str(tmp_path)}
        started.append(
            subprocess.Popen(
                command,
                cwd=tmp_path,
                env=environment,
                stdout=subprocess.PIPE,
                start_new_session=True,
                preexec_fn=hear_interrupts,
            )
        )
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait(10)
        process.stdout.close()


def is_alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2][:3]
    except FileNotFoundError:
        return False


def number_in(path: Path) -> int:
    return int(wait_until(lambda: path.exists() and path.read_text(), 10, f"{path} is written"))


def test_crashed_program_is_started_again_more_slowly_each_time(supervise, tmp_path):
    process = supervise("open('runs', 'a').write('x'); raise SystemExit(3)")
    wait_until(lambda: (tmp_path / "runs").exists() and len((tmp_path / "runs").read_text()) == 3, 15, "three runs")
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0
    said = process.stdout.read().decode().splitlines()
    assert said[:2] == [f"program ended with 3: starting it again in {wait} s." for wait in (1, 2)]


def test_program_that_does_not_listen_is_ended_after_the_grace(supervise, tmp_path):
    code = "import os, signal, time; signal.signal(15, signal.SIG_IGN); open('pid', 'w').write(str(os.getpid())); "
    process = supervise(code + "time.sleep(60)", grace=1.0)
    pid = number_in(tmp_path / "pid")
    started = time.monotonic()
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0
    assert 0.9 < time.monotonic() - started < 5
    assert not is_alive(pid)


def test_second_signal_ends_the_grace(supervise, tmp_path):
    code = "import os, signal, time; signal.signal(15, signal.SIG_IGN); open('pid', 'w').write(str(os.getpid())); "
    process = supervise(code + "time.sleep(60)", grace=60.0)
    pid = number_in(tmp_path / "pid")
    process.send_signal(signal.SIGINT)
    time.sleep(0.5)
    assert process.poll() is None
    process.send_signal(signal.SIGINT)
    assert process.wait(10) == 0
    assert not is_alive(pid)


def test_grandchildren_end_with_their_program(supervise, tmp_path):
    code = (
        "import subprocess, sys; child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']); "
        "open('pid', 'w').write(str(child.pid)); raise SystemExit(0)"
    )
    supervise(code)
    pid = number_in(tmp_path / "pid")
    wait_until(lambda: not is_alive(pid), 10, "the grandchild is gone")


def test_killed_supervisor_takes_a_program_that_does_not_listen_with_it(supervise, tmp_path):
    code = "import os, signal, time; signal.signal(15, signal.SIG_IGN); open('pid', 'w').write(str(os.getpid())); "
    process = supervise(code + "time.sleep(60)", grace=60.0)
    pid = number_in(tmp_path / "pid")
    process.kill()
    process.wait(10)
    wait_until(lambda: not is_alive(pid), 10, "the lifeline has ended it")
