"""Play an outage of the primary provider against the whole service, and print what became of each message.

    uv run python -m benchmarks.outage

Two accounts of the kind `twilio` talk to two loopback servers. The primary works, answers 500, hangs,
takes two seconds for each message, and at last accepts everything and claims a delivery for messages that
nobody gets. It ends with an error where one attempt in a hundred was not accepted within five seconds.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import web
from msgspec import Struct
from msgspec.structs import replace

from watchword.adapters.logging import configure_logging
from watchword.adapters.providers.signatures import hmac_base64
from watchword.app import Watchword, open_watchword
from watchword.domain.channel import Channel
from watchword.domain.event import Attempted
from watchword.domain.project import Limits, Mode, Project, ProjectSettings
from watchword.domain.routing.route import Route
from watchword.domain.start_request import StartRequest
from watchword.ports.provider import Inbound, Receipts
from watchword.settings import load_settings
from watchword.usecases.start_authentication import Started

TOKEN = "a-token-of-nobody"
ACCOUNT = "AC" + "0" * 32
SOON = 5.0
"""Seconds within which an attempt must be accepted (D2)."""
SHARE = 0.99
NO_LIMITS = Limits(
    number_10_minutes=0, number_day=0, ip_hour=0, device_hour=0, project_hour=0, block_hour=0
)


class Phase(Struct, frozen=True):
    """How the primary behaves, for so many messages at so many a second."""

    name: str
    fails: bool = False
    takes: float = 0.01
    lies: bool = False
    messages: int = 60
    pause: float = 0.1


PHASES = (
    Phase("all is well"),
    Phase("the primary answers 500", fails=True, messages=120),
    Phase("it is back", messages=120),
    Phase("the primary hangs", takes=60.0, messages=120),
    Phase("it is back again", messages=160),
    Phase("the primary is slow", takes=2.0, messages=120),
    Phase("its receipts lie", lies=True),
)


class Gateway:
    """A provider on loopback that behaves as the phase says."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.phase = PHASES[0]
        self.taken = 0
        self.url = ""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        await request.read()
        phase = self.phase
        await asyncio.sleep(phase.takes)
        if phase.fails:
            return web.Response(status=500)
        if request.method == "GET":
            return web.json_response({"status": "active"})
        self.taken += 1
        return web.json_response({"sid": f"SM{self.name}{self.taken}"}, status=201)


@asynccontextmanager
async def listening(gateway: Gateway) -> AsyncIterator[None]:
    """The gateway on a port of its own."""
    application = web.Application()
    application.router.add_route("*", "/{rest:.*}", gateway.answer)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    gateway.url = f"http://{host}:{port}"
    try:
        yield
    finally:
        await runner.cleanup()


async def set_up(watchword: Watchword, gateways: list[Gateway]) -> Project:
    """A live project with a route over each gateway."""
    for gateway in gateways:
        credentials = {"account_sid": ACCOUNT, "auth_token": TOKEN, "base_url": gateway.url}
        await watchword.manage_provider_accounts.put(gateway.name, "twilio", credentials)
    project = await watchword.manage_projects.create("outage", Mode.LIVE)
    routes = tuple(
        Route(name=g.name, account=g.name, channel=Channel.SMS, sender_id="Acme") for g in gateways
    )
    project = replace(project, settings=ProjectSettings(routes=routes, limits=NO_LIMITS))
    await watchword.store.put_project(project)
    await watchword.directory.refresh()
    await watchword.accounts.refresh()
    return project


async def send_one(
    watchword: Watchword, project: Project, n: int
) -> tuple[Attempted | None, float]:
    """Ask for a code; the outcome of its hand-over, and how many seconds that took."""
    began = time.perf_counter()
    started = await watchword.operations.start(project, StartRequest(phone_number=f"+3361{n:07}"))
    assert isinstance(started, Started), started
    while time.perf_counter() - began < 4 * SOON:
        timeline = await watchword.store.timeline(started.authentication_id)
        for event in timeline.events if timeline else ():
            if isinstance(event.what, Attempted):
                return event.what, time.perf_counter() - began
        await asyncio.sleep(0.02)
    return None, time.perf_counter() - began


async def lie(watchword: Watchword, gateway: Gateway) -> int:
    """Post a signed `delivered` for the newest messages; how many of them were believed."""
    provider = watchword.accounts.receiver(gateway.name)
    assert provider is not None
    believed = 0
    for number in range(max(1, gateway.taken - 59), gateway.taken + 1):
        sid, url = f"SM{gateway.name}{number}", "https://verify.example/receipts/primary"
        signature = hmac_base64(
            TOKEN, f"{url}MessageSid{sid}MessageStatusdelivered".encode(), "sha1"
        )
        found = await provider.receipts(
            Inbound(
                method="POST",
                url=url,
                headers={"x-twilio-signature": signature},
                body=f"MessageSid={sid}&MessageStatus=delivered".encode(),
                at=int(time.time() * 1000),
            )
        )
        believed += isinstance(found, Receipts)
    return believed


async def play(watchword: Watchword, gateways: list[Gateway]) -> bool:
    """All phases in turn; whether each met D2."""
    project = await set_up(watchword, gateways)
    primary = gateways[0]
    print(f"{'phase':26} {'sent':>5} {'accepted':>9} {'in 5 s':>7} {'p50 s':>6} {'max s':>6}  over")
    met, n = True, 0
    for phase in PHASES:
        primary.phase = phase
        sending = []
        for _ in range(phase.messages):
            n += 1
            sending.append(asyncio.create_task(send_one(watchword, project, n)))
            await asyncio.sleep(phase.pause)
        outcomes = await asyncio.gather(*sending)
        accepted = [(event.route, took) for event, took in outcomes if event and event.route]
        soon = sum(took <= SOON for _, took in accepted)
        took = [seconds for _, seconds in accepted]
        over = ", ".join(
            f"{route} {times}" for route, times in Counter(r for r, _ in accepted).most_common()
        )
        met = met and soon >= SHARE * phase.messages
        print(
            f"{phase.name:26} {phase.messages:5} {len(accepted):9} {soon:7}"
            f" {statistics.median(took):6.2f} {max(took):6.2f}  {over}"
        )
        if phase.lies:
            print(
                f"  receipts believed: {await lie(watchword, primary)}; a code is only spent by its check"
            )
    return met


async def main() -> bool:
    """Start the service and both gateways, and play."""
    gateways = [Gateway("primary"), Gateway("backup")]
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings({}, data_dir=Path(folder), log_level="error")
        async with (
            listening(gateways[0]),
            listening(gateways[1]),
            open_watchword(settings) as watchword,
        ):
            working = asyncio.create_task(watchword.worker.run(1))
            try:
                return await play(watchword, gateways)
            finally:
                watchword.worker.stop()
                await working


if __name__ == "__main__":
    configure_logging(level="error", as_json=False)
    sys.exit(0 if asyncio.run(main()) else 1)
