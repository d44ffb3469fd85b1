"""Hosted sessions over the API: a server opens one, and asks for the proof."""

from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from watchword.domain.errors import Refusal
from watchword.domain.hosted_session import HostedSession, SessionStatus
from watchword.edges.api import requests
from watchword.edges.api.answers import Wire, timestamp
from watchword.edges.api.operations import Request
from watchword.edges.http.answers import refused, succeeded
from watchword.edges.http.asgi import Answer
from watchword.ports.clock import Clock
from watchword.usecases.hosted_sessions import (
    FindHostedSession,
    OpenHostedSession,
    SessionRequest,
)


class CreateHostedSession(Struct, frozen=True, kw_only=True):
    """The body of POST /hosted_sessions."""

    phone_number: str | UnsetType = UNSET
    country: str | UnsetType = UNSET
    locale: str | UnsetType = UNSET
    return_url: str | UnsetType = UNSET
    origins: Annotated[list[str], Meta(max_length=100)] | UnsetType = UNSET
    state: str | UnsetType = UNSET

    def to_request(self) -> SessionRequest:
        """The request without what was left out."""
        given = {
            name: value
            for name in SessionRequest.__struct_fields__
            if (value := getattr(self, name)) is not UNSET
        }
        return SessionRequest(**given)


class HostedOperations(Struct, frozen=True):
    """Each method answers one operation."""

    open: OpenHostedSession
    find: FindHostedSession
    clock: Clock
    docs_url: str

    async def create(self, request: Request) -> Answer:
        """POST /hosted_sessions."""
        body = requests.decode(create_hosted_session, request.body)
        if isinstance(body, Refusal):
            return refused(body, self.docs_url)
        outcome = await self.open(request.project, body.to_request())
        if isinstance(outcome, Refusal):
            return refused(outcome, self.docs_url)
        return succeeded(
            {
                "session_uuid": str(outcome.session.id),
                "token": outcome.token,
                "url": f"{self.docs_url.rstrip('/')}/verify/{outcome.token}",
                "expires_at": timestamp(outcome.session.expires_at),
            },
            "open",
        )

    async def show(self, request: Request) -> Answer:
        """GET /hosted_sessions/{session_uuid}."""
        found = await self.find(request.project, requests.parse_uuid(request.rest))
        if isinstance(found, Refusal):
            return refused(found, self.docs_url)
        status = found.status(self.clock.now())
        return succeeded(_proof(found, status), status, found.authentication_id)


def _proof(session: HostedSession, status: SessionStatus) -> Wire:
    told: Wire = {"session_uuid": str(session.id), "status": status}
    if session.authentication_id is not None:
        told["authentication_uuid"] = str(session.authentication_id)
    if session.verified_at is not None:
        told["phone_number"] = session.number
        told["verified_at"] = timestamp(session.verified_at)
    if session.state is not None:
        told["state"] = session.state
    return told


create_hosted_session = msgspec.json.Decoder(CreateHostedSession)
