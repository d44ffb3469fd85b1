"""Soak: minutes of mixed load on PostgreSQL while every so often a random process is killed.

    python -m server.tests.faults.soak --minutes 30 --every 20

Two API processes and two workers are killed at random and started again; a third API process is left
alone, to see whether its memory stays flat. Now and then PostgreSQL itself crashes. At the end every
answer is compared with the database. Exits 1 where anything was lost.
"""

import argparse
import asyncio
import json
import random
import signal
import sys
import tempfile
import time
from pathlib import Path

from server.tests.faults.load import Load, session
from server.tests.postgres import PostgresServer, free_port
from server.tests.processes import Process
from server.tests.reconciliation import reconcile

LEASE_SECONDS = 60
PEOPLE = 8
THINKING = 0.1
"""Seconds between one person and the next: the machine is shared with those who watch."""


def memory(process: Process) -> int:
    """Resident memory in kilobytes."""
    status = Path(f"/proc/{process.process.pid}/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if "VmRSS" in line)


class Soak:
    """The processes, and what befalls them."""

    def __init__(self, database: str, folder: Path) -> None:
        self._database = database
        self._folder = folder
        self._ports = [free_port() for _ in range(3)]
        self.kills = 0
        self.processes: list[Process] = []

    @property
    def urls(self) -> list[str]:
        return [f"http://127.0.0.1:{port}" for port in self._ports]

    def _start(self, place: int) -> Process:
        if place < len(self._ports):
            command = ["serve", "--no-worker", "--port", str(self._ports[place])]
        else:
            command = ["worker"]
        return Process(*command, data_dir=self._folder, database_url=self._database)

    def start(self) -> None:
        for place in range(5):
            self.processes.append(self._start(place).ready())

    def kill_one(self) -> None:
        """Kill any but the last API process, and start it again."""
        place = random.choice([0, 1, 3, 4])
        self.processes[place].kill()
        self.processes[place] = self._start(place).ready()
        self.kills += 1

    def stop(self) -> list[int]:
        return [process.stop() for process in self.processes]


async def steady(load: Load, until: float) -> None:
    """Send people in, a few at a time, with all addresses known again after each."""
    urls = list(load.urls)
    while time.monotonic() < until:
        load.urls = list(urls)
        await load.flow()
        await asyncio.sleep(THINKING)


async def run(minutes: float, every: float) -> int:
    server = PostgresServer()
    with tempfile.TemporaryDirectory(prefix="watchword-soak-") as folder:
        database = server.new_database()
        soak = Soak(database, Path(folder))
        await asyncio.to_thread(soak.start)
        crashes = 0
        sizes: list[int] = []
        async with session() as http:
            load = Load(soak.urls, http)
            until = time.monotonic() + minutes * 60
            people = [asyncio.create_task(steady(load, until)) for _ in range(PEOPLE)]
            while time.monotonic() < until - every:
                await asyncio.sleep(every)
                if soak.kills % 10 == 9:
                    await asyncio.to_thread(server.stop, signal.SIGQUIT)
                    await asyncio.to_thread(server.start)
                    crashes += 1
                await asyncio.to_thread(soak.kill_one)
                sizes.append(memory(soak.processes[2]))
            await asyncio.gather(*people)
            await asyncio.sleep(LEASE_SECONDS + 5)
            load.urls = [soak.urls[2]]
            found = await asyncio.to_thread(reconcile, database, load.ledger)
            codes = await asyncio.to_thread(soak.stop)
        server.close()
    report = {
        "minutes": minutes,
        "kills": soak.kills,
        "database crashes": crashes,
        "answered": len(load.answered),
        "validated": load.validated,
        "statuses": dict(load.statuses),
        "lost": len(found.lost),
        "undelivered": len(found.undelivered),
        "duplicates": len(found.duplicates),
        "duplicates not marked": len(found.unmarked),
        "right codes not accepted": len(load.wrong),
        "memory kB of the process left alone": sizes[:: max(1, len(sizes) // 10)],
        "exit codes": codes,
    }
    print(json.dumps(report, indent=2))
    return int(bool(found.lost or found.undelivered or found.unmarked))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--every", type=float, default=20, help="seconds between kills")
    chosen = parser.parse_args()
    sys.exit(asyncio.run(run(chosen.minutes, chosen.every)))
