"""AWS: texts, calls and RCS over End User Messaging; its receipts come in signed envelopes of SNS."""

from typing import Annotated
from xml.sax.saxutils import escape

import msgspec
from msgspec import Meta

from watchword.adapters.providers.answers import look, refusals, text, words
from watchword.adapters.providers.aws_events import read_event
from watchword.adapters.providers.aws_signing import Signer
from watchword.adapters.providers.aws_sns import SNS
from watchword.adapters.providers.aws_voices import voice_for
from watchword.adapters.providers.exchange import Reply, failure
from watchword.adapters.providers.kind import Credentials, Kind, Secret, Tools
from watchword.adapters.providers.sns_envelope import Fetch, SnsEnvelopes
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

__all__ = ["AWS", "SNS"]

API = "PinpointSMSVoiceV2"
LONGEST = {Channel.SMS: 259_200, Channel.VOICE: 259_200, Channel.RCS: 172_800}
"""Seconds that a message may live."""
SHORTEST = 5
REFUSALS = refusals(
    number=(
        "DestinationPhoneNumber DESTINATION_PHONE_NUMBER_OPTED_OUT"
        " DESTINATION_PHONE_NUMBER_BLOCKED_BY_PROTECT_NUMBER_OVERRIDE"
    ),
    account=(
        "INSUFFICIENT_ACCOUNT_REPUTATION ACCOUNT_DISABLED COUNTRY_NOT_ENABLED"
        " DESTINATION_COUNTRY_BLOCKED DESTINATION_COUNTRY_BLOCKED_BY_PROTECT_CONFIGURATION"
        " SENDER_ID_NOT_REGISTERED SENDER_ID_NOT_SUPPORTED SENDER_ID_REQUIRES_REGISTRATION"
        " NO_ORIGINATION_IDENTITIES_FOUND MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT"
        " MONTHLY_SPEND_LIMIT_REACHED_FOR_VOICE MONTHLY_SPEND_LIMIT_REACHED_FOR_RCS"
        " DESTINATION_PHONE_NUMBER_NOT_VERIFIED"
    ),
    throttle="ThrottlingException DAILY_DESTINATION_CALL_LIMIT",
)
"""Reasons of refusals, the one field that means the number, and an exception without a reason."""


class AwsCredentials(Credentials, frozen=True, kw_only=True):
    """An access key of an IAM user, the region, and where events are published."""

    access_key_id: Annotated[str, Meta(pattern="^[A-Z0-9]{16,128}$", description="Access key ID.")]
    secret_access_key: Annotated[Secret, Meta(pattern="^[!-~]+$", description="Secret access key.")]
    region: Annotated[str, Meta(pattern="^[a-z0-9-]{1,32}$", description="Region of AWS.")]
    sender: Annotated[
        str,
        Meta(
            pattern=r"^[A-Za-z0-9_:/+-]{0,256}$",
            description="Origination identity where the route names no sender; SMS go without too.",
        ),
    ] = ""
    configuration_set: Annotated[
        str,
        Meta(
            pattern="^[A-Za-z0-9_:/-]{0,256}$",
            description="Configuration set whose events go to the topic.",
        ),
    ] = ""
    topic_arn: Annotated[
        str,
        Meta(
            pattern="^(arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_.-]+)?$",
            description="ARN of the SNS topic that posts receipts; without it all are refused.",
        ),
    ] = ""
    base_url: Annotated[
        str,
        Meta(
            pattern=r"^https?://[^\s?#]+$",
            description="Address of the API; {region} stands for the region.",
        ),
    ] = "https://sms-voice.{region}.amazonaws.com"


class Aws:
    """One account of End User Messaging in one region.

    `fetch` gets certificates and confirmations from SNS in place of the account's own exchange.
    """

    channels = frozenset({Channel.SMS, Channel.VOICE, Channel.RCS})

    def __init__(
        self, credentials: AwsCredentials, tools: Tools, fetch: Fetch | None = None
    ) -> None:
        self._told = credentials
        self._exchange = tools.exchange
        self._clock = tools.clock
        self._url = credentials.base_url.replace("{region}", credentials.region).rstrip("/") + "/"
        self._signer = Signer(
            credentials.access_key_id,
            credentials.secret_access_key,
            credentials.region,
            "sms-voice",
        )
        self._envelopes = SnsEnvelopes(credentials.topic_arn, fetch or self._fetch)

    async def send(self, message: Message) -> Accepted | Refused | Unavailable:
        """Hand a message over; events about it carry our reference in their context."""
        asked = self._request(message)
        if isinstance(asked, Refused):
            return asked
        reply = await self._ask(*asked)
        if isinstance(reply, Unavailable):
            return reply
        message_id = text(reply.json(), "MessageId")
        return Accepted(message_id) if reply.ok and message_id else _refusal(reply)

    def _request(self, message: Message) -> tuple[str, dict[str, object]] | Refused:
        sender = message.sender_id or self._told.sender
        if message.channel not in self.channels:
            return Refused(RefusalKind.ACCOUNT, "no_channel", "AWS does not carry this channel")
        if not sender and message.channel is not Channel.SMS:
            return Refused(RefusalKind.ACCOUNT, "no_sender", "calls and RCS need a sender")
        longest = LONGEST[message.channel]
        request: dict[str, object] = {
            "DestinationPhoneNumber": message.to.e164,
            "TimeToLive": min(max(SHORTEST, message.valid_for // 1000), longest),
            "Context": {"attempt": message.reference},
        }
        if sender:
            request["OriginationIdentity"] = sender
        if self._told.configuration_set:
            request["ConfigurationSetName"] = self._told.configuration_set
        match message.channel:
            case Channel.VOICE:
                voice = voice_for(message.content.locale)
                if voice is None:
                    return Refused(RefusalKind.ACCOUNT, "no_voice", "AWS speaks no such language")
                said = escape(message.text)
                spoken = f'<speak>{said}<break time="1s"/>{said}</speak>'
                request |= {"MessageBody": spoken, "MessageBodyTextType": "SSML", "VoiceId": voice}
                return "SendVoiceMessage", request
            case Channel.RCS:
                request["RcsMessageContent"] = {"Content": {"TextMessage": {"Body": message.text}}}
                return "SendRcsMessage", request
        request |= {"MessageBody": message.text, "MessageType": "TRANSACTIONAL"}
        if message.dlt:
            request["DestinationCountryParameters"] = {
                "IN_ENTITY_ID": message.dlt.entity_id,
                "IN_TEMPLATE_ID": message.dlt.template_id,
            }
        return "SendTextMessage", request

    async def _ask(self, operation: str, request: dict[str, object]) -> Reply | Unavailable:
        body = msgspec.json.encode(request)
        headers = {
            "content-type": "application/x-amz-json-1.0",
            "x-amz-target": f"{API}.{operation}",
        }
        signed = self._signer.headers(self._url, body, headers, self._clock.now())
        return await self._exchange.ask("POST", self._url, headers=signed, body=body)

    async def report(self, message_id: str) -> Report | None:  # noqa: ARG002 - the port's
        """Nothing: the service cannot be asked about a message."""
        return None

    async def receipts(self, inbound: Inbound) -> Receipts | Forged:
        """Open the envelope of SNS and read the event in it; confirms the topic's subscription."""
        opened = await self._envelopes.open(inbound)
        if isinstance(opened, Forged):
            return opened
        receipt = read_event(opened)
        return Receipts((receipt,) if receipt else ())

    async def _fetch(self, url: str) -> bytes | None:
        reply = await self._exchange.ask("GET", url)
        return reply.body if isinstance(reply, Reply) and reply.ok else None

    async def probe(self) -> Healthy | Refused | Unavailable:
        """Ask for the attributes of the account."""
        reply = await self._ask("DescribeAccountAttributes", {})
        if isinstance(reply, Unavailable):
            return reply
        attributes = look(reply.json(), "AccountAttributes")
        if not reply.ok or not isinstance(attributes, list):
            return _refusal(reply)
        sandbox = any(text(each, "Value") == "SANDBOX" for each in attributes)
        return Healthy("in AWS's sandbox" if sandbox else "the access key is valid")

    async def close(self) -> None:
        """Let go of every connection."""
        await self._exchange.close()


def _refusal(reply: Reply) -> Refused | Unavailable:
    told = reply.json()
    cause = words(told, "Message") or words(told, "message")
    fields = look(told, "Fields")
    if isinstance(fields, list) and any(
        text(field, "Name") == "DestinationPhoneNumber" for field in fields
    ):
        return failure(reply, "DestinationPhoneNumber", cause, REFUSALS)
    exception = text(told, "__type").rpartition("#")[2]
    return failure(reply, text(told, "Reason") or exception, cause, REFUSALS)


AWS = Kind(
    name="aws",
    title="AWS End User Messaging",
    channels=Aws.channels,
    credentials=AwsCredentials,
    open=Aws,
    receipts="posted by an SNS topic, each in an envelope with an RSA signature and the topic's name",
    website="https://docs.aws.amazon.com/sms-voice/latest/userguide/what-is-service.html",
    notes=(
        (
            "The IAM user needs sms-voice:SendTextMessage, sms-voice:SendVoiceMessage, "
            "sms-voice:SendRcsMessage and sms-voice:DescribeAccountAttributes."
        ),
        (
            "For receipts make the topic an event destination of the configuration set, and "
            "subscribe the receipt address to it over HTTPS without raw message delivery; the "
            "subscription confirms itself."
        ),
        "Events that EventBridge sends to the topic are read too.",
    ),
)
