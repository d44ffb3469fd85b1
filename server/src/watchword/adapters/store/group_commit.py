"""Group commit: writes that wait in the same tick of the loop share one transaction and one sync."""

import asyncio
from collections.abc import Callable
from typing import Protocol, TypeVar

from watchword.ports.store import StoreUnavailableError

T = TypeVar("T")
Outcome = tuple["asyncio.Future[object]", object]
Waiting = tuple[Callable[[], object], "asyncio.Future[object]", bool]


class MustUndoError(Exception):
    """An operation failed after it had written, and it can only be undone with its whole batch."""


class Transactions(Protocol):
    """What group commit needs of an engine; every method may raise `StoreUnavailableError`."""

    def begin(self) -> None:
        """Open a transaction."""

    def attempt(self, operation: Callable[[], object], *, careful: bool) -> object:
        """Run one operation; None for a lost race.

        Where `careful` a failure undoes it and nothing else; otherwise, which is quicker, a failure
        that has written already raises `MustUndoError`.
        """

    def rollback(self) -> None:
        """Undo everything since `begin`."""

    def commit(self) -> None:
        """Make everything since `begin` last, or undo it all and raise."""

    def sync(self) -> None:
        """Wait until all that was committed is on disk; called off the loop's thread."""


class GroupCommit:
    """Gathers operations, runs them as one batch, and answers each with its own outcome.

    An operation is run after the present tick of the loop, with all others that came in it. A
    strict one is answered when it is on disk; while one batch is being synced the next gathers.
    Operations must bear being run twice: a batch in which one fails late is undone and run again.
    Above `limit` waiting operations new ones are declined: a queue that only grows helps nobody.
    """

    def __init__(
        self,
        engine: Transactions,
        *,
        strict: bool,
        limit: int,
        committed: Callable[[], None],
    ) -> None:
        self._engine = engine
        self._strict = strict
        self._limit = limit
        self._committed = committed
        self._waiting: list[Waiting] = []
        self._unsynced: list[Outcome] = []
        self._syncing: asyncio.Task[None] | None = None

    async def run(self, operation: Callable[[], T], *, relaxed: bool = False) -> T | None:
        """Run a write; `relaxed` asks only that it survive a killed process, not a lost machine."""
        if len(self._waiting) + len(self._unsynced) >= self._limit:
            raise StoreUnavailableError(f"{self._limit} writes are waiting already")
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T | None] = loop.create_future()
        if not self._waiting:
            loop.call_soon(self._flush)
        self._waiting.append((operation, future, relaxed))  # type: ignore[arg-type] # one queue for every T
        return await future

    def _flush(self) -> None:
        batch, self._waiting = self._waiting, []
        try:
            try:
                results = self._run_batch(batch, careful=False)
            except MustUndoError:
                self._engine.rollback()
                results = self._run_batch(batch, careful=True)
        except StoreUnavailableError as error:
            _answer([(future, error) for _, future, _ in batch])
            return
        answers: list[Outcome] = []
        strict: list[Outcome] = []
        for (_, future, relaxed), result in zip(batch, results, strict=True):
            (answers if relaxed or not self._strict else strict).append((future, result))
        _answer(answers)
        if strict:
            self._unsynced += strict
            if self._syncing is None:
                self._syncing = asyncio.get_running_loop().create_task(self._sync())
        self._committed()

    def _run_batch(self, batch: list[Waiting], *, careful: bool) -> list[object]:
        results: list[object] = []
        self._engine.begin()
        for operation, _, _ in batch:
            try:
                results.append(self._engine.attempt(operation, careful=careful))
            except MustUndoError:
                raise
            except Exception as error:  # noqa: BLE001 - each operation keeps its own outcome
                results.append(error)
        self._engine.commit()
        return results

    async def _sync(self) -> None:
        while self._unsynced:
            batch, self._unsynced = self._unsynced, []
            try:
                await asyncio.to_thread(self._engine.sync)
            except StoreUnavailableError as error:
                batch = [(future, error) for future, _ in batch]
            _answer(batch)
        self._syncing = None

    async def drain(self) -> None:
        """Wait until nothing is gathered or being synced."""
        while self._waiting or self._syncing is not None:
            if self._syncing is not None:
                await self._syncing
            else:
                await asyncio.sleep(0)


def _answer(outcomes: list[Outcome]) -> None:
    for future, result in outcomes:
        if future.done():
            continue  # the caller has gone; its write stands
        if isinstance(result, BaseException):
            future.set_exception(result)
        else:
            future.set_result(result)
