"""However many checks race, so many codes are compared as the budgets allow, and one right answer wins."""

import asyncio
import json
from collections import Counter
from pathlib import Path
from uuid import UUID

import pytest
from msgspec.structs import replace
from server.tests.conftest import DAY, MINUTE, SECOND, World, stored

from watchword.domain.attempt import AttemptStatus, DeliveryStatus
from watchword.domain.authentication import StartStatus, State
from watchword.domain.check import CheckStatus
from watchword.domain.code import matching_attempt as compare
from watchword.domain.errors import ErrorCode, Refusal
from watchword.domain.event import Checked
from watchword.usecases import check_code


async def race(world: World, about: UUID, codes: list[str]) -> Counter[CheckStatus]:
    answers = await asyncio.gather(*(world.check(about, code) for code in codes))
    return Counter(answers)


async def test_c2_of_100_concurrent_right_checks_exactly_one_is_valid(world: World) -> None:
    about = await world.pending()
    answers = await race(world, about, [await world.code(about)] * 100)
    assert answers == {CheckStatus.VALID: 1, CheckStatus.ALREADY_VALIDATED: 99}
    valid = [
        event
        for event in await world.happened(about)
        if isinstance(event, Checked) and event.status is CheckStatus.VALID
    ]
    assert len(valid) == 1
    assert (await world.about(about)).state is State.VALIDATED


async def test_c3_of_500_concurrent_wrong_checks_exactly_the_budget_is_compared(
    world: World,
) -> None:
    about = await world.pending()
    answers = await race(world, about, [await world.wrong(about)] * 500)
    assert answers == {CheckStatus.INVALID: 5, CheckStatus.RATE_LIMITED: 495}
    assert await world.check(about, await world.code(about)) is CheckStatus.RATE_LIMITED
    assert (await world.about(about)).checks_spent == 5


async def test_a_right_code_among_wrong_ones_is_valid_once_or_never(world: World) -> None:
    for place in (0, 3, 7):
        number = f"+3361234567{place}"
        about = await world.pending(number)
        codes = [await world.wrong(about)] * 12
        codes[place] = await world.code(about)
        answers = await race(world, about, codes)
        assert answers[CheckStatus.VALID] <= 1
        assert answers[CheckStatus.INVALID] + answers[CheckStatus.VALID] <= 5
        later = await world.check(about, await world.code(about))
        assert later in (CheckStatus.ALREADY_VALIDATED, CheckStatus.RATE_LIMITED)


async def test_c4_wrong_checks_of_one_number_stop_at_25_whatever_they_are_spread_over(
    world: World,
) -> None:
    await world.choose(stateless=False, max_checks=10)
    abouts = [await world.pending() for _ in range(6)]
    wrong = {about: await world.wrong(about) for about in abouts}
    answers = await asyncio.gather(
        *(world.check(about, wrong[about]) for _ in range(15) for about in abouts)
    )
    assert Counter(answers) == {CheckStatus.INVALID: 25, CheckStatus.RATE_LIMITED: 65}
    for about in abouts:
        assert await world.check(about, await world.code(about)) is CheckStatus.RATE_LIMITED
    refused = await world.ask()
    assert refused.status is StartStatus.RATE_LIMITED
    world.clock.advance(DAY - 1)
    assert (await world.ask()).status is StartStatus.RATE_LIMITED
    world.clock.advance(1)
    fresh = await world.pending()
    assert await world.check(fresh, await world.code(fresh)) is CheckStatus.VALID


async def test_c3_a_try_is_stored_before_its_code_is_compared(
    world: World, database: Path | str, monkeypatch: pytest.MonkeyPatch
) -> None:
    about = await world.pending()
    spent: list[int] = []

    def watched(typed: str, codes: list[str]) -> int | None:
        spent.append(json.loads(stored(database, about))["checks_spent"])
        return compare(typed, codes)

    monkeypatch.setattr(check_code, "matching_attempt", watched)
    for _ in range(3):
        await world.check(about, await world.wrong(about))
    assert spent == [1, 2, 3]


async def test_the_code_of_every_attempt_is_right_until_the_end(world: World) -> None:
    for typed in (1, 2, 3):
        about = await world.pending(f"+3361234567{typed}")
        for _ in range(2):
            world.clock.advance(MINUTE)
            await world.retry(about)
            await world.work()
        code = await world.code(about, typed)
        assert await world.check(about, f" {code[:3]}-{code[3:]} ") is CheckStatus.VALID
        found = await world.about(about)
        assert found.validated_attempt == typed
        assert found.attempt(typed).status is AttemptStatus.DELIVERED
        assert found.attempt(typed).delivery_status is DeliveryStatus.DELIVERED


async def test_the_code_of_an_attempt_not_made_is_wrong(world: World) -> None:
    about = await world.pending()
    for unmade in (2, 3, 8, 9):
        code = await world.code(about, unmade)
        assert await world.check(about, code) is CheckStatus.INVALID


async def test_a_code_is_too_late_at_expires_at_itself(world: World) -> None:
    about = await world.pending()
    code = await world.code(about)
    world.clock.time = (await world.about(about)).expires_at - 1
    assert await world.check(about, await world.wrong(about)) is CheckStatus.INVALID
    world.clock.advance(1)
    assert await world.check(about, code) is CheckStatus.EXPIRED_AUTH
    await world.work()
    assert (await world.about(about)).state is State.EXPIRED
    assert await world.check(about, code) is CheckStatus.EXPIRED_AUTH


async def test_before_a_message_was_tried_a_check_counts_and_after_all_failed_it_does_not(
    world: World,
) -> None:
    await world.choose(routes=world.project.settings.routes[:1])
    about = (await world.ask()).authentication_id
    assert await world.check(about, "000") is CheckStatus.INVALID
    world.clock.advance(SECOND)
    world.providers["one"].script = [RuntimeError("not reached")]
    await world.choose(routes=())
    await world.work()
    assert await world.check(about, "000") is CheckStatus.WITHOUT_ATTEMPT


async def test_another_projects_authentication_is_refused_like_one_that_never_was(
    world: World,
) -> None:
    about = await world.pending()
    other = replace(world.project, id=world.clock.new_id(), name="other")
    answers = [
        await world.check_code(other, about, await world.code(about)),
        await world.check_code(other, world.clock.new_id(), "123456"),
        await world.check_code(other, None, "123456"),
    ]
    assert len(set(map(str, answers))) == 1
    assert isinstance(answers[0], Refusal)
    assert answers[0].code is ErrorCode.INVALID_AUTH_UUID
    assert (await world.about(about)).checks_spent == 0


async def test_a_right_code_is_right_also_where_a_later_attempt_would_have_the_same(
    world: World,
) -> None:
    await world.choose(code_length=4, max_checks=10)
    for number in range(10_000):
        about = (await world.ask(f"+33612{number:06}")).authentication_id
        codes = [await world.code(about, attempt) for attempt in range(1, check_code.COMPARED + 1)]
        if codes[0] in codes[1:]:
            break
    await world.work()
    assert await world.check(about, codes[0]) is CheckStatus.VALID
