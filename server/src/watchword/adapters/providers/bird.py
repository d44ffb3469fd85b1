"""Bird: SMS and WhatsApp over the platform API; receipts are Standard Webhooks."""

import hmac
import re
from base64 import b64decode, b64encode
from typing import Annotated
from urllib.parse import quote

import msgspec
from msgspec import Meta

from watchword.adapters.providers.answers import (
    look,
    moment,
    network,
    price,
    read_json,
    refusals,
    text,
    words,
)
from watchword.adapters.providers.exchange import failure
from watchword.adapters.providers.kind import Credentials, Kind, Secret, Tools
from watchword.adapters.providers.signatures import hmac_hex, same, timely
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

PATHS = {Channel.SMS: "/v1/sms/messages", Channel.WHATSAPP: "/v1/whatsapp/messages"}
ASK_AFTER = 30_000
"""Milliseconds until an account that can receive no receipts is asked for news, once."""
STATUSES: dict[str, DeliveryStatus] = {
    "scheduled": DeliveryStatus.SUBMITTED,
    "accepted": DeliveryStatus.SUBMITTED,
    "sent": DeliveryStatus.IN_TRANSIT,
    "delivered": DeliveryStatus.DELIVERED,
    "read": DeliveryStatus.DELIVERED,
    **dict.fromkeys(
        ("undelivered", "failed", "rejected", "canceled", "expired"), DeliveryStatus.UNDELIVERABLE
    ),
}
REFUSALS = refusals(
    number="SMSInvalidRecipient invalid_destination landline_unreachable blocked_by_recipient "
    "recipient_opted_out recipient_suppressed blocked_by_carrier undeliverable",
    account="content_rejected sender_unregistered insufficient_balance price_not_found "
    "service_window_expired media_rejected",
    passing="unreachable provider_unavailable internal_error unknown",
    throttle="rate_limited",
    fraud="blocked_by_fraud_protection",
)
"""Reasons of undelivered messages of both channels, and the one of requests that blames a number."""


class BirdCredentials(Credentials, frozen=True, kw_only=True):
    """An API key, and the secret of the webhook endpoint; without that all receipts are refused."""

    api_key: Annotated[Secret, Meta(pattern="^[!-~]+$", description="API key, bk_….")]
    webhook_secret: Annotated[
        str,
        Meta(
            pattern="^$|^whsec_[A-Za-z0-9+/=]+$",
            extra={"secret": True},
            description="Signing secret of the webhook endpoint, whsec_….",
        ),
    ] = ""
    base_url: Annotated[
        str,
        Meta(
            pattern=r"^$|^https?://[^\s?#]+$",
            description="Address of the API; empty takes the region that the key names.",
        ),
    ] = ""
    sender: Annotated[str, Meta(description="Sender where the route names none.")] = ""
    template: Annotated[str, Meta(description="WhatsApp template where the route names none.")] = ""


class Bird:
    """One Bird workspace."""

    channels = frozenset(PATHS)

    def __init__(self, credentials: BirdCredentials, tools: Tools) -> None:
        """Take what the account is made of.

        Raises:
            ValueError: the address is neither given nor in the key, or the webhook secret is not Base64.

        """
        region = re.match("b[km]_([a-z]{2}[0-9]+)_", credentials.api_key)
        if not credentials.base_url and not region:
            raise ValueError("the api_key names no region, so base_url is needed")
        vendor = f"https://{region[1]}.platform.bird.com" if region else ""
        self._url = (credentials.base_url or vendor).rstrip("/")
        self._told = credentials
        self._exchange = tools.exchange
        self._headers = {"authorization": f"Bearer {credentials.api_key}"}
        self._key = _signing_key(credentials.webhook_secret)
        self._ask_after = None if self._key and tools.receipts_url else ASK_AFTER

    async def send(self, message: Message) -> Accepted | Refused | Unavailable:
        """Hand a message over; the same request twice sends one message (`Idempotency-Key`)."""
        sender = message.sender_id or self._told.sender
        template = message.template or self._told.template
        match message.channel:
            case Channel.SMS if sender:
                body = _sms(message, sender)
            case Channel.SMS:
                return Refused(RefusalKind.ACCOUNT, "no_sender", "the route names no sender")
            case Channel.WHATSAPP if template:
                body = _whatsapp(message, sender, template)
            case Channel.WHATSAPP:
                return Refused(RefusalKind.ACCOUNT, "no_template", "the route names no template")
            case _:
                return Refused(RefusalKind.ACCOUNT, "no_channel", "Bird has no such channel here")
        encoded = msgspec.json.encode(body)
        # The reference alone would not do: the next route may send the same attempt in other words.
        key = hmac_hex(self._told.api_key, encoded)
        reply = await self._exchange.ask(
            "POST",
            self._url + PATHS[message.channel],
            headers={
                **self._headers,
                "content-type": "application/json",
                "idempotency-key": key,
            },
            body=encoded,
        )
        if isinstance(reply, Unavailable):
            return reply
        found = read_json(reply.body)
        if not reply.ok:
            error = look(found, "error")
            code = text(error, "name") or text(error, "code")
            return failure(reply, code, words(error, "message"), REFUSALS)
        report = _report(found, text(found, "status"), look(found, "last_error"))
        if report.refusal:
            return Refused(report.refusal, report.carrier_code or "", report.cause or "")
        message_id = text(found, "id")
        if not message_id:
            return failure(reply)
        return Accepted(message_id, self._ask_after, report.price)

    async def report(self, message_id: str) -> Report | None:
        """What the API says of a message; its id tells the channel."""
        channel = Channel.SMS if message_id.startswith("sms_") else Channel.WHATSAPP
        url = f"{self._url}{PATHS[channel]}/{quote(message_id, safe='')}"
        reply = await self._exchange.ask("GET", url, headers=self._headers)
        if isinstance(reply, Unavailable) or not reply.ok:
            return None
        found = read_json(reply.body)
        if text(found, "id") != message_id:
            return None
        return _report(found, text(found, "status"), look(found, "last_error"))

    async def receipts(self, inbound: Inbound) -> Receipts | Forged:
        """Verify an event by Standard Webhooks, and read it where it is one of a message on its way."""
        if not self._key:
            return Forged("this account has no webhook_secret to verify receipts with")
        if not _signed(self._key, inbound):
            return Forged("the signature is not of this body, secret and time")
        found = read_json(inbound.body)
        data = look(found, "data")
        channel, _, event = text(found, "type").partition(".")
        message_id = text(data, f"{channel}_id")
        if channel not in {"sms", "whatsapp"} or event in {"received", "reacted"} or not message_id:
            return Receipts()
        report = _report(data, event, look(data, "error"), look(found, "timestamp"))
        reference = text(data, "metadata", "attempt") or None
        return Receipts((Receipt(report=report, message_ids=(message_id,), reference=reference),))

    async def probe(self) -> Healthy | Refused | Unavailable:
        """Ask for the workspace."""
        reply = await self._exchange.ask("GET", f"{self._url}/v1/workspace", headers=self._headers)
        if isinstance(reply, Unavailable):
            return reply
        if not reply.ok:
            return failure(reply)
        name = text(read_json(reply.body), "name")
        return Healthy(f"workspace {name}" if name else "the API key is valid")

    async def close(self) -> None:
        """Let go of every connection."""
        await self._exchange.close()


def _sms(message: Message, sender: str) -> dict[str, object]:
    return {
        "to": message.to.e164,
        "from": sender,
        "text": message.text,
        "category": "authentication",
        "metadata": {"attempt": message.reference},
    }


def _whatsapp(message: Message, sender: str, template: str) -> dict[str, object]:
    parameters = [{"type": "text", "text": message.code}]
    # Bird's own templates are sent from its own numbers, and refuse to be told one.
    named = sender and not template.startswith("bird_")
    return {
        "to": message.to.e164,
        **({"from": sender} if named else {}),
        "template": {
            "id" if template.startswith("wat_") else "slug": template,
            "language": message.content.locale,
            "components": [
                {"type": "body", "parameters": parameters},
                {"type": "button", "parameters": parameters},
            ],
        },
        "metadata": {"attempt": message.reference},
    }


def _report(data: object, status: str, error: object, at: object = None) -> Report:
    known = STATUSES.get(status, DeliveryStatus.UNKNOWN)
    code = text(error, "code")
    at = at or look(data, "delivered_at") or look(error, "occurred_at")
    failed = known is DeliveryStatus.UNDELIVERABLE
    raw = text(error, "carrier_error_code") or text(error, "meta_error_code")
    return Report(
        status=known,
        at=moment(at),
        carrier_code=" ".join(filter(None, (code, raw))) or None,
        cause=words(error, "description") or None,
        refusal=REFUSALS.get(code, RefusalKind.PASSING) if failed else None,
        price=price(look(data, "cost", "amount"), look(data, "cost", "currency_code")),
        network=network(look(data, "mcc_mnc")),
    )


def _signing_key(secret: str) -> bytes:
    """The key that a webhook secret spells; empty where there is no secret."""
    try:
        key = b64decode(secret.removeprefix("whsec_"), validate=True)
    except ValueError:
        key = b""
    if secret and not key:
        raise ValueError("webhook_secret is not Base64 after whsec_")
    return key


def _signed(key: bytes, inbound: Inbound) -> bool:
    """Whether one of the signatures is right; after a rotation there are several (Standard Webhooks)."""
    event, time, given = (
        inbound.headers.get(f"webhook-{name}", "") for name in ("id", "timestamp", "signature")
    )
    if not event or not timely(inbound, time):
        return False
    data = f"{event}.{time}.".encode("utf-8", "replace") + inbound.body
    expected = "v1," + b64encode(hmac.digest(key, data, "sha256")).decode()
    return any(same(one, expected) for one in given.split())


BIRD = Kind(
    name="bird",
    title="Bird",
    channels=Bird.channels,
    credentials=BirdCredentials,
    open=Bird,
    receipts="posted by a webhook endpoint of the workspace, signed as Standard Webhooks say",
    website="https://docs.bird.com",
    notes=(
        "Receipts need a webhook endpoint at Bird to this account's address: sms.* and whatsapp.*.",
    ),
)
