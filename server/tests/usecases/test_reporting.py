"""A report says what happened in a period, what happened before it, and where; nothing twice."""

from uuid import UUID

import pytest
from msgspec.structs import replace
from server.tests.conftest import DAY, HOUR, PERSON, SECOND, START, World

from watchword.domain.attempt import DeliveryStatus
from watchword.domain.screening.list_entry import ListEntry, ListKind
from watchword.domain.start_request import StartRequest
from watchword.ports.provider import RefusalKind, Refused, Report
from watchword.usecases.manage.reporting import Counts, Reporting

NOW = START - START % HOUR
BRITON = "+447700900123"
NOTHING = {"started": 0, "refused": 0, "sent": 0, "verified": 0, "cost": 0}


@pytest.fixture
def reporting(world: World) -> Reporting:
    return Reporting(world.store, world.clock)


def some(counts: Counts, *names: str) -> dict[str, object]:
    return {name: getattr(counts, name) for name in names or NOTHING}


async def verified(world: World, number: str, after: int = 4 * SECOND) -> UUID:
    about = await world.pending(number)
    world.clock.advance(2 * SECOND)
    await world.record_receipt(about, 1, Report(status=DeliveryStatus.DELIVERED))
    world.clock.advance(after - 2 * SECOND)
    await world.check(about, await world.code(about))
    return about


async def test_a_known_history_is_told_in_figures(world: World, reporting: Reporting) -> None:
    world.clock.time = NOW + SECOND
    await verified(world, PERSON)
    await verified(world, BRITON)
    lost = await world.pending("+33612345670")
    await world.check(lost, await world.wrong(lost))
    world.providers["one"].script = [Refused(RefusalKind.NUMBER, "21", "not here")]
    await world.pending("+33612345671")
    report = await reporting(world.project.id, NOW, NOW + HOUR)
    assert some(report.now) == {
        "started": 4,
        "refused": 0,
        "sent": 4,
        "verified": 2,
        "cost": 3 * 9_000 + 5_000,
    }
    assert some(report.now, "failed", "delivered", "wrong") == {
        "failed": 0,
        "delivered": 2,
        "wrong": 1,
    }
    assert (report.now.conversion, report.now.arrival) == (0.5, 0.5)
    assert report.now.cost_per_verified == (3 * 9_000 + 5_000) / 2
    assert report.now.delivered_p50 is not None
    assert 0 < report.now.delivered_p50 <= 3
    assert report.now.verified_p95 is not None
    assert 3 < report.now.verified_p95 <= 5
    assert some(report.before) == NOTHING
    assert report.before.conversion is None
    assert [(one.name, one.counts.started) for one in report.countries] == [("FR", 3), ("GB", 1)]
    assert [(one.name, one.counts.sent) for one in report.channels] == [("sms", 3), ("whatsapp", 1)]
    assert [(one.name, one.counts.sent) for one in report.accounts] == [("one", 3), ("two", 1)]


async def test_the_period_before_is_as_long_and_ends_where_this_begins(
    world: World, reporting: Reporting
) -> None:
    world.clock.time = NOW + SECOND
    for hours in range(6):
        world.clock.time = NOW + hours * HOUR + SECOND
        await world.pending(f"+3361234{hours:04}")
    report = await reporting(world.project.id, NOW + 4 * HOUR, NOW + 6 * HOUR)
    assert (report.before.started, report.now.started) == (2, 2)
    assert (await reporting(world.project.id, NOW, NOW + 6 * HOUR)).now.started == 6


@pytest.mark.parametrize(
    ("length", "step"),
    [
        (HOUR, HOUR),
        (DAY, HOUR),
        (7 * DAY, 2 * HOUR),
        (30 * DAY, 6 * HOUR),
        (90 * DAY, DAY),
        (365 * DAY, DAY),
    ],
)
async def test_a_course_has_no_holes_and_adds_up_to_the_whole(
    length: int, step: int, world: World, reporting: Reporting
) -> None:
    until = NOW + HOUR
    for part in (0, 3, 5, 9):
        world.clock.time = max(until - length + part * length // 10, until - length) + SECOND
        await world.pending(f"+3361234{part:04}")
    report = await reporting(world.project.id, until - length, until)
    assert report.step == step
    places = [point.at for point in report.course]
    assert places == list(range(places[0], until, step))
    assert places[0] <= until - length < places[0] + step
    assert sum(point.counts.started for point in report.course) == report.now.started == 4
    fraud = await reporting.fraud(world.project.id, until - length, until)
    assert [point.at for point in fraud.course] == places


async def test_a_report_is_of_one_project_or_of_all(world: World, reporting: Reporting) -> None:
    world.clock.time = NOW + SECOND
    await world.pending()
    other = replace(world.project, id=world.clock.new_id(), name="other")
    await world.store.put_project(other)
    await world.start(other, StartRequest(phone_number=PERSON))
    for project_id, started in ((world.project.id, 1), (other.id, 1), (None, 2), (UUID(int=1), 0)):
        report = await reporting(project_id, NOW, NOW + HOUR)
        assert report.now.started == started
        assert sum(one.counts.started for one in report.countries) == started


async def test_nothing_is_reported_as_nothing(world: World, reporting: Reporting) -> None:
    report = await reporting(world.project.id, NOW, NOW + DAY)
    assert some(report.now) == NOTHING
    assert (report.countries, report.channels, report.accounts) == ((), (), ())
    assert len(report.course) == 24
    assert (report.now.conversion, report.now.arrival, report.now.verified_p50) == (None,) * 3


async def test_what_was_refused_is_told_by_reason_prefix_and_country_and_counts_once(
    world: World, reporting: Reporting
) -> None:
    world.clock.time = NOW + SECOND
    await world.choose(blocked=(ListEntry(kind=ListKind.PREFIX, value="+33612"),))
    for number in (PERSON, "+33612345679", "+33612999999", BRITON):
        await world.ask(number)
    fraud = await reporting.fraud(world.project.id, NOW, NOW + HOUR)
    assert some(fraud.now, "started", "refused", "kept") == {
        "started": 4,
        "refused": 3,
        "kept": 3 * 9_000,
    }
    told = {one.name: (one.count, one.kept) for one in fraud.reasons}
    assert told["blocked_prefix"] == (3, 27_000)
    assert "" not in told
    assert [(one.name, one.count) for one in fraud.prefixes] == [("+3361234", 2), ("+3361299", 1)]
    assert [(one.name, one.count, one.kept) for one in fraud.countries] == [("FR", 3, 27_000)]
    assert PERSON not in str(fraud)
    hits = await reporting.hits(world.project.id, NOW)
    assert {one.reason: one.count for one in hits if one.prefix == "+3361234"} == {
        "": 2,
        "blocked_prefix": 2,
    }
