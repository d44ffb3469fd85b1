"""Telnyx: SMS, WhatsApp templates and RCS; its receipts are signed with Ed25519."""

import hashlib
import hmac
from base64 import b64decode
from typing import Annotated
from urllib.parse import parse_qs, quote

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from msgspec import Meta

from watchword.adapters.providers.answers import (
    code,
    look,
    meta_language,
    moment,
    price,
    read_json,
    refusals,
    text,
    words,
)
from watchword.adapters.providers.exchange import Reply, failure
from watchword.adapters.providers.kind import Credentials, Kind, Secret, Tools
from watchword.adapters.providers.signatures import timely
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

PATHS = {Channel.SMS: "", Channel.WHATSAPP: "/whatsapp", Channel.RCS: "/rcs"}
ASK_AFTER = 30_000
"""Milliseconds until an account that can receive no receipts is asked for news, once."""
STATUSES: dict[str, DeliveryStatus] = {
    "queued": DeliveryStatus.SUBMITTED,
    "sending": DeliveryStatus.SUBMITTED,
    "sent": DeliveryStatus.IN_TRANSIT,
    "delivered": DeliveryStatus.DELIVERED,
    "read": DeliveryStatus.DELIVERED,
    "sending_failed": DeliveryStatus.UNDELIVERABLE,
    "delivery_failed": DeliveryStatus.UNDELIVERABLE,
    "expired": DeliveryStatus.UNDELIVERABLE,
    "delivery_unconfirmed": DeliveryStatus.UNKNOWN,
}
REFUSALS = refusals(
    number="40001 40008 40300 40310",
    account=(
        "10009 10010 20100 40002 40003 40009 40010 40305 40312 40313 40314 40315 40316 40317 40333"
    ),
    passing="40004 40005 40006",
    throttle="10011 40011 40318",
)


class TelnyxCredentials(Credentials, frozen=True, kw_only=True):
    """An API key, and the public key that verifies receipts; without that all of them are refused."""

    api_key: Annotated[Secret, Meta(pattern="^[!-~]+$", description="API key, KEY….")]
    public_key: Annotated[
        str,
        Meta(
            pattern="^([A-Za-z0-9+/]{43}=)?$",
            description="Public key of the account, which verifies receipts.",
        ),
    ] = ""
    messaging_profile_id: Annotated[
        str,
        Meta(
            pattern="^[0-9a-f-]*$",
            description="Messaging profile; senders that are names, and RCS, need it.",
        ),
    ] = ""
    sender: Annotated[
        str, Meta(description="Sender, or RCS agent, where the route names none.")
    ] = ""
    template: Annotated[str, Meta(description="WhatsApp template where the route names none.")] = ""
    base_url: Annotated[
        str, Meta(pattern=r"^https?://[^\s?#]+$", description="Address of the API.")
    ] = "https://api.telnyx.com/v2"


class Telnyx:
    """One Telnyx account."""

    channels = frozenset(PATHS)

    def __init__(self, credentials: TelnyxCredentials, tools: Tools) -> None:
        """Take what the account is made of.

        Raises:
            ValueError: the public key is none.

        """
        self._told = credentials
        self._exchange = tools.exchange
        self._receipts_url_for = tools.receipts_url_for
        self._url = credentials.base_url.rstrip("/") + "/messages"
        self._headers = {"authorization": f"Bearer {credentials.api_key}"}
        self._key = None
        if credentials.public_key:
            self._key = Ed25519PublicKey.from_public_bytes(b64decode(credentials.public_key))
        self._ask_after = None if self._key and tools.receipts_url else ASK_AFTER

    async def send(self, message: Message) -> Accepted | Refused | Unavailable:
        """Hand a message over; the same request twice sends one message (`Idempotency-Key`)."""
        asked = self._request(message)
        if isinstance(asked, Refused):
            return asked
        callback = self._receipts_url_for(message)
        if callback:
            asked["webhook_url"] = callback
        body = msgspec.json.encode(asked)
        once = hmac.digest(message.reference.encode(), body, hashlib.sha256).hex()
        reply = await self._exchange.ask(
            "POST",
            self._url + PATHS[message.channel],
            headers={
                **self._headers,
                "content-type": "application/json",
                "idempotency-key": once,
            },
            body=body,
        )
        if isinstance(reply, Unavailable):
            return reply
        message_id = text(reply.json(), "data", "id")
        return Accepted(message_id, self._ask_after) if reply.ok and message_id else _no(reply)

    def _request(self, message: Message) -> dict[str, object] | Refused:
        told = self._told
        sender = message.sender_id or told.sender
        profile = told.messaging_profile_id
        asked: dict[str, object] = {"to": message.to.e164}
        if profile:
            asked["messaging_profile_id"] = profile
        match message.channel:
            case Channel.SMS if sender or profile:
                chosen = {"from": sender} if sender else {}
                return {**asked, **chosen, "text": message.text, "encoding": "auto"}
            case Channel.RCS if sender and profile:
                seconds = f"{max(1, message.valid_for // 1000)}s"
                said = {"content_message": {"text": message.text}, "ttl": seconds}
                return {**asked, "agent_id": sender, "type": "RCS", "agent_message": said}
            case Channel.WHATSAPP if sender:
                template = message.template or told.template
                if not template:
                    return Refused(
                        RefusalKind.ACCOUNT, "no_template", "the route names no template"
                    )
                words = _template(template, message)
                return {**asked, "from": sender, "type": "WHATSAPP", "whatsapp_message": words}
            case Channel.SMS | Channel.RCS | Channel.WHATSAPP:
                return Refused(RefusalKind.ACCOUNT, "no_sender", "no sender or profile is named")
            case _:
                return Refused(RefusalKind.ACCOUNT, "no_channel", "Telnyx has no such channel here")

    async def report(self, message_id: str) -> Report | None:
        """What the API says of a message."""
        url = f"{self._url}/{quote(message_id, safe='')}"
        reply = await self._exchange.ask("GET", url, headers=self._headers)
        if isinstance(reply, Unavailable) or not reply.ok:
            return None
        data = look(reply.json(), "data")
        return _report(data, look(data, "completed_at")) if text(data, "id") else None

    async def receipts(self, inbound: Inbound) -> Receipts | Forged:
        """Verify an event by its Ed25519 signature, and read the message in it."""
        if self._key is None:
            return Forged("this account has no public_key to verify receipts with")
        time = inbound.headers.get("telnyx-timestamp", "")
        if not timely(inbound, time):
            return Forged("the time is missing, too old or from the future")
        try:
            signature = b64decode(
                inbound.headers.get("telnyx-signature-ed25519", ""), validate=True
            )
            self._key.verify(signature, f"{time}|".encode() + inbound.body)
        except (InvalidSignature, ValueError):
            return Forged("the signature is not of this time and body")
        event = read_json(inbound.body)
        data = look(event, "data")
        message = look(data, "payload")
        message_id = text(message, "id")
        if not text(data, "event_type").startswith("message.") or not message_id:
            return Receipts()
        if text(message, "direction") == "inbound":
            return Receipts()
        report = _report(message, look(data, "occurred_at"))
        # The address itself is not signed; what the signed body says of it is.
        called = text(message, "webhook_url") or text(event, "meta", "delivered_to")
        reference = parse_qs(called.partition("?")[2]).get("ref", [None])[0]
        return Receipts((Receipt(report=report, message_ids=(message_id,), reference=reference),))

    async def probe(self) -> Healthy | Refused | Unavailable:
        """Ask for the balance."""
        url = self._url.removesuffix("/messages") + "/balance"
        reply = await self._exchange.ask("GET", url, headers=self._headers)
        if isinstance(reply, Unavailable):
            return reply
        return Healthy("the API key is valid") if reply.ok else _no(reply)

    async def close(self) -> None:
        """Let go of every connection."""
        await self._exchange.close()


def _template(name: str, message: Message) -> dict[str, object]:
    parameters = [{"type": "text", "text": message.code}]
    return {
        "type": "template",
        "template": {
            "name": name,
            "language": {"code": meta_language(message.content.locale), "policy": "deterministic"},
            "components": [
                {"type": "body", "parameters": parameters},
                {"type": "button", "sub_type": "url", "index": 0, "parameters": parameters},
            ],
        },
    }


def _report(message: object, at: object) -> Report:
    status = STATUSES.get(text(message, "to", 0, "status"), DeliveryStatus.UNKNOWN)
    error = code(message, "errors", 0, "code")
    failed = status is DeliveryStatus.UNDELIVERABLE
    cost = look(message, "cost")
    return Report(
        status=status,
        at=moment(at),
        carrier_code=error or None,
        cause=(words(message, "errors", 0, "detail") or words(message, "errors", 0, "title"))
        or None,
        refusal=REFUSALS.get(error, RefusalKind.PASSING) if failed else None,
        price=price(look(cost, "amount"), look(cost, "currency")),
    )


def _no(reply: Reply) -> Refused | Unavailable:
    error = look(reply.json(), "errors", 0)
    told = words(error, "detail") or words(error, "title")
    return failure(reply, code(error, "code"), told, REFUSALS)


TELNYX = Kind(
    name="telnyx",
    title="Telnyx",
    channels=Telnyx.channels,
    credentials=TelnyxCredentials,
    open=Telnyx,
    receipts="posted for each message, signed with the account's Ed25519 key",
    website="https://developers.telnyx.com",
    notes=(
        "The sender of an RCS route is the agent's id.",
        "Senders that are names pass 0.1 messages a second unless Telnyx has raised it: set per_second.",
    ),
)
