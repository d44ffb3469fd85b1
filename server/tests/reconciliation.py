"""Reconciliation: what clients were told against what the database and the inbox hold, after faults.

It reads the tables themselves, with none of the service's own queries, so that it can find them wrong.
"""

import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import UUID

from msgspec import Struct
from server.tests.postgres import psql

from watchword.domain.sandbox import Outcome, sandbox_outcome

SILENT = {Outcome.UNDELIVERABLE, Outcome.TIME_OUT}
"""Parts of sandbox numbers whose messages need not come to the inbox."""
STATES = {
    "pending": {"open", "validated", "expired"},
    "rate_limited": {"refused_rate"},
    "spam_detected": {"refused_spam"},
}
"""What may be stored of an authentication that was answered so."""
VALID = {"valid", "already_validated"}


class Report(Struct, frozen=True, kw_only=True):
    """What does not agree; each entry is an authentication's uuid, or `uuid#attempt`.

    `lost`: answered, but absent or stored as something else. `undelivered`: an attempt whose message
    is not in the inbox (yet: look again while the service works). `duplicates`: one entry for each
    message of an attempt beyond its first. `unmarked`: an attempt with duplicates of which no event
    says `possible_duplicate`.
    """

    lost: tuple[str, ...]
    undelivered: tuple[str, ...]
    duplicates: tuple[str, ...]
    unmarked: tuple[str, ...]


class Ledger:
    """What clients were answered. What had no answer, or no 200, is not recorded: it may be or not."""

    def __init__(self) -> None:
        self.started: dict[UUID, str] = {}
        self.validated: set[UUID] = set()
        self.retries: Counter[UUID] = Counter()
        self.statuses: Counter[str] = Counter()

    def start(self, authentication: str | UUID, status: str) -> None:
        """Asking for a code was answered so."""
        self.started[UUID(str(authentication))] = status
        self.statuses[f"start {status}"] += 1

    def check(self, authentication: str | UUID, status: str) -> None:
        """A check was answered so."""
        if status in VALID:
            self.validated.add(UUID(str(authentication)))
        self.statuses[f"check {status}"] += 1

    def retry(self, authentication: str | UUID, status: str) -> None:
        """Asking for another message was answered so."""
        if status == "approved":
            self.retries[UUID(str(authentication))] += 1
        self.statuses[f"retry {status}"] += 1


class _Stored:
    """What a database holds of authentications, their messages and their events."""

    def __init__(self, database: Path | str) -> None:
        self.authentications = dict(_rows(database, "authentications", "id", "body"))
        self.messages: Counter[tuple[UUID, int]] = Counter(
            (UUID(body["authentication_id"]), body["attempt_number"])
            for _, body in _rows(database, "inbox", "id", "body")
        )
        self.marked: dict[UUID, set[int]] = defaultdict(set)
        for authentication, what in _rows(database, "events", "authentication_id", "what"):
            if what["type"] == "attempt" and what.get("possible_duplicate"):
                self.marked[authentication].add(what["attempt_number"])


def _rows(database: Path | str, table: str, key: str, body: str) -> Iterator[tuple[UUID, Any]]:
    if isinstance(database, Path):
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as other:
            lines = [row[0] for row in other.execute(f"SELECT hex({key}) || {body} FROM {table}")]
    else:
        lines = psql(database, f"SELECT encode({key}, 'hex') || {body} FROM {table}").split("\n")
    return ((UUID(line[:32]), json.loads(line[32:])) for line in lines if line)


def reconcile(database: Path | str, ledger: Ledger) -> Report:
    """Compare; for sandbox projects, whose inbox is in the database."""
    stored = _Stored(database)
    duplicates = {sent: count - 1 for sent, count in stored.messages.items() if count > 1}
    return Report(
        lost=tuple(
            str(authentication)
            for authentication, status in ledger.started.items()
            if not _stands(
                stored.authentications.get(authentication), authentication, status, ledger
            )
        ),
        undelivered=tuple(
            f"{authentication}#{attempt}"
            for authentication in ledger.started
            for attempt in _promised(stored.authentications.get(authentication))
            if (authentication, attempt) not in stored.messages
        ),
        duplicates=tuple(
            f"{authentication}#{attempt}"
            for (authentication, attempt), more in duplicates.items()
            for _ in range(more)
        ),
        unmarked=tuple(
            f"{authentication}#{attempt}"
            for authentication, attempt in duplicates
            if attempt not in stored.marked[authentication]
        ),
    )


def _stands(found: Any, authentication: UUID, status: str, ledger: Ledger) -> bool:
    """Whether what was answered of an authentication is so."""
    if found is None or found["state"] not in STATES[status]:
        return False
    if authentication in ledger.validated and found["state"] != "validated":
        return False
    asked = [attempt for attempt in found["attempts"] if attempt["trigger"] != "fallback"]
    expected = (status == "pending") + ledger.retries[authentication]
    return len(asked) >= expected


def _promised(found: Any) -> Iterator[int]:
    """The attempts whose messages must be in the inbox."""
    if found is None or sandbox_outcome(found["number"]["e164"]) in SILENT:
        return
    for attempt in found["attempts"]:
        # A message that was still waiting when the person was validated is rightly not sent.
        if not (attempt["status"] == "expired" and found["state"] == "validated"):
            yield attempt["number"]
