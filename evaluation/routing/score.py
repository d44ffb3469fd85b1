"""The figures of a run: who was verified, at what cost, how soon, and how outages were got over."""

from collections.abc import Sequence

import msgspec
import numpy as np

from evaluation.routing.outages import Outage
from evaluation.routing.record import First, Record
from evaluation.routing.world import World

# An outage says something of a policy that used what fails, and where enough people came in it.
_BEFORE_SECONDS, _LOOKED_BACK, _FEWEST_BEFORE, _USED = 7200, 20, 3, 0.4
_FEWEST_DURING = 6
# It is got over from the first of so many choices of which so few still go into it.
_WINDOW, _LEFT = 8, 0.25
_NOT_ABOUT_ROUTES = frozenset({"carrier", "slow"})


class Recovery(msgspec.Struct, frozen=True):
    """One outage: seconds and messages until it was avoided, and the share of traffic into it."""

    kind: str
    seconds: float
    messages: int
    share: float


class Score(msgspec.Struct, frozen=True):
    """One run; money is dollars, `value` and `regret` are for each person, times are seconds."""

    users: int
    conversion: float
    cost_per_user: float
    cost_per_verified: float
    value: float
    regret: float
    median_seconds: float
    p90_seconds: float
    messages: float
    microseconds: float
    recoveries: list[Recovery]


def score(world: World, record: Record) -> Score:
    """Judge a run; people who came in the warm-up are not counted."""
    parameters = world.parameters
    begins = parameters.warm_up_hours * 3600
    counted = [visit for visit in record.visits if visit.person.at >= begins]
    times = [visit.verified_after for visit in counted if visit.verified_after is not None]
    cost = sum(visit.cost for visit in counted)
    users, verified = len(counted), len(times)
    return Score(
        users=users,
        conversion=verified / users,
        cost_per_user=cost / users,
        cost_per_verified=cost / verified,
        value=(parameters.user_worth * verified - cost) / users,
        regret=float(np.mean([first.regret for first in record.firsts])),
        median_seconds=float(np.median(times)),
        p90_seconds=float(np.percentile(times, 90)),
        messages=sum(visit.sent for visit in record.visits) / len(record.visits),
        microseconds=record.policy_seconds / record.choices * 1e6,
        recoveries=[
            found
            for outage in world.outages
            if (found := _recovery(outage, record.firsts)) is not None
        ],
    )


def _recovery(outage: Outage, firsts: Sequence[First]) -> Recovery | None:
    routes = frozenset(outage.routes)
    there = [
        (first.at, first.route in routes)
        for first in firsts
        if outage.covers(first.country, first.carrier)
    ]
    before = [into for at, into in there if outage.begins - _BEFORE_SECONDS <= at < outage.begins][
        -_LOOKED_BACK:
    ]
    during = [(at, into) for at, into in there if outage.begins <= at < outage.ends]
    used = len(before) >= _FEWEST_BEFORE and sum(before) / len(before) >= _USED
    if not used or len(during) < _FEWEST_DURING or outage.kind in _NOT_ABOUT_ROUTES:
        return None
    window = min(_WINDOW, len(during))
    over = next(
        (
            place
            for place in range(len(during) - window + 1)
            if sum(into for _, into in during[place : place + window]) / window <= _LEFT
        ),
        None,
    )
    return Recovery(
        outage.kind,
        (outage.ends if over is None else during[over][0]) - outage.begins,
        sum(into for _, into in (during if over is None else during[:over])),
        float(np.mean([into for _, into in during])),
    )
