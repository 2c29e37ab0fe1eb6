"""Many who write at once: each saves a draft of its own again and again, then submits it. One draft, one connection."""

from __future__ import annotations

import asyncio
import json
import re
import time
import urllib.parse
from collections.abc import Awaitable, Callable, Sequence
from html import unescape
from urllib.parse import urlsplit

from .load import Connection, Load

PART = "situation"
WORDS = "Les travailleuses du secteur informel n’ont pas accès à une assurance maladie. " * 8
Work = Callable[["Writer", Load], Awaitable[None]]


class Writer:
    """A person with a form open: sends what the page holds, with what the last answer renewed."""

    def __init__(self, portal_url: str, cookies: str, addresses: dict[str, str]):
        parts = urlsplit(portal_url)
        self.connection = Connection(parts.hostname or "", parts.port or 80, b"")
        self.origin, self.cookies, self.addresses = portal_url, cookies, addresses
        self.fields: dict[str, str] = {}

    async def open(self, page: str) -> None:
        """Read the form at ``page`` and keep its hidden fields."""
        assert await self._ask("GET", self.addresses[page]) == 200, f"{page} cannot be opened"
        form = self.connection.body.decode().partition("<main")[2]
        inputs = re.findall(r"<input type=\"hidden\"[^>]*>", form)
        names = [(re.search(r'name="([^"]*)"', one), re.search(r'value="([^"]*)"', one)) for one in inputs]
        self.fields = {name[1]: unescape(value[1]) for name, value in names if name and value}

    async def save(self, load: Load, number: int) -> None:
        """One autosave of a text that differs from the last."""
        start = time.perf_counter()
        sent = {**self.fields, PART: f"{number} {WORDS}"}
        if await self._ask("POST", self.addresses["draft"], sent, {"X-Autosave": "1"}) == 200:
            load.times.append(time.perf_counter() - start)
            answer = json.loads(self.connection.body)
            self.fields |= {"version": str(answer["version"]), "csrfmiddlewaretoken": answer["csrf"]}
        else:
            load.failed += 1

    async def read(self, load: Load, address: str) -> None:
        """Open a page, compressed as every browser asks for it."""
        start = time.perf_counter()
        if await self._ask("GET", address, more={"Accept-Encoding": "gzip"}) == 200:
            load.times.append(time.perf_counter() - start)
        else:
            load.failed += 1

    async def submit(self, load: Load) -> None:
        """Hand the draft in: the answer leads to the receipt."""
        start = time.perf_counter()
        if await self._ask("POST", self.addresses["submit"], self.fields) == 302:
            load.times.append(time.perf_counter() - start)
        else:
            load.failed += 1

    async def _ask(
        self, method: str, path: str, sent: dict[str, str] | None = None, more: dict[str, str] | None = None
    ) -> int:
        body = urllib.parse.urlencode(sent or {}).encode() if method == "POST" else b""
        heads = {
            "Host": urlsplit(self.origin).netloc,
            "Origin": self.origin,
            "Cookie": self.cookies,
            **({"Content-Type": "application/x-www-form-urlencoded", "Content-Length": str(len(body))} if body else {}),
            **(more or {}),
        }
        lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in heads.items()), "", ""]
        self.connection.asking = "\r\n".join(lines).encode() + body
        return await self.connection.ask()


def run_writers(
    writers: Sequence[Writer], *, page: str, work: Work, on_edge: Callable[[], None] = lambda: None
) -> Load:
    """Open ``page`` for each of ``writers``, one after the other and uncounted; then let all ``work`` at once.

    ``on_edge`` is called when what is counted begins, and when it is over.
    """
    return asyncio.run(_run(writers, page, work, on_edge))


async def _run(writers: Sequence[Writer], page: str, work: Work, on_edge: Callable[[], None]) -> Load:
    load = Load()
    try:
        for writer in writers:
            await writer.open(page)
        on_edge()
        start = time.perf_counter()
        await asyncio.gather(*(work(writer, load) for writer in writers))
        load.seconds = time.perf_counter() - start
        on_edge()
    finally:
        for writer in writers:
            writer.connection.close()
    return load


def saving(times: int) -> Work:
    """Save ``times`` times in a row, as somebody who types without a pause."""

    async def work(writer: Writer, load: Load) -> None:
        for number in range(times):
            await writer.save(load, number)

    return work


async def submitting(writer: Writer, load: Load) -> None:
    await writer.submit(load)
