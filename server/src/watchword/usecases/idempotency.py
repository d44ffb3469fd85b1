"""Idempotency: a request sent twice under one key is carried out once."""

from typing import TypeVar

import msgspec
from msgspec import Struct

from watchword.domain.errors import ErrorCode, Refusal
from watchword.domain.project import Project
from watchword.ports.store import SavedAnswer, Store

T = TypeVar("T")
LIFETIME = 24 * 60 * 60 * 1000


class IdempotencyKey(Struct, frozen=True):
    """The caller's key, and a digest of the request it came with."""

    key: str
    fingerprint: bytes


async def kept_answer(
    store: Store, project: Project, idempotency: IdempotencyKey | None, now: int, kind: type[T]
) -> T | Refusal | None:
    """The answer already given under this key, a refusal where the request was another."""
    if idempotency is None:
        return None
    kept = await store.answer(project.id, idempotency.key, now - LIFETIME)
    if kept is None:
        return None
    if kept.fingerprint != idempotency.fingerprint:
        return Refusal(
            ErrorCode.IDEMPOTENCY_KEY_REUSED,
            "this Idempotency-Key was used for another request in the last 24 hours",
        )
    return msgspec.json.decode(kept.answer, type=kind)


def to_keep(idempotency: IdempotencyKey | None, answer: bytes, now: int) -> SavedAnswer | None:
    """What to write beside the change, so that a repeat finds it."""
    if idempotency is None:
        return None
    return SavedAnswer(
        key=idempotency.key,
        fingerprint=idempotency.fingerprint,
        answer=answer,
        created_at=now,
    )
