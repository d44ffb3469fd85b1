"""The routing world is the same for everybody, keeps its truth to itself, and counts what it should."""

import functools
import math
from collections import Counter

import msgspec
import numpy as np
import pytest
from evaluation.routing.baselines import BASELINES, Oracle, RoundRobin, StaticPriority
from evaluation.routing.outages import Outage
from evaluation.routing.parameters import Parameters, Receipts, Scope, load
from evaluation.routing.perturbation import held_out
from evaluation.routing.policy import (
    Ask,
    Cause,
    Check,
    Event,
    NotTaken,
    Offer,
    Pick,
    Policy,
    Receipt,
    Sent,
)
from evaluation.routing.record import First, Record, Visit
from evaluation.routing.report import Judged, seeds_table, worlds_table
from evaluation.routing.run import Run
from evaluation.routing.score import Score, score
from evaluation.routing.watchword import Conversion, Watchword
from evaluation.routing.world import World
from msgspec.structs import replace


class Always:
    """Sends everything over one route, and again over it whenever it may."""

    def __init__(self, route: int = 0, *, again: bool = False) -> None:
        self.route = route
        self.again = again

    def begin(self, offers: tuple[Offer, ...], user_worth: float) -> None:
        pass

    def choose(self, ask: Ask) -> Pick | None:
        return Pick(self.route, 25 if self.again else None)

    def observe(self, event: Event) -> bool:
        return self.again


class Witness:
    """Chooses as another policy does, and writes everything down."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.asks: list[Ask] = []
        self.picks: list[Pick | None] = []
        self.events: list[Event] = []

    def begin(self, offers: tuple[Offer, ...], user_worth: float) -> None:
        self.offers = offers
        self.policy.begin(offers, user_worth)

    def choose(self, ask: Ask) -> Pick | None:
        self.asks.append(ask)
        self.picks.append(self.policy.choose(ask))
        return self.picks[-1]

    def observe(self, event: Event) -> bool:
        self.events.append(event)
        return self.policy.observe(event)


def small() -> Parameters:
    """A fifth of the people for two days, with outages in the second."""
    return replace(load(), days=2, users_per_day=1000, warm_up_hours=20)


@functools.cache
def world(seed: int = 1) -> World:
    return World(small(), seed)


@functools.cache
def judged(policy: type[Policy], seed: int = 1) -> Score:
    return score(world(seed), Run(world(seed), policy()).play())


def played(policy: Policy, where: World | None = None) -> tuple[Witness, Record]:
    witness = Witness(policy)
    return witness, Run(where or world(), witness).play()


def without_outages() -> World:
    found = World(small(), 1)
    found.outages.clear()
    return found


def outage(*routes: int, **changes: object) -> Outage:
    """A grey failure from the first second to the last, everywhere."""
    whole = Outage("grey", 0.0, math.inf, routes, None, None, 0.1, 1.0, Receipts.NONE, None)
    return replace(whole, **changes)


def test_the_same_seed_gives_the_same_world_and_another_seed_another() -> None:
    again = World(small(), 1)
    assert again.people == world().people
    assert again.outages == world().outages
    assert np.array_equal(again.prices, world().prices)
    moments = [one.moment(90_000.0, 2, 1) for one in (again, world())]
    assert np.array_equal(moments[0].delivered, moments[1].delivered)
    fates = [one.fates.of(one.people[5], 1, 3, moments[0]) for one in (again, world())]
    assert fates[0] == fates[1]
    assert world(2).people[0] != again.people[0]
    assert world(2).outages != again.outages


def test_a_run_can_be_repeated_exactly() -> None:
    one, first = played(Watchword())
    two, second = played(Watchword())
    assert one.asks == two.asks
    assert one.picks == two.picks
    assert one.events == two.events
    assert first.visits == second.visits


def test_all_policies_meet_the_same_people() -> None:
    def first_asks(policy: Policy) -> dict[int, Ask]:
        witness, _ = played(policy)
        return {ask.session: ask for ask in witness.asks if ask.cause is Cause.FIRST}

    met = first_asks(RoundRobin())
    assert met == first_asks(StaticPriority()) == first_asks(Watchword())
    assert len(met) == len(world().people) > 1000


def test_what_becomes_of_a_message_does_not_depend_on_the_policy() -> None:
    def of_firsts(policy: Policy) -> dict[tuple[int, int], bool]:
        """By person and route of the first message: whether it was delivered."""
        _, record = played(policy)
        return {
            (visit.person.place, visit.tried[0]): visit.arrived < math.inf
            for visit in record.visits
            if visit.sent == len(visit.tried) == 1
        }

    one, other = of_firsts(StaticPriority()), of_firsts(Always(0))
    both = one.keys() & other.keys()
    assert len(both) > 1000
    assert {key: one[key] for key in both} == {key: other[key] for key in both}


def test_no_ask_and_no_event_says_what_is_true_of_a_route() -> None:
    witness, _ = played(Always(2))
    assert Ask.__struct_fields__ == (
        *("at", "session", "cause", "country", "carrier", "tried", "prices"),
    )
    of_messages = ("at", "session", "message", "route")
    assert Sent.__struct_fields__ == NotTaken.__struct_fields__ == of_messages
    assert Check.__struct_fields__ == of_messages
    assert Receipt.__struct_fields__ == (*of_messages, "delivered")
    assert Offer.__struct_fields__ == ("name", "provider", "channel")
    assert not hasattr(witness, "prospects")
    known = {ask.carrier for ask in witness.asks}
    assert known == {"", "carrier 1", "carrier 2", "carrier 3"}


def test_events_come_in_order_and_only_after_their_message() -> None:
    where = without_outages()
    where.outages.append(outage(1, begins=40_000.0, silent_share=0.3))
    witness, _ = played(Always(1, again=True), where)
    times = [event.at for event in witness.events]
    assert times == sorted(times)
    assert {type(event) for event in witness.events} == {Sent, NotTaken, Receipt, Check}
    sent: dict[int, Sent] = {}
    for event in witness.events:
        match event:
            case Sent():
                assert event.message not in sent
                sent[event.message] = event
            case Receipt() | Check():
                before = sent[event.message]
                assert (event.session, event.route) == (before.session, before.route)
                assert event.at > before.at


def test_nobody_is_sent_more_messages_than_they_may_be() -> None:
    witness, record = played(Always(0, again=True))
    people = small().people
    assert max(visit.sent for visit in record.visits) == people.most_messages
    assert max(visit.automatic for visit in record.visits) == people.most_unasked
    assert max(visit.requests for visit in record.visits) <= people.most_requests - 1
    assert {ask.cause for ask in witness.asks} >= {Cause.SILENT, Cause.FAILED, Cause.ASKED_AGAIN}


def test_nobody_is_verified_twice_and_only_by_a_message_that_came() -> None:
    witness, record = played(RoundRobin())
    checked = Counter(event.session for event in witness.events if isinstance(event, Check))
    assert set(checked.values()) == {1}
    verified = {visit.person.place for visit in record.visits if visit.is_verified}
    assert verified == set(checked)
    for visit in record.visits:
        if visit.verified_after is not None:
            assert visit.person.at + visit.verified_after > visit.arrived


def test_an_sms_is_paid_when_taken_and_a_call_only_when_it_arrives() -> None:
    where = without_outages()
    sms, call = 0, 7
    witness, record = played(Always(sms), where)
    prices = {ask.session: ask.prices[sms] for ask in witness.asks}
    paid = sum(prices[event.session] for event in witness.events if isinstance(event, Sent))
    assert sum(visit.cost for visit in record.visits) == pytest.approx(paid)
    _, called = played(Always(call), where)
    assert all(bool(visit.cost) == (visit.arrived < math.inf) for visit in called.visits)


def test_the_money_adds_up() -> None:
    parameters, result = small(), judged(StaticPriority)
    assert result.cost_per_verified == pytest.approx(result.cost_per_user / result.conversion)
    worth = parameters.user_worth * result.conversion
    assert result.value == pytest.approx(worth - result.cost_per_user)
    _, record = played(StaticPriority())
    counted = [v for v in record.visits if v.person.at >= parameters.warm_up_hours * 3600]
    assert result.users == len(counted)
    assert result.cost_per_user * len(counted) == pytest.approx(sum(v.cost for v in counted))


def test_an_outage_lowers_what_is_delivered() -> None:
    where = without_outages()

    def arrived() -> int:
        _, record = played(Always(0), where)
        return sum(visit.arrived < math.inf for visit in record.visits)

    usual = arrived()
    where.outages.append(outage(1))
    assert arrived() == usual
    where.outages.append(outage(0))
    assert arrived() < usual * 0.3


def test_an_outage_says_of_its_losses_what_it_says() -> None:
    def receipts(said: Receipts) -> Counter[bool]:
        where = without_outages()
        where.outages.append(outage(0, delivered_share=0.0, receipts=said))
        witness, _ = played(Always(0), where)
        return Counter(event.delivered for event in witness.events if isinstance(event, Receipt))

    assert not receipts(Receipts.NONE)
    assert set(receipts(Receipts.INVENTED)) == {True}
    assert set(receipts(Receipts.FAILED)) == {False}


def test_a_hard_failure_takes_nothing_costs_nothing_and_moves_on() -> None:
    where = without_outages()
    where.outages.append(outage(0, silent_share=0.3))
    witness, record = played(Always(0), where)
    assert {type(event) for event in witness.events} == {NotTaken}
    assert sum(visit.cost for visit in record.visits) == 0
    assert len(witness.events) >= 4 * len(where.people)
    _, listed = played(StaticPriority(), where)
    assert all(visit.tried[:2] == [0, 1] for visit in listed.visits)
    assert sum(visit.is_verified for visit in listed.visits) > len(where.people) / 2


def test_the_oracle_beats_the_list_and_the_list_beats_taking_turns() -> None:
    """Where people are worth much: a list of good routes is not a cheap one."""
    dear = World(replace(small(), user_worth=1.0), 1)
    values = [
        score(dear, Run(dear, policy()).play()).value
        for policy in (Oracle, StaticPriority, RoundRobin)
    ]
    assert values == sorted(values, reverse=True)
    assert len(set(values)) == 3


def test_the_oracle_regrets_nothing() -> None:
    assert judged(Oracle).regret == 0
    assert judged(RoundRobin).regret > 0.05


def test_watchword_is_better_than_any_rule_and_no_better_than_the_oracle() -> None:
    value = judged(Watchword).value
    assert value > judged(RoundRobin).value
    assert value > judged(StaticPriority).value
    assert value < judged(Oracle).value


def test_watchword_for_conversion_verifies_no_fewer_and_pays_more() -> None:
    assert judged(Conversion).conversion > judged(Watchword).conversion - 0.01
    assert judged(Conversion).cost_per_user > judged(Watchword).cost_per_user


def test_a_held_out_world_differs_and_can_be_drawn_again() -> None:
    published = load()
    assert held_out(published, 11) == held_out(published, 11)
    assert held_out(published, 11) != held_out(published, 12)
    for number in range(30):
        drawn = held_out(published, number)
        assert drawn.perturbation == published.perturbation
        assert 0.2 <= drawn.user_worth <= 1
        for name, country in drawn.countries.items():
            assert country.prices != published.countries[name].prices
            assert 0.1 <= country.reach <= 0.98
        for route in drawn.routes:
            assert 0 <= route.invented_share <= 0.95
        assert msgspec.convert(msgspec.to_builtins(drawn), Parameters) == drawn


def test_a_held_out_world_can_be_played() -> None:
    drawn = World(held_out(small(), 7), 1)
    results = [score(drawn, Run(drawn, policy()).play()) for policy in (RoundRobin, Oracle)]
    assert results[0].value < results[1].value


def test_the_parameters_fit_together() -> None:
    parameters = load()
    for country in parameters.countries.values():
        assert len(country.carriers) == parameters.carriers
        assert sum(country.carriers) == pytest.approx(1)
        assert set(country.prices) == set(parameters.channels)
    assert {route.channel for route in parameters.routes} == set(parameters.channels)
    assert parameters.busy_provider in {route.provider for route in parameters.routes}
    assert {kind.scope for kind in parameters.outages.values()} == set(Scope)


def recovery(into: str) -> tuple[float, int] | None:
    """Seconds and messages until an outage of route 0 was avoided, by choices a minute apart.

    It begins with the choice after the bar.
    """
    before, _, during = into.partition("|")
    place = world().people[0]
    begins = 60.0 * len(before)
    one = outage(0, begins=begins, ends=60.0 * (len(before) + len(during)))
    where = World(small(), 1)
    where.outages[:] = [one]
    firsts = [
        First(60.0 * minute, place.country, place.carrier, 0 if choice == "x" else 1, 0.0)
        for minute, choice in enumerate(before + during)
    ]
    counted = next(person for person in where.people if person.at > 80_000)
    record = Record([Visit(counted, verified_after=5.0)], firsts, choices=1)
    found = score(where, record).recoveries
    return (found[0].seconds, found[0].messages) if found else None


def test_an_outage_is_got_over_when_few_messages_go_into_it() -> None:
    assert recovery("xxxx|xxx--------") == (60, 1)
    assert recovery("xxxx|xxxxxxxxxx") == (600, 10)
    assert recovery("xxxx|----------") == (0, 0)


def test_an_outage_of_what_was_not_used_says_nothing() -> None:
    assert recovery("----|----------") is None
    assert recovery("xx|xxxxxxxxxx") is None
    assert recovery("xxxx|xxxxx") is None


def test_the_tables_have_a_line_for_each_policy() -> None:
    turns, oracle = judged(RoundRobin), judged(Oracle)
    runs = {
        policy.__name__: [Judged(judged(policy), turns, oracle)]
        for policy in (RoundRobin, StaticPriority, Oracle)
    }
    assert [runs[name][0].gap_closed for name in ("RoundRobin", "Oracle")] == [0, 1]
    by_seeds = seeds_table(runs).splitlines()
    assert [line.split()[1] for line in by_seeds[2:]] == list(runs)
    by_worlds = worlds_table({name: [some, some] for name, some in runs.items()}).splitlines()
    assert "100.0 % (100.0 %)" in by_worlds[-1]


def test_every_baseline_plays_to_the_end() -> None:
    for policy in BASELINES:
        assert 0.4 < judged(policy).conversion < 0.9
