"""AWS events: what End User Messaging reports of a message, as a receipt."""

from watchword.adapters.providers.answers import (
    code,
    look,
    network,
    price,
    read_json,
    refusals,
    text,
    words,
)
from watchword.domain.attempt import DeliveryStatus
from watchword.ports.provider import Price, Receipt, Report

_REACHED = ("DELIVERED", "READ", "ANSWERED", "COMPLETED")
_UNDERWAY = ("PENDING", "SENT", "SUCCESSFUL", "RINGING", "FALLEN_BACK_TO_SMS")
_ENDED = (
    "INVALID",
    "INVALID_MESSAGE",
    "UNREACHABLE",
    "CARRIER_UNREACHABLE",
    "BLOCKED",
    "CARRIER_BLOCKED",
    "SPAM",
    "TTL_EXPIRED",
    "PROTECT_BLOCKED",
    "BUSY",
    "NO_ANSWER",
    "FAILED",
)
STATUSES: dict[str, DeliveryStatus] = {
    "UNKNOWN": DeliveryStatus.UNKNOWN,
    "QUEUED": DeliveryStatus.SUBMITTED,
    "INITIATED": DeliveryStatus.SUBMITTED,
    **dict.fromkeys(_UNDERWAY, DeliveryStatus.IN_TRANSIT),
    **dict.fromkeys(_REACHED, DeliveryStatus.DELIVERED),
    **dict.fromkeys(_ENDED, DeliveryStatus.UNDELIVERABLE),
}
"""Types of events without `TEXT_`, `VOICE_` or `RCS_` before them."""
FAILURES = refusals(
    number="INVALID BLOCKED",
    account="INVALID_MESSAGE CARRIER_BLOCKED SPAM",
    passing="UNREACHABLE CARRIER_UNREACHABLE TTL_EXPIRED BUSY NO_ANSWER FAILED",
    fraud="PROTECT_BLOCKED",
)
"""What those of them that end a message teach."""


def read_event(message: str) -> Receipt | None:
    """The receipt in an event, as a configuration set sends it or EventBridge passes it on."""
    told = read_json(message)
    event = look(told, "detail") if text(told, "detail-type") else told
    kind, message_id = text(event, "eventType"), text(event, "messageId")
    if not kind or not message_id:
        return None
    short = kind.partition("_")[2]
    status = STATUSES.get(short, DeliveryStatus.UNKNOWN)
    if short == "SUCCESSFUL" and look(event, "isFinal") is True:
        status = DeliveryStatus.DELIVERED  # where the country has no receipts from handsets
    failed = status is DeliveryStatus.UNDELIVERABLE
    at = look(event, "eventTimestamp")
    return Receipt(
        report=Report(
            status=status,
            at=at if isinstance(at, int) and at > 0 else None,
            carrier_code=kind,
            cause=words(event, "messageStatusDescription") or None,
            refusal=FAILURES.get(short) if failed else None,
            price=_price(event),
            network=network(code(event, "mcc") + code(event, "mnc")),
        ),
        message_ids=(message_id,),
        reference=text(event, "context", "attempt") or None,
    )


def _price(event: object) -> Price | None:
    """What AWS charges with what the carrier does, in US dollars."""
    charged = price(look(event, "totalMessagePrice"), "USD")
    passed_on = price(look(event, "totalCarrierFee"), "USD")
    if charged is None or passed_on is None:
        return charged
    return Price(charged.amount + passed_on.amount, "USD")
