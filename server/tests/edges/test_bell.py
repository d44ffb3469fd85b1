"""A bell wakes whoever waits, and once stopped lets nobody wait."""

import asyncio

from watchword.edges.http.bell import Bell

LONG = 3_600.0


async def waiting(bell: Bell, count: int = 1) -> list[asyncio.Task[None]]:
    tasks = [asyncio.create_task(bell.wait(LONG)) for _ in range(count)]
    await asyncio.sleep(0)
    return tasks


async def test_a_ring_wakes_all_that_wait() -> None:
    bell = Bell()
    tasks = await waiting(bell, 5)
    bell.ring()
    await asyncio.gather(*tasks)
    assert not bell.stopped


async def test_a_ring_is_not_kept_for_those_who_come_later() -> None:
    bell = Bell()
    bell.ring()
    (late,) = await waiting(bell)
    assert not late.done()
    bell.ring()
    await late


async def test_stopping_wakes_all_and_lets_nobody_wait_again() -> None:
    bell = Bell()
    tasks = await waiting(bell, 3)
    bell.stop()
    await asyncio.gather(*tasks)
    await bell.wait(LONG)
    assert bell.stopped


async def test_a_wait_ends_by_itself_and_leaves_nothing_behind() -> None:
    bell = Bell()
    await bell.wait(0)
    assert not bell._waiting


async def test_one_who_went_away_is_not_rung_for() -> None:
    bell = Bell()
    gone, here = await waiting(bell, 2)
    gone.cancel()
    bell.ring()
    await here
    await asyncio.wait([gone])
    assert not bell._waiting


async def test_a_ring_during_a_look_is_not_lost() -> None:
    bell = Bell()
    heard = bell.rings
    bell.ring()
    async with asyncio.timeout(LONG / 2):
        await bell.wait(LONG, heard)
