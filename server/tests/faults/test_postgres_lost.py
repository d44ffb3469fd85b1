"""W6 and W7: the database goes away and comes back, a connection is cut, one of two processes is killed."""

import asyncio
import signal
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from server.tests.conftest import LEASE
from server.tests.faults.conftest import Found
from server.tests.faults.load import Load, session
from server.tests.faults.test_w1_killed import start
from server.tests.postgres import PostgresServer
from server.tests.processes import serve
from server.tests.reconciliation import reconcile


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    """A server of these tests' own, for they stop it."""
    made = PostgresServer()
    yield made
    made.close()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT], ids=["stopped", "crashed"])
async def test_w6_postgres_stops_and_returns_under_load_and_nothing_answered_is_lost(
    server: PostgresServer, tmp_path: Path, how: signal.Signals, found: Found
) -> None:
    database = server.new_database()
    process = await asyncio.to_thread(serve, tmp_path, database)
    async with session() as http:
        load = Load([process.url], http)
        running = asyncio.create_task(
            load.until(lambda: load.statuses[503] >= 20 and load.validated >= back)
        )
        back = 10**9
        await load.reach(lambda: load.validated >= 50)
        await asyncio.to_thread(server.stop, how)
        await load.reach(lambda: load.statuses[503] >= 20)
        assert (await load.get("/readyz"))[0] == 503
        assert (await load.get("/livez"))[0] == 200
        await asyncio.to_thread(server.start)
        back = load.validated + 50
        await running
        # Its clock is past the end of every lease, so nobody need wait for that.
        heir = await asyncio.to_thread(start(database, tmp_path, ahead=LEASE + 1_000).ready)
        await load.settle()
        assert await asyncio.to_thread(heir.stop) == 0
        report = await asyncio.to_thread(reconcile, database, load.ledger)
    assert process.alive
    assert await asyncio.to_thread(process.stop) == 0
    found(len(load.answered), report)
    assert report.lost == report.undelivered == report.unmarked == ()
    assert set(load.statuses) <= {200, 503}
    assert load.without_retry_after == 0
    assert load.wrong == []


def _is_at(load: Load, far: int) -> bool:
    return load.validated >= far


async def test_w6_connections_cut_under_load_lose_nothing_answered(
    server: PostgresServer, tmp_path: Path, found: Found
) -> None:
    database = server.new_database()
    process = await asyncio.to_thread(serve, tmp_path, database)
    cut = (
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
        "WHERE application_name = 'watchword'"
    )
    async with session() as http:
        load = Load([process.url], http)
        wanted = 300
        running = asyncio.create_task(load.until(lambda: load.validated >= wanted))
        for far in range(40, 240, 40):
            await load.reach(partial(_is_at, load, far))
            assert int(await asyncio.to_thread(server.psql, cut)) >= 1
        await running
        heir = await asyncio.to_thread(start(database, tmp_path, ahead=LEASE + 1_000).ready)
        await load.settle()
        assert await asyncio.to_thread(heir.stop) == 0
        report = await asyncio.to_thread(reconcile, database, load.ledger)
    assert await asyncio.to_thread(process.stop) == 0
    found(len(load.answered), report)
    assert report.lost == report.undelivered == report.unmarked == ()
    assert set(load.statuses) <= {200, 503}
    assert load.without_retry_after == 0
    assert load.wrong == []


async def test_w7_of_two_processes_one_is_killed_and_its_leases_are_taken_over(
    server: PostgresServer, tmp_path: Path, found: Found
) -> None:
    database = server.new_database()
    doomed = await asyncio.to_thread(start(database, tmp_path, at_once=4).ready)
    other = await asyncio.to_thread(start(database, tmp_path, at_once=4).ready)
    async with session() as http:
        load = Load([doomed.url, other.url], http)
        running = asyncio.create_task(load.until(lambda: load.validated >= wanted))
        wanted = 200
        await load.reach(lambda: load.validated >= 50)
        await asyncio.to_thread(doomed.kill)
        await running
        # Its clock is past the end of the dead one's leases, so nobody need wait for that.
        heir = await asyncio.to_thread(start(database, tmp_path, ahead=LEASE + 1_000).ready)
        load.urls = [other.url, heir.url]
        await load.settle()
        report = await asyncio.to_thread(reconcile, database, load.ledger)
    for process in (other, heir):
        assert await asyncio.to_thread(process.stop) == 0
    found(len(load.answered), report)
    assert report.lost == report.undelivered == report.unmarked == ()
    assert len(report.duplicates) <= 4
    assert load.wrong == []
