"""Provider: who carries a message, the three ways a hand-over can end, and what is reported later."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Protocol, runtime_checkable
from uuid import UUID

import msgspec
from msgspec import Struct

from watchword.domain.attempt import DeliveryStatus
from watchword.domain.channel import Channel
from watchword.domain.message import Content
from watchword.domain.phone_number import PhoneNumber
from watchword.domain.routing.route import Dlt


class Message(Struct, frozen=True, kw_only=True):
    """One message to hand over; `valid_for` is how many milliseconds the code still lives.

    `template` is the provider's own approved template where the channel asks for one (WhatsApp), and
    `dlt` the registration that India asks for; both stand on the route. `email` is where the person is
    written to, where that is known.
    """

    project_id: UUID
    authentication_id: UUID
    attempt_number: int
    to: PhoneNumber
    channel: Channel
    sender_id: str | None
    content: Content
    code: str
    valid_for: int
    template: str | None = None
    dlt: Dlt | None = None
    email: str | None = None

    @property
    def text(self) -> str:
        """The words with their code; never to be stored or logged."""
        return self.content.with_code(self.code)

    @property
    def reference(self) -> str:
        """What we call this attempt before providers, who give it back in receipts; 34 characters."""
        return f"{self.authentication_id.hex}-{self.attempt_number}"

    def __repr__(self) -> str:
        """The message without its code and number, so that neither reaches a log."""
        return f"Message({self.authentication_id}, attempt {self.attempt_number})"

    def __rich_repr__(self) -> list[tuple[str, object]]:
        """The same, because msgspec would show every field to a pretty traceback."""
        return [("authentication", self.authentication_id), ("attempt", self.attempt_number)]


class RefusalKind(StrEnum):
    """Why a provider declined, which decides what is done next."""

    NUMBER = "number"
    """This number cannot be reached on this channel; another channel may."""
    ACCOUNT = "account"
    """Our account, sender, template or text is not accepted; another route may do."""
    PASSING = "passing"
    """It may work later, or over another route now."""
    THROTTLE = "throttle"
    """We send too fast for this account."""
    FRAUD = "fraud"
    """The provider suspects fraud: no other route is tried, it would defeat the protection."""


class Price(Struct, frozen=True):
    """What a provider says a message costs, in micros of a currency (ISO 4217)."""

    amount: int
    currency: str


class Accepted(Struct, frozen=True):
    """The provider took the message; `follow_up_after` says when it is worth asking for news (ms)."""

    message_id: str
    follow_up_after: int | None = None
    price: Price | None = None


class Refused(Struct, frozen=True):
    """The provider declined for a reason of its own; `code` and `cause` are in its words.

    `retry_after` is for how many milliseconds it wants to be left alone.
    """

    kind: RefusalKind
    code: str
    cause: str
    retry_after: int | None = None


class Unavailable(Struct, frozen=True):
    """The provider could not be asked, did not answer in time, or answered what nobody can read.

    `retry_after` is for how many milliseconds it wants to be left alone.
    """

    cause: str
    retry_after: int | None = None


class Report(Struct, frozen=True, kw_only=True):
    """What a provider says became of a message; `at` is its own clock in Unix milliseconds.

    `carrier_code` is the raw code and `cause` a plain sentence; `refusal` says what an undeliverable
    message teaches; `network` is MCC and MNC, the digits of both together.
    """

    status: DeliveryStatus
    at: int | None = None
    carrier_code: str | None = None
    cause: str | None = None
    ask_again_after: int | None = None
    refusal: RefusalKind | None = None
    price: Price | None = None
    network: str | None = None


class Receipt(Struct, frozen=True, kw_only=True):
    """A report with the message it is about.

    `message_ids` are the spellings under which the message may be known, most likely first;
    `reference` is our own, where the provider gives it back under its signature.
    """

    report: Report
    message_ids: tuple[str, ...] = ()
    reference: str | None = None


class Inbound(Struct, frozen=True, kw_only=True):
    """One request to an account's receipt address, as it came.

    `url` is the public address with its query, header names are lower-case, `at` is when it arrived
    in Unix milliseconds.
    """

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes
    at: int


class Receipts(Struct, frozen=True):
    """What a genuine request reported, and the answer that its sender expects."""

    receipts: tuple[Receipt, ...] = ()
    answer: bytes = b""
    content_type: str = "text/plain; charset=utf-8"


class Forged(Struct, frozen=True):
    """The request does not carry the signature that it must; `because` says what is wrong with it."""

    because: str


class Healthy(Struct, frozen=True):
    """The provider answered and knows us; `detail` is worth showing, such as the account's name."""

    detail: str


class Provider(Protocol):
    """One provider account. Every method ends in a value; a bug alone raises."""

    channels: frozenset[Channel]

    async def send(self, message: Message) -> Accepted | Refused | Unavailable:
        """Hand a message over."""
        ...

    async def report(self, message_id: str) -> Report | None:
        """What became of a message, where the provider can be asked; None where it cannot."""
        ...

    async def receipts(self, inbound: Inbound) -> Receipts | Forged:
        """Verify a request by the provider's own rule, and read it. Unknown statuses are `unknown`."""
        ...

    async def probe(self) -> Healthy | Refused | Unavailable:
        """Ask whether the provider is there and takes our credentials, at no cost."""
        ...

    async def close(self) -> None:
        """Let go of every connection."""
        ...


class Providers(Protocol):
    """The provider accounts of this installation."""

    def account(self, name: str) -> Provider | None:
        """The provider behind an account name; None where there is none, or it is paused."""
        ...

    async def refresh(self) -> None:
        """Take up accounts that were added, changed or removed."""
        ...

    async def start(self) -> None:
        """Have those that keep connections make them: this process sends from now on."""
        ...


@runtime_checkable
class KeepsConnections(Protocol):
    """A provider that keeps connections of its own, over which receipts come."""

    async def start(self) -> None:
        """Make them, and keep them up; returns at once, and does nothing the second time."""
        ...


class ReceivingProviders(Protocol):
    """The provider accounts to which receipts may come."""

    def receiver(self, name: str) -> Provider | None:
        """The provider behind an account name, also while it is paused."""
        ...


def read_reference(text: str | None) -> tuple[UUID, int] | None:
    """The authentication and attempt number behind a reference of ours; None where it is none."""
    head, _, number = (text or "").rpartition("-")
    if not number.isascii() or not number.isdecimal() or len(number) > 2:  # noqa: PLR2004 - 99 attempts
        return None
    try:
        return msgspec.convert(head, UUID), int(number)
    except msgspec.ValidationError:
        return None


class CredentialField(Struct, frozen=True):
    """One field of a kind's credentials, for whoever asks an operator to fill it in."""

    name: str
    description: str
    secret: bool
    required: bool
    default: str | None = None


class KindDescription(Struct, frozen=True, kw_only=True):
    """A kind of provider that is installed; `receipts` says how they come and are verified."""

    name: str
    title: str
    channels: tuple[Channel, ...]
    fields: tuple[CredentialField, ...]
    receipts: str
    website: str
    notes: tuple[str, ...] = ()


class ProviderKinds(Protocol):
    """The kinds of providers that are installed."""

    def describe(self) -> Sequence[KindDescription]:
        """All of them, by name."""
        ...

    def plain_fields(self, kind: str) -> frozenset[str]:
        """The fields of a kind's credentials that are no secret; none where it is not installed."""
        ...

    def check(self, provider: str, credentials: Mapping[str, str]) -> None:
        """Find out whether an account of a kind could be opened with credentials.

        Raises:
            ValueError: it could not; the message says why, and no value.

        """
        ...

    async def refresh(self) -> None:
        """Take up accounts that were added, changed or removed."""
        ...

    def receiver(self, name: str) -> "Provider | None":
        """The provider behind an account, paused or not; None where there is none."""
        ...
