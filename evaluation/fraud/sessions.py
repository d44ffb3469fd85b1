"""Legitimate sessions: who comes, with which number, address and device, and how patient they are."""

from collections import defaultdict
from collections.abc import Sequence
from random import Random

import msgspec

from evaluation.fraud.arrivals import Arrival, Cohort
from evaluation.fraud.devices import NO_DEVICE, Device, Shop
from evaluation.fraud.networks import NO_ADDRESS, Address, Internet
from evaluation.fraud.numbers import Number, NumberPlan
from evaluation.fraud.parameters import Outage, Parameters, Project
from evaluation.fraud.policy import Kind, NetworkKind, Request


class Person(msgspec.Struct, frozen=True, gc=False):
    """Who can return: a number, a device, and the address they used."""

    number: Number
    address: Address
    device: Device


class Session(msgspec.Struct, frozen=True):
    """One person's wish to verify.

    `asks` is the request they will make, without its time and authentication; `carrier` is the
    true one, `willing` says whether they would verify once a code arrives, `place` is the session's
    place in the order of time.
    """

    at: float
    place: int
    project: Project
    cohort: Cohort
    carrier: str
    willing: bool
    asks: Request


class Society:
    """Turns arrivals into sessions, and remembers who may return to which project."""

    def __init__(
        self, parameters: Parameters, plan: NumberPlan, internet: Internet, seed: int
    ) -> None:
        self._parameters = parameters
        self._plan = plan
        self._internet = internet
        self._shop = Shop(parameters.devices)
        self._chance = Random(f"{seed}/sessions")
        self._travel_weights = [country.traffic_weight for country in parameters.countries.values()]
        self._known: defaultdict[tuple[str, str], list[Person]] = defaultdict(list)
        for project in parameters.projects:
            self._remember_earlier(project)

    def sessions(self, arrivals: Sequence[Arrival]) -> list[Session]:
        """A session for each arrival, in their order."""
        return [self._session(place, arrival) for place, arrival in enumerate(arrivals)]

    def _remember_earlier(self, project: Project) -> None:
        """The users of the days before the window."""
        people, networks = self._parameters.people, self._parameters.networks
        for country, share in self._parameters.mix_of(project).items():
            earlier = int(people.pool_days * project.sessions_per_day * share) + people.pool_floor
            self._known[project.name, country] = [
                Person(
                    self._plan.subscriber(country, self._chance, typos=False),
                    self._internet.access(country, networks.broadband_share, self._chance),
                    self._shop.device(self._chance),
                )
                for _ in range(earlier)
            ]

    def _session(self, place: int, arrival: Arrival) -> Session:
        chance, parameters = self._chance, self._parameters
        project, steady = arrival.project, arrival.cohort is Cohort.STEADY
        known = self._known[project.name, arrival.country]
        returning = chance.random() < project.returning_share and steady
        cohort = arrival.cohort
        if returning and known:
            person = chance.choice(known)
            if chance.random() < parameters.people.moved_share:
                address, cohort = self._address(arrival)
                person = msgspec.structs.replace(person, address=address)
        else:
            address, cohort = self._address(arrival)
            person = Person(
                arrival.number or self._plan.subscriber(arrival.country, chance),
                address,
                arrival.device.renamed(chance) if arrival.device else self._shop.device(chance),
            )
        if steady:
            known.append(person)
            cohort = self._cohort(cohort, arrival, person, returning=returning)
        return Session(
            at=arrival.at,
            place=place,
            project=project,
            cohort=cohort,
            carrier=person.number.carrier,
            willing=chance.random() < project.conversion / parameters.people.overall_delivery,
            asks=self._request(arrival, person, returning=returning),
        )

    def _address(self, arrival: Arrival) -> tuple[Address, Cohort]:
        """Where somebody comes from now, and the cohort this makes a steady session one of."""
        networks, chance = self._parameters.networks, self._chance
        if arrival.address:
            return arrival.address, arrival.cohort
        home, country, cohort = arrival.country, arrival.country, arrival.cohort
        rare = chance.random()
        if rare < networks.vpn_share:
            address = self._internet.hosted(chance)
            return address, Cohort.VPN if cohort is Cohort.STEADY else cohort
        if rare < networks.vpn_share + networks.traveller_share:
            country = chance.choices(list(self._parameters.countries), self._travel_weights)[0]
            address = self._internet.fixed_line(country, chance)
            away = cohort is Cohort.STEADY and country != home
            return address, Cohort.TRAVELLER if away else cohort
        return self._internet.access(home, networks.broadband_share, chance), cohort

    def _cohort(
        self, cohort: Cohort, arrival: Arrival, person: Person, *, returning: bool
    ) -> Cohort:
        """What is most unusual about a session that is no part of a crowd."""
        project = arrival.project
        if outage_at(self._parameters, arrival.country, person.number.carrier, arrival.at):
            return Cohort.OUTAGE
        if cohort is not Cohort.STEADY:
            return cohort
        if not project.checks:
            return Cohort.NO_CHECKS
        if not project.address_share:
            return Cohort.NO_SIGNALS
        if person.address.kind is NetworkKind.MOBILE:
            return Cohort.SHARED_ADDRESS
        return Cohort.RETURNING if returning else Cohort.STEADY

    def _request(self, arrival: Arrival, person: Person, *, returning: bool) -> Request:
        chance, parameters, project = self._chance, self._parameters, arrival.project
        address = person.address if chance.random() < project.address_share else NO_ADDRESS
        device = person.device if chance.random() < project.device_share else NO_DEVICE
        if address.ip and chance.random() < parameters.networks.unlocated_share:
            address = address.unlocated
        looked_up = chance.random() >= parameters.numbering.unknown_carrier_share
        number = Number(person.number.e164, person.number.carrier if looked_up else "")
        mistaken = chance.random() < parameters.people.returning_noise
        return make_request(
            project,
            arrival.country,
            parameters.countries[arrival.country].price,
            number,
            address,
            device,
            returning=returning != mistaken,
            locale=arrival.country.lower(),
        )


def make_request(
    project: Project,
    country: str,
    price: float,
    number: Number,
    address: Address,
    device: Device,
    *,
    returning: bool,
    locale: str,
) -> Request:
    """A request that lacks only its time, kind and authentication."""
    return Request(
        at=0.0,
        kind=Kind.CREATE,
        authentication_id="",
        project=project.name,
        phone_number=number.e164,
        country=country,
        carrier=number.carrier,
        price=price,
        ip=address.ip,
        ip_country=address.country,
        network=address.network,
        network_kind=address.kind,
        device_id=device.id,
        device_type=device.type,
        device_model=device.model,
        os_version=device.os_version,
        app_version=device.app_version,
        is_returning_user=returning,
        locale=locale,
    )


def outage_at(parameters: Parameters, country: str, carrier: str, at: float) -> Outage | None:
    """The outage that a message would meet, if any."""
    for outage in parameters.outages:
        if outage.country == country and outage.carrier == carrier and outage.covers(at):
            return outage
    return None
