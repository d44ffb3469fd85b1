"""Late courier: the courier, made when the first callback is posted, so that no start waits for it."""

import importlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from watchword.ports.courier import Delivered, NotDelivered

if TYPE_CHECKING:
    from watchword.adapters.courier import HttpCourier

LATE = "watchword.adapters.courier"


def load_courier() -> None:
    """Import what the courier needs, which takes a third of a second."""
    importlib.import_module(LATE)


class LateCourier:
    """The courier port over `HttpCourier`."""

    def __init__(self, *, allow_private: bool) -> None:
        self._allow_private = allow_private
        self._courier: HttpCourier | None = None

    def _open(self) -> "HttpCourier":
        from watchword.adapters.courier import HttpCourier  # noqa: PLC0415 - what this file is for

        if self._courier is None:
            self._courier = HttpCourier(allow_private=self._allow_private)
        return self._courier

    async def post(
        self, url: str, body: bytes, *, message_id: str, sent_at: int, secrets: Sequence[str]
    ) -> Delivered | NotDelivered:
        """POST a body, signed with every secret."""
        return await self._open().post(
            url, body, message_id=message_id, sent_at=sent_at, secrets=secrets
        )

    async def close(self) -> None:
        """Close every connection."""
        if self._courier is not None:
            await self._courier.close()
