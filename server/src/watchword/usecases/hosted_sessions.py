"""Hosted sessions: a customer's server opens one, and asks for the proof that it ended well."""

import secrets
from collections.abc import Sequence
from uuid import UUID

from msgspec import Struct

from watchword.domain.api_key import SECRET_BYTES, digest
from watchword.domain.errors import ErrorCode, Refusal
from watchword.domain.hosted_session import LIFETIME, HostedSession, fault_of_request
from watchword.domain.project import Project
from watchword.ports.clock import Clock
from watchword.ports.hosted_sessions import HostedSessions
from watchword.ports.numbering import Numbering, NumberProblem
from watchword.ports.store import StoreUnavailableError

NO_SUCH_SESSION = Refusal(ErrorCode.BAD_REQUEST, "no such session")


class SessionRequest(Struct, frozen=True, kw_only=True):
    """The fields of a request for a session, as the caller wrote them."""

    phone_number: str | None = None
    country: str | None = None
    locale: str | None = None
    return_url: str | None = None
    origins: Sequence[str] = ()
    state: str | None = None


class Opened(Struct, frozen=True):
    """A session that begins; `token` is seen here and never again."""

    session: HostedSession
    token: str

    def __repr__(self) -> str:
        """The session's id alone."""
        return f"Opened({self.session.id})"


class OpenHostedSession(Struct, frozen=True):
    """Open a session for a project."""

    sessions: HostedSessions
    clock: Clock
    numbering: Numbering

    async def __call__(self, project: Project, request: SessionRequest) -> Opened | Refusal:
        """Answer a request; nothing is sent yet, and the number is screened when it is."""
        if project.suspended:
            return Refusal(ErrorCode.SUSPENDED_ACCOUNT, "this project is suspended")
        fault = fault_of_request(
            country=request.country,
            locale=request.locale,
            return_url=request.return_url,
            origins=request.origins,
            state=request.state,
        )
        if fault is not None:
            return fault
        number, country = None, request.country
        if request.phone_number is not None:
            parsed = self.numbering.parse(request.phone_number)
            if isinstance(parsed, NumberProblem):
                return Refusal(ErrorCode.BAD_REQUEST, parsed.message)
            number, country = parsed.e164, parsed.region
        now = self.clock.now()
        token = secrets.token_urlsafe(SECRET_BYTES)
        session = HostedSession(
            id=self.clock.new_id(),
            project_id=project.id,
            digest=digest(token),
            created_at=now,
            expires_at=now + LIFETIME,
            number=number,
            fixed=number is not None,
            country=country,
            locale=request.locale,
            return_url=request.return_url,
            origins=tuple(dict.fromkeys(request.origins)),
            state=request.state,
        )
        if not await self.sessions.put_hosted_session(session):
            raise StoreUnavailableError("two sessions were given one id")
        return Opened(session, token)


class FindHostedSession(Struct, frozen=True):
    """Tell a server how a session of its project stands: the proof."""

    sessions: HostedSessions

    async def __call__(self, project: Project, session_id: UUID | None) -> HostedSession | Refusal:
        """The session; one that is unknown, malformed or another project's is refused alike."""
        found = await self.sessions.hosted_session(session_id or UUID(int=0))
        if found is None or found.project_id != project.id:
            return NO_SUCH_SESSION
        return found
