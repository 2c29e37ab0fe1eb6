"""The child's side: give up every power first, then look at the file."""

from __future__ import annotations

import importlib
import json
import resource
import sys
from typing import Any

from .limits import LARGEST_RESULT, MEMORY, SECONDS
from .refusal import Refusal

TASKS = {"clean": "cleaning:clean", "read_workbook": "workbook:read_workbook"}
"""Module and function, which takes the bytes and its options and returns facts and bytes."""


def give_up_powers() -> None:
    """No more memory, time, bytes on disk or core dumps than a file is worth; what is held already cannot grow."""
    for limit, value in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, LARGEST_RESULT),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (value, value))


def answer(task: str, data: bytes, options: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """The line of JSON and the bytes that go back."""
    module, _colon, name = TASKS[task].partition(":")
    try:
        work = getattr(importlib.import_module(f".{module}", __package__), name)
        facts, made = work(data, **options)
    except Refusal as refusal:
        return {"refused": refusal.code, "details": refusal.details}, b""
    except MemoryError:
        return {"refused": "heavy", "details": {}}, b""
    except RecursionError:
        return {"refused": "broken", "details": {}}, b""
    return {"facts": facts}, made


def memory_used() -> int:
    """The most bytes that this process had in memory at a time (proc(5), VmHWM); 0 where the system does not tell."""
    try:
        with open("/proc/self/status", encoding="ascii") as status:
            lines = [line.split() for line in status if line.startswith("VmHWM:")]
    except OSError:
        return 0
    return int(lines[0][1]) * 1024 if lines else 0


def main() -> None:
    """Read the file from standard input, write the answer to standard output. Any other error ends the process."""
    _parent, task, options = sys.argv[1:]
    give_up_powers()
    head, made = answer(task, sys.stdin.buffer.read(), json.loads(options))
    head["memory"] = memory_used()
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + made)
    sys.stdout.buffer.flush()
