"""Recordings: what was exchanged with providers, as TOML files that anybody can read and add to."""

import tomllib
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from watchword.domain.channel import Channel
from watchword.domain.line_type import LineType
from watchword.domain.message import Content
from watchword.domain.phone_number import PhoneNumber
from watchword.domain.routing.route import Dlt
from watchword.ports.provider import Inbound, Message

RECEIPTS_URL = "https://verify.example/receipts/acme"
"""The receipt address of the account, which is opened as `acme`."""
PROJECT = UUID(int=7)
AUTHENTICATION = UUID(int=8)


class Words(Struct, frozen=True, forbid_unknown_fields=True):
    """The message of a recording."""

    channel: Channel
    to: str = "+33612345678"
    sender_id: str | None = None
    text: str = "{code} is your code"
    code: str = "123456"
    locale: str = "en"
    valid_for: int = 300_000
    spoken: bool = False
    template: str | None = None
    dlt: Dlt | None = None
    email: str | None = None

    def message(self) -> Message:
        """The same as a provider is given it, as attempt 1."""
        return Message(
            project_id=PROJECT,
            authentication_id=AUTHENTICATION,
            attempt_number=1,
            to=PhoneNumber(self.to, "FR", 33, LineType.MOBILE),
            channel=self.channel,
            sender_id=self.sender_id,
            content=Content(text=self.text, locale=self.locale, spoken=self.spoken),
            code=self.code,
            valid_for=self.valid_for,
            template=self.template,
            dlt=self.dlt,
            email=self.email,
        )


class Asked(Struct, frozen=True, forbid_unknown_fields=True):
    """The request that the adapter must make; `*` stands for anything.

    Headers that are named must match, `form` and `json` must equal the whole body.
    """

    method: str = "POST"
    path: str = "/"
    headers: dict[str, str] = {}
    form: dict[str, str | list[str]] | None = None
    json: Any = None


class Replied(Struct, frozen=True, forbid_unknown_fields=True):
    """What the provider answers."""

    status: int = 200
    body: str = ""
    headers: dict[str, str] = {}


class Ended(Struct, frozen=True, forbid_unknown_fields=True):
    """How the hand-over must end: one of the three."""

    accepted: str | None = None
    refused: tuple[str, str] | None = None
    unavailable: bool = False
    price: tuple[int, str] | None = None


class Sent(Struct, frozen=True, forbid_unknown_fields=True):
    """One hand-over; several exchanges where the adapter asks more than once."""

    name: str
    message: Words
    outcome: Ended
    request: Asked | list[Asked] | None = None
    reply: Replied | list[Replied] | None = None

    @property
    def requests(self) -> list[Asked]:
        """What is asked, in order."""
        return _listed(self.request)

    @property
    def replies(self) -> list[Replied]:
        """What is answered, in order."""
        return _listed(self.reply)


class Expected(Struct, frozen=True, forbid_unknown_fields=True):
    """What a receipt must say; what is left out is not looked at."""

    message_ids: list[str] | None = None
    reference: str | None = None
    status: str | None = None
    carrier_code: str | None = None
    refusal: str | None = None
    at: int | None = None
    network: str | None = None
    price: tuple[int, str] | None = None


class Posted(Struct, frozen=True, forbid_unknown_fields=True):
    """One request to the receipt address."""

    name: str
    method: str = "POST"
    url: str = RECEIPTS_URL
    at: int = 1_750_000_000_000
    headers: dict[str, str] = {}
    body: str = ""
    expect: list[Expected] = []
    answer: str | None = None
    forged: bool = False
    reply: Replied | list[Replied] | None = None

    @property
    def replies(self) -> list[Replied]:
        """What the provider answers where the adapter asks it something meanwhile."""
        return _listed(self.reply)

    @property
    def handshake(self) -> bool:
        """Whether the vendor proves itself otherwise than in receipts, before it posts any."""
        return self.method == "GET" and not self.expect

    def inbound(self, **changes: Any) -> Inbound:  # noqa: ANN401 - the fields of what is made
        """The same as a provider is given it, with other fields where they are named."""
        made = Inbound(
            method=self.method,
            url=self.url,
            headers=self.headers,
            body=self.body.encode(),
            at=self.at,
        )
        return replace(made, **changes)


class Recording(Struct, frozen=True, forbid_unknown_fields=True):
    """Everything recorded of one provider."""

    provider: str
    credentials: dict[str, str] = {}
    send: list[Sent] = []
    receipt: list[Posted] = []

    @property
    def tried(self) -> Sent | None:
        """The hand-over that the laws are tried with: one that was accepted after one request."""
        good = (s for s in self.send if s.outcome.accepted and len(s.requests) == 1)
        return next(good, None)


def _listed(value: Any) -> list[Any]:  # noqa: ANN401 - one of anything, or several
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def read_recording(file: Path) -> Recording:
    """The recording in a file.

    Raises:
        msgspec.ValidationError: a field is unknown or not of its form.
        tomllib.TOMLDecodeError: the file is no TOML.

    """
    return msgspec.convert(tomllib.loads(file.read_text("utf-8")), Recording)
