"""Callback record: what was posted to a caller's server, try by try, and what it answered."""

from enum import StrEnum
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

KEPT_TRIES = 40
"""Tries of one callback that are kept, the newest: two weeks of them are fewer."""


class CallbackState(StrEnum):
    """How far a callback has come."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"


class CallbackTry(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One post: when, for how many milliseconds, and what came back (HTTP status 0: nothing did)."""

    at: int
    took: int
    status: int = 0
    answer: str = ""
    because: str = ""


class CallbackRecord(Struct, frozen=True, kw_only=True):
    """One callback with its tries; `next_at` is when it is posted again. Unix milliseconds."""

    id: str
    project_id: UUID
    authentication_id: UUID
    url: str
    request: str
    created_at: int
    state: CallbackState = CallbackState.PENDING
    at: int = 0
    next_at: int | None = None
    tries: tuple[CallbackTry, ...] = ()

    def tried(
        self, one: CallbackTry, state: CallbackState, next_at: int | None = None
    ) -> "CallbackRecord":
        """The record after one more try."""
        tries = (*self.tries, one)[-KEPT_TRIES:]
        return replace(self, tries=tries, state=state, at=one.at, next_at=next_at)
