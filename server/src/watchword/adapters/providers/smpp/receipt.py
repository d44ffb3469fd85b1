"""Delivery receipts of SMPP: which messages are some, what they say, and about which message."""

import re
from datetime import UTC, datetime, timedelta, timezone
from enum import IntEnum, StrEnum
from itertools import zip_longest

from msgspec import Struct

from watchword.adapters.providers.smpp.pdu import DataMessage, ShortMessage, Tag
from watchword.adapters.providers.smpp.text import read_text
from watchword.domain.attempt import DeliveryStatus
from watchword.ports.provider import Receipt, RefusalKind, Report


class Type(IntEnum):
    """What a message to us is, in bits 5 to 2 of its `esm_class` (SMPP 3.4, 5.2.12)."""

    MASK = 0x3C
    MESSAGE = 0x00
    RECEIPT = 0x04
    INTERMEDIATE = 0x20


class State(IntEnum):
    """Values of the parameter `message_state` (SMPP 3.4, 5.2.28)."""

    ENROUTE = 1
    DELIVERED = 2
    EXPIRED = 3
    DELETED = 4
    UNDELIVERABLE = 5
    ACCEPTED = 6
    UNKNOWN = 7
    REJECTED = 8


WORDS = {
    "ENROUTE": State.ENROUTE,
    "DELIVRD": State.DELIVERED,
    "DELIVERED": State.DELIVERED,
    "EXPIRED": State.EXPIRED,
    "DELETED": State.DELETED,
    "UNDELIV": State.UNDELIVERABLE,
    "UNDELIVERABLE": State.UNDELIVERABLE,
    "UNDELIVERED": State.UNDELIVERABLE,
    "ACCEPTD": State.ACCEPTED,
    "ACCEPTED": State.ACCEPTED,
    "UNKNOWN": State.UNKNOWN,
    "REJECTD": State.REJECTED,
    "REJECTED": State.REJECTED,
}
"""The words after `stat:` (SMPP 3.4, appendix B), and what centres write for them."""

STATUSES: dict[State, DeliveryStatus] = {
    State.ENROUTE: DeliveryStatus.IN_TRANSIT,
    State.ACCEPTED: DeliveryStatus.IN_TRANSIT,
    State.DELIVERED: DeliveryStatus.DELIVERED,
    State.EXPIRED: DeliveryStatus.UNDELIVERABLE,
    State.DELETED: DeliveryStatus.UNDELIVERABLE,
    State.UNDELIVERABLE: DeliveryStatus.UNDELIVERABLE,
    State.REJECTED: DeliveryStatus.UNDELIVERABLE,
    State.UNKNOWN: DeliveryStatus.UNKNOWN,
}

FAILURES: dict[State, tuple[RefusalKind, str]] = {
    State.EXPIRED: (RefusalKind.PASSING, "the phone was not reached before the code expired"),
    State.DELETED: (RefusalKind.PASSING, "the message was deleted before it was delivered"),
    State.UNDELIVERABLE: (RefusalKind.NUMBER, "the message cannot be delivered to this number"),
    State.REJECTED: (RefusalKind.ACCOUNT, "the carrier rejected the message"),
}
"""What each failure teaches, where the account's own table does not know the code after `err:`."""


class Spelling(StrEnum):
    """A way in which a receipt may spell a message id other than the answer to `submit_sm` did."""

    CASE = "case"
    """In the other case."""
    ZEROS = "zeros"
    """Without leading zeros, or with them."""
    DECIMAL_RECEIPTS = "decimal-receipts"
    """The answer was hexadecimal and the receipt is decimal."""
    HEX_RECEIPTS = "hex-receipts"
    """The answer was decimal and the receipt is hexadecimal."""


WIDTHS = (8, 10)
"""Digits to which ids are filled with zeros: 32 bits in hexadecimal, and SMPP 3.4, appendix B."""
_LONGEST_NUMBER = 32


class Reading(Struct, frozen=True, kw_only=True):
    """How the receipts of one account are read.

    `errors` maps a code after `err:`, without leading zeros, to what it teaches; `utc_offset` is in
    minutes, that of the clock in the text form, None where it is not to be trusted.
    """

    spellings: frozenset[Spelling] = frozenset()
    errors: dict[str, RefusalKind] = {}
    utc_offset: int | None = None


_FIELD = re.compile(
    r"(?:^|\s)(id|sub|dlvrd|submit[ _]?date|done[ _]?date|stat|err|text)\s*:", re.IGNORECASE
)
_DATE = re.compile(r"[0-9]{10}(?:[0-9]{2})?")


def read_receipt(message: ShortMessage | DataMessage, reading: Reading) -> Receipt | None:
    """The receipt in a message to us, or None where it is something else.

    A message is a receipt by its `esm_class`; one of the ordinary type is one too where it carries
    `receipted_message_id`, which no person can send. Words alone make no receipt: a person could send
    them. The parameters are preferred to the words (SMPP 3.4, 5.3.2.12 and 5.3.2.35). An intermediate
    notification never ends a message, whatever it says.
    """
    kind = message.esm_class & Type.MASK
    told = message.tlvs.get(Tag.RECEIPTED_MESSAGE_ID)
    if kind not in (Type.RECEIPT, Type.INTERMEDIATE) and (kind != Type.MESSAGE or told is None):
        return None
    words = read_words(_text(message))
    message_id = _c_string(told) or words.get("id", "")
    if not message_id:
        return None
    state = _state(message, words)
    return Receipt(
        message_ids=spell(message_id, reading.spellings),
        report=_report(message, words, state, reading, final=kind != Type.INTERMEDIATE),
    )


def read_words(text: str) -> dict[str, str]:
    """The fields of a receipt's text (SMPP 3.4, appendix B), whichever of them there are."""
    found: dict[str, str] = {}
    marks = [*_FIELD.finditer(text)]
    for mark, following in zip_longest(marks, marks[1:]):
        name = mark[1].lower().replace(" ", "").replace("_", "")
        if name == "text":
            break  # what follows are the words of a message
        value = text[mark.end() : following.start() if following else None].split()
        if value:
            found.setdefault(name, value[0])
    return found


def spell(message_id: str, spellings: frozenset[Spelling]) -> tuple[str, ...]:
    """The ids under which a message may be stored, most likely first: always as it came."""
    ids = [message_id]
    if len(message_id) <= _LONGEST_NUMBER:
        if Spelling.DECIMAL_RECEIPTS in spellings and _is(message_id, "0123456789"):
            ids.append(f"{int(message_id):x}")
        if Spelling.HEX_RECEIPTS in spellings and _is(message_id, "0123456789abcdefABCDEF"):
            ids.append(str(int(message_id, 16)))
    if Spelling.ZEROS in spellings:
        bare = [spelt.lstrip("0") or "0" for spelt in ids]
        ids += [*bare, *(spelt.zfill(width) for spelt in bare for width in WIDTHS)]
    if Spelling.CASE in spellings:
        ids += [*(spelt.lower() for spelt in ids), *(spelt.upper() for spelt in ids)]
    return tuple(dict.fromkeys(ids))


def _is(text: str, digits: str) -> bool:
    return bool(text) and set(text) <= set(digits)


def _text(message: ShortMessage | DataMessage) -> str:
    octets = message.tlvs.get(Tag.MESSAGE_PAYLOAD, b"")
    if isinstance(message, ShortMessage):
        octets = message.short_message or octets
    return read_text(octets, message.data_coding)


def _c_string(octets: bytes | None) -> str:
    return (octets or b"").partition(b"\0")[0].decode("latin-1").strip()


def _state(message: ShortMessage | DataMessage, words: dict[str, str]) -> State:
    told = message.tlvs.get(Tag.MESSAGE_STATE, b"")
    if told and told[-1] in STATUSES:
        return State(told[-1])
    return WORDS.get(words.get("stat", "").upper(), State.UNKNOWN)


def _report(
    message: ShortMessage | DataMessage,
    words: dict[str, str],
    state: State,
    reading: Reading,
    *,
    final: bool,
) -> Report:
    code = words.get("err") or _network_error(message)
    at = _at(words.get("donedate", ""), reading.utc_offset)
    status = STATUSES[state]
    if not final and status in (DeliveryStatus.DELIVERED, DeliveryStatus.UNDELIVERABLE):
        status = DeliveryStatus.IN_TRANSIT
    if status is not DeliveryStatus.UNDELIVERABLE:
        return Report(status=status, at=at, carrier_code=code)
    refusal, cause = FAILURES[state]
    refusal = reading.errors.get((code or "").lstrip("0"), refusal)
    return Report(status=status, at=at, carrier_code=code, cause=cause, refusal=refusal)


def _network_error(message: ShortMessage | DataMessage) -> str | None:
    """The error of the carrier's network: a network type, and a code in two octets (5.3.2.31)."""
    octets = message.tlvs.get(Tag.NETWORK_ERROR_CODE, b"")
    return str(int.from_bytes(octets[1:], "big")) if len(octets) == 3 else None  # noqa: PLR2004 - see above


def _at(text: str, utc_offset: int | None) -> int | None:
    """`YYMMDDhhmm`, with seconds from some centres, in Unix milliseconds."""
    if utc_offset is None or not _DATE.fullmatch(text):
        return None
    try:
        local = datetime.strptime(text.ljust(12, "0"), "%y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None
    at = local.replace(tzinfo=timezone(timedelta(minutes=utc_offset)))
    return int(at.timestamp() * 1000)
