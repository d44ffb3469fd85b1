"""When people of which project and country come, day and night, and the crowds that come at once."""

import math
from collections.abc import Iterator
from enum import StrEnum
from random import Random

import msgspec
import numpy as np

from evaluation.fraud.devices import Device, Shop
from evaluation.fraud.networks import Address, Internet
from evaluation.fraud.numbers import BLOCK_DIGITS, Number, NumberPlan
from evaluation.fraud.parameters import Parameters, Project

_HOUR = 3600.0
# A launch is felt in countries its project hardly knew: they count at least this much.
_LAUNCH_LEAST_SHARE = 0.05
_LAUNCH_NEW_SHARE = 0.02
# A flash crowd rises at once and fades: a beta distribution over its hours.
_LAUNCH_SHAPE = (1.2, 3.0)
_FLEET_LEAST_PAUSE_SECONDS = 5.0


class Cohort(StrEnum):
    """Kinds of legitimate sessions, whose denials are counted apart."""

    STEADY = "steady"
    RETURNING = "returning"
    SHARED_ADDRESS = "shared address"
    VPN = "vpn"
    TRAVELLER = "traveller"
    OUTAGE = "outage"
    LAUNCH = "launch"
    EXPANSION = "expansion"
    FLEET = "fleet"
    CAMPUS = "campus"
    NO_CHECKS = "no checks"
    NO_SIGNALS = "no signals"


class Arrival(msgspec.Struct, frozen=True):
    """Somebody comes, at a second of the window; what is not said here is drawn like anybody's.

    `device` stands for its make: everybody has a device of their own.
    """

    at: float
    project: Project
    country: str
    cohort: Cohort = Cohort.STEADY
    number: Number | None = None
    address: Address | None = None
    device: Device | None = None


class Arrivals:
    """Everybody who comes in the window."""

    def __init__(self, parameters: Parameters, plan: NumberPlan, internet: Internet) -> None:
        self._parameters = parameters
        self._plan = plan
        self._internet = internet
        self._shop = Shop(parameters.devices)

    def draw(self, seed: int) -> list[Arrival]:
        """All arrivals in order of time."""
        crowds = np.random.default_rng([seed, 1])
        chance = Random(f"{seed}/arrivals")
        arrivals: list[Arrival] = []
        for project in self._parameters.projects:
            arrivals.extend(self._steady(project, crowds))
            arrivals.extend(self._expansion(project, crowds))
            arrivals.extend(self._launch(project, crowds, chance))
            arrivals.extend(self._fleet(project, chance))
            arrivals.extend(self._campus(project, chance))
        return sorted(arrivals, key=lambda arrival: arrival.at)

    def _steady(self, project: Project, crowds: np.random.Generator) -> Iterator[Arrival]:
        for country, share in self._parameters.mix_of(project).items():
            daily = project.sessions_per_day * share
            offset = self._parameters.countries[country].utc_offset_hours
            for hour in range(self._parameters.hours):
                mean = daily / 24 * self._busyness(hour + offset)
                for part in crowds.random(crowds.poisson(mean)).tolist():
                    yield Arrival((hour + part) * _HOUR, project, country)

    def _busyness(self, local_hour: int) -> float:
        """Traffic of an hour, of a mean hour's."""
        people = self._parameters.people
        angle = (local_hour - people.peak_hour) / 24 * 2 * math.pi
        daytime = (1 + math.cos(angle)) / 2
        mean = (1 + people.night_share) / 2
        return (people.night_share + (1 - people.night_share) * daytime) / mean

    def _expansion(self, project: Project, crowds: np.random.Generator) -> Iterator[Arrival]:
        if (expansion := project.expansion) is None:
            return
        for hour in range(math.ceil(expansion.at_hour), self._parameters.hours):
            for part in crowds.random(crowds.poisson(expansion.sessions_per_day / 24)).tolist():
                at = (hour + part) * _HOUR
                yield Arrival(at, project, expansion.country, Cohort.EXPANSION)

    def _launch(
        self, project: Project, crowds: np.random.Generator, chance: Random
    ) -> Iterator[Arrival]:
        if (launch := project.launch) is None:
            return
        mix = self._parameters.mix_of(project)
        share = sum(mix.get(country, _LAUNCH_NEW_SHARE) for country in launch.countries)
        hourly = project.sessions_per_day * max(share, _LAUNCH_LEAST_SHARE) / 24
        for _ in range(crowds.poisson(hourly * launch.multiple * launch.hours)):
            hour = launch.at_hour + chance.betavariate(*_LAUNCH_SHAPE) * launch.hours
            country = chance.choice(launch.countries)
            yield Arrival(hour * _HOUR, project, country, Cohort.LAUNCH)

    def _fleet(self, project: Project, chance: Random) -> Iterator[Arrival]:
        if (fleet := project.fleet) is None:
            return
        for hour in fleet.at_hours:
            carrier = self._plan.any_carrier(fleet.country, chance)
            block = self._plan.any_subscriber_block(fleet.country, carrier, chance)
            first = chance.randrange(10**BLOCK_DIGITS - fleet.people)
            desk = self._internet.fixed_line(fleet.country, chance)
            make = self._shop.device(chance)
            at = hour * _HOUR
            for place in range(fleet.people):
                at += _FLEET_LEAST_PAUSE_SECONDS + chance.expovariate(1 / fleet.pause_seconds)
                number = Number(f"{block}{first + place:0{BLOCK_DIGITS}d}", carrier)
                yield Arrival(at, project, fleet.country, Cohort.FLEET, number, desk, make)

    def _campus(self, project: Project, chance: Random) -> Iterator[Arrival]:
        if (campus := project.campus) is None:
            return
        hall = self._internet.fixed_line(campus.country, chance)
        for _ in range(campus.people):
            at = campus.at_hour * _HOUR + chance.random() * campus.seconds
            yield Arrival(at, project, campus.country, Cohort.CAMPUS, address=hall)
