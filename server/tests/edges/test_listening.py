"""Connections that wait are all accepted in one turn of the loop, and none is lost."""

import asyncio
import socket
from collections.abc import Iterator

import pytest

from watchword.edges.http import listening
from watchword.edges.http.listening import Listening
from watchword.server import listen


class Greeting(asyncio.Protocol):
    """Says a word to whoever connects."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.write(b"hello")
        transport.close()


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    made = listen("127.0.0.1", 0)
    yield made
    made.close()


async def heard(listener: socket.socket) -> bytes:
    reader, writer = await asyncio.open_connection(*listener.getsockname())
    said = await reader.read()
    writer.close()
    await writer.wait_closed()
    return said


async def test_everybody_who_waits_is_accepted_in_one_turn(listener: socket.socket) -> None:
    waiting = [socket.create_connection(listener.getsockname()) for _ in range(50)]
    taken: list[asyncio.Protocol] = []

    def protocol() -> asyncio.Protocol:
        taken.append(Greeting())
        return taken[-1]

    made = Listening(listener, protocol)
    made._accept()
    assert len(made._opening) == 50
    await asyncio.gather(*made._opening)
    assert len(taken) == 50
    made.close()
    for one in waiting:
        one.setblocking(False)
        assert await asyncio.get_running_loop().sock_recv(one, 5) == b"hello"
        one.close()


async def test_who_comes_later_is_heard_too(listener: socket.socket) -> None:
    made = Listening(listener, Greeting)
    assert await asyncio.gather(*(heard(listener) for _ in range(200))) == [b"hello"] * 200
    made.close()


async def test_without_descriptors_nobody_is_lost(
    listener: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listening, "PAUSE", 0.01)

    class Short:
        """A listener in a process that has just opened its last file."""

        failures = 2

        def fileno(self) -> int:
            return listener.fileno()

        def accept(self) -> tuple[socket.socket, object]:
            if self.failures:
                self.failures -= 1
                raise OSError(24, "Too many open files")
            return listener.accept()

    made = Listening(Short(), Greeting)  # type: ignore[arg-type] # all that is used of one
    assert await heard(listener) == b"hello"
    made.close()


async def test_a_listener_that_is_closed_accepts_nobody(listener: socket.socket) -> None:
    made = Listening(listener, Greeting)
    made.close()
    made.close()
    with socket.create_connection(listener.getsockname()) as waiting:
        waiting.setblocking(False)
        await asyncio.sleep(0)
        with pytest.raises(BlockingIOError):
            waiting.recv(1)
    assert not made._opening
