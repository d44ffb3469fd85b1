"""Results: medians of runs, ratios between variants, and the machine they are true of."""

import os
import platform
import statistics
from pathlib import Path

import msgspec
from msgspec import Struct

from benchmarks.load import Measured

RATIOS = (
    ("P1", "embedded, strict", "otpgateway, always", 6),
    ("P1", "embedded, strict", "otpgateway, default", 3),
    ("P1", "embedded, normal", "otpgateway, everysec", 5),
    ("P2", "PostgreSQL", "otpgateway, always", 2),
    ("P2", "PostgreSQL", "PostgreSQL, one statement at a time", 3),
    ("P4", "embedded, strict", "empty handler", 0.4),
)
"""What is compared with what, and the ratio that is aimed at."""


class Results(Struct):
    """Everything that one invocation measured; keys of runs are `variant @connections`."""

    machine: str
    flow: dict[str, list[Measured]]
    operations: dict[str, dict[str, list[Measured]]] = msgspec.field(default_factory=dict)
    half: dict[str, Measured] = msgspec.field(default_factory=dict)
    process: dict[str, float] = msgspec.field(default_factory=dict)
    processes: list[float] = msgspec.field(default_factory=list)
    memory: list[float] = msgspec.field(default_factory=list)

    def rate(self, variant: str) -> float:
        """The median rate of a variant's flow."""
        return statistics.median(run.rate for run in self.flow[variant])

    def connections(self) -> list[str]:
        """The numbers of connections that were measured, as text."""
        return sorted({name.rpartition("@")[2] for name in self.flow}, key=int)

    def ratios(self) -> list[tuple[str, str, float, float]]:
        """(target, what, ratio, wanted) wherever both sides were measured."""
        found = []
        for target, ours, theirs, wanted in RATIOS:
            for n in self.connections():
                one, other = f"{ours} @{n}", f"{theirs} @{n}"
                if one in self.flow and other in self.flow:
                    ratio = self.rate(one) / self.rate(other)
                    found.append((target, f"{ours} ÷ {theirs} @{n}", ratio, wanted))
        return found

    def rows(self) -> list[tuple[str, ...]]:
        """One row a variant: rate, latencies, share of answers that were as they should be."""
        return [
            (
                name,
                f"{self.rate(name):,.0f}",
                f"{statistics.median(run.p50 for run in runs):.1f}",
                f"{statistics.median(run.p99 for run in runs):.1f}",
                f"{_share(runs):.1%}",
            )
            for name, runs in self.flow.items()
        ]

    def text(self) -> str:
        """All of it, for a terminal."""
        lines = [self.machine, ""]
        for name, rate, p50, p99, share in self.rows():
            lines.append(f"{name:45} {rate:>9}/s  p50 {p50:>6}  p99 {p99:>6} ms  {share}")
        lines.append("")
        for target, what, ratio, wanted in self.ratios():
            lines.append(f"{target}  {what:62} {ratio:5.2f}  (wanted {wanted})")
        for what, found in self.operations.items():
            for name, runs in found.items():
                rate = f"{statistics.median(run.rate for run in runs):,.0f}"
                lines.append(f"{what:8} {name:40} {rate:>9}/s")
        for name, one in self.half.items():
            told = f"{one.rate:,.0f}/s: p50 {one.p50:.1f}, p99 {one.p99:.1f} ms"
            lines.append(f"P3  {name} at {told}  (wanted 20)")
        if self.process:
            told = ", ".join(f"{name} {value:.2f}" for name, value in self.process.items())
            lines.append(f"P6, P8  {told}")
        return "\n".join([*lines, *self.remarks()])

    def remarks(self) -> list[str]:
        """What was measured of several processes and of memory, a line each."""
        lines = []
        if self.processes:
            one, two = self.processes
            lines.append(
                f"P9  two processes on PostgreSQL {two:,.0f}/s, one {one:,.0f}/s:"
                f" {two / one:.2f} (wanted 1.7; database and load share the same cores)"
            )
        if self.memory:
            half = len(self.memory) // 2
            first, last = statistics.mean(self.memory[:half]), statistics.mean(self.memory[half:])
            lines.append(
                f"P6  {len(self.memory) / 6:.0f} minutes under load: {first:.0f} MB in the first half,"
                f" {last:.0f} MB in the second, {max(self.memory):.0f} MB at most"
            )
        return lines


def _share(runs: list[Measured]) -> float:
    good = sum(run.answers.get(word, 0) for run in runs for word in ("pending", "valid", "200"))
    return good / max(1, sum(count for run in runs for count in run.answers.values()))


def machine() -> str:
    """The machine in a line: a figure is true of one only."""
    model = "unknown processor"
    for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
        if line.startswith("model name"):
            model = line.partition(": ")[2]
            break
    return (
        f"{model}, {os.cpu_count()} cores, Linux {platform.release()},"
        f" Python {platform.python_version()}; one core for server and store, one for the load"
    )
