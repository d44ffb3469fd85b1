"""Keyring in a file beside the database, or in the environment; never in the database."""

import base64
import hashlib
import hmac
import json
import os
import secrets
from pathlib import Path
from uuid import UUID

from watchword.ports.keyring import UnknownKeyError

KEY_BYTES = 32


class KeyringError(Exception):
    """The keys cannot be read, or are not keys; the message says what to do."""


class FileKeyring:
    """Keys by id; the one named last is current, the others still open older codes.

    The file is JSON, `{"current": "k1", "keys": {"k1": "<base64 of 32 bytes>"}}`, readable by its
    owner alone.
    """

    def __init__(self, current: str, keys: dict[str, bytes]) -> None:
        self._current = current
        self._keys = keys

    def __repr__(self) -> str:
        """The ids alone."""
        return f"FileKeyring({', '.join(self._keys)})"

    @classmethod
    def open(cls, path: Path) -> "FileKeyring":
        """Read the key file, made with a fresh key where there is none.

        Raises:
            KeyringError: it cannot be read or made, or holds something else.

        """
        try:
            if not path.exists():
                _write_new(path)
            document = json.loads(path.read_text(encoding="ascii"))
            keys = {name: _key(text) for name, text in document["keys"].items()}
            current = document["current"]
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise KeyringError(f"{path} is no readable key file: {error}") from error
        if current not in keys:
            raise KeyringError(f"{path} names {current!r} as current and does not hold it")
        return cls(current, keys)

    @classmethod
    def from_text(cls, text: str) -> "FileKeyring":
        """One key given as base64, named by its own digest so that every process agrees.

        Raises:
            KeyringError: it is not the base64 of 32 bytes.

        """
        try:
            key = _key(text)
        except ValueError as error:
            raise KeyringError(f"WATCHWORD_CODE_KEY: {error}") from error
        name = hashlib.sha256(key).hexdigest()[:8]
        return cls(name, {name: key})

    def current(self) -> str:
        """The id of the key new codes are derived with."""
        return self._current

    def code_key(self, key_id: str) -> bytes:
        """The key of that id, for codes."""
        try:
            return self._keys[key_id]
        except KeyError:
            raise UnknownKeyError(f"the key {key_id!r} is not in the keyring") from None

    def callback_secrets(self, project_id: UUID) -> tuple[str, ...]:
        """One secret per key, the current first: while keys rotate, callbacks carry both signatures."""
        names = [self._current, *(name for name in self._keys if name != self._current)]
        return tuple(
            "whsec_" + base64.b64encode(_callback_secret(self._keys[name], project_id)).decode()
            for name in names
        )


def _callback_secret(key: bytes, project_id: UUID) -> bytes:
    return hmac.digest(key, b"callback" + project_id.bytes, hashlib.sha256)


def _key(text: str) -> bytes:
    key = base64.b64decode(text, validate=True)
    if len(key) != KEY_BYTES:
        raise ValueError(f"a key is {KEY_BYTES} bytes in base64, this has {len(key)}")
    return key


def _write_new(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    key = base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()
    text = json.dumps({"current": "k1", "keys": {"k1": key}}, indent=2)
    # Written aside and linked in, so that of two processes that start at once one key wins.
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            return
    finally:
        draft.unlink()
