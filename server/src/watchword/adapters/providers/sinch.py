"""Sinch: SMS by service plan; WhatsApp, RCS and Viber by the Conversation API with OAuth 2.0."""

import asyncio
from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import quote

from msgspec import Meta, Struct

from watchword.adapters.providers.answers import (
    code,
    look,
    meta_language,
    moment,
    network,
    read_json,
    refusals,
    text,
    words,
)
from watchword.adapters.providers.exchange import UNAUTHORIZED, Reply, failure
from watchword.adapters.providers.kind import Credentials, Kind, Tools
from watchword.adapters.providers.signatures import basic, hmac_base64, same, timely
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

CONVERSATION = {Channel.WHATSAPP: "WHATSAPP", Channel.RCS: "RCS", Channel.VIBER: "VIBERBM"}
"""Channels of the Conversation API in its words."""
EARLY = 60_000
"""Milliseconds before its end at which an access token is not used any more."""
STATUSES: dict[str, DeliveryStatus] = {
    "QUEUED": DeliveryStatus.SUBMITTED,
    "DISPATCHED": DeliveryStatus.IN_TRANSIT,
    "QUEUED_ON_CHANNEL": DeliveryStatus.IN_TRANSIT,
    "SWITCHING_CHANNEL": DeliveryStatus.IN_TRANSIT,
    "DELIVERED": DeliveryStatus.DELIVERED,
    "READ": DeliveryStatus.DELIVERED,
    **dict.fromkeys(
        ("ABORTED", "CANCELLED", "REJECTED", "DELETED", "FAILED", "EXPIRED"),
        DeliveryStatus.UNDELIVERABLE,
    ),
}
"""Of both APIs; SMS writes some of them in mixed case."""


REFUSALS = refusals(
    number="402 413 RECIPIENT_INVALID_CHANNEL_IDENTITY RECIPIENT_NOT_REACHABLE "
    "RECIPIENT_NOT_OPTED_IN NO_CHANNEL_IDENTITY_FOR_CONTACT",
    account="405 408 410 411 412 414 CHANNEL_BAD_CONFIGURATION CHANNEL_CONFIGURATION_MISSING "
    "TEMPLATE_NOT_FOUND TEMPLATE_INSUFFICIENT_PARAMETERS TEMPLATE_NON_EXISTING_LANGUAGE_OR_VERSION "
    "BAD_REQUEST UNKNOWN_APP NO_PERMISSION OUTSIDE_ALLOWED_SENDING_WINDOW "
    "DELIVERY_REJECTED_DUE_TO_POLICY",
    passing="403 404 406 407 INTERNAL_ERROR CHANNEL_FAILURE DELIVERY_TIMED_OUT UNKNOWN",
    throttle="RATE_LIMITED",
)
"""What an undelivered message teaches: codes of SMS reports, and reasons of the Conversation API."""
CAUSES = {
    "402": "the message cannot be routed to this number",
    "403": "Sinch had an internal error",
    "404": "the message could not be delivered for now",
    "405": "a parameter of the text has no value",
    "406": "the message expired before it was handed to the carrier",
    "407": "the message was cancelled",
    "408": "Sinch rejected the message",
    "410": "the account has no default originator",
    "411": "the message has more parts than allowed",
    "412": "the account may not send to this region",
    "413": "the number or the message is blocked",
    "414": "the sender is not valid",
}
_Address = Annotated[str, Meta(pattern=r"^https?://[^\s?#]+$")]
_Name = Annotated[str, Meta(pattern="^[A-Za-z0-9_.-]*$")]
_Blank = Annotated[str, Meta(extra={"secret": True})]


class SinchCredentials(Credentials, frozen=True, kw_only=True):
    """A service plan for SMS, or a project with an app for the other channels, or both."""

    service_plan_id: Annotated[_Name, Meta(description="Service plan, for SMS.")] = ""
    api_token: Annotated[
        _Blank, Meta(pattern="^[!-~]*$", description="API token of the service plan.")
    ] = ""
    project_id: Annotated[_Name, Meta(description="Project, for WhatsApp, RCS and Viber.")] = ""
    app_id: Annotated[_Name, Meta(description="Conversation API app of the project.")] = ""
    key_id: Annotated[_Name, Meta(description="Access key of the project.")] = ""
    key_secret: Annotated[_Blank, Meta(description="Secret of the access key.")] = ""
    base_url: Annotated[
        _Address, Meta(description="Address of the SMS API in the plan's region.")
    ] = "https://us.sms.api.sinch.com"
    conversation_base_url: Annotated[
        _Address, Meta(description="Address of the Conversation API in the app's region.")
    ] = "https://us.conversation.api.sinch.com"
    auth_base_url: Annotated[_Address, Meta(description="Address that gives access tokens.")] = (
        "https://auth.sinch.com"
    )
    sender: Annotated[str, Meta(description="Sender of SMS where the route names none.")] = ""
    template: Annotated[str, Meta(description="WhatsApp template where the route names none.")] = ""
    sms_webhook_secret: Annotated[
        _Blank, Meta(description="Secret that the service plan signs callbacks with.")
    ] = ""
    conversation_webhook_secret: Annotated[
        _Blank, Meta(description="The app's secret for overridden callback URLs.")
    ] = ""
    receipts_username: Annotated[
        str,
        Meta(pattern="^[^:]*$", description="User name of unsigned SMS callbacks (HTTP Basic)."),
    ] = ""
    receipts_password: Annotated[
        _Blank, Meta(description="Password of unsigned SMS callbacks.")
    ] = ""


class _Token(Struct, frozen=True):
    access: str
    until: int


class Sinch:
    """One Sinch account with either or both of its APIs."""

    channels: frozenset[Channel] = frozenset({Channel.SMS, *CONVERSATION})

    def __init__(self, credentials: SinchCredentials, tools: Tools) -> None:
        """Take what the account is made of; its channels are those that it has credentials for.

        Raises:
            ValueError: there is neither all of a service plan nor all of a project, or half of either.

        """
        told = credentials
        plan = (told.service_plan_id, told.api_token)
        project = (told.project_id, told.app_id, told.key_id, told.key_secret)
        basic = (told.receipts_username, told.receipts_password)
        if any(any(several) and not all(several) for several in (plan, project, basic)):
            raise ValueError(
                "service_plan_id and api_token go together, so do project_id, app_id, key_id and "
                "key_secret, and receipts_username and receipts_password"
            )
        if not any(plan) and not any(project):
            raise ValueError("either a service plan or a project is needed")
        self._told = told
        self._tools = tools
        self.channels = frozenset(
            {*([Channel.SMS] if any(plan) else []), *(CONVERSATION if any(project) else [])}
        )
        self._plan = f"{told.base_url.rstrip('/')}/xms/v1/{told.service_plan_id}"
        base_url = told.conversation_base_url.rstrip("/")
        self._project = f"{base_url}/v1/projects/{told.project_id}"
        self._token: _Token | None = None
        self._renewal = asyncio.Lock()

    async def send(self, message: Message) -> Accepted | Refused | Unavailable:
        """Hand a message over: an SMS as a batch of one, any other to the one channel that it is for."""
        if message.channel not in self.channels:
            return Refused(RefusalKind.ACCOUNT, "no_channel", "no credentials for this channel")
        reply: Reply | Refused | Unavailable
        if message.channel is Channel.SMS:
            reply = await self._ask_plan("POST", "/batches", self._batch(message))
            name = "id"
        else:
            template = message.template or self._told.template
            if message.channel is Channel.WHATSAPP and not template:
                return Refused(RefusalKind.ACCOUNT, "no_template", "the route names no template")
            one = self._conversation(message, template)
            reply = await self._ask_project("POST", "/messages:send", one)
            name = "message_id"
        if not isinstance(reply, Reply):
            return reply
        found = read_json(reply.body)
        message_id = text(found, name)
        if reply.ok and message_id:
            return Accepted(message_id)
        return _declined(reply, found)

    def _batch(self, message: Message) -> dict[str, object]:
        until = datetime.fromtimestamp((self._tools.clock.now() + message.valid_for) / 1000, UTC)
        sender = message.sender_id or self._told.sender
        return {
            **({"from": sender} if sender else {}),
            "to": [message.to.e164[1:]],
            "body": message.text,
            "delivery_report": "per_recipient",
            "client_reference": message.reference,
            "expire_at": until.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            **self._callback(),
        }

    def _conversation(self, message: Message, template: str) -> dict[str, object]:
        channel = CONVERSATION[message.channel]
        locale = message.content.locale
        content: dict[str, object] = {"text_message": {"text": message.text}}
        if message.channel is Channel.WHATSAPP:
            # Sinch spells the components of Meta's templates; parameters count from 1, buttons from 0.
            parameters = {"body[1]text": message.code, "button[0]url[1]text": message.code}
            named = {
                "template_id": template,
                "language_code": meta_language(locale),
                "parameters": parameters,
            }
            content = {"template_message": {"channel_template": {channel: named}}}
        identity = {"channel": channel, "identity": message.to.e164[1:]}
        return {
            "app_id": self._told.app_id,
            "recipient": {"identified_by": {"channel_identities": [identity]}},
            "message": content,
            "channel_priority_order": [channel],
            "message_metadata": message.reference,
            "ttl": f"{max(1, message.valid_for // 1000)}s",
            **self._callback(),
        }

    def _callback(self) -> dict[str, str]:
        url = self._tools.receipts_url
        return {"callback_url": url} if url else {}

    async def _ask_plan(self, method: str, path: str, body: object = None) -> Reply | Unavailable:
        headers = {"authorization": f"Bearer {self._told.api_token}"}
        return await self._tools.exchange.ask(method, self._plan + path, headers=headers, json=body)

    async def _ask_project(
        self, method: str, path: str, body: object = None
    ) -> Reply | Refused | Unavailable:
        for _ in range(2):
            token = await self._access()
            if not isinstance(token, _Token):
                return token
            reply = await self._tools.exchange.ask(
                method,
                self._project + path,
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
            now = self._tools.clock.now()
            if self._token and now < self._token.until:
                return self._token
            reply = await self._tools.exchange.ask(
                "POST",
                f"{self._told.auth_base_url.rstrip('/')}/oauth2/token",
                headers={"authorization": basic(self._told.key_id, self._told.key_secret)},
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

    async def report(self, message_id: str) -> Report | None:
        """What became of an SMS; the Conversation API tells it by callbacks alone."""
        if Channel.SMS not in self.channels:
            return None
        reply = await self._ask_plan(
            "GET", f"/batches/{quote(message_id, safe='')}/delivery_report"
        )
        if isinstance(reply, Unavailable) or not reply.ok:
            return None
        status = look(read_json(reply.body), "statuses", 0)
        return _sms_report(status) if status else None

    async def receipts(self, inbound: Inbound) -> Receipts | Forged:
        """Verify a callback by its signature, or an SMS callback by HTTP Basic, and read it."""
        told = self._told
        known = bool(told.receipts_username) and same(
            inbound.headers.get("authorization", ""),
            basic(told.receipts_username, told.receipts_password),
        )
        secrets = [s for s in (told.sms_webhook_secret, told.conversation_webhook_secret) if s]
        if not known and not any(_signed(inbound, secret) for secret in secrets):
            return Forged("neither the signature nor the user name and password are right")
        found = read_json(inbound.body)
        delivery = look(found, "message_delivery_report")
        if isinstance(delivery, dict):
            at = moment(look(found, "event_time")) or moment(look(found, "accepted_time"))
            receipt = Receipt(
                report=_conversation_report(delivery, at),
                message_ids=_ids(delivery, "message_id"),
                reference=text(delivery, "metadata") or None,
            )
        elif text(found, "type").startswith("recipient_delivery_report"):
            receipt = Receipt(
                report=_sms_report(found),
                message_ids=_ids(found, "batch_id"),
                reference=text(found, "client_reference") or None,
            )
        else:
            return Receipts()
        return Receipts((receipt,))

    async def probe(self) -> Healthy | Refused | Unavailable:
        """Ask for a page of batches and for the app, whichever the account has."""
        if Channel.SMS in self.channels:
            reply = await self._ask_plan("GET", "/batches?page_size=1")
            if isinstance(reply, Unavailable):
                return reply
            if not reply.ok:
                return _declined(reply, read_json(reply.body))
        if Channel.WHATSAPP in self.channels:
            answer = await self._ask_project("GET", f"/apps/{self._told.app_id}")
            if not isinstance(answer, Reply):
                return answer
            if not answer.ok:
                return _declined(answer, read_json(answer.body))
        return Healthy("the credentials are valid")

    async def close(self) -> None:
        """Let go of every connection."""
        await self._tools.exchange.close()


def _declined(reply: Reply, found: object) -> Refused | Unavailable:
    error = look(found, "error")
    code = text(found, "code") or text(error, "status")
    return failure(reply, code, words(found, "text") or words(error, "message"))


def _sms_report(found: object) -> Report:
    status = STATUSES.get(text(found, "status").upper(), DeliveryStatus.UNKNOWN)
    error = code(found, "code")
    return Report(
        status=status,
        at=moment(look(found, "at")),
        carrier_code=error or None,
        cause=CAUSES.get(error),
        refusal=_refusal(status, error),
        network=network(look(found, "operator")),
    )


def _conversation_report(delivery: object, at: int | None) -> Report:
    status = STATUSES.get(text(delivery, "status"), DeliveryStatus.UNKNOWN)
    code = text(delivery, "reason", "code")
    return Report(
        status=status,
        at=at,
        carrier_code=code or None,
        cause=words(delivery, "reason", "description") or None,
        refusal=_refusal(status, code),
    )


def _refusal(status: DeliveryStatus, code: str) -> RefusalKind | None:
    failed = status is DeliveryStatus.UNDELIVERABLE
    return REFUSALS.get(code, RefusalKind.PASSING) if failed else None


def _signed(inbound: Inbound, secret: str) -> bool:
    given, nonce, time = (
        inbound.headers.get(f"x-sinch-webhook-signature{part}", "")
        for part in ("", "-nonce", "-timestamp")
    )
    tail = f".{nonce}.{time}".encode("utf-8", "replace")
    return timely(inbound, time) and same(given, hmac_base64(secret, inbound.body + tail))


def _ids(value: object, name: str) -> tuple[str, ...]:
    found = text(value, name)
    return (found,) if found else ()


SINCH = Kind(
    name="sinch",
    title="Sinch",
    channels=Sinch.channels,
    credentials=SinchCredentials,
    open=Sinch,
    receipts="posted for each message, verified by Sinch's HMAC-SHA256, or HTTP Basic for SMS",
    website="https://developers.sinch.com",
    notes=(
        "Sinch signs SMS callbacks once the service plan has an HMAC secret; ask for one, or for Basic.",
        "RCS, Viber and WhatsApp are sent from the senders of the app, whatever the route names.",
    ),
)
