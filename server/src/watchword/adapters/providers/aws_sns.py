"""SNS of AWS: SMS by the Publish action, for accounts that are set up for no more."""

import re
from typing import Annotated
from urllib.parse import urlencode

from msgspec import Meta

from watchword.adapters.providers.answers import refusals, words
from watchword.adapters.providers.aws_signing import Signer
from watchword.adapters.providers.exchange import Reply, failure
from watchword.adapters.providers.kind import Credentials, Kind, Secret, Tools
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

VERSION = "2010-03-31"
REFUSALS = refusals(
    number="OptedOut",
    account=(
        "AuthorizationError InvalidSecurity InvalidClientTokenId SignatureDoesNotMatch"
        " ParameterValueInvalid InvalidParameter ValidationException"
    ),
    throttle="Throttled Throttling ThrottlingException",
)
"""Codes of errors; an `InvalidParameter` may mean the number, which its message says."""


class AwsSnsCredentials(Credentials, frozen=True, kw_only=True):
    """An access key of an IAM user, and the region."""

    access_key_id: Annotated[str, Meta(pattern="^[A-Z0-9]{16,128}$", description="Access key ID.")]
    secret_access_key: Annotated[Secret, Meta(pattern="^[!-~]+$", description="Secret access key.")]
    region: Annotated[str, Meta(pattern="^[a-z0-9-]{1,32}$", description="Region of AWS.")]
    sender: Annotated[
        str,
        Meta(
            pattern=r"^(\+?[0-9]{3,15}|[A-Za-z0-9-]{1,11})?$",
            description="Sender ID or number where the route names none; may be empty.",
        ),
    ] = ""
    base_url: Annotated[
        str,
        Meta(
            pattern=r"^https?://[^\s?#]+$",
            description="Address of the API; {region} stands for the region.",
        ),
    ] = "https://sns.{region}.amazonaws.com"


class AwsSns:
    """One account of SNS in one region."""

    channels = frozenset({Channel.SMS})

    def __init__(self, credentials: AwsSnsCredentials, tools: Tools) -> None:
        self._told = credentials
        self._exchange = tools.exchange
        self._clock = tools.clock
        self._url = credentials.base_url.replace("{region}", credentials.region).rstrip("/") + "/"
        self._signer = Signer(
            credentials.access_key_id, credentials.secret_access_key, credentials.region, "sns"
        )

    async def send(self, message: Message) -> Accepted | Refused | Unavailable:
        """Publish a message to a phone number."""
        if message.channel is not Channel.SMS:
            return Refused(RefusalKind.ACCOUNT, "no_channel", "SNS carries SMS alone")
        request = {"PhoneNumber": message.to.e164, "Message": message.text}
        for place, (name, value) in enumerate(self._attributes(message).items(), start=1):
            entry = f"MessageAttributes.entry.{place}"
            request[f"{entry}.Name"] = name
            request[f"{entry}.Value.DataType"] = "String"
            request[f"{entry}.Value.StringValue"] = value
        reply = await self._ask("Publish", request)
        if isinstance(reply, Unavailable):
            return reply
        message_id = _element(reply, "MessageId")
        return Accepted(message_id) if reply.ok and message_id else _refusal(reply)

    def _attributes(self, message: Message) -> dict[str, str]:
        found = {"AWS.SNS.SMS.SMSType": "Transactional"}
        sender = message.sender_id or self._told.sender
        if re.fullmatch(r"\+?[0-9]+", sender):
            found["AWS.MM.SMS.OriginationNumber"] = sender
        elif sender:
            found["AWS.SNS.SMS.SenderID"] = sender
        if message.dlt:
            found["AWS.MM.SMS.EntityId"] = message.dlt.entity_id
            found["AWS.MM.SMS.TemplateId"] = message.dlt.template_id
        return found

    async def _ask(self, action: str, request: dict[str, str]) -> Reply | Unavailable:
        body = urlencode({"Action": action, "Version": VERSION, **request}).encode()
        headers = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}
        signed = self._signer.headers(self._url, body, headers, self._clock.now())
        return await self._exchange.ask("POST", self._url, headers=signed, body=body)

    async def report(self, message_id: str) -> Report | None:  # noqa: ARG002 - the port's
        """Nothing: SNS cannot be asked about a message."""
        return None

    async def receipts(self, inbound: Inbound) -> Receipts | Forged:  # noqa: ARG002 - the port's
        """SNS posts none about messages to phone numbers."""
        return Forged("SNS posts no receipts")

    async def probe(self) -> Healthy | Refused | Unavailable:
        """Ask for the settings of SMS."""
        reply = await self._ask("GetSMSAttributes", {"attributes.member.1": "DefaultSMSType"})
        if isinstance(reply, Unavailable):
            return reply
        return Healthy("the access key is valid") if reply.ok else _refusal(reply)

    async def close(self) -> None:
        """Let go of every connection."""
        await self._exchange.close()


def _element(reply: Reply, name: str) -> str:
    """The text of the first element of that name; no parser of XML is let near what a vendor sends."""
    found = re.search(f"<{name}>([^<]*)</{name}>", reply.body.decode("utf-8", "replace"))
    return found[1].strip() if found else ""


def _refusal(reply: Reply) -> Refused | Unavailable:
    code, cause = _element(reply, "Code"), words(_element(reply, "Message"))
    if code == "InvalidParameter" and re.search("(?i)phone ?number", cause):
        return failure(reply, code, cause, {code: RefusalKind.NUMBER})
    return failure(reply, code, cause, REFUSALS)


SNS = Kind(
    name="sns",
    title="AWS SNS",
    channels=AwsSns.channels,
    credentials=AwsSnsCredentials,
    open=AwsSns,
    receipts="none: SNS writes what becomes of a message to CloudWatch alone",
    website="https://docs.aws.amazon.com/sns/latest/dg/sns-mobile-phone-number-as-subscriber.html",
    notes=(
        "The IAM user needs sns:Publish and sns:GetSMSAttributes.",
        "Accounts that want receipts, calls or RCS use the kind `aws`.",
    ),
)
