"""Follow up an attempt: ask its provider what became of the message, where it can be asked."""

from msgspec import Struct

from watchword.domain.task import Task
from watchword.ports.provider import Providers
from watchword.ports.store import Change, Store
from watchword.usecases.record_receipt import RecordReceipt


class FollowUpAttempt(Struct, frozen=True):
    """Carry out the task of asking for news."""

    store: Store
    providers: Providers
    record_receipt: RecordReceipt

    async def __call__(self, task: Task, attempt_number: int) -> None:
        """Ask, record the answer, and finish the task."""
        found = await self.store.authentication(task.authentication_id)
        attempt = found and found.attempt(attempt_number)
        report = None
        if attempt and attempt.account and attempt.provider_message_id:
            provider = self.providers.account(attempt.account)
            report = await provider.report(attempt.provider_message_id) if provider else None
        if report is None:
            await self.store.save(Change(project_id=task.project_id, finished=task))
            return
        await self.record_receipt(
            task.authentication_id, attempt_number, report, finished=task, read=found
        )
