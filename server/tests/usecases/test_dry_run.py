"""A dry run and a look ahead tell what would happen, write nothing, learn nothing and send nothing."""

import pytest
from msgspec.structs import replace
from server.tests.conftest import PERSON, World

from watchword.adapters.numbering.libphonenumber import LibPhoneNumber
from watchword.domain.errors import ErrorCode, Refusal
from watchword.domain.phone_number import PhoneNumber
from watchword.domain.project import Mode, RouteRule, RoutingPolicy
from watchword.domain.screening.list_entry import ListEntry, ListKind
from watchword.domain.screening.verdict import Decision, Verdict
from watchword.usecases.manage.dry_run import DryRun
from watchword.usecases.manage.provider_accounts import ManageProviderAccounts

BRITON = "+447700900123"


@pytest.fixture
def accounts(world: World) -> ManageProviderAccounts:
    return ManageProviderAccounts(world.store, world.clock, world.keyring, "tests")


@pytest.fixture
async def dry_run(world: World, accounts: ManageProviderAccounts) -> DryRun:
    for name in world.providers:
        await accounts.put(name, "http", {})
    return DryRun(LibPhoneNumber(), accounts, world.memory)


def number(text: str = PERSON) -> PhoneNumber:
    found = LibPhoneNumber().parse(text)
    assert isinstance(found, PhoneNumber)
    return found


async def kept(world: World) -> tuple[object, ...]:
    """All that a request would change: what is stored of it, what is due, counted and learnt."""
    now = world.clock.now()
    around = await world.store.surroundings(world.project.id, PERSON, ("project",), [], now)
    return (
        around,
        await world.store.authentications_before(None, 100),
        await world.store.next_due(),
        await world.store.balance(world.project.id),
        await world.store.audit(0, 100),
        world.telemetry.page().count(b"watchword_verdicts_total{"),
        world.sent,
    )


async def test_routes_are_told_in_the_order_in_which_they_would_be_tried(
    world: World, dry_run: DryRun
) -> None:
    told = await dry_run(world.project, "+33 6 12 34 56 78")
    assert told.country == "FR"
    assert [(one.route, one.place, one.account_state) for one in told.routes] == [
        ("first", 1, "in use"),
        ("second", 2, "in use"),
        ("third", 3, "in use"),
    ]
    about = await world.pending()
    assert (await world.about(about)).attempts[0].plan == tuple(one.route for one in told.routes)


async def test_what_is_left_out_is_told_last_with_the_reason(
    world: World, dry_run: DryRun, accounts: ManageProviderAccounts
) -> None:
    first, second, third = world.project.settings.routes
    await world.choose(routes=(replace(first, prefixes=("+44",)), second, third))
    await accounts.pause("two", paused=True)
    await accounts.remove("three")
    told = await dry_run(world.project, PERSON)
    assert [(one.route, one.place) for one in told.routes] == [
        ("second", 1),
        ("third", 2),
        ("first", None),
    ]
    assert told.routes[2].left_out
    assert [one.account_state for one in told.routes] == [
        "paused",
        "there is no such account",
        "in use",
    ]


async def test_a_rule_and_what_was_tried_already_change_the_order(
    world: World, dry_run: DryRun
) -> None:
    told = await dry_run(world.project, PERSON, after=("first",))
    assert told.routes[0].route != "first"
    rule = RouteRule(prefixes=("+33",), routes=("third",))
    await world.choose(route_rules=(rule,))
    told = await dry_run(world.project, PERSON)
    assert (told.routes[0].route, told.routes[0].place) == ("third", 1)
    told = await dry_run(world.project, BRITON)
    assert told.routes[0].route == "first"


async def test_a_sandbox_tells_of_its_own_routes(world: World, dry_run: DryRun) -> None:
    await world.put(replace(world.project, mode=Mode.SANDBOX))
    await world.choose(routes=())
    told = await dry_run(world.project, PERSON)
    assert {one.account for one in told.routes} == {"sandbox"}
    assert {one.account_state for one in told.routes} == {"in use"}


async def test_a_sandbox_tells_of_the_accounts_that_its_routes_will_use(
    world: World, dry_run: DryRun
) -> None:
    await world.put(replace(world.project, mode=Mode.SANDBOX))
    told = await dry_run(world.project, PERSON)
    assert [one.account for one in told.routes] == ["one", "two", "three"]
    assert "ends in the inbox" in told.because


@pytest.mark.parametrize("text", ["", "12", "0612345678", "x" * 100])
async def test_what_is_no_number_has_no_plan(text: str, world: World, dry_run: DryRun) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        await dry_run(world.project, text)


@pytest.mark.parametrize("policy", RoutingPolicy)
async def test_a_dry_run_and_a_look_ahead_change_nothing(
    policy: RoutingPolicy, world: World, dry_run: DryRun
) -> None:
    await world.choose(routing=policy)
    await world.pending(BRITON)
    before = await kept(world)
    for _ in range(30):
        await dry_run(world.project, PERSON)
        verdict = await world.start.foresee(world.project, number())
        assert isinstance(verdict, Verdict)
        assert verdict.decision is Decision.ALLOW
    assert await kept(world) == before
    assert await world.claim() == []


async def test_what_is_foreseen_is_what_happens(world: World) -> None:
    await world.choose(blocked=(ListEntry(kind=ListKind.PREFIX, value="+33612"),))
    for _ in range(3):
        verdict = await world.start.foresee(world.project, number())
        assert isinstance(verdict, Verdict)
        assert (verdict.decision, verdict.reasons) == (Decision.BLOCK, "blocked_prefix")
    assert (await world.ask()).status == "spam_detected"
    allowed = await world.start.foresee(world.project, number(BRITON))
    assert isinstance(allowed, Verdict)
    assert allowed.decision is Decision.ALLOW
    assert (await world.ask(BRITON)).status == "pending"


async def test_looking_ahead_uses_up_no_allowance(world: World) -> None:
    limits = replace(world.project.settings.limits, number_10_minutes=2)
    await world.choose(limits=limits, stateless=False)
    for _ in range(10):
        verdict = await world.start.foresee(world.project, number())
        assert isinstance(verdict, Verdict)
        assert verdict.decision is Decision.ALLOW
    assert (await world.ask()).status == "pending"


async def test_where_nothing_can_be_sent_that_is_foreseen(world: World) -> None:
    routes = tuple(replace(one, prefixes=("+44",)) for one in world.project.settings.routes)
    await world.choose(routes=routes)
    refused = await world.start.foresee(world.project, number())
    assert isinstance(refused, Refusal)
    assert refused.code is ErrorCode.UNSUPPORTED_REGION
