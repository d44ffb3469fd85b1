"""Receipts move a delivery status forward and never back, however they come, and call for fallbacks."""

import itertools
import json
from uuid import UUID

import pytest
from server.tests.conftest import SECOND, World

from watchword.domain.attempt import RANK, AttemptStatus, DeliveryStatus, Trigger
from watchword.domain.authentication import State
from watchword.domain.check import CheckStatus
from watchword.domain.event import BalanceUpdated, DeliveryReported
from watchword.domain.project import SpendCap
from watchword.ports.provider import Report

URL = "https://example.org/hook"
UNDELIVERABLE = Report(status=DeliveryStatus.UNDELIVERABLE, carrier_code="27", cause="absent")


async def reported(world: World, about: UUID) -> list[DeliveryStatus]:
    events = await world.happened(about)
    return [event.status for event in events if isinstance(event, DeliveryReported)]


@pytest.mark.parametrize("order", [*itertools.permutations(DeliveryStatus, 3)], ids=str)
async def test_w4_receipts_in_any_order_and_replayed_never_take_a_status_back(
    world: World, order: tuple[DeliveryStatus, ...]
) -> None:
    await world.choose(max_fallbacks=0)
    about = await world.pending()
    ranks = [RANK[DeliveryStatus.SUBMITTED]]
    for status in (*order, *order, order[0]):
        await world.record_receipt(about, 1, Report(status=status))
        attempt = (await world.about(about)).attempt(1)
        ranks.append(RANK[attempt.delivery_status])
        final = attempt.delivery_status
    assert ranks == sorted(ranks)
    final_ones = [s for s in order if RANK[s] == 3]
    assert final is (final_ones[0] if final_ones else max(
        (DeliveryStatus.SUBMITTED, *order), key=RANK.__getitem__))  # fmt: skip
    told = await reported(world, about)
    assert len(told) == len(set(told))


async def test_a_report_keeps_the_carriers_own_words_and_time(world: World) -> None:
    await world.choose(max_fallbacks=0)
    about = await world.pending(callback_url=URL)
    await world.record_receipt(
        about, 1, Report(status=DeliveryStatus.UNDELIVERABLE, at=7, carrier_code="27", cause="off")
    )
    event = (await world.happened(about))[-1]
    assert isinstance(event, DeliveryReported)
    assert (event.originated_at, event.carrier_code, event.cause) == (7, "27", "off")
    await world.work()
    kinds = [json.loads(body)["type"] for _, body, _, _ in world.courier.carried]
    assert sorted(kinds) == ["attempt", "authentication", "delivery_status"]


async def test_undeliverable_falls_back_to_a_route_not_tried_within_the_allowance(
    world: World,
) -> None:
    about = await world.pending()
    for number, route in enumerate(("first", "second", "third"), start=1):
        attempt = (await world.about(about)).attempt(number)
        assert attempt.route == route
        assert attempt.trigger is (Trigger.INITIAL if number == 1 else Trigger.FALLBACK)
        await world.record_receipt(about, number, UNDELIVERABLE)
        await world.record_receipt(about, number, UNDELIVERABLE)
        await world.work()
    found = await world.about(about)
    assert len(found.attempts) == 3
    assert found.fallbacks_spent == 2
    assert {attempt.status for attempt in found.attempts} == {AttemptStatus.FAILED}
    assert found.remaining_retries == 4


async def test_a_fallback_does_not_go_where_it_was_before(world: World) -> None:
    await world.choose(max_fallbacks=5)
    about = await world.pending()
    for number in range(1, 4):
        await world.record_receipt(about, number, UNDELIVERABLE)
        await world.work()
    assert len((await world.about(about)).attempts) == 3


async def test_no_fallback_where_none_is_allowed(world: World) -> None:
    await world.choose(max_fallbacks=0)
    about = await world.pending()
    await world.record_receipt(about, 1, UNDELIVERABLE)
    await world.work()
    assert len((await world.about(about)).attempts) == 1


async def test_no_fallback_for_an_older_message_or_after_the_end(world: World) -> None:
    about = await world.pending()
    world.clock.advance(31 * SECOND)
    await world.retry(about)
    await world.work()
    await world.record_receipt(about, 1, UNDELIVERABLE)
    assert len((await world.about(about)).attempts) == 2
    assert await world.check(about, await world.code(about, 1)) is CheckStatus.VALID
    await world.record_receipt(about, 2, UNDELIVERABLE)
    assert len((await world.about(about)).attempts) == 2
    late = await world.pending("+33612345670")
    world.clock.time = (await world.about(late)).expires_at
    await world.record_receipt(late, 1, UNDELIVERABLE)
    assert len((await world.about(late)).attempts) == 1


async def test_a_fallback_that_cannot_be_paid_is_not_made_and_the_receipt_is_kept(
    world: World,
) -> None:
    await world.choose(spend_caps=(SpendCap(period="hour", amount=10_000),))
    about = await world.pending()
    await world.record_receipt(about, 1, UNDELIVERABLE)
    found = await world.about(about)
    assert len(found.attempts) == 1
    assert found.attempt(1).delivery_status is DeliveryStatus.UNDELIVERABLE


async def test_a_fallback_is_set_aside_and_settled_like_any_message(world: World) -> None:
    await world.store.add_balance(world.project.id, 100_000)
    about = await world.pending()
    await world.record_receipt(about, 1, UNDELIVERABLE)
    await world.work()
    assert await world.store.balance(world.project.id) == 100_000 - 9_000 - 5_000
    moved = [e.amount for e in await world.happened(about) if isinstance(e, BalanceUpdated)]
    assert moved == [-9_000, 0, -5_000, 0]


async def test_late_receipts_of_a_validated_authentication_are_still_told(world: World) -> None:
    await world.choose(max_fallbacks=0)
    about = await world.pending()
    world.clock.advance(31 * SECOND)
    await world.retry(about)
    await world.work()
    assert await world.check(about, await world.code(about)) is CheckStatus.VALID
    await world.record_receipt(about, 2, Report(status=DeliveryStatus.DELIVERED))
    found = await world.about(about)
    assert found.state is State.VALIDATED
    assert found.attempt(2).status is AttemptStatus.DELIVERED


async def test_a_receipt_for_nothing_known_changes_nothing(world: World) -> None:
    await world.record_receipt(world.clock.new_id(), 1, UNDELIVERABLE)
    assert world.sent == []


async def test_a_provider_that_asks_for_patience_is_asked_again(world: World) -> None:
    about = await world.pending()
    again = Report(status=DeliveryStatus.IN_TRANSIT, ask_again_after=5 * SECOND)
    await world.record_receipt(about, 1, again)
    world.providers["one"].reports["one-1"] = Report(status=DeliveryStatus.DELIVERED)
    world.clock.advance(5 * SECOND)
    await world.work()
    assert (await world.about(about)).attempt(1).status is AttemptStatus.DELIVERED
    assert await reported(world, about) == [DeliveryStatus.IN_TRANSIT, DeliveryStatus.DELIVERED]
