"""What the figures were measured on: without it a figure says nothing."""

from __future__ import annotations

import os
import platform
import sqlite3
from pathlib import Path

import psycopg


def machine_facts() -> list[str]:
    """A few lines: processor, cores, Python, database, broker, and how busy the machine was before we began."""
    return [
        f"{_cores()} cores ({_processor()}), {platform.system()}, Python {platform.python_version()}",
        f"database: {_database()}; broker: {'Redis' if os.environ.get('REDIS_URL') else 'in memory'}",
        f"load before: {os.getloadavg()[0]:.1f}",
    ]


def web_seconds(pid: int) -> float:
    """Processor seconds that gunicorn's processes under ``pid`` have used so far: what a busy machine does not stretch.

    0 where the system does not tell (it reads Linux's ``/proc``).
    """
    ticks, waiting = 0, [pid]
    while waiting:
        process = Path("/proc") / str(waiting.pop())
        try:
            fields = (process / "stat").read_text().rpartition(")")[2].split()
            if b"gunicorn" in (process / "cmdline").read_bytes():
                ticks += int(fields[11]) + int(fields[12])
            waiting += map(int, (process / "task" / process.name / "children").read_text().split())
        except OSError:
            continue
    return ticks / os.sysconf("SC_CLK_TCK")


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _processor() -> str:
    facts = Path("/proc/cpuinfo")
    if facts.exists():
        for line in facts.read_text().splitlines():
            name, _colon, value = line.partition(":")
            if name.strip() == "model name":
                return value.strip()
    return platform.processor() or platform.machine()


def _database() -> str:
    address = os.environ.get("DATABASE_URL")
    if not address:
        return f"SQLite {sqlite3.sqlite_version}"
    with psycopg.connect(address) as connection:
        return f"PostgreSQL {connection.info.server_version // 10000}"
