"""Move on: another message for those whose messages went over what was found to fail since."""

from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from watchword.domain.attempt import DeliveryStatus
from watchword.ports.clock import Clock
from watchword.ports.directory import Directory
from watchword.ports.store import Store
from watchword.usecases.fall_back import fall_back
from watchword.usecases.journal import Journal
from watchword.usecases.memory import Memory
from watchword.usecases.promise_attempt import charge_for, learns

AT_ONCE = 50


class MoveOn(Struct, frozen=True):
    """Looks at messages under way whenever something fails, and falls back where they were lost.

    Silence alone moves nobody: there must be a route, carrier or provider that has been found to fail,
    and the message must more probably be lost than not. Every process looks; the first one to write
    wins, as one authentication has only one next attempt.
    """

    store: Store
    clock: Clock
    directory: Directory
    memory: Memory

    async def __call__(self) -> int:
        """Fall back for up to 50 messages; how many there were."""
        moved = 0
        for name in self.memory.doubtful(AT_ONCE):
            authentication, _, number = name.partition("/")
            moved += await self._move(UUID(authentication), int(number))
        return moved

    async def _move(self, authentication_id: UUID, attempt_number: int) -> bool:
        about = await self.store.authentication(authentication_id)
        project = await self.directory.find(about.project_id) if about is not None else None
        if about is None or project is None or not learns(project):
            return False
        attempt = about.attempt(attempt_number)
        if attempt.delivery_status is DeliveryStatus.UNDELIVERABLE:
            return False  # its receipt has moved it on
        journal = Journal(self.clock, about, self.clock.now())
        fallback = fall_back(self.clock, project, journal, attempt, self.memory)
        if fallback is None:
            return False
        history = await self.store.history(project.id, about.number.e164)
        change = replace(
            journal.change(history.with_send(journal.now)),
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
        return await self.store.save(change)
