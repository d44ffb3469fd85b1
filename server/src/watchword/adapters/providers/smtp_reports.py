"""SMTP reports: what mail servers say of a message, at once in a reply or later in a notification."""

import email
import re
from collections.abc import Iterator
from datetime import UTC
from email.message import Message as Mail
from email.utils import parsedate_to_datetime

from watchword.adapters.providers.answers import refusals
from watchword.domain.attempt import DeliveryStatus
from watchword.ports.provider import Receipt, RefusalKind, Report, read_reference

STATUSES: dict[str, DeliveryStatus] = {
    "delivered": DeliveryStatus.DELIVERED,
    "relayed": DeliveryStatus.IN_TRANSIT,
    "expanded": DeliveryStatus.IN_TRANSIT,
    "delayed": DeliveryStatus.IN_TRANSIT,
    "failed": DeliveryStatus.UNDELIVERABLE,
}
"""Actions of RFC 3464, 2.3.3."""
REFUSALS = refusals(
    number="5.1 5.2.1",
    account="5.1.7 5.1.8 5.3.4 5.5 5.6 5.7",
    passing="4 5.2 5.3 5.4",
)
"""Enhanced status codes (RFC 3463), of which the longest that fits counts."""
LONGEST_CAUSE = 200
_STATUS = re.compile(r"\b([245])\.([0-9]{1,3})\.([0-9]{1,3})\b")
_REFERENCE = re.compile(r"(?<![0-9a-f])[0-9a-f]{32}-[0-9]{1,2}(?![0-9])")
_MESSAGE_ID = re.compile(r"<[^<>\s]+>")


def enhanced_status(words: str) -> str:
    """The first enhanced status code in a reply or a field; empty where there is none."""
    found = _STATUS.search(words)
    return found[0] if found else ""


def refusal_kind(status: str) -> RefusalKind | None:
    """What an enhanced status code teaches; None where the table does not say."""
    parts = status.split(".")
    fits = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((REFUSALS[each] for each in fits if each in REFUSALS), None)


def cause(words: str) -> str:
    """A mail server's words in one line, without the address and the longer numbers in them."""
    plain = re.sub(r"\S+@\S+", "…", " ".join(words.split()))
    return re.sub(r"\d{4,}", "…", plain)[:LONGEST_CAUSE]


def read_notification(body: bytes) -> tuple[Receipt, ...]:
    """The receipts in a delivery status notification (RFC 3464); none in any other mail.

    The attempt is known by the envelope id (RFC 3461), by the address that the notification came
    to, or by the id of the message that it returns. All three hold our reference, which only the
    way of that mail has seen.
    """
    try:
        mail = email.message_from_bytes(body)
        return tuple(_receipts(mail))
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError):
        # The parser of the standard library promises nothing for what is no mail.
        return ()


def _receipts(mail: Mail) -> Iterator[Receipt]:
    if mail.get_content_type() != "multipart/report":
        return
    parts = list(mail.walk())
    status = next((p for p in parts if p.get_content_type() == "message/delivery-status"), None)
    payload = status.get_payload() if status is not None else None
    blocks = [part for part in payload or () if isinstance(part, Mail)]
    if not blocks:
        return
    returned = _returned(parts)
    places = (
        _field(blocks[0], "Original-Envelope-Id"),
        *(_field(mail, name) for name in ("X-Original-To", "Delivered-To", "To")),
        returned,
    )
    references = (found[0] for found in map(_REFERENCE.search, places) if found)
    reference = next((each for each in references if read_reference(each)), None)
    message_id = _MESSAGE_ID.search(returned)
    if reference is None and message_id is None:
        return
    for block in blocks[1:]:
        yield Receipt(
            report=_report(mail, blocks[0], block),
            message_ids=(message_id[0],) if message_id else (),
            reference=reference,
        )


def _report(mail: Mail, first: Mail, block: Mail) -> Report:
    action = _field(block, "Action").lower()
    status = STATUSES.get(action, DeliveryStatus.UNKNOWN)
    code = enhanced_status(_field(block, "Status"))
    failed = status is DeliveryStatus.UNDELIVERABLE
    told = _field(block, "Diagnostic-Code").partition(";")[2]
    times = (
        _field(block, "Last-Attempt-Date"),
        _field(mail, "Date"),
        _field(first, "Arrival-Date"),
    )
    return Report(
        status=status,
        at=next((at for at in map(_moment, times) if at is not None), None),
        carrier_code=code or None,
        cause=cause(told) or None,
        refusal=(refusal_kind(code) or RefusalKind.PASSING) if failed else None,
    )


def _returned(parts: list[Mail]) -> str:
    """The id of the message that a notification is about, from the headers that it returns."""
    for part in parts:
        payload = part.get_payload()
        if part.get_content_type() == "message/rfc822" and isinstance(payload, list) and payload:
            return _field(payload[0], "Message-ID")
        if part.get_content_type() == "text/rfc822-headers" and isinstance(payload, str):
            return _field(email.message_from_string(payload), "Message-ID")
    return ""


def _field(mail: object, name: str) -> str:
    return " ".join(str(mail.get(name, "")).split()) if isinstance(mail, Mail) else ""


def _moment(text: str) -> int | None:
    try:
        at = parsedate_to_datetime(text)
        return int(at.replace(tzinfo=at.tzinfo or UTC).timestamp() * 1000)
    except (ArithmeticError, LookupError, TypeError, ValueError):
        return None
