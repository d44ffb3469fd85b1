"""The server: HTTP and the worker in one process, from the first signal to a clean end."""

import asyncio
import contextlib
import gc
import signal
import socket
import sys
from collections.abc import Callable, Coroutine, Iterator
from types import FrameType
from typing import Any, TypeVar

import uvicorn

from watchword.adapters.late_courier import load_courier
from watchword.app import Watchword
from watchword.edges.http.entry import Application
from watchword.edges.http.listening import Listening
from watchword.edges.http.protocol import BoundedHttpProtocol
from watchword.ports.store import StoreUnavailableError

T = TypeVar("T")
BACKLOG = 2048
CAN_WATCH = sys.platform != "win32"
"""Whether the loop can watch a socket; that of Windows cannot."""
COLLECTIONS = (20_000, 20, 50)
"""Objects made before the youngest are looked through, and how many such looks before older ones."""


class _Server(uvicorn.Server):
    """Uvicorn, which is told to stop by us and leaves the signals alone."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen in our own way where the loop can watch a socket."""
        if not CAN_WATCH:
            await super().startup(sockets)
            return
        await super().startup([])
        self.servers = [Listening(listener, self._protocol) for listener in sockets or ()]  # type: ignore[misc] # it has what uvicorn uses of a server

    def _protocol(self) -> asyncio.Protocol:
        return BoundedHttpProtocol(self.config, self.server_state, self.lifespan.state)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Catch nothing: one place below does."""
        yield


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one.

    Raises:
        OSError: the port is taken, or the address is not this machine's.

    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(BACKLOG)
        listener.setblocking(False)
    except BaseException:
        listener.close()
        raise
    return listener


def _server(application: Application, patience: int) -> _Server:
    return _Server(
        uvicorn.Config(
            application,
            http=BoundedHttpProtocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=patience,
            timeout_keep_alive=30,
        )
    )


async def serve(
    watchword: Watchword,
    listener: socket.socket,
    stop: asyncio.Event,
    ready: Callable[[], None] | None = None,
) -> None:
    """Answer requests, and do the outbox's work, until `stop` is set; then finish what is in flight.

    New requests are refused at once, long polls end at once, and what was begun has
    `shutdown_timeout` seconds.
    """
    patience = watchword.settings.shutdown_timeout
    await begin_learning(watchword)
    server = _server(watchword.http, patience)
    working = (
        asyncio.create_task(watchword.worker.run(patience))
        if watchword.settings.run_worker
        else None
    )
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    stopping = asyncio.create_task(stop.wait())
    _spare_what_stays()
    while not server.started and not serving.done():  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.005)
    if ready is not None and server.started:
        ready()
    await asyncio.to_thread(load_courier)
    try:
        await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        watchword.bell.stop()
        server.should_exit = True
        await serving
        watchword.worker.stop()
        if working is not None:
            await working
        stopping.cancel()


async def begin_learning(watchword: Watchword) -> None:
    """Recall what was learnt before, and share from now on; a store that is away is asked later."""
    with contextlib.suppress(StoreUnavailableError):
        await watchword.share_memory.begin()


async def serve_pages(watchword: Watchword, listener: socket.socket, stop: asyncio.Event) -> None:
    """Answer /livez, /readyz and /metrics until `stop` is set: for a process that only works."""
    server = _server(watchword.http.pages, watchword.settings.shutdown_timeout)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        await stop.wait()
    finally:
        server.should_exit = True
        await serving


def _spare_what_stays() -> None:
    """Let the garbage collector leave alone what is there for good, and look less often.

    Nearly all of our garbage is freed by reference counts; looking through metadata of numbers,
    modules and settings again and again took a fifth of the processor.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECTIONS)


def run(main: Coroutine[Any, Any, T]) -> T:
    """Run to the end on the fastest event loop there is on this machine."""
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        return runner.run(main)


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop]:
    try:
        import uvloop  # noqa: PLC0415 - not to be had on Windows
    except ImportError:
        return asyncio.new_event_loop
    return uvloop.new_event_loop


@contextlib.contextmanager
def stop_on_signals(stop: asyncio.Event) -> Iterator[None]:
    """Set `stop` on SIGINT and SIGTERM; a second one ends the process as it always would."""
    loop = asyncio.get_running_loop()
    caught = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.getsignal(number) for number in caught}

    def handle(number: int, _frame: FrameType | None) -> None:
        signal.signal(number, signal.SIG_DFL)
        loop.call_soon_threadsafe(stop.set)

    for number in caught:
        signal.signal(number, handle)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
