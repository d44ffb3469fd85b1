"""Forget a number: erase all that is kept of it, in every project, and say so in the audit log."""

from msgspec import Struct

from watchword.domain.audit import AuditNote
from watchword.domain.phone_number import mask
from watchword.ports.clock import Clock
from watchword.ports.numbering import Numbering, NumberProblem
from watchword.ports.store import Registry


class Forgotten(Struct, frozen=True, kw_only=True):
    """What was erased: authentications with their events, and rows of all kinds together."""

    number: str
    authentications: int
    rows: int


class ForgetNumber(Struct, frozen=True):
    """Erase a number at the wish of the person whose it is (GDPR, article 17).

    Lists in a project's settings are the operator's own and stay as they are.
    """

    registry: Registry
    clock: Clock
    numbering: Numbering
    actor: str = "watchword"

    async def __call__(self, phone_number: str) -> Forgotten:
        """Erase it, also where nothing is kept of it.

        Raises:
            ValueError: it is no phone number.

        """
        number = self.numbering.parse(phone_number)
        if isinstance(number, NumberProblem):
            raise ValueError(number.message)  # noqa: TRY004 - the text is wrong, not its type
        shown = mask(number.e164)
        note = AuditNote(
            at=self.clock.now(), actor=self.actor, action="number.forgotten", subject=shown
        )
        authentications, rows = await self.registry.erase(number.e164, note)
        return Forgotten(number=shown, authentications=authentications, rows=rows)
