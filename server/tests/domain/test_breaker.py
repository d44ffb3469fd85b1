"""Breaker: a route that fails is left alone, tried again with one message, and trusted step by step."""

from hypothesis import given
from hypothesis import strategies as st

from watchword.domain.routing.breaker import (
    CLOSED,
    FIRST_REST,
    LONGEST_REST,
    SLOW_REST,
    TRIAL,
    Breaker,
    Fared,
    Standing,
)

NOW = 1_750_000_000_000


def failed(times: int, breaker: Breaker = CLOSED, now: int = NOW) -> Breaker:
    for _ in range(times):
        breaker = breaker.after(Fared.BADLY, 3_000, now, "no answer")
    return breaker


def took(times: int, milliseconds: int, breaker: Breaker = CLOSED, now: int = NOW) -> Breaker:
    for _ in range(times):
        breaker = breaker.after(Fared.WELL, milliseconds, now)
    return breaker


def test_three_failures_open_it_where_nothing_good_was_seen() -> None:
    assert failed(2).standing is Standing.CLOSED
    assert failed(3).standing is Standing.OPEN
    assert failed(3).because == "no answer"


def test_a_busy_route_opens_after_five_failures_in_a_row_however_good_it_was() -> None:
    busy = took(1_000, 100)
    assert failed(4, busy).standing is Standing.CLOSED
    assert failed(5, busy).standing is Standing.OPEN


def test_a_failure_now_and_then_opens_nothing() -> None:
    breaker = CLOSED
    for _ in range(100):
        breaker = took(3, 100, failed(1, breaker))
    assert breaker.standing is Standing.CLOSED


def test_old_failures_are_forgotten() -> None:
    breaker = failed(2)
    assert failed(1, breaker, NOW + 10 * 60_000).standing is Standing.CLOSED


def test_what_is_about_the_message_says_nothing_of_the_route() -> None:
    breaker = CLOSED
    for _ in range(100):
        breaker = breaker.after(Fared.NEITHER, 100, NOW)
    assert breaker == CLOSED


def test_an_open_breaker_lets_one_trial_through_when_its_rest_is_over() -> None:
    breaker = failed(3)
    assert not breaker.permits(NOW + FIRST_REST - 1)
    assert breaker.permits(NOW + FIRST_REST)
    trying = breaker.tried(NOW + FIRST_REST)
    assert not trying.permits(NOW + FIRST_REST + TRIAL - 1)


def test_two_good_trials_close_it() -> None:
    now = NOW + FIRST_REST
    once = failed(3).tried(now).after(Fared.WELL, 100, now)
    assert once.standing is Standing.OPEN
    assert once.permits(now)
    twice = once.tried(now).after(Fared.WELL, 100, now)
    assert twice.standing is Standing.CLOSED


def test_after_a_good_probe_one_good_message_closes_it() -> None:
    now = NOW + FIRST_REST
    answered = failed(3).answered(now)
    assert answered.permits(now)
    assert answered.tried(now).after(Fared.WELL, 100, now).standing is Standing.CLOSED


def test_each_trial_that_fails_doubles_the_rest_up_to_five_minutes() -> None:
    breaker, now, rests = failed(3), NOW, []
    for _ in range(10):
        rests.append(breaker.until - now)
        now = breaker.until
        breaker = breaker.tried(now).after(Fared.BADLY, 3_000, now, "again")
    assert rests[:4] == [FIRST_REST, 2 * FIRST_REST, 4 * FIRST_REST, 8 * FIRST_REST]
    assert rests[-1] == LONGEST_REST


def test_what_was_under_way_when_it_opened_does_not_lengthen_the_rest() -> None:
    breaker = failed(3)
    assert failed(50, breaker) == breaker
    assert took(1, 100, breaker) == breaker


def test_a_trial_that_says_nothing_of_the_route_leaves_the_next_message_to_try() -> None:
    now = NOW + FIRST_REST
    assert failed(3).tried(now).after(Fared.NEITHER, 100, now).permits(now)


def test_a_route_that_takes_long_to_accept_is_slow_and_is_tried_now_and_then() -> None:
    breaker = took(5, 2_000)
    assert breaker.standing is Standing.SLOW
    assert "2.0 s" in breaker.because
    assert not breaker.permits(NOW + SLOW_REST - 1)
    assert breaker.permits(NOW + SLOW_REST)


def test_a_slow_route_is_trusted_again_only_when_it_is_clearly_quicker() -> None:
    now = NOW + SLOW_REST
    still = took(5, 2_000).tried(now).after(Fared.WELL, 1_000, now)
    assert still.standing is Standing.SLOW
    assert not still.permits(now)
    now += SLOW_REST
    brisk = still.tried(now).after(Fared.WELL, 300, now)
    assert brisk.tried(now).after(Fared.WELL, 300, now).standing is Standing.CLOSED


def test_one_slow_message_is_no_slow_route() -> None:
    assert took(1, 2_900, took(10, 200)).standing is Standing.CLOSED


def test_a_provider_that_asks_to_be_left_alone_is() -> None:
    breaker = CLOSED.rested(NOW, 7_000)
    assert not breaker.permits(NOW + 6_999)
    assert breaker.permits(NOW + 7_000)
    assert breaker.standing is Standing.CLOSED
    assert CLOSED.rested(NOW, 10**9).permits(NOW + LONGEST_REST)


@given(
    st.lists(st.tuples(st.sampled_from(list(Fared)), st.integers(0, 4_000), st.integers(0, 60_000)))
)
def test_whatever_happens_a_route_is_let_through_again_within_five_minutes(
    story: list[tuple[Fared, int, int]],
) -> None:
    breaker, now = CLOSED, NOW
    for fared, milliseconds, pause in story:
        now += pause
        if breaker.permits(now):
            breaker = breaker.tried(now)
        breaker = breaker.after(fared, milliseconds, now, "because")
        assert breaker.good >= 0
        assert breaker.bad >= 0
    assert breaker.permits(now + LONGEST_REST)
