"""Backup: every row of a database in one file, which either engine can be filled from.

The file is gzip over frames: four bytes of length, then MessagePack. The first frame is the
`Heading`, then come `Rows`, the last is the `Ending` with a digest over all frames before it.
"""

import contextlib
import gzip
import hashlib
import os
import re
import sqlite3
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO

import asyncpg
import msgspec
from msgspec import Struct

from watchword.adapters.store.opening import open_store
from watchword.adapters.store.schema_version import SchemaTooNewError
from watchword.adapters.store.statements import migrations

FORMAT = 1
SLICE = 500
Put = Callable[["Rows"], Awaitable[None]]
_MADE_BY_MIGRATION = "directory_version"


class BackupError(Exception):
    """The file is no backup, is damaged, or does not fit; nothing was changed."""


class Heading(Struct, frozen=True, kw_only=True, tag="heading"):
    """What the file is: times in Unix milliseconds; `keys` is the key file, where there is one."""

    format: int
    schema: int
    made_at: int
    keys: str | None


class Rows(Struct, frozen=True, tag="rows"):
    """Some rows of one table."""

    table: str
    columns: tuple[str, ...]
    rows: list[list[Any]]


class Ending(Struct, frozen=True, tag="ending"):
    """How many rows there are of each table, and SHA-256 over the frames before this one."""

    counts: dict[str, int]
    digest: bytes


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Heading | Rows | Ending).decode


@cache
def tables() -> tuple[str, ...]:
    """Every table, those first that others refer to."""
    return tuple(
        name
        for _, text in migrations()
        for name in re.findall(r"^CREATE TABLE (\w+)", text, re.MULTILINE)
    )


async def back_up(
    database: Path | str, file: Path, *, made_at: int, keys: str | None
) -> dict[str, int]:
    """Write a backup as of one instant, readable by its owner alone; the rows of each table.

    Raises:
        FileExistsError: there is such a file already.
        StoreUnavailableError: the database cannot be read.

    """
    store = await open_store(database, listens=False)
    schema = store.schema_version
    await store.close()
    counts = dict.fromkeys(tables(), 0)
    digest = hashlib.sha256()
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as raw, gzip.GzipFile(fileobj=raw, mode="wb") as packed:

        def frame(value: Heading | Rows | Ending) -> None:
            content = _encode(value)
            written = len(content).to_bytes(4, "big") + content
            digest.update(written)
            packed.write(written)

        frame(Heading(format=FORMAT, schema=schema, made_at=made_at, keys=keys))
        reading = _sqlite_rows(database) if isinstance(database, Path) else _postgres_rows(database)
        async for rows in reading:
            counts[rows.table] += len(rows.rows)
            frame(rows)
        frame(Ending(counts, digest.digest()))
    return counts


async def _sqlite_rows(file: Path) -> AsyncIterator[Rows]:
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as database:
        database.execute("BEGIN")
        for table in tables():
            cursor = database.execute(f"SELECT * FROM {table}")  # noqa: S608 - a name of our own
            columns = tuple(column[0] for column in cursor.description)
            while found := cursor.fetchmany(SLICE):
                yield Rows(table, columns, [list(row) for row in found])


async def _postgres_rows(url: str) -> AsyncIterator[Rows]:
    connection = await asyncpg.connect(url)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            for table in tables():
                cursor = await connection.cursor(f"SELECT * FROM {table}")  # noqa: S608 - our own
                while found := await cursor.fetch(SLICE):
                    yield Rows(table, tuple(found[0].keys()), [list(row) for row in found])
    finally:
        await connection.close()


def read(file: Path) -> Iterator[Heading | Rows | Ending]:
    """The frames of a backup; that the last one was given shows that the file is whole.

    Raises:
        BackupError: it is no backup, or damaged.

    """
    digest = hashlib.sha256()
    try:
        with gzip.open(file, "rb") as packed:
            while True:
                size = _exactly(packed, 4)
                content = _exactly(packed, int.from_bytes(size, "big"))
                value = _decode(content)
                yield value
                if isinstance(value, Ending):
                    if value.digest != digest.digest():
                        raise BackupError(f"{file} is damaged")
                    return
                digest.update(size + content)
    except (OSError, EOFError, zlib.error, UnicodeError, msgspec.DecodeError) as error:
        raise BackupError(f"{file} is no backup, or damaged: {error}") from error


def _exactly(packed: gzip.GzipFile | BinaryIO, size: int) -> bytes:
    content = packed.read(size)
    if len(content) != size:
        raise EOFError("it ends too early")
    return content


def heading_of(file: Path) -> Heading:
    """What a backup is, after going through all of it once.

    Raises:
        BackupError: it is no backup, is damaged, or was made by another version.
        SchemaTooNewError: a newer program has made it.

    """
    frames = list(_outline(file))
    heading = frames[0]
    newest = migrations()[-1][0]
    if not isinstance(heading, Heading) or heading.format != FORMAT:
        raise BackupError(f"{file} is no backup that this program reads")
    if heading.schema > newest:
        raise SchemaTooNewError(str(file), heading.schema, newest)
    if heading.schema < newest:
        raise BackupError(
            f"{file} has schema {heading.schema}, this program has {newest}: restore it with the "
            "version that made it, then let this one bring the schema up"
        )
    return heading


def _outline(file: Path) -> Iterator[Heading | Ending]:
    for frame in read(file):
        if not isinstance(frame, Rows):
            yield frame


async def restore(database: Path | str, file: Path) -> dict[str, int]:
    """Fill an empty database from a backup, whole or not at all; the rows of each table.

    Raises:
        BackupError, SchemaTooNewError: the file cannot be used, or the database is not empty.
        StoreUnavailableError: the database cannot be written.

    """
    heading_of(file)
    store = await open_store(database, listens=False)
    empty = not await store.projects()
    await store.close()
    if not empty:
        raise BackupError("the database is not empty: restore into a new one")
    counts = dict.fromkeys(tables(), 0)
    filling = _fill_sqlite(database) if isinstance(database, Path) else _fill_postgres(database)
    async with filling as put:
        for frame in read(file):
            if isinstance(frame, Rows):
                counts[frame.table] += len(frame.rows)
                await put(frame)
    return counts


@contextlib.asynccontextmanager
async def _fill_sqlite(file: Path) -> AsyncIterator[Put]:
    with contextlib.closing(sqlite3.connect(file)) as database, database:
        database.execute(f"DELETE FROM {_MADE_BY_MIGRATION}")  # noqa: S608 - a name of our own

        async def put(rows: Rows) -> None:
            names = ", ".join(map(_plain, rows.columns))
            places = ", ".join("?" * len(rows.columns))
            database.executemany(
                f"INSERT INTO {_known(rows.table)} ({names}) VALUES ({places})",  # noqa: S608 - checked
                rows.rows,
            )

        yield put


@contextlib.asynccontextmanager
async def _fill_postgres(url: str) -> AsyncIterator[Put]:
    connection = await asyncpg.connect(url)
    try:
        async with connection.transaction():
            await connection.execute(f"DELETE FROM {_MADE_BY_MIGRATION}")  # noqa: S608 - our own

            async def put(rows: Rows) -> None:
                await connection.copy_records_to_table(
                    _known(rows.table), records=rows.rows, columns=list(rows.columns)
                )

            yield put
    finally:
        await connection.close()


def _plain(column: str) -> str:
    if not column.isidentifier():
        raise BackupError(f"there is no column {column!r}")
    return column


def _known(table: str) -> str:
    if table not in tables():
        raise BackupError(f"there is no table {table!r}")
    return table
