"""A store that cannot write says so, leaves nothing behind, and recovers by itself."""

import asyncio
from pathlib import Path
from uuid import UUID

import pytest
from msgspec.structs import replace
from server.tests.contract.conftest import (
    POSTGRES,
    SQLITE,
    Keeper,
    Maker,
    PostgresMaker,
    SqliteMaker,
    Values,
)

from watchword.adapters.store.postgres import PostgresEngine
from watchword.adapters.store.store import EngineStore
from watchword.domain.event import Event, Expired
from watchword.ports.store import Change, StoreUnavailableError

on_sqlite = pytest.mark.parametrize("maker", SQLITE, indirect=True, ids=lambda maker: maker.name)


def bulky(values: Values, number: int, size: int) -> Change:
    """A change whose authentication takes about `size` bytes."""
    about = replace(values.authentication(f"+33611{number:06}"), correlation_id="x" * size)
    return values.change(about)


async def test_a_full_disk_refuses_writes_whole_and_is_got_over(
    maker: Maker, store: Keeper, values: Values, tmp_path: Path
) -> None:
    assert await store.save(bulky(values, 0, 10))
    before = maker.dump(tmp_path)
    with maker.full_disk(tmp_path, store):
        for number in range(1, 4):
            with pytest.raises(StoreUnavailableError):
                await store.save(bulky(values, number, 500_000))
            assert maker.dump(tmp_path) == before
        about = await store.authentication(UUID(bytes=before["authentications"][0][0]))
        assert about is not None
    assert await store.save(bulky(values, 1, 500_000))
    assert len(maker.dump(tmp_path)["authentications"]) == 2


async def test_of_a_batch_on_a_full_disk_what_was_declined_was_not_written(
    maker: Maker, store: Keeper, values: Values, tmp_path: Path
) -> None:
    assert await store.save(bulky(values, 0, 10))
    sizes = [10, 10, 500_000, 10, 500_000, 10]
    changes = [bulky(values, number, size) for number, size in enumerate(sizes, start=1)]
    with maker.full_disk(tmp_path, store):
        outcomes = await asyncio.gather(*map(store.save, changes), return_exceptions=True)
    assert any(isinstance(outcome, StoreUnavailableError) for outcome in outcomes)
    for change, outcome in zip(changes, outcomes, strict=True):
        assert change.authentication is not None
        found = await store.authentication(change.authentication.id)
        assert (found is not None) == (outcome is True)
    assert await store.save(bulky(values, 50, 10))


async def test_a_store_locked_by_another_for_too_long_is_unavailable_and_recovers(
    maker: Maker, store: Keeper, values: Values, tmp_path: Path
) -> None:
    first = values.change()
    assert await store.save(first)
    change = values.change(values.authentication("+33611111111"))
    async with maker.locked(tmp_path, store):
        with pytest.raises(StoreUnavailableError):
            await store.save(change)
        with pytest.raises(StoreUnavailableError):
            await store.claim(0, 1, 1)
        assert first.authentication is not None
        assert await store.authentication(first.authentication.id) is not None
    assert await store.save(change)


async def test_above_the_queue_limit_writes_are_declined_at_once(
    maker: Maker, values: Values, tmp_path: Path
) -> None:
    store = await maker.open(tmp_path, queue_limit=5)
    try:
        changes = [values.change(values.authentication(f"+336{n}")) for n in range(8)]
        outcomes = await asyncio.gather(*map(store.save, changes), return_exceptions=True)
        assert outcomes[:5] == [True] * 5
        assert all(isinstance(outcome, StoreUnavailableError) for outcome in outcomes[5:])
        assert await store.save(changes[7])
    finally:
        await store.close()


@on_sqlite
async def test_w2_a_strict_answer_waits_for_the_disk_and_a_normal_one_does_not(
    maker: SqliteMaker, store: Keeper, values: Values
) -> None:
    change = values.change()
    assert change.authentication is not None
    with maker.held_syncs(store) as release:
        saving = asyncio.create_task(store.save(change))
        relaxed = replace(values.change(values.authentication("+33611111111")), relaxed=True)
        assert await store.save(relaxed)  # in the same batch or a later one, and answered
        assert await store.authentication(change.authentication.id) is not None
        await asyncio.sleep(0)
        assert saving.done() is not maker.strict
        release()
        assert await saving


@on_sqlite
async def test_w2_a_failed_sync_is_told_to_those_who_waited_for_it(
    maker: Maker, store: Keeper, values: Values, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not maker.strict:
        assert await store.save(values.change())
        return

    def failing(_: object) -> None:
        raise OSError("the disk is gone")

    with monkeypatch.context() as patched:
        patched.setattr("os.fdatasync", failing)
        with pytest.raises(StoreUnavailableError):
            await store.save(values.change())
    assert await store.save(values.change(values.authentication("+33611111111")))


async def test_the_write_of_a_caller_who_went_away_stands(
    maker: Maker, values: Values, tmp_path: Path
) -> None:
    store = await maker.open(tmp_path)
    change = values.change()
    saving = asyncio.create_task(store.save(change))
    await asyncio.sleep(0)
    saving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await saving
    assert await store.save(values.change(values.authentication("+33611111111")))
    await store.close()
    assert len(maker.dump(tmp_path)["authentications"]) == 2


async def test_closing_finishes_what_was_gathered(
    maker: Maker, values: Values, tmp_path: Path
) -> None:
    store = await maker.open(tmp_path)
    changes = [values.change(values.authentication(f"+336{n}")) for n in range(20)]
    saving = [asyncio.create_task(store.save(change)) for change in changes]
    await asyncio.sleep(0)
    await store.close()
    assert await asyncio.gather(*saving) == [True] * 20
    assert len(maker.dump(tmp_path)["authentications"]) == 20


async def test_w2_what_was_answered_is_there_after_reopening(
    maker: Maker, values: Values, tmp_path: Path
) -> None:
    store = await maker.open(tmp_path)
    about = values.authentication()
    events = (Event(1, 5, Expired()),)
    assert await store.save(values.change(about, events=events))
    await store.put_project(values.project())
    await store.close()
    again = await maker.open(tmp_path)
    timeline = await again.timeline(about.id)
    assert timeline is not None
    assert timeline.authentication == replace(about, version=1)
    assert timeline.events == events
    assert await again.projects() == [values.project()]
    await again.close()


async def test_two_keepers_of_one_database_see_each_others_writes(
    maker: Maker, store: Keeper, values: Values, tmp_path: Path
) -> None:
    other = await maker.open(tmp_path)
    try:
        change = values.change()
        assert change.authentication is not None
        assert await store.save(change)
        assert await other.authentication(change.authentication.id) is not None
        assert await other.save(change) is False
        claims = await asyncio.gather(store.claim(10**14, 1, 9), other.claim(10**14, 1, 9))
        assert sorted(map(len, claims)) == [0, 1]
    finally:
        await other.close()


@pytest.mark.parametrize("maker", POSTGRES, indirect=True, ids=lambda maker: maker.name)
async def test_w2_postgres_is_asked_to_wait_for_the_disk_where_a_strict_answer_is_given(
    maker: PostgresMaker, tmp_path: Path
) -> None:
    store = await maker.open(tmp_path)
    assert isinstance(store, EngineStore)
    assert isinstance(store._engine, PostgresEngine)
    connection = await store._engine._connect()
    found = await connection.fetchval("SHOW synchronous_commit")
    await connection.close()
    assert found == ("on" if maker.strict else "off")
    await store.close()
