"""Manage the keyring: a fresh key, an old one dropped, each with its line in the audit log."""

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from watchword.domain.audit import AuditNote
from watchword.ports.clock import Clock
from watchword.ports.keyring import RotatingKeyring
from watchword.ports.store import Registry


class KeepsSecrets(Protocol):
    """Something that keeps secrets sealed under the keyring."""

    async def seal_again(self) -> None:
        """Seal them under the current key."""
        ...


class ManageKeyring(Struct, frozen=True):
    """What an operator does to the keys."""

    keyring: RotatingKeyring
    registry: Registry
    clock: Clock
    keepers: Sequence[KeepsSecrets]
    actor: str = "watchword"

    async def rotate(self) -> str:
        """Add a fresh key, make it the current one, and seal under it what was sealed; its id."""
        name = self.keyring.rotate()
        await self._note("rotated", name)
        await self._seal_again()
        return name

    async def drop(self, name: str) -> None:
        """Take a key out that is not the current one.

        What is sealed is sealed under the current key first.
        """
        await self._seal_again()
        self.keyring.drop(name)
        await self._note("dropped", name)

    async def _seal_again(self) -> None:
        for keeper in self.keepers:
            await keeper.seal_again()

    async def _note(self, action: str, name: str) -> None:
        note = AuditNote(
            at=self.clock.now(), actor=self.actor, action=f"keyring.{action}", subject=name
        )
        await self.registry.note(note)
