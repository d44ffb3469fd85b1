"""A courier delivers signed callbacks, to public addresses alone, and believes only a 2xx."""

import asyncio
import contextlib
import ipaddress
import socket
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime

import aiohttp.web
import pytest
from aiohttp.abc import AbstractResolver, ResolveResult
from msgspec import Struct
from server.tests.conftest import START
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from watchword.adapters import courier as module
from watchword.adapters.courier import HttpCourier, is_public
from watchword.ports.courier import Delivered, NotDelivered

SECRETS = ("whsec_" + "QUFB" * 8, "whsec_" + "QkJC" * 8)
BODY = b'{"id":"1","name":"\xc3\xa9"}'
FORBIDDEN = "the callback URL leads to an address that is not public"


class Received(Struct):
    """What the caller's server was sent."""

    path: str
    headers: dict[str, str]
    body: bytes


class Endpoint:
    """The caller's server; `answer` says what it answers."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.status = 200
        self.headers: dict[str, str] = {}
        self.silent = False
        self.port = 0
        self.ending = asyncio.Event()

    def url(self, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}/hook?a=b"

    async def take(self, request: aiohttp.web.Request) -> aiohttp.web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.received.append(Received(request.path_qs, headers, await request.read()))
        if self.silent:
            await self.ending.wait()
        return aiohttp.web.Response(status=self.status, headers=self.headers)


class TableResolver(AbstractResolver):
    """Resolves by a table; each question takes the next answer of its host, the last one stays."""

    def __init__(self, **answers: list[list[str]]) -> None:
        self.answers = {name.replace("_", "."): list(given) for name, given in answers.items()}
        self.asked: list[str] = []

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        self.asked.append(host)
        given = self.answers[host]
        addresses = given.pop(0) if len(given) > 1 else given[0]
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address in addresses
        ]

    async def close(self) -> None: ...


@contextlib.asynccontextmanager
async def listening(*, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[Endpoint]:
    endpoint = Endpoint()
    app = aiohttp.web.Application()
    app.router.add_route("*", "/{path:.*}", endpoint.take)
    runner = aiohttp.web.AppRunner(app, shutdown_timeout=0)
    await runner.setup()
    await aiohttp.web.TCPSite(runner, host, port).start()
    endpoint.port = runner.addresses[0][1]
    try:
        yield endpoint
    finally:
        endpoint.ending.set()
        await runner.cleanup()


@pytest.fixture
async def endpoint() -> AsyncIterator[Endpoint]:
    async with listening() as running:
        yield running


Make = Callable[..., HttpCourier]


@pytest.fixture
async def make() -> AsyncIterator[Make]:
    made: list[HttpCourier] = []

    def courier(*, allow_private: bool = False, **also: AbstractResolver) -> HttpCourier:
        made.append(HttpCourier(allow_private=allow_private, **also))
        return made[-1]

    yield courier
    for each in made:
        await each.close()


async def post(courier: HttpCourier, url: str) -> Delivered | NotDelivered:
    return await courier.post(url, BODY, message_id="evt_1", sent_at=START, secrets=SECRETS)


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
async def test_every_2xx_acknowledges(make: Make, endpoint: Endpoint, status: int) -> None:
    endpoint.status = status
    assert await post(make(allow_private=True), endpoint.url()) == Delivered(status)


@pytest.mark.parametrize("status", [300, 304, 400, 401, 404, 410, 429, 500, 503])
async def test_any_other_answer_does_not(make: Make, endpoint: Endpoint, status: int) -> None:
    endpoint.status = status
    outcome = await post(make(allow_private=True), endpoint.url())
    assert outcome == NotDelivered(f"answered {status}", status)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_s3_a_redirect_is_not_followed(make: Make, endpoint: Endpoint, status: int) -> None:
    endpoint.status = status
    endpoint.headers = {"location": endpoint.url()}
    outcome = await post(make(allow_private=True), endpoint.url())
    assert outcome == NotDelivered(f"answered {status}", status)
    assert len(endpoint.received) == 1


async def test_w5_the_body_comes_unchanged_and_both_signatures_hold(
    make: Make, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    await post(make(allow_private=True), endpoint.url())
    (received,) = endpoint.received
    assert received.path == "/hook?a=b"
    assert received.body == BODY
    assert received.headers["content-type"] == "application/json"
    assert received.headers["webhook-id"] == "evt_1"
    assert received.headers["webhook-timestamp"] == str(START // 1000)
    monkeypatch.setattr(Webhook, "_Webhook__verify_timestamp", _at_its_own_time)
    for secret in SECRETS:
        assert Webhook(secret).verify(BODY, received.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook("whsec_" + "Q0ND" * 8).verify(BODY, received.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRETS[0]).verify(BODY + b" ", received.headers)


def _at_its_own_time(_: Webhook, text: str) -> object:

    return datetime.fromtimestamp(float(text), tz=UTC)


async def test_w5_silence_is_given_up(
    make: Make, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "TIME_TO_ANSWER", 0.05)
    endpoint.silent = True
    outcome = await post(make(allow_private=True), endpoint.url())
    assert isinstance(outcome, NotDelivered)
    assert outcome.because.startswith("no answer within")


async def test_a_closed_port_is_not_delivered_to(make: Make) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/"
        outcome = await post(make(allow_private=True), url)
    assert isinstance(outcome, NotDelivered)
    assert outcome.because.startswith("no connection")


async def test_w5_one_silent_endpoint_does_not_hold_up_another(
    make: Make, endpoint: Endpoint
) -> None:
    courier = make(allow_private=True)
    endpoint.silent = True
    waiting = [asyncio.create_task(post(courier, endpoint.url())) for _ in range(30)]
    async with listening() as other:
        assert await post(courier, other.url()) == Delivered()
    assert not any(task.done() for task in waiting)
    for task in waiting:
        task.cancel()
    await asyncio.wait(waiting)


async def test_s3_a_name_of_a_private_address_is_refused_unless_that_is_allowed(
    make: Make, endpoint: Endpoint
) -> None:
    url = endpoint.url("internal.example")
    resolver = TableResolver(internal_example=[["127.0.0.1"]])
    assert await post(make(resolver=resolver), url) == NotDelivered(FORBIDDEN)
    assert endpoint.received == []
    assert await post(make(resolver=resolver, allow_private=True), url) == Delivered()


async def test_s3_a_name_is_refused_if_any_of_its_addresses_is_private(
    make: Make, endpoint: Endpoint
) -> None:
    resolver = TableResolver(mixed_example=[["192.0.2.1", "127.0.0.1"], ["127.0.0.1", "8.8.8.8"]])
    courier = make(resolver=resolver)
    for _ in range(2):
        assert await post(courier, endpoint.url("mixed.example")) == NotDelivered(FORBIDDEN)
    assert endpoint.received == []


async def test_s3_a_rebinding_name_is_connected_to_at_the_address_that_was_judged(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """127.0.0.2 plays the public internet; the name moves to 127.0.0.1 after the first question."""
    monkeypatch.setattr(
        module, "is_public", lambda address: ipaddress.ip_address(address).compressed == "127.0.0.2"
    )
    resolver = TableResolver(rebinding_example=[["127.0.0.2"], ["127.0.0.1"]])
    async with (
        listening(host="127.0.0.2") as public,
        listening(host="127.0.0.1", port=public.port) as private,
    ):
        public.headers = {"connection": "close"}
        courier = make(resolver=resolver)
        assert await post(courier, public.url("rebinding.example")) == Delivered()
        assert resolver.asked == ["rebinding.example"]
        outcome = await post(courier, public.url("rebinding.example"))
        assert outcome == NotDelivered(FORBIDDEN)
        assert resolver.asked == ["rebinding.example"] * 2
    assert (len(public.received), len(private.received)) == (1, 0)


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.215.14", "2606:4700:4700::1111",
                                     "::ffff:1.1.1.1", "64:ff9b::101:101"])  # fmt: skip
def test_an_address_of_the_public_internet_is_public(address: str) -> None:
    assert is_public(address)
