"""A clock gives the present, ids that grow with it, and chance."""

import time
from collections.abc import Callable

import pytest
from server.tests.conftest import ManualClock

from watchword.adapters.clock import SystemClock
from watchword.ports.clock import Clock


@pytest.fixture(params=[SystemClock, ManualClock])
def clock(request: pytest.FixtureRequest) -> Clock:
    make: Callable[[], Clock] = request.param
    return make()


def test_every_id_is_larger_than_all_before_it(clock: Clock) -> None:
    ids = [clock.new_id() for _ in range(10_000)]
    assert ids == sorted(set(ids))
    assert [str(each) for each in ids] == sorted(map(str, ids))


def test_an_id_is_a_uuid_of_version_7_that_holds_the_time(clock: Clock) -> None:
    before = clock.now()
    made = clock.new_id()
    after = clock.now()
    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert before <= made.int >> 80 <= after + 1


def test_chance_is_between_0_and_1(clock: Clock) -> None:
    assert all(0 <= clock.chance() <= 1 for _ in range(1_000))


def test_the_machines_clock_counts_milliseconds_since_1970() -> None:
    before = int(time.time() * 1000)
    assert before - 1 <= SystemClock().now() <= int(time.time() * 1000) + 1
