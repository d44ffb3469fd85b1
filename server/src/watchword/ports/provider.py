"""Provider: who carries a message, and the three ways a hand-over can end."""

from enum import StrEnum
from typing import Protocol
from uuid import UUID

from msgspec import Struct

from watchword.domain.attempt import DeliveryStatus
from watchword.domain.channel import Channel
from watchword.domain.message import Content
from watchword.domain.phone_number import PhoneNumber


class Message(Struct, frozen=True, kw_only=True):
    """One message to hand over; `valid_for` is how many milliseconds the code still lives."""

    project_id: UUID
    authentication_id: UUID
    attempt_number: int
    to: PhoneNumber
    channel: Channel
    sender_id: str | None
    content: Content
    code: str
    valid_for: int

    def __repr__(self) -> str:
        """The message without its code and number, so that neither reaches a log."""
        return f"Message({self.authentication_id}, attempt {self.attempt_number})"

    def __rich_repr__(self) -> list[tuple[str, object]]:
        """The same, because msgspec would show every field to a pretty traceback."""
        return [("authentication", self.authentication_id), ("attempt", self.attempt_number)]


class RefusalKind(StrEnum):
    """Why a provider declined, which decides what is done next."""

    NUMBER = "number"
    ACCOUNT = "account"
    THROTTLE = "throttle"
    FRAUD = "fraud"


class Accepted(Struct, frozen=True):
    """The provider took the message; `follow_up_after` says when it is worth asking for news (ms)."""

    message_id: str
    follow_up_after: int | None = None


class Refused(Struct, frozen=True):
    """The provider declined for a reason of its own; `code` and `cause` are in its words."""

    kind: RefusalKind
    code: str
    cause: str


class Unavailable(Struct, frozen=True):
    """The provider could not be asked, or did not answer in time."""

    cause: str


class Report(Struct, frozen=True, kw_only=True):
    """What a provider says became of a message; `at` is its own clock in Unix milliseconds."""

    status: DeliveryStatus
    at: int | None = None
    carrier_code: str | None = None
    cause: str | None = None
    ask_again_after: int | None = None


class Provider(Protocol):
    """One provider account. Every method ends in a value; a bug alone raises."""

    channels: frozenset[Channel]

    async def send(self, message: Message) -> Accepted | Refused | Unavailable:
        """Hand a message over."""
        ...

    async def report(self, message_id: str) -> Report | None:
        """What became of a message, where the provider can be asked; None where it cannot."""
        ...


class Providers(Protocol):
    """The provider accounts of this installation."""

    def account(self, name: str) -> Provider | None:
        """The provider behind an account name."""
        ...
