"""Deliver a callback: sign it, post it, and try again over two weeks until it is acknowledged."""

from msgspec import Struct
from msgspec.structs import replace

from watchword.domain.callback_record import CallbackRecord, CallbackState, CallbackTry
from watchword.domain.event import CallbackEnded
from watchword.domain.task import CALLBACK_LIFETIME, DeliverCallback, Task, callback_delay
from watchword.ports.clock import Clock
from watchword.ports.courier import Courier, Delivered, NotDelivered
from watchword.ports.keyring import Keyring
from watchword.ports.reports import Reports
from watchword.ports.store import Change, Store, StoreUnavailableError
from watchword.ports.telemetry import NO_TELEMETRY, Telemetry
from watchword.usecases.journal import Journal

ROUNDS = 100


class DeliverOneCallback(Struct, frozen=True):
    """Carry out the task of delivering one callback; the body and its id never change."""

    store: Store
    reports: Reports
    clock: Clock
    keyring: Keyring
    courier: Courier
    telemetry: Telemetry = NO_TELEMETRY

    async def __call__(self, task: Task, callback: DeliverCallback) -> None:
        """Post once, and finish or postpone the task by what came of it."""
        began = self.clock.now()
        with self.telemetry.span("callback", "post", message_id=callback.message_id) as span:
            outcome = await self.courier.post(
                callback.url,
                callback.body.encode(),
                message_id=callback.message_id,
                sent_at=began,
                secrets=self.keyring.callback_secrets(task.project_id),
            )
            if isinstance(outcome, NotDelivered):
                span.fail("not delivered")
        now = self.clock.now()
        posted = replace(callback, posts=callback.posts + 1)
        record = await self._record_of(task, callback)
        one = CallbackTry(
            at=now,
            took=now - began,
            status=outcome.status,
            answer=outcome.answer,
            because=outcome.because if isinstance(outcome, NotDelivered) else "",
        )
        match outcome:
            case Delivered():
                record = record.tried(one, CallbackState.DELIVERED)
                await self._end(task, posted, now, None, record)
            case NotDelivered(because):
                later = now + callback_delay(posted.posts, self.clock.chance())
                if later - task.created_at > CALLBACK_LIFETIME:
                    record = record.tried(one, CallbackState.FAILED)
                    await self._end(task, posted, now, because, record)
                    return
                postponed = replace(task, due_at=later, work=posted)
                record = record.tried(one, CallbackState.PENDING, later)
                await self.store.save(
                    Change(project_id=task.project_id, postponed=postponed, callback=record)
                )

    async def _record_of(self, task: Task, callback: DeliverCallback) -> CallbackRecord:
        """What is kept of the tries before this one."""
        known = await self.reports.callback(callback.message_id) if callback.posts else None
        return known or CallbackRecord(
            id=callback.message_id,
            project_id=task.project_id,
            authentication_id=task.authentication_id,
            url=callback.url,
            request=callback.body,
            created_at=task.created_at,
        )

    async def _end(
        self,
        task: Task,
        callback: DeliverCallback,
        now: int,
        failure: str | None,
        record: CallbackRecord,
    ) -> None:
        for _ in range(ROUNDS):
            found = await self.store.authentication(task.authentication_id)
            if found is None:
                await self.store.save(Change(project_id=task.project_id, finished=task))
                return
            journal = Journal(self.clock, found, now)
            journal.happened(
                CallbackEnded(
                    message_id=callback.message_id,
                    acknowledged=failure is None,
                    tries=callback.posts,
                    because=failure,
                    body=callback.body,
                )
            )
            change = replace(journal.change(finished=task), callback=record)
            if await self.store.save(change):
                return
        raise StoreUnavailableError("the outcome of a callback could not be recorded")
