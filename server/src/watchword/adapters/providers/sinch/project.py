"""Project: the Conversation API, asked with access tokens that are renewed in time."""

import asyncio

from msgspec import Struct

from watchword.adapters.providers.answers import look, read_json, text
from watchword.adapters.providers.exchange import UNAUTHORIZED, Reply, failure
from watchword.adapters.providers.kind import Tools
from watchword.adapters.providers.signatures import basic
from watchword.adapters.providers.sinch.credentials import SinchCredentials
from watchword.ports.provider import Refused, Unavailable

EARLY = 60_000
"""Milliseconds before its end at which an access token is not used any more."""


class _Token(Struct, frozen=True):
    access: str
    until: int


class Project:
    """One project at Sinch, and the token that its requests carry (OAuth 2.0, RFC 6749, 4.4)."""

    def __init__(self, credentials: SinchCredentials, tools: Tools) -> None:
        base_url = credentials.conversation_base_url.rstrip("/")
        self._url = f"{base_url}/v1/projects/{credentials.project_id}"
        self._token_url = f"{credentials.auth_base_url.rstrip('/')}/oauth2/token"
        self._key = basic(credentials.key_id, credentials.key_secret)
        self._exchange = tools.exchange
        self._clock = tools.clock
        self._token: _Token | None = None
        self._renewal = asyncio.Lock()

    async def ask(
        self, method: str, path: str, body: object = None
    ) -> Reply | Refused | Unavailable:
        """Ask for something of the project; what a token is refused for is the answer."""
        for _ in range(2):
            token = await self._access()
            if not isinstance(token, _Token):
                return token
            reply = await self._exchange.ask(
                method,
                self._url + path,
                headers={"authorization": f"Bearer {token.access}"},
                json=body,
            )
            if isinstance(reply, Unavailable) or reply.status != UNAUTHORIZED:
                return reply
            # The token may have been revoked before its time; a fresh one tells.
            if self._token is token:
                self._token = None
        return reply

    async def _access(self) -> _Token | Refused | Unavailable:
        async with self._renewal:
            now = self._clock.now()
            if self._token and now < self._token.until:
                return self._token
            reply = await self._exchange.ask(
                "POST",
                self._token_url,
                headers={"authorization": self._key},
                form={"grant_type": "client_credentials"},
            )
            if isinstance(reply, Unavailable):
                return reply
            found = read_json(reply.body)
            access, lifetime = text(found, "access_token"), look(found, "expires_in")
            if not reply.ok or not access:
                return failure(reply, text(found, "error"))
            seconds = lifetime if isinstance(lifetime, int) else 0
            self._token = _Token(access, now + seconds * 1000 - EARLY)
            return self._token
