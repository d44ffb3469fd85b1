"""Load: one run of wrk against a server, and what it measured."""

import re
import subprocess

from msgspec import Struct

from benchmarks.variants import API_KEY, CODE_KEY, CUSTOMER, HERE, pinned

LAG = 200
"""Requests between a create and its check: the message is sent meanwhile."""


class Measured(Struct, frozen=True):
    """One run: requests a second, latencies in milliseconds, how often each answer came."""

    rate: float
    p50: float
    p99: float
    errors: int
    answers: dict[str, int]


def load(
    url: str, what: str, *, cores: str, connections: int, seconds: float, rate: float | None = None
) -> Measured:
    """Ask as fast as answers come, or about `rate` times a second.

    Raises:
        RuntimeError: the load generator said nothing that can be read.

    """
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds:.0f}s", "--timeout", "30s"]
    command += ["-s", str(HERE / "load.lua"), url, "--"]
    pause = 0 if rate is None else round(connections / rate * 1000)
    command += [what, CUSTOMER, API_KEY, CODE_KEY.hex(), str(max(LAG, 2 * connections)), str(pause)]
    said = subprocess.run([*pinned(cores), *command], capture_output=True, text=True, check=False)
    found = re.search(r"^RESULT (.*)$", said.stdout, re.MULTILINE)
    if found is None:
        raise RuntimeError(said.stdout + said.stderr)
    told = dict(part.split("=") for part in found[1].split())
    return Measured(
        rate=int(told["requests"]) / float(told["seconds"]),
        p50=int(told["p50"]) / 1000,
        p99=int(told["p99"]) / 1000,
        errors=int(told["errors"]),
        answers={
            name.removeprefix("answer."): int(count)
            for name, count in told.items()
            if name.startswith("answer.")
        },
    )
