"""Meta: WhatsApp authentication templates over the Cloud API; receipts are signed with its secret."""

from typing import Annotated
from urllib.parse import parse_qs, urlsplit

from msgspec import Meta

from watchword.adapters.providers.answers import (
    code,
    look,
    meta_language,
    read_json,
    refusals,
    text,
    words,
)
from watchword.adapters.providers.exchange import Reply, failure
from watchword.adapters.providers.kind import Credentials, Kind, Secret, Tools
from watchword.adapters.providers.signatures import hmac_hex, same
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

LONGEST_CODE = 15
"""Characters of a code in an authentication template."""
STATUSES: dict[str, DeliveryStatus] = {
    "accepted": DeliveryStatus.SUBMITTED,
    "held_for_quality_assessment": DeliveryStatus.SUBMITTED,
    "sent": DeliveryStatus.IN_TRANSIT,
    "delivered": DeliveryStatus.DELIVERED,
    "read": DeliveryStatus.DELIVERED,
    "played": DeliveryStatus.DELIVERED,
    "failed": DeliveryStatus.UNDELIVERABLE,
}
REFUSALS = refusals(
    number="131026 131021 131030 137000 131050",
    account=(
        "0 3 10 33 100 190 368 131005 131008 131009 131031 131037 131042 131044 131045 131047 131051 131063"
        " 130497 132000 132001 132005 132007 132008 132012 132015 132016 "
        + " ".join(map(str, range(200, 300)))
    ),
    passing="1 2 131000 131016 131049 131057 130472 135000",
    throttle="4 80007 130429 131048 131056 131064 133016",
)
"""Error codes of requests and of receipts alike."""


class MetaCredentials(Credentials, frozen=True, kw_only=True):
    """A WhatsApp number with the token of a system user, and what receipts are verified with."""

    phone_number_id: Annotated[
        str,
        Meta(pattern="^[0-9]{5,20}$", description="Phone number ID that messages are sent from."),
    ]
    access_token: Annotated[
        Secret, Meta(pattern="^[!-~]+$", description="Access token of a system user.")
    ]
    app_secret: Annotated[
        str,
        Meta(
            extra={"secret": True}, description="App secret; without it all receipts are refused."
        ),
    ] = ""
    verify_token: Annotated[
        str,
        Meta(
            extra={"secret": True}, description="Verify token that the webhook is subscribed with."
        ),
    ] = ""
    template: Annotated[str, Meta(description="Template where the route names none.")] = ""
    base_url: Annotated[
        str,
        Meta(pattern=r"^https?://[^\s?#]+$", description="Address of the API with its version."),
    ] = "https://graph.facebook.com/v23.0"


class MetaWhatsApp:
    """One WhatsApp business number."""

    channels = frozenset({Channel.WHATSAPP})

    def __init__(self, credentials: MetaCredentials, tools: Tools) -> None:
        self._told = credentials
        self._exchange = tools.exchange
        self._url = f"{credentials.base_url.rstrip('/')}/{credentials.phone_number_id}"
        self._headers = {"authorization": f"Bearer {credentials.access_token}"}

    async def send(self, message: Message) -> Accepted | Refused | Unavailable:
        """Send the code by an authentication template: once in its words, once in its button."""
        template = message.template or self._told.template
        if message.channel is not Channel.WHATSAPP:
            return Refused(RefusalKind.ACCOUNT, "no_channel", "Meta has WhatsApp alone here")
        if not template:
            return Refused(RefusalKind.ACCOUNT, "no_template", "the route names no template")
        if len(message.code) > LONGEST_CODE:
            return Refused(RefusalKind.ACCOUNT, "code_length", "a template takes 15 characters")
        parameters = [{"type": "text", "text": message.code}]
        reply = await self._exchange.ask(
            "POST",
            f"{self._url}/messages",
            headers=self._headers,
            json={
                "messaging_product": "whatsapp",
                "recipient_type": "individual",
                "to": message.to.e164[1:],
                "type": "template",
                "biz_opaque_callback_data": message.reference,
                "template": {
                    "name": template,
                    "language": {"code": meta_language(message.content.locale)},
                    "components": [
                        {"type": "body", "parameters": parameters},
                        {
                            "type": "button",
                            "sub_type": "url",
                            "index": "0",
                            "parameters": parameters,
                        },
                    ],
                },
            },
        )
        if isinstance(reply, Unavailable):
            return reply
        message_id = text(reply.json(), "messages", 0, "id")
        return Accepted(message_id) if reply.ok and message_id else _declined(reply)

    async def report(self, message_id: str) -> Report | None:  # noqa: ARG002 - the port's
        """Nothing: the Cloud API cannot be asked about a message."""
        return None

    async def receipts(self, inbound: Inbound) -> Receipts | Forged:
        """Answer the subscription's handshake, or verify a batch of statuses and read it."""
        if inbound.method == "GET":
            return self._shake_hands(inbound)
        if not self._told.app_secret:
            return Forged("this account has no app_secret to verify receipts with")
        right = "sha256=" + hmac_hex(self._told.app_secret, inbound.body)
        if not same(inbound.headers.get("x-hub-signature-256", ""), right):
            return Forged("the signature is not of this body and secret")
        entries = look(read_json(inbound.body), "entry")
        return Receipts(
            tuple(
                Receipt(
                    report=_report(status),
                    message_ids=(text(status, "id"),),
                    reference=text(status, "biz_opaque_callback_data") or None,
                )
                for entry in _each(entries)
                for change in _each(look(entry, "changes"))
                for status in _each(look(change, "value", "statuses"))
                if text(status, "id") and text(status, "status")
            )
        )

    def _shake_hands(self, inbound: Inbound) -> Receipts | Forged:
        asked = parse_qs(urlsplit(inbound.url).query, keep_blank_values=True)
        given = asked.get("hub.verify_token", [""])[0]
        if asked.get("hub.mode") != ["subscribe"]:
            return Forged("this is no handshake of a subscription")
        if not self._told.verify_token or not same(given, self._told.verify_token):
            return Forged("the verify token is not the account's")
        return Receipts((), asked.get("hub.challenge", [""])[0].encode())

    async def probe(self) -> Healthy | Refused | Unavailable:
        """Ask for the number."""
        url = f"{self._url}?fields=display_phone_number,quality_rating"
        reply = await self._exchange.ask("GET", url, headers=self._headers)
        if isinstance(reply, Unavailable):
            return reply
        if not reply.ok:
            return _declined(reply)
        quality = text(reply.json(), "quality_rating").lower()
        return Healthy(f"the number's quality is {quality}" if quality else "the token is valid")

    async def close(self) -> None:
        """Let go of every connection."""
        await self._exchange.close()


def _each(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _report(status: object) -> Report:
    known = STATUSES.get(text(status, "status"), DeliveryStatus.UNKNOWN)
    error = look(status, "errors", 0)
    raw, at = code(error, "code"), code(status, "timestamp")
    failed = known is DeliveryStatus.UNDELIVERABLE
    return Report(
        status=known,
        at=int(at) * 1000 if at.isascii() and at.isdecimal() and len(at) < 12 else None,  # noqa: PLR2004 - seconds
        carrier_code=raw or None,
        cause=(words(error, "error_data", "details") or words(error, "title")) or None,
        refusal=REFUSALS.get(raw, RefusalKind.PASSING) if failed else None,
    )


def _declined(reply: Reply) -> Refused | Unavailable:
    error = look(reply.json(), "error")
    told = words(error, "error_data", "details") or words(error, "message")
    return failure(reply, code(error, "code"), told, REFUSALS)


META = Kind(
    name="meta",
    title="Meta WhatsApp Cloud",
    channels=MetaWhatsApp.channels,
    credentials=MetaCredentials,
    open=MetaWhatsApp,
    receipts="posted in batches by the app's webhook, signed with the app's secret",
    website="https://developers.facebook.com/docs/whatsapp/cloud-api",
    notes=(
        "The template is one of the category authentication, with a button that copies the code.",
        "Subscribe the app's webhook to this account's address, with verify_token and the field messages.",
        "Authentication templates are not delivered everywhere: keep a route over SMS behind this one.",
    ),
)
