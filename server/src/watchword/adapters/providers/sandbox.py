"""Sandbox: delivers to the inbox of this machine, with an outcome that the number chooses."""

import asyncio

from watchword.adapters.providers.kind import Credentials, Kind
from watchword.domain.attempt import DeliveryStatus
from watchword.domain.channel import Channel
from watchword.domain.sandbox import Outcome, sandbox_outcome
from watchword.ports.clock import Clock
from watchword.ports.provider import (
    Accepted,
    Forged,
    Healthy,
    Inbound,
    Message,
    Receipts,
    Refused,
    Report,
    Unavailable,
)
from watchword.ports.store import InboxMessage, Store, StoreUnavailableError

TIME_FOR_INBOX = 2.0
"""Seconds; fewer than a provider has, so that a store that is away is not taken for a provider that is."""
SLOW = 10_000
"""Milliseconds until a slow receipt comes."""


class Sandbox:
    """A provider like any other; the message id says what its receipt will be."""

    channels = frozenset({Channel.SMS, Channel.WHATSAPP, Channel.VIBER, Channel.RCS})

    def __init__(self, inbox: Store, clock: Clock) -> None:
        self._inbox = inbox
        self._clock = clock

    async def send(self, message: Message) -> Accepted | Refused | Unavailable:
        """Put the message in the inbox, or play the part of a provider that cannot."""
        outcome = sandbox_outcome(message.to.e164)
        if outcome is Outcome.TIME_OUT:
            return Unavailable("the sandbox plays a provider that does not answer")
        if outcome is Outcome.UNDELIVERABLE and message.channel is Channel.SMS:
            return Accepted(f"{outcome}-{self._clock.new_id()}", follow_up_after=0)
        message_id = self._clock.new_id()
        await self._put(
            InboxMessage(
                id=message_id,
                project_id=message.project_id,
                authentication_id=message.authentication_id,
                attempt_number=message.attempt_number,
                to=message.to.e164,
                channel=message.channel,
                sender_id=message.sender_id,
                content=message.content.text,
                created_at=self._clock.now(),
            )
        )
        slow = outcome is Outcome.SLOW_RECEIPT
        return Accepted(f"delivered-{message_id}", follow_up_after=SLOW if slow else 0)

    async def _put(self, message: InboxMessage) -> None:
        try:
            async with asyncio.timeout(TIME_FOR_INBOX):
                await self._inbox.add_inbox_message(message)
        except TimeoutError:
            raise StoreUnavailableError("the inbox does not answer") from None

    async def report(self, message_id: str) -> Report | None:
        """The receipt that the message id promised."""
        kind, _, _ = message_id.partition("-")
        if kind == Outcome.UNDELIVERABLE:
            return Report(
                status=DeliveryStatus.UNDELIVERABLE,
                at=self._clock.now(),
                carrier_code="sandbox-01",
                cause="the sandbox plays a phone that is switched off",
            )
        return Report(status=DeliveryStatus.DELIVERED, at=self._clock.now())

    async def receipts(self, inbound: Inbound) -> Receipts | Forged:  # noqa: ARG002 - the port's
        """Nobody posts receipts for the sandbox: it is asked for them."""
        return Forged("the sandbox posts no receipts")

    async def probe(self) -> Healthy | Refused | Unavailable:
        """It is always there."""
        return Healthy("messages go to the inbox of this machine")

    async def close(self) -> None:
        """Nothing is open."""


SANDBOX = Kind(
    name="sandbox",
    title="Sandbox",
    channels=Sandbox.channels,
    credentials=Credentials,
    open=lambda _, tools: Sandbox(tools.inbox, tools.clock),
    receipts="asked for by the worker; the number chooses what they say",
    website="",
    notes=("An account of this kind is always there, under the name `sandbox`.",),
)
