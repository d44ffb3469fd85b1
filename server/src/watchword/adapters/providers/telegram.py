"""Telegram Gateway: codes in Telegram's own chat for them; its receipts are signed with the token."""

import hashlib
import hmac
from typing import Annotated

from msgspec import Meta

from watchword.adapters.providers.answers import look, price, read_json, text, words
from watchword.adapters.providers.exchange import FAILURES, TOO_MANY, Reply, failure
from watchword.adapters.providers.kind import Credentials, Kind, Secret, Tools
from watchword.adapters.providers.signatures import same, timely
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

SHORTEST_CODE, LONGEST_CODE = 4, 8
"""Digits of a code that Telegram shows."""
SHORTEST, LONGEST = 60, 86_400
"""Seconds that a message may live; one that lived longer than that is paid back if it was not read."""
ASK_AFTER = 30_000
"""Milliseconds until an account that can receive no receipts is asked for news, once."""
CURRENCY = "USD"
"""Of every cost, as of the balance (Telegram Gateway API, `RequestStatus`)."""
STATUSES: dict[str, DeliveryStatus] = {
    "sent": DeliveryStatus.IN_TRANSIT,
    "delivered": DeliveryStatus.DELIVERED,
    "read": DeliveryStatus.DELIVERED,
    "expired": DeliveryStatus.UNDELIVERABLE,
    "revoked": DeliveryStatus.UNDELIVERABLE,
}
REFUSALS: tuple[tuple[str, RefusalKind], ...] = (
    ("FLOOD", RefusalKind.THROTTLE),
    ("PHONE_NUMBER", RefusalKind.NUMBER),
    ("NOT_AVAILABLE", RefusalKind.NUMBER),
    ("BALANCE", RefusalKind.ACCOUNT),
    ("TOKEN", RefusalKind.ACCOUNT),
    ("SENDER", RefusalKind.ACCOUNT),
)
"""By a part of the error's name: Telegram names few of its errors, and the first that fits counts."""


class TelegramCredentials(Credentials, frozen=True, kw_only=True):
    """The token of an account at the Gateway, which also verifies receipts."""

    token: Annotated[Secret, Meta(pattern="^[!-~]+$", description="API token of the Gateway.")]
    sender: Annotated[
        str,
        Meta(
            pattern="^[A-Za-z0-9_]*$",
            description="Verified channel, by its user name, that codes come from.",
        ),
    ] = ""
    check_ability: Annotated[
        str,
        Meta(
            pattern="^(yes|no)$",
            description="Whether to ask first if a number can be reached, at the price of a message.",
        ),
    ] = "no"
    base_url: Annotated[
        str, Meta(pattern=r"^https?://[^\s?#]+$", description="Address of the API.")
    ] = "https://gatewayapi.telegram.org"


class Telegram:
    """One account at the Gateway."""

    channels = frozenset({Channel.TELEGRAM})

    def __init__(self, credentials: TelegramCredentials, tools: Tools) -> None:
        self._told = credentials
        self._exchange = tools.exchange
        self._receipts_url = tools.receipts_url
        self._url = credentials.base_url.rstrip("/")
        self._headers = {"authorization": f"Bearer {credentials.token}"}
        self._ask_after = None if tools.receipts_url else ASK_AFTER

    async def send(self, message: Message) -> Accepted | Refused | Unavailable:
        """Send our code; the words are Telegram's own, in the language of the person's app."""
        if message.channel is not Channel.TELEGRAM:
            return Refused(RefusalKind.ACCOUNT, "no_channel", "the Gateway has Telegram alone")
        if not (message.code.isdecimal() and SHORTEST_CODE <= len(message.code) <= LONGEST_CODE):
            return Refused(RefusalKind.ACCOUNT, "code_length", "Telegram shows 4 to 8 digits")
        asked: dict[str, object] = {
            "phone_number": message.to.e164,
            "code": message.code,
            "ttl": min(max(SHORTEST, message.valid_for // 1000), LONGEST),
            "payload": message.reference,
        }
        sender = message.sender_id or self._told.sender
        if sender:
            asked["sender_username"] = sender.removeprefix("@")
        if self._receipts_url:
            asked["callback_url"] = self._receipts_url
        if self._told.check_ability == "yes":
            able = await self._ask("checkSendAbility", {"phone_number": message.to.e164})
            if isinstance(able, Unavailable):
                return able
            request = text(able.json(), "result", "request_id")
            if not _is_good(able) or not request:
                return _declined(able)
            asked["request_id"] = request  # so that the message costs nothing more
        reply = await self._ask("sendVerificationMessage", asked)
        if isinstance(reply, Unavailable):
            return reply
        result = look(reply.json(), "result")
        message_id = text(result, "request_id")
        if not _is_good(reply) or not message_id:
            return _declined(reply)
        return Accepted(message_id, self._ask_after, price(look(result, "request_cost"), CURRENCY))

    async def _ask(self, method: str, asked: dict[str, object]) -> Reply | Unavailable:
        url = f"{self._url}/{method}"
        return await self._exchange.ask("POST", url, headers=self._headers, json=asked)

    async def report(self, message_id: str) -> Report | None:
        """What the Gateway says of a message."""
        reply = await self._ask("checkVerificationStatus", {"request_id": message_id})
        if isinstance(reply, Unavailable) or not _is_good(reply):
            return None
        return _report(look(reply.json(), "result"))

    async def receipts(self, inbound: Inbound) -> Receipts | Forged:
        """Verify a callback by its HMAC under the hashed token, and read it."""
        time = inbound.headers.get("x-request-timestamp", "")
        if not timely(inbound, time):
            return Forged("the time is missing, too old or from the future")
        key = hashlib.sha256(self._told.token.encode()).digest()
        right = hmac.digest(key, f"{time}\n".encode() + inbound.body, "sha256").hex()
        if not same(inbound.headers.get("x-request-signature", ""), right):
            return Forged("the signature is not of this time and body")
        told = read_json(inbound.body)
        message_id = text(told, "request_id")
        if not message_id or not text(told, "delivery_status", "status"):
            return Receipts()
        reference = text(told, "payload") or None
        return Receipts(
            (Receipt(report=_report(told), message_ids=(message_id,), reference=reference),)
        )

    async def probe(self) -> Healthy | Refused | Unavailable:
        """Ask about a request that there is not: what is said to that tells whether the token is good."""
        reply = await self._ask("checkVerificationStatus", {"request_id": "0"})
        if isinstance(reply, Unavailable):
            return reply
        declined = _declined(reply)
        known = isinstance(declined, Refused) and declined.kind is RefusalKind.PASSING
        return Healthy("the token is valid") if _is_good(reply) or known else declined

    async def close(self) -> None:
        """Let go of every connection."""
        await self._exchange.close()


def _is_good(reply: Reply) -> bool:
    return reply.ok and look(reply.json(), "ok") is True


def _report(told: object) -> Report:
    status = STATUSES.get(text(told, "delivery_status", "status"), DeliveryStatus.UNKNOWN)
    at = look(told, "delivery_status", "updated_at")
    failed = status is DeliveryStatus.UNDELIVERABLE
    return Report(
        status=status,
        at=at * 1000
        if isinstance(at, int) and not isinstance(at, bool) and 0 < at < 10**11
        else None,
        carrier_code=text(told, "delivery_status", "status") if failed else None,
        cause="the code was not read in its time" if failed else None,
        refusal=RefusalKind.PASSING if failed else None,
        price=price(look(told, "request_cost"), CURRENCY),
    )


def _declined(reply: Reply) -> Refused | Unavailable:
    error = words(reply.json(), "error")
    kind = next((kind for part, kind in REFUSALS if part in error), None)
    if reply.status == TOO_MANY or reply.status >= FAILURES:
        return failure(reply, cause=error)
    # Of an error that nobody knows another channel may know nothing either, and is worth a try.
    known = {error: kind or RefusalKind.PASSING} if error else None
    return failure(reply, error, error, known)


TELEGRAM = Kind(
    name="telegram",
    title="Telegram Gateway",
    channels=Telegram.channels,
    credentials=TelegramCredentials,
    open=Telegram,
    receipts="posted for each message, with an HMAC under the token's hash",
    website="https://core.telegram.org/gateway/api",
    notes=(
        "Codes have 4 to 8 digits, and their words are Telegram's own.",
        "A number without Telegram is refused, and the next route is tried on another channel.",
    ),
)
