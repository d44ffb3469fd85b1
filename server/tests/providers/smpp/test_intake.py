"""Receipts that come over a bind are kept before they are answered."""

import asyncio
from collections.abc import Sequence

from msgspec.structs import replace
from server.tests.providers.smpp.centre import PATIENCE, Centre, Inbox, message, opened

from watchword.adapters.providers.smpp.pdu import (
    RESPONSE,
    Command,
    DataMessage,
    Frame,
    ShortMessage,
)
from watchword.domain.attempt import DeliveryStatus
from watchword.ports.provider import Receipt
from watchword.ports.store import StoreUnavailableError

ANSWER = Command.DELIVER_SM | RESPONSE


def receipt(message_id: str, word: str = "DELIVRD") -> bytes:
    text = f"id:{message_id} sub:001 dlvrd:001 stat:{word} err:000 text:"
    return ShortMessage(
        source_addr="33612345678", esm_class=4, short_message=text.encode()
    ).encode()


async def test_a_receipt_is_kept_and_acknowledged(centre: Centre, inbox: Inbox) -> None:
    async with opened(centre.settings, inbox) as provider:
        await provider.start()
        (session,) = await centre.bound(1)
        sequence = session.ask(Command.DELIVER_SM, receipt("id1"))
        (kept,) = await inbox.hold(1)
        (answer,) = await centre.holds(ANSWER, 1)
    assert kept.message_ids == ("id1",)
    assert kept.report.status is DeliveryStatus.DELIVERED
    assert answer == Frame(ANSWER, 0, sequence, b"\0")


async def test_a_receipt_may_come_as_a_data_message(centre: Centre, inbox: Inbox) -> None:
    async with opened(centre.settings, inbox) as provider:
        await provider.start()
        (session,) = await centre.bound(1)
        text = b"id:id1 stat:UNDELIV err:001"
        body = DataMessage(esm_class=4, tlvs={0x0424: text}).encode()
        session.ask(Command.DATA_SM, body)
        (kept,) = await inbox.hold(1)
        (answer,) = await centre.holds(Command.DATA_SM | RESPONSE, 1)
    assert kept.report.status is DeliveryStatus.UNDELIVERABLE
    assert answer.status == 0


async def test_a_receipt_that_cannot_be_kept_is_asked_for_again(
    centre: Centre, inbox: Inbox
) -> None:
    inbox.trouble = [StoreUnavailableError("the disk is full"), RuntimeError("a bug")]
    async with opened(centre.settings, inbox) as provider:
        await provider.start()
        (session,) = await centre.bound(1)
        for count in (1, 2, 3):
            session.ask(Command.DELIVER_SM, receipt("id1"))
            await centre.holds(ANSWER, count)
    assert [frame.status for frame in centre.got(ANSWER)] == [0x64, 0x64, 0]
    assert len(inbox.receipts) == 1


async def test_a_message_of_a_person_is_accepted_and_not_kept(centre: Centre, inbox: Inbox) -> None:
    body = ShortMessage(short_message=b"id:id1 stat:DELIVRD err:000").encode()
    async with opened(centre.settings, inbox) as provider:
        await provider.start()
        (session,) = await centre.bound(1)
        session.ask(Command.DELIVER_SM, body)
        (answer,) = await centre.holds(ANSWER, 1)
    assert answer.status == 0
    assert inbox.receipts == []


async def test_what_cannot_be_read_is_not_asked_for_again(centre: Centre, inbox: Inbox) -> None:
    async with opened(centre.settings, inbox) as provider:
        await provider.start()
        (session,) = await centre.bound(1)
        session.ask(Command.DELIVER_SM, b"\0\x01")
        (answer,) = await centre.holds(ANSWER, 1)
    assert answer.status == 0x65
    assert inbox.receipts == []


async def test_a_receipt_may_come_before_the_answer_to_its_submission(
    centre: Centre, inbox: Inbox
) -> None:
    def hasty(session: object, frame: Frame) -> None:
        (bound,) = centre.sessions
        bound.ask(Command.DELIVER_SM, receipt("id1"))
        centre.agree(bound, frame)

    centre.on[Command.SUBMIT_SM] = hasty
    async with opened(centre.settings, inbox) as provider:
        accepted = await provider.send(message())
        (kept,) = await inbox.hold(1)
    assert kept.message_ids == (getattr(accepted, "message_id", None),)


async def test_receipts_of_a_pair_come_over_the_receiver(centre: Centre, inbox: Inbox) -> None:
    pair = (Command.BIND_TRANSMITTER, Command.BIND_RECEIVER)
    async with opened(replace(centre.settings, commands=pair), inbox) as provider:
        await provider.start()
        sessions = {session.command: session for session in await centre.bound(2)}
        sessions[Command.BIND_RECEIVER].ask(Command.DELIVER_SM, receipt("id1"))
        assert await inbox.hold(1)


async def test_only_a_failure_counts_of_a_part_that_is_not_the_last(
    centre: Centre, inbox: Inbox
) -> None:
    about = message(text="{code} " + "a" * 300)
    async with opened(centre.settings, inbox) as provider:
        await provider.send(about)
        (session,) = await centre.bound(1)
        session.ask(Command.DELIVER_SM, receipt("id1"))
        session.ask(Command.DELIVER_SM, receipt("id2", "UNDELIV"))
        session.ask(Command.DELIVER_SM, receipt("id3"))
        kept = await inbox.hold(2)
        await centre.holds(ANSWER, 3)
    assert [(each.message_ids, each.reference, each.report.status) for each in kept] == [
        (("id2",), about.reference, DeliveryStatus.UNDELIVERABLE),
        (("id3",), None, DeliveryStatus.DELIVERED),
    ]


async def test_closing_answers_what_came_before_it_unbinds(centre: Centre) -> None:
    class Slow(Inbox):
        async def receive(self, account: str, receipts: Sequence[Receipt]) -> None:
            began.set()
            await asyncio.sleep(0)
            await super().receive(account, receipts)

    began, slow = asyncio.Event(), Slow()
    async with opened(centre.settings, slow) as provider:
        await provider.start()
        (session,) = await centre.bound(1)
        session.ask(Command.DELIVER_SM, receipt("id1"))
        async with asyncio.timeout(PATIENCE):
            await began.wait()
    order = [frame.command for _, frame in centre.frames]
    assert order[-2:] == [ANSWER, Command.UNBIND]
