"""A slow callback endpoint is given few places, and its callbacks are spread over the time they need."""

import asyncio

from server.tests.conftest import World
from server.tests.edges.test_worker import make, until

from watchword.adapters.telemetry import PrometheusTelemetry
from watchword.edges.endpoints import AT_ONCE, Endpoints
from watchword.ports.courier import Delivered, NotDelivered

SLOW, QUICK = "https://slow.example.org/hook", "https://quick.example.org/hook"


def test_an_endpoint_has_so_many_places_and_others_have_theirs() -> None:
    endpoints = Endpoints(100)
    assert [endpoints.admit(SLOW) for _ in range(AT_ONCE + 1)] == [True] * AT_ONCE + [False]
    assert not endpoints.admit("https://slow.example.org/another-path")
    assert endpoints.admit(QUICK)
    endpoints.ended(SLOW, 1.0)
    assert endpoints.admit(SLOW)


def test_all_endpoints_together_leave_room_for_messages() -> None:
    endpoints = Endpoints(3)
    assert [endpoints.admit(f"https://e{n}.example.org") for n in range(4)] == [True] * 3 + [False]


def test_those_put_off_come_one_after_another_and_later_where_answers_are_slow() -> None:
    endpoints = Endpoints(100)
    for _ in range(AT_ONCE):
        assert endpoints.admit(SLOW)
    waits = [endpoints.put_off(SLOW) for _ in range(40)]
    assert waits == sorted(waits)
    assert waits[-1] > 4 * waits[0]
    for _ in range(AT_ONCE):
        endpoints.ended(SLOW, 15.0)
    assert endpoints.put_off(SLOW) > waits[-1]


async def test_w5_a_slow_endpoint_never_delays_anothers_callbacks(world: World) -> None:
    opened = asyncio.Event()
    reached: list[str] = []

    async def post(url: str, body: bytes, **_: object) -> Delivered | NotDelivered:
        reached.append(url)
        if url == SLOW:
            await opened.wait()
        return Delivered()

    world.courier.post = post  # type: ignore[method-assign] # a courier with a slow friend
    for n in range(20):
        await world.ask(f"+336123450{n:02}", callback_url=SLOW)
    await world.ask("+33612345099", callback_url=QUICK)
    worker = make(world, PrometheusTelemetry(), at_once=64)
    running = asyncio.create_task(worker.run(30))
    async with asyncio.timeout(30):
        await until(lambda: reached.count(QUICK) == 2 and len(world.sent) == 21)
        assert reached.count(SLOW) == AT_ONCE
    opened.set()
    worker.stop()
    await running
