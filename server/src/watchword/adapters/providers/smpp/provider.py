"""SMPP 3.4: SMS over binds of our own, whose receipts come back over the same connections."""

import asyncio
from collections import OrderedDict

from msgspec import Struct

from watchword.adapters.providers.kind import Kind, Tools
from watchword.adapters.providers.smpp import status
from watchword.adapters.providers.smpp.account import Settings, SmppCredentials, read_settings
from watchword.adapters.providers.smpp.bind import Bind
from watchword.adapters.providers.smpp.intake import Intake
from watchword.adapters.providers.smpp.pdu import Frame, ShortMessage, Tag
from watchword.adapters.providers.smpp.pool import Pool
from watchword.adapters.providers.smpp.reading import read_answer
from watchword.adapters.providers.smpp.text import Part, split_text
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

SUBMIT_BUDGET = 2.5
"""Seconds for all parts of a message: less than who sends waits, so that the reason is told."""
FINAL_RECEIPT, FAILURE_RECEIPT = 0x01, 0x02
"""Values of `registered_delivery`: any final outcome, or a failure alone (SMPP 3.4, 5.2.17)."""
MOST_PARTS = 10_000
"""Parts of which it is remembered what they belong to."""
SHORT_CODE_DIGITS = 8
"""A sender of no more digits than this is a short code and no subscriber's number."""


class Address(Struct, frozen=True):
    """An address with its type of number and its numbering plan (SMPP 3.4, 5.2.5 and 5.2.6)."""

    ton: int = 0
    npi: int = 0
    digits: str = ""

    def __repr__(self) -> str:
        """Nothing of the number."""
        return "Address()"


class Smpp:
    """One account at a message centre.

    A message of several parts is known by the id of its last part, and only that part's receipt says
    that it was delivered: so a receipt is understood by any process and after a restart. For the
    other parts receipts of failure are asked for; such a failure ends the message too. Which message
    a part belongs to is remembered in this process alone.
    """

    channels = frozenset({Channel.SMS})

    def __init__(self, settings: Settings, tools: Tools) -> None:
        self._settings = settings
        self._tools = tools
        self._intake = Intake(tools.account, settings.reading, self._keep)
        self._pool = Pool(tools.account, settings, self._intake.take, tools.clock.chance)
        self._parts: OrderedDict[str, str] = OrderedDict()
        self._counter = int(tools.clock.chance() * 0xFFFF)

    async def start(self) -> None:
        """Make the binds, so that receipts can come; returns at once."""
        self._pool.start()

    async def send(self, message: Message) -> Accepted | Refused | Unavailable:
        """Submit the parts one after the other; the first that is not taken ends it."""
        self._counter += 1
        parts = split_text(message.text, self._settings.long_messages, self._counter)
        if parts is None:
            return Refused(RefusalKind.ACCOUNT, "too_long", "the text has more than 255 parts")
        try:
            async with asyncio.timeout(SUBMIT_BUDGET):
                for part in parts[:-1]:
                    outcome = await self._submit(message, part, FAILURE_RECEIPT)
                    if not isinstance(outcome, Accepted):
                        return outcome
                    self._remember(outcome.message_id, message.reference)
                return await self._submit(message, parts[-1], FINAL_RECEIPT)
        except TimeoutError:
            return Unavailable("no answer in time, or no bind had room")

    async def report(self, message_id: str) -> Report | None:  # noqa: ARG002 - the port's
        """Not asked: few centres answer `query_sm`."""
        return None

    async def receipts(self, inbound: Inbound) -> Receipts | Forged:  # noqa: ARG002 - the port's
        """None are posted."""
        return Forged("receipts of SMPP come over the bind")

    async def probe(self) -> Healthy | Refused | Unavailable:
        """Ask for a sign of life over a bind; where none is kept, one is made for the question."""
        if self._pool.started:
            bind = await self._pool.bind()
            if not isinstance(bind, Bind):
                return bind
            if not await bind.enquire():
                return Unavailable("enquire_link was not answered")
            return Healthy(f"bound to {bind.centre or 'the message centre'}")
        bind = Bind(self._settings, self._settings.commands[0], self._intake.take)
        trouble = await bind.open()
        await bind.close()
        return trouble or Healthy(f"bound to {bind.centre or 'the message centre'}")

    async def close(self) -> None:
        """Answer what was taken, unbind, and let go of the connections."""
        await self._intake.finish()
        await self._pool.close()
        self._intake.close()
        await self._tools.exchange.close()

    async def _submit(
        self, message: Message, part: Part, registered: int
    ) -> Accepted | Refused | Unavailable:
        body = submission(message, part, registered, self._settings).encode()
        answer = await self._pool.submit(body)
        if not isinstance(answer, Frame):
            return answer
        if answer.status != status.ROK:
            refused = status.refusal(answer.status, self._settings.vendor_codes)
            if refused.kind is RefusalKind.THROTTLE:
                self._pool.slow_down()
            return refused
        message_id = read_answer(answer.body).name
        return Accepted(message_id) if message_id else Unavailable("an answer without an id")

    def _remember(self, message_id: str, reference: str) -> None:
        self._parts[message_id] = reference
        if len(self._parts) > MOST_PARTS:
            self._parts.popitem(last=False)

    async def _keep(self, receipt: Receipt) -> None:
        """Hand a receipt on; of a part that is not the last, only one that says it failed."""
        known = (self._parts.get(message_id) for message_id in receipt.message_ids)
        reference = next(filter(None, known), None)
        if reference is not None:
            if receipt.report.status is not DeliveryStatus.UNDELIVERABLE:
                return
            receipt = Receipt(
                report=receipt.report, message_ids=receipt.message_ids, reference=reference
            )
        await self._tools.receive(self._tools.account, [receipt])


def submission(message: Message, part: Part, registered: int, settings: Settings) -> ShortMessage:
    """The `submit_sm` of one part."""
    source = sender(message.sender_id or settings.sender_id)
    tlvs = dict(part.tlvs)
    if message.dlt is not None:
        tlvs[Tag.DLT_ENTITY_ID] = message.dlt.entity_id.encode()
        tlvs[Tag.DLT_TEMPLATE_ID] = message.dlt.template_id.encode()
    return ShortMessage(
        service_type=settings.service_type,
        source_addr_ton=source.ton,
        source_addr_npi=source.npi,
        source_addr=source.digits,
        dest_addr_ton=1,
        dest_addr_npi=1,
        destination_addr=message.to.e164.removeprefix("+"),
        esm_class=part.esm_class,
        validity_period=validity(message.valid_for) if settings.relative_validity else "",
        registered_delivery=registered,
        data_coding=part.data_coding,
        short_message=part.short_message,
        tlvs=tlvs,
    )


def sender(sender_id: str) -> Address:
    """A sender as an address: a name (5/0), a number (1/1), a short code (3/0), or the centre's own."""
    digits = sender_id.removeprefix("+")
    if not sender_id:
        return Address()
    if not (digits.isascii() and digits.isdecimal()):
        return Address(5, 0, sender_id)
    if len(digits) <= SHORT_CODE_DIGITS and not sender_id.startswith("+"):
        return Address(3, 0, digits)
    return Address(1, 1, digits)


def validity(milliseconds: int) -> str:
    """A time from now as `YYMMDDhhmmss000R` (SMPP 3.4, 7.1.1), in whole seconds, never none at all."""
    seconds = max(1, -(-milliseconds // 1000))
    minutes, second = divmod(seconds, 60)
    hours, minute = divmod(minutes, 60)
    days, hour = divmod(hours, 24)
    return f"0000{min(days, 30):02}{hour:02}{minute:02}{second:02}000R"


SMPP = Kind(
    name="smpp",
    title="SMPP 3.4",
    channels=Smpp.channels,
    credentials=SmppCredentials,
    open=lambda credentials, tools: Smpp(read_settings(credentials), tools),
    receipts="over the bind, as deliver_sm; the centre is known by the connection that we made to it",
    website="https://smpp.org/",
    notes=(
        "Every worker process keeps its own binds: agree on that many with the carrier.",
        "A carrier knows senders by address: give it the addresses of all hosts that bind.",
    ),
)
