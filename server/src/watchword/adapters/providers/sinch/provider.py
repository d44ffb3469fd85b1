"""Provider: a Sinch account with a service plan, a project or both, and the kind it is of."""

from datetime import UTC, datetime
from urllib.parse import quote

from watchword.adapters.providers.answers import look, meta_language, read_json, text, words
from watchword.adapters.providers.exchange import Reply, failure
from watchword.adapters.providers.kind import Kind, Tools
from watchword.adapters.providers.signatures import basic, hmac_base64, same, timely
from watchword.adapters.providers.sinch.credentials import SinchCredentials
from watchword.adapters.providers.sinch.project import Project
from watchword.adapters.providers.sinch.reports import read_callback, sms_report
from watchword.domain.channel import Channel
from watchword.ports.provider import (
    Accepted,
    Forged,
    Healthy,
    Inbound,
    Message,
    Receipts,
    RefusalKind,
    Refused,
    Report,
    Unavailable,
)

CONVERSATION = {Channel.WHATSAPP: "WHATSAPP", Channel.RCS: "RCS", Channel.VIBER: "VIBERBM"}
"""Channels of the Conversation API in its words."""
ASK_AFTER = 30_000
"""Milliseconds until a plan that can receive no receipts is asked for news of an SMS, once."""


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
        login = (told.receipts_username, told.receipts_password)
        if any(any(several) and not all(several) for several in (plan, project, login)):
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
        self._project = Project(told, tools)
        signed = told.sms_webhook_secret or told.receipts_username
        self._ask_after = None if signed and tools.receipts_url else ASK_AFTER

    async def send(self, message: Message) -> Accepted | Refused | Unavailable:
        """Hand a message over: an SMS as a batch of one, any other to the one channel that it is for."""
        if message.channel not in self.channels:
            return Refused(RefusalKind.ACCOUNT, "no_channel", "no credentials for this channel")
        if message.channel is Channel.SMS:
            batch = await self._ask_plan("POST", "/batches", self._batch(message))
            return _taken(batch, "id", self._ask_after)
        template = message.template or self._told.template
        if message.channel is Channel.WHATSAPP and not template:
            return Refused(RefusalKind.ACCOUNT, "no_template", "the route names no template")
        asked = self._conversation(message, template)
        return _taken(await self._project.ask("POST", "/messages:send", asked), "message_id")

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

    async def report(self, message_id: str) -> Report | None:
        """What became of an SMS; the Conversation API tells it by callbacks alone."""
        if Channel.SMS not in self.channels:
            return None
        reply = await self._ask_plan(
            "GET", f"/batches/{quote(message_id, safe='')}/delivery_report"
        )
        if isinstance(reply, Unavailable) or not reply.ok:
            return None
        status = look(reply.json(), "statuses", 0)
        return sms_report(status) if status else None

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
        receipt = read_callback(read_json(inbound.body))
        return Receipts((receipt,) if receipt else ())

    async def probe(self) -> Healthy | Refused | Unavailable:
        """Ask for a page of batches and for the app, whichever the account has."""
        answers: list[Reply | Refused | Unavailable] = []
        if Channel.SMS in self.channels:
            answers.append(await self._ask_plan("GET", "/batches?page_size=1"))
        if Channel.WHATSAPP in self.channels:
            answers.append(await self._project.ask("GET", f"/apps/{self._told.app_id}"))
        for answer in answers:
            if not isinstance(answer, Reply):
                return answer
            if not answer.ok:
                return _declined(answer)
        return Healthy("the credentials are valid")

    async def close(self) -> None:
        """Let go of every connection."""
        await self._tools.exchange.close()


def _taken(
    reply: Reply | Refused | Unavailable, name: str, ask_after: int | None = None
) -> Accepted | Refused | Unavailable:
    if not isinstance(reply, Reply):
        return reply
    message_id = text(reply.json(), name)
    return Accepted(message_id, ask_after) if reply.ok and message_id else _declined(reply)


def _declined(reply: Reply) -> Refused | Unavailable:
    """What either API says: SMS in `code` and `text`, Conversation in an `error`."""
    found = reply.json()
    said = text(found, "code") or text(found, "error", "status")
    return failure(reply, said, words(found, "text") or words(found, "error", "message"))


def _signed(inbound: Inbound, secret: str) -> bool:
    given, nonce, time = (
        inbound.headers.get(f"x-sinch-webhook-signature{part}", "")
        for part in ("", "-nonce", "-timestamp")
    )
    tail = f".{nonce}.{time}".encode("utf-8", "replace")
    return timely(inbound, time) and same(given, hmac_base64(secret, inbound.body + tail))


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
