"""Signatures: what the checks of receipts have in common; every comparison takes constant time."""

import hashlib
import hmac
import re
from base64 import b64encode

from watchword.ports.provider import Inbound

REPLAY_WINDOW = 300_000
"""Milliseconds that a signature with a time in it stays good (Standard Webhooks say five minutes)."""


def same(given: str, expected: str) -> bool:
    """Whether two texts are the same, in a time that does not tell where they differ."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode())


def basic(username: str, password: str) -> str:
    """The `Authorization` header of HTTP Basic (RFC 7617)."""
    return "Basic " + b64encode(f"{username}:{password}".encode()).decode()


def hmac_base64(key: str, data: bytes, algorithm: str = "sha256") -> str:
    """The HMAC of data as Base64."""
    return b64encode(hmac.digest(key.encode(), data, algorithm)).decode()


def hmac_hex(key: str, data: bytes, algorithm: str = "sha256") -> str:
    """The HMAC of data as lower-case hexadecimal digits."""
    return hmac.digest(key.encode(), data, algorithm).hex()


def sha256_hex(data: bytes) -> str:
    """The SHA-256 of data as lower-case hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def timely(inbound: Inbound, seconds: str) -> bool:
    """Whether a time in Unix seconds lies within the replay window around a request's arrival."""
    if not re.fullmatch("[0-9]{1,12}", seconds):
        return False
    return abs(inbound.at - int(seconds) * 1000) <= REPLAY_WINDOW
