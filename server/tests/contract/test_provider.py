"""The laws that every provider keeps, whatever it is asked and whoever stands behind it."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from server.tests.conftest import MINUTE, ManualClock, ScriptedProvider

from watchword.adapters.providers.sandbox import Sandbox
from watchword.adapters.store.opening import open_store
from watchword.adapters.store.store import EngineStore
from watchword.domain.attempt import DeliveryStatus
from watchword.domain.channel import Channel
from watchword.domain.line_type import LineType
from watchword.domain.message import Content
from watchword.domain.phone_number import PhoneNumber
from watchword.ports.provider import (
    Accepted,
    Message,
    Provider,
    RefusalKind,
    Refused,
    Report,
    Unavailable,
)

CODE = "908172"
PROJECT = UUID(int=7)
NUMBERS = ("+33612345678", *(f"+1212555010{n}" for n in range(10)), "+447700900001")

MAKERS: tuple[Callable[[EngineStore], Provider], ...] = (
    lambda store: Sandbox(store, ManualClock()),
    lambda _: ScriptedProvider("scripted"),
)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[EngineStore]:
    made = await open_store(tmp_path / "watchword.db", strict=False)
    yield made
    await made.close()


@pytest.fixture(params=MAKERS, ids=["sandbox", "scripted"])
def provider(request: pytest.FixtureRequest, store: EngineStore) -> Provider:
    made: Provider = request.param(store)
    return made


def message(to: str = NUMBERS[0], channel: Channel = Channel.SMS) -> Message:
    return Message(
        project_id=PROJECT,
        authentication_id=UUID(int=8),
        attempt_number=1,
        to=PhoneNumber(to, "FR", 33, LineType.MOBILE),
        channel=channel,
        sender_id="Acme",
        content=Content(text="{code} is your code"),
        code=CODE,
        valid_for=10 * MINUTE,
    )


def test_a_provider_says_which_channels_it_carries(provider: Provider) -> None:
    assert provider.channels
    assert all(isinstance(channel, Channel) for channel in provider.channels)


@pytest.mark.parametrize("to", NUMBERS)
async def test_every_hand_over_ends_in_one_of_three_ways(provider: Provider, to: str) -> None:
    for channel in provider.channels:
        outcome = await provider.send(message(to, channel))
        match outcome:
            case Accepted(message_id, after):
                assert message_id
                assert after is None or after >= 0
            case Refused(kind, code, cause):
                assert kind in RefusalKind
                assert code + cause
            case Unavailable(cause):
                assert cause
            case _:
                pytest.fail(f"{outcome} is none of the three")


async def test_every_message_taken_has_an_id_of_its_own(provider: Provider) -> None:
    outcomes = [await provider.send(message()) for _ in range(20)]
    ids = [outcome.message_id for outcome in outcomes if isinstance(outcome, Accepted)]
    assert len(set(ids)) == len(ids) == 20


async def test_no_outcome_shows_the_code_or_the_number(provider: Provider) -> None:
    for to in NUMBERS:
        outcome = await provider.send(message(to))
        assert CODE not in repr(outcome)
        assert to not in repr(outcome)


@given(text=st.text(max_size=60))
async def test_a_report_on_anything_at_all_is_a_report_or_nothing(
    provider: Provider, text: str
) -> None:
    report = await provider.report(text)
    assert report is None or isinstance(report, Report)


def test_a_message_shows_neither_code_nor_number_where_it_is_printed() -> None:
    shown = repr(message()) + str(message()) + f"{message()}" + repr(message().__rich_repr__())
    assert CODE not in shown
    assert NUMBERS[0] not in shown


async def test_a_message_handed_to_the_sandbox_is_in_its_inbox_without_the_code(
    store: EngineStore,
) -> None:
    sandbox = Sandbox(store, ManualClock())
    outcome = await sandbox.send(message())
    assert isinstance(outcome, Accepted)
    (found,) = await store.inbox(PROJECT, NUMBERS[0], 5)
    assert (found.content, found.channel, found.sender_id) == ("{code} is your code", "sms", "Acme")
    report = await sandbox.report(outcome.message_id)
    assert report is not None
    assert report.status is DeliveryStatus.DELIVERED


@pytest.mark.parametrize(
    ("ending", "accepted", "after", "status", "in_inbox"),
    [
        ("00", True, 0, DeliveryStatus.DELIVERED, 1),
        ("01", True, 0, DeliveryStatus.UNDELIVERABLE, 0),
        ("02", True, 0, DeliveryStatus.DELIVERED, 1),
        ("03", True, 0, DeliveryStatus.DELIVERED, 1),
        ("04", False, None, None, 0),
        ("05", True, 10_000, DeliveryStatus.DELIVERED, 1),
    ],
)
async def test_a_sandbox_number_plays_its_part(
    store: EngineStore,
    ending: str,
    accepted: bool,
    after: int | None,
    status: DeliveryStatus | None,
    in_inbox: int,
) -> None:
    sandbox = Sandbox(store, ManualClock())
    outcome = await sandbox.send(message(f"+121255501{ending}"))
    assert isinstance(outcome, Accepted) is accepted
    if isinstance(outcome, Accepted):
        report = await sandbox.report(outcome.message_id)
        assert report is not None
        assert (outcome.follow_up_after, report.status) == (after, status)
    assert len(await store.inbox(PROJECT, None, 5)) == in_inbox


async def test_an_undeliverable_sandbox_number_is_reached_over_another_channel(
    store: EngineStore,
) -> None:
    sandbox = Sandbox(store, ManualClock())
    outcome = await sandbox.send(message("+12125550101", Channel.WHATSAPP))
    assert isinstance(outcome, Accepted)
    report = await sandbox.report(outcome.message_id)
    assert report is not None
    assert report.status is DeliveryStatus.DELIVERED
