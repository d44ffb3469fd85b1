"""Keyring: the secrets that never sit in the database."""

from typing import Protocol
from uuid import UUID


class UnknownKeyError(LookupError):
    """A row names a key that this process was not given."""


class Keyring(Protocol):
    """Named keys; new codes use the current one, older codes the one their row names."""

    def current(self) -> str:
        """The id of the key new codes are derived with."""
        ...

    def code_key(self, key_id: str) -> bytes:
        """The key of that id, for codes.

        Raises:
            UnknownKeyError: no such key was given.

        """
        ...

    def digest_key(self) -> bytes:
        """32 bytes for digests of what may not be kept; the same until the oldest key is dropped."""
        ...

    def seal(self, plain: bytes, context: str) -> str:
        """Encrypt under the current key; it opens only in the same context. Begins with the key's id."""
        ...

    def unseal(self, sealed: str, context: str) -> bytes:
        """What was sealed.

        Raises:
            UnknownKeyError: the key is not here, or what was sealed was changed or moved.

        """
        ...

    def callback_secrets(self, project_id: UUID) -> tuple[str, ...]:
        """A project's callback signing secrets (`whsec_…`), the current one first."""
        ...


class RotatingKeyring(Keyring, Protocol):
    """A keyring whose keys can be changed while processes use it."""

    def rotate(self) -> str:
        """Add a fresh key and make it the current one; its id."""
        ...

    def ids(self) -> tuple[str, ...]:
        """The id of every key, the current one first."""
        ...

    def drop(self, name: str) -> None:
        """Take out a key that is not the current one."""
        ...
