"""Expire an authentication: write down that its lifetime ended without a valid check."""

from msgspec import Struct
from msgspec.structs import replace

from watchword.domain.authentication import State
from watchword.domain.event import Expired
from watchword.domain.task import Task
from watchword.ports.clock import Clock
from watchword.ports.store import Change, Store, StoreUnavailableError
from watchword.usecases.journal import Journal

ROUNDS = 100


class ExpireAuthentication(Struct, frozen=True):
    """Carry out the task of closing one authentication; no answer waits for it."""

    store: Store
    clock: Clock

    async def __call__(self, task: Task) -> None:
        """Close it if it is still open, and finish the task."""
        for _ in range(ROUNDS):
            found = await self.store.authentication(task.authentication_id)
            if found is None or found.state is not State.OPEN:
                await self.store.save(Change(project_id=task.project_id, finished=task))
                return
            now = self.clock.now()
            expired = replace(found, state=State.EXPIRED)
            journal = Journal(self.clock, expired, now)
            journal.happened(Expired())
            # Whether it is expired is read off the clock, so nobody waits for the disk.
            change = replace(journal.change(finished=task), relaxed=True)
            if await self.store.save(change):
                return
        raise StoreUnavailableError("an expiry could not be recorded")
