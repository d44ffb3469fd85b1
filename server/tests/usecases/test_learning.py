"""Learning from outcomes: pumping is refused with its reasons, and each brain minds the other's verdict."""

from uuid import UUID

import pytest
from msgspec.structs import replace
from server.tests.conftest import MINUTE, NO_LIMITS, SECOND, World

from watchword.domain.attempt import DeliveryStatus, Trigger
from watchword.domain.authentication import StartStatus
from watchword.domain.channel import Channel
from watchword.domain.check import CheckStatus
from watchword.domain.event import Attempted, Screened
from watchword.domain.feedback import FeedbackStatus
from watchword.domain.project import (
    Enforcement,
    Mode,
    ProjectSettings,
    RouteRule,
    RoutingPolicy,
)
from watchword.domain.routing.route import Route
from watchword.domain.routing.way import Place
from watchword.domain.screening.verdict import Verdict
from watchword.ports.provider import Report, Unavailable
from watchword.usecases.memory import Memory, way_over

DEAR = 250_000
ROUTES = (
    Route(name="first", account="one", channel=Channel.SMS, price=DEAR),
    Route(name="second", account="two", channel=Channel.SMS, price=DEAR),
)
BLOCK = "+3363812"


def numbers(count: int, beginning: str = "+3361", step: int = 104_729) -> list[str]:
    """Numbers spread over the country as those of people are."""
    digits = 12 - len(beginning)
    return [f"{beginning}{(i * step + 17) % 10**digits:0{digits}}" for i in range(1, count + 1)]


class Town:
    """People who verify their numbers, and somebody who pumps."""

    def __init__(self, world: World) -> None:
        self.world = world

    async def person(self, number: str, **fields: object) -> UUID:
        """Somebody asks for a code, and types it."""
        authentication_id = await self.world.pending(number, **fields)
        await self.report(authentication_id, DeliveryStatus.DELIVERED)
        self.world.clock.advance(20 * SECOND)
        code = await self.world.code(authentication_id)
        assert await self.world.check(authentication_id, code) is CheckStatus.VALID
        self.world.clock.advance(40 * SECOND)
        return authentication_id

    async def people(self, count: int, beginning: str = "+3361") -> None:
        for number in numbers(count, beginning):
            await self.person(number)

    async def report(
        self, authentication_id: UUID, status: DeliveryStatus, number: int = 1
    ) -> None:
        await self.world.record_receipt(authentication_id, number, Report(status=status))

    async def pump(self, count: int, beginning: str = BLOCK) -> list[StartStatus]:
        """Numbers of one block are asked for, are delivered, and never answer."""
        answers = []
        for number in numbers(count, beginning, step=37):
            answer = await self.world.ask(number)
            answers.append(answer.status)
            if answer.status is StartStatus.PENDING:
                await self.world.work()
                await self.report(answer.authentication_id, DeliveryStatus.DELIVERED)
            self.world.clock.advance(10 * SECOND)
        return answers

    async def verdict(self, authentication_id: UUID) -> Verdict:
        happened = await self.world.happened(authentication_id)
        return next(what.verdict for what in happened if isinstance(what, Screened))


@pytest.fixture
async def town(world: World) -> Town:
    settings = ProjectSettings(
        routes=ROUTES, limits=NO_LIMITS, routing=RoutingPolicy.FIXED, unanswered_budget=None
    )
    await world.put(replace(world.project, settings=settings))
    return Town(world)


async def test_pumping_is_refused_and_the_refusal_says_why(town: Town) -> None:
    await town.people(12)
    answers = await town.pump(40)
    sent = answers.count(StartStatus.PENDING)
    assert sent <= 12
    assert answers[-20:] == [StartStatus.SPAM_DETECTED] * 20
    refused = await town.world.ask(f"{BLOCK}9999")
    verdict = await town.verdict(refused.authentication_id)
    assert verdict.points is not None
    assert verdict.limit is not None
    assert verdict.points >= verdict.limit
    blocking = [finding for finding in verdict.findings if finding.points > 0]
    assert blocking
    assert all(finding.enforced and finding.evidence for finding in blocking)
    assert "not answered" in " ".join(finding.evidence for finding in blocking)


async def test_people_are_served_while_somebody_pumps(town: Town) -> None:
    await town.people(30)
    await town.pump(30)
    for number in numbers(6):
        assert (await town.world.ask(number)).status is StartStatus.PENDING


async def test_monitoring_finds_the_same_and_refuses_nobody(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    await town.people(12)
    await town.world.choose(screening=Enforcement.MONITOR, stateless=False)
    answers = await town.pump(25)
    assert set(answers) == {StartStatus.PENDING}
    monkeypatch.setattr(town.world.memory, "see", lambda *_: None)
    watched = await town.world.ask(f"{BLOCK}9999")
    await town.world.choose(screening=Enforcement.ENFORCE)
    refused = await town.world.ask(f"{BLOCK}9999")
    assert watched.status is StartStatus.PENDING
    seen = await town.verdict(watched.authentication_id)
    assert not any(f.enforced for f in seen.findings)
    assert refused.status is StartStatus.SPAM_DETECTED
    acted = await town.verdict(refused.authentication_id)
    assert (acted.points, acted.limit) == (seen.points, seen.limit)
    assert [f.reason for f in acted.findings] == [f.reason for f in seen.findings]


async def test_a_project_that_never_checks_is_not_judged_by_silence(town: Town) -> None:
    for number in numbers(60):
        assert (await town.world.ask(number)).status is StartStatus.PENDING
        await town.world.work()
        town.world.clock.advance(30 * SECOND)


async def test_feedback_takes_an_answer_back(town: Town) -> None:
    await town.people(12)
    answers = []
    for number in numbers(12, BLOCK, step=37):
        answer = await town.world.ask(number)
        answers.append(answer.status)
        if answer.status is StartStatus.PENDING:
            await town.world.work()
            town.world.clock.advance(20 * SECOND)
            code = await town.world.code(answer.authentication_id)
            await town.world.check(answer.authentication_id, code)
            await town.world.record_feedback(
                town.world.project, number, FeedbackStatus.NOT_ONBOARDED.value
            )
        town.world.clock.advance(MINUTE)
    assert answers[0] is StartStatus.PENDING
    assert answers[-4:] == [StartStatus.SPAM_DETECTED] * 4


async def test_in_the_sandbox_nothing_is_learnt(world: World) -> None:
    assert world.memory.entries() == {"tallies": 0, "under_way": 0, "routes_at_rest": 0}
    await world.put(replace(world.project, mode=Mode.SANDBOX))
    for number in numbers(10):
        await world.pending(number)
    assert world.memory.news() == []


class TestCoupling:
    """An outage must not look like fraud, nor pumping like a bad route."""

    async def test_an_outage_is_not_taken_for_fraud(self, town: Town) -> None:
        await town.world.choose(routing=RoutingPolicy.BALANCED)
        await town.people(40)
        silent = []
        for number in numbers(60, "+3362"):
            answer = await town.world.ask(number)
            silent.append(answer.status)
            await town.world.work()
            about = await town.world.about(answer.authentication_id)
            lost = about.attempts and about.attempts[0].account == "one"
            if not lost and about.attempts:
                town.world.clock.advance(20 * SECOND)
                code = await town.world.code(answer.authentication_id)
                await town.world.check(answer.authentication_id, code)
            town.world.clock.advance(40 * SECOND)
        assert silent.count(StartStatus.SPAM_DETECTED) == 0

    async def test_a_route_that_fails_is_left(self, town: Town) -> None:
        await town.world.choose(routing=RoutingPolicy.BALANCED)
        await town.people(40)
        used = []
        for number in numbers(60, "+3362"):
            authentication_id = await town.world.pending(number)
            account = (await town.world.about(authentication_id)).attempts[0].account
            used.append(account)
            if account == "two":
                town.world.clock.advance(20 * SECOND)
                code = await town.world.code(authentication_id)
                await town.world.check(authentication_id, code)
            town.world.clock.advance(40 * SECOND)
        assert used[-20:].count("two") >= 17, used

    async def test_pumping_does_not_close_the_route_it_goes_over(self, town: Town) -> None:
        await town.world.choose(screening=Enforcement.MONITOR)
        await town.people(40)
        await town.pump(60)
        place = Place("FR", "")
        grey = town.world.memory.learning.grey
        assert grey.closed_by(way_over("one", Channel.SMS), place) == []
        about = await town.world.ask(f"{BLOCK}9999")
        assert (await town.world.about(about.authentication_id)).doubted


class TestRouting:
    """The route with the best value comes first, and says so."""

    async def test_a_route_that_answers_comes_before_one_that_does_not(self, town: Town) -> None:
        await town.world.choose(routing=RoutingPolicy.BALANCED)
        for number in numbers(80):
            authentication_id = await town.world.pending(number)
            if (await town.world.about(authentication_id)).attempts[0].account == "two":
                town.world.clock.advance(20 * SECOND)
                code = await town.world.code(authentication_id)
                await town.world.check(authentication_id, code)
            town.world.clock.advance(5 * MINUTE)
        authentication_id = await town.world.pending("+33623456789")
        attempt = (await town.world.about(authentication_id)).attempts[0]
        assert attempt.plan == ("second", "first")
        assert "answered" in attempt.because

    async def test_a_fixed_rule_stands_beside_what_was_learnt(self, town: Town) -> None:
        rule = RouteRule(prefixes=("+3363",), routes=("second",))
        await town.world.choose(routing=RoutingPolicy.BALANCED, route_rules=(rule,))
        authentication_id = await town.world.pending("+33634567890")
        assert (await town.world.about(authentication_id)).attempts[0].plan == ("second",)

    async def test_a_failed_receipt_moves_to_the_next_route_where_that_pays(
        self, town: Town
    ) -> None:
        await town.world.choose(routing=RoutingPolicy.BALANCED)
        authentication_id = await town.world.pending("+33612345678")
        first = (await town.world.about(authentication_id)).attempts[0]
        await town.report(authentication_id, DeliveryStatus.UNDELIVERABLE)
        await town.world.work()
        attempts = (await town.world.about(authentication_id)).attempts
        assert [attempt.route for attempt in attempts[1:]] == [
            "second" if first.route == "first" else "first"
        ]

    async def test_who_waits_for_a_message_over_what_fails_is_sent_another(
        self, town: Town
    ) -> None:
        move_on = town.world.move_on
        await town.people(40)
        waiting = []
        for number in numbers(12, "+3362"):
            waiting.append(await town.world.pending(number))
            town.world.clock.advance(SECOND)
        assert await move_on() == 0
        await town.world.choose(routing=RoutingPolicy.BALANCED)
        town.world.clock.advance(40 * SECOND)
        town.world.memory.learning.advance(town.world.clock.now())
        assert await move_on() == len(waiting)
        await town.world.work()
        for authentication_id in waiting:
            attempts = (await town.world.about(authentication_id)).attempts
            assert [attempt.account for attempt in attempts] == ["one", "two"]
            assert attempts[1].trigger is Trigger.FALLBACK
        assert await move_on() == 0

    async def test_another_message_that_costs_more_than_it_brings_is_not_sent(
        self, town: Town
    ) -> None:
        await town.world.choose(routing=RoutingPolicy.BALANCED, user_worth=DEAR // 4)
        authentication_id = await town.world.pending("+33612345678")
        await town.report(authentication_id, DeliveryStatus.UNDELIVERABLE)
        await town.world.work()
        assert len((await town.world.about(authentication_id)).attempts) == 1

    async def test_an_account_that_does_not_answer_rests_for_all_who_hear_of_it(
        self, town: Town
    ) -> None:
        await town.world.choose(routing=RoutingPolicy.BALANCED)
        town.world.providers["one"].script = [Unavailable("gone")] * 50
        for number in numbers(6):
            await town.world.pending(number)
            town.world.clock.advance(SECOND)
        authentication_id = await town.world.pending("+33623456789")
        happened = await town.world.happened(authentication_id)
        sent = next(what for what in happened if isinstance(what, Attempted) and what.route)
        assert sent.route == "second"
        plan = (await town.world.about(authentication_id)).attempts[0].plan
        assert plan == ("second", "first")


async def test_nothing_of_a_person_is_told_or_kept(town: Town) -> None:
    await town.person("+33612345678", ip="203.0.113.77", device_id="device-of-ann")
    memory: Memory = town.world.memory
    kept = b"".join(memory.ledger.to_parts()) + memory.learning.to_bytes()
    told = repr(memory.news()).encode()
    for secret in (b"33612345678", b"203.0.113.77", b"device-of-ann"):
        assert secret not in kept
        assert secret not in told
