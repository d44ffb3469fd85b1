"""Store: the store and registry ports, said in named statements to whichever engine there is."""

import asyncio
from collections.abc import Callable, Sequence
from uuid import UUID

from watchword.adapters.store import rows
from watchword.adapters.store.engine import Engine, Params, Query, Row, Step
from watchword.adapters.store.hosted import EngineHostedSessions
from watchword.adapters.store.operators import EngineOperators
from watchword.adapters.store.removal import EngineRemoval
from watchword.adapters.store.reports import EngineReports
from watchword.adapters.store.steps import ANSWER_LIFETIME, charge_steps, steps_of
from watchword.domain.alert import Alert
from watchword.domain.api_key import ApiKey
from watchword.domain.audit import AuditEntry, AuditNote
from watchword.domain.authentication import Authentication
from watchword.domain.number_history import NumberHistory
from watchword.domain.project import Project
from watchword.domain.provider_account import ProviderAccount
from watchword.domain.rollup import DAY, HOUR
from watchword.domain.screening.facts import Counted
from watchword.domain.task import Task
from watchword.ports.store import (
    Change,
    Charge,
    EarlyReceipt,
    InboxMessage,
    News,
    SavedAnswer,
    SpendWindow,
    StoreUnavailableError,
    Surroundings,
    Timeline,
)

NEWS_LIFETIME = HOUR // 2
"""Milliseconds for which news are there to be heard: several times as long as between two keepings."""
HOURS_KEPT, DAYS_KEPT = 40 * DAY, 3 * 366 * DAY
"""Milliseconds for which counts by the hour and by the day are there."""
HOSTED_KEPT = DAY
"""Milliseconds for which the proof of a hosted session can be asked for after its end."""
REMEMBERED = 10.0
"""Seconds for which a write that failed makes a store not ready."""


class EngineStore(EngineReports, EngineOperators, EngineHostedSessions, EngineRemoval):
    """The ports over one engine; numbers are kept for `retention` milliseconds after their last use."""

    def __init__(self, engine: Engine, *, retention: int = 30 * DAY) -> None:
        super().__init__(engine)
        self._retention = retention
        self._failed: tuple[float, str] | None = None

    @property
    def schema_version(self) -> int:
        """The newest schema step that was applied."""
        return self._engine.schema_version

    async def close(self) -> None:
        """Finish what is gathered, then let go of the database."""
        await self._engine.close()

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call `listener` after each commit, and when another process tells of one."""
        self._engine.on_commit(listener)

    async def surroundings(
        self,
        project_id: UUID,
        e164: str,
        counters: Sequence[str],
        windows: Sequence[SpendWindow],
        now: int,
    ) -> Surroundings:
        """What is known of a number and around a request."""
        hour = now // HOUR
        project = {"project_id": project_id.bytes}
        found = await self._engine.read(
            ("number", {**project, "phone_number": e164}),
            ("balance", project),
            *(
                ("counter", {**project, "hour": hour, "hour_before": hour - 1, "name": name})
                for name in counters
            ),
            *(("spend", {**project, **_window(window)}) for window in windows),
        )
        history = _history(project_id, e164, found[0])
        balance = found[1]
        counted, spent = found[2 : 2 + len(counters)], found[2 + len(counters) :]
        newest = (
            await self.authentication(history.authentication_id)
            if history.authentication_id and now < history.open_until
            else None
        )
        return Surroundings(
            history=history,
            newest=newest,
            counts={
                name: _counted(hour, found_hours)
                for name, found_hours in zip(counters, counted, strict=True)
            },
            spent={
                (window.period, window.country): amounts[0][0] if amounts else 0
                for window, amounts in zip(windows, spent, strict=True)
            },
            balance=balance[0][0] if balance else None,
        )

    async def authentication(self, authentication_id: UUID) -> Authentication | None:
        """One authentication."""
        row = await self._one("authentication", {"id": authentication_id.bytes})
        return rows.to_authentication(row) if row else None

    async def history(self, project_id: UUID, e164: str) -> NumberHistory:
        """What is remembered of a number."""
        params = {"project_id": project_id.bytes, "phone_number": e164}
        (found,) = await self._engine.read(("number", params))
        return _history(project_id, e164, found)

    async def authentication_and_history(
        self, authentication_id: UUID
    ) -> tuple[Authentication, NumberHistory] | None:
        """One authentication and the history of its number."""
        row = await self._one("authentication_and_number", {"id": authentication_id.bytes})
        if row is None:
            return None
        authentication = rows.to_authentication(row)
        remembered = [row[4:]] if row[4] is not None else []
        return authentication, _history(
            authentication.project_id, authentication.number.e164, remembered
        )

    async def timeline(self, authentication_id: UUID) -> Timeline | None:
        """One authentication with its events."""
        found, events = await self._engine.read(
            ("authentication", {"id": authentication_id.bytes}),
            ("events", {"authentication_id": authentication_id.bytes}),
        )
        if not found:
            return None
        return Timeline(rows.to_authentication(found[0]), tuple(map(rows.to_event, events)))

    async def answer(self, project_id: UUID, key: str, since: int) -> SavedAnswer | None:
        """The answer kept under an idempotency key."""
        params = {"project_id": project_id.bytes, "key": key, "since": since}
        row = await self._one("answer", params)
        return rows.to_answer(key, row) if row else None

    async def attempt_of(self, account: str, provider_message_id: str) -> tuple[UUID, int] | None:
        """The attempt behind a provider's message id."""
        params = {"account": account, "provider_message_id": provider_message_id}
        row = await self._one("sent_message", params)
        return (UUID(bytes=row[0]), row[1]) if row else None

    async def keep_early_receipt(self, early: EarlyReceipt) -> None:
        """Keep a receipt whose message is not known."""
        await self._write(Step("insert_early_receipt", rows.from_early_receipt(early)))

    async def early_receipts(self, limit: int) -> Sequence[EarlyReceipt]:
        """The receipts that wait for their sends."""
        (found,) = await self._engine.read(("early_receipts", {"limit": limit}))
        return [rows.to_early_receipt(row) for row in found]

    async def drop_early_receipts(self, ids: Sequence[UUID]) -> None:
        """Remove receipts that wait no more."""
        await self._write(
            *(Step("drop_early_receipt", {"id": early.bytes}) for early in ids), relaxed=True
        )

    async def next_due(self) -> int | None:
        """When the earliest task is due."""
        row = await self._one("next_due", {})
        return row[0] if row else None

    async def probe(self) -> None:
        """Write nothing, the way everything is written.

        Raises:
            StoreUnavailableError: it failed, or a real write did within the last seconds: a disk with
                no room for anything new may still take a write of nothing.

        """
        await self._write(Step("probe", {}), relaxed=True)
        if self._failed is not None:
            at, because = self._failed
            if asyncio.get_running_loop().time() - at < REMEMBERED:
                raise StoreUnavailableError(because)

    async def due(self, now: int, limit: int) -> int:
        """How many tasks are due."""
        row = await self._one("due", {"now": now, "limit": limit})
        return int(row[0]) if row else 0

    async def inbox(self, project_id: UUID, to: str | None, limit: int) -> Sequence[InboxMessage]:
        """The newest sandbox messages."""
        params: Params = {"project_id": project_id.bytes, "limit": limit}
        query: Query = (
            ("inbox", params) if to is None else ("inbox_of_number", {**params, "phone_number": to})
        )
        (found,) = await self._engine.read(query)
        return [rows.to_inbox_message(row) for row in found]

    async def save(self, change: Change) -> bool:
        """Write a change whole, or nothing of it."""
        steps = tuple(steps_of(change))
        try:
            return await self._engine.write(steps, relaxed=change.relaxed) is not None
        except StoreUnavailableError as error:
            self._failed = asyncio.get_running_loop().time(), str(error)
            raise

    async def tell(self, news: News) -> None:
        """Let other processes know."""
        await self._write(Step("tell_news", rows.from_news(news)), relaxed=True)

    async def news(self, since: int, limit: int) -> Sequence[News]:
        """News since an instant."""
        (found,) = await self._engine.read(("news", {"since": since, "limit": limit}))
        return [rows.to_news(row) for row in found]

    async def kept_since(self, at: int) -> bool:
        """Whether everything was kept of late."""
        row = await self._one("newest_memory", {})
        return row is not None and int(row[0]) >= at

    async def keep_memory(self, at: int, part: int, body: bytes) -> None:
        """Keep one part of everything."""
        step = Step("put_memory", {"at": at, "part": part, "body": body})
        await self._write(step, relaxed=True)

    async def forget_memory(self, before: int) -> None:
        """Forget what was kept earlier."""
        await self._write(Step("forget_memory", {"before": before}), relaxed=True)

    async def memory(self) -> tuple[int, Sequence[bytes]] | None:
        """Everything that was kept last."""
        row = await self._one("newest_memory", {})
        if row is None:
            return None
        (found,) = await self._engine.read(("memory", {"at": row[0]}))
        return int(row[0]), [bytes(part[1]) for part in found]

    async def raise_alert(self, alert: Alert) -> bool:
        """Keep an alert once."""
        (raised,) = await self._write(Step("raise_alert", rows.from_alert(alert)))
        return bool(raised)

    async def alerts(self, since: int, limit: int) -> Sequence[Alert]:
        """The newest alerts."""
        (found,) = await self._engine.read(("alerts", {"since": since, "limit": limit}))
        return [rows.to_alert(row) for row in found]

    async def charge(self, project_id: UUID, charge: Charge) -> bool:
        """Take money alone."""
        return await self._engine.write(tuple(charge_steps(project_id, charge))) is not None

    async def is_prepaid(self, project_id: UUID) -> bool:
        """Whether a project pays from a balance."""
        return await self.balance(project_id) is not None

    async def claim(self, now: int, lease: int, limit: int) -> Sequence[Task]:
        """Take due tasks for a while."""
        params = {"now": now, "lease_until": now + lease, "limit": limit}
        (claimed,) = await self._write(Step("claim_tasks", params), relaxed=True)
        return [rows.to_task(row) for row in claimed]

    async def forget_old(self, now: int, limit: int) -> int:
        """Remove what no longer serves, a bounded number of rows at a time."""
        before = now - self._retention
        bound = {"bound": max(before, 0).to_bytes(6, "big") + bytes(10), "limit": limit}
        forgotten = await self._write(
            *(
                Step(name, {"before": before, "limit": limit})
                for name, before in (
                    ("forget_answers", now - ANSWER_LIFETIME),
                    ("forget_counters", now // HOUR - 2),
                    ("forget_spend", now - 40 * DAY),
                    ("forget_sent_messages", now - 14 * DAY),
                    ("forget_inbox", now - 7 * DAY),
                    ("forget_news", now - NEWS_LIFETIME),
                    ("forget_alerts", before),
                    ("forget_callbacks", before),
                    ("forget_refusals", now - HOURS_KEPT),
                    ("forget_grants", now),
                    ("forget_hosted_sessions", now - HOSTED_KEPT),
                )
            ),
            *(
                Step("forget_rollups", {"span": span, "before": before, "limit": limit})
                for span, before in (("h", now - HOURS_KEPT), ("d", now - DAYS_KEPT))
            ),
            Step("forget_events", bound),
            Step("forget_authentications", bound),
            relaxed=True,
        )
        numbers = {(row[0], row[1]) for row in forgotten[-1]}
        histories = await self._write(
            *(
                Step("forget_history", {"project_id": of, "phone_number": number, "before": before})
                for of, number in sorted(numbers)
            ),
            relaxed=True,
        )
        return sum(map(len, forgotten)) + sum(map(len, histories))

    async def erase(self, e164: str, note: AuditNote) -> tuple[int, int]:
        """Erase a number in every project."""
        number = {"phone_number": e164}
        found, histories = await self._engine.read(
            ("authentications_of_number", number), ("projects_of_number", number)
        )
        erased = 0
        for id_, _ in found:
            removed = await self._write(
                *(
                    Step(name, {"id": id_})
                    for name in (
                        "erase_authentication",
                        "erase_events",
                        "erase_tasks",
                        "erase_sent_messages",
                        "erase_callbacks",
                    )
                )
            )
            erased += sum(map(len, removed))
        projects = {row[1] for row in found} | {row[0] for row in histories}
        far = 2**62
        removed = await self._audited(
            (
                *(
                    Step("forget_history", {**number, "project_id": project_id, "before": far})
                    for project_id in projects
                ),
                *(Step("erase_inbox", {**number, "project_id": of}) for of in projects),
                Step("erase_hosted_sessions", number),
            ),
            note,
        )
        return len(found), erased + sum(map(len, removed))

    async def note(self, note: AuditNote) -> None:
        """Write a note alone."""
        await self._audited((), note)

    async def audit(self, after: int, limit: int) -> Sequence[AuditEntry]:
        """The audit log after an entry."""
        (found,) = await self._engine.read(("audit", {"after": after, "limit": limit}))
        return [rows.to_audit_entry(row) for row in found]

    async def audit_before(self, before: int, limit: int) -> Sequence[AuditEntry]:
        """The audit log before an entry, newest first."""
        params = {"before": before, "limit": limit}
        (found,) = await self._engine.read(("audit_before", params))
        return [rows.to_audit_entry(row) for row in found]

    async def add_inbox_message(self, message: InboxMessage) -> None:
        """Put a message in the sandbox inbox."""
        step = Step("insert_inbox_message", rows.from_inbox_message(message))
        await self._write(step, relaxed=True)

    async def directory_version(self) -> int:
        """A number that rises with every change to a project or a key."""
        row = await self._one("directory_version", {})
        assert row is not None  # noqa: S101 - the first migration writes this row
        return int(row[0])

    async def projects(self) -> Sequence[Project]:
        """Every project."""
        (found,) = await self._engine.read(("projects", {}))
        return [rows.to_project(row) for row in found]

    async def api_keys(self) -> Sequence[ApiKey]:
        """Every key."""
        (found,) = await self._engine.read(("api_keys", {}))
        return [rows.to_api_key(row) for row in found]

    async def put_project(self, project: Project, note: AuditNote | None = None) -> None:
        """Add or replace a project."""
        await self._put(Step("put_project", rows.from_project(project)), note)

    async def put_api_key(self, key: ApiKey, note: AuditNote | None = None) -> None:
        """Add or replace a key."""
        await self._put(Step("put_api_key", rows.from_api_key(key)), note)

    async def _put(self, step: Step, note: AuditNote | None) -> None:
        await self._audited((step, Step("raise_directory_version", {})), note)

    async def provider_accounts(self) -> Sequence[ProviderAccount]:
        """Every provider account."""
        (found,) = await self._engine.read(("provider_accounts", {}))
        return [rows.to_provider_account(row) for row in found]

    async def put_provider_account(self, account: ProviderAccount, note: AuditNote) -> None:
        """Add or replace a provider account."""
        await self._put(Step("put_provider_account", rows.from_provider_account(account)), note)

    async def remove_provider_account(self, name: str, note: AuditNote) -> None:
        """Remove a provider account."""
        await self._put(Step("remove_provider_account", {"name": name}), note)

    async def touch_api_keys(self, last_used: dict[UUID, int]) -> None:
        """Remember when keys were last used."""
        await self._write(
            *(
                Step("touch_api_key", {"id": key_id.bytes, "last_used_at": at})
                for key_id, at in last_used.items()
            ),
            relaxed=True,
        )

    async def balance(self, project_id: UUID) -> int | None:
        """The prepaid balance."""
        row = await self._one("balance", {"project_id": project_id.bytes})
        return int(row[0]) if row else None

    async def add_balance(
        self, project_id: UUID, amount: int, note: AuditNote | None = None
    ) -> int:
        """Raise or lower the prepaid balance."""
        params = {"project_id": project_id.bytes, "amount": amount}
        ((row,),) = await self._audited((Step("add_balance", params),), note)
        return int(row[0])


def _window(window: SpendWindow) -> Params:
    return {"start": window.start, "period": window.period, "country": window.country}


def _counted(hour: int, found: list[Row]) -> Counted:
    by_hour = {row[0]: row[1] for row in found}
    return Counted(by_hour.get(hour, 0), by_hour.get(hour - 1, 0))


def _history(project_id: UUID, e164: str, found: list[Row]) -> NumberHistory:
    if found:
        return rows.to_history(found[0])
    return NumberHistory(project_id=project_id, e164=e164)
