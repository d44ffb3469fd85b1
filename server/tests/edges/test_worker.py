"""A worker carries out what is due, leaves the rest to its lease, and stops when it is told."""

import asyncio
from collections.abc import Callable, Iterator

import pytest
import structlog
from server.tests.conftest import HANG, LEASE, PERSON, SECOND, ScriptedAccounts, World

from watchword.adapters.telemetry import PrometheusTelemetry
from watchword.domain.attempt import AttemptStatus
from watchword.edges import worker as module
from watchword.edges.worker import Worker
from watchword.ports.provider import Message
from watchword.ports.store import StoreUnavailableError
from watchword.usecases import send_attempt

NUMBERS = [f"+3361234567{n}" for n in range(8)]


@pytest.fixture
def telemetry() -> PrometheusTelemetry:
    return PrometheusTelemetry()


@pytest.fixture
def worker(world: World, telemetry: PrometheusTelemetry) -> Worker:
    return make(world, telemetry, at_once=64)


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    structlog.configure(processors=[structlog.testing.LogCapture()])
    yield
    structlog.reset_defaults()


def make(world: World, telemetry: PrometheusTelemetry, *, at_once: int) -> Worker:
    return Worker(
        world.store,
        world.clock,
        telemetry,
        send=world.send,
        follow_up=world.follow_up,
        resend=world.resend,
        move_on=world.move_on,
        deliver_callback=world.deliver,
        expire=world.expire,
        receive_receipts=world.receive_receipts,
        providers=ScriptedAccounts(world.providers),
        at_once=at_once,
    )


async def until(holds: Callable[[], bool]) -> None:
    while not holds():  # noqa: ASYNC110 - what is waited for is counted, not rung
        await asyncio.sleep(0)


class Gate:
    """Holds messages back until it opens, and counts who waits."""

    def __init__(self, world: World) -> None:
        self.opened = asyncio.Event()
        self.arrived = asyncio.Event()
        self.inside = self.most = 0
        world.providers["one"].aside = self

    async def __call__(self, _: Message) -> None:
        self.inside += 1
        self.most = max(self.most, self.inside)
        self.arrived.set()
        await self.opened.wait()
        self.inside -= 1


async def test_draining_carries_out_all_that_is_due_and_what_that_makes_due(
    world: World, worker: Worker, telemetry: PrometheusTelemetry
) -> None:
    for number in NUMBERS:
        await world.ask(number, callback_url="https://example.org/")
    await worker.drain()
    assert len(world.sent) == 8
    assert len(world.courier.carried) == 16
    assert await world.claim() == []
    page = telemetry.page().decode()
    assert 'watchword_tasks_total{kind="send_attempt",outcome="done"} 8.0' in page
    assert 'watchword_tasks_total{kind="deliver_callback",outcome="done"} 16.0' in page


async def test_a_running_worker_takes_up_new_work_and_ends_when_it_is_stopped(
    world: World, worker: Worker
) -> None:
    sent = asyncio.Event()

    async def note(_: Message) -> None:
        sent.set()

    world.providers["one"].aside = note
    running = asyncio.create_task(worker.run(30))
    about = (await world.ask()).authentication_id
    async with asyncio.timeout(30):
        await sent.wait()
        worker.stop()
        await running
    assert (await world.about(about)).attempt(1).sent_at is not None


async def test_a_stopped_worker_finishes_what_is_in_flight_and_claims_nothing_more(
    world: World, worker: Worker
) -> None:
    gate = Gate(world)
    running = asyncio.create_task(worker.run(30))
    first = (await world.ask()).authentication_id
    async with asyncio.timeout(30):
        await gate.arrived.wait()
        worker.stop()
        second = (await world.ask(NUMBERS[0])).authentication_id
        gate.opened.set()
        await running
    assert (await world.about(first)).attempt(1).sent_at is not None
    assert (await world.about(second)).attempt(1).sent_at is None
    assert len(await world.claim()) == 1


async def test_what_does_not_finish_in_time_is_left_to_its_lease(
    world: World, worker: Worker
) -> None:
    gate = Gate(world)
    running = asyncio.create_task(worker.run(0.01))
    about = (await world.ask()).authentication_id
    async with asyncio.timeout(30):
        await gate.arrived.wait()
        worker.stop()
        await running
    await asyncio.sleep(0)
    assert not worker._running
    assert (await world.about(about)).attempt(1).status is AttemptStatus.PENDING
    assert await world.claim() == []
    world.providers["one"].aside = None
    world.clock.advance(module.LEASE)
    await make(world, PrometheusTelemetry(), at_once=1).drain()
    assert (await world.about(about)).attempt(1).sent_at is not None


async def test_no_more_tasks_run_at_once_than_were_allowed(world: World) -> None:
    gate = Gate(world)
    worker = make(world, PrometheusTelemetry(), at_once=3)
    for number in NUMBERS:
        await world.ask(number)
    running = asyncio.create_task(worker.run(30))
    async with asyncio.timeout(30):
        await gate.arrived.wait()
        await until(lambda: gate.inside >= 3)
        gate.opened.set()
        await until(lambda: len(world.sent) == 8)
        worker.stop()
        await running
    assert gate.most == 3


async def test_a_task_that_fails_is_postponed_longer_each_time_and_told(
    world: World, worker: Worker, telemetry: PrometheusTelemetry
) -> None:
    world.providers["one"].script = [RuntimeError("a bug")] * 3
    about = (await world.ask()).authentication_id
    waits = []
    for _ in range(3):
        await worker.drain()
        due = await world.store.next_due()
        assert due is not None
        waits.append(due - world.clock.now())
        world.clock.time = due
    assert waits == [SECOND, 2 * SECOND, 4 * SECOND]
    await worker.drain()
    assert (await world.about(about)).attempt(1).sent_at is not None
    page = telemetry.page().decode()
    assert 'watchword_tasks_total{kind="send_attempt",outcome="failed"} 3.0' in page


async def test_a_task_that_fails_holds_up_no_other(world: World, worker: Worker) -> None:
    world.providers["one"].script = [RuntimeError("a bug")]
    for number in NUMBERS:
        await world.ask(number)
    await worker.drain()
    sent = [m.to.e164 for m in world.sent]
    assert sorted(sent) == NUMBERS
    assert len(await world.claim()) == 0
    world.clock.advance(SECOND)
    await worker.drain()
    assert len(world.sent) == 9


async def test_where_even_postponing_fails_the_lease_brings_the_task_back(
    world: World, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.ask()

    async def down(_: object) -> bool:
        raise StoreUnavailableError("locked")

    with monkeypatch.context() as patched:
        patched.setattr(world.store, "save", down)
        await worker.drain()
    assert await world.claim() == []
    world.clock.advance(LEASE)
    await worker.drain()
    assert [m.to.e164 for m in world.sent] == [PERSON] * 2


async def test_a_store_that_cannot_be_read_does_not_end_the_worker(
    world: World, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = 0
    next_due = world.store.next_due

    async def failing_once() -> int | None:
        nonlocal looks
        looks += 1
        if looks == 1:
            worker._bell.ring()
            raise StoreUnavailableError("locked")
        return await next_due()

    monkeypatch.setattr(world.store, "next_due", failing_once)
    monkeypatch.setattr(module, "LONGEST_SLEEP", 0.001)
    await world.ask()
    running = asyncio.create_task(worker.run(30))
    async with asyncio.timeout(30):
        await until(lambda: bool(world.sent))
        worker.stop()
        await running
    assert looks > 1


async def test_a_lease_outlasts_the_longest_hand_over_there_can_be(
    world: World, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert send_attempt.TIME_TO_SUBMIT * 1_000 * 10 <= module.LEASE
    monkeypatch.setattr(send_attempt, "TIME_TO_SUBMIT", 0.01)
    world.providers["one"].script = [HANG]
    about = (await world.ask()).authentication_id
    await worker.drain()
    assert (await world.about(about)).attempt(1).route == "second"
