"""Deliver a callback: sign it, post it, and try again over two weeks until it is acknowledged."""

from msgspec import Struct
from msgspec.structs import replace

from watchword.domain.event import CallbackEnded
from watchword.domain.task import CALLBACK_LIFETIME, DeliverCallback, Task, callback_delay
from watchword.ports.clock import Clock
from watchword.ports.courier import Courier, Delivered, NotDelivered
from watchword.ports.keyring import Keyring
from watchword.ports.store import Change, Store, StoreUnavailableError
from watchword.ports.telemetry import NO_TELEMETRY, Telemetry
from watchword.usecases.journal import Journal

ROUNDS = 100


class DeliverOneCallback(Struct, frozen=True):
    """Carry out the task of delivering one callback; the body and its id never change."""

    store: Store
    clock: Clock
    keyring: Keyring
    courier: Courier
    telemetry: Telemetry = NO_TELEMETRY

    async def __call__(self, task: Task, callback: DeliverCallback) -> None:
        """Post once, and finish or postpone the task by what came of it."""
        with self.telemetry.span("callback", "post", message_id=callback.message_id) as span:
            outcome = await self.courier.post(
                callback.url,
                callback.body.encode(),
                message_id=callback.message_id,
                sent_at=self.clock.now(),
                secrets=self.keyring.callback_secrets(task.project_id),
            )
            if isinstance(outcome, NotDelivered):
                span.fail("not delivered")
        now = self.clock.now()
        posted = replace(callback, posts=callback.posts + 1)
        match outcome:
            case Delivered():
                await self._end(task, posted, now, None)
            case NotDelivered(because):
                later = now + callback_delay(posted.posts, self.clock.chance())
                if later - task.created_at > CALLBACK_LIFETIME:
                    await self._end(task, posted, now, because)
                    return
                postponed = replace(task, due_at=later, work=posted)
                await self.store.save(Change(project_id=task.project_id, postponed=postponed))

    async def _end(
        self, task: Task, callback: DeliverCallback, now: int, failure: str | None
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
            if await self.store.save(journal.change(finished=task)):
                return
        raise StoreUnavailableError("the outcome of a callback could not be recorded")
