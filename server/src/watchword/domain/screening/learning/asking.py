"""Asking: what learning looks at in one request for a code, and the tallies it belongs to."""

from msgspec import Struct

BLOCKS = (1, 3, 4, 5)
"""Digits left off the end of a number: ten neighbours, and blocks of 1,000, 10,000 and 100,000."""


class Asking(Struct, frozen=True, kw_only=True, array_like=True):
    """One request for a code; no number, address or device is in it, only blocks and keyed digests.

    `price` is that of the message as a share of what a lost user costs the project. `person`, `ip` and
    `device` are digests that cannot be turned back, empty where the caller gave none. `known` says that
    this project has verified the number before. `again` marks another message for the same
    authentication.
    """

    at: int
    project: str
    block: str
    person: str
    price: float
    country: str = ""
    carrier: str = ""
    ip: str = ""
    ip_country: str = ""
    network: int = 0
    hosting: bool = False
    shared_address: bool = False
    device: str = ""
    device_type: str = ""
    app_version: str = ""
    locale: str = ""
    says_returning: bool = False
    known: bool = False
    again: bool = False

    @property
    def foreign(self) -> bool:
        """Whether the address is known to be in another country than the number."""
        return bool(self.ip_country) and self.ip_country != self.country

    @property
    def origin(self) -> str:
        """The kind of address: hosting, foreign, none or local."""
        if self.hosting:
            return "hosting"
        if not self.ip:
            return "none"
        return "foreign" if self.foreign else "local"


def names_of(asking: Asking, *, retried: bool) -> dict[str, str]:
    """The name of every tally that a request belongs to, by what kind of tally it is.

    Destinations are shared between projects; origins, clients and claims are each project's own.
    """
    project, country, block = asking.project, asking.country, asking.block
    dear = "dear" if asking.price >= DEAR else "cheap"
    names = {
        "ten": f"+{block}",
        "block": f"+{block[:-2]}",
        "wide_block": f"+{block[:-3]}",
        "widest_block": f"+{block[:-4]}",
        "carrier": f"{country}/{asking.carrier}",
        "country": f"{project}>{country}",
        "origin": f"{project}@{asking.origin}/{dear}",
        "project": project,
        "person": f"#{asking.person}",
    }
    if asking.ip:
        names["ip"] = f"ip {asking.ip}"
        names["network"] = f"{project}@{asking.network}"
        if asking.foreign:
            names["pair"] = f"{project}@{asking.ip_country}>{country}"
    if asking.device:
        names["device"] = f"device {asking.device}"
    if asking.app_version:
        names["app"] = f"{project} app {asking.app_version}"
    if asking.locale:
        names["locale"] = f"{project}>{country} {asking.locale}"
    if asking.says_returning and not asking.known:
        names["claim"] = f"{project} returning"
    if retried:
        names["retried"] = f"{project} retried"
    return names


DEAR = 0.12
"""The price, as a share of a user's worth, from which a destination is one that pumping pays for."""
