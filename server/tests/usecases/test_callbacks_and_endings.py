"""Callbacks are delivered until acknowledged, lifetimes end, and feedback finds its authentication."""

import json
from collections import Counter
from uuid import UUID

import pytest
from server.tests.conftest import DAY, HOUR, LEASE, MINUTE, PERSON, World

from watchword.domain.authentication import State
from watchword.domain.errors import ErrorCode, Refusal
from watchword.domain.event import CallbackEnded, Expired, FeedbackGiven
from watchword.domain.feedback import FeedbackStatus
from watchword.ports.courier import NotDelivered

URL = "https://example.org/hook"
FORTNIGHT = 14 * DAY


async def ended(world: World, about: UUID) -> list[CallbackEnded]:
    return [e for e in await world.happened(about) if isinstance(e, CallbackEnded)]


async def test_what_happens_is_called_back_once_each_and_signed_for_the_project(
    world: World,
) -> None:
    about = await world.pending(callback_url=URL, correlation_id="mine")
    await world.check(about, await world.code(about))
    await world.work()
    bodies = [json.loads(body) for _, body, _, _ in world.courier.carried]
    assert Counter(body["type"] for body in bodies) == {
        "authentication": 1, "attempt": 1, "delivery_status": 1,
    }  # fmt: skip
    for (url, _, message_id, secrets), body in zip(world.courier.carried, bodies, strict=True):
        assert url == URL
        assert message_id == f"evt_{body['id']}"
        assert secrets == world.keyring.callback_secrets(world.project.id)
        assert body["correlation_id"] == "mine"
        assert body["auth_uuid"] == str(about)
    assert len({message_id for _, _, message_id, _ in world.courier.carried}) == 3
    assert [e.acknowledged for e in await ended(world, about)] == [True] * 3


async def test_without_a_callback_url_nothing_is_called_back(world: World) -> None:
    about = await world.pending()
    await world.check(about, await world.code(about))
    await world.work()
    assert world.courier.carried == []


async def test_w5_a_callback_is_repeated_unchanged_with_growing_waits_until_acknowledged(
    world: World,
) -> None:
    world.courier.answers = [NotDelivered("answered 500")] * 8
    about = await world.pending(callback_url=URL)
    began = world.clock.now()
    times = [0]
    while len(await ended(world, about)) < 2:
        due = await world.store.next_due()
        assert due is not None
        world.clock.time = due
        await world.work()
        times.append((due - began) // MINUTE)
    assert times == [0, 1, 3, 7, 10, 15]  # after ten minutes the authentication expires
    by_id = Counter(world.courier.carried)
    assert len(by_id) == 2
    assert sorted(by_id.values()) == [5, 5]
    assert [(e.acknowledged, e.tries, e.because) for e in await ended(world, about)] == [
        (True, 5, None)
    ] * 2


async def test_w5_a_callback_is_given_up_after_two_weeks_and_that_is_told(world: World) -> None:
    world.courier.answers = [NotDelivered("answered 503")] * 1_000
    about = await world.pending(callback_url=URL)
    began = world.clock.now()
    while (due := await world.store.next_due()) is not None:
        world.clock.time = due
        await world.work()
    assert FORTNIGHT - 12 * HOUR < world.clock.now() - began <= FORTNIGHT
    assert [(e.acknowledged, e.because) for e in await ended(world, about)] == [
        (False, "answered 503")
    ] * 2
    assert set(Counter(world.courier.carried).values()) == {37}


async def test_a_worker_that_died_with_a_callback_is_taken_over(world: World) -> None:
    await world.ask(callback_url=URL)
    await world.claim()
    world.clock.advance(LEASE)
    await world.work()
    assert len(world.courier.carried) == 2


async def test_an_authentication_expires_by_itself_once(world: World) -> None:
    about = await world.pending()
    world.clock.time = (await world.about(about)).expires_at - 1
    await world.work()
    assert (await world.about(about)).state is State.OPEN
    world.clock.advance(1)
    await world.work()
    assert (await world.about(about)).state is State.EXPIRED
    assert (await world.happened(about)).count(Expired()) == 1
    assert await world.store.next_due() is None


async def test_a_validated_authentication_does_not_expire(world: World) -> None:
    about = await world.pending()
    await world.check(about, await world.code(about))
    world.clock.advance(HOUR)
    await world.work()
    assert (await world.about(about)).state is State.VALIDATED
    assert Expired() not in await world.happened(about)


async def feedback(world: World, status: str, number: str = PERSON) -> UUID | ErrorCode:
    answer = await world.record_feedback(world.project, number, status)
    return answer.code if isinstance(answer, Refusal) else answer


async def test_feedback_finds_the_numbers_newest_authentication(world: World) -> None:
    await world.choose(stateless=False)
    older, newest = await world.pending(), await world.pending()
    given = await feedback(world, "onboarded")
    assert isinstance(given, UUID)
    assert FeedbackGiven(given, FeedbackStatus.ONBOARDED) in await world.happened(newest)
    assert (await world.about(newest)).feedback is FeedbackStatus.ONBOARDED
    assert (await world.about(older)).feedback is None


async def test_the_same_feedback_twice_is_refused_and_another_replaces_it(world: World) -> None:
    about = await world.pending()
    first = await feedback(world, "onboarded")
    assert await feedback(world, "onboarded") is ErrorCode.DUPLICATED_FEEDBACK_STATUS
    second = await feedback(world, "not_onboarded")
    assert isinstance(second, UUID)
    assert second != first
    assert (await world.about(about)).feedback is FeedbackStatus.NOT_ONBOARDED


async def test_feedback_without_an_authentication_in_30_days_is_refused(world: World) -> None:
    assert await feedback(world, "onboarded") is ErrorCode.NO_ASSOCIATED_AUTH_FOUND
    await world.pending()
    world.clock.advance(30 * DAY - 1)
    assert isinstance(await feedback(world, "onboarded"), UUID)
    world.clock.advance(1)
    assert await feedback(world, "not_onboarded") is ErrorCode.NO_ASSOCIATED_AUTH_FOUND


@pytest.mark.parametrize("status", ["", "Onboarded", "maybe"])
async def test_feedback_that_is_neither_word_is_refused(world: World, status: str) -> None:
    await world.pending()
    assert await feedback(world, status) is ErrorCode.INVALID_FEEDBACK_STATUS
    assert await feedback(world, "onboarded", "nobody") is ErrorCode.INVALID_PHONE_NUMBER
