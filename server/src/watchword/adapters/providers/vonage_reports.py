"""Vonage reports: what its statuses, events and errors mean."""

import re

from watchword.adapters.providers.answers import (
    code,
    look,
    moment,
    network,
    price,
    refusals,
    text,
    words,
)
from watchword.adapters.providers.exchange import TOO_MANY, Reply, failure
from watchword.domain.attempt import DeliveryStatus
from watchword.ports.provider import RefusalKind, Refused, Report, Unavailable

STATUSES: dict[str, DeliveryStatus] = {
    "started": DeliveryStatus.SUBMITTED,
    **dict.fromkeys(("submitted", "ringing"), DeliveryStatus.IN_TRANSIT),
    **dict.fromkeys(
        ("delivered", "read", "answered", "human", "completed"), DeliveryStatus.DELIVERED
    ),
    **dict.fromkeys(
        ("rejected", "undeliverable", "busy", "cancelled", "unanswered", "failed", "timeout"),
        DeliveryStatus.UNDELIVERABLE,
    ),
}
"""Of messages and of calls, which share no word that means something else."""
REFUSALS = refusals(
    account="1010 1020 1021 1022 1060 1070 1080 1090 1120 1140 1160 1210 1250 1340 1350 "
    + " ".join(map(str, [*range(1370, 1383), *range(1400, 1451)])),
    number="1040 1050 1170 1190 1200 1240 1260 1270 1280 1290 1300 1310 1430 "
    "invalid_number cannot_route number_out_of_service",
    passing="1030 1100 1180 1220 1230 1330 1331 1360",
    throttle="1000 1241",
)
"""Error codes of messages, and the details of calls that say something about the number."""


def read_report(told: object) -> Report:
    """What a status of a message, or an event of a call, says."""
    status = STATUSES.get(text(told, "status"), DeliveryStatus.UNKNOWN)
    failed = status is DeliveryStatus.UNDELIVERABLE
    error = look(told, "error")
    called = not text(told, "message_uuid")
    raw = text(told, "detail") if called else _error_code(error)
    usage = look(told, "usage")
    cost, currency = look(usage, "price"), look(usage, "currency")
    if called:  # what Vonage charges for calls is in euros
        cost, currency = look(told, "price"), "EUR"
    return Report(
        status=status,
        at=moment(look(told, "timestamp")),
        carrier_code=raw or (text(told, "status") if failed else None),
        cause=words(error, "detail") or None,
        refusal=REFUSALS.get(raw, RefusalKind.PASSING) if failed else None,
        price=price(cost, currency),
        network=network(look(told, "destination", "network_code")),
    )


def _error_code(error: object) -> str:
    """The code of an error, which stands in its title or at the end of its type's address."""
    title = code(error, "title")
    return title if title.isdecimal() else re.split("[/#]", text(error, "type"))[-1]


def declined(reply: Reply) -> Refused | Unavailable:
    """What a reply means that accepts nothing."""
    error = reply.json()
    raw = _error_code(error)
    if reply.status == TOO_MANY and REFUSALS.get(raw) is not RefusalKind.THROTTLE:
        raw = ""  # 1010, which is an error of the account elsewhere, comes with too many requests
    return failure(reply, raw, words(error, "detail") or words(error, "title"), REFUSALS)
