"""The promises about work: a request sent twice is done once, and a stop loses nothing."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import aiohttp
import httpx2
import pytest
from server.tests.conftest import DAY, ManualClock, looked_up
from server.tests.processes import HEADERS, serve

from watchword.adapters.store.opening import open_store
from watchword.testing import RunningService, running_service
from watchword_client.testing import Inbox


@pytest.fixture(scope="module")
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture(scope="module")
def service(clock: ManualClock, database_url: str | None) -> Iterator[RunningService]:
    with running_service(database_url=database_url, clock=clock, log_level="error") as running:
        yield running


@pytest.fixture
def http(service: RunningService) -> Iterator[httpx2.Client]:
    headers = {"x-api-key": service.api_key, "customer-uuid": service.customer_uuid}
    with httpx2.Client(base_url=service.server_url, headers=headers, timeout=30) as client:
        yield client


def create(http: httpx2.Client, key: str, number: str) -> httpx2.Response:
    return http.post(
        "authentication", json={"phone_number": number}, headers={"idempotency-key": key}
    )


async def test_w3_fifty_parallel_equal_posts_make_one_send(service: RunningService) -> None:
    number = "+33613000001"
    headers = {
        "x-api-key": service.api_key,
        "customer-uuid": service.customer_uuid,
        "idempotency-key": "fifty",
    }

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def post() -> str:
            answer = await session.post(
                f"{service.server_url}/authentication",
                json={"phone_number": number},
                headers=headers,
            )
            assert answer.status == 200
            return await answer.text()

        answers = await asyncio.gather(*(post() for _ in range(50)))
    assert len(set(answers)) == 1
    with Inbox(service.server_url, service.api_key) as inbox:
        await asyncio.to_thread(inbox.wait_for_code, number)
        assert len(inbox.messages(number)) == 1


def test_w3_the_same_key_with_another_body_is_a_conflict(http: httpx2.Client) -> None:
    assert create(http, "conflict", "+33613000002").status_code == 200
    other = create(http, "conflict", "+33613000003")
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")


def test_w3_an_answer_is_kept_for_24_hours(http: httpx2.Client, clock: ManualClock) -> None:
    first = create(http, "kept", "+33613000004").json()
    clock.time += DAY - 1
    assert create(http, "kept", "+33613000004").json() == first
    clock.time += 1
    again = create(http, "kept", "+33613000004").json()
    assert again["authentication_uuid"] != first["authentication_uuid"]


def test_w3_a_retry_sent_twice_under_one_key_sends_one_message(
    service: RunningService, http: httpx2.Client, clock: ManualClock
) -> None:
    number = "+33613000005"
    started = http.post("authentication", json={"phone_number": number}).json()
    with Inbox(service.server_url, service.api_key) as inbox:
        inbox.wait_for_code(number)
        clock.time += 30_000
        body = {"authentication_uuid": started["authentication_uuid"]}
        answers = [
            http.post("retry", json=body, headers={"idempotency-key": "retry"}).json()
            for _ in range(3)
        ]
        assert answers[0]["status"] == "approved"
        assert answers[1:] == answers[:1] * 2
        inbox.wait_for_code(number, attempt_number=2)
        assert len(inbox.messages(number)) == 2


async def test_w9_a_stop_finishes_what_is_in_flight_and_exits_0(
    database: Path | str, tmp_path: Path
) -> None:
    address = None if isinstance(database, Path) else database
    process = await asyncio.to_thread(serve, tmp_path, address)
    url = process.url
    async with aiohttp.ClientSession(headers=HEADERS) as session:
        # A long poll that would last thirty seconds, as an open page would.
        waiting = asyncio.create_task(
            session.get(f"{url}/v1/sandbox/messages?to=%2B33699999999&wait=30")
        )
        flying = [
            asyncio.create_task(
                session.post(f"{url}/v1/authentication", json={"phone_number": f"+336140{n:05}"})
            )
            for n in range(200)
        ]
        answered = []
        done, _ = await asyncio.wait(flying, return_when=asyncio.FIRST_COMPLETED)
        process.process.terminate()
        for outcome in await asyncio.gather(*flying, return_exceptions=True):
            if isinstance(outcome, aiohttp.ClientResponse):
                answered.append((await outcome.json())["authentication_uuid"])
            else:
                assert isinstance(outcome, aiohttp.ClientError | OSError)
        inbox = await waiting
        assert await inbox.json() == {"messages": []}
    assert await asyncio.to_thread(process.wait) == 0
    assert len(answered) >= len(done) > 0
    store = await open_store(database)
    for authentication in answered:
        assert await store.authentication(UUID(authentication)) is not None
    await store.close()
    assert looked_up(database, "SELECT COUNT(*) FROM tasks WHERE tries > 0") == "0"
