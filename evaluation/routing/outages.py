"""Outages of providers, routes and carriers, drawn before any policy acts."""

import math

import msgspec
import numpy as np
from numpy.typing import NDArray

from evaluation.routing.parameters import OutageKind, Parameters, Receipts, Scope


class Outage(msgspec.Struct, frozen=True):
    """What fails from one second to another; None stands for every country or carrier.

    `silent_share` is of a hard failure, in which nothing is taken: how much is refused by silence.
    """

    kind: str
    begins: float
    ends: float
    routes: tuple[int, ...]
    country: int | None
    carrier: int | None
    delivered_share: float
    slower: float
    receipts: Receipts
    silent_share: float | None

    def hits(self, at: float, country: int, carrier: int) -> bool:
        """Whether messages of a moment to a place meet it."""
        return self.begins <= at < self.ends and self.covers(country, carrier)

    def covers(self, country: int, carrier: int) -> bool:
        """Whether a place lies in it."""
        return self.country in (None, country) and self.carrier in (None, carrier)


class OutagePlan:
    """Draws the outages of a window; `best` are the two best routes by hour and country."""

    def __init__(self, parameters: Parameters, best: NDArray[np.int64]) -> None:
        self._parameters = parameters
        self._best = best
        self._providers = sorted({route.provider for route in parameters.routes})
        shares = [
            parameters.busy_factor if name == parameters.busy_provider else 1.0
            for name in self._providers
        ]
        self._provider_shares = np.array(shares) / sum(shares)
        weights = np.array([country.weight for country in parameters.countries.values()])
        self._country_shares = weights / weights.sum()

    def draw(self, chance: np.random.Generator) -> list[Outage]:
        """All of them, by their beginning."""
        outages = [
            self._one(name, kind, chance)
            for name, kind in self._parameters.outages.items()
            for _ in range(int(chance.poisson(kind.expected)))
        ]
        return sorted(outages, key=lambda outage: outage.begins)

    def _one(self, name: str, kind: OutageKind, chance: np.random.Generator) -> Outage:
        parameters = self._parameters
        begins = float(chance.uniform(parameters.warm_up_hours, parameters.hours - 1)) * 3600
        shortest, longest = (math.log(minutes) for minutes in kind.minutes)
        lasts = math.exp(chance.uniform(shortest, longest)) * 60
        routes, country, carrier = self._place(kind.scope, begins, chance)
        return Outage(
            name,
            begins,
            begins + lasts,
            routes,
            country,
            carrier,
            float(chance.uniform(*kind.delivered_share)),
            float(chance.uniform(*kind.slower)),
            kind.receipts[int(chance.integers(len(kind.receipts)))],
            kind.silent_share,
        )

    def _place(
        self, scope: Scope, begins: float, chance: np.random.Generator
    ) -> tuple[tuple[int, ...], int | None, int | None]:
        routes = self._parameters.routes
        if scope is Scope.PROVIDER:
            provider = chance.choice(self._providers, p=self._provider_shares)
            found = tuple(i for i, route in enumerate(routes) if route.provider == provider)
            return found, None, None
        country = int(chance.choice(len(self._country_shares), p=self._country_shares))
        carriers = self._parameters.carriers
        if scope is Scope.CARRIER:
            sms = tuple(i for i, route in enumerate(routes) if route.channel == "sms")
            return sms, country, int(chance.integers(carriers))
        # An outage of a route that nobody uses would teach nothing.
        if chance.random() < self._parameters.outage_on_best:
            route = int(self._best[int(begins // 3600), country, chance.integers(2)])
        else:
            route = int(chance.integers(len(routes)))
        carrier = int(chance.integers(carriers)) if scope is Scope.ROUTE_CARRIER else None
        return (route,), country, carrier
