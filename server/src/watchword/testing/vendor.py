"""Vendor: a loopback server in a vendor's place, and provider accounts that are opened over it."""

import contextlib
from collections.abc import AsyncIterator, Sequence
from urllib.parse import urlsplit
from uuid import UUID

from aiohttp import web

from watchword.adapters.providers.accounts import read_credentials
from watchword.adapters.providers.exchange import Exchange
from watchword.adapters.providers.kind import Kind, Tools, credential_fields
from watchword.ports.provider import Provider, Receipt
from watchword.testing.recordings import RECEIPTS_URL, Recording, Replied

NOWHERE = "http://127.0.0.1:9"
"""Where nobody listens: the port of the discard protocol."""
PRESENT = 1_750_000_000_000
"""Unix milliseconds of the moment at which every recording is played."""
Asking = tuple[str, str, dict[str, str], bytes]
"""Method, path with query, headers with lower-case names, body."""


class Vendor:
    """Answers as recorded, the last reply again and again; remembers what it was asked."""

    def __init__(self) -> None:
        self.replies: list[Replied] = []
        self.asked: list[Asking] = []
        self.url = ""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer one request."""
        named = {name.lower(): value for name, value in request.headers.items()}
        self.asked.append((request.method, request.raw_path, named, await request.read()))
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        return web.Response(
            status=reply.status, body=reply.body.encode(), headers=dict(reply.headers)
        )


@contextlib.asynccontextmanager
async def running_vendor(*replies: Replied) -> AsyncIterator[Vendor]:
    """A vendor on a free port of the loopback address."""
    made = Vendor()
    made.replies = list(replies)
    application = web.Application()
    application.router.add_route("*", "/{rest:.*}", made.answer)
    runner = web.AppRunner(application)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        made.url = f"http://{host}:{port}"
        yield made
    finally:
        await runner.cleanup()


class _StoppedClock:
    """The clock port; its time does not pass, so that what is signed now is what was recorded."""

    def __init__(self) -> None:
        self._ids = 0

    def now(self) -> int:
        return PRESENT

    def new_id(self) -> UUID:
        self._ids += 1
        return UUID(int=(PRESENT << 80) | (7 << 76) | (2 << 62) | self._ids)

    def chance(self) -> float:
        return 0.0


def open_recorded(
    recording: Recording, kind: Kind, url: str, received: list[Receipt] | None = None
) -> Provider:
    """The account of a recording over a server; every address of the vendor's leads to it.

    Raises:
        ValueError: the kind does not take the recorded credentials.

    """
    given = dict(recording.credentials)
    for field in credential_fields(kind):
        if field.name.endswith("base_url") or field.name == "url":
            given[field.name] = url + urlsplit(given.get(field.name, "")).path
    taken = received if received is not None else []

    async def receive(_: str, receipts: Sequence[Receipt]) -> None:
        taken.extend(receipts)

    tools = Tools(
        account="acme",
        exchange=Exchange(),
        clock=_StoppedClock(),
        inbox=None,  # type: ignore[arg-type] # the sandbox alone has a use for it
        receipts_url=RECEIPTS_URL,
        receive=receive,
    )
    return kind.open(read_credentials(kind, given), tools)


@contextlib.asynccontextmanager
async def opened_provider(
    recording: Recording, kind: Kind, url: str = NOWHERE
) -> AsyncIterator[Provider]:
    """The same, closed at the end."""
    provider = open_recorded(recording, kind, url)
    try:
        yield provider
    finally:
        await provider.close()
