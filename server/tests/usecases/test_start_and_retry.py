"""A request sends one code, joins what is open, and never spends more than was allowed."""

import asyncio
from collections import Counter

import pytest
from msgspec.structs import replace
from server.tests.conftest import DAY, HOUR, MINUTE, PERSON, SECOND, World

from watchword.domain.authentication import StartStatus, State
from watchword.domain.check import CheckStatus
from watchword.domain.errors import ErrorCode, Refusal
from watchword.domain.event import Retried
from watchword.domain.project import Limits, SpendCap
from watchword.domain.project import TestNumber as FixedCode
from watchword.domain.retry import RetryStatus
from watchword.domain.start_request import StartRequest
from watchword.ports.provider import Unavailable
from watchword.usecases.idempotency import IdempotencyKey
from watchword.usecases.retry_authentication import RetryAnswer
from watchword.usecases.start_authentication import Started

NUMBERS = [f"+336123{n:05}" for n in range(200)]


async def refused(world: World, number: str = PERSON) -> ErrorCode:
    answer = await world.start(world.project, StartRequest(phone_number=number))
    assert isinstance(answer, Refusal)
    return answer.code


async def all_at_once(world: World) -> Counter[str]:
    answers = await asyncio.gather(
        *(world.start(world.project, StartRequest(phone_number=each)) for each in NUMBERS)
    )
    return Counter(a.code if isinstance(a, Refusal) else a.status for a in answers)


@pytest.mark.parametrize("country", ["*", "FR"])
@pytest.mark.parametrize("period", ["hour", "day"])
async def test_s8_200_parallel_creates_at_cap_minus_one_send_exactly_one(
    world: World, country: str, period: str
) -> None:
    await world.choose(spend_caps=(SpendCap(period=period, amount=9_000 * 5, country=country),))
    for n in range(4):
        await world.pending(f"+3361200000{n}")
    assert await all_at_once(world) == {"pending": 1, "spam_detected": 199}
    await world.work()
    assert len(world.sent) == 5
    world.clock.advance(DAY)
    assert (await world.ask()).status is StartStatus.PENDING


async def test_s8_200_parallel_creates_at_the_days_limit_minus_one_send_exactly_one(
    world: World,
) -> None:
    await world.choose(spending_limit_day=9_000 * 2 + 8_999)
    await world.pending()
    answers = await all_at_once(world)
    assert answers == {"pending": 1, "spending_limit_exceeded": 199}
    await world.work()
    assert len(world.sent) == 2


async def test_200_parallel_creates_on_the_last_of_a_balance_are_paid_exactly(
    world: World,
) -> None:
    await world.store.add_balance(world.project.id, 9_000 * 3)
    answers = await all_at_once(world)
    assert answers == {"pending": 4, "negative_balance": 196}
    await world.work()
    assert len(world.sent) == 4
    assert await world.store.balance(world.project.id) == -9_000


async def test_100_parallel_requests_for_one_number_send_one_message(world: World) -> None:
    answers = await asyncio.gather(*(world.ask() for _ in range(100)))
    assert {answer.status for answer in answers} == {StartStatus.PENDING}
    assert len({answer.authentication_id for answer in answers}) == 1
    await world.work()
    assert len(world.sent) == 1


async def test_w3_50_parallel_equal_posts_under_one_key_send_one_message(world: World) -> None:
    await world.choose(stateless=False)
    key = IdempotencyKey("k", b"same")
    request = StartRequest(phone_number=PERSON)
    answers = await asyncio.gather(*(world.start(world.project, request, key) for _ in range(50)))
    assert len(set(map(str, answers))) == 1
    await world.work()
    assert len(world.sent) == 1
    world.clock.advance(DAY - 1)
    assert await world.start(world.project, request, key) == answers[0]
    other = await world.start(world.project, request, IdempotencyKey("k", b"other"))
    assert isinstance(other, Refusal)
    assert other.code is ErrorCode.IDEMPOTENCY_KEY_REUSED
    world.clock.advance(1)
    later = await world.start(world.project, request, key)
    assert isinstance(later, Started)
    assert later != answers[0]


async def test_w3_50_parallel_retries_under_one_key_send_one_message(world: World) -> None:
    about = await world.pending()
    world.clock.advance(31 * SECOND)
    key = IdempotencyKey("k", b"same")
    answers = await asyncio.gather(
        *(world.retry_authentication(world.project, about, key) for _ in range(50))
    )
    assert len(set(map(str, answers))) == 1
    await world.work()
    assert len(world.sent) == 2


async def test_100_parallel_retries_grant_one_and_deny_the_rest(world: World) -> None:
    about = await world.pending()
    world.clock.advance(31 * SECOND)
    answers = await asyncio.gather(*(world.retry(about) for _ in range(100)))
    statuses = Counter(answer.status for answer in answers)
    assert statuses == {RetryStatus.APPROVED: 1, RetryStatus.DENIED: 99}
    await world.work()
    assert len(world.sent) == 2


async def test_retries_come_at_their_times_and_are_then_used_up(world: World) -> None:
    about = await world.pending()
    created = world.clock.now()
    seen: list[tuple[RetryStatus, int]] = []
    for _ in range(4):
        early = await world.retry(about)
        assert early.status is RetryStatus.DENIED
        world.clock.time = early.next_retry_at
        answer = await world.retry(about)
        seen.append((answer.status, answer.remaining_retry))
        assert answer.created_at == world.clock.now()
        await world.work()
    assert seen == [(RetryStatus.APPROVED, left) for left in (3, 2, 1, 0)]
    assert world.clock.now() == created + (30 + 40 + 60 + 90) * SECOND
    over = await world.retry(about)
    assert (over.status, over.remaining_retry) == (RetryStatus.RATE_LIMITED, 0)
    assert over.next_retry_at == (await world.about(about)).expires_at
    assert [message.attempt_number for message in sorted(
        world.sent, key=lambda m: m.attempt_number)] == [1, 2, 3, 4, 5]  # fmt: skip


async def test_a_repeated_request_joins_what_is_open_and_counts_as_a_retry(world: World) -> None:
    first = await world.ask()
    await world.work()
    again = await world.ask()
    assert again == first
    assert len(world.sent) == 1
    for sends in (2, 3, 4, 5):
        world.clock.time = (await world.about(first.authentication_id)).next_retry_at
        assert await world.ask() == first
        await world.work()
        assert len(world.sent) == sends
    world.clock.advance(MINUTE)
    over = await world.ask()
    assert (over.authentication_id, over.status) == (
        first.authentication_id, StartStatus.RATE_LIMITED)  # fmt: skip
    world.clock.time = (await world.about(first.authentication_id)).expires_at
    fresh = await world.ask()
    assert fresh.status is StartStatus.PENDING
    assert fresh.authentication_id != first.authentication_id


async def test_after_a_right_code_a_request_begins_anew(world: World) -> None:
    about = await world.pending()
    assert await world.check(about, await world.code(about)) is CheckStatus.VALID
    assert (await world.ask()).authentication_id != about
    assert (await world.retry(about)).status is RetryStatus.ALREADY_VALIDATED


async def test_where_every_message_failed_a_retry_is_granted_at_once(world: World) -> None:
    for provider in world.providers.values():
        provider.script = [Unavailable("down")]
    about = await world.pending()
    answer = await world.retry(about)
    assert answer.status is RetryStatus.APPROVED
    await world.work()
    assert await world.check(about, await world.code(about, 2)) is CheckStatus.VALID


async def test_a_refused_request_opens_nothing(world: World) -> None:
    await world.choose(limits=Limits(number_10_minutes=2), stateless=False)
    sent = [await world.ask(), await world.ask()]
    limited = await world.ask()
    assert [answer.status for answer in sent] == [StartStatus.PENDING] * 2
    assert (limited.status, limited.expires_at) == (StartStatus.RATE_LIMITED, None)
    about = limited.authentication_id
    assert (await world.about(about)).state is State.REFUSED_RATE
    assert (await world.retry(about)).status is RetryStatus.NO_ATTEMPT
    assert await world.check(about, "123456") is CheckStatus.WITHOUT_ATTEMPT
    world.clock.advance(10 * MINUTE)
    assert (await world.ask()).status is StartStatus.PENDING


async def test_each_fault_of_a_project_or_number_is_refused_by_its_code(world: World) -> None:
    assert await refused(world, "+33") is ErrorCode.INVALID_PHONE_NUMBER
    assert await refused(world, "+33899123456") is ErrorCode.INVALID_LINE
    await world.choose(regions=("DE",))
    assert await refused(world) is ErrorCode.UNSUPPORTED_REGION
    await world.choose(regions=(), routes=())
    assert await refused(world) is ErrorCode.UNSUPPORTED_REGION
    await world.put(replace(world.project, suspended=True))
    assert await refused(world) is ErrorCode.SUSPENDED_ACCOUNT
    retried = await world.retry_authentication(world.project, None)
    assert isinstance(retried, Refusal)
    assert retried.code is ErrorCode.SUSPENDED_ACCOUNT


async def test_a_retry_of_nothing_known_is_refused(world: World) -> None:
    for unknown in (None, world.clock.new_id()):
        answer = await world.retry_authentication(world.project, unknown)
        assert isinstance(answer, Refusal)
        assert answer.code is ErrorCode.INVALID_AUTH_UUID


async def test_a_fixed_code_number_is_sent_nothing_costs_nothing_and_keeps_its_budgets(
    world: World,
) -> None:
    until = world.clock.now() + HOUR
    fixed = FixedCode(phone_number=PERSON, code="4321", until=until)
    await world.store.add_balance(world.project.id, 10)
    await world.choose(test_numbers=(fixed,))
    about = await world.pending()
    approved = 0
    for _ in range(60):
        world.clock.advance(9 * SECOND)
        approved += (await world.retry(about)).status is RetryStatus.APPROVED
    assert approved == 4
    assert world.sent == []
    assert await world.store.balance(world.project.id) == 10
    assert await world.check(about, "0000") is CheckStatus.INVALID
    assert await world.check(about, await world.code(about)) is CheckStatus.INVALID
    assert await world.check(about, "4321") is CheckStatus.VALID
    granted = [e for e in await world.happened(about) if e == Retried(RetryStatus.APPROVED)]
    assert len(granted) == 4


async def test_a_fixed_code_is_wrong_once_its_entry_has_ended(world: World) -> None:
    until = world.clock.now() + MINUTE
    fixed = FixedCode(phone_number=PERSON, code="4321", until=until)
    await world.choose(test_numbers=(fixed,))
    about = await world.pending()
    world.clock.time = until
    assert await world.check(about, "4321") is CheckStatus.INVALID
    assert await world.check(about, await world.code(about)) is CheckStatus.INVALID


async def test_the_answer_to_a_retry_has_all_its_fields_whatever_the_status(
    world: World,
) -> None:
    about = await world.pending()
    world.clock.time = (await world.about(about)).expires_at
    answer = await world.retry(about)
    assert answer == RetryAnswer(
        authentication_id=about,
        status=RetryStatus.EXPIRED_AUTH,
        created_at=(await world.about(about)).created_at,
        next_retry_at=(await world.about(about)).expires_at,
        remaining_retry=0,
    )
