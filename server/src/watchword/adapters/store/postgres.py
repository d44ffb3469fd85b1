"""PostgreSQL: the engine for many processes and machines on one database."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence

import asyncpg

from watchword.adapters.store.engine import Query, Row, Step
from watchword.adapters.store.lanes import CONNECT_PATIENCE, Connection, Lanes, leave, unavailable
from watchword.adapters.store.postgres_batch import Write, read_batch, write_batch
from watchword.adapters.store.schema_version import SchemaTooNewError
from watchword.adapters.store.statements import postgres_migrations

CHANNEL = "watchword"
_MIGRATING = 0x57415443
"""Key of the advisory lock that one migrating process holds; a number of our own."""
TOLD_EVERY = 0.005
"""Seconds between two notifications of one process: the others look at all that is due anyway."""
AGAIN = 1.0
"""Seconds before a lost connection is made anew."""
_TROUBLE = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)
_WAKES = frozenset({"insert_task", "insert_inbox_message", "raise_directory_version"})


class PostgresEngine:
    """The engine on a PostgreSQL 15 or newer.

    Reads and writes that wait are gathered into batches, `lanes` of each at a time; a batch of writes
    is one transaction. With `strict` an answer waits for the commit to be on disk. A connection that
    is lost while it commits leaves open whether the write stands: the caller is told
    `StoreUnavailableError`, and a repetition finds what is there.

    `listens` is whether this process is woken by the commits of others (LISTEN); without, as behind
    a pooler that shares connections between transactions, it only looks now and then.
    """

    def __init__(
        self,
        url: str,
        *,
        schema_version: int,
        strict: bool = True,
        queue_limit: int = 10_000,
        lanes: int = 2,
        listens: bool = True,
    ) -> None:
        self._url = url
        self._strict = strict
        self._version = schema_version
        self._listeners: list[Callable[[], None]] = []
        self._reads: Lanes[Sequence[Query], list[list[Row]]] = Lanes(
            self._connect, read_batch, lanes=lanes, limit=queue_limit
        )
        self._writes: Lanes[Write, list[list[Row]] | None] = Lanes(
            self._connect, write_batch, lanes=lanes, limit=queue_limit
        )
        self._untold = asyncio.Event()
        self._teller = 0
        self._beside = (
            [
                asyncio.create_task(self._listen()),
                asyncio.create_task(self._tell()),
            ]
            if listens
            else []
        )

    @classmethod
    async def open(
        cls,
        url: str,
        *,
        strict: bool = True,
        queue_limit: int = 10_000,
        lanes: int = 2,
        listens: bool = True,
    ) -> "PostgresEngine":
        """Connect, bring the schema up to date, and be ready.

        Raises:
            StoreUnavailableError: PostgreSQL does not answer, or refuses us.
            SchemaTooNewError: a newer program has written the database.

        """
        try:
            async with asyncio.timeout(30):
                version = await _migrate(url)
        except _TROUBLE as error:
            raise unavailable(error) from error
        return cls(
            url,
            schema_version=version,
            strict=strict,
            queue_limit=queue_limit,
            lanes=lanes,
            listens=listens,
        )

    @property
    def schema_version(self) -> int:
        """The newest schema step that was applied."""
        return self._version

    async def _connect(self) -> Connection:
        commit = {} if self._strict else {"synchronous_commit": "off"}
        return await asyncpg.connect(
            self._url,
            timeout=CONNECT_PATIENCE,
            server_settings={"application_name": "watchword", **commit},
        )

    async def close(self) -> None:
        """Finish what is gathered, then leave."""
        await self._writes.close()
        await self._reads.close()
        for task in self._beside:
            task.cancel()
        await asyncio.gather(*self._beside, return_exceptions=True)

    def on_commit(self, listener: Callable[[], None]) -> None:
        """Call `listener` after each commit of this process, and when another tells of one."""
        self._listeners.append(listener)

    def _committed(self) -> None:
        for listener in self._listeners:
            listener()

    async def read(self, *queries: Query) -> list[list[Row]]:
        """The rows of each query."""
        return await self._reads.do(queries)

    async def write(
        self, steps: Sequence[Step], *, relaxed: bool = False
    ) -> list[list[Row]] | None:
        """Carry out all steps or none."""
        written = await self._writes.do(Write(steps, relaxed))
        if written is not None:
            self._committed()
            if any(step.statement in _WAKES for step in steps):
                self._untold.set()
        return written

    async def _tell(self) -> None:
        """Wake the other processes after commits; whoever missed it looks by itself soon after."""
        while True:
            with contextlib.suppress(Exception):  # whatever it was, it is begun anew
                async with self._connection() as connection:
                    self._teller = connection.get_server_pid()
                    while True:
                        await self._untold.wait()
                        self._untold.clear()
                        await connection.execute(f"NOTIFY {CHANNEL}", timeout=CONNECT_PATIENCE)
                        await asyncio.sleep(TOLD_EVERY)
            await asyncio.sleep(AGAIN)

    async def _listen(self) -> None:
        """Hear of other processes' commits."""

        def hear(_: object, teller: int, _channel: str, _payload: object) -> None:
            if teller != self._teller:
                self._committed()

        while True:
            with contextlib.suppress(Exception):  # whatever it was, it is begun anew
                async with self._connection() as connection:
                    lost = asyncio.Event()
                    connection.add_termination_listener(lambda _, lost=lost: lost.set())
                    await connection.add_listener(CHANNEL, hear)
                    await lost.wait()
            await asyncio.sleep(AGAIN)

    @contextlib.asynccontextmanager
    async def _connection(self) -> AsyncIterator[Connection]:
        connecting = asyncio.create_task(self._connect())
        try:
            connection = await asyncio.shield(connecting)
        except asyncio.CancelledError:
            # A connection that is just being made must not be left to the garbage collector.
            with contextlib.suppress(*_TROUBLE):
                await leave(await connecting)
            raise
        try:
            yield connection
        finally:
            await leave(connection)


async def _migrate(url: str) -> int:
    steps = postgres_migrations()
    newest = steps[-1][0]
    connection = await asyncpg.connect(url)
    try:
        found = await _found_version(connection)
        if found < newest:
            async with connection.transaction():
                await connection.execute("SELECT pg_advisory_xact_lock($1)", _MIGRATING)
                await connection.execute(
                    "CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL)"
                )
                found = await _found_version(connection)
                for version, text in steps:
                    if version > found:
                        await connection.execute(text)
                if found < newest:
                    await connection.execute("DELETE FROM schema_version")
                    await connection.execute("INSERT INTO schema_version VALUES ($1)", newest)
    finally:
        await connection.close()
    if found > newest:
        raise SchemaTooNewError("the database", found, newest)
    return newest


async def _found_version(connection: Connection) -> int:
    if await connection.fetchval("SELECT to_regclass('schema_version')") is None:
        return 0
    return int(await connection.fetchval("SELECT max(version) FROM schema_version") or 0)
