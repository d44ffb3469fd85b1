"""The people of a window: when they come, where they are, and what each of them would do."""

import math

import msgspec
import numpy as np
from numpy.typing import NDArray

from evaluation.routing.parameters import Parameters

Array = NDArray[np.float64]


class Person(msgspec.Struct, frozen=True, gc=False):
    """Somebody who wants to verify, at a second of the window.

    `types` and `stays` are draws: below the channel's share they type, below the share of people
    who are still there they have waited. `refusals` are draws too: below an outage's share a
    refusal comes by silence. `asks_after` are the seconds after which each further message is
    asked for; None: never.
    """

    place: int
    at: float
    country: int
    carrier: int
    carrier_known: bool
    has_app: bool
    reachable: bool
    typing_seconds: float
    types: float
    stays: float
    refusals: tuple[float, ...]
    asks_after: tuple[float | None, ...]


def draw_people(parameters: Parameters, chance: np.random.Generator) -> list[Person]:
    """Everybody, in order of time."""
    people, countries = parameters.people, tuple(parameters.countries.values())
    arrivals = _arrivals(parameters, chance)
    count, asked = len(arrivals), people.most_requests - 1
    carriers = chance.random(count).tolist()
    reach, known, reachable, types, stays = (chance.random(count).tolist() for _ in range(5))
    noise = chance.normal(size=count)
    typing = (people.typing_median_seconds * np.exp(people.typing_sigma * noise)).tolist()
    refusals = chance.random((count, people.most_refusals)).tolist()
    asks = chance.random((count, asked)).tolist()
    after = chance.uniform(*people.asks_after_seconds, (count, asked)).tolist()
    return [
        Person(
            place=place,
            at=at,
            country=country,
            carrier=_place_of(carriers[place], countries[country].carriers),
            carrier_known=known[place] >= people.unknown_carrier_share,
            has_app=reach[place] < countries[country].reach,
            reachable=reachable[place] >= people.unreachable_share,
            typing_seconds=typing[place],
            types=types[place],
            stays=stays[place],
            refusals=tuple(refusals[place]),
            asks_after=tuple(
                seconds if draw < people.asks_share else None
                for draw, seconds in zip(asks[place], after[place], strict=True)
            ),
        )
        for place, (at, country) in enumerate(arrivals)
    ]


def _arrivals(parameters: Parameters, chance: np.random.Generator) -> list[tuple[float, int]]:
    total = sum(country.weight for country in parameters.countries.values())
    found: list[tuple[float, int]] = []
    for hour in range(parameters.hours):
        for number, country in enumerate(parameters.countries.values()):
            mean = parameters.users_per_day * country.weight / total / 24
            mean *= _busyness(parameters, hour + country.utc_offset_hours)
            parts = chance.random(chance.poisson(mean)).tolist()
            found += [((hour + part) * 3600, number) for part in parts]
    return sorted(found)


def _busyness(parameters: Parameters, local_hour: int) -> float:
    """The traffic of an hour, of an average hour's."""
    low = parameters.people.night_share
    angle = (local_hour - parameters.people.peak_hour) / 24 * 2 * math.pi
    return (low + (1 - low) * (1 + math.cos(angle)) / 2) / ((1 + low) / 2)


def _place_of(draw: float, shares: tuple[float, ...]) -> int:
    for place, share in enumerate(shares[:-1]):
        if draw < share:
            return place
        draw -= share
    return len(shares) - 1
