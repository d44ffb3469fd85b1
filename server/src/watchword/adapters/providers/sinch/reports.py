"""Reports: what Sinch says became of a message, in the words of either of its APIs."""

from watchword.adapters.providers.answers import code, look, moment, network, refusals, text, words
from watchword.domain.attempt import DeliveryStatus
from watchword.ports.provider import Receipt, RefusalKind, Report

STATUSES: dict[str, DeliveryStatus] = {
    "QUEUED": DeliveryStatus.SUBMITTED,
    "DISPATCHED": DeliveryStatus.IN_TRANSIT,
    "QUEUED_ON_CHANNEL": DeliveryStatus.IN_TRANSIT,
    "SWITCHING_CHANNEL": DeliveryStatus.IN_TRANSIT,
    "DELIVERED": DeliveryStatus.DELIVERED,
    "READ": DeliveryStatus.DELIVERED,
    **dict.fromkeys(
        ("ABORTED", "CANCELLED", "REJECTED", "DELETED", "FAILED", "EXPIRED"),
        DeliveryStatus.UNDELIVERABLE,
    ),
}
"""Of both APIs; SMS writes some of them in mixed case."""
REFUSALS = refusals(
    number="402 413 RECIPIENT_INVALID_CHANNEL_IDENTITY RECIPIENT_NOT_REACHABLE "
    "RECIPIENT_NOT_OPTED_IN NO_CHANNEL_IDENTITY_FOR_CONTACT",
    account="405 408 410 411 412 414 CHANNEL_BAD_CONFIGURATION CHANNEL_CONFIGURATION_MISSING "
    "TEMPLATE_NOT_FOUND TEMPLATE_INSUFFICIENT_PARAMETERS TEMPLATE_NON_EXISTING_LANGUAGE_OR_VERSION "
    "BAD_REQUEST UNKNOWN_APP NO_PERMISSION OUTSIDE_ALLOWED_SENDING_WINDOW "
    "DELIVERY_REJECTED_DUE_TO_POLICY",
    passing="403 404 406 407 INTERNAL_ERROR CHANNEL_FAILURE DELIVERY_TIMED_OUT UNKNOWN",
    throttle="RATE_LIMITED",
)
"""What an undelivered message teaches: codes of SMS reports, and reasons of the Conversation API."""
CAUSES = {
    "402": "the message cannot be routed to this number",
    "403": "Sinch had an internal error",
    "404": "the message could not be delivered for now",
    "405": "a parameter of the text has no value",
    "406": "the message expired before it was handed to the carrier",
    "407": "the message was cancelled",
    "408": "Sinch rejected the message",
    "410": "the account has no default originator",
    "411": "the message has more parts than allowed",
    "412": "the account may not send to this region",
    "413": "the number or the message is blocked",
    "414": "the sender is not valid",
}


def read_callback(told: object) -> Receipt | None:
    """The receipt in a callback; None where it is one of something else."""
    delivery = look(told, "message_delivery_report")
    if isinstance(delivery, dict):
        at = moment(look(told, "event_time")) or moment(look(told, "accepted_time"))
        return Receipt(
            report=_conversation_report(delivery, at),
            message_ids=_ids(delivery, "message_id"),
            reference=text(delivery, "metadata") or None,
        )
    if text(told, "type").startswith("recipient_delivery_report"):
        return Receipt(
            report=sms_report(told),
            message_ids=_ids(told, "batch_id"),
            reference=text(told, "client_reference") or None,
        )
    return None


def sms_report(told: object) -> Report:
    """What a callback, or a line of a batch's delivery report, says of an SMS."""
    raw = code(told, "code")
    status = STATUSES.get(text(told, "status").upper(), DeliveryStatus.UNKNOWN)
    return Report(
        status=status,
        at=moment(look(told, "at")),
        carrier_code=raw or None,
        cause=CAUSES.get(raw),
        refusal=_refusal(status, raw),
        network=network(look(told, "operator")),
    )


def _conversation_report(delivery: object, at: int | None) -> Report:
    raw = text(delivery, "reason", "code")
    status = STATUSES.get(text(delivery, "status"), DeliveryStatus.UNKNOWN)
    return Report(
        status=status,
        at=at,
        carrier_code=raw or None,
        cause=words(delivery, "reason", "description") or None,
        refusal=_refusal(status, raw),
    )


def _refusal(status: DeliveryStatus, raw: str) -> RefusalKind | None:
    failed = status is DeliveryStatus.UNDELIVERABLE
    return REFUSALS.get(raw, RefusalKind.PASSING) if failed else None


def _ids(value: object, name: str) -> tuple[str, ...]:
    found = text(value, name)
    return (found,) if found else ()
