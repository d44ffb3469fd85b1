"""Budgets cannot be overspent, and tell in time that they will be used up."""

import asyncio

import msgspec
import pytest
from msgspec.structs import replace
from server.tests.conftest import HOUR, NO_LIMITS, SECOND, World

from watchword.domain.alert import LEVELS
from watchword.domain.authentication import StartStatus
from watchword.domain.channel import Channel
from watchword.domain.errors import Refusal
from watchword.domain.event import Screened
from watchword.domain.project import ProjectSettings, RoutingPolicy, SpendCap
from watchword.domain.routing.route import Route
from watchword.domain.start_request import StartRequest

PRICE = 10_000
SMS = Route(name="sms", account="one", channel=Channel.SMS, price=PRICE)
HOOK = "https://ops.example.com/alerts"


async def spend_in(world: World, **chosen: object) -> None:
    settings = ProjectSettings(
        routes=(SMS,), limits=NO_LIMITS, routing=RoutingPolicy.FIXED, unanswered_budget=None
    )
    await world.put(replace(world.project, settings=replace(settings, **chosen)))


def number(index: int) -> str:
    return f"+336{12 + index % 20:02}{(index * 104_729) % 10**6:06}"


async def levels(world: World) -> list[tuple[str, int]]:
    raised = await world.store.alerts(0, 100)
    return sorted((alert.subject, alert.level) for alert in raised)


@pytest.mark.parametrize(
    ("sends", "reached"), [(4, ()), (5, (50,)), (7, (50,)), (8, (50, 80)), (10, LEVELS)]
)
async def test_an_alert_is_raised_at_50_80_and_100_per_cent(
    world: World, sends: int, reached: tuple[int, ...]
) -> None:
    await spend_in(world, spend_caps=(SpendCap(period="day", amount=10 * PRICE),))
    for index in range(sends):
        assert (await world.ask(number(index))).status is StartStatus.PENDING
    assert await levels(world) == [("day *", level) for level in reached]


async def test_each_level_is_told_once_and_again_in_the_next_window(world: World) -> None:
    await spend_in(world, spend_caps=(SpendCap(period="hour", amount=3 * PRICE, country="FR"),))
    for index in range(6):
        await world.ask(number(index))
    assert await levels(world) == [("hour FR", level) for level in LEVELS]
    world.clock.advance(HOUR)
    for index in range(6, 9):
        await world.ask(number(index))
    assert len(await levels(world)) == 2 * len(LEVELS)


async def test_an_alert_is_posted_signed_like_a_callback(world: World) -> None:
    cap = SpendCap(period="day", amount=2 * PRICE)
    await spend_in(world, spend_caps=(cap,), alert_url=HOOK)
    await world.pending(number(1))
    await world.work()
    ((url, body, message_id, secrets),) = world.courier.carried
    assert url == HOOK
    assert secrets == world.keyring.callback_secrets(world.project.id)
    told = msgspec.json.decode(body)
    assert told["id"] == message_id
    assert told["type"] == "budget_alert"
    assert (told["period"], told["country"], told["level"]) == ("day", "*", 50)
    assert (told["spent"], told["cap"], told["currency"]) == ("0.01", "0.02", "EUR")


async def test_the_days_limit_tells_when_it_refuses(world: World) -> None:
    await spend_in(world, spending_limit_day=PRICE + PRICE // 2)
    assert (await world.ask(number(1))).status is StartStatus.PENDING
    answer = await world.start(world.project, StartRequest(phone_number=number(2)))
    assert isinstance(answer, Refusal)
    assert ("day *", 100) in await levels(world)


async def test_of_200_requests_at_once_exactly_one_gets_the_last_money(world: World) -> None:
    await spend_in(world, spend_caps=(SpendCap(period="hour", amount=3 * PRICE, country="FR"),))
    await world.ask(number(0))
    await world.ask(number(1))
    answers = await asyncio.gather(*(world.ask(number(index)) for index in range(2, 202)))
    statuses = [answer.status for answer in answers]
    assert statuses.count(StartStatus.PENDING) == 1
    assert statuses.count(StartStatus.SPAM_DETECTED) == 199
    assert await levels(world) == [("hour FR", level) for level in LEVELS]


class TestUnanswered:
    """Money that nobody answers is bounded by project, country and hour."""

    async def armed(self, world: World, budget: int) -> None:
        await spend_in(world, unanswered_budget=None)
        for index in range(6):
            await self.verify(world, 1_000 + index)
        await spend_in(world, unanswered_budget=budget, user_worth=1_000_000_000)

    async def verify(self, world: World, index: int) -> None:
        authentication_id = await world.pending(number(index))
        world.clock.advance(10 * SECOND)
        await world.check(authentication_id, await world.code(authentication_id))

    async def test_it_stops_what_no_other_rule_knows(self, world: World) -> None:
        await self.armed(world, 5 * PRICE)
        statuses = [(await world.ask(number(index))).status for index in range(9)]
        assert statuses == [StartStatus.PENDING] * 5 + [StartStatus.SPAM_DETECTED] * 4
        refused = await world.ask(number(20))
        (screened, *_) = [
            what
            for what in await world.happened(refused.authentication_id)
            if isinstance(what, Screened)
        ]
        (finding,) = [f for f in screened.verdict.findings if f.reason == "unanswered_spend"]
        assert finding.evidence.startswith("0.05 EUR of this hour's messages to FR")
        assert ("unanswered FR", 100) in await levels(world)

    async def test_answers_make_room_for_themselves_and_two_more(self, world: World) -> None:
        await self.armed(world, 3 * PRICE)
        for index in range(10):
            await self.verify(world, index)
        statuses = [(await world.ask(number(100 + index))).status for index in range(30)]
        assert statuses.count(StartStatus.PENDING) == 23

    async def test_it_ends_with_the_hour(self, world: World) -> None:
        await self.armed(world, 2 * PRICE)
        statuses = [(await world.ask(number(index))).status for index in range(3)]
        assert statuses[-1] is StartStatus.SPAM_DETECTED
        world.clock.advance(HOUR)
        assert (await world.ask(number(4))).status is StartStatus.PENDING

    async def test_a_project_that_checks_nothing_has_no_such_bound(self, world: World) -> None:
        await spend_in(world, unanswered_budget=2 * PRICE)
        for index in range(8):
            assert (await world.ask(number(index))).status is StartStatus.PENDING

    async def test_it_holds_when_200_ask_at_once(self, world: World) -> None:
        await self.armed(world, 4 * PRICE)
        answers = await asyncio.gather(*(world.ask(number(index)) for index in range(200)))
        assert [answer.status for answer in answers].count(StartStatus.PENDING) == 4
