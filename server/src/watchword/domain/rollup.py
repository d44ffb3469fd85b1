"""Roll-up: what happened in an hour and a day, counted by country and by the way messages went."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from uuid import UUID

from msgspec import Struct

from watchword.domain.attempt import DeliveryStatus
from watchword.domain.authentication import Authentication
from watchword.domain.check import CheckStatus
from watchword.domain.event import TYPED, Attempted, Checked, DeliveryReported, Event, Screened
from watchword.domain.screening.verdict import Decision

HOUR = 3_600_000
DAY = 24 * HOUR
BOUNDS = (3, 5, 8, 12, 20, 30, 60, 120)
"""Seconds at which times are told apart; the last of the nine counts is of all above."""
COUNTS = (
    "started",
    "refused",
    "kept",
    "sent",
    "failed",
    "delivered",
    "undeliverable",
    "verified",
    "wrong",
    "cost",
    *(f"delivered_{place}" for place in range(len(BOUNDS) + 1)),
    *(f"verified_{place}" for place in range(len(BOUNDS) + 1)),
)
"""What is counted, in the order of `Rollup.counts`; `kept` and `cost` are micros."""
_PLACE = {name: place for place, name in enumerate(COUNTS)}
PREFIX = 8
"""Characters of a number, with its `+`, by which refusals are counted."""


class Way(Struct, frozen=True):
    """By what counts are told apart; channel and account are empty before a message was sent."""

    country: str
    channel: str = ""
    account: str = ""


class Rollup:
    """Counts of one place in time and space, which can be added up."""

    __slots__ = ("counts",)

    def __init__(self, counts: Sequence[int] | None = None) -> None:
        self.counts = [int(count) for count in counts] if counts else [0] * len(COUNTS)

    def __getitem__(self, name: str) -> int:
        return self.counts[_PLACE[name]]

    def count(self, name: str, amount: int = 1) -> None:
        """Add to one count."""
        self.counts[_PLACE[name]] += amount

    def add(self, other: "Rollup") -> None:
        """Add all counts of another."""
        self.counts = [mine + its for mine, its in zip(self.counts, other.counts, strict=True)]

    @property
    def conversion(self) -> float | None:
        """The share of authentications that were let through and were verified."""
        passed = self["started"] - self["refused"]
        return min(1.0, self["verified"] / passed) if passed > 0 else None

    @property
    def arrival(self) -> float | None:
        """The share of sent messages of which an arrival is known."""
        return min(1.0, self["delivered"] / self["sent"]) if self["sent"] else None

    @property
    def cost_per_verified(self) -> float | None:
        """Micros."""
        return self["cost"] / self["verified"] if self["verified"] else None

    def seconds(self, what: str, share: float) -> float | None:
        """The time within which a share of messages was `delivered`, or of people `verified`.

        Reckoned from counts between bounds, so it is about right; above the last bound it is that.
        """
        found = [self[f"{what}_{place}"] for place in range(len(BOUNDS) + 1)]
        wanted = share * sum(found)
        if wanted <= 0:
            return None
        low = 0.0
        for count, bound in zip(found, BOUNDS, strict=False):
            if count >= wanted:
                return low + (bound - low) * wanted / count
            wanted -= count
            low = float(bound)
        return low


def total(rollups: Iterable[Rollup]) -> Rollup:
    """All of them added up."""
    whole = Rollup()
    for rollup in rollups:
        whole.add(rollup)
    return whole


Counted = tuple[str, int, int | None]
"""What is counted, by how much, and of which attempt."""


def rollups_of(about: Authentication, events: Iterable[Event]) -> dict[Way, Rollup]:
    """What the events of one decision add; `about` is the authentication after it."""
    counted: list[Counted] = [] if about.version else [("started", 1, None)]
    for event in events:
        counted += _counted(about, event)
    found: dict[Way, Rollup] = {}
    for name, amount, attempt_number in counted:
        found.setdefault(_way(about, attempt_number), Rollup()).count(name, amount)
    return found


def _way(about: Authentication, attempt_number: int | None) -> Way:
    country = about.number.region or ""
    if not attempt_number or attempt_number > len(about.attempts):
        return Way(country)
    attempt = about.attempt(attempt_number)
    return Way(country, attempt.channel or "", attempt.account or "")


def _counted(about: Authentication, event: Event) -> Iterator[Counted]:
    match event.what:
        case Screened(verdict, price) if verdict.decision is not Decision.ALLOW:
            yield "refused", 1, None
            yield "kept", price, None
        case Attempted() as attempted:
            yield from _of_attempt(about, attempted)
        case DeliveryReported() as report:
            yield from _of_report(about, report, event.at)
        case Checked(status=CheckStatus.VALID, attempt_number=number):
            yield "verified", 1, number
            yield f"verified_{_bucket(event.at - about.created_at)}", 1, number
        case Checked(status=CheckStatus.INVALID):
            yield "wrong", 1, None


def _of_attempt(about: Authentication, attempted: Attempted) -> Iterator[Counted]:
    number = attempted.attempt_number
    if number > len(about.attempts):  # one that was refused
        return
    attempt = about.attempt(number)
    if attempt.sent_at is None:
        yield "failed", 1, number
    elif attempt.account is not None:
        yield "sent", 1, number
        yield "cost", attempt.price, number


def _of_report(about: Authentication, report: DeliveryReported, at: int) -> Iterator[Counted]:
    number = report.attempt_number
    if number > len(about.attempts):
        return
    if report.status is DeliveryStatus.UNDELIVERABLE:
        yield "undeliverable", 1, number
    elif report.status is DeliveryStatus.DELIVERED:
        yield "delivered", 1, number
        sent = about.attempt(number).sent_at
        if sent is not None and report.cause != TYPED:
            yield f"delivered_{_bucket(at - sent)}", 1, number


def _bucket(milliseconds: int) -> int:
    return bisect_left(BOUNDS, milliseconds / 1000)


ANY_REASON = ""
"""Stands for all reasons of a refusal together."""


class Refused(Struct, frozen=True):
    """Requests that were refused, for one reason or (`ANY_REASON`) in all.

    `kept` is what their messages would have cost, in micros; a request with several reasons counts
    under each.
    """

    project_id: UUID
    country: str
    prefix: str
    reason: str
    count: int
    kept: int


def refusals_of(about: Authentication, events: Iterable[Event]) -> Iterator[Refused]:
    """The refusals among events: one in all, and one for each reason that decided."""
    for event in events:
        match event.what:
            case Screened(verdict, price) if verdict.decision is not Decision.ALLOW:
                for reason in (ANY_REASON, *filter(None, verdict.reasons.split(", "))):
                    yield Refused(
                        about.project_id,
                        about.number.region or "",
                        about.number.e164[:PREFIX],
                        reason,
                        1,
                        price,
                    )
