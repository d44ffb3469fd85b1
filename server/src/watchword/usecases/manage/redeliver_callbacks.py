"""Redeliver callbacks: post an authentication's callbacks again, unchanged and under the same ids."""

from uuid import UUID

from msgspec import Struct

from watchword.domain.callback_record import CallbackRecord, CallbackState
from watchword.domain.event import CallbackEnded
from watchword.domain.task import DeliverCallback
from watchword.ports.clock import Clock
from watchword.ports.reports import Period, Reports
from watchword.ports.store import Store, StoreUnavailableError
from watchword.usecases.journal import Journal

ROUNDS = 100
AT_ONCE = 100


class RedeliverCallbacks(Struct, frozen=True):
    """What an operator does when an endpoint was down, or lost what it was told."""

    store: Store
    reports: Reports
    clock: Clock

    async def one(self, project_id: UUID, callback_id: str) -> None:
        """Queue one callback once more, whatever became of it.

        Raises:
            LookupError: the project has no such callback.

        """
        record = await self.reports.callback(callback_id)
        if record is None or record.project_id != project_id:
            raise LookupError("there is no such callback")
        if not await self._queue(record):
            raise LookupError("its authentication is no longer kept")

    async def failed_since(self, project_id: UUID, since: int) -> int:
        """Queue all of a project that were given up since an instant; how many."""
        queued, until = 0, self.clock.now() + 1
        while records := await self.reports.callbacks(
            Period(since, until, project_id), CallbackState.FAILED, AT_ONCE
        ):
            for record in records:
                queued += await self._queue(record)
            until = records[-1].at
        return queued

    async def _queue(self, record: CallbackRecord) -> bool:
        for _ in range(ROUNDS):
            found = await self.store.authentication(record.authentication_id)
            if found is None:
                return False
            journal = Journal(self.clock, found, self.clock.now())
            # It was posted before: what became of that stays in its record.
            journal.todo(DeliverCallback(record.url, record.request, record.id, posts=1))
            if await self.store.save(journal.change()):
                return True
        raise StoreUnavailableError("the callback could not be queued")

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
                    journal.todo(DeliverCallback(url, callback.body, callback.message_id, posts=1))
            if not journal.tasks:
                return 0
            if await self.store.save(journal.change()):
                return len(journal.tasks)
        raise StoreUnavailableError("the callbacks could not be queued")
