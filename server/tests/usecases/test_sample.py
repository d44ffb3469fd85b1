"""The sample project: history that could have happened, counted as it is listed, gone without a trace."""

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from msgspec.structs import replace
from server.tests.conftest import DAY, HOUR, MINUTE, World, looked_up

from watchword.adapters.numbering.libphonenumber import LibPhoneNumber
from watchword.adapters.store.statements import migrations
from watchword.domain.attempt import AttemptStatus, DeliveryStatus
from watchword.domain.authentication import Authentication, State
from watchword.domain.callback_record import CallbackState
from watchword.domain.check import CheckStatus
from watchword.domain.event import (
    Attempted,
    CallbackEnded,
    Checked,
    DeliveryReported,
    Event,
    Expired,
    Screened,
)
from watchword.domain.project import Mode
from watchword.domain.rollup import ANY_REASON, total
from watchword.domain.screening.verdict import Decision
from watchword.ports.reports import Period
from watchword.usecases.manage.projects import ManageProjects, NoSuchProjectError
from watchword.usecases.manage.sample import Sample

DAYS, A_DAY = 2, 60
KEPT_ANYWAY = {"audit", "directory_version"}


@pytest.fixture
def sample(world: World) -> Sample:
    return Sample(world.store, world.store, world.clock, world.keyring, LibPhoneNumber())


async def listed(world: World) -> Sequence[Authentication]:
    return await world.store.authentications_before(None, 100_000)


def rows(database: Path | str) -> dict[str, int]:
    """How many rows every table has."""
    names = [
        name
        for _, sql in migrations()
        for name in re.findall(r"^CREATE TABLE (\w+)", sql, re.MULTILINE)
    ]
    return {name: int(looked_up(database, f"SELECT COUNT(*) FROM {name}")) for name in names}


async def test_one_seed_invents_the_same_history_again_and_another_one_another(
    world: World, sample: Sample
) -> None:
    invented = []
    for seed in (7, 7, 8):
        project = await sample.fill(DAYS, A_DAY, seed)
        everything = [replace(one, project_id=world.project.id) for one in await listed(world)]
        period = Period(0, world.clock.now(), project.id)
        counted = total(rollup for _, rollup in await world.store.by_way(period)).counts
        invented.append((everything, counted))
        await sample.remove()
    assert len(invented[0][0]) == DAYS * A_DAY
    assert invented[0] == invented[1]
    assert invented[0] != invented[2]


async def test_what_is_counted_is_what_is_listed(world: World, sample: Sample) -> None:
    project = await sample.fill(DAYS, A_DAY)
    now = world.clock.now()
    found = await listed(world)
    period = Period(now - DAYS * DAY - HOUR, now, project.id)
    by_way = await world.store.by_way(period)
    counted = total(rollup for _, rollup in by_way)
    assert counted["started"] == len(found) == DAYS * A_DAY
    states = Counter(one.state for one in found)
    assert counted["verified"] == states[State.VALIDATED]
    assert counted["refused"] == states[State.REFUSED_SPAM] + states[State.REFUSED_RATE]
    attempts = [attempt for one in found for attempt in one.attempts]
    assert counted["sent"] == len(attempts)
    assert counted["cost"] == sum(attempt.price for attempt in attempts)
    for status in (DeliveryStatus.DELIVERED, DeliveryStatus.UNDELIVERABLE):
        assert counted[status] == sum(attempt.delivery_status is status for attempt in attempts)
    over_time = await world.store.over_time(period)
    assert total(rollup for _, rollup in over_time).counts == counted.counts
    starts = Counter(one.created_at // HOUR * HOUR for one in found)
    assert {at: rollup["started"] for at, rollup in over_time if rollup["started"]} == starts
    verified = Counter(one.validated_at // HOUR * HOUR for one in found if one.validated_at)
    assert {at: rollup["verified"] for at, rollup in over_time if rollup["verified"]} == verified
    refusals = await world.store.refusals(period, 1_000)
    once = [refused for refused in refusals if refused.reason == ANY_REASON]
    assert sum(refused.kept for refused in once) == counted["kept"] > 0
    assert sum(refused.count for refused in once) == counted["refused"]
    assert {way.country for way, _ in by_way} >= {"FR", "DE", "GB", "US", "UZ"}
    assert {way.account for way, _ in by_way} >= {"sandbox-north", "sandbox-south", "sandbox-chat"}


async def test_every_authentication_of_it_could_have_happened(world: World, sample: Sample) -> None:
    await sample.fill(DAYS, A_DAY)
    numbering, now = LibPhoneNumber(), world.clock.now()
    for about in await listed(world):
        timeline = await world.store.timeline(about.id)
        assert timeline is not None
        events = timeline.events
        assert [event.sequence for event in events] == list(range(1, about.events + 1))
        assert [event.at for event in events] == sorted(event.at for event in events)
        assert events[0].at == about.created_at == about.id.int >> 80
        assert about.created_at >= now - DAYS * DAY - MINUTE
        assert all(event.at < now for event in events)
        assert numbering.parse(about.number.e164) == about.number
        agrees(about, events)


def agrees(about: Authentication, events: Sequence[Event]) -> None:
    """Compare where an authentication stands with what happened to it."""
    what = [event.what for event in events]
    assert isinstance(what[0], Screened)
    valid = [one for one in what if isinstance(one, Checked) and one.status is CheckStatus.VALID]
    checks = sum(isinstance(one, Checked) for one in what)
    sent = [one for one in what if isinstance(one, Attempted)]
    assert about.checks_spent == checks <= about.max_checks
    match about.state:
        case State.REFUSED_SPAM | State.REFUSED_RATE:
            verdict = what[0].verdict
            assert verdict.decision is not Decision.ALLOW
            assert verdict.reasons
            assert what[0].price > 0
            assert about.attempts == ()
        case State.VALIDATED:
            assert [check.attempt_number for check in valid] == [about.validated_attempt]
            assert about.attempt(valid[0].attempt_number or 0).status is AttemptStatus.DELIVERED
        case State.EXPIRED:
            assert (valid, [type(one) for one in what].count(Expired)) == ([], 1)
        case State.OPEN:
            assert valid == []
    if about.attempts:
        assert what[0].verdict.decision is Decision.ALLOW
        assert [one.attempt_number for one in sent] == [a.number for a in about.attempts]
    for report in what:
        if isinstance(report, DeliveryReported):
            undeliverable = report.status is DeliveryStatus.UNDELIVERABLE
            assert undeliverable == bool(report.carrier_code)
            assert report.cause or not undeliverable


async def test_a_month_has_an_attack_that_is_refused_and_callbacks_of_every_end(
    world: World, sample: Sample
) -> None:
    project = await sample.fill(30, 30)
    period = Period(world.clock.now() - 31 * DAY, world.clock.now(), project.id)
    refusals = await world.store.refusals(period, 100)
    assert {refused.reason for refused in refusals if refused.country == "UZ"} >= {
        "country_unanswered",
        "widest_block_burst",
    }
    callbacks = await world.store.callbacks(period, None, 10_000)
    states = Counter(record.state for record in callbacks)
    assert set(states) == {CallbackState.DELIVERED, CallbackState.FAILED}
    assert any(len(record.tries) > 1 for record in callbacks)
    for record in callbacks:
        timeline = await world.store.timeline(record.authentication_id)
        assert timeline is not None
        (ended,) = (
            event
            for event in timeline.events
            if isinstance(event.what, CallbackEnded) and event.what.message_id == record.id
        )
        assert ended.at == record.at == record.tries[-1].at
    converted = total(rollup for _, rollup in await world.store.by_way(period)).conversion
    assert converted is not None
    assert 0.75 < converted < 0.95


async def test_what_is_open_still_ends_when_its_time_has_come(world: World, sample: Sample) -> None:
    await sample.fill(1, 2_000)
    still_open = [one.id for one in await listed(world) if one.state is State.OPEN]
    assert still_open
    world.clock.advance(11 * MINUTE)
    await world.directory.refresh()
    await world.work()
    assert {(await world.about(one)).state for one in still_open} == {State.EXPIRED}


async def test_it_is_removed_without_a_trace(
    world: World, sample: Sample, database: Path | str
) -> None:
    before = rows(database)
    project = await sample.fill(DAYS, A_DAY)
    filled = rows(database)
    grown = {name for name in before if filled[name] > before[name]}
    assert grown >= {"projects", "authentications", "events", "numbers", "rollups", "refusals"}
    assert grown >= {"inbox", "callbacks"}
    removed = await sample.remove()
    after = rows(database)
    assert {name: after[name] for name in before if name not in KEPT_ANYWAY} == {
        name: before[name] for name in before if name not in KEPT_ANYWAY
    }
    assert removed == sum(filled[name] - after[name] for name in before if name not in KEPT_ANYWAY)
    note = (await world.store.audit(0, 100))[-1].note
    assert (note.action, note.subject) == ("project.removed", str(project.id))
    with pytest.raises(NoSuchProjectError):
        await sample.remove()


async def test_there_is_one_sample_and_none_of_nothing(world: World, sample: Sample) -> None:
    assert await sample.exists() is False
    await sample.fill(1, 10)
    assert await sample.exists() is True
    with pytest.raises(ValueError, match="already"):
        await sample.fill(1, 10)
    with pytest.raises(ValueError, match="at least one day"):
        await sample.fill(0, 10)
    assert len(await listed(world)) == 10


async def test_a_live_project_is_not_removed_not_even_a_sample_that_went_live(
    world: World, sample: Sample
) -> None:
    projects = ManageProjects(world.store, world.clock)
    with pytest.raises(ValueError, match="only a sandbox project"):
        await projects.remove(world.project)
    await projects.change(await sample.fill(1, 10), mode=Mode.LIVE)
    with pytest.raises(ValueError, match="only a sandbox project"):
        await sample.remove()
    assert {project.name for project in await world.store.projects()} == {"tests", "sample"}
    assert len(await listed(world)) == 10
