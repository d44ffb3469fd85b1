"""Console: how long pages take where much is stored: a year of reports, and a list that filters.

uv run python -m benchmarks.console --stored 1000000 10000000
"""

import argparse
import asyncio
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from uuid import UUID

from msgspec.structs import replace

from benchmarks.history import number_of, service, template_of
from watchword.adapters.logging import configure_logging
from watchword.adapters.store import rows
from watchword.adapters.store.statements import statements
from watchword.app import Watchword
from watchword.domain.authentication import Authentication, State
from watchword.domain.project import Mode, Project
from watchword.domain.rollup import COUNTS, DAY, HOUR
from watchword.edges.management.access import COOKIE

DAYS = 364
TIMES = 9
COUNTRIES = ("FR", "DE", "GB", "US", "BR", "IN", "NG", "ID", "UZ", "ES", "IT", "PL")
ACCOUNTS = ("north", "south", "chat")
STATES = (*(State.VALIDATED,) * 17, State.EXPIRED, State.EXPIRED, State.REFUSED_SPAM)
INDEXES = ("authentications_number", "authentications_correlation")


def bodies(like: Authentication, stored: int) -> Iterator[tuple[object, ...]]:
    """So many authentications over a year, as their rows."""
    now = int(time.time() * 1000)
    shapes = []
    for state in STATES:
        row = rows.from_authentication(replace(like, state=state, version=0, correlation_id=None))
        shapes.append(str(row["body"]))
    known_number, known_time = like.number.e164, str(like.created_at)
    project = like.project_id.bytes
    for n in range(stored):
        at = now - DAYS * DAY + n * DAYS * DAY // stored
        id_ = UUID(int=(at << 80) | (7 << 76) | (2 << 62) | n)
        number = number_of(n)
        body = shapes[n * 7 % len(shapes)].replace(str(like.id), str(id_))
        body = body.replace(known_number, number).replace(known_time, str(at))
        yield id_.bytes, project, number, 1, body, rows.searchable(f"order-{n}" if n % 2 else None)


def fill(file: Path, like: Authentication, stored: int) -> None:
    """Store authentications and a year of roll-ups."""
    with closing(sqlite3.connect(file, isolation_level=None)) as db:
        for pragma in ("synchronous = OFF", "journal_mode = OFF", "cache_size = -2000000"):
            db.execute(f"PRAGMA {pragma}")
        made = [
            db.execute("SELECT sql FROM sqlite_master WHERE name = ?", (name,)).fetchone()[0]
            for name in INDEXES
        ]
        for name in INDEXES:
            db.execute(f"DROP INDEX {name}")
        db.execute("BEGIN")
        db.executemany(
            "INSERT INTO authentications (id, project_id, phone_number, version, body, correlation_id)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            bodies(like, stored),
        )
        db.executemany(statements()["add_rollup"], rollups(like.project_id, stored))
        for create in made:
            db.execute(create)
        db.execute("COMMIT")
        db.execute("PRAGMA journal_mode = WAL")


def rollups(project_id: UUID, stored: int) -> Iterator[dict[str, object]]:
    """A year of hours and days, by country, channel and account."""
    now, chance = int(time.time() * 1000), random.Random(1)
    ways = len(COUNTRIES) * len(ACCOUNTS)
    for span, step in (("h", HOUR), ("d", DAY)):
        each = max(1, stored * step // (DAYS * DAY) // ways)
        for start in range(now - DAYS * DAY - now % step, now, step):
            for country in COUNTRIES:
                for account in ACCOUNTS:
                    many = chance.randint(0, 2 * each)
                    yield {
                        **dict.fromkeys(COUNTS, many // 10),
                        "started": many,
                        "sent": many,
                        "span": span,
                        "start": start,
                        "project_id": project_id.bytes,
                        "country": country,
                        "channel": "sms",
                        "account": account,
                    }


async def page(watchword: Watchword, cookie: str, path: str) -> float:
    """Milliseconds of one page, from request to answer."""
    where, _, query = path.partition("?")
    status = 0

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: object) -> None:
        nonlocal status
        if isinstance(message, dict) and message["type"] == "http.response.start":
            status = message["status"]

    scope = {
        "type": "http",
        "method": "GET",
        "path": where,
        "raw_path": where.encode(),
        "query_string": query.encode(),
        "headers": [(b"cookie", f"{COOKIE}={cookie}".encode()), (b"host", b"127.0.0.1")],
        "server": ("127.0.0.1", 80),
        "client": ("127.0.0.1", 1),
        "scheme": "http",
        "http_version": "1.1",
        "root_path": "",
    }
    began = time.perf_counter()
    await watchword.http(scope, receive, send)
    took = (time.perf_counter() - began) * 1000
    if status != 200:  # noqa: PLR2004 - HTTP
        raise RuntimeError(f"{path} was answered {status}")
    return took


async def measure(stored: int, folder: Path) -> list[tuple[str, float, float]]:
    """The first and the median time of each page."""
    async with service(folder) as watchword:
        project: Project = await watchword.manage_projects.create("shop", Mode.SANDBOX)
        like = (await template_of(watchword, project)).authentication
    began = time.perf_counter()
    fill(folder / "watchword.db", like, stored)
    print(f"{stored:,} authentications stored in {time.perf_counter() - began:.0f} s", flush=True)
    found = []
    async with service(folder) as watchword:
        link = await watchword.sign_in.make_link(await watchword.manage_operators.first_owner())
        signed = await watchword.sign_in.with_link(link)
        assert signed is not None
        (newest,) = await watchword.store.authentications_before(None, 1)
        middle = UUID(int=((newest.created_at - DAYS * DAY // 2) << 80) | (7 << 76) | (2 << 62))
        of = f"/console/{project.id}"
        pages = {
            "overview, a day": f"{of}/overview",
            "overview, a year": f"{of}/overview?period=1y",
            "fraud, a year": f"{of}/fraud?period=1y",
            "list, newest": f"{of}/authentications",
            "list, half a year ago": f"{of}/authentications?after={middle}",
            "list, refused": f"{of}/authentications?shown=refused",
            "list, of a country without any": f"{of}/authentications?country=AQ",
            "search, a number": f"{of}/authentications?search=%2B{number_of(stored // 3)[1:]}",
            "search, an id of the caller": f"{of}/authentications?search=order-{stored // 3 | 1}",
            "one authentication": f"{of}/authentication/{newest.id}",
        }
        for name, path in pages.items():
            times = [await page(watchword, signed.secret, path) for _ in range(TIMES)]
            found.append((name, times[0], statistics.median(times)))
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stored", type=int, nargs="+", default=[100_000])
    asked = parser.parse_args()
    configure_logging(level="error", as_json=False)
    for stored in asked.stored:
        with tempfile.TemporaryDirectory() as folder:
            for name, first, median in asyncio.run(measure(stored, Path(folder))):
                print(f"  {name:34} first {first:8.1f} ms   median {median:8.1f} ms", flush=True)


if __name__ == "__main__":
    main()
