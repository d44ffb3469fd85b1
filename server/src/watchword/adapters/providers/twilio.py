"""Twilio: SMS, WhatsApp, RCS and calls; its receipts carry an HMAC over address and parameters."""

import re
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from typing import Annotated
from urllib.parse import parse_qs, parse_qsl, quote, urlsplit
from xml.sax.saxutils import escape, quoteattr

import msgspec
from msgspec import Meta

from watchword.adapters.providers.answers import code, price, read_json, refusals, text, words
from watchword.adapters.providers.exchange import failure
from watchword.adapters.providers.kind import Credentials, Kind, Tools
from watchword.adapters.providers.signatures import basic, hmac_base64, same, sha256_hex
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

ASK_AFTER = 30_000
"""Milliseconds until an account that can receive no receipts is asked for news, once."""
RING = 30
"""Seconds that a phone rings."""
LONGEST = 36_000
"""Seconds that a message may wait in Twilio's queue."""
STATUSES: dict[str, DeliveryStatus] = {
    **dict.fromkeys(
        ("accepted", "scheduled", "queued", "sending", "initiated"), DeliveryStatus.SUBMITTED
    ),
    **dict.fromkeys(("sent", "partially_delivered", "ringing"), DeliveryStatus.IN_TRANSIT),
    **dict.fromkeys(("delivered", "read", "in-progress", "completed"), DeliveryStatus.DELIVERED),
    **dict.fromkeys(
        ("undelivered", "failed", "canceled", "busy", "no-answer"), DeliveryStatus.UNDELIVERABLE
    ),
}
"""Of messages and of calls, which share no word that means something else."""
REFUSALS = refusals(
    number="21211 21214 21217 21610 21612 21614 30004 30005 30006 60205 63003 63014 63024",
    account="20003 20404 21408 21606 21608 21659 30002 30007 30032 30034 63016 63019 63020 63021",
    passing="30001 30003 30008 30009 63012",
    throttle="20429 21611 30022 63018",
    fraud="30450 60410 60605",
)
"""Error codes; of any other the HTTP status decides, as Twilio adds to them without notice."""
VOICES = {
    "da": "da-DK",
    "de": "de-DE",
    "en": "en-US",
    "en-GB": "en-GB",
    "es": "es-ES",
    "fr": "fr-FR",
    "it": "it-IT",
    "ja": "ja-JP",
    "ko": "ko-KR",
    "nb": "nb-NO",
    "nl": "nl-NL",
    "pl": "pl-PL",
    "pt": "pt-PT",
    "pt-BR": "pt-BR",
    "ru": "ru-RU",
    "sv": "sv-SE",
    "zh": "zh-CN",
    "ar": "ar-AE",
    "hi": "hi-IN",
    "tr": "tr-TR",
}
"""Languages of `<Say>`; no voice is named, so Twilio takes its own for the language."""
_Blank = Annotated[str, Meta(extra={"secret": True})]


class TwilioCredentials(Credentials, frozen=True, kw_only=True):
    """An account with its token, or with an API key; the token alone verifies receipts."""

    account_sid: Annotated[str, Meta(pattern="^AC[0-9a-fA-F]{32}$", description="Account SID.")]
    auth_token: Annotated[
        _Blank, Meta(pattern="^[!-~]*$", description="Auth token, which also verifies receipts.")
    ] = ""
    api_key: Annotated[
        str, Meta(pattern="^(SK[0-9a-fA-F]{32})?$", description="API key, instead of the token.")
    ] = ""
    api_secret: Annotated[
        _Blank, Meta(pattern="^[!-~]*$", description="Secret of the API key.")
    ] = ""
    shared_key: Annotated[
        _Blank,
        Meta(pattern="^[!-~]*$", description="Secret of a webhook shared key, where in use."),
    ] = ""
    sender: Annotated[str, Meta(description="Sender where the route names none.")] = ""
    messaging_service_sid: Annotated[
        str,
        Meta(
            pattern="^(MG[0-9a-fA-F]{32})?$",
            description="Messaging service that chooses a sender where none is named; RCS needs one.",
        ),
    ] = ""
    template: Annotated[
        str,
        Meta(
            pattern="^(HX[0-9a-fA-F]{32})?$",
            description="Content SID of the WhatsApp template where the route names none.",
        ),
    ] = ""
    base_url: Annotated[
        str, Meta(pattern=r"^https?://[^\s?#]+$", description="Address of the API.")
    ] = "https://api.twilio.com"


class Twilio:
    """One Twilio account."""

    channels = frozenset({Channel.SMS, Channel.WHATSAPP, Channel.RCS, Channel.VOICE})

    def __init__(self, credentials: TwilioCredentials, tools: Tools) -> None:
        """Take what the account is made of.

        Raises:
            ValueError: there is neither a token nor a whole API key.

        """
        told = credentials
        if bool(told.api_key) != bool(told.api_secret):
            raise ValueError("api_key and api_secret go together")
        if not told.auth_token and not told.api_key:
            raise ValueError("either auth_token or api_key with api_secret is needed")
        user = (
            (told.api_key, told.api_secret) if told.api_key else (told.account_sid, told.auth_token)
        )
        self._told = told
        self._tools = tools
        self._account = f"{told.base_url.rstrip('/')}/2010-04-01/Accounts/{told.account_sid}"
        self._headers = {"authorization": basic(*user)}
        heard = bool(tools.receipts_url and (told.auth_token or told.shared_key))
        self._ask_after = None if heard else ASK_AFTER

    async def send(self, message: Message) -> Accepted | Refused | Unavailable:
        """Hand a message over, or have a call made."""
        asked = self._call(message) if message.channel is Channel.VOICE else self._message(message)
        if isinstance(asked, Refused):
            return asked
        callback = self._tools.receipts_url_for(message)
        if callback:
            asked.append(("StatusCallback", callback))
        what = "Calls" if message.channel is Channel.VOICE else "Messages"
        reply = await self._tools.exchange.ask(
            "POST", f"{self._account}/{what}.json", headers=self._headers, form=asked
        )
        if isinstance(reply, Unavailable):
            return reply
        told = reply.json()
        message_id = text(told, "sid")
        if reply.ok and message_id:
            cost = price(text(told, "price"), text(told, "price_unit"))
            return Accepted(message_id, self._ask_after, cost)
        return failure(reply, code(told, "code"), words(told, "message"), REFUSALS)

    def _message(self, message: Message) -> list[tuple[str, str]] | Refused:
        told = self._told
        sender = message.sender_id or told.sender
        prefix = "" if message.channel is Channel.SMS else f"{message.channel.value}:"
        asked = [("To", prefix + message.to.e164)]
        match message.channel:
            case Channel.SMS if sender:
                asked.append(("From", sender))
            case Channel.WHATSAPP if sender:
                asked.append(("From", f"whatsapp:{sender}"))
            case Channel.SMS | Channel.WHATSAPP | Channel.RCS if told.messaging_service_sid:
                asked.append(("MessagingServiceSid", told.messaging_service_sid))
            case Channel.SMS | Channel.WHATSAPP | Channel.RCS:
                return Refused(RefusalKind.ACCOUNT, "no_sender", "the route names no sender")
            case _:
                return Refused(RefusalKind.ACCOUNT, "no_channel", "Twilio has no such channel here")
        if message.channel is Channel.WHATSAPP:
            template = message.template or told.template
            if not template:
                return Refused(RefusalKind.ACCOUNT, "no_template", "the route names no template")
            variables = msgspec.json.encode({"1": message.code}).decode()
            return [*asked, ("ContentSid", template), ("ContentVariables", variables)]
        lifetime = min(max(1, message.valid_for // 1000), LONGEST)
        return [*asked, ("Body", message.text), ("ValidityPeriod", str(lifetime))]

    def _call(self, message: Message) -> list[tuple[str, str]] | Refused:
        sender = message.sender_id or self._told.sender
        locale = message.content.locale
        language = VOICES.get(locale) or VOICES.get(locale.partition("-")[0])
        if not sender:
            return Refused(RefusalKind.ACCOUNT, "no_sender", "the route names no sender")
        if language is None:
            return Refused(RefusalKind.ACCOUNT, "no_voice", "Twilio speaks no such language")
        said = f"<Say language={quoteattr(language)}>{escape(message.text)}</Say>"
        return [
            ("To", message.to.e164),
            ("From", sender),
            ("Twiml", f'<Response>{said}<Pause length="1"/>{said}</Response>'),
            ("Timeout", str(RING)),
        ]

    async def report(self, message_id: str) -> Report | None:
        """What the API says of a message or a call; the id tells which it is."""
        what = "Calls" if message_id.startswith("CA") else "Messages"
        url = f"{self._account}/{what}/{quote(message_id, safe='')}.json"
        reply = await self._tools.exchange.ask("GET", url, headers=self._headers)
        if isinstance(reply, Unavailable) or not reply.ok:
            return None
        told = reply.json()
        cost = (text(told, "price"), text(told, "price_unit"))
        at = _moment(text(told, "date_updated"))
        return _report(text(told, "status"), code(told, "error_code"), cost, at)

    async def receipts(self, inbound: Inbound) -> Receipts | Forged:
        """Verify a callback by Twilio's rule (its SDK, `request_validator`), and read it."""
        because = self._forged(inbound)
        if because:
            return Forged(because)
        told = dict(_parameters(inbound))
        message_id = told.get("MessageSid") or told.get("SmsSid") or told.get("CallSid")
        status = told.get("MessageStatus") or told.get("SmsStatus") or told.get("CallStatus")
        if not message_id or not status:
            return Receipts()
        asked = parse_qs(urlsplit(inbound.url).query)
        return Receipts(
            (
                Receipt(
                    report=_report(
                        status, told.get("ErrorCode", ""), at=_moment(told.get("Timestamp", ""))
                    ),
                    message_ids=(message_id,),
                    reference=asked.get("ref", [None])[0],
                ),
            )
        )

    def _forged(self, inbound: Inbound) -> str | None:
        settings = inbound.headers.get("x-twilio-webhooks-signature-settings", "")
        sha256 = re.search(r"(?i)algorithm\s*=\s*HMAC_SHA256\b", settings) is not None
        key = self._told.shared_key if sha256 else self._told.auth_token
        if not key:
            return "this account has no key to verify receipts with"
        given = inbound.headers.get("x-twilio-signature", "")
        covered = ""
        hashes = parse_qs(urlsplit(inbound.url).query).get("bodySHA256")
        if hashes:
            if not same(hashes[0].lower(), sha256_hex(inbound.body)):
                return "the signature is of another body"
        else:
            pairs = sorted(set(_parameters(inbound)))
            covered = "".join(name + value for name, value in pairs)
        algorithm = "sha256" if sha256 else "sha1"
        right = [
            same(given, hmac_base64(key, f"{url}{covered}".encode("utf-8", "replace"), algorithm))
            for url in _spellings(inbound.url)
        ]
        return None if any(right) else "the signature is not of this request"

    async def probe(self) -> Healthy | Refused | Unavailable:
        """Ask for the account."""
        url = f"{self._account}.json"
        reply = await self._tools.exchange.ask("GET", url, headers=self._headers)
        if isinstance(reply, Unavailable):
            return reply
        told = reply.json()
        if not reply.ok:
            return failure(reply, code(told, "code"), words(told, "message"), REFUSALS)
        return Healthy(f"the account is {text(told, 'status') or 'there'}")

    async def close(self) -> None:
        """Let go of every connection."""
        await self._tools.exchange.close()


def _report(
    status: str, error: str, cost: tuple[str, str] = ("", ""), at: int | None = None
) -> Report:
    known = STATUSES.get(status, DeliveryStatus.UNKNOWN)
    failed = known is DeliveryStatus.UNDELIVERABLE
    return Report(
        status=known,
        at=at,
        carrier_code=error or None,
        cause=CAUSES.get(error) if failed else None,
        refusal=REFUSALS.get(error, RefusalKind.PASSING) if failed else None,
        price=price(*cost),
    )


def _moment(date: str) -> int | None:
    """Unix milliseconds of a date as mail writes it (RFC 2822), which only calls and reports bring."""
    try:
        at = parsedate_to_datetime(date)
        return None if at.tzinfo is None else round(at.timestamp() * 1000)
    except (ValueError, OverflowError):
        return None


CAUSES = {
    "21610": "the person has opted out",
    "30001": "Twilio's queue was full",
    "30002": "the account is suspended",
    "30003": "the handset could not be reached",
    "30004": "the message was blocked",
    "30005": "the handset is unknown, or the number is not in use",
    "30006": "a landline, or a carrier that cannot be reached",
    "30007": "the carrier filtered the message",
    "30008": "the carrier gave no reason",
    "30034": "the sender is not registered for A2P",
    "30450": "Twilio's protection against SMS pumping blocked it",
    "63003": "the number is not on this channel",
    "63016": "no template, outside the window of a conversation",
    "63024": "the number is not on this channel",
}
"""What the codes that receipts bring say, in plain words; receipts themselves have none."""


def _parameters(inbound: Inbound) -> Iterator[tuple[str, str]]:
    if inbound.method == "POST" and read_json(inbound.body) is None:
        yield from parse_qsl(inbound.body.decode("utf-8", "replace"), keep_blank_values=True)


def _spellings(url: str) -> tuple[str, str]:
    """The address without its port and with it: Twilio signs now one, now the other."""
    found = urlsplit(url)
    try:
        host, port = found.hostname or "", found.port or (443 if found.scheme == "https" else 80)
    except ValueError:
        return url, url
    host = f"[{host}]" if ":" in host else host
    rest = url[len(f"{found.scheme}://{found.netloc}") :]
    return f"{found.scheme}://{host}{rest}", f"{found.scheme}://{host}:{port}{rest}"


TWILIO = Kind(
    name="twilio",
    title="Twilio",
    channels=Twilio.channels,
    credentials=TwilioCredentials,
    open=Twilio,
    receipts="posted for each message and call, verified by Twilio's HMAC over address and parameters",
    website="https://www.twilio.com/docs",
    notes=(
        "WhatsApp needs the Content SID (HX…) of an approved authentication template on the route.",
        "RCS is sent by the messaging service; it does not turn into an SMS, our own fallback does that.",
        "With an API key receipts still need auth_token, because Twilio signs with it.",
    ),
)
