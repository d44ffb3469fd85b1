"""What the use cases count: each thing that was written down once, however often it was tried."""

import asyncio

import pytest
from server.tests.conftest import HANG, MINUTE, PERSON, World

from watchword.domain.attempt import DeliveryStatus
from watchword.domain.check import CheckStatus
from watchword.domain.screening.list_entry import ListEntry, ListKind
from watchword.ports.provider import RefusalKind, Refused, Report, Unavailable
from watchword.usecases import send_attempt


def counted(world: World, metric: str) -> dict[str, float]:
    """The series of one metric, by their labels as they are written."""
    lines = world.telemetry.page().decode().splitlines()
    return {
        labels.rstrip("}"): float(value)
        for line in lines
        if line.startswith(f"{metric}_total{{")
        for labels, value in [line.removeprefix(f"{metric}_total{{").split(" ")]
    }


async def test_every_provider_that_was_asked_is_counted_with_what_it_said(world: World) -> None:
    world.providers["one"].script = [Refused(RefusalKind.NUMBER, "21", "not here")]
    world.providers["two"].script = [Unavailable("busy")]
    await world.pending()
    assert counted(world, "watchword_sends") == {
        'account="one",channel="sms",country="FR",outcome="refused"': 1,
        'account="two",channel="whatsapp",country="FR",outcome="unavailable"': 1,
        'account="three",channel="viber",country="FR",outcome="accepted"': 1,
    }


async def test_a_report_is_counted_once_however_often_it_comes(world: World) -> None:
    about = await world.pending()
    for _ in range(3):
        await world.record_receipt(about, 1, Report(status=DeliveryStatus.DELIVERED))
    await world.record_receipt(about, 1, Report(status=DeliveryStatus.SUBMITTED))
    assert counted(world, "watchword_receipts") == {
        'account="one",channel="sms",status="delivered"': 1
    }


async def test_checks_that_race_are_each_counted_once(world: World) -> None:
    about = await world.pending()
    wrong = await world.wrong(about)
    answers = await asyncio.gather(*(world.check(about, wrong) for _ in range(3)))
    answers.append(await world.check(about, await world.code(about)))
    expected = {
        f'country="FR",status="{status}"': float(answers.count(status)) for status in set(answers)
    }
    assert counted(world, "watchword_checks") == expected
    assert sum(expected.values()) == 4
    assert CheckStatus.VALID in answers


async def test_a_check_of_what_is_not_there_is_no_check(world: World) -> None:
    await world.check_code(world.project, None, "123456")
    assert counted(world, "watchword_checks") == {}


async def test_a_first_message_and_a_retry_are_each_judged_and_counted(world: World) -> None:
    about = await world.pending()
    world.clock.advance(MINUTE)
    await world.retry(about)
    await world.choose(
        blocked=(ListEntry(kind=ListKind.PREFIX, value=PERSON[:4]),),
        stateless=False,
    )
    await world.ask()
    assert counted(world, "watchword_verdicts") == {
        'rule="none",verdict="allow"': 2,
        'rule="blocked_prefix",verdict="block"': 1,
    }


async def test_a_provider_that_hangs_is_counted_as_unavailable(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(send_attempt, "TIME_TO_SUBMIT", 0.01)
    world.providers["one"].script = [HANG]
    await world.pending()
    key = 'account="one",channel="sms",country="FR",outcome="unavailable"'
    assert counted(world, "watchword_sends")[key] == 1
