"""Sandbox: delivers to the inbox of this machine, with an outcome that the number chooses."""

from watchword.domain.attempt import DeliveryStatus
from watchword.domain.channel import Channel
from watchword.domain.sandbox import Outcome, sandbox_outcome
from watchword.ports.clock import Clock
from watchword.ports.provider import Accepted, Message, Refused, Report, Unavailable
from watchword.ports.store import InboxMessage, Store

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
        await self._inbox.add_inbox_message(
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
