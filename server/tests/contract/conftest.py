"""The keepers that must keep the store's contract, and the values it is told in."""

import contextlib
import json
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

import asyncpg
import pytest
from msgspec.structs import replace
from server.tests.conftest import MINUTE, PERSON, START, ManualClock
from server.tests.postgres import PostgresServer, psql

from watchword.adapters.store import lanes
from watchword.adapters.store.opening import open_store
from watchword.adapters.store.sqlite import SqliteEngine
from watchword.adapters.store.sqlite_connection import SqliteConnection
from watchword.adapters.store.store import EngineStore
from watchword.domain.attempt import Attempt, Trigger
from watchword.domain.authentication import Authentication, State
from watchword.domain.event import Event, Expired
from watchword.domain.line_type import LineType
from watchword.domain.number_history import NumberHistory
from watchword.domain.phone_number import PhoneNumber
from watchword.domain.project import Mode, Project
from watchword.domain.task import SendAttempt, Task
from watchword.ports.store import Change, Registry, Store

Rows = dict[str, list[tuple[Any, ...]]]


class Keeper(Store, Registry, Protocol):
    """A store that is also the registry, as every engine's is."""

    @property
    def schema_version(self) -> int: ...

    async def close(self) -> None: ...


class Maker(Protocol):
    """Makes keepers of one kind on one database, and does to them what befalls a database."""

    name: str
    strict: bool

    async def open(self, folder: Path, *, queue_limit: int = 10_000) -> Keeper:
        """A keeper on the database of this folder."""

    def dump(self, folder: Path) -> Rows:
        """Every row of every table."""

    def full_disk(self, folder: Path, keeper: Keeper) -> contextlib.AbstractContextManager[None]:
        """A small write still fits on the disk meanwhile, half a megabyte does not."""

    def locked(self, folder: Path, keeper: Keeper) -> contextlib.AbstractAsyncContextManager[None]:
        """Somebody else holds what a write needs meanwhile, for longer than the keeper waits."""

    def run(self, folder: Path, sql: str) -> None:
        """Change the database behind its back."""

    def make_newer(self, folder: Path) -> None:
        """Let the database look as if a newer program had written it."""


def sqlite_connection(keeper: Keeper) -> SqliteConnection:
    """The connection inside a keeper on SQLite."""
    assert isinstance(keeper, EngineStore)
    assert isinstance(keeper._engine, SqliteEngine)
    return keeper._engine._connection


class SqliteMaker:
    """SQLite, in one of its two durabilities."""

    def __init__(self, *, strict: bool) -> None:
        self.strict = strict
        self.name = f"sqlite-{'strict' if strict else 'normal'}"

    async def open(self, folder: Path, *, queue_limit: int = 10_000) -> Keeper:
        return await open_store(self.file(folder), strict=self.strict, queue_limit=queue_limit)

    def file(self, folder: Path) -> Path:
        return folder / "watchword.db"

    @contextlib.contextmanager
    def _other(self, folder: Path) -> Iterator[sqlite3.Connection]:
        with contextlib.closing(sqlite3.connect(self.file(folder), isolation_level=None)) as db:
            yield db

    def dump(self, folder: Path) -> Rows:
        with self._other(folder) as db:
            names = [
                row[0]
                for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
                if not row[0].startswith("sqlite_")
            ]
            assert len(names) > 10
            return {name: sorted(db.execute(f"SELECT * FROM {name}"), key=repr) for name in names}

    @contextlib.contextmanager
    def full_disk(self, _: Path, keeper: Keeper) -> Iterator[None]:
        db = sqlite_connection(keeper)._db
        (free,) = db.execute("PRAGMA freelist_count").fetchone()
        assert free == 0
        (before,) = db.execute("PRAGMA max_page_count").fetchone()
        (used,) = db.execute("PRAGMA page_count").fetchone()
        db.execute(f"PRAGMA max_page_count = {used + 40}")
        yield
        db.execute(f"PRAGMA max_page_count = {before}")

    @contextlib.asynccontextmanager
    async def locked(self, folder: Path, keeper: Keeper) -> AsyncIterator[None]:
        sqlite_connection(keeper)._db.execute("PRAGMA busy_timeout = 10")
        with self._other(folder) as db:
            db.execute("BEGIN IMMEDIATE")
            yield
            db.execute("ROLLBACK")

    @contextlib.contextmanager
    def held_syncs(self, keeper: Keeper) -> Iterator[Callable[[], None]]:
        """Nothing reaches the disk before the value is called."""
        connection, gate = sqlite_connection(keeper), threading.Event()
        sync = connection.sync

        def held() -> None:
            assert gate.wait(30)
            sync()

        connection.sync = held  # type: ignore[method-assign] # a spy for the length of one test
        yield gate.set
        gate.set()
        connection.sync = sync  # type: ignore[method-assign] # as it was

    def run(self, folder: Path, sql: str) -> None:
        with self._other(folder) as db:
            db.execute(sql)

    def make_newer(self, folder: Path) -> None:
        with self._other(folder) as db:
            (version,) = db.execute("PRAGMA user_version").fetchone()
            db.execute(f"PRAGMA user_version = {version + 1}")


class PostgresMaker:
    """PostgreSQL, a database for each folder."""

    def __init__(self, *, strict: bool) -> None:
        self.strict = strict
        self.name = f"postgres-{'strict' if strict else 'normal'}"
        self.server: PostgresServer | None = None
        self._databases: dict[Path, str] = {}

    def url(self, folder: Path) -> str:
        assert self.server is not None
        if folder not in self._databases:
            self._databases[folder] = self.server.new_database()
        return self._databases[folder]

    async def open(self, folder: Path, *, queue_limit: int = 10_000) -> Keeper:
        return await open_store(self.url(folder), strict=self.strict, queue_limit=queue_limit)

    def sql(self, folder: Path, text: str) -> str:
        return psql(self.url(folder), text)

    def dump(self, folder: Path) -> Rows:
        names = self.sql(
            folder, "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
        ).split()
        assert len(names) > 10
        return {
            name: sorted(
                (
                    _row(line)
                    for line in self.sql(folder, f"SELECT to_json(t) FROM {name} t").splitlines()
                ),
                key=repr,
            )
            for name in names
        }

    @contextlib.contextmanager
    def full_disk(self, folder: Path, keeper: Keeper) -> Iterator[None]:
        # The error that a full disk is told with; test_degradations has a disk that is really full.
        self.sql(
            folder,
            """
            CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full';
            END $$;
            CREATE TRIGGER full_disk BEFORE INSERT ON authentications FOR EACH ROW
            WHEN (length(NEW.body) > 400000) EXECUTE FUNCTION full_disk()
            """,
        )
        yield
        self.sql(folder, "DROP FUNCTION full_disk() CASCADE")

    @contextlib.asynccontextmanager
    async def locked(self, folder: Path, keeper: Keeper) -> AsyncIterator[None]:
        patience, lanes.PATIENCE = lanes.PATIENCE, 0.2
        other = await asyncpg.connect(self.url(folder))
        async with other.transaction():
            await other.execute("LOCK TABLE tasks, authentications IN EXCLUSIVE MODE")
            yield
        await other.close()
        lanes.PATIENCE = patience

    def run(self, folder: Path, sql: str) -> None:
        self.sql(folder, sql)

    def make_newer(self, folder: Path) -> None:
        self.sql(folder, "UPDATE schema_version SET version = version + 1")


def _row(line: str) -> tuple[Any, ...]:
    return tuple(
        bytes.fromhex(value[2:]) if isinstance(value, str) and value.startswith("\\x") else value
        for value in json.loads(line).values()
    )


SQLITE = (SqliteMaker(strict=True), SqliteMaker(strict=False))
POSTGRES = (PostgresMaker(strict=True), PostgresMaker(strict=False))
MAKERS: tuple[Maker, ...] = (*SQLITE, *POSTGRES)


@pytest.fixture(params=MAKERS, ids=lambda maker: maker.name)
def maker(request: pytest.FixtureRequest) -> Maker:
    made: Maker = request.param
    if isinstance(made, PostgresMaker):
        made.server = request.getfixturevalue("postgres")
    return made


@pytest.fixture
async def store(maker: Maker, tmp_path: Path) -> AsyncIterator[Keeper]:
    keeper = await maker.open(tmp_path)
    yield keeper
    await keeper.close()


class Values:
    """Makes values that differ from each other where it matters."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.project_id = self.clock.new_id()

    def project(self, name: str = "tests") -> Project:
        return Project(id=self.project_id, name=name, mode=Mode.LIVE, created_at=START)

    def authentication(self, e164: str = PERSON) -> Authentication:
        attempt = Attempt(
            id=self.clock.new_id(),
            number=1,
            trigger=Trigger.INITIAL,
            plan=("first",),
            price=9_000,
            created_at=START,
        )
        return Authentication(
            id=self.clock.new_id(),
            project_id=self.project_id,
            number=PhoneNumber(e164, "FR", 33, LineType.MOBILE, may_be_mobile=True),
            state=State.OPEN,
            created_at=START,
            expires_at=START + 10 * MINUTE,
            code_key="k1",
            code_length=6,
            max_checks=5,
            retry_delays=(30_000, 40_000),
            next_retry_at=START + 30_000,
            attempts=(attempt,),
        )

    def history(self, e164: str = PERSON) -> NumberHistory:
        return NumberHistory(project_id=self.project_id, e164=e164)

    def task(self, authentication_id: UUID, *, due_at: int = START) -> Task:
        return Task(
            id=self.clock.new_id(),
            authentication_id=authentication_id,
            project_id=self.project_id,
            work=SendAttempt(1),
            due_at=due_at,
            created_at=START,
        )

    def change(self, authentication: Authentication | None = None, **fields: Any) -> Change:
        """A change that writes something in most tables."""
        about = authentication or self.authentication()
        change = Change(
            project_id=self.project_id,
            authentication=about,
            history=self.history(about.number.e164),
            events=(Event(about.events + 1, START, Expired()),),
            tasks=(self.task(about.id),),
            counters=("project", "ip:192.0.2.1"),
            at=START,
        )
        return replace(change, **fields)


@pytest.fixture
def values() -> Values:
    return Values()
