"""Networks: where addresses are, read from a file, asking nobody."""

from typing import Protocol

from watchword.domain.network import NOWHERE, Network


class Networks(Protocol):
    """What the operator's data say of addresses."""

    def find(self, ip: str) -> Network:
        """The network of an address; `NOWHERE` where nothing is known of it."""
        ...


class NoNetworks:
    """No data at all."""

    def find(self, _ip: str) -> Network:
        """Nothing."""
        return NOWHERE
