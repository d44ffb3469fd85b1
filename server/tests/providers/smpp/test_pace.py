"""Submissions keep to the pace that was agreed, and to half of it after a complaint."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from watchword.adapters.providers.pace import SLOW_FOR, Pace
from watchword.adapters.providers.smpp.pool import LONGEST_PAUSE, pause_before


def places(pace: Pace, now: float, count: int) -> list[float]:
    return [now + pace.take(now) for _ in range(count)]


@given(st.integers(1, 1000), st.lists(st.floats(0, 5), max_size=50))
def test_no_two_submissions_are_closer_than_the_pace_allows(
    per_second: int, gaps: list[float]
) -> None:
    pace, now, went = Pace(per_second), 100.0, []
    for gap in gaps:
        now += gap
        went.append(now + pace.take(now))
    assert all(later - earlier >= 1 / per_second - 1e-9 for earlier, later in pairwise(went))


def test_without_a_limit_everything_goes_at_once() -> None:
    assert places(Pace(0), 100.0, 5) == [100.0] * 5


def test_a_place_is_seen_before_it_is_taken() -> None:
    pace = Pace(2)
    assert pace.wait(100.0) == 0
    pace.take(100.0)
    assert pace.wait(100.0) == 0.5
    assert pace.wait(200.0) == 0


def test_a_complaint_halves_the_pace_for_a_while() -> None:
    pace = Pace(100)
    pace.slow_down(50.0)
    assert pace.per_second(50.0) == 50
    assert pace.per_second(50.0 + SLOW_FOR) == 100


def test_complaints_about_what_was_on_its_way_count_once() -> None:
    pace = Pace(100)
    pace.slow_down(50.0)
    pace.slow_down(50.5)
    assert pace.per_second(50.5) == 50
    pace.slow_down(52.0)
    assert pace.per_second(52.0) == 25


def test_without_a_limit_a_complaint_halves_what_was_sent() -> None:
    pace = Pace(0)
    places(pace, 50.0, 80)
    places(pace, 51.2, 10)
    pace.slow_down(51.3)
    assert pace.per_second(51.3) == 40
    assert Pace(0).per_second(51.3) == 0


def test_the_pace_never_falls_to_nothing() -> None:
    pace = Pace(0)
    pace.slow_down(50.0)
    assert pace.per_second(50.0) == 1


@given(st.integers(1, 10_000), st.floats(0, 1))
def test_the_pause_before_a_try_grows_and_stays_within_its_limit(tries: int, chance: float) -> None:
    assert 0 <= pause_before(tries, chance) <= LONGEST_PAUSE
    assert pause_before(tries, 1.0) <= pause_before(tries + 1, 1.0)
