"""Listening: every connection that waits is accepted in one turn of the loop."""

import asyncio
import socket
from collections.abc import Callable

AT_ONCE = 64
"""Connections accepted in one turn; what is left goes to the next, or to another process."""
PAUSE = 0.5
"""Seconds without accepting where the system has no more descriptors to give."""


class Listening:
    """A listening socket, in place of the loop's own server.

    uvloop accepts one connection in a turn (libuv since 1.45). Where a turn takes 10 ms because there
    is much to do, the last of 200 new connections was heard after two seconds.
    """

    def __init__(self, listener: socket.socket, protocol: Callable[[], asyncio.Protocol]) -> None:
        self._listener = listener
        self._protocol = protocol
        self._loop = asyncio.get_running_loop()
        self._opening: set[asyncio.Task[object]] = set()
        self._closed = False
        self._listen()

    def _listen(self) -> None:
        if not self._closed:
            self._loop.add_reader(self._listener, self._accept)

    def _accept(self) -> None:
        for _ in range(AT_ONCE):
            try:
                connection, _ = self._listener.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError:  # no more descriptors: the connection waits until others have ended
                self._loop.remove_reader(self._listener)
                self._loop.call_later(PAUSE, self._listen)
                return
            connection.setblocking(False)
            opening = self._loop.create_task(self._open(connection))
            self._opening.add(opening)
            opening.add_done_callback(self._opening.discard)

    async def _open(self, connection: socket.socket) -> None:
        try:
            await self._loop.connect_accepted_socket(self._protocol, connection)
        except OSError:  # it is gone already
            connection.close()

    def close(self) -> None:
        """Accept nothing more; the socket itself is its owner's to close."""
        if not self._closed:
            self._closed = True
            self._loop.remove_reader(self._listener)

    async def wait_closed(self) -> None:
        """Wait until every connection that was accepted is its protocol's."""
        if self._opening:
            await asyncio.wait(self._opening)
