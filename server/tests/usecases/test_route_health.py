"""Routes that fail are passed over, tried again, and trusted again, and the timeline says why."""

import asyncio
from uuid import UUID

import pytest
from server.tests.conftest import SECOND, World

from watchword.domain.channel import Channel
from watchword.domain.event import Attempted
from watchword.domain.routing.breaker import FIRST_REST
from watchword.domain.routing.route import Dlt, Route
from watchword.ports.provider import Accepted, Healthy, RefusalKind, Refused, Unavailable
from watchword.usecases import route_health

DOWN = Unavailable("connection refused")
NUMBERS = [f"+3361234{n:04}" for n in range(1000)]


async def told(world: World, about: UUID) -> Attempted:
    (event,) = [e for e in await world.happened(about) if isinstance(e, Attempted)]
    return event


async def break_first(world: World) -> None:
    world.providers["one"].script = [DOWN] * 3
    for number in NUMBERS[:3]:
        await world.pending(number)
    assert len(world.providers["one"].sent) == 3


async def test_d2_with_the_primary_down_every_attempt_is_accepted_and_soon_asks_it_no_more(
    world: World,
) -> None:
    world.providers["one"].script = [DOWN] * 1_000
    events = [await told(world, await world.pending(number)) for number in NUMBERS[:100]]
    assert {event.route for event in events} == {"second"}
    assert len(world.providers["one"].sent) == 3
    assert events[-1].because == "first: passed over, connection refused; second took it"


async def test_d2_the_breaker_closes_again_by_probe(world: World) -> None:
    await break_first(world)
    world.providers["one"].script = []
    world.clock.advance(FIRST_REST)
    await world.health.probe(world.accounts)
    about = [await told(world, await world.pending(number)) for number in NUMBERS[3:6]]
    assert [event.route for event in about] == ["first", "first", "first"]


async def test_d2_a_probe_that_fails_keeps_every_message_away(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await break_first(world)

    async def away() -> Unavailable:
        return DOWN

    monkeypatch.setattr(world.providers["one"], "probe", away)
    world.clock.advance(FIRST_REST)
    await world.health.probe(world.accounts)
    assert (await told(world, await world.pending(NUMBERS[3]))).route == "second"
    assert len(world.providers["one"].sent) == 3


async def test_a_probe_that_hangs_ends(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await break_first(world)
    monkeypatch.setattr(route_health, "TIME_TO_PROBE", 0.01)
    waiting = []

    async def hang() -> Healthy:
        waiting.append(1)
        await asyncio.get_running_loop().create_future()
        return Healthy("never")

    monkeypatch.setattr(world.providers["one"], "probe", hang)
    world.clock.advance(FIRST_REST)
    await world.health.probe(world.accounts)
    assert waiting == [1]
    assert (await told(world, await world.pending(NUMBERS[3]))).route == "second"


async def test_where_every_breaker_is_open_a_message_goes_all_the_same(world: World) -> None:
    for provider in world.providers.values():
        provider.script = [DOWN] * 3
    for number in NUMBERS[:3]:
        await world.pending(number)
    event = await told(world, await world.pending(NUMBERS[3]))
    assert event.route == "first"
    assert event.because is not None
    assert event.because.endswith("first took it")


async def test_what_an_account_refuses_in_one_country_is_not_held_against_it_in_others(
    world: World,
) -> None:
    world.providers["one"].script = [Refused(RefusalKind.ACCOUNT, "21408", "not enabled")] * 3
    for number in NUMBERS[:3]:
        await world.pending(number)
    assert (await told(world, await world.pending(NUMBERS[3]))).route == "second"
    assert (await told(world, await world.pending("+447911123456"))).route == "first"


@pytest.mark.parametrize("kind", [RefusalKind.NUMBER])
async def test_numbers_that_a_provider_refuses_open_nothing(
    world: World, kind: RefusalKind
) -> None:
    world.providers["one"].script = [Refused(kind, "21211", "invalid")] * 50
    for number in NUMBERS[:51]:
        about = await world.pending(number)
    assert (await told(world, about)).route == "first"


async def test_a_provider_that_finds_us_too_fast_is_left_alone_for_as_long_as_it_says(
    world: World,
) -> None:
    world.providers["one"].script = [Refused(RefusalKind.THROTTLE, "20429", "too fast", 4_000)]
    first = await told(world, await world.pending(NUMBERS[0]))
    second = await told(world, await world.pending(NUMBERS[1]))
    world.clock.advance(4 * SECOND)
    third = await told(world, await world.pending(NUMBERS[2]))
    assert [event.route for event in (first, second, third)] == ["second", "second", "first"]
    assert second.because == "first: passed over, it asked to be left alone; second took it"


async def test_a_number_that_a_channel_does_not_reach_is_not_tried_on_that_channel_again(
    world: World,
) -> None:
    one, _, three = world.project.settings.routes
    same = Route(name="again", account="two", channel=one.channel)
    await world.choose(routes=(one, same, three))
    world.providers["one"].script = [Refused(RefusalKind.NUMBER, "21614", "not a mobile number")]
    event = await told(world, await world.pending())
    assert event.route == three.name
    assert world.providers["two"].sent == []
    assert event.because is not None
    assert "again: this channel does not reach the number" in event.because


async def test_a_message_carries_the_template_and_the_registration_of_its_route(
    world: World,
) -> None:
    dlt = Dlt("1" * 19, "2" * 19)
    route = Route(
        name="in",
        account="one",
        channel=world.project.settings.routes[0].channel,
        template="otp",
        dlt=dlt,
    )
    await world.choose(routes=(route,))
    world.providers["one"].script = [Accepted("m1")]
    await world.pending()
    (message,) = world.sent
    assert (message.template, message.dlt) == ("otp", dlt)


async def test_a_breaker_that_opens_is_counted_and_shown(world: World) -> None:
    await break_first(world)
    page = world.telemetry.page().decode()
    assert 'watchword_breaker{account="one",channel="sms",country="*"} 2.0' in page
    assert 'standing="open"' in page


async def test_a_route_over_email_is_for_those_whose_address_is_known(world: World) -> None:
    sms, *_ = world.project.settings.routes
    mail = Route(name="mail", account="two", channel=Channel.EMAIL)
    await world.choose(routes=(mail, sms))
    without = await world.pending(NUMBERS[0])
    assert (await told(world, without)).route == "first"
    await world.pending(NUMBERS[1], email="ada@example.com")
    assert [m.email for m in world.providers["two"].sent] == ["ada@example.com"]
