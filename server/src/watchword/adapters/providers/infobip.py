"""Infobip: SMS, WhatsApp templates, Viber and RCS; receipts come by the account's subscriptions."""

from typing import Annotated

from msgspec import Meta

from watchword.adapters.providers.answers import look, meta_language, read_json, text
from watchword.adapters.providers.infobip_reports import declined, read_report
from watchword.adapters.providers.kind import Credentials, Kind, Secret, Tools
from watchword.adapters.providers.signatures import basic, hmac_base64, hmac_hex, same
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

PATHS = {
    Channel.SMS: "/sms/3/messages",
    Channel.WHATSAPP: "/whatsapp/1/message/template",
    Channel.VIBER: "/viber/2/messages",
    Channel.RCS: "/rcs/2/messages",
}
_Blank = Annotated[str, Meta(extra={"secret": True})]


class InfobipCredentials(Credentials, frozen=True, kw_only=True):
    """An API key, and what receipts are verified with; without that all of them are refused."""

    api_key: Annotated[Secret, Meta(pattern="^[!-~]+$", description="API key.")]
    base_url: Annotated[
        str,
        Meta(pattern=r"^https?://[^\s?#]+$", description="Address of the API, the account's own."),
    ] = "https://api.infobip.com"
    sender: Annotated[str, Meta(description="Sender where the route names none.")] = ""
    template: Annotated[str, Meta(description="WhatsApp template where the route names none.")] = ""
    receipts_username: Annotated[
        str, Meta(pattern="^[^:]*$", description="User name that receipts come with (HTTP Basic).")
    ] = ""
    receipts_password: Annotated[_Blank, Meta(description="Password that receipts come with.")] = ""
    receipts_hmac_key: Annotated[
        _Blank, Meta(description="Secret key that receipts are signed with (HMAC, SHA-256).")
    ] = ""
    receipts_hmac_header: Annotated[
        str, Meta(pattern="^[!-~]*$", description="Header that holds the signature of receipts.")
    ] = ""


class Infobip:
    """One Infobip account."""

    channels = frozenset(PATHS)

    def __init__(self, credentials: InfobipCredentials, tools: Tools) -> None:
        """Take what the account is made of.

        Raises:
            ValueError: one half of what verifies receipts is missing.

        """
        told = credentials
        if bool(told.receipts_username) != bool(told.receipts_password):
            raise ValueError("receipts_username and receipts_password go together")
        if bool(told.receipts_hmac_key) != bool(told.receipts_hmac_header):
            raise ValueError("receipts_hmac_key and receipts_hmac_header go together")
        self._told = told
        self._exchange = tools.exchange
        self._url = told.base_url.rstrip("/")
        self._headers = {"authorization": f"App {told.api_key}", "accept": "application/json"}

    async def send(self, message: Message) -> Accepted | Refused | Unavailable:
        """Hand a message over; the address for receipts stands in the account's subscription.

        An address given with a message would be called without the subscription's credentials.
        """
        sender = message.sender_id or self._told.sender
        template = message.template or self._told.template
        match message.channel:
            case Channel.WHATSAPP if not template:
                return Refused(RefusalKind.ACCOUNT, "no_template", "the route names no template")
            case Channel.WHATSAPP | Channel.VIBER | Channel.RCS if not sender:
                return Refused(RefusalKind.ACCOUNT, "no_sender", "the route names no sender")
            case Channel.WHATSAPP:
                one = _template(message, sender, template)
            case Channel.SMS | Channel.VIBER | Channel.RCS:
                one = _text_message(message, sender)
            case _:
                return Refused(RefusalKind.ACCOUNT, "no_channel", "Infobip has no such channel")
        reply = await self._exchange.ask(
            "POST",
            self._url + PATHS[message.channel],
            headers=self._headers,
            json={"messages": [one]},
        )
        if isinstance(reply, Unavailable):
            return reply
        if not reply.ok:
            return declined(reply)
        answer = look(reply.json(), "messages", 0)
        report = read_report(answer)
        if report.status is DeliveryStatus.UNDELIVERABLE:
            kind = report.refusal or RefusalKind.PASSING
            return Refused(kind, report.carrier_code or "", report.cause or "")
        message_id = text(answer, "messageId")
        return Accepted(message_id) if message_id else declined(reply)

    async def report(self, message_id: str) -> Report | None:  # noqa: ARG002 - the port's
        """Not asked: the logs stand in another place for each channel, which an id does not tell."""
        return None

    async def receipts(self, inbound: Inbound) -> Receipts | Forged:
        """Verify a request by all that the account has for it, and read each of its results."""
        because = self._forged(inbound)
        if because:
            return Forged(because)
        results = look(read_json(inbound.body), "results")
        return Receipts(
            tuple(
                Receipt(
                    report=read_report(result),
                    message_ids=(text(result, "messageId"),),
                    reference=text(result, "callbackData") or None,
                )
                for result in (results if isinstance(results, list) else ())
                if text(result, "messageId") and (look(result, "status") or look(result, "seenAt"))
            )
        )

    def _forged(self, inbound: Inbound) -> str | None:
        told, headers = self._told, inbound.headers
        if not told.receipts_username and not told.receipts_hmac_key:
            return "this account has nothing to verify receipts with"
        if told.receipts_username:
            wanted = basic(told.receipts_username, told.receipts_password)
            if not same(headers.get("authorization", ""), wanted):
                return "the user name or password is not the account's"
        if told.receipts_hmac_key:
            # Infobip does not document how it writes the digest.
            given = headers.get(told.receipts_hmac_header.lower(), "")
            key, body = told.receipts_hmac_key, inbound.body
            if not (same(given, hmac_hex(key, body)) | same(given, hmac_base64(key, body))):
                return "the signature is not of this body and key"
        return None

    async def probe(self) -> Healthy | Refused | Unavailable:
        """Ask for the balance."""
        reply = await self._exchange.ask(
            "GET", f"{self._url}/account/1/balance", headers=self._headers
        )
        if isinstance(reply, Unavailable):
            return reply
        return Healthy("the API key is valid") if reply.ok else declined(reply)

    async def close(self) -> None:
        """Let go of every connection."""
        await self._exchange.close()


def _text_message(message: Message, sender: str) -> dict[str, object]:
    text = {"text": message.text}
    seconds = {"amount": max(1, message.valid_for // 1000), "timeUnit": "SECONDS"}
    options: dict[str, object] = {"validityPeriod": seconds}
    if message.channel is Channel.VIBER:
        options["label"] = "TRANSACTIONAL"
    if message.dlt and message.channel is Channel.SMS:
        entity, template = message.dlt.entity_id, message.dlt.template_id
        dlt = {"principalEntityId": entity, "contentTemplateId": template}
        options["regional"] = {"indiaDlt": dlt}
    return {
        **({"sender": sender} if sender else {}),
        "destinations": [{"to": message.to.e164[1:]}],
        "content": text if message.channel is Channel.SMS else {"type": "TEXT", **text},
        "options": options,
        "webhooks": {"delivery": {"intermediateReport": True}, "callbackData": message.reference},
    }


def _template(message: Message, sender: str, template: str) -> dict[str, object]:
    return {
        "from": sender.lstrip("+"),
        "to": message.to.e164[1:],
        "content": {
            "templateName": template,
            "templateData": {
                "body": {"placeholders": [message.code]},
                "buttons": [{"type": "URL", "parameter": message.code}],
            },
            "language": meta_language(message.content.locale),
        },
        "callbackData": message.reference,
    }


INFOBIP = Kind(
    name="infobip",
    title="Infobip",
    channels=Infobip.channels,
    credentials=InfobipCredentials,
    open=Infobip,
    receipts="posted by the account's subscription, verified by HTTP Basic, an HMAC or both",
    website="https://www.infobip.com/docs/api",
    notes=(
        "Receipts need a subscription at Infobip to this account's address, with HTTP Basic or HMAC.",
    ),
)
