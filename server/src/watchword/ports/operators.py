"""Operators: the part of the store that keeps who may use the console and the management API."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from watchword.domain.audit import AuditNote
from watchword.domain.operator import Grant, GrantKind, Operator


class Operators(Protocol):
    """Every method may raise `StoreUnavailableError`."""

    async def operators(self) -> Sequence[Operator]:
        """Every operator."""
        ...

    async def operator(self, operator_id: UUID) -> Operator | None:
        """One operator."""
        ...

    async def operator_named(self, name: str) -> Operator | None:
        """The operator of that name."""
        ...

    async def put_operator(self, operator: Operator, note: AuditNote | None = None) -> bool:
        """Add or change an operator, with its note; False where the name is taken or it has changed."""
        ...

    async def remove_operator(self, operator_id: UUID, note: AuditNote) -> None:
        """Remove an operator and everything that stands for them, with its note."""
        ...

    async def put_grant(self, grant: Grant, note: AuditNote | None = None) -> None:
        """Keep a grant."""
        ...

    async def extend_grant(self, grant: Grant) -> None:
        """Change when a grant ends; one that is gone stays so."""
        ...

    async def grant(self, digest: bytes) -> Grant | None:
        """The grant of a digest."""
        ...

    async def grants(self, operator_id: UUID, kind: GrantKind) -> Sequence[Grant]:
        """The grants of a kind that stand for an operator."""
        ...

    async def take_grant(self, digest: bytes, note: AuditNote | None = None) -> bool:
        """Remove a grant; False where it was gone already, so that a link works once."""
        ...

    async def remove_grants(self, operator_id: UUID, kind: GrantKind | None = None) -> None:
        """Remove every grant that stands for an operator, or those of one kind."""
        ...
