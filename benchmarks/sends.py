"""Sends: how many messages a second the worker hands over, and how soon after the answer one goes.

uv run python -m benchmarks.sends
"""

import argparse
import asyncio
import contextlib
import os
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, MutableMapping
from pathlib import Path
from typing import Any, cast

from msgspec.structs import replace
from server.tests.postgres import free_port

from benchmarks.history import NO_LIMITS, created, number_of
from benchmarks.variants import program
from watchword.adapters.logging import configure_logging
from watchword.adapters.providers.signatures import hmac_base64
from watchword.app import Watchword, open_watchword
from watchword.domain.channel import Channel
from watchword.domain.project import Mode, Project, ProjectSettings
from watchword.domain.routing.route import Route
from watchword.server import run
from watchword.settings import load_settings

CENTRE = (
    Path(__file__).parent.parent / "server" / "tests" / "providers" / "smpp" / "smpp34_centre.py"
)
TOKEN = "a-token-of-nobody"
AT_ONCE = 64
# Numbers end in 0: to the message centre the last digit says what becomes of a message.
OK = 200
ANSWER = b"HTTP/1.1 201 Created\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%b"


class Stub(asyncio.Protocol):
    """A provider that takes every message at once, and says when it did."""

    taken = 0

    def __init__(self) -> None:
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is none by its class

    def data_received(self, data: bytes) -> None:
        self._received += data
        while True:
            head, end, rest = self._received.partition(b"\r\n\r\n")
            length = next(
                (
                    int(line[15:])
                    for line in head.split(b"\r\n")
                    if line[:15].lower() == b"content-length:"
                ),
                0,
            )
            if not end or len(rest) < length:
                return
            self._received = rest[length:]
            Stub.taken += 1
            body = b'{"sid":"SM%d","at":%d}' % (Stub.taken, time.monotonic_ns())
            self._transport.write(ANSWER % (len(body), body))


async def serve_stub(port: int) -> None:
    """Take messages until the process is ended."""
    server = await asyncio.get_running_loop().create_server(Stub, "127.0.0.1", port)
    await server.serve_forever()


def listening(port: int) -> None:
    """Wait until somebody listens."""
    for _ in range(1_000):
        with socket.socket() as asking:
            if asking.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise RuntimeError("nobody listens")


@contextlib.contextmanager
def stub(cores: str) -> Iterator[str]:
    """The stub as a process of its own."""
    port = free_port()
    with program([sys.executable, "-m", "benchmarks.sends", "--serve", str(port)], cores):
        listening(port)
        yield f"http://127.0.0.1:{port}"


@contextlib.asynccontextmanager
async def service(
    account: str, kind: str, credentials: dict[str, str]
) -> AsyncIterator[tuple[Watchword, Project]]:
    """A service with one route over one account."""
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings(
            {}, data_dir=Path(folder), log_level="error", public_url="https://verify.example"
        )
        async with open_watchword(settings) as watchword:
            if kind != "sandbox":
                await watchword.manage_provider_accounts.put(account, kind, credentials)
            route = Route(name="route", account=account, channel=Channel.SMS, sender_id="Acme")
            project = await watchword.manage_projects.create("sends", Mode.LIVE)
            chosen = ProjectSettings(limits=NO_LIMITS, routes=(route,))
            project = replace(project, settings=chosen)
            await watchword.store.put_project(project)
            await watchword.directory.refresh()
            await watchword.accounts.refresh()
            yield watchword, project


async def rate(account: str, kind: str, credentials: dict[str, str], messages: int) -> float:
    """Messages a second that the worker hands over and records, everything else at rest."""
    async with service(account, kind, credentials) as (watchword, project):
        abouts = []
        for n in range(0, messages, AT_ONCE):
            abouts += await created(
                watchword, project, [number_of(10 * (n + i)) for i in range(AT_ONCE)]
            )
        working = asyncio.create_task(watchword.worker.run(5))
        await asyncio.sleep(0 if kind == "sandbox" else 0.5)
        now = int(time.time() * 1000)
        left = await watchword.store.due(now, 10**6)
        began = time.perf_counter()
        while await watchword.store.due(now, 10**6):  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0.05)
        seconds = time.perf_counter() - began
        watchword.worker.stop()
        await working
        for sample in (abouts[0], abouts[-1]):
            about = await watchword.store.authentication(sample)
            assert about is not None
            assert about.attempts[0].sent_at is not None, "it was not handed over"
    return left / seconds


async def delays(url: str, messages: int) -> list[float]:
    """Milliseconds from the answer of a create until its message was taken, with nothing else to do."""
    async with service("stub", "twilio", account_at(url)) as (watchword, project):
        working = asyncio.create_task(watchword.worker.run(5))
        provider = watchword.accounts.account("stub")
        assert provider is not None
        taken: asyncio.Queue[float] = asyncio.Queue()
        sent = provider.send

        async def send(message: object) -> object:
            outcome = await sent(message)  # type: ignore[arg-type] # passed on as it is
            taken.put_nowait(time.perf_counter())
            return outcome

        provider.send = send  # type: ignore[method-assign,assignment] # to look at the clock
        found = []
        for n in range(messages):
            await created(watchword, project, [number_of(10 * n)])
            answered = time.perf_counter()
            found.append((await taken.get() - answered) * 1000)
            await asyncio.sleep(0.01)
        watchword.worker.stop()
        await working
    return found


async def receipts(url: str, messages: int) -> float:
    """Signed receipts a second that are verified, matched and recorded, 64 at once."""
    async with service("stub", "twilio", account_at(url)) as (watchword, project):
        abouts = []
        for n in range(0, messages, AT_ONCE):
            abouts += await created(
                watchword, project, [number_of(10 * (n + i)) for i in range(AT_ONCE)]
            )
        await watchword.worker.drain()
        found = [await watchword.store.authentication(about) for about in abouts]
        sids = [about.attempts[0].provider_message_id or "" for about in found if about]

        async def take(sid: str) -> None:
            assert await _posted(watchword, sid) == OK

        began = time.process_time()
        for n in range(0, len(sids), AT_ONCE):
            await asyncio.gather(*map(take, sids[n : n + AT_ONCE]))
        spent = time.process_time() - began
        after = await watchword.store.authentication(abouts[-1])
        assert after is not None
        assert after.attempts[0].delivery_status == "delivered"
        return len(sids) / spent


async def _posted(watchword: Watchword, sid: str) -> int:
    """Post the receipt of a message as Twilio does, past the server; the status it is answered with."""
    body = f"MessageSid={sid}&MessageStatus=delivered".encode()
    signed = f"https://verify.example/receipts/stubMessageSid{sid}MessageStatusdelivered".encode()
    answered: list[MutableMapping[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        answered.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/receipts/stub",
        "raw_path": b"/receipts/stub",
        "query_string": b"",
        "headers": [
            (b"content-type", b"application/x-www-form-urlencoded"),
            (b"x-twilio-signature", hmac_base64(TOKEN, signed, "sha1").encode()),
        ],
    }
    await watchword.http(scope, receive, send)
    return int(answered[0]["status"])


def account_at(url: str) -> dict[str, str]:
    """Credentials of an account at the stub."""
    return {"account_sid": "AC" + "0" * 32, "auth_token": TOKEN, "base_url": url}


def main(messages: int) -> None:
    """Measure all of it, the service on the last core and its counterparts on the first."""
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {cores[-1]})
    other = str(cores[0])
    print(f"P7  sandbox: {run(rate('sandbox', 'sandbox', {}, messages)):,.0f} tasks/s")
    with stub(other) as url:
        print(
            f"P7  HTTP: {run(rate('stub', 'twilio', account_at(url), messages)):,.0f} sends/s (wanted 1,000)"
        )
        waits = sorted(run(delays(url, 300)))
        p99 = waits[int(len(waits) * 0.99)]
        told = f"p50 {statistics.median(waits):.1f}, p99 {p99:.1f} ms"
        print(f"P7  from the answer to the provider: {told} (wanted 50)")
        print(f"    receipts: {run(receipts(url, messages)):,.0f} a second of processor time")
    port = free_port()
    with program([sys.executable, str(CENTRE), str(port)], other):
        listening(port)
        credentials = {
            "host": "127.0.0.1",
            "port": str(port),
            "system_id": "a",
            "password": "b",
            "window": "100",
        }
        print(
            f"P7  SMPP: {run(rate('centre', 'smpp', credentials, messages)):,.0f} sends/s (wanted 3,000)"
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sends")
    parser.add_argument("--messages", type=int, default=6_400)
    parser.add_argument("--serve", type=int, metavar="PORT", help="be the stub")
    given = parser.parse_args()
    configure_logging(level="error", as_json=True)
    if given.serve:
        run(serve_stub(given.serve))
    else:
        main(given.messages)
