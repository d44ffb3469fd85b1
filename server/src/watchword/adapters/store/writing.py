"""Writing: what all parts of the store share: one row, plain writes, and writes with their audit note."""

from collections.abc import Sequence

from watchword.adapters.store import rows
from watchword.adapters.store.engine import Engine, Params, Row, Step
from watchword.domain.audit import GENESIS, AuditNote, follow


class EnginePart:
    """One part of the store over an engine."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def _one(self, name: str, params: Params) -> Row | None:
        (found,) = await self._engine.read((name, params))
        return found[0] if found else None

    async def _write(self, *steps: Step, relaxed: bool = False) -> list[list[Row]]:
        """Carry out steps that nothing can refuse."""
        return await self._engine.write(steps, relaxed=relaxed) or []

    async def _audited(self, steps: Sequence[Step], note: AuditNote | None) -> list[list[Row]]:
        """Carry out steps that nothing can refuse, together with their entry in the audit log."""
        return await self._decided(steps, note) or []

    async def _decided(
        self, steps: Sequence[Step], note: AuditNote | None
    ) -> list[list[Row]] | None:
        """The same for steps of which one decides; None where it was refused."""
        if note is None:
            return await self._engine.write(steps)
        refused_at = -1
        while True:
            (head,) = await self._engine.read(("audit_head", {}))
            sequence, previous = (head[0][0], bytes(head[0][1])) if head else (0, GENESIS)
            if sequence == refused_at:
                return None  # nobody else wrote to the log: it was a step of ours
            entry = follow(sequence + 1, previous, note)
            written = await self._engine.write(
                [*steps, Step("insert_audit", rows.from_audit_entry(entry), decides=True)]
            )
            if written is not None:
                return written[:-1]
            refused_at = sequence
