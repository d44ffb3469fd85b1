"""W1: a process killed at any step loses nothing that was answered, and sends at most one message twice."""

import asyncio
import sys
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import aiohttp.web
import pytest
from server.tests.conftest import LEASE
from server.tests.faults.conftest import Found
from server.tests.processes import CUSTOMER, HEADERS, Process
from server.tests.reconciliation import Ledger, reconcile

FAULTY = (sys.executable, "-m", "server.tests.faults.program")
REQUESTS = 24
POINTS = [
    "create:before",
    "create:after",
    "claim:before",
    "claim:after",
    "send:before",
    "send:after",
    "record:before",
    "record:after",
    "callback:before",
    "callback:after",
    "callback-record:before",
    "callback-record:after",
]


class Endpoint:
    """A callback endpoint that counts what it is told."""

    def __init__(self) -> None:
        self.told: Counter[str] = Counter()
        self.about: dict[str, str] = {}
        self.heard = asyncio.Event()

    async def take(self, request: aiohttp.web.Request) -> aiohttp.web.Response:
        body = await request.json()
        self.told[request.headers["webhook-id"]] += 1
        self.about[request.headers["webhook-id"]] = body["auth_uuid"]
        self.heard.set()
        return aiohttp.web.Response()


@pytest.fixture
async def endpoint() -> AsyncIterator[tuple[Endpoint, str]]:
    made = Endpoint()
    app = aiohttp.web.Application()
    app.router.add_post("/", made.take)
    runner = aiohttp.web.AppRunner(app)
    await runner.setup()
    site = aiohttp.web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield made, f"http://127.0.0.1:{runner.addresses[0][1]}/"
    await runner.cleanup()


def start(
    database: Path | str,
    data_dir: Path,
    point: str = "none",
    number: int = 0,
    ahead: int = 0,
    at_once: int = 1,
) -> Process:
    return Process(
        point, str(number), str(ahead), "serve", "--port", "0",
        program=FAULTY,
        data_dir=data_dir,
        database_url=None if isinstance(database, Path) else database,
        tasks_at_once=str(at_once),
    )  # fmt: skip


async def create_many(url: str, callback_url: str, numbers: set[str]) -> dict[str, str]:
    """The authentications that were answered, with their numbers."""
    answered: dict[str, str] = {}

    async def create(session: aiohttp.ClientSession, number: str) -> None:
        body = {"phone_number": number, "callback_url": callback_url, "customer_uuid": CUSTOMER}
        try:
            async with session.post(f"{url}/v1/authentication", json=body) as answer:
                if answer.status == 200:
                    answered[(await answer.json())["authentication_uuid"]] = number
        except (aiohttp.ClientError, OSError):
            return

    async with aiohttp.ClientSession(headers=HEADERS) as session:
        await asyncio.gather(*(create(session, number) for number in numbers))
    return answered


@pytest.mark.parametrize("point", POINTS)
async def test_w1_kill_9_at_every_step_loses_nothing_and_doubles_at_most_one(
    database: Path | str, tmp_path: Path, endpoint: tuple[Endpoint, str], point: str, found: Found
) -> None:
    told, callback_url = endpoint
    process = await asyncio.to_thread(start(database, tmp_path, point, 5).ready)
    numbers = {f"+3361{n:05}10" for n in range(REQUESTS)}  # 10: nothing special in the sandbox
    answered = await create_many(process.url, callback_url, numbers)
    assert await asyncio.to_thread(process.wait) == -9

    again = await asyncio.to_thread(start(database, tmp_path, ahead=LEASE + 1_000).ready)
    answered |= await create_many(again.url, callback_url, numbers - set(answered.values()))
    async with asyncio.timeout(20):
        while len(told.told) < 3 * len(answered) or set(told.about.values()) < set(answered):
            told.heard.clear()
            await told.heard.wait()
    assert await asyncio.to_thread(again.stop) == 0

    ledger = Ledger()
    for authentication in answered:
        ledger.start(authentication, "pending")
    report = await asyncio.to_thread(reconcile, database, ledger)
    found(len(answered), report)
    assert len(answered) == REQUESTS
    assert report.lost == report.undelivered == report.unmarked == ()
    assert len(report.duplicates) <= 1
    assert sum(count - 1 for count in told.told.values()) <= 1
