"""PostgreSQL batch: many writes in one transaction, each with its own outcome; many reads in one go."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import asyncpg
from msgspec import Struct

from watchword.adapters.store.engine import Query, Row, Step
from watchword.adapters.store.lanes import PATIENCE, Connection, unavailable
from watchword.adapters.store.statements import Numbered, postgres_statements

LOCK_ORDER: dict[str, tuple[str, ...]] = {
    "finish_task": ("id",),
    "postpone_task": ("id",),
    "insert_answer": ("project_id", "key"),
    "update_authentication": ("id",),
    "insert_authentication": ("id",),
    "update_number": ("project_id", "phone_number"),
    "insert_number": ("project_id", "phone_number"),
    "count": ("hour", "project_id", "name"),
    "take_from_balance": ("project_id",),
    "add_spend": ("start", "period", "project_id", "country"),
    "add_rollup": ("span", "start", "project_id", "country", "channel", "account"),
    "add_refusal": ("start", "project_id", "country", "prefix", "reason"),
}
"""The order in which statements, and each one's rows, are touched: with one order for all processes
none can wait for another in a circle. What many writes share comes last, to be held shortest."""
_PLACE = {name: place for place, name in enumerate(LOCK_ORDER)}
_UNLISTED = _PLACE["count"] - 0.5
RETRIES = 3
"""Times a batch is run again that another process was in the way of."""
BEGIN = f"BEGIN; SET LOCAL idle_in_transaction_session_timeout = {int(PATIENCE * 1000)}"
"""A process that is cut off inside a transaction would hold its locks until TCP gives up, in hours."""
BEGIN_RELAXED = f"{BEGIN}; SET LOCAL synchronous_commit = off"
_IN_THE_WAY = (asyncpg.DeadlockDetectedError, asyncpg.SerializationError)

Written = list[list[Row]] | None


class Write(Struct, frozen=True):
    """The steps of one write; a `relaxed` one need not be on disk when it is answered."""

    steps: Sequence[Step]
    relaxed: bool = False


class _Pass:
    """One run through a batch: what each write returned, who lost, and whether a loser wrote."""

    def __init__(self, writes: dict[int, Write]) -> None:
        self.returned: dict[int, list[list[Row]]] = {
            index: [[] for _ in write.steps] for index, write in writes.items()
        }
        self.lost: set[int] = set()
        self.wrote: set[int] = set()

    @property
    def must_undo(self) -> bool:
        return not self.lost.isdisjoint(self.wrote)


async def write_batch(
    connection: Connection, writes: Sequence[Write]
) -> Sequence[Written | Exception]:
    """Write a batch in one transaction.

    Who loses a race is left out and the rest is written. Where the database refuses a statement, the
    writes are carried out one by one, so that each has its own outcome.
    """
    for _ in range(RETRIES):
        try:
            return await _write_together(connection, writes)
        except _IN_THE_WAY:
            continue
        except asyncpg.PostgresError as error:
            if connection.is_closed() or isinstance(error, asyncpg.PostgresConnectionError):
                raise
            if len(writes) == 1:
                return [unavailable(error)]
            return [(await write_batch(connection, [write]))[0] for write in writes]
    raise unavailable(asyncpg.DeadlockDetectedError("again and again"))


async def _write_together(
    connection: Connection, writes: Sequence[Write]
) -> list[Written | Exception]:
    outcomes: list[Written | Exception] = [None] * len(writes)
    left = dict(enumerate(writes))
    while left:
        relaxed = all(write.relaxed for write in left.values())
        alone = not relaxed and sum(len(write.steps) for write in left.values()) == 1
        if not alone:
            await connection.execute(BEGIN_RELAXED if relaxed else BEGIN)
        try:
            run = await _run(connection, left)
            again = run.must_undo
            if not alone:
                await connection.execute("ROLLBACK" if again else "COMMIT")
        except asyncpg.PostgresError:
            if not alone and not connection.is_closed():
                await connection.execute("ROLLBACK")
            raise
        if again:
            left = {index: write for index, write in left.items() if index not in run.lost}
            continue
        for index in left.keys() - run.lost:
            outcomes[index] = run.returned[index]
        break
    return outcomes


async def _run(connection: Connection, writes: dict[int, Write]) -> _Pass:
    run = _Pass(writes)
    groups: dict[str, list[tuple[int, int, Step]]] = defaultdict(list)
    for index, write in writes.items():
        for place, step in enumerate(write.steps):
            groups[step.statement].append((index, place, step))
    for name in sorted(groups, key=lambda name: (_PLACE.get(name, _UNLISTED), name)):
        group = [entry for entry in groups[name] if entry[0] not in run.lost]
        await _run_group(connection, name, group, run)
        if run.must_undo:
            break
    return run


async def _run_group(
    connection: Connection, name: str, group: list[tuple[int, int, Step]], run: _Pass
) -> None:
    statement = postgres_statements()[name]
    keys = LOCK_ORDER.get(name)
    if keys is not None:
        group.sort(key=lambda entry: tuple(entry[2].params[key] for key in keys))
    if "RETURNING" in statement.text:
        for index, place, step in group:
            found = await connection.fetch(statement.text, *_arguments(statement, step))
            run.returned[index][place] = [tuple(row) for row in found]
            run.wrote.add(index)
        return
    if not any(step.decides for _, _, step in group):
        await connection.executemany(
            statement.text, [_arguments(statement, step) for _, _, step in group]
        )
        run.wrote.update(index for index, _, _ in group)
        return
    touched = await connection.fetchmany(
        f"{statement.text} RETURNING ${len(statement.names) + 1}::int",
        [(*_arguments(statement, step), at) for at, (_, _, step) in enumerate(group)],
    )
    reached = {row[0] for row in touched}
    for at, (index, _, step) in enumerate(group):
        if at in reached:
            run.wrote.add(index)
        elif step.decides:
            run.lost.add(index)


def _arguments(statement: Numbered, step: Step) -> tuple[Any, ...]:
    return tuple(step.params[name] for name in statement.names)


async def read_batch(
    connection: Connection, asked: Sequence[Sequence[Query]]
) -> Sequence[list[list[Row]] | Exception]:
    """The rows of many queries, each kind of them in one go."""
    answers: list[list[list[Row]]] = [[[] for _ in queries] for queries in asked]
    groups: dict[str, list[tuple[int, int, Query]]] = defaultdict(list)
    for index, queries in enumerate(asked):
        for place, query in enumerate(queries):
            groups[query[0]].append((index, place, query))
    for name, group in groups.items():
        statement = postgres_statements()[name]
        arguments = [tuple(query[1][key] for key in statement.names) for _, _, query in group]
        if len(group) == 1:
            index, place, _ = group[0]
            found = await connection.fetch(statement.text, *arguments[0])
            answers[index][place] = [tuple(row) for row in found]
            continue
        rows = await connection.fetchmany(
            f"SELECT ${len(statement.names) + 1}::int, asked.*"  # noqa: S608 - of our own texts
            f" FROM ({statement.text}) AS asked",
            [(*given, at) for at, given in enumerate(arguments)],
        )
        for row in rows:
            index, place, _ = group[row[0]]
            answers[index][place].append(row[1:])
    return answers
