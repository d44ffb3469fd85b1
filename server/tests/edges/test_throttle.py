"""A project sends so many requests a second as it was given, and no project uses up another's."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from watchword.domain.project import Limits, Mode, Project, ProjectSettings
from watchword.edges.api.throttle import Throttle

NOW = 1_750_000_000_000


def project(rate: int, mode: Mode = Mode.LIVE, number: int = 1) -> Project:
    settings = ProjectSettings(limits=Limits(requests_second=rate))
    return Project(id=UUID(int=number), name="p", mode=mode, created_at=0, settings=settings)


def test_as_many_requests_at_once_as_in_a_second_and_then_at_its_pace() -> None:
    throttle, limited = Throttle(), project(4)
    assert [throttle.admits(limited, NOW) for _ in range(6)] == [True] * 4 + [False] * 2
    assert not throttle.admits(limited, NOW + 249)
    assert throttle.admits(limited, NOW + 250)
    assert not throttle.admits(limited, NOW + 250)
    assert [throttle.admits(limited, NOW + 90_000) for _ in range(5)] == [True] * 4 + [False]


def test_no_limit_and_the_sandbox_admit_everything() -> None:
    throttle = Throttle()
    for free in (project(0), project(1, Mode.SANDBOX)):
        assert all(throttle.admits(free, NOW) for _ in range(1_000))


def test_each_project_has_a_limit_of_its_own() -> None:
    throttle = Throttle()
    assert throttle.admits(project(1, number=1), NOW)
    assert not throttle.admits(project(1, number=1), NOW)
    assert throttle.admits(project(1, number=2), NOW)


@given(rate=st.integers(1, 50), steps=st.lists(st.integers(-500, 2_000), max_size=60))
def test_however_time_goes_no_more_pass_than_a_burst_and_the_pace_allow(
    rate: int, steps: list[int]
) -> None:
    throttle, limited, now, forward, admitted = Throttle(), project(rate), NOW, 0, 0
    for step in steps:
        now, forward = now + step, forward + max(0, step)
        admitted += throttle.admits(limited, now)
    assert admitted <= rate + forward * rate / 1_000 + 1e-6
