"""Infobip reports: what its statuses and errors mean."""

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
from watchword.adapters.providers.exchange import Reply, failure
from watchword.domain.attempt import DeliveryStatus
from watchword.ports.provider import RefusalKind, Refused, Report, Unavailable

REJECTED = "5"
"""The group of statuses with which Infobip itself declines."""
GROUPS: dict[str, DeliveryStatus] = {
    "1": DeliveryStatus.SUBMITTED,
    "2": DeliveryStatus.UNDELIVERABLE,
    "3": DeliveryStatus.DELIVERED,
    "4": DeliveryStatus.UNDELIVERABLE,
    REJECTED: DeliveryStatus.UNDELIVERABLE,
}
STATUSES: dict[str, DeliveryStatus] = {
    **dict.fromkeys(("2", "3", "7"), DeliveryStatus.IN_TRANSIT),
    "29": DeliveryStatus.UNKNOWN,
}
"""Statuses that say something else than their group: 2 is delivered to the operator alone."""
MOST_PARTS = 255
"""How many parts a message may have for its price to be believed."""
REJECTIONS = refusals(
    number="8 10 14 52 99",
    account="6 11 12 13 17 18 19 24 25 51",
    passing="21 100",
    throttle="20",
    fraud="87",
)
"""By the id of a status (Infobip, message status codes)."""
REFUSALS = refusals(
    number="1 9 11 12 565 566 568 569 573 628 629 2050 7002 7003",
    account="323 352 355 368 375 433 488 560 561 562 563 564 572 603 607 7001 7004 7005 7006 7007 "
    "7008 7009 7010 7011 7034 " + " ".join(map(str, range(4106, 4152))),
    passing="6 27 31 32 33 34 35 36 255 256 257 258 259 260 261 262 500 501 502 503 504 505 506 "
    "507 508 509 2048 4097 7050 7051",
    throttle="541 542 4103 4104 7016 7017",
    fraud="608 609",
)
"""By the id of an error; of any other, Infobip says itself whether it is permanent."""


def read_report(result: object) -> Report:
    """What a result says: of an answer, of a delivery report, or of one that a message was seen."""
    status, error = look(result, "status"), look(result, "error")
    group, status_id, error_id = code(status, "groupId"), code(status, "id"), code(error, "id")
    known = STATUSES.get(status_id) or GROUPS.get(group, DeliveryStatus.UNKNOWN)
    if not status and look(result, "seenAt"):
        known = DeliveryStatus.DELIVERED
    failed = error_id not in ("", "0")
    told = error if failed else status
    parts = look(result, "messageCount")
    counted = isinstance(parts, int) and 0 < parts <= MOST_PARTS
    return Report(
        status=known,
        at=moment(look(result, "seenAt") or look(result, "doneAt")),
        carrier_code=text(told, "name") or None,
        cause=words(told, "description") or None,
        refusal=_refusal(group, status_id, error_id, permanent=look(error, "permanent") is True)
        if known is DeliveryStatus.UNDELIVERABLE
        else None,
        price=price(
            look(result, "price", "pricePerMessage"),
            look(result, "price", "currency"),
            parts if counted else 1,
        ),
        network=network(look(result, "mccMnc")),
    )


def _refusal(group: str, status_id: str, error_id: str, *, permanent: bool) -> RefusalKind:
    usual = RefusalKind.ACCOUNT if group == REJECTED else RefusalKind.PASSING
    known = REJECTIONS.get(status_id) or REFUSALS.get(error_id)
    return known or (RefusalKind.NUMBER if permanent else usual)


def declined(reply: Reply) -> Refused | Unavailable:
    """What a reply means that accepts nothing."""
    found = reply.json()
    fault = look(found, "requestError", "serviceException")
    raw = text(found, "errorCode") or text(fault, "messageId")
    return failure(reply, raw, words(found, "description") or words(fault, "text"))
