"""Many readers at once: a small load generator on the loopback, bounded in requests and in seconds."""

from __future__ import annotations

import asyncio
import http.cookiejar
import re
import statistics
import time
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from planning_portal.demo.accounts import PASSWORD

from .figures import percentile

PATIENCE = 20.0
BROKEN = (OSError, asyncio.IncompleteReadError, TimeoutError, ValueError)


@dataclass
class Load:
    """What came of it: the seconds of each answered request, how many failed, how long it took in all."""

    seconds: float = 0.0
    times: list[float] = field(default_factory=list)
    failed: int = 0

    @property
    def per_second(self) -> float:
        return len(self.times) / self.seconds

    @property
    def median(self) -> float:
        return statistics.median(self.times)

    @property
    def p95(self) -> float:
        return percentile(self.times, 0.95)

    @property
    def p99(self) -> float:
        return percentile(self.times, 0.99)


def sign_in(portal_url: str, email: str) -> str:
    """Sign in as a person does, on the page; the cookies of the session come back as a header's value."""
    jar = http.cookiejar.CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    address = f"{portal_url}/en/account/login/"
    with browser.open(address, timeout=PATIENCE) as answer:
        form = answer.read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)
    assert token, "the sign-in page has no form"
    posted = {"login": email, "password": PASSWORD, "csrfmiddlewaretoken": token.group(1)}
    with browser.open(address, urllib.parse.urlencode(posted).encode(), timeout=PATIENCE) as answer:
        assert "/account/login" not in answer.url, f"{email} could not sign in"
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar)


def run_load(url: str, cookies: str = "", *, connections: int = 50, requests: int = 2000, seconds: float = 8.0) -> Load:
    """GET ``url`` over ``connections`` kept-alive connections until ``requests`` were sent or ``seconds`` have passed.

    Each connection first asks once without being counted: processes, caches and connections are warm.
    """
    return asyncio.run(_run(url, cookies, connections, requests, seconds))


async def _run(url: str, cookies: str, connections: int, requests: int, seconds: float) -> Load:
    load = Load()
    parts = urlsplit(url)
    lines = [
        f"GET {parts.path or '/'}{'?' + parts.query if parts.query else ''} HTTP/1.1",
        f"Host: {parts.netloc}",
        "Accept-Encoding: gzip",
        *([f"Cookie: {cookies}"] if cookies else []),
    ]
    asking = "\r\n".join([*lines, "", ""]).encode()
    readers = [Connection(parts.hostname or "", parts.port or 80, asking) for _number in range(connections)]
    try:
        await asyncio.gather(*(reader.ask() for reader in readers))
        left = iter(range(requests))
        start = time.perf_counter()
        await asyncio.gather(*(_keep_asking(reader, load, left, start + seconds) for reader in readers))
        load.seconds = time.perf_counter() - start
    finally:
        for reader in readers:
            reader.close()
    return load


async def _keep_asking(reader: Connection, load: Load, left: object, end: float) -> None:
    for _number in left:  # type: ignore[attr-defined]
        start = time.perf_counter()
        if start >= end:
            return
        if await reader.ask() == 200:
            load.times.append(time.perf_counter() - start)
        else:
            load.failed += 1


class Connection:
    """One connection, opened again whenever the server has closed it. ``body`` is that of the last answer."""

    def __init__(self, host: str, port: int, asking: bytes):
        self.host, self.port, self.asking = host, port, asking
        self.body = b""
        self.streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self) -> int:
        """Send the request, read the whole answer, return its status; 0 when there was none in time."""
        is_reused = self.streams is not None
        try:
            return await asyncio.wait_for(self._ask(), PATIENCE)
        except BROKEN:
            self.close()
        if not is_reused:
            return 0
        try:
            return await asyncio.wait_for(self._ask(), PATIENCE)
        except BROKEN:
            self.close()
            return 0

    async def _ask(self) -> int:
        if self.streams is None:
            self.streams = await asyncio.open_connection(self.host, self.port)
        reader, writer = self.streams
        writer.write(self.asking)
        await writer.drain()
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        length = re.search(r"\ncontent-length: (\d+)", head)
        self.body = await (reader.readexactly(int(length.group(1))) if length else self._read_chunks(reader))
        if "\nconnection: close" in head:
            self.close()
        return int(head.split(" ", 2)[1])

    @staticmethod
    async def _read_chunks(reader: asyncio.StreamReader) -> bytes:
        chunks = []
        while size := int((await reader.readline()).split(b";")[0], 16):
            chunks.append((await reader.readexactly(size + 2))[:-2])
        await reader.readline()
        return b"".join(chunks)

    def close(self) -> None:
        if self.streams is not None:
            self.streams[1].close()
            self.streams = None
