"""Where a project wishes it, a message that nothing is heard of is followed by another one."""

import pytest
from server.tests.conftest import SECOND, World

from watchword.domain.attempt import DeliveryStatus, Trigger
from watchword.domain.check import CheckStatus
from watchword.domain.event import BalanceUpdated
from watchword.ports.provider import Report


async def test_nothing_is_sent_again_by_itself_unless_a_project_wishes_it(world: World) -> None:
    about = await world.pending()
    world.clock.advance(500 * SECOND)
    await world.work()
    assert len((await world.about(about)).attempts) == 1


async def test_a_message_nothing_is_heard_of_is_followed_by_one_over_another_route(
    world: World,
) -> None:
    await world.choose(resend_after=20)
    about = await world.pending()
    world.clock.advance(20 * SECOND - 1)
    await world.work()
    assert len(world.sent) == 1
    world.clock.advance(1)
    await world.work()
    first, second = (await world.about(about)).attempts
    assert (first.route, second.route) == ("first", "second")
    assert second.trigger is Trigger.FALLBACK
    assert await world.check(about, await world.code(about, 1)) is CheckStatus.VALID


async def test_it_ends_with_the_budget_of_fallbacks(world: World) -> None:
    await world.choose(resend_after=20, max_fallbacks=1)
    about = await world.pending()
    for _ in range(4):
        world.clock.advance(20 * SECOND)
        await world.work()
    assert len((await world.about(about)).attempts) == 2


@pytest.mark.parametrize("ended", ["delivered", "checked", "retried"])
async def test_what_was_delivered_checked_or_asked_for_again_is_not_sent_again(
    world: World, ended: str
) -> None:
    await world.choose(resend_after=40)
    about = await world.pending()
    match ended:
        case "delivered":
            await world.record_receipt(about, 1, Report(status=DeliveryStatus.DELIVERED))
        case "checked":
            await world.check(about, await world.code(about))
        case "retried":
            world.clock.advance(31 * SECOND)
            await world.retry(about)
            await world.work()
    before = len(world.sent)
    world.clock.advance(40 * SECOND - (31 * SECOND if ended == "retried" else 0))
    await world.work()
    assert len(world.sent) == before


async def test_a_message_sent_again_is_paid_for(world: World) -> None:
    await world.choose(resend_after=20)
    about = await world.pending()
    world.clock.advance(20 * SECOND)
    await world.work()
    assert [attempt.price for attempt in (await world.about(about)).attempts] == [9_000, 5_000]
    moved = [e.amount for e in await world.happened(about) if isinstance(e, BalanceUpdated)]
    assert sum(moved) == -14_000
