"""Engine: what the store needs of a database, whichever it is."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from msgspec import Struct

Row = Sequence[Any]
Params = Mapping[str, Any]
Query = tuple[str, Params]
"""A named statement that reads, and what it asks for."""


class Step(Struct, frozen=True):
    """One statement of a write; where it `decides` and touches no row, the whole write is undone."""

    statement: str
    params: Params
    decides: bool = False


class Engine(Protocol):
    """A database with the statements of `sql/`. Every method may raise `StoreUnavailableError`."""

    @property
    def schema_version(self) -> int:
        """The newest schema step that was applied."""
        ...

    async def read(self, *queries: Query) -> list[list[Row]]:
        """The rows of each query."""
        ...

    async def write(
        self, steps: Sequence[Step], *, relaxed: bool = False
    ) -> list[list[Row]] | None:
        """Carry out all steps or none; what each returned, or None where a race was lost.

        A `relaxed` write need not be on disk when it is answered, only safe from a killed process.
        """
        ...

    def on_commit(self, listener: Callable[[], None]) -> None:
        """Call `listener` after each commit."""
        ...

    async def close(self) -> None:
        """Finish what is gathered, then let go of the database."""
        ...
