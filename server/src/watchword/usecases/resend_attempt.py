"""Resend an attempt: another route, unasked, where nothing came back of a message in good time."""

from msgspec import Struct
from msgspec.structs import replace

from watchword.domain.attempt import DeliveryStatus
from watchword.domain.task import Task
from watchword.ports.clock import Clock
from watchword.ports.directory import Directory
from watchword.ports.store import Change, Store, StoreUnavailableError
from watchword.usecases.fall_back import fall_back
from watchword.usecases.journal import Journal
from watchword.usecases.memory import Memory
from watchword.usecases.promise_attempt import charge_for
from watchword.usecases.record_receipt import PATIENCE_WITH_BUDGET


class ResendAttempt(Struct, frozen=True):
    """Carry out the task that `resend_after` of a project asks for; it is off by default."""

    store: Store
    clock: Clock
    directory: Directory
    memory: Memory

    async def __call__(self, task: Task, attempt_number: int) -> None:
        """Send another message within the budget of fallbacks, and finish the task."""
        for _ in range(PATIENCE_WITH_BUDGET):
            about = await self.store.authentication(task.authentication_id)
            project = await self.directory.find(task.project_id)
            if about is None or project is None:
                break
            attempt = about.attempt(attempt_number)
            if attempt.delivery_status is DeliveryStatus.DELIVERED:
                break
            journal = Journal(self.clock, about, self.clock.now())
            fallback = fall_back(self.clock, project, journal, attempt, self.memory)
            if fallback is None:
                break
            history = await self.store.history(project.id, about.number.e164)
            change = replace(
                journal.change(history.with_send(journal.now), task),
                charge=charge_for(
                    project,
                    about.number.region,
                    journal.now,
                    fallback.price,
                    guarded=True,
                    memory=self.memory,
                    prepaid=await self.store.is_prepaid(project.id),
                ),
            )
            if await self.store.save(change):
                return
        if not await self.store.save(Change(project_id=task.project_id, finished=task)):
            raise StoreUnavailableError("the task of sending again is somebody else's now")
