"""Reporting: how a project fared in a period, against the one before, from counts by the hour or day."""

from collections.abc import Callable, Iterable, Sequence
from uuid import UUID

from msgspec import Struct

from watchword.domain.rollup import ANY_REASON, DAY, HOUR, Refused, Rollup, Way, total
from watchword.ports.clock import Clock
from watchword.ports.reports import Period, Reports

MONTH = 32 * DAY
"""Milliseconds up to which a report goes by the hour."""
MOST_REFUSALS = 2_000
MOST_POINTS = 120
"""Points of a chart; hours are put together above that."""


class Counts(Struct, frozen=True, kw_only=True):
    """What happened; `kept` is what refused messages would have cost, and amounts are micros.

    Times are seconds: the median and the 95th percentile until a message arrived and until the code was
    typed. What cannot be told is None.
    """

    started: int
    refused: int
    kept: int
    sent: int
    failed: int
    delivered: int
    undeliverable: int
    verified: int
    wrong: int
    cost: int
    conversion: float | None
    arrival: float | None
    cost_per_verified: float | None
    delivered_p50: float | None
    delivered_p95: float | None
    verified_p50: float | None
    verified_p95: float | None


class Point(Struct, frozen=True):
    """Counts from an instant on, in Unix milliseconds."""

    at: int
    counts: Counts


class Share(Struct, frozen=True):
    """Counts of one country, channel or provider account."""

    name: str
    counts: Counts


class RefusedShare(Struct, frozen=True):
    """How many requests were refused for one reason, or to one prefix, and what that kept."""

    name: str
    count: int
    kept: int


class Report(Struct, frozen=True, kw_only=True):
    """A period, the one of the same length before it, its course, and where it happened."""

    since: int
    until: int
    step: int
    now: Counts
    before: Counts
    course: tuple[Point, ...]
    countries: tuple[Share, ...]
    channels: tuple[Share, ...]
    accounts: tuple[Share, ...]


class FraudReport(Struct, frozen=True, kw_only=True):
    """What was refused in a period: its course, by reason, by prefix and by country."""

    since: int
    until: int
    step: int
    now: Counts
    before: Counts
    course: tuple[Point, ...]
    reasons: tuple[RefusedShare, ...]
    prefixes: tuple[RefusedShare, ...]
    countries: tuple[RefusedShare, ...]


class Reporting(Struct, frozen=True):
    """Reads roll-ups alone, never events: a year of ten million takes as long as a day."""

    reports: Reports
    clock: Clock

    async def __call__(self, project_id: UUID | None, since: int, until: int) -> Report:
        """Everything about a period, of one project or of all."""
        since, step = _steps(since, until)
        period = Period(since, until, project_id)
        course = await self.reports.over_time(period)
        before = await self.reports.over_time(_before(period))
        ways = await self.reports.by_way(period)
        return Report(
            since=since,
            until=until,
            step=step,
            now=counts_of(total(rollup for _, rollup in course)),
            before=counts_of(total(rollup for _, rollup in before)),
            course=_course(course, since, until, step),
            countries=_shares(ways, lambda way: way.country or "none"),
            channels=_shares(ways, lambda way: way.channel),
            accounts=_shares(ways, lambda way: way.account),
        )

    async def fraud(self, project_id: UUID | None, since: int, until: int) -> FraudReport:
        """What was refused in a period."""
        since, step = _steps(since, until)
        period = Period(since, until, project_id)
        course = await self.reports.over_time(period)
        before = await self.reports.over_time(_before(period))
        refused = await self.reports.refusals(period, MOST_REFUSALS)
        once = [one for one in refused if one.reason == ANY_REASON]
        return FraudReport(
            since=since,
            until=until,
            step=step,
            now=counts_of(total(rollup for _, rollup in course)),
            before=counts_of(total(rollup for _, rollup in before)),
            course=_course(course, since, until, step),
            reasons=_refused([r for r in refused if r.reason], lambda one: one.reason),
            prefixes=_refused(once, lambda one: one.prefix),
            countries=_refused(once, lambda one: one.country or "none"),
        )

    async def hits(self, project_id: UUID, since: int) -> Sequence[Refused]:
        """Refusals by country, prefix and reason since an instant."""
        period = Period(since, self.clock.now() + HOUR, project_id)
        return await self.reports.refusals(period, MOST_REFUSALS)


def counts_of(rollup: Rollup) -> Counts:
    """The counts of a roll-up, and what follows from them."""
    return Counts(
        **{
            name: rollup[name]
            for name in Counts.__struct_fields__
            if Counts.__annotations__[name] is int
        },
        conversion=rollup.conversion,
        arrival=rollup.arrival,
        cost_per_verified=rollup.cost_per_verified,
        delivered_p50=rollup.seconds("delivered", 0.5),
        delivered_p95=rollup.seconds("delivered", 0.95),
        verified_p50=rollup.seconds("verified", 0.5),
        verified_p95=rollup.seconds("verified", 0.95),
    )


def _before(period: Period) -> Period:
    length = period.until - period.since
    return Period(period.since - length, period.since, period.project_id)


def _steps(since: int, until: int) -> tuple[int, int]:
    """Where a period begins, and milliseconds between points: hours, several of them, or days.

    What is counted by the day begins with a whole one, or its first day would be in no period.
    """
    if until - since > MONTH:
        return since - since % DAY, DAY
    for hours in (1, 2, 3, 6):
        if (until - since) / (hours * HOUR) <= MOST_POINTS:
            return since, hours * HOUR
    return since, 12 * HOUR


def _course(
    found: Iterable[tuple[int, Rollup]], since: int, until: int, step: int
) -> tuple[Point, ...]:
    """One point for each step, also where nothing happened."""
    points = {at: Rollup() for at in range(since - since % step, until, step)}
    for at, rollup in found:
        place = at - at % step
        if place in points:
            points[place].add(rollup)
    return tuple(Point(at, counts_of(rollup)) for at, rollup in points.items())


def _shares(ways: Iterable[tuple[Way, Rollup]], name_of: Callable[[Way], str]) -> tuple[Share, ...]:
    """Counts by name, most first; what went no way has no name and is left out."""
    found: dict[str, Rollup] = {}
    for way, rollup in ways:
        name = name_of(way)
        if name:
            found.setdefault(name, Rollup()).add(rollup)
    shares = [Share(name, counts_of(rollup)) for name, rollup in found.items()]
    return tuple(
        sorted(shares, key=lambda share: (-share.counts.started, -share.counts.sent, share.name))
    )


def _refused(
    refused: Iterable[Refused], name_of: Callable[[Refused], str]
) -> tuple[RefusedShare, ...]:
    found: dict[str, tuple[int, int]] = {}
    for one in refused:
        count, kept = found.get(name_of(one), (0, 0))
        found[name_of(one)] = count + one.count, kept + one.kept
    shares = [RefusedShare(name, count, kept) for name, (count, kept) in found.items()]
    return tuple(sorted(shares, key=lambda share: (-share.count, share.name)))
