"""Hosted sessions: the part of the store that keeps who walks through the hosted page."""

from typing import Protocol
from uuid import UUID

from watchword.domain.hosted_session import HostedSession


class HostedSessions(Protocol):
    """Every method may raise `StoreUnavailableError`."""

    async def put_hosted_session(self, session: HostedSession) -> bool:
        """Add a session (version 0) or change it; False where somebody else was first."""
        ...

    async def hosted_session(self, session_id: UUID) -> HostedSession | None:
        """One session."""
        ...

    async def hosted_session_of(self, digest: bytes) -> HostedSession | None:
        """The session of a token, by the token's SHA-256."""
        ...
