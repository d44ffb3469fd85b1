"""Networks: countries, networks and their kinds of addresses, from MMDB files that the operator brings."""

import ipaddress
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import maxminddb

from watchword.domain.network import NOWHERE, Network, NetworkKind

FOLDER = "networks"
COUNTRY_FILE, NETWORK_FILE = "country.mmdb", "network.mmdb"
REMEMBERED = 16_384
_HOSTING = re.compile(
    r"\b(hosting|host|hosted|datacent\w*|data cent\w*|cloud\w*|servers?|vps|dedicated"
    r"|colo|colocations?|vpn|proxy"
    r"|amazon|aws|google(?! fiber)|microsoft|azure|oracle|alibaba|tencent|digitalocean|hetzner|ovh\w*|linode"
    r"|akamai|vultr|choopa|contabo|leaseweb|m247|scaleway|ionos|fastly|cloudflare|datacamp|cdn77"
    r"|hostinger|godaddy|rackspace|equinix|psychz|quadranet|zenlayer|hivelocity|worldstream)\b",
    re.IGNORECASE,
)
_MOBILE = re.compile(
    r"\b(mobile\w*|mobil\w*|wireless|cellular|cell|gsm|lte|[345]g|movil|celular|telefonia movil"
    r"|vodafone|orange|t-mobile|airtel|jio|mtn|verizon wireless|etisalat|zain|ooredoo|telkomsel"
    r"|celcom|maxis|djezzy|mobilis|beeline|megafon|ucell|azercell|robi|grameenphone|banglalink)\b",
    re.IGNORECASE,
)
"""Words in the names of networks that tell who is behind them; a name with both is of a data centre."""


class NetworksFileError(Exception):
    """A file cannot be read, or holds neither countries nor networks; the message names it."""


class MmdbNetworks:
    """Satisfies `Networks` with one or two files; what neither says is unknown.

    The schemas of MaxMind, DB-IP, IPinfo and ip-location-db are understood. Files are mapped into
    memory, so that processes share them; a new one is read after a restart.
    """

    def __init__(self, country: Path | None = None, network: Path | None = None) -> None:
        self._country = _open(country) if country is not None else None
        self._network = _open(network) if network is not None else None
        self.find = lru_cache(maxsize=REMEMBERED)(self._find)

    def _find(self, ip: str) -> Network:
        """The network of an address."""
        try:
            address = ipaddress.ip_address(ip)
        except ValueError:
            return NOWHERE
        if not address.is_global:
            return NOWHERE
        where = _look(self._country, address)
        whose = _look(self._network, address)
        name = _name(whose)
        return Network(_country(where) or _country(whose), _number(whose), name, kind_of(name))

    def close(self) -> None:
        """Let go of the files."""
        for reader in (self._country, self._network):
            if reader is not None:
                reader.close()


def open_networks(
    data_dir: Path, country: Path | None = None, network: Path | None = None
) -> MmdbNetworks | None:
    """The files that settings name, or those that `watchword networks update` has put there.

    Raises:
        NetworksFileError: one that is there or named cannot be used.

    """
    kept_country, kept_network = (
        path if path.exists() else None
        for path in (data_dir / FOLDER / COUNTRY_FILE, data_dir / FOLDER / NETWORK_FILE)
    )
    country, network = country or kept_country, network or kept_network
    if country is None and network is None:
        return None
    return MmdbNetworks(country, network)


def what_it_holds(path: Path) -> tuple[str, ...]:
    """Under which names a file is kept: it may hold countries, networks or both.

    Raises:
        NetworksFileError: it cannot be read, or holds neither.

    """
    reader = _open(path)
    try:
        found = {
            name
            for probe in PROBES
            for name, has in (
                (COUNTRY_FILE, bool(_country(_look(reader, ipaddress.ip_address(probe))))),
                (NETWORK_FILE, bool(_number(_look(reader, ipaddress.ip_address(probe))))),
            )
            if has
        }
    finally:
        reader.close()
    if not found:
        raise NetworksFileError(f"{path} says neither country nor network of well-known addresses")
    return tuple(sorted(found))


PROBES = ("8.8.8.8", "1.1.1.1", "193.0.6.139", "2001:4860:4860::8888", "2001:67c:2e8:22::c100:68b")
"""Addresses that any such file knows: public resolvers, and the RIPE NCC."""


def kind_of(name: str) -> NetworkKind:
    """Who is behind a network, by the words in its name."""
    if not name:
        return NetworkKind.UNKNOWN
    if _HOSTING.search(name):
        return NetworkKind.HOSTING
    return NetworkKind.MOBILE if _MOBILE.search(name) else NetworkKind.ISP


Found = Mapping[str, Any]


def _open(path: Path) -> maxminddb.Reader:
    try:
        return maxminddb.open_database(str(path))
    except (OSError, ValueError, maxminddb.InvalidDatabaseError) as error:
        raise NetworksFileError(f"{path} is no readable MMDB file: {error}") from None


def _look(
    reader: maxminddb.Reader | None, address: ipaddress.IPv4Address | ipaddress.IPv6Address
) -> Found:
    if reader is None:
        return {}
    try:
        found = reader.get(address)
    except ValueError:  # an IPv6 address in a file of IPv4
        return {}
    return found if isinstance(found, dict) else {}


def _country(found: Found) -> str:
    country = found.get("country_code") or found.get("country") or ""
    if isinstance(country, dict):
        country = country.get("iso_code") or ""
    return str(country).upper() if len(str(country)) == ISO_LENGTH else ""


ISO_LENGTH = 2


def _number(found: Found) -> int:
    number = found.get("autonomous_system_number") or found.get("asn") or 0
    digits = str(number).upper().removeprefix("AS")
    return int(digits) if digits.isdigit() else 0


def _name(found: Found) -> str:
    for field in ("autonomous_system_organization", "as_name", "name", "org"):
        if found.get(field):
            return str(found[field])
    return ""
