"""The ways of choosing that Watchword is compared with, from taking turns to knowing everything."""

from collections import OrderedDict, defaultdict, deque
from collections.abc import Sequence
from random import Random

import numpy as np

from evaluation.routing.policy import (
    Ask,
    Cause,
    Check,
    Event,
    Informed,
    Offer,
    Pick,
    Receipt,
    Sent,
)

_SETTLED_SECONDS = 300.0
# The share of people whom a second message wins no more.
_SECOND_LOSES = 0.35


class _Fixed:
    """Takes the first route of an order that was not tried, then begins again."""

    def begin(self, offers: tuple[Offer, ...], user_worth: float) -> None:
        self.offers, self.user_worth = offers, user_worth

    def order(self, ask: Ask) -> Sequence[int]:
        raise NotImplementedError

    def choose(self, ask: Ask) -> Pick | None:
        order = self.order(ask)
        untried = (route for route in order if route not in ask.tried)
        return Pick(next(untried, order[len(ask.tried) % len(order)]))

    def observe(self, event: Event) -> bool:  # noqa: ARG002 - the protocol's signature
        return False


class RoundRobin(_Fixed):
    """Every route in its turn."""

    _turn = 0

    def order(self, ask: Ask) -> Sequence[int]:  # noqa: ARG002 - whoever it is for
        self._turn += 1
        count = len(self.offers)
        first = self._turn % count
        return [*range(first, count), *range(first)]


class StaticPriority(_Fixed):
    """A list made by hand: the providers of best repute over SMS, then the app, then a call."""

    _names = ("P1.sms", "P2.sms", "P5.sms", "P4.sms", "P1.app", "P2.voice")

    def order(self, ask: Ask) -> Sequence[int]:  # noqa: ARG002 - whoever it is for
        places = {offer.name: place for place, offer in enumerate(self.offers)}
        return [places[name] for name in self._names]


class LeastCost(_Fixed):
    """The cheapest route over SMS."""

    def order(self, ask: Ask) -> Sequence[int]:
        sms = [place for place, offer in enumerate(self.offers) if offer.channel == "sms"]
        return sorted(sms, key=lambda place: ask.prices[place])


class ConversionRank(_Fixed):
    """Ranks routes by the conversion of the last messages in a country; one in ten tries another."""

    _remembered, _exploring, _guess, _guess_worth = 60, 0.1, 0.75, 4.0

    def begin(self, offers: tuple[Offer, ...], user_worth: float) -> None:
        super().begin(offers, user_worth)
        self._chance = Random(7)
        self._seen: defaultdict[tuple[str, int], deque[bool]] = defaultdict(
            lambda: deque(maxlen=self._remembered)
        )
        self._countries: dict[int, str] = {}
        self._under_way: OrderedDict[int, tuple[float, str, int]] = OrderedDict()

    def order(self, ask: Ask) -> Sequence[int]:
        self._settle(ask.at)
        self._countries[ask.session] = ask.country

        def value(place: int) -> float:
            seen = self._seen[ask.country, place]
            hoped = self._guess * self._guess_worth
            share = (sum(seen) + hoped) / (len(seen) + self._guess_worth)
            return self.user_worth * share - ask.prices[place]

        order = sorted(range(len(self.offers)), key=value, reverse=True)
        if self._chance.random() < self._exploring:
            order.insert(0, order.pop(self._chance.randrange(len(order))))
        return order

    def observe(self, event: Event) -> bool:
        match event:
            case Sent(at, session, message, route):
                self._under_way[message] = at, self._countries[session], route
            case Check(message=message) if message in self._under_way:
                _, country, route = self._under_way.pop(message)
                self._seen[country, route].append(True)
        return False

    def _settle(self, at: float) -> None:
        while self._under_way:
            message, (sent, country, route) = next(iter(self._under_way.items()))
            if at - sent < _SETTLED_SECONDS:
                return
            del self._under_way[message]
            self._seen[country, route].append(False)


class Oracle(_Fixed, Informed):
    """Knows, of every route at every moment, how probably it delivers; not what becomes of a message.

    Where a receipt says that a message failed it sends another at once, if that pays.
    """

    def choose(self, ask: Ask) -> Pick | None:
        values = self.prospects.values(self.user_worth)
        if ask.cause is Cause.FAILED:
            values = values - _SECOND_LOSES * self.user_worth * self.prospects.verified
        untried = [int(route) for route in np.argsort(-values) if route not in ask.tried]
        best = untried[0] if untried else int(np.argmax(values))
        return None if ask.cause is Cause.FAILED and values[best] <= 0 else Pick(best)

    def observe(self, event: Event) -> bool:
        return isinstance(event, Receipt) and not event.delivered


BASELINES = (RoundRobin, StaticPriority, LeastCost, ConversionRank, Oracle)
