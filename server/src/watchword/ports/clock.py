"""Clock: the time and fresh identifiers, so that nothing below asks the machine itself."""

from typing import Protocol
from uuid import UUID


class Clock(Protocol):
    """Where time, time-ordered ids and chance come from."""

    def now(self) -> int:
        """The present in Unix milliseconds."""
        ...

    def new_id(self) -> UUID:
        """A new time-ordered identifier (RFC 9562, version 7), larger than all before it here."""
        ...

    def chance(self) -> float:
        """A number between 0 and 1, for jitter."""
        ...
