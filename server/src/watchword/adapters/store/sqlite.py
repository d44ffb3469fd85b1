"""SQLite: the embedded engine, one file, statements run on the loop's own thread."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

from watchword.adapters.store.engine import Query, Row, Step
from watchword.adapters.store.group_commit import GroupCommit
from watchword.adapters.store.sqlite_connection import SqliteConnection, reading


class SqliteEngine:
    """The engine on one SQLite file.

    Reads of one tick of the loop share a transaction: to take and give back the lock costs more than
    most of them.

    `strict` answers a write when it is on disk (fdatasync of the WAL, which is what
    `synchronous=FULL` does, only once for a whole batch); otherwise a write survives a killed
    process but not a lost machine.
    """

    def __init__(self, path: Path, *, strict: bool = True, queue_limit: int = 10_000) -> None:
        self._connection = SqliteConnection(path)
        self._listeners: list[Callable[[], None]] = []
        self._writes = GroupCommit(
            self._connection, strict=strict, limit=queue_limit, committed=self._tell_listeners
        )

    @property
    def schema_version(self) -> int:
        """The newest schema step that was applied."""
        return self._connection.schema_version

    async def close(self) -> None:
        """Finish what is gathered, then let go of the file."""
        await self._writes.drain()
        self._connection.close()

    def _tell_listeners(self) -> None:
        for listener in self._listeners:
            listener()

    def on_commit(self, listener: Callable[[], None]) -> None:
        """Call `listener` after each commit of this process."""
        self._listeners.append(listener)

    async def read(self, *queries: Query) -> list[list[Row]]:
        """The rows of each query."""
        with reading():
            if self._connection.begin_reading():
                asyncio.get_running_loop().call_soon(self._connection.end_reading)
            return [self._connection.rows(query) for query in queries]

    async def write(
        self, steps: Sequence[Step], *, relaxed: bool = False
    ) -> list[list[Row]] | None:
        """Carry out all steps or none."""
        return await self._writes.run(
            lambda: [self._connection.step(step) for step in steps], relaxed=relaxed
        )
