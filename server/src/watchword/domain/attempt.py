"""Attempt: one try to deliver a code, numbered from 1, and its delivery status that only moves forward."""

from enum import StrEnum
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from watchword.domain.channel import Channel
from watchword.domain.message import Content


class AttemptStatus(StrEnum):
    """What became of an attempt, in the wire's words."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"
    RATE_LIMITED = "rate_limited"
    EXPIRED = "expired"


class DeliveryStatus(StrEnum):
    """What the provider or the carrier has reported of a message."""

    UNKNOWN = "unknown"
    SUBMITTED = "submitted"
    IN_TRANSIT = "in_transit"
    UNDELIVERABLE = "undeliverable"
    DELIVERED = "delivered"


RANK = {
    DeliveryStatus.UNKNOWN: 0,
    DeliveryStatus.SUBMITTED: 1,
    DeliveryStatus.IN_TRANSIT: 2,
    DeliveryStatus.UNDELIVERABLE: 3,
    DeliveryStatus.DELIVERED: 3,
}
"""A status replaces another only if its rank is higher; the two final ones share the highest."""


class Trigger(StrEnum):
    """Why an attempt was made."""

    INITIAL = "initial"
    RETRY = "retry"
    FALLBACK = "fallback"


class Attempt(Struct, frozen=True, kw_only=True):
    """One message on its way: queued, handed to a provider over one route, then followed.

    `plan` names the routes to try, in order, and `because` says why the first is; `content` leaves the
    code out; `price` is in micros of the project's currency; times are Unix milliseconds.
    """

    id: UUID
    number: int
    trigger: Trigger
    plan: tuple[str, ...]
    price: int
    created_at: int
    status: AttemptStatus = AttemptStatus.PENDING
    delivery_status: DeliveryStatus = DeliveryStatus.UNKNOWN
    route: str | None = None
    account: str | None = None
    channel: Channel | None = None
    sender_id: str | None = None
    content: Content | None = None
    provider_message_id: str | None = None
    sent_at: int | None = None
    because: str = ""


def advance(attempt: Attempt, reported: DeliveryStatus) -> Attempt | None:
    """The attempt after a report, or None where the report says nothing newer."""
    if RANK[reported] <= RANK[attempt.delivery_status]:
        return None
    status = {
        DeliveryStatus.DELIVERED: AttemptStatus.DELIVERED,
        DeliveryStatus.UNDELIVERABLE: AttemptStatus.FAILED,
    }.get(reported, attempt.status)
    return replace(attempt, delivery_status=reported, status=status)
