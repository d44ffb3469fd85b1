"""What a fraud policy is asked, what it answers and what it learns; never a label."""

from enum import StrEnum
from typing import Protocol

import msgspec


class Kind(StrEnum):
    """Whether a request starts an authentication or asks for another message of it."""

    CREATE = "create"
    RESEND = "resend"


class NetworkKind(StrEnum):
    """What is known of an address; UNKNOWN when it is missing or cannot be looked up."""

    MOBILE = "mobile"
    ISP = "isp"
    HOSTING = "hosting"
    UNKNOWN = ""


class Request(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A wish for a paid message; a text is empty and a network 0 where nothing is known.

    `at` is in seconds since the window began, `price` in dollars.
    """

    at: float
    kind: Kind
    authentication_id: str
    project: str
    phone_number: str
    country: str
    carrier: str
    price: float
    ip: str
    ip_country: str
    network: int
    network_kind: NetworkKind
    device_id: str
    device_type: str
    device_model: str
    os_version: str
    app_version: str
    is_returning_user: bool
    locale: str
    correlation_id: str = ""


class Ruling(msgspec.Struct, frozen=True, gc=False):
    """Whether the message is sent, and the name of the strongest reason when it is not."""

    allow: bool
    reason: str = ""


class Sent(msgspec.Struct, frozen=True, gc=False):
    """An allowed message has left and costs so many dollars."""

    at: float
    authentication_id: str
    cost: float


class Receipt(msgspec.Struct, frozen=True, gc=False):
    """The carrier reports a delivery or a failure, truthfully or not."""

    at: float
    authentication_id: str
    delivered: bool


class Check(msgspec.Struct, frozen=True, gc=False):
    """Somebody has sent a code back."""

    at: float
    authentication_id: str
    correct: bool


class Feedback(msgspec.Struct, frozen=True, gc=False):
    """The project says what became of a verified user."""

    at: float
    authentication_id: str
    onboarded: bool


class Expired(msgspec.Struct, frozen=True, gc=False):
    """The authentication can no longer be verified; told whether or not it was."""

    at: float
    authentication_id: str


Event = Sent | Receipt | Check | Feedback | Expired


class Policy(Protocol):
    """A rule under test, made afresh for every run and called in order of time."""

    def decide(self, request: Request) -> Ruling:
        """Whether to pay for this message."""
        ...

    def observe(self, event: Event) -> None:
        """Learn what became of an allowed message."""
        ...


class Informed:
    """Not a rule but a measure: a run tells it who asks before it is asked."""

    campaign = ""

    def told(self, campaign: str) -> None:
        """Which campaign makes the next request; empty for people."""
        self.campaign = campaign
