"""Alert: a budget of which so much is spent that somebody should know, raised once for each level."""

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

import msgspec
from msgspec import Struct

from watchword.domain.money import as_decimal

LEVELS = (50, 80, 100)
"""Per cent of a budget at which an alert is raised."""


class Alert(Struct, frozen=True, kw_only=True):
    """So many per cent of a budget are spent.

    `period` and `country` name the budget as spend caps do (`*` is all countries), `start` is when its
    window began; amounts are micros, times Unix milliseconds.
    """

    project_id: UUID
    period: str
    country: str
    start: int
    level: int
    spent: int
    cap: int
    currency: str
    at: int

    @property
    def subject(self) -> str:
        """The budget, apart from its window."""
        return f"{self.period} {self.country}"


def levels_reached(spent: int, cap: int) -> Iterator[int]:
    """The levels at or below what is spent; all of them where nothing at all may be spent."""
    for level in LEVELS:
        if spent * 100 >= cap * level:
            yield level


class AlertBody(Struct, frozen=True, kw_only=True):
    """What is posted to a project's `alert_url`."""

    id: str
    type: str
    project_uuid: UUID
    period: str
    country: str
    level: int
    spent: str
    cap: str
    currency: str
    window_start: str
    time: str


def alert_body(alert: Alert, message_id: str) -> str:
    """The JSON text of an alert, signed and delivered as callbacks are."""
    return msgspec.json.encode(
        AlertBody(
            id=message_id,
            type="budget_alert",
            project_uuid=alert.project_id,
            period=alert.period,
            country=alert.country,
            level=alert.level,
            spent=str(as_decimal(alert.spent)),
            cap=str(as_decimal(alert.cap)),
            currency=alert.currency,
            window_start=_time(alert.start),
            time=_time(alert.at),
        )
    ).decode()


def _time(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
