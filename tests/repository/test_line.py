"""The bad line of the journeys does what it says: measured against a small server on this machine."""

from __future__ import annotations

import http.client
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.journeys.line import HOST, Line

PAGE = bytes(range(256)) * 80
"""20,480 bytes, of which each tells where it stood."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def setup(self) -> None:
        super().setup()
        self.server.sockets_open.append(self.connection)  # type: ignore[attr-defined]

    def do_GET(self) -> None:
        if self.path == "/chunked":
            self.answer({"Transfer-Encoding": "chunked"}, b"5\r\nfirst\r\n6\r\nsecond\r\n0\r\n\r\n")
        elif self.path == "/endless":
            self.answer({"Connection": "close"}, PAGE)
        else:
            self.answer({"Content-Length": str(len(PAGE))}, PAGE)

    def do_HEAD(self) -> None:
        self.answer({"Content-Length": str(len(PAGE))}, b"")

    def do_POST(self) -> None:
        self.server.received.append(self.rfile.read(int(self.headers["Content-Length"])))  # type: ignore[attr-defined]
        self.server.hosts.append(self.headers["Host"])  # type: ignore[attr-defined]
        self.answer({"Content-Length": "4"}, b"done")

    def answer(self, fields: dict[str, str], body: bytes) -> None:
        self.send_response(200)
        for name, value in fields.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer((HOST, 0), Handler)
    server.daemon_threads = True
    server.received, server.hosts, server.sockets_open = [], [], []  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def line(server) -> Iterator[Line]:
    with Line(server.server_address[1]) as line:
        yield line


def connect(line: Line) -> http.client.HTTPConnection:
    return http.client.HTTPConnection(HOST, line.port, timeout=10)


def fetch(connection: http.client.HTTPConnection, path: str = "/", method: str = "GET", body: bytes | None = None):
    connection.request(method, path, body)
    return connection.getresponse().read()


def read_until_reset(line: Line, path: str = "/") -> bytes:
    """Everything that arrives before the connection is reset."""
    arrived = b""
    with socket.create_connection((HOST, line.port), timeout=10) as plain:
        plain.sendall(f"GET {path} HTTP/1.1\r\nHost: here\r\n\r\n".encode())
        try:
            while data := plain.recv(65536):
                arrived += data
        except ConnectionResetError:
            return arrived
    raise AssertionError(f"ended in peace after {len(arrived)} bytes")


def test_line_without_faults_passes_on_every_byte_and_keeps_the_connection(line, server):
    connection = connect(line)
    for _time in range(2):
        assert fetch(connection) == PAGE
        assert fetch(connection, method="HEAD") == b""
        assert fetch(connection, "/chunked") == b"firstsecond"
        assert fetch(connection, "/form", "POST", PAGE) == b"done"
    assert fetch(connection, "/endless") == PAGE
    assert server.received == [PAGE, PAGE]
    assert server.hosts == [f"{HOST}:{line.port}"] * 2
    assert line.exchanges[:2] == [("GET", "/"), ("HEAD", "/")]
    connection.close()


def test_line_is_as_slow_as_it_says_in_both_directions(line):
    connection = connect(line)
    fetch(connection, "/chunked")
    line.slow(rate=400_000, delay=0)
    started = time.monotonic()
    fetch(connection)
    down = time.monotonic() - started
    fetch(connection, "/form", "POST", PAGE)
    up = time.monotonic() - started - down
    expected = len(PAGE) * 8 / 400_000
    assert expected <= down < expected + 2
    assert expected <= up < expected + 2
    connection.close()


def test_connections_share_the_line(line):
    line.slow(rate=800_000, delay=0)
    started = time.monotonic()
    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(lambda _number: fetch(connect(line)), range(3))) == [PAGE] * 3
    assert time.monotonic() - started >= 3 * len(PAGE) * 8 / 800_000


def test_answer_is_late_by_the_round_trip_and_a_new_connection_by_two(line):
    line.slow(rate=0, delay=0.2)
    connection = connect(line)
    taken = []
    for _time in range(5):
        started = time.monotonic()
        fetch(connection)
        taken.append(time.monotonic() - started)
    assert 0.4 <= taken[0] < 2
    assert 0.2 <= min(taken[1:]) < 0.4
    connection.close()


@pytest.mark.parametrize("after", [1, 300, 8 * 1024])
def test_answer_is_cut_after_exactly_so_many_bytes_and_the_next_is_whole(line, after):
    fault = line.cut(after=after)
    assert len(read_until_reset(line)) == after
    assert fault.met == [("GET", "/", 200)]
    assert fetch(connect(line)) == PAGE


def test_answer_shorter_than_the_cut_arrives(line):
    fault = line.cut(after=len(PAGE) * 2)
    assert fetch(connect(line)) == PAGE
    assert fault.met == []


def test_answer_is_cut_on_a_slow_line_too(line):
    line.slow(rate=800_000, delay=0.05)
    line.cut(after=5000)
    assert len(read_until_reset(line)) == 5000


def test_lost_reply_was_acted_on_and_nothing_of_it_arrives(line, server):
    fault = line.lose_reply(path="/form", times=1)
    assert fetch(connect(line), "/other", "POST", b"else") == b"done"
    with pytest.raises((ConnectionResetError, http.client.RemoteDisconnected)):
        fetch(connect(line), "/form", "POST", PAGE)
    assert server.received == [b"else", PAGE]
    assert fault.met == [("POST", "/form", 200)]
    assert fetch(connect(line), "/form", "POST", b"again") == b"done"
    assert server.received[2:] == [b"again"]


def test_browser_sees_that_the_portal_hung_up(line, server):
    """Otherwise it would send a form on a connection that is long dead, and send it again when that fails."""
    connection = connect(line)
    fetch(connection)
    for one in server.sockets_open:
        one.shutdown(socket.SHUT_RDWR)
    assert connection.sock.recv(1) == b""


def test_mended_line_has_no_faults_and_hangs_up(line):
    connection = connect(line)
    fetch(connection)
    line.cut(after=10)
    line.mend()
    with pytest.raises((ConnectionResetError, http.client.RemoteDisconnected, BrokenPipeError)):
        fetch(connection)
    assert fetch(connect(line)) == PAGE


def test_nothing_of_the_line_is_left_when_it_is_closed(server):
    with Line(server.server_address[1]) as line:
        waiting = socket.create_connection((HOST, line.port), timeout=10)
        fetch(connect(line), "/endless")
    assert waiting.recv(1) == b""
    waiting.close()
    assert not line._thread.is_alive()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((HOST, line.port), timeout=10)


def test_line_to_nowhere_resets():
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        nowhere = probe.getsockname()[1]
    with Line(nowhere) as line:
        assert read_until_reset(line) == b""
