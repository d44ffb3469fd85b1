"""Unlock a number: forget the wrong codes typed for it, so that it can be verified again."""

from msgspec import Struct
from msgspec.structs import replace

from watchword.domain.audit import AuditNote
from watchword.domain.phone_number import mask
from watchword.domain.project import Project
from watchword.ports.clock import Clock
from watchword.ports.numbering import Numbering, NumberProblem
from watchword.ports.store import Change, Registry, Store, StoreUnavailableError

TRIES = 10


class UnlockNumber(Struct, frozen=True):
    """Give a number its tries back in one project, and say so in the audit log."""

    store: Store
    registry: Registry
    clock: Clock
    numbering: Numbering
    actor: str = "watchword"

    async def __call__(self, project: Project, phone_number: str) -> str:
        """Unlock it; the number, masked.

        Raises:
            ValueError: it is no phone number.
            LookupError: nothing is remembered of it.
            StoreUnavailableError: others kept changing its history.

        """
        number = self.numbering.parse(phone_number)
        if isinstance(number, NumberProblem):
            raise ValueError(number.message)  # noqa: TRY004 - the text is wrong, not its type
        shown = mask(number.e164)
        for _ in range(TRIES):
            history = await self.store.history(project.id, number.e164)
            if not history.version:
                raise LookupError(f"nothing is remembered of {shown} in this project")
            unlocked = replace(history, failed_at=(), failed_in_a_row=0)
            change = Change(project_id=project.id, history=unlocked, at=self.clock.now())
            if await self.store.save(change):
                detail = {"number": shown, "project": str(project.id)}
                note = AuditNote(
                    at=self.clock.now(),
                    actor=self.actor,
                    action="number.unlocked",
                    subject=shown,
                    detail=detail,
                )
                await self.registry.note(note)
                return shown
        raise StoreUnavailableError("the number is busy; try again")
