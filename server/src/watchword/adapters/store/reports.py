"""Reports: that port of the store, said in named statements."""

from collections.abc import Sequence
from uuid import UUID

from watchword.adapters.store import rows
from watchword.adapters.store.engine import Params
from watchword.adapters.store.writing import EnginePart
from watchword.domain.authentication import Authentication
from watchword.domain.callback_record import CallbackRecord, CallbackState
from watchword.domain.rollup import DAY, Refused, Rollup, Way
from watchword.ports.reports import Period
from watchword.ports.store import InboxMessage

BY_THE_HOUR = 32 * DAY
"""Milliseconds up to which a period is reported by the hour, and above which by the day."""
NEWEST = bytes([255] * 16)


class EngineReports(EnginePart):
    """What the console reads."""

    async def over_time(self, period: Period) -> Sequence[tuple[int, Rollup]]:
        """Counts by the hour or day."""
        (found,) = await self._engine.read(("rollups_over_time", _spanning(period)))
        return [(row[0], Rollup(row[1:])) for row in found]

    async def by_way(self, period: Period) -> Sequence[tuple[Way, Rollup]]:
        """Counts by country, channel and account."""
        (found,) = await self._engine.read(("rollups_by_way", _spanning(period)))
        return [(Way(row[0], row[1], row[2]), Rollup(row[3:])) for row in found]

    async def refusals(self, period: Period, limit: int) -> Sequence[Refused]:
        """Refusals, most first."""
        (found,) = await self._engine.read(("refusals", {**_of(period), "limit": limit}))
        return [rows.to_refused(row) for row in found]

    async def authentications_before(
        self, before: UUID | None, limit: int
    ) -> Sequence[Authentication]:
        """Authentications, newest first."""
        params = {"before": before.bytes if before else NEWEST, "limit": limit}
        return await self._listed("authentications_before", params)

    async def authentications_of(self, e164: str, limit: int) -> Sequence[Authentication]:
        """Those of a number."""
        params = {"phone_number": e164, "limit": limit}
        return await self._listed("authentications_with_number", params)

    async def correlated(self, correlation_id: str, limit: int) -> Sequence[Authentication]:
        """Those that have the caller's own id."""
        params = {"correlation_id": rows.searchable(correlation_id), "limit": limit}
        found = await self._listed("authentications_with_correlation", params)
        return [one for one in found if one.correlation_id == correlation_id]

    async def _listed(self, name: str, params: Params) -> Sequence[Authentication]:
        (found,) = await self._engine.read((name, params))
        return [rows.to_authentication(row) for row in found]

    async def callback(self, callback_id: str) -> CallbackRecord | None:
        """One callback."""
        row = await self._one("callback", {"id": callback_id})
        return rows.to_callback(row) if row else None

    async def callbacks(
        self, period: Period, state: CallbackState | None, limit: int
    ) -> Sequence[CallbackRecord]:
        """Callbacks by their last try."""
        project = {k: v for k, v in _of(period).items() if k != "until"}
        params = {
            **project,
            "before": period.until,
            "state": state.value if state else "",
            "limit": limit,
        }
        (found,) = await self._engine.read(("callbacks", params))
        return [rows.to_callback(row) for row in found]

    async def callbacks_of(self, authentication_id: UUID) -> Sequence[CallbackRecord]:
        """Those of one authentication."""
        params = {"authentication_id": authentication_id.bytes}
        (found,) = await self._engine.read(("callbacks_of", params))
        return [rows.to_callback(row) for row in found]

    async def inbox_everywhere(self, limit: int) -> Sequence[InboxMessage]:
        """The newest sandbox messages."""
        (found,) = await self._engine.read(("inbox_everywhere", {"limit": limit}))
        return [rows.to_inbox_message(row) for row in found]


def _of(period: Period) -> Params:
    project = period.project_id
    return {
        "since": period.since,
        "until": period.until,
        "project_id": project.bytes if project else b"",
        "everywhere": int(project is None),
    }


def _spanning(period: Period) -> Params:
    long = period.until - period.since > BY_THE_HOUR
    return {**_of(period), "span": "d" if long else "h"}
