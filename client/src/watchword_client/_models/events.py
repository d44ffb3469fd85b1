"""What happened to an authentication, one type per kind of event."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeAlias

from .answer import Answer
from .check_status import CheckStatus
from .open_enum import OpenEnum


class EventType(OpenEnum):
    """The kind of an event."""

    ATTEMPT = "attempt"
    CHECK = "check"
    DELIVERY_STATUS = "delivery_status"
    BALANCE_UPDATE = "balance_update"


class AttemptStatus(OpenEnum):
    """What became of one message."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"
    RATE_LIMITED = "rate_limited"
    EXPIRED = "expired"


class Capability(OpenEnum):
    """The channel of a message; `text` is SMS."""

    RCS = "rcs"
    TEXT = "text"
    WHATSAPP = "whatsapp"
    VIBER = "viber"
    ZALO = "zalo"
    TELEGRAM = "telegram"


class DeliveryStatus(OpenEnum):
    """How far a message came, by the provider's report."""

    UNKNOWN = "unknown"
    SUBMITTED = "submitted"
    IN_TRANSIT = "in_transit"
    DELIVERED = "delivered"
    UNDELIVERABLE = "undeliverable"


class BalanceUpdateType(OpenEnum):
    """What the balance was changed for."""

    UNKNOWN = "unknown"
    AUTHENTICATION = "authentication"
    ATTEMPT = "attempt"
    ATTEMPT_PENDING = "attempt_pending"
    ATTEMPT_SUCCESS = "attempt_success"
    AUTHENTICATION_PENDING = "authentication_pending"
    AUTHENTICATION_SUCCESS = "authentication_success"


class AttemptEvent(Answer, frozen=True, kw_only=True):
    """A message was made."""

    type: EventType = EventType.ATTEMPT
    created_at: datetime | None = None
    id: str | None = None
    attempt_number: int | None = None
    """From 1."""
    capability: Capability | None = None
    content: str | None = None
    sender_id: str | None = None
    status: AttemptStatus | None = None


class CheckEvent(Answer, frozen=True, kw_only=True):
    """A code was checked."""

    type: EventType = EventType.CHECK
    created_at: datetime | None = None
    id: str | None = None
    code: str | None = None
    """What was typed, where the project shows it."""
    status: CheckStatus | None = None


class DeliveryStatusEvent(Answer, frozen=True, kw_only=True):
    """A provider reported on a message."""

    type: EventType = EventType.DELIVERY_STATUS
    created_at: datetime | None = None
    attempt_id: str | None = None
    attempt_number: int | None = None
    status: DeliveryStatus | None = None
    originated_at: datetime | None = None
    """By the provider's clock."""


class BalanceUpdateEvent(Answer, frozen=True, kw_only=True):
    """The project's balance changed."""

    type: EventType = EventType.BALANCE_UPDATE
    created_at: datetime | None = None
    balance_update_type: BalanceUpdateType | None = None
    amount: float | None = None
    """In the project's currency; negative for a charge."""


class UnknownEvent(Answer, frozen=True, kw_only=True):
    """An event of a kind that this version of the SDK does not know."""

    type: EventType
    raw: Mapping[str, Any]
    """The whole event as it came."""


Event: TypeAlias = (
    AttemptEvent | CheckEvent | DeliveryStatusEvent | BalanceUpdateEvent | UnknownEvent
)


def event_kind(raw: Mapping[str, Any]) -> type[Answer] | Answer:
    """The type of an event by its `type`; the event itself where that is not known."""
    match raw.get("type"):
        case "attempt":
            return AttemptEvent
        case "check":
            return CheckEvent
        case "delivery_status":
            return DeliveryStatusEvent
        case "balance_update":
            return BalanceUpdateEvent
        case other:
            name = other if isinstance(other, str) else ""
            return UnknownEvent(type=EventType(name), raw=raw)
