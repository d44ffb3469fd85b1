"""Callbacks are tried for two weeks with growing waits; our own failures are tried again soon."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchword.domain.task import CALLBACK_LIFETIME, HOUR, MINUTE, callback_delay, task_delay


def test_a_callback_waits_1_2_4_minutes_and_so_on_up_to_12_hours() -> None:
    waits = [callback_delay(tries, 0.0) for tries in range(1, 14)]
    assert waits[:10] == [MINUTE * 2**n for n in range(10)]
    assert waits[10:] == [12 * HOUR] * 3


def test_callbacks_last_two_weeks_of_tries() -> None:
    assert CALLBACK_LIFETIME == 14 * 24 * HOUR
    waited, tries = 0, 1
    while waited + callback_delay(tries, 0.0) <= CALLBACK_LIFETIME:
        waited, tries = waited + callback_delay(tries, 0.0), tries + 1
    assert tries == 37
    assert waited > CALLBACK_LIFETIME - 12 * HOUR


@given(tries=st.integers(1, 10_000), jitter=st.floats(0, 1))
def test_jitter_shortens_a_wait_by_a_tenth_at_most(tries: int, jitter: float) -> None:
    whole = callback_delay(tries, 0.0)
    assert whole * 0.9 - 1 <= callback_delay(tries, jitter) <= whole


@pytest.mark.parametrize(("tries", "wait"), [(1, 1_000), (2, 2_000), (6, 32_000), (7, 60_000)])
def test_a_task_that_failed_by_our_own_fault_comes_back_within_a_minute(
    tries: int, wait: int
) -> None:
    assert task_delay(tries) == wait
    assert task_delay(1_000_000) == MINUTE
