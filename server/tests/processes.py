"""Watchword in processes of its own, as it runs in production: started, killed, started again."""

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

CUSTOMER = "0198c0de-0000-7000-8000-000000000001"
KEY = "a-key-of-more-than-16-characters"
HEADERS = {"x-api-key": KEY, "customer-uuid": CUSTOMER}
PROGRAM = (sys.executable, "-m", "watchword")


class Process:
    """One `watchword serve` or `watchword worker`; `url` is where a service listens."""

    def __init__(
        self,
        *command: str,
        data_dir: Path,
        database_url: str | None = None,
        program: Sequence[str] = PROGRAM,
        **environment: str,
    ) -> None:
        self._started = threading.Event()
        self.url = ""
        self.output: list[str] = []
        given = {f"WATCHWORD_{name.upper()}": value for name, value in environment.items()}
        if database_url is not None:
            given["WATCHWORD_DATABASE_URL"] = database_url
        self.process = subprocess.Popen(
            [*program, *command],
            env={
                **os.environ,
                "PYTHONUNBUFFERED": "1",
                "WATCHWORD_DATA_DIR": str(data_dir),
                "WATCHWORD_LOG_LEVEL": "error",
                "WATCHWORD_BOOTSTRAP_CUSTOMER_UUID": CUSTOMER,
                "WATCHWORD_BOOTSTRAP_API_KEY": KEY,
                "WATCHWORD_CALLBACK_PRIVATE_ADDRESSES": "true",
                **given,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reading = threading.Thread(target=self._read, daemon=True)
        self._reading.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as lines:
            for line in lines:
                self.output.append(line)
                found = re.search(r"http://[\d.]+:\d+", line)
                if found and not self.url:
                    self.url = found[0]
                if found or "The worker carries out" in line:
                    self._started.set()
        self._started.set()

    def ready(self) -> "Process":
        """Wait until it has started."""
        assert self._started.wait(60), "it did not start"
        assert self.process.poll() is None, "".join(self.output)
        return self

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def kill(self) -> None:
        """SIGKILL: nothing is finished, nothing is said."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """SIGTERM, and its exit code; what it said is printed where that is not 0."""
        code = self._end(signal.SIGTERM)
        if code != 0:
            print("".join(self.output))
        return code

    def _end(self, how: signal.Signals) -> int:
        self.process.send_signal(how)
        return self.wait()

    def wait(self) -> int:
        """Wait for the end; the exit code, negative for a signal."""
        code = self.process.wait(60)
        self._reading.join(10)
        return code


def serve(data_dir: Path, database_url: str | None = None, **environment: str) -> Process:
    """A service on a free port, with its first project and key known."""
    return Process(
        "serve", "--port", "0", data_dir=data_dir, database_url=database_url, **environment
    ).ready()
