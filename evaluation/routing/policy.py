"""What a routing policy is asked, what it answers and what it learns; never what is true of a route."""

from enum import StrEnum
from typing import Protocol

import msgspec
import numpy as np
from numpy.typing import NDArray


class Cause(StrEnum):
    """Why a message is to be sent."""

    FIRST = "first"
    ASKED_AGAIN = "asked again"
    """The person asked for another."""
    NOT_TAKEN = "not taken"
    """The provider did not take the last one."""
    FAILED = "failed"
    """The policy wished for another when a receipt of the last one came."""
    SILENT = "silent"
    """The policy wanted to look again after a while, and nothing was answered."""


class Ask(msgspec.Struct, frozen=True, gc=False):
    """A message to be sent; routes are numbers, and those tried are in order, refused ones too.

    `at` is in seconds since the window began, `prices` are dollars by route; the carrier is empty
    where it is not known.
    """

    at: float
    session: int
    cause: Cause
    country: str
    carrier: str
    tried: tuple[int, ...]
    prices: tuple[float, ...]


class Pick(msgspec.Struct, frozen=True, gc=False):
    """A route, and after how many seconds without an answer to ask again (None: never)."""

    route: int
    look_after: float | None = None


class Sent(msgspec.Struct, frozen=True, gc=False):
    """A provider took a message."""

    at: float
    session: int
    message: int
    route: int


class NotTaken(msgspec.Struct, frozen=True, gc=False):
    """A provider refused a message, or did not answer in time."""

    at: float
    session: int
    message: int
    route: int


class Receipt(msgspec.Struct, frozen=True, gc=False):
    """The carrier reports a delivery or a failure, truthfully or not."""

    at: float
    session: int
    message: int
    route: int
    delivered: bool


class Check(msgspec.Struct, frozen=True, gc=False):
    """The code of a message was typed; every message has its own."""

    at: float
    session: int
    message: int
    route: int


Event = Sent | NotTaken | Receipt | Check


class Offer(msgspec.Struct, frozen=True):
    """A route as a policy knows it; its number is its place among all of them."""

    name: str
    provider: str
    channel: str


class Policy(Protocol):
    """A way of choosing under test, made afresh for every run and called in order of time."""

    def begin(self, offers: tuple[Offer, ...], user_worth: float) -> None:
        """Learn which routes there are, and what a verified person is worth in dollars."""
        ...

    def choose(self, ask: Ask) -> Pick | None:
        """Over which route to send; None, where nobody asked for a message, for no more."""
        ...

    def observe(self, event: Event) -> bool:
        """Learn what became of a message; True, at a receipt, for another message at once."""
        ...


class Prospects(msgspec.Struct, frozen=True):
    """By route: how probably a first message verifies a person now, and what it costs on average."""

    verified: NDArray[np.float64]
    cost: NDArray[np.float64]

    def values(self, user_worth: float) -> NDArray[np.float64]:
        """What a message is worth, less its cost, in dollars."""
        found: NDArray[np.float64] = user_worth * self.verified - self.cost
        return found


class Informed:
    """Not a policy but a measure: a run tells it what is true before it is asked."""

    prospects: Prospects

    def told(self, prospects: Prospects) -> None:
        """What is true for the next message."""
        self.prospects = prospects
