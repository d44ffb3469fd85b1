"""Held-out worlds: the published parameters with other numbers, drawn from a number kept secret."""

import math
from random import Random

from msgspec.structs import replace

from evaluation.routing.parameters import Country, Parameters, Route


def held_out(parameters: Parameters, world: int) -> Parameters:
    """The parameters of a held-out world; the same number gives the same world."""
    ranges, chance = parameters.perturbation, Random(f"held-out/{world}")

    def scaled(value: float, sigma: float) -> float:
        return value * math.exp(chance.gauss(0, sigma))

    def country(old: Country) -> Country:
        low, high = ranges.reach_limits
        return replace(
            old,
            weight=scaled(old.weight, ranges.weight_sigma),
            reach=min(high, max(low, old.reach + chance.gauss(0, ranges.reach_shift_sigma))),
            prices={
                channel: round(scaled(price, ranges.price_sigma), 4)
                for channel, price in old.prices.items()
            },
        )

    def route(old: Route) -> Route:
        invented = scaled(old.invented_share, ranges.invented_sigma)
        return replace(
            old,
            quality=old.quality + chance.gauss(0, ranges.quality_shift_sigma),
            price_factor=scaled(old.price_factor, ranges.price_sigma / 2),
            median_seconds=scaled(old.median_seconds, ranges.seconds_sigma),
            invented_share=min(ranges.most_invented, invented),
        )

    spread = chance.uniform(*ranges.spread_scale)
    return replace(
        parameters,
        countries={name: country(one) for name, one in parameters.countries.items()},
        routes=tuple(route(one) for one in parameters.routes),
        country_sigma=parameters.country_sigma * spread,
        carrier_sigma=parameters.carrier_sigma * spread,
        drift_sigma=parameters.drift_sigma * chance.uniform(*ranges.drift_scale),
        outages={
            name: replace(one, expected=one.expected * chance.uniform(*ranges.outages_scale))
            for name, one in parameters.outages.items()
        },
        people=replace(
            parameters.people,
            patience_seconds=chance.uniform(*ranges.patience_seconds),
            asks_share=chance.uniform(*ranges.asks_share),
        ),
        user_worth=round(chance.uniform(*ranges.user_worth), 2),
        users_per_day=int(parameters.users_per_day * chance.uniform(*ranges.users_scale)),
    )
