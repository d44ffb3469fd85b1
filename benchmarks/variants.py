"""Variants: what is measured, each started anew on the server's core and ended with its folder."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from server.tests.postgres import PostgresServer, free_port

HERE = Path(__file__).parent
CUSTOMER = "0198c0de-0000-7000-8000-000000000001"
API_KEY = "a-key-of-more-than-16-characters"
CODE_KEY = bytes(32)
PATIENCE = 30
"""Seconds a server has to start."""
FSYNC = {"default": "no", "everysec": "everysec", "always": "always"}
UNBATCHED = "import watchword.adapters.store.lanes as lanes; lanes.LARGEST_BATCH = 1; "
MAIN = "from watchword.cli.main import main; main()"


def pinned(cores: str) -> list[str]:
    """What pins a program, and all it starts, to cores."""
    return ["taskset", "-c", cores]


@contextlib.contextmanager
def program(
    command: list[str], cores: str, **environment: str
) -> Iterator[subprocess.Popen[bytes]]:
    """A program that runs meanwhile; it is asked to end, and killed where it does not."""
    process = subprocess.Popen(
        [*pinned(cores), *command],
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for(url: str) -> float:
    """Wait until a server answers; how many seconds that took."""
    began = time.perf_counter()
    while time.perf_counter() - began < PATIENCE:
        try:
            urllib.request.urlopen(url, timeout=1).read()
        except urllib.error.HTTPError:
            return time.perf_counter() - began
        except OSError:
            time.sleep(0.02)
        else:
            return time.perf_counter() - began
    raise RuntimeError(f"{url} does not answer")


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    """A folder that is thrown away."""
    made = Path(tempfile.mkdtemp(prefix="watchword-bench-"))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


@contextlib.contextmanager
def watchword(
    cores: str,
    *,
    durability: str = "strict",
    database_url: str | None = None,
    batched: bool = True,
    workers: int = 1,
    data_dir: Path | None = None,
) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """The service with its worker, as `watchword serve` starts it, its log lines on."""
    port = free_port()
    given = {
        "WATCHWORD_DURABILITY": durability,
        "WATCHWORD_BOOTSTRAP_CUSTOMER_UUID": CUSTOMER,
        "WATCHWORD_BOOTSTRAP_API_KEY": API_KEY,
        "WATCHWORD_CODE_KEY": "A" * 43 + "=",
        "WATCHWORD_LOG_FORMAT": "json",
    }
    if database_url:
        given["WATCHWORD_DATABASE_URL"] = database_url
    if not batched:
        given["WATCHWORD_DATABASE_LANES"] = "16"
    with folder() as made:
        given["WATCHWORD_DATA_DIR"] = str(data_dir or made)
        command = [sys.executable, "-c", MAIN if batched else UNBATCHED + MAIN]
        command += ["serve", "--port", str(port)]
        if workers > 1:
            command += ["--workers", str(workers)]
        with program(command, cores, **given) as process:
            url = f"http://127.0.0.1:{port}"
            wait_for(f"{url}/livez")
            yield url, process


@contextlib.contextmanager
def postgres(cores: str) -> Iterator[str]:
    """A PostgreSQL that puts its commits on disk, on the same core."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {int(core) for core in cores.split(",")})
    try:
        server = PostgresServer("shared_buffers=256MB", "fsync=on", "max_wal_size=4GB")
    finally:
        os.sched_setaffinity(0, before)
    try:
        yield server.new_database()
    finally:
        server.close()


@contextlib.contextmanager
def empty(cores: str) -> Iterator[str]:
    """A handler with nothing to do, on the HTTP stack of the service."""
    port = free_port()
    with program([sys.executable, "-m", "benchmarks.empty", str(port)], cores):
        url = f"http://127.0.0.1:{port}"
        wait_for(url)
        yield url


@contextlib.contextmanager
def otpgateway(cores: str, fsync: str) -> Iterator[str]:
    """The stand-in for knadh/otpgateway: Go's HTTP server and Redis, sharing the core."""
    port = free_port()
    with folder() as made:
        socket = str(made / "redis.sock")
        redis = ["redis-server", "--port", "0", "--unixsocket", socket, "--dir", str(made)]
        if FSYNC[fsync] == "no":
            redis += ["--appendonly", "no", "--save", ""]
        else:
            redis += ["--appendonly", "yes", "--appendfsync", FSYNC[fsync], "--save", ""]
        standin = [str(built()), f"127.0.0.1:{port}", socket, CODE_KEY.hex()]
        with program(redis, cores):
            while not Path(socket).exists():
                time.sleep(0.02)
            with program(standin, cores, GOMAXPROCS="1"):
                url = f"http://127.0.0.1:{port}"
                wait_for(f"{url}/v1/authentication")
                yield url


def built() -> Path:
    """The stand-in, compiled once (Debian: golang-go, golang-github-gomodule-redigo-dev)."""
    made = Path(tempfile.gettempdir()) / f"watchword-standin-{os.getuid()}"
    source = HERE / "otpgateway" / "main.go"
    if not made.exists() or made.stat().st_mtime < source.stat().st_mtime:
        environment = {**os.environ, "GO111MODULE": "off", "GOPATH": "/usr/share/gocode"}
        subprocess.run(["go", "build", "-o", str(made), str(source)], check=True, env=environment)
    return made
