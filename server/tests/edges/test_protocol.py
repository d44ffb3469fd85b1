"""A connection whose headers are too large or too slow is closed; every other one is served."""

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState

from watchword.edges.http.protocol import (
    MAX_HEADERS,
    TIME_TO_SEND_HEADERS,
    BoundedHttpProtocol,
)

REQUEST = b"POST /v1/check HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\n\r\nbody"


class Timer:
    """A timer that fires when a test says so."""

    def __init__(self, delay: float, callback: Callable[[], None]) -> None:
        self.delay, self.callback, self.cancelled = delay, callback, False

    def cancel(self) -> None:
        self.cancelled = True


class HandLoop:
    """The running loop with its timers held by hand."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self.timers: list[Timer] = []

    def call_later(self, delay: float, callback: Callable[[], None], *_: object) -> Timer:
        self.timers.append(Timer(delay, callback))
        return self.timers[-1]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loop, name)

    def deadlines(self) -> list[Timer]:
        return [t for t in self.timers if t.delay == TIME_TO_SEND_HEADERS and not t.cancelled]


class FakeTransport(asyncio.Transport):
    """Keeps what is written."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.closed = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written += bytes(data)

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return {"peername": ("192.0.2.1", 1), "sockname": ("192.0.2.2", 80)}.get(name, default)

    def pause_reading(self) -> None: ...

    def resume_reading(self) -> None: ...


class Connection:
    """One connection to an application that answers 200 to everything."""

    def __init__(self) -> None:
        self.served: list[bytes] = []
        self.loop = HandLoop()
        self.transport = FakeTransport()
        config = uvicorn.Config(
            self.answer, log_config=None, lifespan="off", ws="none", interface="asgi3"
        )
        config.load()
        self.protocol = BoundedHttpProtocol(config, ServerState(), {}, self.loop)  # type: ignore[arg-type] # a loop by hand
        self.protocol.connection_made(self.transport)

    async def answer(self, scope: Any, receive: Any, send: Any) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        self.served.append(body)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def receive(self, *pieces: bytes) -> None:
        for piece in pieces:
            if not self.transport.closed:
                self.protocol.data_received(piece)
        for _ in range(10):
            await asyncio.sleep(0)


@pytest.fixture
async def connection() -> Connection:
    return Connection()


def in_bytes(data: bytes) -> Iterator[bytes]:
    return (data[at : at + 1] for at in range(len(data)))


async def test_a_request_is_served_however_it_is_cut(connection: Connection) -> None:
    await connection.receive(REQUEST)
    await connection.receive(*in_bytes(REQUEST))
    await connection.receive(REQUEST[:30], REQUEST[30:])
    assert connection.served == [b"body"] * 3
    assert not connection.transport.closed
    assert connection.loop.deadlines() == []


async def test_a_silent_connection_is_closed_at_its_deadline(connection: Connection) -> None:
    (deadline,) = connection.loop.deadlines()
    deadline.callback()
    assert connection.transport.closed


async def test_slow_headers_are_dropped_whatever_trickles_in(connection: Connection) -> None:
    await connection.receive(*in_bytes(REQUEST[:40]))
    (deadline,) = connection.loop.deadlines()
    deadline.callback()
    assert connection.transport.closed
    assert connection.served == []


async def test_each_request_of_a_connection_has_a_deadline_from_its_first_byte(
    connection: Connection,
) -> None:
    await connection.receive(REQUEST)
    assert connection.loop.deadlines() == []
    await connection.receive(REQUEST[:1])
    (deadline,) = connection.loop.deadlines()
    await connection.receive(REQUEST[1:9])
    assert connection.loop.deadlines() == [deadline]
    deadline.callback()
    assert connection.transport.closed


async def test_a_body_that_is_still_coming_is_not_under_the_headers_deadline(
    connection: Connection,
) -> None:
    await connection.receive(REQUEST[:-2])
    assert connection.loop.deadlines() == []
    assert not connection.transport.closed


@pytest.mark.parametrize("size", [1, 100, 5_000, MAX_HEADERS + 100])
async def test_headers_over_the_bound_are_dropped_however_they_are_cut(
    connection: Connection, size: int
) -> None:
    endless = b"GET / HTTP/1.1\r\n" + b"x: " + b"y" * (MAX_HEADERS + 50) + b"\r\n\r\n"
    await connection.receive(*(endless[at : at + size] for at in range(0, len(endless), size)))
    assert connection.transport.closed
    assert connection.served == []


async def test_headers_without_end_are_dropped_at_the_bound(connection: Connection) -> None:
    taken = 0
    await connection.receive(b"GET / HTTP/1.1\r\n")
    while not connection.transport.closed:
        await connection.receive(b"a: b\r\n" * 100)
        taken += 600
    assert taken <= MAX_HEADERS + 600


async def test_headers_within_the_bound_are_served(connection: Connection) -> None:
    large = REQUEST.replace(b"host: x", b"host: x\r\nx: " + b"y" * (MAX_HEADERS - 200))
    await connection.receive(large)
    await connection.receive(large[:9_000], large[9_000:])
    assert connection.served == [b"body"] * 2


async def test_a_large_body_in_one_piece_with_its_headers_is_no_large_header(
    connection: Connection,
) -> None:
    body = b"z" * 60_000
    headers = REQUEST.replace(b"content-length: 4", b"content-length: 60000")[:-4]
    await connection.receive(headers + body)
    assert connection.served == [body]
    assert not connection.transport.closed


async def test_a_connection_that_is_lost_leaves_no_timer(connection: Connection) -> None:
    connection.protocol.connection_lost(None)
    assert connection.loop.deadlines() == []
