"""The loop in which people wait, a policy chooses, and what follows is told to it in time."""

import heapq
import itertools
import math
import time

import msgspec

from evaluation.routing.moment import Moment
from evaluation.routing.policy import (
    Ask,
    Cause,
    Check,
    Event,
    Informed,
    NotTaken,
    Offer,
    Pick,
    Policy,
    Receipt,
    Sent,
)
from evaluation.routing.record import First, Record, Visit
from evaluation.routing.world import World


class Look(msgspec.Struct):
    """The moment at which a policy wanted to look at somebody again."""

    visit: Visit


class Refusal(msgspec.Struct):
    """A provider's refusal, the last of so many in a row before it; another route is next."""

    visit: Visit
    told: NotTaken
    before: int


class Wish(msgspec.Struct):
    """Somebody's wish for another message, unless one has come or another wish went before."""

    visit: Visit
    request: int


Due = Visit | Look | Refusal | Wish | Receipt | Check


class Run:
    """One policy in one world."""

    def __init__(self, world: World, policy: Policy) -> None:
        self._world = world
        self._parameters = world.parameters
        self._policy = policy
        self._informed = policy if isinstance(policy, Informed) else None
        self._order = itertools.count()
        self._messages = itertools.count()
        self._agenda: list[tuple[float, int, Due]] = []
        self._record = Record([Visit(person) for person in world.people])
        self._prices = [tuple(prices) for prices in world.prices.tolist()]

    def play(self) -> Record:
        """Run the window to the end of its last consequence."""
        offers = tuple(
            Offer(route.name, route.provider, route.channel) for route in self._parameters.routes
        )
        self._policy.begin(offers, self._parameters.user_worth)
        for visit in self._record.visits:
            self._plan(visit.person.at, visit)
        while self._agenda:
            at, _, due = heapq.heappop(self._agenda)
            match due:
                case Visit():
                    self._send(at, due, Cause.FIRST)
                case Receipt():
                    if self._tell(due):
                        self._send_unasked(at, self._record.visits[due.session], Cause.FAILED)
                case Check():
                    self._checks(at, self._record.visits[due.session], due)
                case Refusal():
                    self._tell(due.told)
                    self._send_elsewhere(at, due.visit, due.before + 1)
                case Look():
                    self._send_unasked(at, due.visit, Cause.SILENT)
                case Wish():
                    self._asks_again(at, due.visit, due.request)
        return self._record

    def _checks(self, at: float, visit: Visit, check: Check) -> None:
        if not visit.is_verified:
            visit.verified_after = at - visit.person.at
            self._tell(check)

    def _asks_again(self, at: float, visit: Visit, request: int) -> None:
        waits = not visit.is_verified and visit.arrived > at
        if waits and visit.requests == request and self._may_send(visit):
            visit.requests += 1
            self._send(at, visit, Cause.ASKED_AGAIN)

    def _send_unasked(self, at: float, visit: Visit, cause: Cause) -> None:
        left = visit.automatic < self._parameters.people.most_unasked
        if left and not visit.is_verified and self._may_send(visit):
            visit.automatic += 1
            self._send(at, visit, cause)

    def _may_send(self, visit: Visit) -> bool:
        return visit.sent < self._parameters.people.most_messages

    def _send(self, at: float, visit: Visit, cause: Cause, refusals: int = 0) -> None:
        person = visit.person
        moment = self._world.moment(at, person.country, person.carrier)
        pick = self._choose(at, visit, cause, moment)
        if pick is None:
            return
        message, route = next(self._messages), pick.route
        visit.tried.append(route)
        if route in moment.refused:
            self._refuse(at, visit, moment, message, refusals)
            return
        self._take(at, visit, moment, message)
        if pick.look_after is not None:
            self._plan(at + pick.look_after, Look(visit))
        self._expect_wish(at, visit)

    def _refuse(self, at: float, visit: Visit, moment: Moment, message: int, refusals: int) -> None:
        person, people, route = visit.person, self._parameters.people, visit.tried[-1]
        draw = person.refusals[(visit.sent + refusals) % len(person.refusals)]
        silent = draw < moment.refused[route]
        after = at + (people.silent_refusal_seconds if silent else people.refusal_seconds)
        self._plan(after, Refusal(visit, NotTaken(after, person.place, message, route), refusals))

    def _send_elsewhere(self, at: float, visit: Visit, refusals: int) -> None:
        if refusals > self._parameters.people.most_refusals:
            self._expect_wish(at, visit)
        elif not visit.is_verified and self._may_send(visit):
            self._send(at, visit, Cause.NOT_TAKEN, refusals)

    def _take(self, at: float, visit: Visit, moment: Moment, message: int) -> None:
        world, person, route = self._world, visit.person, visit.tried[-1]
        fate = world.fates.of(person, visit.sent, route, moment)
        visit.sent += 1
        delivered_after = fate.delivered_after
        visit.cost += world.price(person.country, route, delivered=delivered_after is not None)
        self._tell(Sent(at, person.place, message, route))
        if fate.receipt_after is not None:
            told = at + fate.receipt_after
            self._plan(told, Receipt(told, person.place, message, route, fate.says_delivered))
        if delivered_after is not None:
            self._arrive(at + delivered_after, visit, message)

    def _arrive(self, at: float, visit: Visit, message: int) -> None:
        person, people, route = visit.person, self._parameters.people, visit.tried[-1]
        visit.arrived = min(visit.arrived, at)
        checked = at + person.typing_seconds
        haste = 1.0 if visit.sent == 1 else people.later_haste
        stays = math.exp(-haste * (checked - person.at) / people.patience_seconds)
        channel = self._parameters.channels[self._parameters.routes[route].channel]
        if person.types < channel.typed_share and person.stays < stays:
            self._plan(checked, Check(checked, person.place, message, route))

    def _expect_wish(self, at: float, visit: Visit) -> None:
        asks_after = visit.person.asks_after
        if visit.requests < len(asks_after):
            after = asks_after[visit.requests]
            if after is not None:
                self._plan(at + after, Wish(visit, visit.requests))

    def _choose(self, at: float, visit: Visit, cause: Cause, moment: Moment) -> Pick | None:
        world, person, record = self._world, visit.person, self._record
        ask = Ask(
            at,
            person.place,
            cause,
            world.countries[person.country],
            f"carrier {person.carrier + 1}" if person.carrier_known else "",
            tuple(visit.tried),
            self._prices[person.country],
        )
        if self._informed:
            self._informed.told(world.prospects(person.country, moment))
        began = time.perf_counter()
        pick = self._policy.choose(ask)
        record.policy_seconds += time.perf_counter() - began
        record.choices += 1
        if cause is Cause.FIRST and pick is not None:
            values = world.prospects(person.country, moment).values(self._parameters.user_worth)
            regret = float(values.max() - values[pick.route])
            first = First(at, person.country, person.carrier, pick.route, regret)
            record.firsts.append(first)
        return pick

    def _tell(self, event: Event) -> bool:
        began = time.perf_counter()
        again = self._policy.observe(event)
        self._record.policy_seconds += time.perf_counter() - began
        return again

    def _plan(self, at: float, due: Due) -> None:
        heapq.heappush(self._agenda, (at, next(self._order), due))
