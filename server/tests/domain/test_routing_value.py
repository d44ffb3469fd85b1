"""Value: routes are ordered by what a message is worth under the project's policy, with what may follow."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchword.domain.channel import Channel
from watchword.domain.routing.choice import (
    GOOD_ENOUGH,
    Candidate,
    Policy,
    explained,
    rank,
)
from watchword.domain.routing.experience import Estimate
from watchword.domain.routing.value import SECOND_THOUGHTS, Prospect, worth, worth_with_next
from watchword.domain.routing.way import Way

USER = 1_000_000


def candidate(
    route: str,
    answered: float,
    cost: float,
    *,
    lost: float = 0.0,
    channel: Channel = Channel.SMS,
    spread: float = 0.1,
    closed: str = "",
    probe: bool = False,
) -> Candidate:
    prospect = Prospect(Way(route, route, channel), answered, lost, 1.0, cost)
    return Candidate(prospect, Estimate(answered, answered, 0.5, spread, 10.0), closed, probe)


def prospect(
    route: str, answered: float, lost: float, channel: Channel = Channel.SMS, told: float = 1.0
) -> Prospect:
    return Prospect(Way(route, route, channel), answered, lost, told, 50_000)


def order(candidates: list[Candidate], policy: Policy, user: int = USER) -> list[str]:
    ranked = rank(candidates, policy, user, 0.5, explore=False)
    return [one.prospect.way.route for _, one in ranked]


SHARES = st.floats(0.01, 0.99)
COSTS = st.floats(1, 500_000)
CANDIDATES = st.lists(st.tuples(SHARES, COSTS, SHARES), min_size=1, max_size=6).map(
    lambda rows: [
        candidate(f"r{index}", answered, cost, lost=lost)
        for index, (answered, cost, lost) in enumerate(rows)
    ]
)
CERTAIN = st.lists(st.tuples(SHARES, COSTS), min_size=1, max_size=6).map(
    lambda rows: [candidate(f"r{i}", answered, cost) for i, (answered, cost) in enumerate(rows)]
)
"""Candidates of which nothing is lost, so that nothing follows them."""


def test_the_three_policies_choose_the_cheapest_the_best_and_the_likeliest() -> None:
    candidates = [
        candidate("worst", 0.30, 1_000),
        candidate("cheap", 0.70, 60_000),
        candidate("best", 0.80, 100_000),
        candidate("likeliest", 0.82, 160_000),
    ]
    assert order(candidates, Policy.PRICE)[0] == "cheap"
    assert order(candidates, Policy.BALANCED)[0] == "best"
    assert order(candidates, Policy.CONVERSION)[0] == "likeliest"


@given(CANDIDATES)
def test_the_policy_price_takes_the_cheapest_answer_of_the_acceptable_routes(
    candidates: list[Candidate],
) -> None:
    first = rank(candidates, Policy.PRICE, 10**9, 0.5, explore=False)[0][1].prospect
    least = GOOD_ENOUGH * max(one.prospect.answered for one in candidates)
    acceptable = [one.prospect for one in candidates if one.prospect.answered >= least]
    assert first in acceptable
    assert first.cost / first.answered == min(one.cost / one.answered for one in acceptable)


@given(CERTAIN)
def test_the_policy_balanced_takes_the_largest_expected_value(candidates: list[Candidate]) -> None:
    value, first = rank(candidates, Policy.BALANCED, USER, 0.5, explore=False)[0]
    assert value == worth(first.prospect, USER)
    assert value == max(worth(one.prospect, USER) for one in candidates)


@given(CERTAIN)
def test_the_policy_conversion_never_takes_a_less_likely_route_than_balanced(
    candidates: list[Candidate],
) -> None:
    likely = rank(candidates, Policy.CONVERSION, USER, 0.5, explore=False)[0][1].prospect
    balanced = rank(candidates, Policy.BALANCED, USER, 0.5, explore=False)[0][1].prospect
    assert likely.answered >= balanced.answered - 1e-9


@given(CANDIDATES, st.sampled_from(Policy), st.floats(0, 1, exclude_max=True))
def test_values_descend_nothing_is_lost_and_the_same_draw_gives_the_same_order(
    candidates: list[Candidate], policy: Policy, draw: float
) -> None:
    ranked = rank(candidates, policy, USER, draw)
    values = [value for value, _ in ranked]
    assert values == sorted(values, reverse=True)
    assert {id(one) for _, one in ranked} == {id(one) for one in candidates}
    assert rank(candidates, policy, USER, draw) == ranked


def test_a_route_at_rest_comes_last_whatever_it_is_worth_and_a_probe_in_its_place() -> None:
    bad, resting = candidate("bad", 0.1, 90_000), candidate("rests", 0.9, 1, closed="it failed")
    assert order([resting, bad], Policy.BALANCED) == ["bad", "rests"]
    probe = candidate("rests", 0.9, 1, closed="it failed", probe=True)
    assert order([bad, probe], Policy.BALANCED) == ["rests", "bad"]


def test_what_is_well_known_is_not_explored() -> None:
    known = [candidate("a", 0.8, 10, spread=0.0), candidate("b", 0.79, 10, spread=0.0)]
    firsts = {
        rank(known, Policy.BALANCED, USER, draw / 100)[0][1].prospect.way.route
        for draw in range(100)
    }
    assert firsts == {"a"}


def test_now_and_then_a_route_of_which_little_is_known_is_given_a_chance() -> None:
    ways = [candidate("known", 0.8, 10, spread=0.0), candidate("new", 0.75, 10, spread=0.5)]
    firsts = [
        rank(ways, Policy.BALANCED, USER, draw / 100)[0][1].prospect.way.route
        for draw in range(100)
    ]
    assert 5 < firsts.count("new") < 50


def test_after_a_loss_nothing_is_explored() -> None:
    ways = [candidate("known", 0.8, 10, spread=0.0), candidate("new", 0.75, 10, spread=0.9)]
    firsts = {
        rank(ways, Policy.BALANCED, USER, draw / 100, explore=False)[0][1].prospect.way.route
        for draw in range(100)
    }
    assert firsts == {"known"}


def test_a_route_followed_by_a_good_one_is_worth_more_than_alone() -> None:
    one, other = prospect("one", 0.4, 0.5), prospect("other", 0.7, 0.1)
    [alone] = worth_with_next([one], USER, 0.6, [False])
    followed, _ = worth_with_next([one, other], USER, 0.6, [False, False])
    assert alone == worth(one, USER)
    assert followed == pytest.approx(alone + 0.5 * (USER * 0.7 * 0.6 - 50_000))


def test_a_loss_that_is_not_told_is_followed_by_those_who_ask_again() -> None:
    silent, other = prospect("one", 0.4, 0.5, told=0.0), prospect("other", 0.7, 0.1)
    followed, _ = worth_with_next([silent, other], USER, 0.6, [False, False])
    follower = USER * 0.7 * 0.6 - 50_000
    assert followed == pytest.approx(worth(silent, USER) + 0.5 * SECOND_THOUGHTS * follower)


def test_a_closed_route_a_dear_one_and_the_same_app_follow_nothing() -> None:
    app = prospect("app", 0.4, 0.5, Channel.WHATSAPP)
    same = prospect("same", 0.7, 0.1, Channel.WHATSAPP)
    sms = prospect("sms", 0.7, 0.1)
    alone = worth(app, USER)
    assert worth_with_next([app, same], USER, 0.6, [False, False])[0] == alone
    assert worth_with_next([app, sms], USER, 0.6, [False, True])[0] == alone
    assert worth_with_next([app, sms], 50_000, 0.6, [False, False])[0] == worth(app, 50_000)
    assert worth_with_next([app, sms], USER, 0.6, [False, False])[0] > alone


@given(SHARES, SHARES, st.floats(0, 5), st.sampled_from(Channel))
def test_less_or_more_hope_never_makes_a_probability_of_more_than_one(
    answered: float, lost: float, share: float, channel: Channel
) -> None:
    hoped = prospect("one", answered, lost, channel).times(share)
    assert 0 <= hoped.answered <= 1
    assert 0 <= hoped.lost <= 1
    same = prospect("one", answered, lost, channel).times(1.0)
    assert same.answered == answered
    assert same.lost == pytest.approx(lost)


def test_only_what_is_billed_on_arrival_costs_less_when_less_is_hoped_for() -> None:
    costs = {
        channel: prospect("one", 0.5, 0.5, channel).times(0.5).cost
        for channel in (Channel.SMS, Channel.EMAIL, Channel.VOICE, Channel.WHATSAPP)
    }
    assert costs[Channel.SMS] == costs[Channel.EMAIL] == 50_000
    assert costs[Channel.VOICE] == costs[Channel.WHATSAPP] == 25_000


def test_the_sentence_tells_what_is_expected_on_what_evidence_and_why_a_route_rests() -> None:
    ranked = explained(700_000, candidate("one", 0.75, 50_000), "FR Orange", " EUR")
    assert (ranked.route, ranked.value, ranked.probe) == ("one", 700_000, False)
    assert ranked.because == (
        "one: 75% of codes to FR Orange are answered, judging by 10 messages; "
        "0.0500 EUR expected cost, worth 0.7000 EUR"
    )
    rests = candidate("one", 0.75, 50_000, closed="it failed")
    assert explained(0, rests, "FR").because.endswith("; at rest, because it failed")
    probe = candidate("one", 0.75, 50_000, closed="it failed", probe=True)
    assert explained(0, probe, "FR").because.endswith("; a probe, because it failed")
    assert explained(0, probe, "FR").probe
