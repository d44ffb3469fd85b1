"""Reports: the part of the store that the console reads: counts, lists, callbacks and their tries."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from msgspec import Struct

from watchword.domain.authentication import Authentication
from watchword.domain.callback_record import CallbackRecord, CallbackState
from watchword.domain.rollup import Refused, Rollup, Way
from watchword.ports.store import InboxMessage


class Period(Struct, frozen=True):
    """From `since` up to, not including, `until`, in Unix milliseconds; of one project or of all."""

    since: int
    until: int
    project_id: UUID | None = None


class Reports(Protocol):
    """Every method may raise `StoreUnavailableError`."""

    async def over_time(self, period: Period) -> Sequence[tuple[int, Rollup]]:
        """Counts by the hour, over a month and more by the day, oldest first; none where nothing was."""
        ...

    async def by_way(self, period: Period) -> Sequence[tuple[Way, Rollup]]:
        """Counts by country, channel and provider account."""
        ...

    async def refusals(self, period: Period, limit: int) -> Sequence[Refused]:
        """Refusals by country, prefix and reason, most first."""
        ...

    async def authentications_before(
        self, before: UUID | None, limit: int
    ) -> Sequence[Authentication]:
        """So many authentications of all projects, newest first, older than one of them."""
        ...

    async def authentications_of(self, e164: str, limit: int) -> Sequence[Authentication]:
        """The newest authentications of a number, in all projects."""
        ...

    async def correlated(self, correlation_id: str, limit: int) -> Sequence[Authentication]:
        """The newest authentications that callers gave an id of theirs, in all projects."""
        ...

    async def callback(self, callback_id: str) -> CallbackRecord | None:
        """One callback with its tries; None before its first try."""
        ...

    async def callbacks(
        self, period: Period, state: CallbackState | None, limit: int
    ) -> Sequence[CallbackRecord]:
        """Callbacks by their last try, newest first."""
        ...

    async def callbacks_of(self, authentication_id: UUID) -> Sequence[CallbackRecord]:
        """The callbacks of one authentication, oldest first."""
        ...

    async def inbox_everywhere(self, limit: int) -> Sequence[InboxMessage]:
        """The newest sandbox messages of all projects, newest first."""
        ...
