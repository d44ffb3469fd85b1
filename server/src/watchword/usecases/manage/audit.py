"""Audit: read the log of what operators did, and verify its chain of hashes."""

from collections.abc import AsyncIterator

from msgspec import Struct

from watchword.domain.audit import GENESIS, AuditEntry, first_broken
from watchword.ports.store import Registry

PAGE = 500


class AuditReport(Struct, frozen=True, kw_only=True):
    """How many entries are whole, the hash of the last one, and where the chain breaks, if it does."""

    entries: int
    head: str
    broken_at: int | None = None


class Audit(Struct, frozen=True):
    """What an operator asks of the audit log."""

    registry: Registry

    async def pages(self) -> AsyncIterator[list[AuditEntry]]:
        """Every entry, oldest first."""
        after = 0
        while page := list(await self.registry.audit(after, PAGE)):
            yield page
            after = page[-1].sequence

    async def verify(self) -> AuditReport:
        """Go through the whole chain."""
        sequence, previous = 0, GENESIS
        async for page in self.pages():
            broken = first_broken(page, sequence, previous)
            if broken is not None:
                return AuditReport(entries=broken - 1, head=previous.hex(), broken_at=broken)
            sequence, previous = page[-1].sequence, page[-1].hash
        return AuditReport(entries=sequence, head=previous.hex())
