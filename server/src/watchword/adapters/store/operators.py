"""Operators: that port of the store, said in named statements."""

from collections.abc import Sequence
from uuid import UUID

from watchword.adapters.store import rows
from watchword.adapters.store.engine import Step
from watchword.adapters.store.writing import EnginePart
from watchword.domain.audit import AuditNote
from watchword.domain.operator import Grant, GrantKind, Operator


class EngineOperators(EnginePart):
    """Who may use the console and the management API."""

    async def operators(self) -> Sequence[Operator]:
        """Every operator."""
        (found,) = await self._engine.read(("operators", {}))
        return [rows.to_operator(row) for row in found]

    async def operator(self, operator_id: UUID) -> Operator | None:
        """One operator."""
        row = await self._one("operator", {"id": operator_id.bytes})
        return rows.to_operator(row) if row else None

    async def operator_named(self, name: str) -> Operator | None:
        """The operator of that name."""
        row = await self._one("operator_by_name", {"name": name})
        return rows.to_operator(row) if row else None

    async def put_operator(self, operator: Operator, note: AuditNote | None = None) -> bool:
        """Add or change an operator."""
        name = "update_operator" if operator.version else "insert_operator"
        step = Step(name, rows.from_operator(operator), decides=True)
        return await self._decided((step,), note) is not None

    async def remove_operator(self, operator_id: UUID, note: AuditNote) -> None:
        """Remove an operator and every grant."""
        grants = Step("remove_grants", {"operator_id": operator_id.bytes, "kind": ""})
        await self._audited((grants, Step("remove_operator", {"id": operator_id.bytes})), note)

    async def put_grant(self, grant: Grant, note: AuditNote | None = None) -> None:
        """Keep a grant."""
        await self._audited((Step("put_grant", rows.from_grant(grant)),), note)

    async def extend_grant(self, grant: Grant) -> None:
        """Change when a grant ends."""
        params = rows.from_grant(grant)
        wanted = {name: params[name] for name in ("digest", "expires_at", "body")}
        await self._write(Step("extend_grant", wanted))

    async def grant(self, digest: bytes) -> Grant | None:
        """The grant of a digest."""
        row = await self._one("grant", {"digest": digest})
        return rows.to_grant(row) if row else None

    async def grants(self, operator_id: UUID, kind: GrantKind) -> Sequence[Grant]:
        """The grants of an operator."""
        params = {"operator_id": operator_id.bytes, "kind": kind.value}
        (found,) = await self._engine.read(("grants_of", params))
        return [rows.to_grant(row) for row in found]

    async def take_grant(self, digest: bytes, note: AuditNote | None = None) -> bool:
        """Remove a grant once."""
        step = Step("take_grant", {"digest": digest}, decides=True)
        return await self._decided((step,), note) is not None

    async def remove_grants(self, operator_id: UUID, kind: GrantKind | None = None) -> None:
        """Remove an operator's grants."""
        params = {"operator_id": operator_id.bytes, "kind": kind.value if kind else ""}
        await self._write(Step("remove_grants", params))
