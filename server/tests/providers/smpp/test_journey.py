"""A code travels over SMPP through the whole service, and a receipt that says no calls the next route."""

import asyncio
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from msgspec.structs import replace

from watchword.domain.channel import Channel
from watchword.domain.project import Mode, ProjectSettings, RoutingPolicy
from watchword.domain.routing.route import Route
from watchword.testing import RunningService, running_service

ROUTES = (
    Route(name="carrier-sms", account="carrier", channel=Channel.SMS, sender_id="Acme"),
    Route(name="second", account="sandbox", channel=Channel.WHATSAPP),
)


@pytest.fixture
def service() -> Iterator[RunningService]:
    with running_service(log_level="error") as running:
        yield running


def customer_with_carrier(service: RunningService, port: int) -> tuple[str, dict[str, str]]:
    """A live project that sends over an account at the centre, and the headers of a caller."""

    async def make() -> tuple[str, dict[str, str]]:
        watchword = service.watchword
        await watchword.manage_provider_accounts.put(
            "carrier",
            "smpp",
            {
                "host": "127.0.0.1",
                "port": str(port),
                "system_id": "acme",
                "password": "secret",
                "receipt_ids": "case zeros decimal-receipts",
            },
        )
        project = await watchword.manage_projects.create("shop", Mode.LIVE)
        settings = ProjectSettings(routes=ROUTES, routing=RoutingPolicy.FIXED)
        await watchword.store.put_project(replace(project, settings=settings))
        key, _ = await watchword.manage_api_keys.create(project)
        await watchword.directory.refresh()
        await watchword.accounts.refresh()
        return str(project.id), {"x-api-key": key}

    return service.run(make())


def events_until(http: httpx2.Client, about: str, headers: dict[str, str], wanted: int) -> Any:
    """The events once so many delivery statuses are among them."""
    for _ in range(1_000):
        answer = http.get(f"authentication/{about}", headers=headers).json()
        told = [event for event in answer["events"] if event["type"] == "delivery_status"]
        if len(told) >= wanted:
            return answer["events"]
    raise AssertionError(answer)


async def test_a_code_is_sent_over_smpp_and_its_receipt_is_in_the_timeline(
    smpp34_port: int, service: RunningService
) -> None:
    customer, headers = customer_with_carrier(service, smpp34_port)

    def journey() -> list[dict[str, Any]]:
        with httpx2.Client(base_url=service.server_url, timeout=30) as http:
            body = {"customer_uuid": customer, "phone_number": "+33612345670"}
            started = http.post("authentication", json=body, headers=headers).json()
            assert started["status"] == "pending"
            events: list[dict[str, Any]] = events_until(
                http, started["authentication_uuid"], headers, 1
            )
            return events

    events = await asyncio.to_thread(journey)
    statuses = [event["status"] for event in events if event["type"] == "delivery_status"]
    assert statuses == ["delivered"]


async def test_an_undeliverable_receipt_over_smpp_calls_the_next_route(
    smpp34_port: int, service: RunningService
) -> None:
    customer, headers = customer_with_carrier(service, smpp34_port)

    def journey() -> list[dict[str, Any]]:
        with httpx2.Client(base_url=service.server_url, timeout=30) as http:
            body = {"customer_uuid": customer, "phone_number": "+33612345671"}
            started = http.post("authentication", json=body, headers=headers).json()
            events: list[dict[str, Any]] = events_until(
                http, started["authentication_uuid"], headers, 2
            )
            return events

    events = await asyncio.to_thread(journey)
    told = [event["status"] for event in events if event["type"] == "delivery_status"]
    sent = [event["capability"] for event in events if event["type"] == "attempt"]
    assert told == ["undeliverable", "delivered"]
    assert sent == ["text", "whatsapp"]
