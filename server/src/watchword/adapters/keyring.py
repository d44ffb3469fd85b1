"""Keyring in a file beside the database, or in the environment; never in the database."""

import base64
import contextlib
import hashlib
import hmac
import json
import os
import secrets
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from watchword.ports.keyring import UnknownKeyError

KEY_BYTES = 32
NONCE_BYTES = 12


class KeyringError(Exception):
    """The keys cannot be read, or are not keys; the message says what to do."""


class FileKeyring:
    """Keys by id; the one named as current is for what is new, the others still open what is older.

    The file is JSON, `{"current": "k1", "keys": {"k1": "<base64 of 32 bytes>"}}`, readable by its
    owner alone. A process reads it again when it has changed, so a rotation needs no restart.
    """

    def __init__(self, current: str, keys: dict[str, bytes], path: Path | None = None) -> None:
        self._current = current
        self._keys = keys
        self._path = path
        self._seen = _mark(path)

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
        except OSError as error:
            raise KeyringError(f"{path} cannot be made: {error}") from error
        return cls(*_read(path), path)

    @classmethod
    def from_text(cls, text: str) -> "FileKeyring":
        """Keys given as base64, the current one first, with commas between them.

        Each is named by its own digest, so that every process agrees.

        Raises:
            KeyringError: one is not the base64 of 32 bytes.

        """
        try:
            keys = [_key(part.strip()) for part in text.split(",")]
        except ValueError as error:
            raise KeyringError(f"WATCHWORD_CODE_KEY: {error}") from error
        named = {hashlib.sha256(key).hexdigest()[:8]: key for key in keys}
        return cls(next(iter(named)), named)

    def refresh(self) -> None:
        """Read the file again if it has changed; what cannot be read leaves the keys as they are."""
        mark = _mark(self._path)
        if self._path is None or mark == self._seen:
            return
        with contextlib.suppress(KeyringError):
            self._current, self._keys = _read(self._path)
            self._seen = mark

    def rotate(self) -> str:
        """Add a fresh key to the file and make it the current one; its id.

        Raises:
            KeyringError: the keys are not in a file, or it cannot be written.

        """
        name = f"k{1 + max((int(id_[1:]) for id_ in self._keys if id_[1:].isdigit()), default=0)}"
        fresh = secrets.token_bytes(KEY_BYTES)
        self._replace(name, self._keys | {name: fresh})
        return name

    def drop(self, name: str) -> None:
        """Take a key that is not the current one out of the file.

        Codes under it are wrong from now on, and callbacks no longer carry its signature.

        Raises:
            KeyringError: it is the current one or not there, or the file cannot be written.

        """
        if name == self._current or name not in self._keys:
            raise KeyringError(f"{name!r} is the current key, or none of {', '.join(self._keys)}")
        self._replace(self._current, {id_: key for id_, key in self._keys.items() if id_ != name})

    def _replace(self, current: str, keys: dict[str, bytes]) -> None:
        if self._path is None:
            raise KeyringError("the keys come from WATCHWORD_CODE_KEY: change them there")
        try:
            draft = _written_aside(self._path, current, keys)
            draft.replace(self._path)
        except OSError as error:
            raise KeyringError(f"{self._path} cannot be written: {error}") from error
        self._current, self._keys, self._seen = current, keys, _mark(self._path)

    def ids(self) -> tuple[str, ...]:
        """The id of every key, the current one first."""
        return (self._current, *(name for name in self._keys if name != self._current))

    def current(self) -> str:
        """The id of the key new codes are derived with."""
        return self._current

    def code_key(self, key_id: str) -> bytes:
        """The key of that id, for codes."""
        if key_id not in self._keys:
            self.refresh()  # another process may have rotated a moment ago
        try:
            return self._keys[key_id]
        except KeyError:
            raise UnknownKeyError(f"the key {key_id!r} is not in the keyring") from None

    def digest_key(self) -> bytes:
        """A key of its own, derived from the key of the lowest id."""
        return hmac.digest(self._keys[min(self._keys)], b"digest", hashlib.sha256)

    def seal(self, plain: bytes, context: str) -> str:
        """Encrypt with AES-256-GCM (NIST SP 800-38D) under a key derived from the current one."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        cipher = AESGCM(_sealing_key(self._keys[self._current]))
        sealed = nonce + cipher.encrypt(nonce, plain, context.encode())
        return f"{self._current}.{base64.b64encode(sealed).decode()}"

    def unseal(self, sealed: str, context: str) -> bytes:
        """What was sealed."""
        name, _, text = sealed.partition(".")
        key = _sealing_key(self.code_key(name))
        try:
            content = base64.b64decode(text, validate=True)
            return AESGCM(key).decrypt(
                content[:NONCE_BYTES], content[NONCE_BYTES:], context.encode()
            )
        except (ValueError, InvalidTag):
            raise UnknownKeyError(f"what is sealed for {context!r} was changed") from None

    def callback_secrets(self, project_id: UUID) -> tuple[str, ...]:
        """One secret per key, the current first: while keys rotate, callbacks carry both signatures."""
        return tuple(
            "whsec_" + base64.b64encode(_callback_secret(self._keys[name], project_id)).decode()
            for name in self.ids()
        )


def _mark(path: Path | None) -> tuple[int, int, int] | None:
    try:
        found = path.stat() if path is not None else None
    except OSError:
        return None
    return (found.st_mtime_ns, found.st_ino, found.st_size) if found else None


def _read(path: Path) -> tuple[str, dict[str, bytes]]:
    try:
        document = json.loads(path.read_text(encoding="ascii"))
        keys = {name: _key(text) for name, text in document["keys"].items()}
        current = document["current"]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise KeyringError(f"{path} is no readable key file: {error}") from error
    if current not in keys:
        raise KeyringError(f"{path} names {current!r} as current and does not hold it")
    return current, keys


def _callback_secret(key: bytes, project_id: UUID) -> bytes:
    return hmac.digest(key, b"callback" + project_id.bytes, hashlib.sha256)


def _sealing_key(key: bytes) -> bytes:
    return hmac.digest(key, b"seal", hashlib.sha256)


def _key(text: str) -> bytes:
    key = base64.b64decode(text, validate=True)
    if len(key) != KEY_BYTES:
        raise ValueError(f"a key is {KEY_BYTES} bytes in base64, this has {len(key)}")
    return key


def _write_new(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Written aside and linked in, so that of two processes that start at once one key wins.
    draft = _written_aside(path, "k1", {"k1": secrets.token_bytes(KEY_BYTES)})
    try:
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink()


def _written_aside(path: Path, current: str, keys: dict[str, bytes]) -> Path:
    encoded = {name: base64.b64encode(key).decode() for name, key in keys.items()}
    text = json.dumps({"current": current, "keys": encoded}, indent=2)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return draft
