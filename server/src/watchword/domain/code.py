"""One-time codes: derived from a secret for every attempt, compared in constant time, never stored."""

import hashlib
import hmac
import unicodedata
from collections.abc import Iterable
from uuid import UUID

MIN_LENGTH = 4
MAX_LENGTH = 10


def derive_code(key: bytes, authentication_id: UUID, attempt_number: int, length: int) -> str:
    """The code of one attempt: HMAC-SHA-256 over what identifies it, reduced to `length` digits.

    Reducing 256 bits modulo 10^length leaves a bias below 10^-60, so digits are uniform and
    leading zeros as likely as any other (RFC 4226 truncates to 31 bits, whose bias is visible).
    """
    message = authentication_id.bytes + attempt_number.to_bytes(4, "big")
    digest = hmac.digest(key, message, hashlib.sha256)
    return str(int.from_bytes(digest, "big") % 10**length).zfill(length)


def normalise_typed(text: str) -> str:
    """What a person meant: spaces and hyphens dropped, any script's decimal digits made ASCII."""
    if text.isascii() and text.isdecimal():
        return text
    kept = (char for char in text if not (char.isspace() or unicodedata.category(char) == "Pd"))
    return "".join(
        str(digit) if (digit := unicodedata.decimal(char, None)) is not None else char
        for char in kept
    )


def matching_attempt(typed: str, codes: Iterable[str]) -> int | None:
    """The number, from 1, of the first attempt whose code was typed; every code is compared, always."""
    given = typed.encode()
    found = None
    for number, code in enumerate(codes, start=1):
        if hmac.compare_digest(given, code.encode()) and found is None:
            found = number
    return found
