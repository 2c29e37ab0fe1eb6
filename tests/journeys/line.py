"""A bad line between a browser and a portal on this machine: slow, late, cut in mid-answer, or losing whole replies.

A test tool, not a model of a network: it knows as much of HTTP/1.1 as it needs to tell one exchange from the next
(RFC 9112, sections 6 and 9.3) and passes on every byte, the Host and Origin of the browser included, unchanged. What
it adds: all connections share one rate in each direction, as they share one line; every byte is late by half the round
trip; opening a connection costs a round trip more (the handshake, which the loopback hides).
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import socket
import struct
import threading
from collections.abc import AsyncIterator, Coroutine
from dataclasses import dataclass, field
from typing import Any

HOST = "127.0.0.1"
PIECE = 1460
"""Bytes that travel together: a packet of Ethernet."""
LONGEST_HEAD = 64 * 1024
SECONDS_TO_STOP = 5
# Close with a reset, as a line does that breaks: what waits to be sent is thrown away (man 7 socket).
RESET = struct.pack("ii", 1, 0)


@dataclass
class Fault:
    """What goes wrong with the next ``times`` requests of ``method`` whose address contains ``path``, or until ``end``.

    ``after``: the answer is cut after so many bytes, its head counted; None: the server answers, and nothing of it
    arrives. ``met`` holds what it happened to: method, address and the status that the server had answered.
    """

    method: str
    path: str
    times: float
    after: int | None = None
    met: list[tuple[str, str, int]] = field(default_factory=list)

    def end(self) -> None:
        self.times = 0

    def takes(self, method: str, address: str) -> bool:
        return self.times > 0 and self.method in {"", method} and self.path in address


class Lane:
    """One direction of the line. ``rate`` in bits per second (0: as fast as it goes), ``delay`` in seconds."""

    def __init__(self) -> None:
        self.rate = 0.0
        self.delay = 0.0
        self._is_free_at = 0.0

    async def send(self, data: bytes, writer: asyncio.StreamWriter) -> None:
        """Wait until the line has taken ``data``; it arrives at ``writer`` a delay later, in its order."""
        if not self.rate and not self.delay:
            writer.write(data)
            await writer.drain()
            return
        loop = asyncio.get_running_loop()
        for start in range(0, len(data), PIECE):
            piece = data[start : start + PIECE]
            self._is_free_at = max(self._is_free_at, loop.time())
            if self.rate:
                self._is_free_at += len(piece) * 8 / self.rate
            taken = self._is_free_at
            await asyncio.sleep(taken - loop.time())
            loop.call_at(taken + self.delay, _deliver, writer, piece)

    async def settle(self) -> None:
        """Until what was sent has arrived."""
        await asyncio.sleep(self.delay)


def _deliver(writer: asyncio.StreamWriter, piece: bytes) -> None:
    if not writer.is_closing():
        writer.write(piece)


class Line:
    """A context: while it is open, ``url`` leads to the portal at ``port`` over the line, which begins without faults.

    Its own thread serves it; ``slow``, ``fast``, ``cut`` and ``lose_reply`` may be called from the test's at any time.
    """

    def __init__(self, port: int):
        self.upstream = port
        self.port = 0
        self.exchanges: list[tuple[str, str]] = []
        """Method and address of every request that reached the portal, in order."""
        self._faults: list[Fault] = []
        self._up, self._down = Lane(), Lane()
        self._loop = asyncio.new_event_loop()
        self._tasks: set[asyncio.Task[None]] = set()
        self._thread = threading.Thread(target=self._loop.run_forever, name="line", daemon=True)

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def __enter__(self) -> Line:
        self._thread.start()
        self._server = self._call(asyncio.start_server(self._accept, HOST, 0, limit=LONGEST_HEAD))
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *failure: object) -> None:
        try:
            self._call(self._stop())
        finally:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(SECONDS_TO_STOP)
            self._loop.close()

    # --- What the test says -------------------------------------------------------------------------------------

    def slow(self, *, rate: float = 50_000, delay: float = 0.4) -> None:
        """``rate`` in bits per second for each direction, ``delay`` in seconds there and back."""
        for lane in (self._up, self._down):
            lane.rate, lane.delay = rate, delay / 2

    def fast(self) -> None:
        self.slow(rate=0, delay=0)

    def cut(self, *, after: int, method: str = "", path: str = "", times: int = 1) -> Fault:
        """Reset the connection once ``after`` bytes of an answer have arrived."""
        return self._add(Fault(method, path, times, after))

    def lose_reply(self, *, method: str = "POST", path: str = "", times: float = math.inf) -> Fault:
        """The request arrives whole, the portal does what it asks, and nothing of the answer comes back.

        Until it is ended, unless ``times`` says how often: where that happens on a connection that had served before,
        a browser sends the request again by itself, a POST too, on every such connection that it still holds.
        """
        return self._add(Fault(method, path, times))

    def mend(self) -> None:
        """No faults, and no connection from before."""
        self._faults = []
        self._call(self._hang_up())

    def _add(self, fault: Fault) -> Fault:
        self._faults = [*self._faults, fault]
        return fault

    # --- The line's own thread ----------------------------------------------------------------------------------

    def _call(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(SECONDS_TO_STOP)

    async def _stop(self) -> None:
        self._server.close()
        await self._hang_up()

    async def _hang_up(self) -> None:
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = self._loop.create_task(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection of the browser and its own to the portal, exchange after exchange, until one side ends it."""
        there: asyncio.StreamWriter | None = None
        try:
            await asyncio.sleep(self._up.delay + self._down.delay)
            here_from, there = await asyncio.open_connection(HOST, self.upstream, limit=LONGEST_HEAD)
            while await self._exchange(reader, writer, here_from, there):
                pass
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            _reset(writer)
        finally:
            for end in filter(None, (writer, there)):
                end.close()
                with contextlib.suppress(OSError):
                    await end.wait_closed()

    async def _exchange(
        self,
        browser: asyncio.StreamReader,
        to_browser: asyncio.StreamWriter,
        portal: asyncio.StreamReader,
        to_portal: asyncio.StreamWriter,
    ) -> bool:
        """One request and its answer; False when there is no other on this connection."""
        answering = self._loop.create_task(_head(portal))
        try:
            # The portal hangs up on who says nothing for a while: the browser is to see that as well.
            asking = self._loop.create_task(_head(browser))
            await asyncio.wait({asking, answering}, return_when=asyncio.FIRST_COMPLETED)
            if not asking.done():
                asking.cancel()
                return False
            head = asking.result()
            return bool(head) and await self._pass_on(head, browser, to_browser, portal, to_portal, answering)
        finally:
            answering.cancel()

    async def _pass_on(
        self,
        head: bytes,
        browser: asyncio.StreamReader,
        to_browser: asyncio.StreamWriter,
        portal: asyncio.StreamReader,
        to_portal: asyncio.StreamWriter,
        answering: asyncio.Task[bytes],
    ) -> bool:
        method, address = head.split(b" ", 2)[:2]
        asked = (method.decode(), address.decode())
        async for data in _message(head, browser, has_body=True, until_end=False):
            await self._up.send(data, to_portal)
        await self._up.settle()
        self.exchanges.append(asked)
        fault = next((one for one in self._faults if one.takes(*asked)), None)
        if fault is not None:
            fault.times -= 1
        answer = await answering
        if not answer:
            return False
        status = int(answer.split(b" ", 2)[1])
        has_body = method != b"HEAD" and status >= 200 and status not in {204, 304}
        left = fault.after if fault is not None else None
        async for data in _message(answer, portal, has_body=has_body, until_end=True):
            if fault is not None and fault.after is None:
                continue
            await self._down.send(data if left is None else data[:left], to_browser)
            if left is not None:
                left -= len(data)
                if left <= 0:
                    break
        await self._down.settle()
        if fault is not None and (left is None or left <= 0):
            fault.met.append((*asked, status))
            _reset(to_browser)
            return False
        return not _ends(head) and not _ends(answer)


def _reset(writer: asyncio.StreamWriter) -> None:
    sock: socket.socket | None = writer.get_extra_info("socket")
    if sock is not None:
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    writer.transport.abort()


async def _head(reader: asyncio.StreamReader) -> bytes:
    """The first line and the fields of a message; empty when the other side is gone or breaks off."""
    try:
        return await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        return b""


def _field(head: bytes, name: bytes) -> bytes:
    for line in head.split(b"\r\n")[1:]:
        key, _colon, value = line.partition(b":")
        if key.lower() == name:
            return value.strip().lower()
    return b""


def _ends(head: bytes) -> bool:
    return _field(head, b"connection") == b"close" or head.startswith(b"HTTP/1.0")


async def _message(
    head: bytes, reader: asyncio.StreamReader, *, has_body: bool, until_end: bool
) -> AsyncIterator[bytes]:
    """A message as it comes in, byte for byte, up to its end (RFC 9112, section 6.3)."""
    yield head
    length = int(_field(head, b"content-length") or 0)
    if not has_body:
        return
    if b"chunked" in _field(head, b"transfer-encoding"):
        size = 1
        while size:
            line = await reader.readuntil(b"\r\n")
            size = int(line.split(b";")[0], 16)
            yield line + await reader.readexactly(size + 2)
    elif length or not until_end or _field(head, b"content-length"):
        while length:
            data = await reader.read(min(length, LONGEST_HEAD))
            if not data:
                raise asyncio.IncompleteReadError(b"", length)
            length -= len(data)
            yield data
    else:
        while data := await reader.read(LONGEST_HEAD):
            yield data
