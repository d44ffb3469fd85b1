"""Addresses: mobile and fixed networks of every country, hosting companies, and rented proxies."""

from collections.abc import Iterable
from random import Random

import msgspec

from evaluation.fraud.parameters import NetworkNumbers
from evaluation.fraud.policy import NetworkKind

_FIRST_NETWORK = 64_500
_FIRST_OCTET = 20
_SECOND_OCTETS = 200


class Network(msgspec.Struct, frozen=True, gc=False):
    """A network, what a list would say of it, and how many of its addresses are in use."""

    number: int
    country: str
    kind: NetworkKind
    size: int

    def address(self, chance: Random) -> "Address":
        """One of its addresses."""
        place = self.number - _FIRST_NETWORK
        first, second = _FIRST_OCTET + place // _SECOND_OCTETS, place % _SECOND_OCTETS
        third, fourth = divmod(chance.randrange(self.size), 256)
        ip = f"{first}.{second}.{third}.{fourth}"
        return Address(ip, self.country, self.number, self.kind)


class Address(msgspec.Struct, frozen=True, gc=False):
    """An address and what can be looked up of it."""

    ip: str
    country: str
    network: int
    kind: NetworkKind

    @property
    def unlocated(self) -> "Address":
        """The same address when no list knows it."""
        return Address(self.ip, "", 0, NetworkKind.UNKNOWN)


NO_ADDRESS = Address("", "", 0, NetworkKind.UNKNOWN)


class Internet:
    """The networks of one world."""

    def __init__(self, countries: Iterable[str], sizes: NetworkNumbers, chance: Random) -> None:
        self._numbers = iter(range(_FIRST_NETWORK, _FIRST_NETWORK + 10_000))
        self._mobile: dict[str, Network] = {}
        self._broadband: dict[str, tuple[Network, ...]] = {}
        for country in countries:
            self._mobile[country] = self._network(
                country, NetworkKind.MOBILE, sizes.shared_addresses
            )
            self._broadband[country] = tuple(
                self._network(country, NetworkKind.ISP, sizes.broadband_addresses)
                for _ in range(sizes.broadband_networks)
            )
        self._hosting = tuple(
            self._network(
                chance.choice(sizes.hosting_countries),
                # A hosting company that the lists do not know passes for an access network.
                NetworkKind.HOSTING
                if chance.random() < sizes.hosting_known_share
                else NetworkKind.ISP,
                sizes.hosting_addresses,
            )
            for _ in range(sizes.hosting_networks)
        )
        self._proxies = self._rentable(sizes, chance)

    def access(self, country: str, broadband_share: float, chance: Random) -> Address:
        """An address of somebody in the country, on a fixed line with the given chance."""
        if chance.random() < broadband_share:
            return self.fixed_line(country, chance)
        return self._mobile[country].address(chance)

    def fixed_line(self, country: str, chance: Random) -> Address:
        """An address of a fixed line in the country."""
        return chance.choice(self._broadband[country]).address(chance)

    def hosted(self, chance: Random) -> Address:
        """An address of a hosting company."""
        return chance.choice(self._hosting).address(chance)

    def rent_proxies(self, count: int, chance: Random) -> list[Address]:
        """So many residential exits, which real people share."""
        return chance.choices(self._proxies, k=count)

    def _network(self, country: str, kind: NetworkKind, size: int) -> Network:
        return Network(next(self._numbers), country, kind, size)

    def _rentable(self, sizes: NetworkNumbers, chance: Random) -> list[Address]:
        countries = list(self._mobile)
        weights = [
            sizes.proxy_weight if country in sizes.proxy_countries else 1 for country in countries
        ]
        return [
            self.access(country, sizes.proxy_broadband_share, chance)
            for country in chance.choices(countries, weights, k=sizes.proxies)
        ]
