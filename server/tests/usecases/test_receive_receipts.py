"""Receipts find their attempt by our reference or by the provider's id, early, late and twice."""

from uuid import UUID

from server.tests.conftest import SECOND, World

from watchword.domain.attempt import AttemptStatus, DeliveryStatus
from watchword.domain.event import DeliveryReported
from watchword.domain.task import SendAttempt
from watchword.ports.provider import (
    Accepted,
    Message,
    Receipt,
    RefusalKind,
    Report,
    Unavailable,
    read_reference,
)
from watchword.usecases.receive_receipts import EARLY_LIFETIME

ARRIVED = Report(status=DeliveryStatus.DELIVERED)
LOST = Report(status=DeliveryStatus.UNDELIVERABLE, carrier_code="27")


def by_id(message_id: str, report: Report = ARRIVED) -> Receipt:
    return Receipt(report=report, message_ids=(message_id,))


async def status(world: World, about: UUID) -> DeliveryStatus:
    return (await world.about(about)).attempt(1).delivery_status


async def test_a_receipt_finds_its_attempt_by_any_spelling_of_the_providers_id(
    world: World,
) -> None:
    about = await world.pending()
    receipt = Receipt(report=ARRIVED, message_ids=("ONE-1", "one-1"))
    await world.receive_receipts("one", [receipt])
    assert await status(world, about) is DeliveryStatus.DELIVERED
    assert await world.store.early_receipts(10) == []


async def test_a_receipt_finds_its_attempt_by_our_reference(world: World) -> None:
    about = await world.pending()
    receipt = Receipt(report=ARRIVED, reference=world.providers["one"].sent[0].reference)
    await world.receive_receipts("one", [receipt])
    assert await status(world, about) is DeliveryStatus.DELIVERED


async def test_w4_a_receipt_that_comes_before_its_send_is_recorded_is_not_lost(
    world: World,
) -> None:
    async def at_once(_: Message) -> None:
        await world.receive_receipts("one", [by_id("one-1")])

    world.providers["one"].aside = at_once
    about = await world.pending()
    assert await status(world, about) is DeliveryStatus.SUBMITTED
    assert len(await world.store.early_receipts(10)) == 1
    assert await world.receive_receipts.match_early() == 1
    assert await status(world, about) is DeliveryStatus.DELIVERED
    assert await world.store.early_receipts(10) == []


async def test_w4_a_receipt_may_come_by_reference_before_its_send_is_recorded(
    world: World,
) -> None:
    async def at_once(message: Message) -> None:
        await world.receive_receipts("one", [Receipt(report=ARRIVED, reference=message.reference)])

    world.providers["one"].aside = at_once
    about = await world.pending()
    attempt = (await world.about(about)).attempt(1)
    assert attempt.delivery_status is DeliveryStatus.DELIVERED
    assert attempt.status is AttemptStatus.DELIVERED
    assert (attempt.route, attempt.provider_message_id) == ("first", "one-1")


async def test_a_receipt_of_nobodys_message_waits_for_a_day_and_is_dropped(world: World) -> None:
    await world.receive_receipts("one", [by_id("unknown")])
    assert await world.receive_receipts.match_early() == 0
    assert len(await world.store.early_receipts(10)) == 1
    world.clock.advance(EARLY_LIFETIME + 1)
    assert await world.receive_receipts.match_early() == 0
    assert await world.store.early_receipts(10) == []


async def test_of_a_route_that_was_given_up_only_the_arrival_counts(world: World) -> None:
    world.providers["one"].script = [Unavailable("no answer in time")]
    about = await world.pending()
    reference = world.providers["one"].sent[0].reference
    await world.receive_receipts("one", [Receipt(report=LOST, reference=reference)])
    assert await status(world, about) is DeliveryStatus.SUBMITTED
    assert len((await world.about(about)).attempts) == 1
    await world.receive_receipts("one", [Receipt(report=ARRIVED, reference=reference)])
    assert await status(world, about) is DeliveryStatus.DELIVERED


async def test_a_carriers_suspicion_of_fraud_calls_for_no_fallback(world: World) -> None:
    about = await world.pending()
    report = Report(status=DeliveryStatus.UNDELIVERABLE, refusal=RefusalKind.FRAUD)
    await world.receive_receipts("one", [by_id("one-1", report)])
    found = await world.about(about)
    assert len(found.attempts) == 1
    assert found.fallbacks_spent == 0


async def test_w4_one_receipt_many_times_is_one_event(world: World) -> None:
    about = await world.pending()
    for _ in range(5):
        world.clock.advance(SECOND)
        await world.receive_receipts("one", [by_id("one-1")])
    told = [e for e in await world.happened(about) if isinstance(e, DeliveryReported)]
    assert [event.status for event in told] == [DeliveryStatus.DELIVERED]


async def test_a_reference_to_an_attempt_that_never_was_changes_nothing(world: World) -> None:
    about = await world.pending()
    before = await world.about(about)
    for number in (0, 2, 99):
        receipt = Receipt(report=ARRIVED, reference=f"{about.hex}-{number}")
        await world.receive_receipts("one", [receipt])
    assert await world.about(about) == before


async def test_a_message_knows_the_reference_that_leads_back_to_it(world: World) -> None:
    world.providers["one"].script = [Accepted("m")]
    about = await world.ask()
    (task,) = [task for task in await world.claim() if isinstance(task.work, SendAttempt)]
    await world.carry_out(task)
    reference = world.providers["one"].sent[0].reference
    assert read_reference(reference) == (about.authentication_id, 1)
    for text in ("", "-", "x-1", f"{about.authentication_id.hex}-", f"{reference}-x", None, "é-1"):
        assert read_reference(text) is None
