"""The receipts edge verifies before it reads, answers as the sender expects, and promises nothing it lost."""

from collections.abc import AsyncIterator

import httpx2
import msgspec
import pytest
from server.tests.conftest import ScriptedProvider, World

from watchword.domain.attempt import DeliveryStatus
from watchword.edges.receipts.app import LARGEST_BODY, ReceiptsApp
from watchword.ports.provider import Inbound, Provider, Receipt, Receipts, Report
from watchword.ports.store import StoreUnavailableError

PUBLIC = "https://verify.example"
SIGNED = {"signature": "one"}
BODY = msgspec.json.encode(
    [Receipt(report=Report(status=DeliveryStatus.DELIVERED), message_ids=("one-1",))]
)


class Accounts:
    def __init__(self, world: World) -> None:
        self.world = world

    def receiver(self, name: str) -> Provider | None:
        return self.world.providers.get(name)


@pytest.fixture
async def http(world: World) -> AsyncIterator[httpx2.AsyncClient]:
    app = ReceiptsApp(
        Accounts(world), world.receive_receipts, world.clock, world.telemetry, f"{PUBLIC}/"
    )
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://inside:8700") as client:
        yield client


async def test_a_genuine_receipt_is_recorded_and_answered(
    world: World, http: httpx2.AsyncClient
) -> None:
    about = await world.pending()
    answer = await http.post("/receipts/one", content=BODY, headers=SIGNED)
    assert (answer.status_code, answer.content) == (200, b"ok")
    assert (await world.about(about)).attempt(1).delivery_status is DeliveryStatus.DELIVERED


async def test_w4_a_forged_receipt_is_refused_counted_and_changes_nothing(
    world: World, http: httpx2.AsyncClient
) -> None:
    about = await world.pending()
    before = await world.about(about)
    for headers in ({}, {"signature": "two"}):
        answer = await http.post("/receipts/one", content=BODY, headers=headers)
        assert answer.status_code == 403
    assert await world.about(about) == before
    assert b'watchword_forged_receipts_total{account="one"} 2.0' in world.telemetry.page()


async def test_a_receipt_to_an_account_that_is_not_there_is_not_found(
    http: httpx2.AsyncClient,
) -> None:
    for path in ("/receipts/nobody", "/receipts/", "/receipts/one/more"):
        assert (await http.post(path, content=BODY, headers=SIGNED)).status_code == 404


async def test_a_body_that_is_too_large_is_refused(http: httpx2.AsyncClient) -> None:
    answer = await http.post("/receipts/one", content=bytes(LARGEST_BODY + 1), headers=SIGNED)
    assert answer.status_code == 413


async def test_a_receipt_that_cannot_be_kept_is_asked_for_again(
    world: World, http: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise StoreUnavailableError("away")

    monkeypatch.setattr(type(world.store), "attempt_of", away)
    answer = await http.post("/receipts/one", content=BODY, headers=SIGNED)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")


async def test_a_provider_is_shown_the_public_address_as_it_was_spelled(
    world: World, http: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Inbound] = []

    async def look(_: ScriptedProvider, inbound: Inbound) -> Receipts:
        seen.append(inbound)
        return Receipts()

    monkeypatch.setattr(ScriptedProvider, "receipts", look)
    await http.get("/receipts/one?ref=a%2Fb&x=1", headers={"X-Odd": "yes"})
    (inbound,) = seen
    assert inbound.url == f"{PUBLIC}/receipts/one?ref=a%2Fb&x=1"
    assert inbound.headers["x-odd"] == "yes"
    assert (inbound.method, inbound.at) == ("GET", world.clock.now())
