"""History: whether a create and a check cost more where much is stored, and whether forgetting it stalls.

uv run python -m benchmarks.history --stored 10000 1000000
"""

import argparse
import asyncio
import gc
import secrets
import shutil
import sqlite3
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from watchword.adapters.logging import configure_logging
from watchword.adapters.store import rows
from watchword.adapters.store.opening import open_store
from watchword.adapters.store.statements import statements
from watchword.app import Watchword, open_watchword
from watchword.domain.authentication import State
from watchword.domain.code import derive_code
from watchword.domain.project import Limits, Mode, Project, ProjectSettings
from watchword.domain.start_request import StartRequest
from watchword.edges.worker import FORGET
from watchword.ports.store import Timeline
from watchword.settings import load_settings
from watchword.usecases.start_authentication import Started

DAY = 86_400_000
DAYS = 29
AT_ONCE = 64
OPERATIONS = 3_200
WANTED = 1.3
PAUSE = 50.0
NO_LIMITS = Limits(
    number_10_minutes=0, number_day=0, ip_hour=0, device_hour=0, project_hour=0, block_hour=0
)


class Cost(Struct, frozen=True):
    """Microseconds of processor time for one operation, and bytes of the file for one authentication."""

    create: float
    check: float
    bytes: float


def _database(folder: Path) -> Path:
    return next(folder.glob("*.db"))


@asynccontextmanager
async def service(folder: Path) -> AsyncIterator[Watchword]:
    """The service on a folder, with its worker at rest."""
    settings = load_settings({}, data_dir=folder, log_level="error")
    async with open_watchword(settings) as watchword:
        yield watchword


async def template_of(watchword: Watchword, project: Project) -> Timeline:
    """One authentication as it is stored when it has ended, with all its events."""
    (about,) = await created(watchword, project, [f"+336199{secrets.randbelow(10**5):05}"])
    await watchword.worker.drain()
    await checked(watchword, project, [about])
    timeline = await watchword.store.timeline(about)
    assert timeline is not None
    return timeline


def number_of(n: int) -> str:
    """The n-th French mobile number; neighbours in time are no neighbours in number."""
    mixed = n * 7919 % 60_000_000
    return f"+336{'124578'[mixed // 10_000_000]}{mixed % 10_000_000:07}"


def fill(file: Path, like: Timeline, stored: int) -> None:
    """Store so many ended authentications, spread over 29 days, as the service would have."""
    sql = statements()
    now = int(time.time() * 1000)
    ended = replace(like.authentication, state=State.VALIDATED)

    def made() -> Iterator[tuple[UUID, int, str]]:
        for n in range(stored):
            at = now - DAYS * DAY + n * DAYS * DAY // stored
            # UUID version 7 of that instant, with a counter, so that rows come in their order.
            yield UUID(int=(at << 80) | (7 << 76) | (2 << 62) | n), at, number_of(n)

    def authentications() -> Iterator[object]:
        for id_, at, e164 in made():
            number = replace(ended.number, e164=e164)
            about = replace(ended, id=id_, number=number, created_at=at, version=0)
            yield rows.from_authentication(about)

    def events() -> Iterator[object]:
        for id_, at, _ in made():
            for event in like.events:
                yield rows.from_event(id_, replace(event, at=at))

    with closing(sqlite3.connect(file, isolation_level=None)) as db:
        db.execute("PRAGMA synchronous = OFF")
        db.execute("BEGIN")
        db.executemany(sql["insert_authentication"], authentications())  # type: ignore[arg-type]
        db.executemany(sql["insert_event"], events())  # type: ignore[arg-type]
        (history,) = db.execute("SELECT body FROM numbers LIMIT 1").fetchone()
        known = rows.to_history((1, history))
        db.executemany(
            sql["insert_number"],
            (
                rows.from_history(
                    replace(known, e164=e164, authentication_id=id_, started_at=at, version=0), at
                )
                for id_, at, e164 in made()
            ),
        )
        db.execute("COMMIT")


async def created(watchword: Watchword, project: Project, numbers: list[str]) -> list[UUID]:
    """Ask for codes, all at once."""
    asked = [StartRequest(phone_number=number) for number in numbers]
    answers = await asyncio.gather(*(watchword.operations.start(project, one) for one in asked))
    assert all(isinstance(answer, Started) for answer in answers), answers[:3]
    return [answer.authentication_id for answer in answers if isinstance(answer, Started)]


async def checked(watchword: Watchword, project: Project, abouts: list[UUID]) -> None:
    """Type the right codes, all at once."""
    key = watchword.keyring.code_key(watchword.keyring.current())
    typed = [derive_code(key, about, 1, project.settings.code_length) for about in abouts]
    pairs = zip(abouts, typed, strict=True)
    answers = await asyncio.gather(
        *(watchword.operations.check_code(project, about, code) for about, code in pairs)
    )
    assert set(answers) == {"valid"}, set(answers)


async def cost(folder: Path, stored: int) -> Cost:
    """What operations cost beside so many stored authentications."""
    async with service(folder) as watchword:
        project = await watchword.manage_projects.create("history", Mode.SANDBOX)
        project = replace(project, settings=ProjectSettings(limits=NO_LIMITS))
        await watchword.store.put_project(project)
        await watchword.directory.refresh()
        like = await template_of(watchword, project)
    file = _database(folder)
    before = file.stat().st_size
    fill(file, like, stored)
    each = (file.stat().st_size - before) / stored
    async with service(folder) as watchword:
        # Numbers of the history and new ones in turn.
        numbers = [
            number_of(n * stored // OPERATIONS if n % 2 else stored + n) for n in range(OPERATIONS)
        ]
        gc.collect()
        creating = checking = 0.0
        for n in range(0, OPERATIONS, AT_ONCE):
            began = time.process_time()
            abouts = await created(
                watchword, project, list(dict.fromkeys(numbers[n : n + AT_ONCE]))
            )
            creating += time.process_time() - began
            await watchword.worker.drain()
            began = time.process_time()
            await checked(watchword, project, abouts)
            checking += time.process_time() - began
    return Cost(creating / OPERATIONS * 1e6, checking / OPERATIONS * 1e6, each)


async def longest_pause(folder: Path) -> tuple[int, float]:
    """Forget all of it in steps; how many rows went, and the longest time the loop stood still (ms)."""
    store = await open_store(_database(folder))
    longest, stop = 0.0, asyncio.Event()

    async def watch() -> None:
        nonlocal longest
        last = time.perf_counter()
        while not stop.is_set():
            await asyncio.sleep(0.001)
            now = time.perf_counter()
            longest = max(longest, (now - last) * 1000)
            last = now

    watching = asyncio.create_task(watch())
    gone, later = 0, int(time.time() * 1000) + 60 * DAY
    for _ in range(100):
        gone += await store.forget_old(later, FORGET)
        await asyncio.sleep(0)
    stop.set()
    await watching
    await store.close()
    return gone, longest


async def main(stored: list[int]) -> None:
    """Measure beside each number of stored authentications."""
    found: list[Cost] = []
    for n in stored:
        folder = Path(tempfile.mkdtemp(prefix="watchword-history-"))
        try:
            room = shutil.disk_usage(folder).free
            if room < n * 8_000:
                print(f"P5  {n:,} stored: there is no room for that on this disk")
                continue
            one = await cost(folder, n)
            found.append(one)
            print(
                f"P5  {n:>12,} stored ({one.bytes:,.0f} bytes each):"
                f" create {one.create:,.0f} µs, check {one.check:,.0f} µs"
            )
            gone, pause = await longest_pause(folder)
            print(
                f"P5  forgetting {gone:,} rows: longest pause {pause:.0f} ms (wanted {PAUSE:.0f})"
            )
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    if len(found) > 1:
        first, last = found[0], found[-1]
        print(
            f"P5  create {last.create / first.create:.2f}, check {last.check / first.check:.2f}"
            f" of the first (wanted at most {WANTED})"
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.history")
    parser.add_argument("--stored", type=int, nargs="+", default=[10_000, 1_000_000])
    configure_logging(level="error", as_json=True)
    asyncio.run(main(parser.parse_args().stored))
