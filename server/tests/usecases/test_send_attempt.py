"""A promised message goes to the first provider that takes it, once, and is paid for as it was sent."""

import asyncio
from uuid import UUID

import pytest
from msgspec.structs import replace
from server.tests.conftest import HANG, LEASE, PERSON, SECOND, ScriptedProvider, World

from watchword.adapters.providers import sandbox
from watchword.domain.attempt import AttemptStatus, DeliveryStatus
from watchword.domain.authentication import State
from watchword.domain.channel import Channel
from watchword.domain.check import CheckStatus
from watchword.domain.event import Attempted, BalanceUpdated
from watchword.domain.project import Mode, SpendCap
from watchword.domain.routing.route import Route
from watchword.domain.screening.list_entry import ListEntry, ListKind
from watchword.domain.task import SendAttempt
from watchword.domain.template import Template
from watchword.ports.provider import Accepted, Message, RefusalKind, Refused, Report, Unavailable
from watchword.ports.store import Change, SpendWindow, StoreUnavailableError
from watchword.usecases import send_attempt

DOWN = Unavailable("connection refused")


async def attempted(world: World, about: UUID) -> list[Attempted]:
    return [e for e in await world.happened(about) if isinstance(e, Attempted)]


async def spent(world: World) -> int:
    now = world.clock.now()
    window = SpendWindow("day", now - now % 86_400_000, "*")
    around = await world.store.surroundings(world.project.id, PERSON, (), (window,), now)
    return around.spent["day", "*"]


async def test_d1_an_unavailable_provider_gives_way_to_the_next_in_the_same_attempt(
    world: World,
) -> None:
    world.providers["one"].script = [DOWN]
    about = await world.pending()
    (event,) = await attempted(world, about)
    assert (event.route, event.attempt_number, event.possible_duplicate) == ("second", 1, False)
    assert event.because == "first: connection refused; second took it"
    attempt = (await world.about(about)).attempt(1)
    assert (attempt.account, attempt.provider_message_id) == ("two", "two-1")
    assert attempt.delivery_status is DeliveryStatus.SUBMITTED
    assert await world.store.attempt_of("two", "two-1") == (about, 1)
    assert [len(p.sent) for p in world.providers.values()] == [1, 1, 0]


async def test_d1_a_provider_that_hangs_is_given_up_after_three_seconds(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert send_attempt.TIME_TO_SUBMIT == 3.0
    monkeypatch.setattr(send_attempt, "TIME_TO_SUBMIT", 0.02)
    world.providers["one"].script = [HANG]
    world.providers["two"].script = [HANG]
    about = await world.pending()
    (event,) = await attempted(world, about)
    assert event.route == "third"
    assert event.because == ("first: no answer in time; second: no answer in time; third took it")


@pytest.mark.parametrize("kind", [RefusalKind.NUMBER, RefusalKind.ACCOUNT, RefusalKind.THROTTLE])
async def test_d1_a_refusal_for_the_providers_own_reasons_gives_way_to_the_next(
    world: World, kind: RefusalKind
) -> None:
    world.providers["one"].script = [Refused(kind, "21610", "no")]
    about = await world.pending()
    assert (await world.about(about)).attempt(1).route == "second"


async def test_d1_a_providers_own_fraud_refusal_is_the_end_of_it(world: World) -> None:
    world.providers["one"].script = [Refused(RefusalKind.FRAUD, "30450", "pumping")]
    about = await world.pending()
    assert [len(p.sent) for p in world.providers.values()] == [1, 0, 0]
    (event,) = await attempted(world, about)
    assert (event.status, event.route) == (AttemptStatus.FAILED, None)
    assert event.because == "first: fraud refused, 30450 pumping"


async def test_each_message_carries_the_code_of_its_attempt_and_the_route_it_takes(
    world: World,
) -> None:
    about = await world.pending(locale="fr", correlation_id="mine")
    world.clock.advance(31 * SECOND)
    await world.retry(about)
    await world.work()
    first, second = world.sent
    for number, message in ((1, first), (2, second)):
        assert message.attempt_number == number
        assert message.code == await world.code(about, number)
        assert message.to.e164 == PERSON
        assert message.content.locale == "fr"
        assert "{code}" in message.content.text
    assert first.code != second.code
    assert first.channel is not second.channel
    assert first.valid_for - second.valid_for == 31 * SECOND


async def test_a_crash_between_the_send_and_its_record_sends_again_and_marks_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    about = (await world.ask()).authentication_id
    (task,) = await world.claim()

    async def crash(_: Change) -> bool:
        raise StoreUnavailableError("the process died")

    with monkeypatch.context() as patched:
        patched.setattr(world.store, "save", crash)
        with pytest.raises(StoreUnavailableError):
            await world.carry_out(task)
    assert len(world.sent) == 1
    world.clock.advance(LEASE - 1)
    assert await world.claim() == []
    world.clock.advance(1)
    await world.work()
    assert len(world.sent) == 2
    assert world.sent[0].code == world.sent[1].code
    (event,) = await attempted(world, about)
    assert event.possible_duplicate is True
    assert await world.check(about, world.sent[0].code) is CheckStatus.VALID


async def test_a_worker_whose_lease_was_taken_over_records_nothing(world: World) -> None:
    about = (await world.ask()).authentication_id
    (slow,) = await world.claim()
    world.clock.advance(LEASE)
    await world.work()
    before = await world.happened(about)
    await world.carry_out(slow)
    assert await world.happened(about) == before
    assert len(world.sent) == 1


async def test_two_workers_on_one_task_record_one_send(world: World) -> None:
    about = (await world.ask()).authentication_id
    (slow,) = await world.claim()

    async def taken_over(_: Message) -> None:
        world.providers["one"].aside = None
        world.clock.advance(LEASE)
        await world.work()

    world.providers["one"].aside = taken_over
    await world.carry_out(slow)
    assert len(world.sent) == 2
    (event,) = await attempted(world, about)
    assert event.possible_duplicate is True
    assert await spent(world) == 0


async def test_w4_a_receipt_before_the_send_is_recorded_is_not_lost_and_not_undone(
    world: World,
) -> None:
    about = (await world.ask()).authentication_id

    async def early(message: Message) -> None:
        report = Report(status=DeliveryStatus.DELIVERED)
        await world.record_receipt(message.authentication_id, message.attempt_number, report)

    world.providers["one"].aside = early
    await world.work()
    attempt = (await world.about(about)).attempt(1)
    assert attempt.delivery_status is DeliveryStatus.DELIVERED
    assert attempt.status is AttemptStatus.DELIVERED
    assert attempt.sent_at is not None
    assert len(world.sent) == 1


async def test_a_message_that_is_no_longer_wanted_is_not_sent_and_not_paid(world: World) -> None:
    await world.choose(spending_limit_day=10_000_000)
    about = (await world.ask()).authentication_id
    assert await spent(world) == 9_000
    world.clock.time = (await world.about(about)).expires_at
    await world.work()
    assert world.sent == []
    (event,) = await attempted(world, about)
    assert event.status is AttemptStatus.EXPIRED
    found = await world.about(about)
    assert (found.state, found.attempt(1).price) == (State.EXPIRED, 0)
    assert await spent(world) == 0


async def test_when_no_provider_takes_it_all_that_was_set_aside_comes_back(world: World) -> None:
    await world.choose(spending_limit_day=10_000_000)
    await world.store.add_balance(world.project.id, 50_000)
    for provider in world.providers.values():
        provider.script = [DOWN]
    answer = await world.ask()
    assert await world.store.balance(world.project.id) == 41_000
    await world.work()
    found = await world.about(answer.authentication_id)
    assert found.attempt(1).status is AttemptStatus.FAILED
    assert not found.was_attempted
    assert await world.store.balance(world.project.id) == 50_000
    assert await spent(world) == 0
    moved = [
        (e.kind, e.amount)
        for e in await world.happened(answer.authentication_id)
        if isinstance(e, BalanceUpdated)
    ]
    assert moved == [("attempt_pending", -9_000), ("attempt", 9_000)]


async def test_what_was_sent_is_paid_by_route_and_by_segment(world: World) -> None:
    long = Template(template_id="long", channel=None, locale="en", text="{code} " + "x" * 300)
    await world.choose(spending_limit_day=10_000_000, templates=(long,))
    await world.store.add_balance(world.project.id, 50_000)
    about = await world.pending(template_id="long")
    assert (await world.about(about)).attempt(1).price == 27_000
    assert await world.store.balance(world.project.id) == 23_000
    assert await spent(world) == 27_000
    world.providers["one"].script = [DOWN]
    other = await world.pending("+33612345670")
    assert (await world.about(other)).attempt(1).price == 5_000
    assert await world.store.balance(world.project.id) == 18_000
    assert await spent(world) == 32_000
    moved = [e.amount for e in await world.happened(other) if isinstance(e, BalanceUpdated)]
    assert moved == [-9_000, 4_000]


async def test_a_message_dearer_than_was_set_aside_is_paid_over_the_cap(world: World) -> None:
    long = Template(template_id="long", channel=None, locale="en", text="{code} " + "x" * 300)
    cap = SpendCap(period="day", amount=9_000)
    await world.choose(spend_caps=(cap,), templates=(long,))
    await world.pending(template_id="long")
    assert await spent(world) == 27_000
    assert (await world.ask("+33612345670")).status.value == "spam_detected"


async def test_a_route_that_is_gone_is_passed_over(world: World) -> None:
    about = (await world.ask()).authentication_id
    await world.choose(routes=world.project.settings.routes[1:])
    await world.work()
    (event,) = await attempted(world, about)
    assert event.because == "first: no longer there; second took it"


async def test_a_route_whose_account_is_unknown_is_passed_over(world: World) -> None:
    first, *rest = world.project.settings.routes
    await world.choose(routes=(replace(first, account="nobody"), *rest))
    about = await world.pending()
    (event,) = await attempted(world, about)
    assert event.because == "first: no longer there; second took it"


async def test_a_project_and_an_account_of_a_moment_ago_are_known(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process made both and was asked for a code; this one sends, and has not looked yet."""
    fresh = replace(world.project, id=world.clock.new_id(), name="fresh")
    route = Route(name="only", account="added", channel=Channel.SMS)
    world.project = replace(fresh, settings=replace(fresh.settings, routes=(route,)))
    await world.store.put_project(world.project)
    about = (await world.ask()).authentication_id
    provider = ScriptedProvider("added")

    async def refresh() -> None:
        world.providers["added"] = provider

    monkeypatch.setattr(world.accounts, "refresh", refresh)
    await world.work()
    assert len(provider.sent) == 1
    assert (await world.about(about)).attempts[0].account == "added"


async def test_the_routes_prefixes_choose_among_providers(world: World) -> None:
    german = Route(name="de", account="three", channel=Channel.SMS, prefixes=("+49",))
    await world.choose(routes=(german, *world.project.settings.routes))
    await world.pending("+4915112345678")
    assert [len(p.sent) for p in world.providers.values()] == [0, 0, 1]


async def test_in_the_sandbox_no_account_is_used_whatever_the_routes_say(world: World) -> None:
    inbox = world.providers["sandbox"] = ScriptedProvider("sandbox")
    await world.put(replace(world.project, mode=Mode.SANDBOX))
    about = await world.pending()
    (attempt,) = (await world.about(about)).attempts
    assert (attempt.route, attempt.account, len(inbox.sent)) == ("first", "sandbox", 1)
    assert [len(world.providers[name].sent) for name in ("one", "two", "three")] == [0, 0, 0]


async def test_a_blocked_prefix_is_answered_as_spam_and_sent_nothing(world: World) -> None:
    await world.choose(blocked=(ListEntry(kind=ListKind.PREFIX, value="+336"),))
    answer = await world.ask()
    await world.work()
    assert (answer.status.value, answer.expires_at) == ("spam_detected", None)
    assert world.sent == []
    assert await world.check(answer.authentication_id, "1") is CheckStatus.WITHOUT_ATTEMPT


async def test_a_provider_that_can_be_asked_is_asked_when_it_said(world: World) -> None:
    world.providers["one"].script = [Accepted("m-1", follow_up_after=30 * SECOND)]
    world.providers["one"].reports["m-1"] = Report(status=DeliveryStatus.DELIVERED)
    about = await world.pending()
    assert (await world.about(about)).attempt(1).delivery_status is DeliveryStatus.SUBMITTED
    world.clock.advance(30 * SECOND - 1)
    await world.work()
    assert (await world.about(about)).attempt(1).delivery_status is DeliveryStatus.SUBMITTED
    world.clock.advance(1)
    await world.work()
    assert (await world.about(about)).attempt(1).delivery_status is DeliveryStatus.DELIVERED


async def test_a_store_that_is_away_is_not_taken_for_a_provider_that_is(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Stuck:
        async def add_inbox_message(self, message: object) -> None:
            await asyncio.get_running_loop().create_future()

    monkeypatch.setattr(sandbox, "TIME_FOR_INBOX", 0.0)
    inbox = sandbox.Sandbox(Stuck(), world.clock)  # type: ignore[arg-type] # all it needs of a store
    world.providers["one"] = inbox  # type: ignore[assignment] # a provider like any other
    about = (await world.ask()).authentication_id
    (task,) = [t for t in await world.claim() if isinstance(t.work, SendAttempt)]
    with pytest.raises(StoreUnavailableError):
        await world.carry_out(task)
    assert (await world.about(about)).attempt(1).status is AttemptStatus.PENDING
