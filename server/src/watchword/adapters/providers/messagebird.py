"""MessageBird: SMS over the REST API that Bird keeps for older accounts; receipts carry a JWT."""

from typing import Annotated
from urllib.parse import parse_qsl, quote, urlsplit

import jwt
from msgspec import Meta

from watchword.adapters.providers.answers import (
    code,
    look,
    moment,
    network,
    read_json,
    refusals,
    text,
    words,
)
from watchword.adapters.providers.exchange import failure
from watchword.adapters.providers.kind import Credentials, Kind, Secret, Tools
from watchword.adapters.providers.signatures import same, sha256_hex
from watchword.domain.attempt import DeliveryStatus
from watchword.domain.channel import Channel
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

ALGORITHMS = ["HS256", "HS384", "HS512"]
LEEWAY = 1
"""Seconds by which MessageBird's clock and ours may differ, as in its own validators."""
ASK_AFTER = 30_000
"""Milliseconds until an account that can receive no receipts is asked for news, once."""
STATUSES: dict[str, DeliveryStatus] = {
    "scheduled": DeliveryStatus.SUBMITTED,
    "buffered": DeliveryStatus.SUBMITTED,
    "sent": DeliveryStatus.IN_TRANSIT,
    "delivered": DeliveryStatus.DELIVERED,
    "expired": DeliveryStatus.UNDELIVERABLE,
    "delivery_failed": DeliveryStatus.UNDELIVERABLE,
}
REFUSALS = refusals(account="2 9 10 20 21 101")
"""Error codes of requests: the key, parameters that are missing or wrong, nothing found."""
FAILURES = refusals(number="1", passing="27")
"""Error codes of undelivered messages, as GSM numbers them: unknown and absent subscriber."""


class MessageBirdCredentials(Credentials, frozen=True, kw_only=True):
    """An access key, and the signing key; without that all receipts are refused."""

    access_key: Annotated[Secret, Meta(pattern="^[!-~]+$", description="Access key.")]
    signing_key: Annotated[
        str, Meta(extra={"secret": True}, description="Signing key of the developer settings.")
    ] = ""
    base_url: Annotated[
        str, Meta(pattern=r"^https?://[^\s?#]+$", description="Address of the API.")
    ] = "https://rest.messagebird.com"
    sender: Annotated[str, Meta(description="Originator where the route names no sender.")] = ""


class MessageBird:
    """One MessageBird account."""

    channels = frozenset({Channel.SMS})

    def __init__(self, credentials: MessageBirdCredentials, tools: Tools) -> None:
        self._told = credentials
        self._exchange = tools.exchange
        self._url = credentials.base_url.rstrip("/")
        self._headers = {"authorization": f"AccessKey {credentials.access_key}"}
        self._receipts_url = tools.receipts_url
        self._ask_after = None if credentials.signing_key and tools.receipts_url else ASK_AFTER

    async def send(self, message: Message) -> Accepted | Refused | Unavailable:
        """Hand a message over; only with a reference does MessageBird report what becomes of it."""
        originator = message.sender_id or self._told.sender
        if message.channel is not Channel.SMS:
            return Refused(RefusalKind.ACCOUNT, "no_channel", "MessageBird sends SMS alone here")
        if not originator:
            return Refused(RefusalKind.ACCOUNT, "no_sender", "the route names no sender")
        reply = await self._exchange.ask(
            "POST",
            f"{self._url}/messages",
            headers=self._headers,
            json={
                "originator": originator,
                "recipients": [message.to.e164[1:]],
                "body": message.text,
                "reference": message.reference,
                "datacoding": "auto",
                "validity": max(1, message.valid_for // 1000),
                **({"reportUrl": self._receipts_url} if self._receipts_url else {}),
            },
        )
        if isinstance(reply, Unavailable):
            return reply
        found = read_json(reply.body)
        message_id = text(found, "id")
        if reply.ok and message_id:
            return Accepted(message_id, self._ask_after)
        error = look(found, "errors", 0)
        return failure(reply, code(error, "code"), words(error, "description"), REFUSALS)

    async def report(self, message_id: str) -> Report | None:
        """What the API says of the one recipient of a message."""
        url = f"{self._url}/messages/{quote(message_id, safe='')}"
        reply = await self._exchange.ask("GET", url, headers=self._headers)
        if isinstance(reply, Unavailable) or not reply.ok:
            return None
        item = look(read_json(reply.body), "recipients", "items", 0)
        return _report(item) if isinstance(item, dict) else None

    async def receipts(self, inbound: Inbound) -> Receipts | Forged:
        """Verify the JWT over address and body, and read what the address says."""
        if not self._told.signing_key:
            return Forged("this account has no signing_key to verify receipts with")
        because = _forged(self._told.signing_key, inbound)
        if because:
            return Forged(because)
        told = dict(parse_qsl(urlsplit(inbound.url).query, keep_blank_values=True))
        if not told.get("id") or "status" not in told:
            return Receipts()
        return Receipts(
            (
                Receipt(
                    report=_report(told),
                    message_ids=(told["id"],),
                    reference=told.get("reference") or None,
                ),
            )
        )

    async def probe(self) -> Healthy | Refused | Unavailable:
        """Ask for the balance."""
        reply = await self._exchange.ask("GET", f"{self._url}/balance", headers=self._headers)
        if isinstance(reply, Unavailable):
            return reply
        return Healthy("the access key is valid") if reply.ok else failure(reply)

    async def close(self) -> None:
        """Let go of every connection."""
        await self._exchange.close()


def _report(told: object) -> Report:
    status = STATUSES.get(text(told, "status"), DeliveryStatus.UNKNOWN)
    raw = code(told, "statusErrorCode")
    failed = status is DeliveryStatus.UNDELIVERABLE
    return Report(
        status=status,
        at=moment(look(told, "statusDatetime")),
        carrier_code=raw or None,
        cause=words(told, "statusReason") or None,
        refusal=FAILURES.get(raw, RefusalKind.PASSING) if failed else None,
        network=network(look(told, "mccmnc")),
    )


def _forged(key: str, inbound: Inbound) -> str | None:
    """What is wrong with the signature by MessageBird's rule (its SDK, `request_validator`)."""
    token = inbound.headers.get("messagebird-signature-jwt", "")
    try:
        claims = jwt.decode(
            token,
            key,
            algorithms=ALGORITHMS,
            issuer="MessageBird",
            # Times are compared with when the request came, which the library would not.
            options={
                "require": ["iss", "nbf", "exp"],
                "verify_exp": False,
                "verify_nbf": False,
                "verify_iat": False,
            },
        )
    except (jwt.PyJWTError, ValueError):
        return "the JWT is not one of this key"
    start, end, now = claims["nbf"], claims["exp"], inbound.at / 1000
    if not isinstance(start, int | float) or not isinstance(end, int | float):
        return "the JWT has no times"
    if not start - LEEWAY <= now <= end + LEEWAY:
        return "the JWT is not valid now"
    if not _hashes(claims.get("url_hash"), inbound.url.encode("utf-8", "replace")):
        return "the JWT is of another address"
    body = claims.get("payload_hash")
    if (inbound.body or body) and not _hashes(body, inbound.body):
        return "the JWT is of another body"
    return None


def _hashes(claim: object, data: bytes) -> bool:
    return isinstance(claim, str) and same(claim, sha256_hex(data))


MESSAGEBIRD = Kind(
    name="messagebird",
    title="MessageBird (legacy API of Bird)",
    channels=MessageBird.channels,
    credentials=MessageBirdCredentials,
    open=MessageBird,
    receipts="asked for by GET for each message, with a JWT over the whole address",
    website="https://developers.messagebird.com",
    notes=("Accounts on Bird's platform use the kind `bird` instead.",),
)
