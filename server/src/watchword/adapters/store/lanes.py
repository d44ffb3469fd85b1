"""Lanes: gathers what waits for a database and runs it in batches, a few of them at a time."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeAlias, TypeVar

import asyncpg

from watchword.ports.store import StoreUnavailableError

Asked = TypeVar("Asked")
Answered = TypeVar("Answered")
PATIENCE = 5.0
"""Seconds a batch may take before its connection is given up."""
CONNECT_PATIENCE = 2.0
LARGEST_BATCH = 256

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


class Lanes(Generic[Asked, Answered]):
    """Each lane is one connection that runs one batch at a time; whoever comes meanwhile gathers.

    `run` answers each of a batch with its own outcome. A batch whose connection is lost is answered
    `StoreUnavailableError`, and its lane connects anew for the next one.
    """

    def __init__(
        self,
        connect: Callable[[], Awaitable[Connection]],
        run: Callable[[Connection, Sequence[Asked]], Awaitable[Sequence[Answered | Exception]]],
        *,
        lanes: int,
        limit: int,
    ) -> None:
        self._connect = connect
        self._run = run
        self._limit = limit
        self._waiting: list[tuple[Asked, asyncio.Future[Answered]]] = []
        self._free: list[Connection | None] = [None] * lanes
        self._busy: set[asyncio.Task[None]] = set()
        self._gathering = False

    async def do(self, asked: Asked) -> Answered:
        """Have one thing done, with whatever else waits."""
        if len(self._waiting) >= self._limit:
            raise StoreUnavailableError(f"{self._limit} operations are waiting already")
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Answered] = loop.create_future()
        self._waiting.append((asked, future))
        if self._free and not self._gathering:
            self._gathering = True
            loop.call_soon(self._start)
        return await future

    def _start(self) -> None:
        self._gathering = False
        while self._waiting and self._free:
            batch, self._waiting = (
                self._waiting[:LARGEST_BATCH],
                self._waiting[LARGEST_BATCH:],
            )
            task = asyncio.get_running_loop().create_task(self._travel(self._free.pop(), batch))
            self._busy.add(task)
            task.add_done_callback(self._busy.discard)

    async def _travel(
        self, connection: "Connection | None", batch: list[tuple[Asked, asyncio.Future[Answered]]]
    ) -> None:
        outcomes: Sequence[Answered | Exception]
        try:
            if connection is None or connection.is_closed():
                connection = await self._connect()
            async with asyncio.timeout(PATIENCE):
                outcomes = await self._run(connection, [asked for asked, _ in batch])
        except Exception as error:  # noqa: BLE001 - whatever it is, those who wait are told
            if connection is not None:
                connection.terminate()  # what it was in the middle of must not go on
            connection = None
            outcomes = [unavailable(error)] * len(batch)
        self._free.append(connection)
        for (_, future), outcome in zip(batch, outcomes, strict=True):
            if future.done():
                continue  # the caller has gone; its write stands
            if isinstance(outcome, Exception):
                future.set_exception(outcome)
            else:
                future.set_result(outcome)
        self._start()

    async def close(self) -> None:
        """Finish what is gathered, then leave."""
        while self._waiting or self._busy:
            if self._busy:
                await asyncio.wait(self._busy)
            else:
                await asyncio.sleep(0)
        connections, self._free = self._free, []
        for connection in connections:
            if connection is not None:
                await leave(connection)


async def leave(connection: Connection) -> None:
    """Close a connection politely, or at once where it does not answer."""
    try:
        await connection.close(timeout=CONNECT_PATIENCE)
    except Exception:  # noqa: BLE001, S110 - it is lost already, whatever it says
        pass
    finally:
        connection.terminate()  # also where we are cancelled meanwhile


def unavailable(error: BaseException) -> StoreUnavailableError:
    """An error of the database as the port's; its words never hold a value that was written."""
    if isinstance(error, StoreUnavailableError):
        return error
    if isinstance(error, TimeoutError):
        return StoreUnavailableError("PostgreSQL does not answer")
    if isinstance(error, asyncpg.PostgresError):
        return StoreUnavailableError(f"PostgreSQL: {error.sqlstate} {type(error).__name__}")
    return StoreUnavailableError(f"PostgreSQL: {type(error).__name__}: {error}")
