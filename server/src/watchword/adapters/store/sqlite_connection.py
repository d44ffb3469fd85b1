"""SQLite connection: one file in WAL mode, its schema, its transactions and their way to disk."""

import contextlib
import os
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

from watchword.adapters.store.engine import Query, Row, Step
from watchword.adapters.store.group_commit import MustUndoError
from watchword.adapters.store.schema_version import SchemaTooNewError
from watchword.adapters.store.statements import migrations, statements
from watchword.ports.store import StoreUnavailableError

CHECKPOINT_PAGES = 4_096
"""WAL pages (4 kB each, so 16 MB) before a checkpoint, which takes some 30 ms of everybody's time."""
BUSY_TIMEOUT = 2_000
"""Milliseconds to wait for another process that is writing."""


class RaceLostError(Exception):
    """A deciding statement touched no row; its operation is undone."""


class SqliteConnection:
    """What group commit needs of SQLite, and named statements for the engine."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._sql = statements()
        self._reading = False
        try:
            self._db = sqlite3.connect(path, isolation_level=None, cached_statements=256)
        except sqlite3.Error as error:
            raise StoreUnavailableError(f"{path}: {error}") from error
        try:
            self._set_up()
            self.schema_version = self._migrate()
            self._wal = self._open_wal()
        except sqlite3.Error as error:
            self._db.close()
            raise StoreUnavailableError(f"{path}: {error}") from error
        except BaseException:
            self._db.close()
            raise

    def _set_up(self) -> None:
        with contextlib.closing(self._db.cursor()) as cursor:
            for pragma in (
                "journal_mode = WAL",
                "synchronous = NORMAL",
                "foreign_keys = ON",
                f"busy_timeout = {BUSY_TIMEOUT}",
                f"wal_autocheckpoint = {CHECKPOINT_PAGES}",
                "cache_size = -65536",
            ):
                cursor.execute(f"PRAGMA {pragma}")

    def _migrate(self) -> int:
        steps = migrations()
        newest = steps[-1][0]
        (found,) = self._db.execute("PRAGMA user_version").fetchone()
        if found > newest:
            raise SchemaTooNewError(str(self._path), found, newest)
        if found == newest:
            return newest
        self._db.execute("BEGIN IMMEDIATE")
        try:
            (found,) = self._db.execute("PRAGMA user_version").fetchone()
            for version, text in steps:
                if version > found:
                    for statement in text.split(";\n"):
                        self._db.execute(statement)
                    self._db.execute(f"PRAGMA user_version = {version}")
            self._db.execute("COMMIT")
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        return newest

    def _open_wal(self) -> int:
        self._db.execute("BEGIN IMMEDIATE")
        self._db.execute("UPDATE directory_version SET version = version")
        self._db.execute("COMMIT")
        return os.open(f"{self._path}-wal", os.O_RDONLY)

    def close(self) -> None:
        """Let go of the file."""
        self.end_reading()
        os.close(self._wal)
        self._db.close()

    def begin_reading(self) -> bool:
        """Read as of one instant from now on; False where that is so already."""
        if self._reading:
            return False
        self._db.execute("BEGIN")
        self._reading = True
        return True

    def end_reading(self) -> None:
        """Let go of that instant."""
        if self._reading:
            self._reading = False
            self._db.execute("COMMIT")

    def begin(self) -> None:
        """Open a write transaction."""
        self.end_reading()
        self._run("BEGIN IMMEDIATE")

    def attempt(self, operation: Callable[[], object], *, careful: bool) -> object:
        """Run one operation, inside a savepoint where `careful`."""
        if not self._db.in_transaction:
            # A full disk has ended the batch: a savepoint now would be a transaction of its own.
            raise StoreUnavailableError("an earlier write of this batch undid them all")
        before = self._db.total_changes
        if careful:
            self._db.execute("SAVEPOINT operation")
        try:
            result = operation()
        except RaceLostError:
            self._undo(before, careful=careful)
            return None
        except sqlite3.Error as error:
            self._undo(before, careful=careful)
            raise StoreUnavailableError(str(error)) from error
        except BaseException:
            self._undo(before, careful=careful)
            raise
        if careful:
            self._db.execute("RELEASE operation")
        return result

    def _undo(self, before: int, *, careful: bool) -> None:
        if not careful:
            if self._db.in_transaction and self._db.total_changes != before:
                raise MustUndoError
            return
        # A full disk ends the whole transaction by itself; the commit will then say so.
        if self._db.in_transaction:
            self._db.execute("ROLLBACK TO operation")
            self._db.execute("RELEASE operation")

    def rollback(self) -> None:
        """Undo everything since `begin`."""
        if self._db.in_transaction:
            self._run("ROLLBACK")

    def commit(self) -> None:
        """Commit, or undo everything and raise."""
        try:
            self._run("COMMIT")
        except StoreUnavailableError:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise

    def sync(self) -> None:
        """Put the WAL on disk."""
        try:
            getattr(os, "fdatasync", os.fsync)(self._wal)
        except OSError as error:
            raise StoreUnavailableError(f"{self._path}-wal: {error}") from error

    def _run(self, sql: str) -> None:
        try:
            self._db.execute(sql)
        except sqlite3.Error as error:
            raise StoreUnavailableError(str(error)) from error

    def step(self, step: Step) -> list[Row]:
        """Carry out a step of a write; one that `decides` and touches nothing ends its operation."""
        cursor = self._db.execute(self._sql[step.statement], step.params)
        rows: list[Row] = cursor.fetchall()
        if step.decides and cursor.rowcount == 0:
            raise RaceLostError
        return rows

    def rows(self, query: Query) -> list[Row]:
        """Every row of a query."""
        name, params = query
        return self._db.execute(self._sql[name], params).fetchall()


@contextlib.contextmanager
def reading() -> Iterator[None]:
    """Turn SQLite's errors into the port's."""
    try:
        yield
    except sqlite3.Error as error:
        raise StoreUnavailableError(str(error)) from error
