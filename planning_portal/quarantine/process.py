"""The portal's side: hand a file to a child process that may crash, and take back what it made of it."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from .limits import SECONDS

logger = logging.getLogger(__name__)

HERE = Path(__file__).resolve().parent
# Appended, not put in front: no module of ours may stand in for a library of the same name.
CHILD = "import sys; sys.path.append(sys.argv[1]); from quarantine.child import main; main()"
AT_ONCE = 2
_places = threading.BoundedSemaphore(AT_ONCE)


class Refused(Exception):
    """The file is not taken. ``code`` has words in ``words.py``; ``details`` fill them."""

    def __init__(self, code: str, **details: Any):
        self.code = code
        self.details = details
        super().__init__(code)


@dataclass(frozen=True)
class Examined:
    """What the child made of a file: facts about it, the new file or what was read (may be empty), and how many bytes
    of memory it took."""

    facts: dict[str, Any]
    data: bytes
    memory: int


def examine(task: str, data: bytes | IO[bytes], **options: Any) -> Examined:
    """Have ``task`` of ``child.TASKS`` done with ``data``.

    The child has no environment, no terminal and none of our open files; it may use ``limits.MEMORY`` bytes and
    ``limits.SECONDS`` of time. Two at most run for one web process; whoever has waited as long as one may take is told
    to come back. Raises Refused.
    """
    if not _places.acquire(timeout=SECONDS):
        raise Refused("busy")
    try:
        with tempfile.TemporaryFile() as sent, tempfile.TemporaryFile() as made:
            sent.write(data if isinstance(data, bytes) else data.read())
            sent.seek(0)
            code = _run(task, options, sent, made)
            made.seek(0)
            return _understand(task, code, made)
    finally:
        _places.release()


def _run(task: str, options: dict[str, Any], sent: IO[bytes], made: IO[bytes]) -> int | None:
    """The child's exit code; None when it took too long."""
    child = subprocess.Popen(
        [sys.executable, "-I", "-X", "utf8", "-c", CHILD, str(HERE.parent), task, json.dumps(options)],
        stdin=sent,
        stdout=made,
        stderr=subprocess.DEVNULL,
        cwd=os.sep,
        env={},
        start_new_session=True,
    )
    try:
        return child.wait(timeout=SECONDS)
    except subprocess.TimeoutExpired:
        return None
    finally:
        if child.poll() is None:
            child.kill()
            child.wait()


def _understand(task: str, code: int | None, made: IO[bytes]) -> Examined:
    if code is None:
        raise Refused("slow")
    if code != 0:
        # Killed by a limit or by a fault of a library: which one is for the log, without a word of the file.
        logger.warning("A file was refused: %s ended with %s", task, code)
        raise Refused("broken")
    answer = json.loads(made.readline())
    if "refused" in answer:
        raise Refused(answer["refused"], **answer["details"])
    return Examined(answer["facts"], made.read(), answer["memory"])
