"""Audit: what operators did, in a chain of hashes that shows where somebody changed it afterwards."""

import hashlib
from collections.abc import Iterable

import msgspec
from msgspec import Struct

GENESIS = bytes(32)
"""What stands for the hash before the first entry."""


class AuditNote(Struct, frozen=True, kw_only=True):
    """One thing an operator did, before it has its place; `at` is in Unix milliseconds.

    `actor` is who (`cli:alice`, `watchword` itself), `action` what (`project.changed`), `subject` to
    what. `detail` holds neither secrets nor a whole phone number.
    """

    at: int
    actor: str
    action: str
    subject: str
    detail: dict[str, str] = {}


class AuditEntry(Struct, frozen=True, kw_only=True):
    """A note in its place; `hash` is SHA-256 over the hash before it and everything else here."""

    sequence: int
    note: AuditNote
    hash: bytes


def follow(sequence: int, previous: bytes, note: AuditNote) -> AuditEntry:
    """The entry after the one with that hash."""
    return AuditEntry(sequence=sequence, note=note, hash=_hash(sequence, previous, note))


def _hash(sequence: int, previous: bytes, note: AuditNote) -> bytes:
    content = msgspec.json.encode((sequence, note), order="sorted")
    return hashlib.sha256(previous + content).digest()


def first_broken(
    entries: Iterable[AuditEntry], sequence: int = 0, previous: bytes = GENESIS
) -> int | None:
    """The sequence number at which a chain is broken, None for a whole one.

    `sequence` and `previous` are of the entry before the first. An entry that was changed, removed or
    put in breaks the chain there. Entries cut off at the end do not: compare the last hash with one
    that was written down elsewhere.
    """
    for entry in entries:
        sequence += 1
        if entry.sequence != sequence or entry.hash != _hash(sequence, previous, entry.note):
            return sequence
        previous = entry.hash
    return None
