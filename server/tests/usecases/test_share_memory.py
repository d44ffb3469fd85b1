"""What one process sees, all others know within a second, and a restart forgets nothing."""

import pytest
from msgspec.structs import replace
from server.tests.conftest import MINUTE, NO_LIMITS, SECOND, World

from watchword.adapters.numbering.libphonenumber import LibPhoneNumber
from watchword.domain.channel import Channel
from watchword.domain.check import CheckStatus
from watchword.domain.project import ProjectSettings, RoutingPolicy
from watchword.domain.routing.choice import Policy
from watchword.domain.routing.credence import Word
from watchword.domain.routing.experience import Estimate
from watchword.domain.routing.route import Route
from watchword.domain.routing.sightings import Answered, Reported, Sent
from watchword.domain.routing.way import Place, Way
from watchword.domain.screening.learning.asking import Asking
from watchword.domain.sighting import Asked
from watchword.usecases.memory import Memory, way_over
from watchword.usecases.share_memory import KEEP_EVERY, ShareMemory

SMS = Route(name="sms", account="one", channel=Channel.SMS, price=250_000)


class Process:
    """One process's memory over the shared store."""

    def __init__(self, world: World) -> None:
        self.memory = Memory(world.clock, LibPhoneNumber(), world.keyring.digest_key())
        self.share = ShareMemory(world.store, self.memory, world.clock)


@pytest.fixture
async def processes(world: World) -> tuple[Process, Process]:
    here, there = Process(world), Process(world)
    await here.share.begin()
    await there.share.begin()
    return here, there


def asking(world: World, number: int, **known: object) -> Asking:
    given = Asking(
        at=world.clock.now(),
        project="p",
        block=f"99890{number // 10:06}",
        person=f"person-{number}",
        price=0.25,
        country="UZ",
        carrier="uza",
    )
    return replace(given, **known)


def live_through(world: World, memory: Memory, count: int, *, answered: bool) -> None:
    """So many codes are sent, reported as delivered, and answered or not."""
    for index in range(count):
        name = f"{'good' if answered else 'bad'}-{world.clock.now()}"
        number = index * 7_919 if answered else 500_000 + index * 3
        one = asking(world, number)
        way = way_over("one", Channel.SMS)
        at = world.clock.now()
        memory.see(
            Asked(name, one, refused=False),
            Sent(f"{name}/1", way, Place("UZ", "uza"), at, teaches=answered),
            Reported(f"{name}/1", Word.DELIVERED, at + 4 * SECOND),
        )
        world.clock.advance(20 * SECOND)
        if answered:
            memory.see(Answered(f"{name}/1", world.clock.now()))
        world.clock.advance(MINUTE)


def estimate(memory: Memory, way: Way, place: Place, now: int) -> Estimate:
    """What a process expects of a way."""
    ((_, candidate),) = memory.learning.order(
        [(way, 250_000)], place, Policy.BALANCED, 1_000_000, 0.5, now
    )
    return candidate.estimate


async def test_what_one_process_sees_another_judges_by(
    world: World, processes: tuple[Process, Process]
) -> None:
    here, there = processes
    live_through(world, here.memory, 8, answered=True)
    live_through(world, here.memory, 12, answered=False)
    await here.share()
    await there.share()
    world.clock.advance(3 * MINUTE)
    suspect = asking(world, 500_100)
    seen, heard = here.memory.ledger.judge(suspect), there.memory.ledger.judge(suspect)
    assert seen.suspicious
    assert heard.points == pytest.approx(seen.points)


async def test_news_are_heard_once(world: World, processes: tuple[Process, Process]) -> None:
    here, there = processes
    live_through(world, here.memory, 8, answered=True)
    for _ in range(3):
        await here.share()
        await there.share()
    place, way = Place("UZ", "uza"), way_over("one", Channel.SMS)
    now = world.clock.now()
    ours = estimate(here.memory, way, place, now)
    theirs = estimate(there.memory, way, place, now)
    assert theirs == ours


async def test_a_restart_begins_where_the_last_one_ended(
    world: World, processes: tuple[Process, Process]
) -> None:
    here, _ = processes
    live_through(world, here.memory, 30, answered=True)
    live_through(world, here.memory, 12, answered=False)
    world.clock.advance(KEEP_EVERY)
    await here.share()
    live_through(world, here.memory, 3, answered=False)
    await here.share()
    world.clock.advance(3 * MINUTE)
    started = Process(world)
    await started.share.begin()
    suspect = asking(world, 500_100)
    before, after = here.memory.ledger.judge(suspect), started.memory.ledger.judge(suspect)
    assert before.suspicious
    assert after.points == pytest.approx(before.points, abs=0.05)
    place, way, now = Place("UZ", "uza"), way_over("one", Channel.SMS), world.clock.now()
    kept = estimate(started.memory, way, place, now)
    assert kept.answered == pytest.approx(estimate(here.memory, way, place, now).answered, abs=0.01)


async def test_everything_is_kept_by_one_process_at_a_time(
    world: World, processes: tuple[Process, Process]
) -> None:
    here, there = processes
    live_through(world, here.memory, 8, answered=True)
    world.clock.advance(KEEP_EVERY)
    await here.share()
    kept = await world.store.memory()
    world.clock.advance(SECOND)
    await there.share()
    again = await world.store.memory()
    assert kept is not None
    assert again is not None
    assert again[0] == kept[0]
    world.clock.advance(KEEP_EVERY)
    await there.share()
    newest = await world.store.memory()
    assert newest is not None
    assert newest[0] > kept[0]


async def test_what_another_version_kept_does_not_stop_a_start(world: World) -> None:
    await world.store.keep_memory(world.clock.now(), 0, b"L\xc1not what this version writes")
    started = Process(world)
    await started.share.begin()
    assert started.memory.entries()["tallies"] == 0


async def test_real_requests_teach_through_the_whole_service(world: World) -> None:
    settings = ProjectSettings(routes=(SMS,), limits=NO_LIMITS, routing=RoutingPolicy.BALANCED)
    await world.put(replace(world.project, settings=settings))
    share = ShareMemory(world.store, world.memory, world.clock)
    await share.begin()
    authentication_id = await world.pending("+33612345678")
    world.clock.advance(20 * SECOND)
    code = await world.code(authentication_id)
    assert await world.check(authentication_id, code) is CheckStatus.VALID
    await share()
    started = Process(world)
    await started.share.begin()
    way, now = way_over("one", Channel.SMS), world.clock.now()
    assert estimate(started.memory, way, Place("FR", ""), now).seen > 0.9
