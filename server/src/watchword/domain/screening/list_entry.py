"""List entry: a number, prefix, country, address or device that an operator has allowed or blocked."""

import ipaddress
from enum import StrEnum

from msgspec import Struct

from watchword.domain.phone_number import PhoneNumber
from watchword.domain.signals import Signals


class ListKind(StrEnum):
    """What an entry names."""

    NUMBER = "number"
    PREFIX = "prefix"
    COUNTRY = "country"
    IP = "ip"
    DEVICE = "device"


class ListEntry(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One entry; `until` (Unix milliseconds) is when it ends, None never. An ip may be a network.

    `added_by` is whoever put it there, at `added_at`.
    """

    kind: ListKind
    value: str
    note: str = ""
    until: int | None = None
    added_by: str = ""
    added_at: int | None = None

    def matches(self, number: PhoneNumber, signals: Signals, now: int) -> bool:
        """Whether the entry is live and names this request."""
        if self.until is not None and now >= self.until:
            return False
        match self.kind:
            case ListKind.NUMBER:
                return number.e164 == self.value
            case ListKind.PREFIX:
                return number.e164.startswith(self.value)
            case ListKind.COUNTRY:
                return number.region == self.value
            case ListKind.DEVICE:
                return signals.device_id == self.value
            case ListKind.IP:
                return signals.ip is not None and _within(signals.ip, self.value)


def _within(address: str, network: str) -> bool:
    try:
        return ipaddress.ip_address(address) in ipaddress.ip_network(network, strict=False)
    except ValueError:
        return False


def first_match(
    entries: tuple[ListEntry, ...], number: PhoneNumber, signals: Signals, now: int
) -> ListEntry | None:
    """The first live entry that names this request."""
    return next((entry for entry in entries if entry.matches(number, signals, now)), None)
