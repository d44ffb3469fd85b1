"""The fraud world is the same for everybody, keeps its labels, and counts what it should."""

import functools
from collections.abc import Callable

import msgspec
import pytest
from evaluation.fraud.arrivals import Cohort
from evaluation.fraud.baselines import AllowAll, Oracle, StrictLimits
from evaluation.fraud.parameters import Parameters, load
from evaluation.fraud.perturbation import held_out
from evaluation.fraud.policy import Check, Event, Expired, Policy, Request, Ruling, Sent
from evaluation.fraud.record import Record, Try
from evaluation.fraud.run import Run
from evaluation.fraud.score import score
from evaluation.fraud.world import World
from evaluation.statistics import estimate, markdown_table
from msgspec.structs import replace


class DenyAll:
    def decide(self, request: Request) -> Ruling:
        return Ruling(allow=False, reason="closed")

    def observe(self, event: Event) -> None:
        raise AssertionError(event)


class GuestList:
    """Allows these numbers and no others."""

    def __init__(self, numbers: set[str]) -> None:
        self.numbers = numbers

    def decide(self, request: Request) -> Ruling:
        return Ruling(allow=request.phone_number in self.numbers, reason="no guest")

    def observe(self, event: Event) -> None:
        pass


class Witness:
    """Sends what another policy would, and writes everything down."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.requests: list[Request] = []
        self.rulings: list[Ruling] = []
        self.events: list[Event] = []

    def decide(self, request: Request) -> Ruling:
        self.requests.append(request)
        self.rulings.append(self.policy.decide(request))
        return self.rulings[-1]

    def observe(self, event: Event) -> None:
        self.events.append(event)
        self.policy.observe(event)


def small(days: int = 1) -> Parameters:
    """A tenth of the people for a day, with every kind of crowd in it."""
    parameters = load()
    projects = []
    for project in parameters.projects:
        one = replace(project, sessions_per_day=project.sessions_per_day // 10)
        if one.launch:
            one = replace(one, launch=replace(one.launch, at_hour=15))
        if one.expansion:
            one = replace(one, expansion=replace(one.expansion, at_hour=10))
        if one.fleet:
            one = replace(one, fleet=replace(one.fleet, at_hours=(12.0,)))
        if one.campus:
            one = replace(one, campus=replace(one.campus, at_hour=9))
        projects.append(one)
    return replace(
        parameters,
        days=days,
        quiet_hours=4,
        campaign_scale=0.1,
        projects=tuple(projects),
        outages=tuple(replace(outage, at_hour=14) for outage in parameters.outages),
    )


@functools.cache
def world(seed: int = 1) -> World:
    return World(small(), seed)


def played(policy: Policy, seed: int = 1) -> tuple[Witness, Record]:
    witness = Witness(policy)
    return witness, Run(world(seed), witness).play()


def timeless(record: Record) -> Record:
    """The record without what the clock of this machine says."""
    record.policy_seconds = 0.0
    return record


def people_of(witness: Witness) -> dict[tuple[str, str, str], Request]:
    """The first request of each person or bot, without what only tells requests apart."""
    first: dict[tuple[str, str, str], Request] = {}
    for request in witness.requests:
        key = (request.project, request.phone_number, request.device_id)
        first.setdefault(key, replace(request, authentication_id=""))
    return first


def test_the_same_seed_gives_the_same_world_and_another_seed_another() -> None:
    again = World(small(), 1)
    assert again.sessions == world().sessions
    assert again.campaigns == world().campaigns
    assert again.fates.of(3, 1) == world().fates.of(3, 1)
    assert world(2).sessions[0] != again.sessions[0]


def test_a_run_can_be_repeated_exactly() -> None:
    one, first = played(StrictLimits())
    two, second = played(StrictLimits())
    assert one.requests == two.requests
    assert one.rulings == two.rulings
    assert one.events == two.events
    assert timeless(first) == timeless(second)


def test_two_policies_face_the_same_people() -> None:
    """And the same bots, until they adapt to a denial."""
    lenient, _ = played(AllowAll())
    strict, record = played(StrictLimits())
    denied_from = next(
        request.at
        for request, ruling in zip(strict.requests, strict.rulings, strict=True)
        if not ruling.allow
    )
    before = [
        {key: one for key, one in people_of(witness).items() if one.at < denied_from}
        for witness in (lenient, strict)
    ]
    assert before[0] == before[1]
    assert len(before[0]) > 100
    sessions = world().sessions
    asked = people_of(strict)
    assert record.sessions == len(sessions)
    for session in sessions:
        asks = session.asks
        assert (asks.project, asks.phone_number, asks.device_id) in asked


def test_what_happens_to_a_message_does_not_depend_on_the_policy() -> None:
    def verified(witness: Witness) -> set[str]:
        numbers = {one.authentication_id: one.phone_number for one in witness.requests}
        return {
            numbers[event.authentication_id]
            for event in witness.events
            if isinstance(event, Check) and event.correct
        }

    everybody, _ = played(AllowAll())
    people = {session.asks.phone_number for session in world().sessions}
    fraudless, _ = played(GuestList(people))
    assert verified(everybody) & people
    assert verified(everybody) & people == verified(fraudless) & people


def test_no_request_and_no_event_says_who_is_who() -> None:
    witness, _ = played(AllowAll())
    assert set(Request.__struct_fields__) == {
        *("at", "kind", "authentication_id", "project", "phone_number", "country", "carrier"),
        *("price", "ip", "ip_country", "network", "network_kind", "device_id", "device_type"),
        *("device_model", "os_version", "app_version", "is_returning_user", "locale"),
        "correlation_id",
    }
    identifiers = {request.authentication_id for request in witness.requests}
    assert {len(identifier) for identifier in identifiers} == {32}
    assert all(event.authentication_id in identifiers for event in witness.events)
    assert {request.correlation_id for request in witness.requests} == {""}


def test_events_come_in_order_and_only_after_their_message() -> None:
    witness, _ = played(AllowAll())
    times = [event.at for event in witness.events]
    assert times == sorted(times)
    sent: set[str] = set()
    expired: set[str] = set()
    for event in witness.events:
        match event:
            case Sent():
                sent.add(event.authentication_id)
            case Expired():
                assert event.authentication_id not in expired
                expired.add(event.authentication_id)
            case _:
                assert event.authentication_id in sent
    assert expired == sent


def test_a_denied_request_costs_nothing_and_teaches_nothing() -> None:
    record = Run(world(), DenyAll()).play()
    result = score(record, lost_user_cost=1.0)
    assert result.spend_blocked == 1
    assert result.leak_p90 == 0
    assert result.legitimate_denied == 1
    assert 0.5 < result.users_lost < 1


def test_the_money_spent_is_the_money_of_allowed_requests() -> None:
    witness, record = played(StrictLimits())
    cost = sum(event.cost for event in witness.events if isinstance(event, Sent))
    allowed = sum(
        request.price
        for request, ruling in zip(witness.requests, witness.rulings, strict=True)
        if ruling.allow
    )
    assert cost == pytest.approx(allowed)
    asked = sum(tally.requests for tally in record.cohorts.values())
    tries = sum(len(tries) for tries in record.campaigns.values())
    assert asked + tries == len(witness.requests) == record.rulings


def test_allowing_all_blocks_nothing_and_loses_nobody() -> None:
    result = score(Run(world(), AllowAll()).play(), lost_user_cost=1.0)
    assert (result.spend_blocked, result.users_lost, result.net_share) == (0, 0, 0)
    assert result.leak_median > 0


def test_the_oracle_blocks_all_and_loses_nobody() -> None:
    result = score(Run(world(), Oracle()).play(), lost_user_cost=1.0)
    assert (result.spend_blocked, result.worst_attack, result.net_share) == (1, 1, 1)
    assert (result.legitimate_denied, result.users_lost, result.leak_p90) == (0, 0, 0)


def test_every_cohort_and_every_campaign_is_there() -> None:
    record = Run(world(), AllowAll()).play()
    assert set(record.cohorts) == set(Cohort)
    assert set(record.campaigns) == {kind.name for kind in load().campaigns}
    assert all(record.campaigns.values())


def test_campaigns_change_their_numbers_when_they_are_denied() -> None:
    def blocks(policy: Policy) -> set[str]:
        parameters = replace(small(), campaign_scale=1.0)
        sequential = tuple(kind for kind in parameters.campaigns if kind.name == "sequential")
        parameters = replace(parameters, campaigns=sequential, projects=parameters.projects[-1:])
        witness = Witness(policy)
        bare = World(parameters, 1)
        bare.sessions.clear()
        Run(bare, witness).play()
        return {request.phone_number[:-4] for request in witness.requests}

    assert len(blocks(DenyAll())) > len(blocks(AllowAll()))


def test_cold_campaigns_start_within_minutes() -> None:
    cold = World(replace(small(), cold=True), 1)
    assert max(campaign.times[0] for campaign in cold.campaigns) < 3600
    assert min(campaign.times[0] for campaign in world().campaigns) > 4 * 3600


def test_a_held_out_world_differs_and_can_be_drawn_again() -> None:
    published = load()
    assert held_out(published, 11) == held_out(published, 11)
    assert held_out(published, 11) != held_out(published, 12)
    for number in range(30):
        drawn = held_out(published, number)
        assert drawn.perturbation == published.perturbation
        for name, country in drawn.countries.items():
            assert country.price != published.countries[name].price
            assert 0 < country.price <= published.perturbation.highest_price
            assert 0.7 <= country.delivered_share <= 0.99
        for outage in drawn.outages:
            assert outage.carrier in drawn.countries[outage.country].carriers
            assert 0 < outage.at_hour < drawn.hours
        assert msgspec.convert(msgspec.to_builtins(drawn), Parameters) == drawn


def test_a_held_out_world_can_be_played() -> None:
    drawn = World(held_out(small(days=2), 7), 1)
    result = score(Run(drawn, Oracle()).play(), lost_user_cost=1.0)
    assert result.spend_blocked == 1
    assert result.users_lost == 0


def judged(rulings: str, make: Callable[[int], float] = float) -> tuple[int, float]:
    """The leak and the seconds to block of a campaign whose tries were (a)llowed or (d)enied."""
    record = Record(sessions=1)
    record.asked(Cohort.STEADY, "acme", allowed=True)
    record.rulings = 1
    record.campaigns["one"] = [
        Try(make(place), 0.1, ruling == "a") for place, ruling in enumerate(rulings)
    ]
    one = score(record, lost_user_cost=1.0).campaigns["one"]
    return one.leaked_messages, one.seconds_to_block


def test_a_leak_is_what_was_paid_before_most_requests_are_denied() -> None:
    assert judged("a" * 50) == (50, float("inf"))
    assert judged("d" * 50) == (0, 0)
    assert judged("a" * 20 + "d" * 40) == (14, 14)
    assert judged("ad" * 40) == (40, float("inf"))


def test_an_estimate_has_an_interval_by_students_t() -> None:
    of_five = estimate([1, 2, 3, 4, 5])
    assert of_five.mean == 3
    assert of_five.margin == pytest.approx(1.963, abs=0.001)
    assert estimate([0.078]).percent() == "7.8 %"
    assert estimate([0.07, 0.08]).percent() == "7.5±6.4 %"
    assert estimate([float(n) for n in range(31)]).margin == pytest.approx(3.335, abs=0.001)


def test_a_table_is_markdown_whose_columns_line_up() -> None:
    table = markdown_table(["policy", "lost"], [["AllowAll", "0 %"], ["Oracle", "100 %"]])
    assert table.splitlines() == [
        "| policy   |  lost |",
        "| -------- | ----: |",
        "| AllowAll |   0 % |",
        "| Oracle   | 100 % |",
    ]
