"""The keepers that must keep the store's contract, and the values it is told in."""

import contextlib
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

import pytest
from msgspec.structs import replace
from server.tests.conftest import MINUTE, PERSON, START, ManualClock

from watchword.adapters.store.sqlite import SqliteStore
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

    def open(self, folder: Path, *, queue_limit: int = 10_000) -> Keeper:
        """A keeper on the database of this folder."""

    def dump(self, folder: Path) -> Rows:
        """Every row of every table."""

    def full_disk(self, keeper: Keeper) -> contextlib.AbstractContextManager[None]:
        """A small write still fits on the disk meanwhile, half a megabyte does not."""

    def locked(self, folder: Path, keeper: Keeper) -> contextlib.AbstractContextManager[None]:
        """Somebody else holds the write lock meanwhile, for longer than the keeper waits."""

    def held_syncs(self, keeper: Keeper) -> contextlib.AbstractContextManager[Callable[[], None]]:
        """Nothing reaches the disk before the value is called."""

    def make_newer(self, folder: Path) -> None:
        """Let the database look as if a newer program had written it."""


class SqliteMaker:
    """SQLite, in one of its two durabilities."""

    def __init__(self, *, strict: bool) -> None:
        self.strict = strict
        self.name = f"sqlite-{'strict' if strict else 'normal'}"

    def open(self, folder: Path, *, queue_limit: int = 10_000) -> Keeper:
        return SqliteStore(self.file(folder), strict=self.strict, queue_limit=queue_limit)

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
    def full_disk(self, keeper: Keeper) -> Iterator[None]:
        assert isinstance(keeper, SqliteStore)
        db = keeper._engine._db
        (free,) = db.execute("PRAGMA freelist_count").fetchone()
        assert free == 0
        (before,) = db.execute("PRAGMA max_page_count").fetchone()
        (used,) = db.execute("PRAGMA page_count").fetchone()
        db.execute(f"PRAGMA max_page_count = {used + 40}")
        yield
        db.execute(f"PRAGMA max_page_count = {before}")

    @contextlib.contextmanager
    def locked(self, folder: Path, keeper: Keeper) -> Iterator[None]:
        assert isinstance(keeper, SqliteStore)
        keeper._engine._db.execute("PRAGMA busy_timeout = 10")
        with self._other(folder) as db:
            db.execute("BEGIN IMMEDIATE")
            yield
            db.execute("ROLLBACK")

    @contextlib.contextmanager
    def held_syncs(self, keeper: Keeper) -> Iterator[Callable[[], None]]:
        assert isinstance(keeper, SqliteStore)
        engine, gate = keeper._engine, threading.Event()
        sync = engine.sync

        def held() -> None:
            assert gate.wait(30)
            sync()

        engine.sync = held  # type: ignore[method-assign] # a spy for the length of one test
        yield gate.set
        gate.set()
        engine.sync = sync  # type: ignore[method-assign] # as it was

    def make_newer(self, folder: Path) -> None:
        with self._other(folder) as db:
            (version,) = db.execute("PRAGMA user_version").fetchone()
            db.execute(f"PRAGMA user_version = {version + 1}")


MAKERS: tuple[Maker, ...] = (SqliteMaker(strict=True), SqliteMaker(strict=False))


@pytest.fixture(params=MAKERS, ids=lambda maker: maker.name)
def maker(request: pytest.FixtureRequest) -> Maker:
    made: Maker = request.param
    return made


@pytest.fixture
async def store(maker: Maker, tmp_path: Path) -> AsyncIterator[Keeper]:
    keeper = maker.open(tmp_path)
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
