"""Keeping keys, codes and full phone numbers out of logs and error texts."""

import re
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit, urlunsplit

import msgspec

MASK = "***"
_SECRET_HEADERS = frozenset(
    {"authorization", "cookie", "proxy-authorization", "set-cookie", "x-api-key"}
)
_TEXTS_WITH_CODES = frozenset({"check_code", "code", "content"})
_PHONE_NUMBER = re.compile(r"(\+|%2[Bb]|(?<=/lookup/))(\d{3,}?)\d{2,}(\d\d)(?!\d)")
_CODE_LENGTHS = range(4, 11)
_DIGITS = re.compile(r"\d[\d -]{2,}\d")


def without(text: str, secrets: Iterable[str]) -> str:
    """The text with every one of the secrets masked."""
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        text = text.replace(secret, MASK)
    return text


def masked_phone_numbers(text: str) -> str:
    """The text with all but the first three and last two digits of phone numbers masked."""
    return _PHONE_NUMBER.sub(rf"\1\2{MASK}\3", text)


def masked_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers with credentials masked."""
    return {
        name: MASK if name.lower() in _SECRET_HEADERS else masked_phone_numbers(value)
        for name, value in headers.items()
    }


def masked_url(url: str) -> str:
    """The URL without user, password and full phone numbers."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return masked_phone_numbers(urlunsplit(parts._replace(netloc=host)))


def masked_body(content: bytes, secrets: Iterable[str]) -> str:
    """A JSON body with codes, secrets and full phone numbers masked; of any other, its size."""
    if not content:
        return "empty"
    try:
        decoded = msgspec.json.decode(content)
    except msgspec.DecodeError:
        return f"{len(content)} bytes"
    text = msgspec.json.encode(_mask_value("", decoded)).decode()
    return without(masked_phone_numbers(text), secrets)


def _mask_value(key: str, value: object) -> object:
    match value:
        case dict():
            return {name: _mask_value(name, item) for name, item in value.items()}
        case list():
            return [_mask_value(key, item) for item in value]
        case str() if key == "check_code" or (value.isdecimal() and len(value) in _CODE_LENGTHS):
            return MASK
        case str() if key.endswith("phone_number") and not value.startswith("+"):
            return MASK + value[-2:]
        case str() if key in _TEXTS_WITH_CODES:
            return _DIGITS.sub(MASK, value)
        case _:
            return value
