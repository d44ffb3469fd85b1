"""Passwords by Argon2id and one-time codes by TOTP."""

import asyncio
import base64
import hmac
import secrets
import unicodedata
from concurrent.futures import ThreadPoolExecutor

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

AT_ONCE = 2
"""Hashes worked on at once: each takes 64 MiB, and strangers can ask for them."""
STEP = 30_000
"""Milliseconds for which a one-time code stands."""


class Argon2Passwords:
    """Argon2id with the low-memory parameters of RFC 9106, 4, away from the event loop."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="passwords")
        self._nobody = _hash_of_nobody(self._hasher)

    async def hash(self, password: str) -> str:
        """What is kept of a password."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._hasher.hash, _plain(password))

    async def verify(self, kept: str | None, password: str) -> bool:
        """Whether a password is the one that was hashed."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(
            self._threads, self._fits, kept or self._nobody, _plain(password)
        )

    def outdated(self, kept: str) -> bool:
        """Whether it was hashed with other parameters than today's."""
        try:
            return self._hasher.check_needs_rehash(kept)
        except InvalidHashError:
            return True

    def _fits(self, kept: str, password: bytes) -> bool:
        try:
            return self._hasher.verify(kept, password)
        except (VerificationError, InvalidHashError):
            return False


class TimePasswords:
    """Codes as authenticators on phones make them."""

    def new_secret(self) -> str:
        """A fresh secret in base32."""
        return pyotp.random_base32()

    def step_of(self, secret: str, code: str, now_ms: int) -> int | None:
        """The time step within one of now whose code it is."""
        now, typed = now_ms // STEP, code.encode("utf-8", "surrogatepass")
        try:
            rights = {step: pyotp.HOTP(secret).at(step) for step in (now - 1, now, now + 1)}
        except ValueError:
            return None  # no base32: it was not made here
        found = [
            step for step, right in rights.items() if hmac.compare_digest(right.encode(), typed)
        ]
        return max(found, default=None)

    def uri(self, secret: str, name: str, issuer: str) -> str:
        """The address that an authenticator reads."""
        return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=issuer)


def _plain(password: str) -> bytes:
    """One spelling for the same letters, whichever keyboard typed them (NIST SP 800-63B, 5.1.1.2)."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")


def _hash_of_nobody(hasher: PasswordHasher) -> str:
    """A hash of today's parameters that no known password has."""
    salt, made = (
        base64.b64encode(secrets.token_bytes(size)).rstrip(b"=").decode()
        for size in (hasher.salt_len, hasher.hash_len)
    )
    cost = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    return f"$argon2id$v=19${cost}${salt}${made}"
