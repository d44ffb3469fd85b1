"""API key: a secret that names a project, told apart by prefix and checksum, kept only as a hash."""

import hashlib
import zlib
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
SECRET_BYTES = 32
"""Randomness in a key: 256 bits."""


class Scope(StrEnum):
    """What a key may do."""

    OTP = "otp"
    LOOKUP = "lookup"
    INBOX = "inbox"


class ApiKey(Struct, frozen=True, kw_only=True):
    """A key as it is kept: `hint` shows its beginning and end, `digest` is its SHA-256."""

    id: UUID
    project_id: UUID
    digest: bytes
    hint: str
    created_at: int
    name: str = ""
    scopes: tuple[Scope, ...] = tuple(Scope)
    last_used_at: int | None = None
    revoked_at: int | None = None


def _base62(number: int, width: int) -> str:
    digits = ""
    while number:
        number, rest = divmod(number, 62)
        digits = _DIGITS[rest] + digits
    return digits.rjust(width, "0")


def format_key(secret: bytes, *, sandbox: bool) -> str:
    """The key a person copies: `ww_test_` or `ww_live_`, 43 digits of secret, 6 of CRC-32."""
    body = ("ww_test_" if sandbox else "ww_live_") + _base62(int.from_bytes(secret, "big"), 43)
    return body + _base62(zlib.crc32(body.encode()), 6)


def is_well_formed(key: str) -> bool:
    """Whether a key is ours and was copied whole, told by its checksum without any look-up."""
    body, check = key[:-6], key[-6:]
    return body.startswith(("ww_test_", "ww_live_")) and check == _base62(
        zlib.crc32(body.encode()), 6
    )


def digest(key: str) -> bytes:
    """What is kept of a key. A 256-bit random secret needs no slow hash (NIST SP 800-63B, 5.1.1)."""
    return hashlib.sha256(key.encode()).digest()


def hint(key: str) -> str:
    """Enough of a key to recognise it and too little to use it."""
    return f"{key[:12]}…{key[-2:]}" if len(key) >= 24 else f"{key[:2]}…"  # noqa: PLR2004 - shortest key whose 14 shown characters leave enough unsaid
