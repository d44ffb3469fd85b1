"""Answers: reading what vendors send, whatever it is; nothing here fails on any bytes at all."""

import re
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from watchword.domain.money import MICROS
from watchword.ports.provider import Price, RefusalKind

DEAREST = 1000
"""What one message may cost, in whole units of a currency, for a price to be believed."""
_CURRENCY = re.compile("[A-Z]{3}")
_NETWORK = re.compile("[0-9]{5,6}")


def read_json(body: bytes | str) -> Any:  # noqa: ANN401 - whatever a vendor sends
    """The body read as JSON; None where it is none."""
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None


def look(value: Any, *path: str | int) -> Any:  # noqa: ANN401 - whatever is there
    """What stands at a path of names and positions; None where there is nothing."""
    for step in path:
        try:
            value = value[step]
        except (LookupError, TypeError):
            return None
    return value


def text(value: object, *path: str | int) -> str:
    """The text at a path; empty where there is none."""
    found = look(value, *path)
    return found if isinstance(found, str) else ""


def code(value: object, *path: str | int) -> str:
    """The code at a path, which vendors write as a number or as a text; empty where there is none."""
    found = look(value, *path)
    known = isinstance(found, str | int) and not isinstance(found, bool)
    return str(found) if known else ""


def words(value: object, *path: str | int) -> str:
    """The sentence at a path without its longer numbers: it may quote the phone number or the text."""
    return re.sub(r"\d{4,}", "…", text(value, *path))


def moment(given: object) -> int | None:
    """Unix milliseconds of a time as ISO 8601 writes it with an offset; None where it is none."""
    try:
        at: datetime = msgspec.convert(given, Annotated[datetime, Meta(tz=True)])
    except msgspec.ValidationError:
        return None
    return round(at.timestamp() * 1000)


def network(given: object) -> str | None:
    """MCC and MNC, the five or six digits of both together; None where it is anything else."""
    digits = str(given) if isinstance(given, str | int) else ""
    return digits if _NETWORK.fullmatch(digits) else None


def price(amount: object, currency: object, times: int = 1) -> Price | None:
    """An amount in whole units as a price in micros; None where it is none that can be believed."""
    try:
        told = abs(Decimal(str(amount)))
        believed = told <= DEAREST
    except ArithmeticError:
        return None
    if not believed or not isinstance(currency, str) or not _CURRENCY.fullmatch(currency.upper()):
        return None
    return Price(int(told * MICROS) * times, currency.upper())


def refusals(**codes: str) -> dict[str, RefusalKind]:
    """A table of refusals from codes written apart by spaces, by kind of refusal."""
    return {each: RefusalKind(kind) for kind, several in codes.items() for each in several.split()}


_META = {"pt": "pt_PT", "sr-Latn": "sr", "zh": "zh_CN", "zh-Hans": "zh_CN", "zh-Hant": "zh_TW"}


def meta_language(locale: str) -> str:
    """A language (BCP 47) as Meta's list of WhatsApp template languages spells it."""
    return _META.get(locale, locale.replace("-", "_"))
