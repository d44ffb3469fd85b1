"""Hosted sessions: that port of the store, said in named statements."""

from uuid import UUID

import msgspec

from watchword.adapters.store.engine import Params, Row, Step
from watchword.adapters.store.writing import EnginePart
from watchword.domain.hosted_session import HostedSession

_session = msgspec.json.Decoder(HostedSession)


class EngineHostedSessions(EnginePart):
    """Who walks through the hosted page."""

    async def put_hosted_session(self, session: HostedSession) -> bool:
        """Add or change a session."""
        name = "update_hosted_session" if session.version else "insert_hosted_session"
        return await self._engine.write((Step(name, _columns(session), decides=True),)) is not None

    async def hosted_session(self, session_id: UUID) -> HostedSession | None:
        """One session."""
        return _value(await self._one("hosted_session", {"id": session_id.bytes}))

    async def hosted_session_of(self, digest: bytes) -> HostedSession | None:
        """The session of a token."""
        return _value(await self._one("hosted_session_of", {"digest": digest}))


def _columns(session: HostedSession) -> Params:
    return {
        "id": session.id.bytes,
        "project_id": session.project_id.bytes,
        "digest": session.digest,
        "phone_number": session.number,
        "expires_at": session.expires_at,
        "version": session.version,
        "body": msgspec.json.encode(session).decode(),
    }


def _value(row: Row | None) -> HostedSession | None:
    if row is None:
        return None
    return msgspec.structs.replace(_session.decode(row[1]), version=row[0])
