"""SQLite: the embedded engine, one file in WAL mode, statements run on the loop's own thread."""

import contextlib
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from uuid import UUID

from watchword.adapters.store import rows
from watchword.adapters.store.group_commit import GroupCommit
from watchword.adapters.store.rows import Params
from watchword.adapters.store.sqlite_engine import SqliteEngine
from watchword.adapters.store.steps import ANSWER_LIFETIME, HOUR, charge_steps, steps_of
from watchword.domain.api_key import ApiKey
from watchword.domain.authentication import Authentication
from watchword.domain.number_history import NumberHistory
from watchword.domain.project import Project
from watchword.domain.screening.facts import Counted
from watchword.domain.task import Task
from watchword.ports.store import (
    Change,
    Charge,
    InboxMessage,
    SavedAnswer,
    SpendWindow,
    StoreUnavailableError,
    Surroundings,
    Timeline,
)


class SqliteStore:
    """The store port on one SQLite file.

    `strict` answers a write when it is on disk (fdatasync of the WAL, which is what
    `synchronous=FULL` does, only once for a whole batch); otherwise a write survives a killed
    process but not a lost machine.
    """

    def __init__(self, path: Path, *, strict: bool = True, queue_limit: int = 10_000) -> None:
        self._engine = SqliteEngine(path)
        self._listeners: list[Callable[[], None]] = []
        self._writes = GroupCommit(
            self._engine, strict=strict, limit=queue_limit, committed=self._tell_listeners
        )

    @property
    def schema_version(self) -> int:
        """The newest schema step that was applied."""
        return self._engine.schema_version

    async def close(self) -> None:
        """Finish what is gathered, then let go of the file."""
        await self._writes.drain()
        self._engine.close()

    def _tell_listeners(self) -> None:
        for listener in self._listeners:
            listener()

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call `listener` after each commit of this process."""
        self._listeners.append(listener)

    async def surroundings(
        self,
        project_id: UUID,
        e164: str,
        counters: Sequence[str],
        windows: Sequence[SpendWindow],
        now: int,
    ) -> Surroundings:
        """What is known of a number and around a request."""
        with _reading():
            history = self._history(project_id, e164)
            newest = (
                self._authentication(history.authentication_id)
                if history.authentication_id
                else None
            )
            balance = self._engine.one("balance", {"project_id": project_id.bytes})
            return Surroundings(
                history=history,
                newest=newest,
                counts={name: self._count(project_id, name, now) for name in counters},
                spent={(w.period, w.country): self._spent(project_id, w) for w in windows},
                balance=balance[0] if balance else None,
            )

    def _count(self, project_id: UUID, name: str, now: int) -> Counted:
        hour = now // HOUR
        params = {"hour": hour, "project_id": project_id.bytes, "name": name}
        by_hour = {row[0]: row[1] for row in self._engine.all("counter", params)}
        return Counted(by_hour.get(hour, 0), by_hour.get(hour - 1, 0))

    def _spent(self, project_id: UUID, window: SpendWindow) -> int:
        row = self._engine.one(
            "spend",
            {
                "start": window.start,
                "period": window.period,
                "project_id": project_id.bytes,
                "country": window.country,
            },
        )
        return row[0] if row else 0

    def _history(self, project_id: UUID, e164: str) -> NumberHistory:
        row = self._engine.one("number", {"project_id": project_id.bytes, "phone_number": e164})
        return rows.to_history(row) if row else NumberHistory(project_id=project_id, e164=e164)

    def _authentication(self, authentication_id: UUID) -> Authentication | None:
        row = self._engine.one("authentication", {"id": authentication_id.bytes})
        return rows.to_authentication(row) if row else None

    async def history(self, project_id: UUID, e164: str) -> NumberHistory:
        """What is remembered of a number."""
        with _reading():
            return self._history(project_id, e164)

    async def authentication(
        self, authentication_id: UUID
    ) -> tuple[Authentication, NumberHistory] | None:
        """One authentication and the history of its number."""
        with _reading():
            found = self._authentication(authentication_id)
            if found is None:
                return None
            return found, self._history(found.project_id, found.number.e164)

    async def timeline(self, authentication_id: UUID) -> Timeline | None:
        """One authentication with its events."""
        with _reading():
            found = self._authentication(authentication_id)
            if found is None:
                return None
            events = self._engine.all("events", {"authentication_id": authentication_id.bytes})
            return Timeline(found, tuple(map(rows.to_event, events)))

    async def answer(self, project_id: UUID, key: str, since: int) -> SavedAnswer | None:
        """The answer kept under an idempotency key."""
        with _reading():
            params = {"project_id": project_id.bytes, "key": key, "since": since}
            row = self._engine.one("answer", params)
            return rows.to_answer(key, row) if row else None

    async def attempt_of(self, account: str, provider_message_id: str) -> tuple[UUID, int] | None:
        """The attempt behind a provider's message id."""
        with _reading():
            params = {"account": account, "provider_message_id": provider_message_id}
            row = self._engine.one("sent_message", params)
            return (UUID(bytes=row[0]), row[1]) if row else None

    async def next_due(self) -> int | None:
        """When the earliest task is due."""
        with _reading():
            row = self._engine.one("next_due", {})
            return row[0] if row else None

    async def inbox(self, project_id: UUID, to: str | None, limit: int) -> Sequence[InboxMessage]:
        """The newest sandbox messages."""
        name = "inbox" if to is None else "inbox_of_number"
        params = {"project_id": project_id.bytes, "phone_number": to, "limit": limit}
        with _reading():
            return [rows.to_inbox_message(row) for row in self._engine.all(name, params)]

    async def save(self, change: Change) -> bool:
        """Write a change whole, or nothing of it."""

        def operation() -> bool:
            for step in steps_of(change):
                self._engine.execute(step.statement, step.params, decides=step.decides)
            return True

        return await self._writes.run(operation, relaxed=change.relaxed)

    async def charge(self, project_id: UUID, charge: Charge) -> bool:
        """Take money alone."""

        def operation() -> bool:
            for step in charge_steps(project_id, charge):
                self._engine.execute(step.statement, step.params, decides=step.decides)
            return True

        return await self._writes.run(operation)

    async def is_prepaid(self, project_id: UUID) -> bool:
        """Whether a project pays from a balance."""
        return await self.balance(project_id) is not None

    async def claim(self, now: int, lease: int, limit: int) -> Sequence[Task]:
        """Take due tasks for a while."""
        params = {"now": now, "lease_until": now + lease, "limit": limit}
        claimed = await self._writes.run(
            lambda: self._engine.all("claim_tasks", params), relaxed=True
        )
        return [rows.to_task(row) for row in claimed]

    async def forget_old(self, now: int, limit: int) -> int:
        """Remove what no longer serves, a bounded number of rows at a time."""
        day = 24 * HOUR

        def operation() -> int:
            return sum(
                self._engine.execute(name, {"before": before, "limit": limit})
                for name, before in (
                    ("forget_answers", now - ANSWER_LIFETIME),
                    ("forget_counters", now // HOUR - 2),
                    ("forget_spend", now - 40 * day),
                    ("forget_sent_messages", now - 14 * day),
                    ("forget_inbox", now - 7 * day),
                )
            )

        return await self._writes.run(operation, relaxed=True)

    async def add_inbox_message(self, message: InboxMessage) -> None:
        """Put a message in the sandbox inbox."""
        params = rows.from_inbox_message(message)
        await self._writes.run(
            lambda: self._engine.execute("insert_inbox_message", params), relaxed=True
        )

    async def directory_version(self) -> int:
        """A number that rises with every change to a project or a key."""
        with _reading():
            row = self._engine.one("directory_version", {})
            assert row is not None  # noqa: S101 - the first migration writes this row
            return int(row[0])

    async def projects(self) -> Sequence[Project]:
        """Every project."""
        with _reading():
            return [rows.to_project(row) for row in self._engine.all("projects", {})]

    async def api_keys(self) -> Sequence[ApiKey]:
        """Every key."""
        with _reading():
            return [rows.to_api_key(row) for row in self._engine.all("api_keys", {})]

    async def put_project(self, project: Project) -> None:
        """Add or replace a project."""
        await self._put("put_project", rows.from_project(project))

    async def put_api_key(self, key: ApiKey) -> None:
        """Add or replace a key."""
        await self._put("put_api_key", rows.from_api_key(key))

    async def _put(self, name: str, params: Params) -> None:
        def operation() -> None:
            self._engine.execute(name, params)
            self._engine.execute("raise_directory_version", {})

        await self._writes.run(operation)

    async def touch_api_keys(self, last_used: dict[UUID, int]) -> None:
        """Remember when keys were last used."""

        def operation() -> None:
            for key_id, at in last_used.items():
                self._engine.execute("touch_api_key", {"id": key_id.bytes, "last_used_at": at})

        await self._writes.run(operation, relaxed=True)

    async def balance(self, project_id: UUID) -> int | None:
        """The prepaid balance."""
        with _reading():
            row = self._engine.one("balance", {"project_id": project_id.bytes})
            return int(row[0]) if row else None

    async def add_balance(self, project_id: UUID, amount: int) -> int:
        """Raise or lower the prepaid balance."""
        params = {"project_id": project_id.bytes, "amount": amount}
        row = await self._writes.run(lambda: self._engine.one("add_balance", params))
        assert row is not None  # noqa: S101 - RETURNING gives the row it wrote
        return int(row[0])


@contextlib.contextmanager
def _reading() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise StoreUnavailableError(str(error)) from error
