"""Network: where an address on the Internet is, and whose it is."""

from enum import StrEnum

from msgspec import Struct


class NetworkKind(StrEnum):
    """Who is behind the addresses of a network."""

    MOBILE = "mobile"
    """People on mobile phones, many behind one address."""
    ISP = "isp"
    """Homes and offices."""
    HOSTING = "hosting"
    """Data centres, so rarely people."""
    UNKNOWN = ""


class Network(Struct, frozen=True):
    """What is known of an address: its country (ISO 3166-1 alpha-2), its network (AS number) and name.

    What is not known is empty, or 0.
    """

    country: str = ""
    number: int = 0
    name: str = ""
    kind: NetworkKind = NetworkKind.UNKNOWN


NOWHERE = Network()
"""An address of which nothing is known."""
