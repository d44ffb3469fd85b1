"""The promises about work: a request sent twice is done once, and a stop loses nothing."""

import asyncio
import os
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import aiohttp
import httpx2
import pytest
from server.tests.conftest import DAY, ManualClock

from watchword.testing import RunningService, running_service
from watchword_client.testing import Inbox

CUSTOMER = "0198c0de-0000-7000-8000-000000000001"
KEY = "a-key-of-more-than-16-characters"


@pytest.fixture(scope="module")
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture(scope="module")
def service(clock: ManualClock) -> Iterator[RunningService]:
    with running_service(clock=clock, log_level="error") as running:
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


def start_process(data_dir: Path) -> tuple[subprocess.Popen[str], str]:
    """`watchword serve` in a process of its own, and where it listens."""
    process = subprocess.Popen(
        [sys.executable, "-m", "watchword", "serve", "--port", "0", "--data-dir", str(data_dir)],
        env={
            **os.environ,
            "WATCHWORD_BOOTSTRAP_CUSTOMER_UUID": CUSTOMER,
            "WATCHWORD_BOOTSTRAP_API_KEY": KEY,
            "PYTHONUNBUFFERED": "1",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    for line in process.stdout:
        found = re.search(r"http://127\.0\.0\.1:\d+", line)
        if found:
            return process, found[0]
    raise AssertionError(f"it did not start: {process.wait()}")


async def test_w9_a_stop_finishes_what_is_in_flight_and_exits_0(tmp_path: Path) -> None:
    process, url = await asyncio.to_thread(start_process, tmp_path)
    headers = {"x-api-key": KEY, "customer-uuid": CUSTOMER}
    async with aiohttp.ClientSession(headers=headers) as session:
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
        process.send_signal(signal.SIGTERM)
        for outcome in await asyncio.gather(*flying, return_exceptions=True):
            if isinstance(outcome, aiohttp.ClientResponse):
                answered.append((await outcome.json())["authentication_uuid"])
            else:
                assert isinstance(outcome, aiohttp.ClientError | OSError)
        inbox = await waiting
        assert await inbox.json() == {"messages": []}
    code = await asyncio.to_thread(process.wait, 30)
    assert process.stdout is not None
    process.stdout.close()
    assert code == 0
    assert len(answered) >= len(done) > 0

    with sqlite3.connect(tmp_path / "watchword.db") as database:
        kept = {
            str(UUID(bytes=row[0])) for row in database.execute("SELECT id FROM authentications")
        }
        half_done = database.execute("SELECT COUNT(*) FROM tasks WHERE tries > 0").fetchone()[0]
    database.close()
    assert set(answered) <= kept
    assert half_done == 0
