"""The machine's clock, time-ordered identifiers, and chance."""

import random
import time
from uuid import UUID

from uuid_utils.compat import uuid7


class SystemClock:
    """The clock port on this machine."""

    def now(self) -> int:
        """The present in Unix milliseconds."""
        return time.time_ns() // 1_000_000

    def new_id(self) -> UUID:
        """A version 7 UUID; a counter within the millisecond keeps them apart and in order."""
        return uuid7()

    def chance(self) -> float:
        """A number between 0 and 1, for jitter and for nothing that must be hard to guess."""
        return random.random()  # noqa: S311 - jitter
