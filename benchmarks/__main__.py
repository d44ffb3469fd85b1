"""Measure: start every variant in turn, load it, and print medians, ratios and the machine."""

import argparse
import contextlib
import os
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import benchmarks.variants as start
from benchmarks.load import Measured, load
from benchmarks.report import write_page
from benchmarks.results import Results, machine

Start = Callable[[str], AbstractContextManager[str]]


def _url(made: AbstractContextManager[tuple[str, object]]) -> AbstractContextManager[str]:
    @contextlib.contextmanager
    def opened() -> Iterator[str]:
        with made as (url, _):
            yield url

    return opened()


@contextlib.contextmanager
def _on_postgres(cores: str, *, batched: bool = True, workers: int = 1) -> Iterator[str]:
    with (
        start.postgres(cores) as database,
        start.watchword(cores, database_url=database, batched=batched, workers=workers) as (url, _),
    ):
        yield url


VARIANTS: dict[str, Start] = {
    "empty handler": start.empty,
    "otpgateway, default": lambda cores: start.otpgateway(cores, "default"),
    "otpgateway, everysec": lambda cores: start.otpgateway(cores, "everysec"),
    "otpgateway, always": lambda cores: start.otpgateway(cores, "always"),
    "embedded, strict": lambda cores: _url(start.watchword(cores)),
    "embedded, normal": lambda cores: _url(start.watchword(cores, durability="normal")),
    "PostgreSQL": _on_postgres,
    "PostgreSQL, one statement at a time": lambda cores: _on_postgres(cores, batched=False),
}
"""What is compared: one core for server and store, the load generator on another."""
OPERATIONS = ("create", "retry", "status")
WARM_UP, HALF_LOAD = 3.0, 6.0
"""Seconds: the first load metadata of numbers and statements, the others tell the slowest in a hundred."""


def measure(names: list[str], what: str, *, args: argparse.Namespace) -> dict[str, list[Measured]]:
    """Each variant in turn, several times over, so that a noisy minute hits all of them."""
    found: dict[str, list[Measured]] = defaultdict(list)
    for _ in range(args.rounds):
        for name in names:
            with VARIANTS[name](args.server_core) as url:
                asked = "empty" if name == "empty handler" else what
                for connections in args.connections:
                    one = load(
                        url,
                        asked,
                        cores=args.load_core,
                        connections=connections,
                        seconds=args.seconds,
                    )
                    found[f"{name} @{connections}"].append(one)
                    told = f"{one.rate:9,.0f}/s  p50 {one.p50:6.1f}  p99 {one.p99:6.1f} ms"
                    print(f"  {what:7} {name:38} {connections:4}  {told}  {one.answers}")
    return found


def at_half_load(name: str, rate: float, args: argparse.Namespace) -> Measured:
    """The same flow at half of what saturates it, on a server that has worked for a while."""
    with VARIANTS[name](args.server_core) as url:
        load(url, "flow", cores=args.load_core, connections=64, seconds=WARM_UP)
        return load(
            url,
            "flow",
            cores=args.load_core,
            connections=64,
            seconds=max(args.seconds, HALF_LOAD),
            rate=rate / 2,
        )


def in_processes(args: argparse.Namespace) -> list[float]:
    """Flows a second of one and of two processes on PostgreSQL, which share all cores with the load."""
    cores = f"{args.load_core},{args.server_core}"
    rates = []
    for workers in (1, 2):
        with _on_postgres(cores, workers=workers) as url:
            load(url, "flow", cores=cores, connections=64, seconds=WARM_UP)
            one = load(url, "flow", cores=cores, connections=64, seconds=max(args.seconds, 4))
            rates.append(one.rate)
    return rates


def memory_under_load(args: argparse.Namespace) -> list[float]:
    """Megabytes each ten seconds of so many minutes under load."""
    samples: list[float] = []
    with start.watchword(args.server_core) as (url, process):
        for _ in range(args.memory_minutes * 6):
            load(url, "flow", cores=args.load_core, connections=64, seconds=10)
            samples.append(_resident(process.pid))
    return samples


def start_and_memory(args: argparse.Namespace) -> dict[str, float]:
    """Seconds until it is ready, and megabytes before and after work (P6, P8)."""
    began = time.perf_counter()
    with start.watchword(args.server_core) as (url, process):
        ready = time.perf_counter() - began
        asked = time.perf_counter()
        subprocess.run(
            [sys.executable, "-c", start.MAIN, "--help"], capture_output=True, check=True
        )
        helped = time.perf_counter() - asked
        fresh = _resident(process.pid)
        load(url, "flow", cores=args.load_core, connections=64, seconds=args.seconds)
        worked = _resident(process.pid)
        return {"ready_s": ready, "help_s": helped, "fresh_mb": fresh, "worked_mb": worked}


def _resident(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text("ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=2)
    parser.add_argument("--connections", type=int, nargs="+", default=[64])
    parser.add_argument("--only", nargs="+", default=list(VARIANTS), metavar="VARIANT")
    parser.add_argument("--operations", action="store_true", help="single operations too")
    parser.add_argument("--processes", action="store_true", help="one and two on PostgreSQL")
    parser.add_argument("--memory-minutes", type=int, default=0, help="under load")
    parser.add_argument("--page", action="store_true", help="write docs/explanation/performance.md")
    cores = sorted(os.sched_getaffinity(0))
    parser.add_argument("--server-core", default=str(cores[-1]))
    parser.add_argument("--load-core", default=str(cores[0]))
    args = parser.parse_args()

    print(machine())
    results = Results(machine=machine(), flow=measure(args.only, "flow", args=args))
    if args.operations:
        for what in OPERATIONS:
            names = [name for name in args.only if name.startswith("embedded, strict")]
            results.operations[what] = measure(names, what, args=args)
    for name in ("embedded, strict", "PostgreSQL"):
        runs = results.flow.get(f"{name} @64")
        if runs:
            rate = statistics.median(run.rate for run in runs)
            results.half[name] = at_half_load(name, rate, args)
    results.process = start_and_memory(args)
    if args.processes:
        results.processes = in_processes(args)
    if args.memory_minutes:
        results.memory = memory_under_load(args)
    print(results.text())
    if args.page:
        write_page(results)


if __name__ == "__main__":
    main()
