"""Vonage: SMS, WhatsApp, Viber and RCS over its Messages API, and calls; receipts carry a JWT."""

from typing import Annotated

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from jwt.types import Options
from msgspec import Meta

from watchword.adapters.providers.answers import code, read_json, text
from watchword.adapters.providers.kind import Credentials, Kind, Tools
from watchword.adapters.providers.signatures import basic, same, sha256_hex, timely
from watchword.adapters.providers.vonage_reports import declined, read_report
from watchword.adapters.providers.vonage_requests import call_request, message_request
from watchword.domain.channel import Channel
from watchword.ports.clock import Clock
from watchword.ports.provider import (
    Accepted,
    Forged,
    Healthy,
    Inbound,
    Message,
    Receipt,
    Receipts,
    RefusalKind,
    Refused,
    Report,
    Unavailable,
)

TOKEN = 900
"""Seconds that a token of ours is good for."""
ANY_TIME: Options = {"verify_exp": False, "verify_nbf": False, "verify_iat": False}
"""Times are compared with when the request came, which the library would not."""
_Blank = Annotated[str, Meta(extra={"secret": True})]


class VonageCredentials(Credentials, frozen=True, kw_only=True):
    """An application with its private key, or the account's key and secret, which make no calls."""

    application_id: Annotated[
        str, Meta(pattern="^[0-9A-Fa-f-]*$", description="Application ID.")
    ] = ""
    private_key: Annotated[_Blank, Meta(description="Private key of the application, as PEM.")] = ""
    api_key: Annotated[
        str, Meta(pattern="^[!-9;-~]*$", description="API key, where there is no application.")
    ] = ""
    api_secret: Annotated[
        _Blank, Meta(pattern="^[!-~]*$", description="Secret of the API key.")
    ] = ""
    signature_secret: Annotated[
        _Blank, Meta(description="Signature secret of the account, which verifies receipts.")
    ] = ""
    sender: Annotated[str, Meta(description="Sender where the route names none.")] = ""
    template: Annotated[
        str, Meta(description="WhatsApp template where the route names none, also namespace:name.")
    ] = ""
    base_url: Annotated[
        str, Meta(pattern=r"^https?://[^\s?#]+$", description="Address of the API.")
    ] = "https://api.nexmo.com"


class Vonage:
    """One Vonage account."""

    channels = frozenset({Channel.SMS, Channel.WHATSAPP, Channel.VIBER, Channel.RCS, Channel.VOICE})

    def __init__(self, credentials: VonageCredentials, tools: Tools) -> None:
        """Take what the account is made of.

        Raises:
            ValueError: there is neither a whole application nor a whole API key, or the private
                key is none that Vonage takes.

        """
        told = credentials
        if bool(told.application_id) != bool(told.private_key):
            raise ValueError("application_id and private_key go together")
        if bool(told.api_key) != bool(told.api_secret):
            raise ValueError("api_key and api_secret go together")
        if not told.private_key and not told.api_key:
            raise ValueError("either private_key or api_key is needed")
        self._told = told
        self._exchange = tools.exchange
        self._clock: Clock = tools.clock
        self._receipts_url = tools.receipts_url
        self._url = told.base_url.rstrip("/")
        self._key = _private_key(told.private_key) if told.private_key else None

    async def send(self, message: Message) -> Accepted | Refused | Unavailable:
        """Hand a message over, or have Vonage call and say it twice."""
        asked = self._request(message)
        if isinstance(asked, Refused):
            return asked
        called = message.channel is Channel.VOICE
        path, name = ("/v1/calls", "uuid") if called else ("/v1/messages", "message_uuid")
        reply = await self._exchange.ask(
            "POST", self._url + path, headers=self._headers(), json=asked
        )
        if isinstance(reply, Unavailable):
            return reply
        message_id = text(reply.json(), name)
        return Accepted(message_id) if reply.ok and message_id else declined(reply)

    def _headers(self) -> dict[str, str]:
        if self._key is None:
            return {"authorization": basic(self._told.api_key, self._told.api_secret)}
        now = self._clock.now() // 1000
        claims = {
            "application_id": self._told.application_id,
            "iat": now,
            "exp": now + TOKEN,
            "jti": str(self._clock.new_id()),
        }
        return {"authorization": f"Bearer {jwt.encode(claims, self._key, algorithm='RS256')}"}

    def _request(self, message: Message) -> dict[str, object] | Refused:
        sender = (message.sender_id or self._told.sender).removeprefix("+")
        if not sender:
            return Refused(RefusalKind.ACCOUNT, "no_sender", "the route names no sender")
        url = self._receipts_url
        if message.channel is Channel.VOICE:
            if self._key is None:
                return Refused(RefusalKind.ACCOUNT, "no_private_key", "calls need a private key")
            asked = call_request(message, sender)
            told: dict[str, object] = {"event_url": [url], "event_method": "POST"}
        else:
            asked = message_request(message, sender, message.template or self._told.template)
            told = {"webhook_url": url, "webhook_version": "v1"}
        return asked if isinstance(asked, Refused) or not url else asked | told

    async def report(self, message_id: str) -> Report | None:  # noqa: ARG002 - the port's
        """Not asked: there is no way to ask for a message, and an id does not tell it from a call."""
        return None

    async def receipts(self, inbound: Inbound) -> Receipts | Forged:
        """Verify a request by the JWT in its `Authorization`, and read the status in it."""
        if not self._told.signature_secret:
            return Forged("this account has no signature_secret to verify receipts with")
        because = _forged(self._told.signature_secret, inbound)
        if because:
            return Forged(because)
        told = read_json(inbound.body)
        message_id = text(told, "message_uuid") or text(told, "uuid") or text(told, "call_uuid")
        if not message_id or not text(told, "status"):
            return Receipts()
        reference = text(told, "client_ref") or None
        return Receipts(
            (Receipt(report=read_report(told), message_ids=(message_id,), reference=reference),)
        )

    async def probe(self) -> Healthy | Refused | Unavailable:
        """Ask for one call or, with an API key, for one application."""
        path = "/v1/calls" if self._key else "/v2/applications"
        url = f"{self._url}{path}?page_size=1"
        reply = await self._exchange.ask("GET", url, headers=self._headers())
        if isinstance(reply, Unavailable):
            return reply
        return Healthy("the key is valid") if reply.ok else declined(reply)

    async def close(self) -> None:
        """Let go of every connection."""
        await self._exchange.close()


def _private_key(pem: str) -> RSAPrivateKey:
    try:
        # Where a line is all there is room for, line breaks are written as two characters.
        key = load_pem_private_key(pem.replace("\\n", "\n").encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, RSAPrivateKey):
        raise ValueError("private_key is no RSA key as PEM without a password")  # noqa: TRY004 - the value's
    return key


def _forged(secret: str, inbound: Inbound) -> str | None:
    """What is wrong with the JWT (Vonage, signed webhooks); its own library checks the key alone."""
    scheme, _, token = inbound.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return "there is no JWT"
    try:
        claims = jwt.decode(token, secret, algorithms=["HS256"], options=ANY_TIME)
    except (jwt.PyJWTError, ValueError, RecursionError):
        return "the JWT is not one of this secret"
    if not timely(inbound, code(claims, "iat")):
        return "the JWT is too old or from the future"
    if not same(text(claims, "payload_hash").lower(), sha256_hex(inbound.body)):
        return "the JWT is of another body"
    return None


VONAGE = Kind(
    name="vonage",
    title="Vonage",
    channels=Vonage.channels,
    credentials=VonageCredentials,
    open=Vonage,
    receipts="posted for each message and call, with a JWT over the body by the signature secret",
    website="https://developer.vonage.com",
    notes=(
        "Calls need an application with its private key.",
        "Without the signature secret no receipt is accepted.",
    ),
)
