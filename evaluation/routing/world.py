"""One world: what every route does everywhere and when, and all people, drawn before any policy acts."""

import numpy as np
from numpy.typing import NDArray

from evaluation.routing.fates import Fates
from evaluation.routing.moment import Moment
from evaluation.routing.outages import Outage, OutagePlan
from evaluation.routing.parameters import Parameters, Receipts
from evaluation.routing.people import Person, draw_people
from evaluation.routing.policy import Prospects

Array = NDArray[np.float64]

# How finely the share of people who are still there is worked out: draws, and medians up to e**7 s.
_DRAWS, _MEDIANS, _LONGEST = 400, 60, 7


class World:
    """Everything that is the same for all policies; the same parameters and seed give the same one."""

    def __init__(self, parameters: Parameters, seed: int) -> None:
        self.parameters = parameters
        self.seed = seed
        self.countries = tuple(parameters.countries)
        countries = tuple(parameters.countries.values())
        channels = [parameters.channels[route.channel] for route in parameters.routes]
        self._is_app = np.array([channel.is_app for channel in channels])
        self._typed = np.array([channel.typed_share for channel in channels])
        self._paid_when_taken = np.array([channel.paid_when_taken for channel in channels])
        reach = np.array([[country.reach] for country in countries])
        self._reach: Array = np.where(self._is_app, reach, 1.0)
        self._quality = self._qualities(np.random.default_rng([seed, 1]))
        chance = np.random.default_rng([seed, 2])
        self.prices = self._prices(chance)
        medians = np.array([route.median_seconds for route in parameters.routes])
        noise = chance.normal(0, parameters.seconds_sigma, self.prices.shape)
        self._seconds: Array = medians * np.exp(noise)
        self._staying = self._staying_by_median()
        self.outages: list[Outage] = OutagePlan(parameters, self._best()).draw(
            np.random.default_rng([seed, 3])
        )
        self.people: list[Person] = draw_people(parameters, np.random.default_rng([seed, 4]))
        self.fates = Fates(parameters, len(self.people), np.random.default_rng([seed, 5]))

    def moment(self, at: float, country: int, carrier: int) -> Moment:
        """What is true for a place at a second of the window, or after it."""
        hour = min(int(at // 3600), self.parameters.hours)
        delivered = self._quality[hour, country, carrier].copy()
        seconds = self._seconds[country].copy()
        refused: dict[int, float] = {}
        receipts: dict[int, Receipts] = {}
        for outage in self.outages:
            if outage.begins > at:
                break
            if not outage.hits(at, country, carrier):
                continue
            for route in outage.routes:
                if outage.silent_share is not None:
                    refused[route] = outage.silent_share
                    continue
                delivered[route] *= outage.delivered_share
                seconds[route] *= outage.slower
                if outage.receipts:
                    receipts[route] = outage.receipts
        return Moment(delivered, seconds, refused, receipts)

    def prospects(self, country: int, moment: Moment) -> Prospects:
        """What may be expected of a first message over each route; a refused one costs time."""
        reached = moment.delivered * self._reach[country]
        verified = reached * self._typed * np.interp(moment.seconds, *self._staying)
        verified *= 1 - self.parameters.people.unreachable_share
        cost = self.prices[country] * np.where(self._paid_when_taken, 1.0, reached)
        for route in moment.refused:
            verified[route] = 0.0
            cost[route] = self.parameters.refusal_cost
        return Prospects(verified, cost)

    def price(self, country: int, route: int, *, delivered: bool) -> float:
        """What a message costs that was taken, in dollars."""
        if delivered or self._paid_when_taken[route]:
            return float(self.prices[country, route])
        return 0.0

    def _qualities(self, chance: np.random.Generator) -> Array:
        """Probabilities of delivery by hour, country, carrier and route."""
        parameters = self.parameters
        countries, routes = len(self.countries), len(parameters.routes)
        everywhere = countries, 1, routes
        base = np.array([route.quality for route in parameters.routes])
        bad = chance.random(everywhere) < parameters.bad_share
        odds = base + chance.normal(0, parameters.country_sigma, everywhere)
        odds = odds + chance.normal(
            0, parameters.carrier_sigma, (countries, parameters.carriers, routes)
        )
        odds += parameters.bad_shift * bad
        alike = base + chance.normal(0, parameters.app_sigma, everywhere)
        odds = np.where(self._is_app, alike, odds)
        steps = chance.normal(0, parameters.drift_sigma, (parameters.hours + 1, *everywhere))
        found: Array = 1 / (1 + np.exp(-(odds + np.cumsum(steps, axis=0))))
        return found

    def _prices(self, chance: np.random.Generator) -> Array:
        routes, countries = self.parameters.routes, self.parameters.countries.values()
        listed = np.array(
            [
                [country.prices[route.channel] * route.price_factor for route in routes]
                for country in countries
            ]
        )
        found: Array = listed * np.exp(chance.normal(0, self.parameters.price_sigma, listed.shape))
        return found

    def _staying_by_median(self) -> tuple[Array, Array]:
        """The share of people who wait for a code, by the median seconds of its delivery."""
        people, chance = self.parameters.people, np.random.default_rng(0)
        spread = np.exp(people.delivery_sigma * chance.normal(size=_DRAWS))
        typing = np.exp(people.typing_sigma * chance.normal(size=_DRAWS))
        typing *= people.typing_median_seconds
        medians: Array = np.exp(np.linspace(0, _LONGEST, _MEDIANS))
        waits = medians[:, None] * spread + typing
        return medians, np.exp(-waits / people.patience_seconds).mean(axis=1)

    def _best(self) -> NDArray[np.int64]:
        """The two best routes by hour and country, as far as prices and deliveries tell."""
        parameters = self.parameters
        verified = self._quality.mean(axis=2) * self._reach * self._typed * parameters.in_time_share
        values = parameters.user_worth * verified - self.prices
        best: NDArray[np.int64] = np.argsort(-values, axis=2)[:, :, :2]
        return best
