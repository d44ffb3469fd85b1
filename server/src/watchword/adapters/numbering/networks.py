"""The mobile networks of the world by E.212 code, read from networks.json when first asked."""

from functools import cache
from pathlib import Path
from typing import NamedTuple

import msgspec
from msgspec import Struct

_SEVERAL = " / "


class Network(Struct, frozen=True):
    """A mobile network in operation; a shared code has several regions and joined names.

    `mcc` and `mnc` are ITU-T E.212 codes, `regions` ISO 3166-1 alpha-2, empty for a network of no
    country. `brand` is what people call it, `operator` the company; either may be unknown.
    """

    mcc: str
    mnc: str
    regions: tuple[str, ...]
    brand: str | None
    operator: str | None

    @property
    def name(self) -> str:
        """The brand, else the operator, else the two codes."""
        return self.brand or self.operator or f"{self.mcc}-{self.mnc}"


class _Table(NamedTuple):
    by_code: dict[tuple[str, str], Network]
    by_region: dict[str, tuple[Network, ...]]


class _File(Struct):
    networks: list[tuple[str, str, str, str | None, str | None]]


def network(mcc: str, mnc: str) -> Network | None:
    """The network with these codes, None if it is not known; "01" and "001" are two networks."""
    return _table().by_code.get((mcc, mnc))


def country_mccs(region: str) -> frozenset[str]:
    """The mobile country codes in use in a region; some regions have several, some share one."""
    return frozenset(one.mcc for one in _table().by_region.get(region, ()))


def network_named(region: str, name: str) -> Network | None:
    """The only network of the region with this brand or operator, None if none or several have it.

    Names match whole, without regard to case, spaces and punctuation.
    """
    wanted = _plain(name)
    found = [one for one in _table().by_region.get(region, ()) if wanted in _names(one)]
    return found[0] if wanted and len(found) == 1 else None


@cache
def _table() -> _Table:
    content = Path(__file__).with_name("networks.json").read_bytes()
    by_code: dict[tuple[str, str], Network] = {}
    by_region: dict[str, tuple[Network, ...]] = {}
    for mcc, mnc, regions, brand, operator in msgspec.json.decode(content, type=_File).networks:
        one = Network(mcc, mnc, tuple(regions.split()), brand, operator)
        by_code[mcc, mnc] = one
        for region in one.regions:
            by_region[region] = (*by_region.get(region, ()), one)
    return _Table(by_code, by_region)


def _names(one: Network) -> set[str]:
    joined = (one.brand, one.operator)
    return {_plain(name) for names in joined if names for name in names.split(_SEVERAL)}


def _plain(name: str) -> str:
    return "".join(character for character in name.casefold() if character.isalnum())
