"""Scenarios: what is done to hosts under load; each is run by test_several_hosts in a network of its own."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from server.tests.conftest import LEASE
from server.tests.faults.conftest import Found
from server.tests.faults.load import Load
from server.tests.hosts.cluster import Cluster, session
from server.tests.reconciliation import Report, reconcile

CLEAN = Report(lost=(), undelivered=(), duplicates=(), unmarked=())
HELD = """
    SELECT count(*) FROM tasks
    WHERE tries > 0 AND work::json ->> 'type' = 'send_attempt'
    AND due_at > extract(epoch FROM now()) * 1000
"""
WAITING = (
    "SELECT count(*) FROM pg_stat_activity WHERE client_addr = '{}' AND wait_event_type = 'Lock'"
)


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    made = Cluster(tmp_path)
    yield made
    made.close()


async def test_w7_an_api_host_is_killed_under_load(cluster: Cluster, found: Found) -> None:
    await asyncio.to_thread(cluster.worker, "worker")
    async with session() as http:
        load = cluster.load(http)
        running = asyncio.create_task(load.until(lambda: load.validated >= 300))
        await load.reach(lambda: load.validated >= 100)
        await asyncio.to_thread(cluster.apis[0].kill)
        await running
        report = await reconciled(cluster, load, found)
    assert report == CLEAN
    assert load.urls == [cluster.apis[1].url]
    assert load.wrong == []
    assert set(load.statuses) == {0, 200}


async def test_w7_an_api_host_is_cut_off_in_the_middle_of_its_transactions(
    cluster: Cluster, found: Found
) -> None:
    host = cluster.api_hosts[0]
    await asyncio.to_thread(cluster.worker, "worker")
    async with session() as http:
        load = cluster.load(http)
        running = asyncio.create_task(load.until(lambda: load.validated >= 200))
        await load.reach(lambda: load.validated >= 100)
        # It waits for what every create writes to, gets it, and cannot be told so any more.
        async with cluster.locked("counters"):
            await until(lambda: int(cluster.asked(WAITING.format(host.address))) >= 1)
            await asyncio.to_thread(host.cut_off)
        await running
        report = await reconciled(cluster, load, found)
    assert report == CLEAN
    assert load.urls == [cluster.apis[1].url]
    assert load.wrong == []
    assert load.without_retry_after == 0
    assert set(load.statuses) <= {0, 200, 503}


async def test_w7_a_worker_host_is_cut_off_and_another_takes_its_tasks_over(
    cluster: Cluster, found: Found
) -> None:
    host = await asyncio.to_thread(cluster.worker, "worker")
    async with session() as http:
        load = cluster.load(http)
        running = asyncio.create_task(load.until(lambda: load.validated >= 200))
        await load.reach(lambda: load.validated >= 100)
        # Messages cannot be written, so the worker comes to hold what it has claimed.
        async with cluster.locked("inbox"):
            await until(lambda: int(cluster.asked(WAITING.format(host.address))) >= 1)
            await asyncio.to_thread(host.cut_off)
            held = int(await asyncio.to_thread(cluster.asked, HELD))
        # Its clock is past the end of the other's leases, so nobody need wait for that.
        await asyncio.to_thread(cluster.worker, "heir", LEASE + 1_000)
        await running
        report = await reconciled(cluster, load, found)
    assert held >= 1
    assert report.lost == report.undelivered == report.unmarked == ()
    assert len(report.duplicates) <= held
    assert load.wrong == []
    # What it had locked when it was cut off stays so for seconds, as long as the API may wait.
    assert load.without_retry_after == 0
    assert set(load.statuses) <= {200, 503}


async def test_w7_the_database_host_is_cut_off_and_comes_back(
    cluster: Cluster, found: Found
) -> None:
    await asyncio.to_thread(cluster.worker, "worker")
    async with session() as http:
        load = cluster.load(http)
        wanted = 10**9
        running = asyncio.create_task(load.until(lambda: load.validated >= wanted))
        await load.reach(lambda: load.validated >= 100)
        await asyncio.to_thread(cluster.database_host.cut_off)
        await load.reach(lambda: load.statuses[503] >= 10)
        await asyncio.to_thread(cluster.database_host.plug_in)
        wanted = load.validated + 100
        await running
        report = await reconciled(cluster, load, found)
    assert all(process.alive for process in cluster.processes)
    assert report.lost == report.undelivered == report.unmarked == ()
    assert load.wrong == []
    assert load.without_retry_after == 0
    assert set(load.statuses) == {200, 503}


async def until(condition: Callable[[], bool]) -> None:
    """Look at the database until it is so."""
    async with asyncio.timeout(20):
        while not await asyncio.to_thread(condition):
            pass


async def reconciled(cluster: Cluster, load: Load, found: Found) -> Report:
    """What does not agree once everything that was promised is sent; noted."""
    await load.settle()
    report = await asyncio.to_thread(reconcile, cluster.database, load.ledger)
    found(len(load.answered), report)
    return report
