"""Requests are sent again when asked for, when it helps, and never forever."""

from __future__ import annotations

from email.utils import formatdate
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

import watchword_client as sdk
from watchword_client._retries import Failure, Schedule, retry_after_seconds

if TYPE_CHECKING:
    from client.tests.conftest import Wire

BACKOFF = sdk.RetryConfig(strategy="backoff")
PERSISTENT = sdk.RetryConfig(strategy="backoff", retry_connection_errors=True)


def retry(wire: Wire, **arguments: Any) -> sdk.Result[sdk.RetryAuthenticationResponse]:
    return sdk.otp_retry(wire.ding(), authentication_uuid="a", **arguments)


def test_nothing_is_sent_again_by_default(wire: Wire) -> None:
    wire.will_answer(503)
    assert isinstance(retry(wire).error, sdk.SDKError)
    assert (len(wire.requests), wire.slept) == (1, [])


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_passing_failure_is_sent_again(wire: Wire, status: int) -> None:
    wire.will_answer(status, status, {"status": "approved"})
    result = retry(wire, retries=BACKOFF)
    assert result.value == sdk.RetryAuthenticationResponse(status=sdk.RetryStatus.APPROVED)
    assert wire.slept == [0.5, 0.75]


@pytest.mark.parametrize("status", [201, 400, 401, 403, 404, 409, 422, 501])
def test_any_other_failure_is_not(wire: Wire, status: int) -> None:
    wire.will_answer(status)
    assert not retry(wire, retries=BACKOFF).ok
    assert len(wire.requests) == 1


def test_waits_grow_up_to_the_largest(wire: Wire) -> None:
    backoff = sdk.BackoffStrategy(initial_interval=100, max_interval=700, exponent=2.0)
    wire.will_answer(*[503] * 5, {})
    assert retry(wire, retries=sdk.RetryConfig(strategy="backoff", backoff=backoff)).ok
    assert wire.slept == [0.1, 0.2, 0.4, 0.7, 0.7]


def test_the_defaults_are_those_of_the_ding_sdks() -> None:
    assert sdk.RetryConfig().strategy == "none"
    backoff = sdk.RetryConfig().backoff
    assert (backoff.initial_interval, backoff.max_interval) == (500, 60_000)
    assert (backoff.exponent, backoff.max_elapsed_time) == (1.5, 3_600_000)
    intervals = [backoff.interval(n, jitter=0) for n in range(4)]
    assert intervals == [500, 750, 1125, 1687.5]
    assert backoff.interval(10_000, jitter=0) == 60_000


def test_chance_adds_at_most_a_second_and_at_most_the_wait() -> None:
    backoff = sdk.BackoffStrategy()
    assert backoff.interval(0, jitter=1.0) == 1_000
    assert backoff.interval(3, jitter=1.0) == 2_687.5
    assert backoff.interval(50, jitter=1.0) == 60_000


def test_it_ends_before_the_elapsed_time_is_passed(wire: Wire) -> None:
    backoff = sdk.BackoffStrategy(initial_interval=1_000, exponent=1.0, max_elapsed_time=3_000)
    wire.will_answer(*[503] * 9)
    result = retry(wire, retries=sdk.RetryConfig(strategy="backoff", backoff=backoff))
    assert isinstance(result.error, sdk.SDKError)
    assert wire.slept == [1.0, 1.0, 1.0]


@pytest.mark.parametrize("value", ["7", " 7 ", formatdate(1_007, usegmt=True)])
def test_retry_after_is_obeyed(wire: Wire, value: str) -> None:
    wire.will_answer(httpx2.Response(429, headers={"retry-after": value}), 503, {})
    assert retry(wire, retries=BACKOFF).ok
    assert wire.slept == [7.0, 0.75]


def test_retry_after_is_obeyed_beyond_the_largest_wait(wire: Wire) -> None:
    wire.will_answer(httpx2.Response(503, headers={"retry-after": "120"}), {})
    assert retry(wire, retries=BACKOFF).ok
    assert wire.slept == [120.0]


def test_retry_after_beyond_the_elapsed_time_ends_it(wire: Wire) -> None:
    wire.will_answer(httpx2.Response(503, headers={"retry-after": "3601"}))
    assert not retry(wire, retries=BACKOFF).ok
    assert wire.slept == []


@pytest.mark.parametrize(
    "value",
    ["0", "-3", "soon", "", "1.5", "\u0663", "Mon, 99 Foo 2024", formatdate(900, usegmt=True)],
)
def test_retry_after_without_sense_is_left_aside(value: str) -> None:
    assert retry_after_seconds(value, now=1_000) == 0


def test_a_retry_after_date_without_a_zone_is_utc() -> None:
    assert retry_after_seconds("Thu, 01 Jan 1970 00:16:47", now=1_000) == 7


def test_connection_errors_are_sent_again_only_when_asked_for(wire: Wire) -> None:
    wire.will_answer(httpx2.ConnectError("no"))
    assert isinstance(retry(wire, retries=BACKOFF).error, sdk.ConnectionError)
    wire.will_answer(httpx2.ConnectError("no"), httpx2.ReadTimeout("slow"), {})
    assert retry(wire, retries=PERSISTENT).ok
    assert wire.slept == [0.5, 0.75]


def test_retry_codes_can_be_chosen(wire: Wire) -> None:
    wire.will_answer(404, 418, {})
    assert retry(wire, retries=BACKOFF, retry_codes=[404, "4xx"]).ok
    wire.will_answer(503)
    assert not retry(wire, retries=BACKOFF, retry_codes=[]).ok


def test_a_clients_own_choice_stands_behind_each_call(wire: Wire) -> None:
    ding = wire.ding(retries=BACKOFF, retry_codes=["5XX"])
    wire.will_answer(599, {})
    assert ding.otp.retry(authentication_uuid="a").status is None
    wire.will_answer(599)
    with pytest.raises(sdk.SDKError):
        ding.otp.retry(authentication_uuid="a", retries=sdk.RetryConfig())


def test_a_call_keeps_its_idempotency_key_and_body_over_all_tries(wire: Wire) -> None:
    wire.will_answer(503, 503, {})
    wire.ding(retries=BACKOFF).otp.create_authentication(phone_number="+33612345678")
    keys = {request.headers["idempotency-key"] for request in wire.requests}
    bodies = {request.content for request in wire.requests}
    assert (len(wire.requests), len(keys), len(bodies)) == (3, 1, 1)


def test_every_call_has_an_idempotency_key_of_its_own(wire: Wire) -> None:
    assert retry(wire).ok
    assert retry(wire).ok
    first, second = (request.headers["idempotency-key"] for request in wire.requests)
    assert first != second


def test_the_idempotency_key_can_be_given(wire: Wire) -> None:
    assert retry(wire, idempotency_key="mine").ok
    assert retry(wire, headers={"Idempotency-Key": "header"}).ok
    assert [request.headers["idempotency-key"] for request in wire.requests] == ["mine", "header"]


async def test_an_asynchronous_client_waits_the_same(wire: Wire) -> None:
    wire.will_answer(503, httpx2.Response(429, headers={"retry-after": "3"}), {"status": "denied"})
    answer = await wire.async_ding(retries=BACKOFF).otp.retry(authentication_uuid="a")
    assert answer.status is sdk.RetryStatus.DENIED
    assert wire.slept == [0.5, 3.0]


def test_what_is_nobodys_failure_is_never_tried_again() -> None:
    schedule = Schedule(PERSISTENT, ["5XX"], sdk.Clock(jitter=lambda: 0.0))
    assert schedule.wait(None) is None
    assert schedule.wait(Failure(status_code=200)) is None
    assert schedule.wait(Failure(status_code=500)) == 0.5
