"""Callback: the bodies that a caller's `callback_url` receives, in the v1 API's words."""

from datetime import UTC, datetime
from uuid import UUID

import msgspec
from msgspec import UNSET, Struct, UnsetType

from watchword.domain.attempt import Attempt, DeliveryStatus
from watchword.domain.authentication import Authentication
from watchword.domain.channel import capability
from watchword.domain.money import as_decimal


class Price(Struct, frozen=True):
    """An amount in units of its currency."""

    amount: float
    currency: str


class CallbackBody(Struct, frozen=True, kw_only=True):
    """The envelope all kinds share, with the fields of each; what does not apply is left out."""

    id: UUID
    auth_uuid: UUID
    type: str
    recipient_phone_number: str
    time: str
    price: Price | UnsetType = UNSET
    correlation_id: str | UnsetType = UNSET
    attempt_uuid: UUID | UnsetType = UNSET
    attempt_number: int | UnsetType = UNSET
    channel: str | UnsetType = UNSET
    delivery_status: DeliveryStatus | UnsetType = UNSET
    status: DeliveryStatus | UnsetType = UNSET


def _price(micros: int, currency: str) -> Price:
    return Price(float(as_decimal(micros)), currency)


def _body(kind: str, event_id: UUID, about: Authentication, at: int, **own: object) -> str:
    time = datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")
    body = CallbackBody(
        id=event_id,
        auth_uuid=about.id,
        type=kind,
        recipient_phone_number=about.number.e164,
        time=time,
        correlation_id=about.correlation_id or UNSET,
        **own,  # type: ignore[arg-type] # each caller below gives fields of the struct
    )
    return msgspec.json.encode(body).decode()


def authentication_body(
    event_id: UUID, about: Authentication, at: int, price: int, currency: str
) -> str:
    """An authentication was created and billed."""
    return _body("authentication", event_id, about, at, price=_price(price, currency))


def attempt_body(
    event_id: UUID, about: Authentication, attempt: Attempt, at: int, currency: str
) -> str:
    """A message was handed to a provider."""
    channel = capability(attempt.channel) if attempt.channel else None
    return _body(
        "attempt",
        event_id,
        about,
        at,
        price=_price(attempt.price, currency),
        attempt_uuid=attempt.id,
        attempt_number=attempt.number,
        channel=channel or UNSET,
        delivery_status=attempt.delivery_status,
    )


def delivery_status_body(event_id: UUID, about: Authentication, attempt: Attempt, at: int) -> str:
    """A carrier reported on a message."""
    return _body(
        "delivery_status",
        event_id,
        about,
        at,
        attempt_uuid=attempt.id,
        status=attempt.delivery_status,
    )
