"""Removal: how the store takes away a project with all that is in it, a bounded portion at a time."""

from uuid import UUID

from watchword.adapters.store.engine import Step
from watchword.adapters.store.writing import EnginePart
from watchword.domain.audit import AuditNote
from watchword.domain.rollup import HOUR

PORTION = 1_000
"""Rows of one kind that one transaction removes, and authentications that it looks through."""
FIRST, LAST = bytes(16), bytes([255] * 16)
OF_ITS_OWN = (
    "remove_tasks",
    "remove_numbers",
    "remove_inbox",
    "remove_answers",
    "remove_counters",
    "remove_spend",
    "remove_rollups",
    "remove_refusals",
    "remove_alerts",
    "remove_orphaned_callbacks",
    "remove_hosted_sessions",
)
"""Statements for the tables whose rows name their project."""


OF_AUTHENTICATIONS = ("remove_events", "remove_callbacks", "remove_sent_messages")
"""Statements for the tables whose rows name their authentication."""


class EngineRemoval(EnginePart):
    """The part of the registry that removes a project."""

    async def remove_project(self, project_id: UUID, note: AuditNote) -> int:
        """Remove a project; the project itself goes last, so that a removal that failed goes on."""
        removed, after = 0, FIRST
        while after != LAST:
            next_to = {"after": after, "skipped": PORTION - 1}
            row = await self._one("authentication_after", next_to)
            until = bytes(row[0]) if row else LAST
            removed += await self._remove_between(project_id, after, until)
            after = until
        portion = {"project_id": project_id.bytes, "limit": PORTION}
        own = tuple(Step(name, portion) for name in OF_ITS_OWN)
        full = True
        while full:
            gone = await self._write(*own, relaxed=True)
            removed += sum(map(len, gone))
            full = any(len(rows) == PORTION for rows in gone)
        itself = tuple(
            Step(name, portion) for name in ("remove_api_keys", "remove_balance", "remove_project")
        )
        steps = (*own, *itself, Step("raise_directory_version", {}))
        return removed + sum(map(len, await self._audited(steps, note)))

    async def _remove_between(self, project_id: UUID, after: bytes, until: bytes) -> int:
        """Remove the project's among some neighbouring authentications, with all that is theirs."""
        params = {
            "project_id": project_id.bytes,
            "after": after,
            "until": until,
            "since": _moment(after),
            "before": _moment(until) + HOUR,
        }
        # Two writes: within one, an engine may carry out statements in an order of its own.
        theirs = await self._write(
            *(Step(name, params) for name in OF_AUTHENTICATIONS), relaxed=True
        )
        gone = await self._write(Step("remove_authentications", params), relaxed=True)
        return sum(map(len, theirs)) + sum(map(len, gone))


def _moment(authentication_id: bytes) -> int:
    """When an id was made, in Unix milliseconds (RFC 9562, 5.7)."""
    return int.from_bytes(authentication_id[:6], "big")
