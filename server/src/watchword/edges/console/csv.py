"""CSV: the lists and reports of the console as files for a spreadsheet."""

import csv
import io
from collections.abc import AsyncIterator, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
from starlette.responses import Response, StreamingResponse

from watchword.domain.money import as_decimal
from watchword.edges.console.showing import Visit
from watchword.edges.management.operation import Problem
from watchword.edges.management.table import OPERATIONS
from watchword.usecases.manage.browsing import Listed, Page
from watchword.usecases.manage.reporting import Counts, Report

MOST = 100_000
"""Lines of one file; a narrower filter gives the rest."""
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
"""Begins what a spreadsheet takes for a formula (OWASP, CSV injection)."""
LISTED = (
    *("created_at", "uuid", "phone_number", "country", "status", "channel", "account", "route"),
    *("attempts", "verified_after_ms", "cost", "correlation_id"),
)


async def as_csv(visit: Visit, name: str, query: Mapping[str, str]) -> Response:
    """A list or a report as a file.

    Raises:
        Problem: there is no such file, or it is not for this visitor.

    """
    match name:
        case "authentications":
            lines = _authentications(visit, query)
        case "overview":
            taken = OPERATIONS["read_report"].takes.__struct_fields__
            report = await visit.run("read_report", {k: v for k, v in query.items() if k in taken})
            if not isinstance(report, Report):
                raise Problem(404, "not_found", "There is no such report.")
            lines = _report(report)
        case _:
            raise Problem(404, "not_found", "There is no such file.")
    if not visit.may("list_authentications"):
        raise Problem(403, "forbidden", "This is not yours to read.")
    return StreamingResponse(
        _encoded(lines),
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": f'attachment; filename="{name}.csv"'},
    )


async def _encoded(lines: AsyncIterator[Iterable[object]]) -> AsyncIterator[bytes]:
    async for line in lines:
        text = io.StringIO()
        csv.writer(text).writerow([_safe(value) for value in line])
        yield text.getvalue().encode()


def _safe(value: object) -> object:
    if isinstance(value, str) and value.startswith(DANGEROUS):
        return f"'{value}"
    return "" if value is None else value


def _time(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="milliseconds")


async def _authentications(
    visit: Visit, query: Mapping[str, str]
) -> AsyncIterator[Iterable[object]]:
    yield LISTED
    taken = OPERATIONS["list_authentications"].takes.__struct_fields__
    given: dict[str, Any] = {k: v for k, v in query.items() if k in taken and v}
    after: UUID | None = None
    written = 0
    while written < MOST:
        page = await visit.run(
            "list_authentications", {**given, "limit": 500, "after": str(after) if after else None}
        )
        if not isinstance(page, Page):
            return
        for one in page.items:
            yield _line(one)
        written += len(page.items)
        after = page.next
        if after is None:
            return


def _line(one: Listed) -> Iterable[object]:
    return (
        _time(one.created_at),
        str(one.uuid),
        one.phone_number,
        one.country,
        one.shown.value,
        one.channel,
        one.account,
        one.route,
        one.attempts,
        one.verified_after,
        as_decimal(one.cost),
        one.correlation_id,
    )


async def _report(report: Report) -> AsyncIterator[Iterable[object]]:
    names = [field.name for field in msgspec.structs.fields(Counts)]
    yield ("kind", "name", *names)
    for point in report.course:
        yield ("time", _time(point.at), *_counts(point.counts))
    for kind in ("countries", "channels", "accounts"):
        for share in getattr(report, kind):
            yield (kind, share.name, *_counts(share.counts))


def _counts(counts: Counts) -> Iterable[object]:
    return msgspec.structs.astuple(counts)
