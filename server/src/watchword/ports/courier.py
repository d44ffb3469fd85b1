"""Courier: brings a signed callback to the caller's server."""

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct


class Delivered(Struct, frozen=True):
    """The server acknowledged, with this HTTP status and the beginning of what it wrote."""

    status: int = 200
    answer: str = ""


class NotDelivered(Struct, frozen=True):
    """It did not; `because` says why without naming what was sent. Status 0: there was no answer."""

    because: str
    status: int = 0
    answer: str = ""


class Courier(Protocol):
    """Carries callbacks with the headers of Standard Webhooks beside the body."""

    async def post(
        self, url: str, body: bytes, *, message_id: str, sent_at: int, secrets: Sequence[str]
    ) -> Delivered | NotDelivered:
        """POST a body, signed with every secret; only 2xx within 15 seconds acknowledges it.

        `sent_at` is in Unix milliseconds; `secrets` are `whsec_…`, the current one first.
        """
        ...
