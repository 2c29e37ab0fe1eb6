"""Keeps a few programs running as one: starts, restarts, stops them, and leaves no process behind.

Each program has a session (so a process group) of its own. If this process is killed with no chance to stop them,
its lifeline does it: a second small process that only waits for us to disappear.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
STEADY_SECONDS = 60.0
LONGEST_BACK_OFF = 30.0
PR_SET_PDEATHSIG = 1


@dataclass
class Program:
    """What to run. ``environment`` makes what is added to the environment, anew at each start; ``on_end`` hears the
    environment of a run that is over for good and whether it ended because it was told to."""

    name: str
    command: list[str]
    directory: str
    nice: int = 0
    environment: Callable[[], dict[str, str]] = dict
    on_end: Callable[[dict[str, str], bool], None] | None = None


@dataclass
class Child:
    """A program's present run, or the moment of its next."""

    program: Program
    process: subprocess.Popen[bytes] | None = None
    added: dict[str, str] = field(default_factory=dict)
    started_at: float = 0.0
    start_at: float = 0.0
    failures: int = 0


class Lifeline:
    """Ends our programs when we are gone without having done it ourselves (``kill -9``)."""

    def __init__(self, seconds: float = 5.0):
        reading, self._writing = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(self._writing)
            self._hold(reading, seconds)
        os.close(reading)

    def guard(self, group: int) -> None:
        os.write(self._writing, b"+%d\n" % group)

    def forget(self, group: int) -> None:
        os.write(self._writing, b"-%d\n" % group)

    def cut(self) -> None:
        """Let it end; all programs are over."""
        os.close(self._writing)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self.pid, 0)

    @staticmethod
    def _hold(reading: int, seconds: float) -> None:
        """In the second process: read until the other end of the pipe is closed, whatever closed it."""
        try:
            os.setsid()
            for number in STOP_SIGNALS:
                signal.signal(number, signal.SIG_IGN)
            groups: set[int] = set()
            with os.fdopen(reading, "r") as lines:
                for line in lines:
                    change = groups.add if line[0] == "+" else groups.discard
                    change(int(line[1:]))
            _end_groups(groups, seconds)
        finally:
            os._exit(0)


def _end_groups(groups: Iterable[int], seconds: float) -> None:
    living = {group for group in groups if signal_group(group, signal.SIGTERM)}
    deadline = time.monotonic() + seconds
    while living and time.monotonic() < deadline:
        time.sleep(0.1)
        living = {group for group in living if signal_group(group, 0)}
    for group in living:
        signal_group(group, signal.SIGKILL)


def signal_group(group: int, number: int) -> bool:
    """Signal every process of a group; False when there is none left."""
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


class Supervisor:
    """Runs its programs until it is told to stop, then stops them within ``grace`` seconds.

    ``on_round`` is called about twice a second while all is well (the serve command asks there for readiness).
    """

    def __init__(
        self,
        programs: Iterable[Program],
        *,
        grace: float,
        on_round: Callable[[], None] | None = None,
        say: Callable[[str], None] = print,
    ):
        self.children = [Child(program) for program in programs]
        self.grace = grace
        self.on_round = on_round
        self.say = say
        self._stops = 0

    def run(self) -> int:
        """Blocks until a stop signal came and every program is over. The exit code."""
        self._wakeup, writing = os.pipe()
        os.set_blocking(self._wakeup, False)
        os.set_blocking(writing, False)
        lifeline = self._lifeline = Lifeline()
        for number in STOP_SIGNALS:
            # What was told to survive its terminal (nohup) goes on doing so.
            if signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, self._note_stop)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
        try:
            while not self._stops:
                self._start_due()
                if self.on_round is not None:
                    self.on_round()
                self._wait(0.5)
                self._reap()
        finally:
            self._stop_all()
            lifeline.cut()
            signal.set_wakeup_fd(-1)
        return 0

    def _note_stop(self, *_: object) -> None:
        self._stops += 1

    def _wait(self, seconds: float) -> None:
        """Sleep, but not through a signal."""
        readable, _writable, _errors = select.select([self._wakeup], [], [], seconds)
        if readable:
            with contextlib.suppress(BlockingIOError):
                os.read(self._wakeup, 4096)

    def _start_due(self) -> None:
        for child in self.children:
            if child.process is None and time.monotonic() >= child.start_at:
                self._start(child)

    def _start(self, child: Child) -> None:
        program = child.program
        child.added = program.environment()
        child.started_at = time.monotonic()
        child.process = subprocess.Popen(
            program.command,
            cwd=program.directory,
            env={**os.environ, **child.added},
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_at_birth(os.getpid(), program.nice),
        )
        self._lifeline.guard(child.process.pid)

    def _reap(self) -> None:
        """Collect every process that has ended, also strangers that became ours (we may be process 1)."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            for child in self.children:
                if child.process is not None and child.process.pid == pid:
                    child.process.returncode = os.waitstatus_to_exitcode(status)
                    self._note_end(child)

    def _note_end(self, child: Child) -> None:
        process = child.process
        assert process is not None  # noqa: S101 (it has just been reaped)
        signal_group(process.pid, signal.SIGKILL)
        self._lifeline.forget(process.pid)
        child.process = None
        if child.program.on_end is not None:
            child.program.on_end(child.added, bool(self._stops))
        if self._stops:
            return
        is_steady = time.monotonic() - child.started_at >= STEADY_SECONDS
        child.failures = 1 if is_steady else child.failures + 1
        wait = min(2.0 ** (child.failures - 1), LONGEST_BACK_OFF)
        child.start_at = time.monotonic() + wait
        self.say(f"{child.program.name} ended with {process.returncode}: starting it again in {wait:.0f} s.")

    def _stop_all(self) -> None:
        """Ask nicely, wait for ``grace`` seconds (not at all after a second signal), then insist."""
        stops_before = self._stops
        for child in self.children:
            if child.process is not None:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(child.process.pid, signal.SIGTERM)
        deadline = time.monotonic() + self.grace
        while self._is_any_alive() and time.monotonic() < deadline and self._stops <= max(stops_before, 1):
            self._wait(0.2)
            self._reap()
        for child in self.children:
            if child.process is not None:
                signal_group(child.process.pid, signal.SIGKILL)
        deadline = time.monotonic() + 5
        while self._is_any_alive() and time.monotonic() < deadline:
            self._wait(0.1)
            self._reap()

    def _is_any_alive(self) -> bool:
        return any(child.process is not None for child in self.children)


def _at_birth(parent: int, nice: int) -> Callable[[], None]:
    """What a program does between fork and exec: tie its life to ours where the system can, and step back."""
    libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None

    def prepare() -> None:
        if libc is not None:
            libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
            if os.getppid() != parent:
                os._exit(1)
        if nice:
            os.nice(nice)

    return prepare
