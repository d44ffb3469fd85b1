"""Facts: all that a screening rule may look at, loaded once."""

from collections.abc import Mapping

from msgspec import Struct

from watchword.domain.number_history import NumberHistory
from watchword.domain.phone_number import PhoneNumber, block
from watchword.domain.project import Project
from watchword.domain.screening.learning.assessment import Assessment
from watchword.domain.signals import Signals

HOUR = 60 * 60 * 1000
DAY = 24 * HOUR
PROJECT = "project"
"""The counter of everything a project asks for."""


class Counted(Struct, frozen=True):
    """How often something happened in the current and in the previous clock hour."""

    current: int = 0
    previous: int = 0

    def within_the_hour(self, now: int) -> float:
        """The sliding-window estimate for the last 60 minutes: the previous hour counts by its share."""
        return self.current + self.previous * (1 - now % HOUR / HOUR)


class Facts(Struct, frozen=True, kw_only=True):
    """One request to send a code and what is known around it.

    `counts` holds this hour's requests by counter name, `spent` the micros spent by (period,
    country), `price` what the message would cost. `assessment` is what outcomes have
    taught; None in the sandbox, where nothing is learnt.
    """

    now: int
    project: Project
    number: PhoneNumber
    signals: Signals
    history: NumberHistory
    counts: Mapping[str, Counted]
    spent: Mapping[tuple[str, str], int]
    price: int
    sandbox_fraud: bool = False
    assessment: Assessment | None = None

    def count(self, counter: str) -> float:
        """Requests under this counter in the last hour."""
        return self.counts.get(counter, Counted()).within_the_hour(self.now)


def ip_counter(ip: str) -> str:
    """The counter of one address."""
    return f"ip:{ip}"


def device_counter(device_id: str) -> str:
    """The counter of one device."""
    return f"device:{device_id}"


def block_counter(e164: str) -> str:
    """The counter of the block a number lies in: ten thousand numbers, its last four digits apart."""
    return f"block:{block(e164, 4)}"


def counters(number: PhoneNumber, signals: Signals) -> tuple[str, ...]:
    """Every counter that a request falls under."""
    names = [PROJECT, block_counter(number.e164)]
    if signals.ip is not None:
        names.append(ip_counter(signals.ip))
    if signals.device_id is not None:
        names.append(device_counter(signals.device_id))
    return tuple(names)
