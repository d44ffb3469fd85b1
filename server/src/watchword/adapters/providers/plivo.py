"""Plivo: SMS and WhatsApp templates; its receipts carry an HMAC over the address and a nonce."""

from collections.abc import Iterator
from typing import Annotated
from urllib.parse import parse_qs, parse_qsl, quote, urlsplit, urlunsplit

from msgspec import Meta

from watchword.adapters.providers.answers import (
    code,
    look,
    meta_language,
    network,
    price,
    refusals,
    text,
    words,
)
from watchword.adapters.providers.exchange import Reply, failure
from watchword.adapters.providers.kind import Credentials, Kind, Secret, Tools
from watchword.adapters.providers.signatures import basic, hmac_base64, same
from watchword.domain.attempt import DeliveryStatus
from watchword.domain.channel import Channel
from watchword.ports.provider import (
    Accepted,
    Forged,
    Healthy,
    Inbound,
    Message,
    Price,
    Receipt,
    Receipts,
    RefusalKind,
    Refused,
    Report,
    Unavailable,
)

ASK_AFTER = 30_000
"""Milliseconds until an account that can receive no receipts is asked for news, once."""
LONGEST = 14_400
"""Seconds that a message may wait in Plivo's queue."""
WRONG = 400
"""Status of a request in which something is wrong, the number for one."""
CURRENCY = "USD"
"""Of every price that Plivo reports."""
STATUSES: dict[str, DeliveryStatus] = {
    "queued": DeliveryStatus.SUBMITTED,
    "sent": DeliveryStatus.IN_TRANSIT,
    "delivered": DeliveryStatus.DELIVERED,
    "read": DeliveryStatus.DELIVERED,
    **dict.fromkeys(("failed", "undelivered", "rejected"), DeliveryStatus.UNDELIVERABLE),
}
REFUSALS = refusals(
    number="50 70 200",
    account="10 30 40 90 100 450 900 910 950 951 952 953 954 955 956 957 958 959 960",
    passing="20 80 300 420 1000",
    throttle="110",
    fraud="451 452",
)
"""Error codes of receipts; requests are refused by HTTP status and words alone."""
CAUSES = {
    "10": "the message is not valid",
    "20": "the carrier's network had a fault",
    "30": "the carrier took it for spam",
    "40": "the sender is not valid",
    "50": "the number is not valid",
    "70": "the number cannot be reached for good",
    "80": "the number cannot be reached for now",
    "90": "there is no route to this number",
    "100": "the carrier does not permit it",
    "110": "it waited too long in the queue",
    "200": "the person has opted out",
    "300": "it could not be handed to the carrier",
    "420": "it expired",
    "450": "the country is switched off",
    "451": "Plivo's fraud protection blocked it",
    "452": "Plivo's fraud protection blocked it",
    "900": "the account has no credit",
}


class PlivoCredentials(Credentials, frozen=True, kw_only=True):
    """An account, or a sub-account; its token also verifies receipts."""

    auth_id: Annotated[str, Meta(pattern="^[MS]A[0-9A-Z]{18}$", description="Auth ID.")]
    auth_token: Annotated[Secret, Meta(pattern="^[!-~]+$", description="Auth token.")]
    sender: Annotated[str, Meta(description="Sender where the route names none.")] = ""
    powerpack_uuid: Annotated[
        str,
        Meta(
            pattern="^[0-9a-f-]*$",
            description="Powerpack that chooses the sender of an SMS where none is named.",
        ),
    ] = ""
    template: Annotated[str, Meta(description="WhatsApp template where the route names none.")] = ""
    dlt_template_category: Annotated[
        str,
        Meta(pattern="^[a-z_]*$", description="India: category of the DLT template."),
    ] = "service_implicit"
    base_url: Annotated[
        str, Meta(pattern=r"^https?://[^\s?#]+$", description="Address of the API.")
    ] = "https://api.plivo.com"


class Plivo:
    """One Plivo account."""

    channels = frozenset({Channel.SMS, Channel.WHATSAPP})

    def __init__(self, credentials: PlivoCredentials, tools: Tools) -> None:
        self._told = credentials
        self._exchange = tools.exchange
        self._receipts_url = tools.receipts_url
        self._url = f"{credentials.base_url.rstrip('/')}/v1/Account/{credentials.auth_id}"
        self._headers = {"authorization": basic(credentials.auth_id, credentials.auth_token)}
        self._ask_after = None if tools.receipts_url else ASK_AFTER

    async def send(self, message: Message) -> Accepted | Refused | Unavailable:
        """Hand a message over; Plivo takes no reference that it would give back signed."""
        asked = self._request(message)
        if isinstance(asked, Refused):
            return asked
        if self._receipts_url:
            asked |= {"url": self._receipts_url, "method": "POST"}
        reply = await self._exchange.ask(
            "POST", f"{self._url}/Message/", headers=self._headers, json=asked
        )
        if isinstance(reply, Unavailable):
            return reply
        message_id = text(reply.json(), "message_uuid", 0)
        if reply.ok and message_id:
            return Accepted(message_id, self._ask_after)
        return _no(reply, message.to.e164[1:])

    def _request(self, message: Message) -> dict[str, object] | Refused:
        told = self._told
        sender = message.sender_id or told.sender
        asked: dict[str, object] = {"dst": message.to.e164[1:]}
        match message.channel:
            case Channel.SMS if sender:
                asked["src"] = sender
            case Channel.SMS if told.powerpack_uuid:
                asked["powerpack_uuid"] = told.powerpack_uuid
            case Channel.WHATSAPP if sender:
                template = message.template or told.template
                if not template:
                    return Refused(
                        RefusalKind.ACCOUNT, "no_template", "the route names no template"
                    )
                return asked | {
                    "src": sender,
                    "type": "whatsapp",
                    "template": _template(template, message),
                }
            case Channel.SMS | Channel.WHATSAPP:
                return Refused(RefusalKind.ACCOUNT, "no_sender", "the route names no sender")
            case _:
                return Refused(RefusalKind.ACCOUNT, "no_channel", "Plivo has no such channel here")
        lifetime = min(max(5, message.valid_for // 1000), LONGEST)
        asked |= {"type": "sms", "text": message.text, "message_expiry": lifetime}
        if message.dlt:
            asked |= {
                "dlt_entity_id": message.dlt.entity_id,
                "dlt_template_id": message.dlt.template_id,
                "dlt_template_category": told.dlt_template_category,
            }
        return asked

    async def report(self, message_id: str) -> Report | None:
        """What the API says of a message."""
        url = f"{self._url}/Message/{quote(message_id, safe='')}/"
        reply = await self._exchange.ask("GET", url, headers=self._headers)
        if isinstance(reply, Unavailable) or not reply.ok:
            return None
        told = reply.json()
        cost = price(look(told, "total_amount"), CURRENCY)
        return _report(text(told, "message_state"), code(told, "error_code"), cost)

    async def receipts(self, inbound: Inbound) -> Receipts | Forged:
        """Verify a callback by its signature of version 3, or else of version 2, and read it.

        Version 2, which messages come with, covers neither query nor body: what is read is believed
        because the nonce was signed for our address.
        """
        if not self._signed(inbound):
            return Forged("the signature is not of this address and nonce")
        told = dict(_parameters(inbound))
        message_id = told.get("ParentMessageUUID") or told.get("MessageUUID")
        if not message_id or "Status" not in told:
            return Receipts()
        mcc, mnc = told.get("MCC", ""), told.get("MNC", "")
        error = told.get("ErrorCode", "")
        cost = price(told.get("TotalAmount") or None, CURRENCY)
        report = _report(told["Status"], error, cost, network(mcc + mnc))
        ids = dict.fromkeys((message_id, told.get("MessageUUID", message_id)))
        return Receipts((Receipt(report=report, message_ids=tuple(ids)),))

    def _signed(self, inbound: Inbound) -> bool:
        key, named = self._told.auth_token, inbound.headers
        third = named.get("x-plivo-signature-v3", "")
        if third:
            signed = f"{_covered(inbound)}.{named.get('x-plivo-signature-v3-nonce', '')}"
            right = hmac_base64(key, signed.encode("utf-8", "replace"))
            return any(same(given.strip(), right) for given in third.split(","))
        bare = urlunsplit((*urlsplit(inbound.url)[:3], "", ""))
        signed = bare + named.get("x-plivo-signature-v2-nonce", "")
        right = hmac_base64(key, signed.encode("utf-8", "replace"))
        return same(named.get("x-plivo-signature-v2", ""), right)

    async def probe(self) -> Healthy | Refused | Unavailable:
        """Ask for the account."""
        reply = await self._exchange.ask("GET", f"{self._url}/", headers=self._headers)
        if isinstance(reply, Unavailable):
            return reply
        return Healthy("the auth token is valid") if reply.ok else _no(reply)

    async def close(self) -> None:
        """Let go of every connection."""
        await self._exchange.close()


def _template(name: str, message: Message) -> dict[str, object]:
    parameters = [{"type": "text", "text": message.code}]
    return {
        "name": name,
        "language": meta_language(message.content.locale),
        "components": [
            {"type": "body", "parameters": parameters},
            {"type": "button", "sub_type": "url", "index": "0", "parameters": parameters},
        ],
    }


def _report(status: str, error: str, cost: Price | None = None, seen: str | None = None) -> Report:
    known = STATUSES.get(status.lower(), DeliveryStatus.UNKNOWN)
    error = error.lstrip("0") if error else ""
    failed = known is DeliveryStatus.UNDELIVERABLE
    return Report(
        status=known,
        carrier_code=error or None,
        cause=CAUSES.get(error),
        refusal=REFUSALS.get(error, RefusalKind.PASSING) if failed else None,
        price=cost,
        network=seen,
    )


def _parameters(inbound: Inbound) -> Iterator[tuple[str, str]]:
    yield from parse_qsl(inbound.body.decode("utf-8", "replace"), keep_blank_values=True)


def _covered(inbound: Inbound) -> str:
    """What version 3 signs of a POST (Plivo's SDK, `signature_v3`): the address and the parameters."""
    found = urlsplit(inbound.url)
    asked = parse_qs(found.query, keep_blank_values=True)
    query = "&".join(f"{name}={value}" for name in sorted(asked) for value in sorted(asked[name]))
    told = dict(_parameters(inbound))
    joined = "".join(f"{name}{told[name]}" for name in sorted(told))
    bare = urlunsplit((*found[:3], "", ""))
    mark = "?" if query or told else ""
    return f"{bare}{mark}{query}{'.' if query and told else ''}{joined}"


def _no(reply: Reply, number: str = "") -> Refused | Unavailable:
    """What a refusal says; it has no code, and blames a number by quoting it (plivo-node, issue 222)."""
    told = reply.json()
    error = text(told, "error")
    blamed = number and number in error and "not a valid phone number" in error
    if reply.status == WRONG and blamed:
        return Refused(RefusalKind.NUMBER, "destination", words(told, "error"), reply.retry_after)
    return failure(reply, "", words(told, "error"))


PLIVO = Kind(
    name="plivo",
    title="Plivo",
    channels=Plivo.channels,
    credentials=PlivoCredentials,
    open=Plivo,
    receipts="posted for each message, with an HMAC over our address and a nonce (version 2, or 3)",
    website="https://www.plivo.com/docs",
    notes=(
        "Plivo signs neither the query nor the body of a message's receipt, so keep its address secret.",
        "Calls are not offered: Plivo fetches what is said from an address instead of being told.",
    ),
)
