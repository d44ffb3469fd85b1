"""Passwords: what tells that somebody knows a password, or holds the device that makes one-time codes."""

from typing import Protocol


class Passwords(Protocol):
    """A slow hash for passwords, never quick to guess at (NIST SP 800-63B, 5.1.1.2)."""

    async def hash(self, password: str) -> str:
        """What is kept of a password."""
        ...

    async def verify(self, kept: str | None, password: str) -> bool:
        """Whether a password is the one that was hashed.

        With None, where nobody has a password, it takes as long and is False.
        """
        ...

    def outdated(self, kept: str) -> bool:
        """Whether today's hash of the same password would be harder to guess."""
        ...


class OneTimePasswords(Protocol):
    """Time-based one-time codes (RFC 6238): six digits, a step of 30 seconds, HMAC-SHA-1."""

    def new_secret(self) -> str:
        """A fresh secret of 160 bits (RFC 4226, 4) in base32."""
        ...

    def step_of(self, secret: str, code: str, now_ms: int) -> int | None:
        """The time step whose code it is: this one, the one before or the one after, or None.

        It takes the same time whatever the digits are.
        """
        ...

    def uri(self, secret: str, name: str, issuer: str) -> str:
        """The `otpauth://` address that an authenticator reads as a QR code."""
        ...
