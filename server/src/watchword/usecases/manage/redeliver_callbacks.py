"""Redeliver callbacks: post an authentication's callbacks again, unchanged and under the same ids."""

from uuid import UUID

from msgspec import Struct

from watchword.domain.event import CallbackEnded
from watchword.domain.task import DeliverCallback
from watchword.ports.clock import Clock
from watchword.ports.store import Store, StoreUnavailableError
from watchword.usecases.journal import Journal

ROUNDS = 100


class RedeliverCallbacks(Struct, frozen=True):
    """What an operator does when an endpoint was down, or lost what it was told."""

    store: Store
    clock: Clock

    async def __call__(self, authentication_id: UUID, *, all_of_them: bool = False) -> int:
        """Queue those that were given up, or all that were ever ended; how many.

        Raises:
            LookupError: there is no such authentication.

        """
        for _ in range(ROUNDS):
            timeline = await self.store.timeline(authentication_id)
            if timeline is None:
                raise LookupError(f"there is no authentication {authentication_id}")
            ended = {
                event.what.message_id: event.what
                for event in timeline.events
                if isinstance(event.what, CallbackEnded)
            }
            url = timeline.authentication.callback_url
            journal = Journal(self.clock, timeline.authentication, self.clock.now())
            for callback in ended.values():
                if url is not None and (all_of_them or not callback.acknowledged):
                    journal.todo(DeliverCallback(url, callback.body, callback.message_id))
            if not journal.tasks:
                return 0
            if await self.store.save(journal.change()):
                return len(journal.tasks)
        raise StoreUnavailableError("the callbacks could not be queued")
